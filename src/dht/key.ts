/** Where a route record lies in the DHT: `/posthouse-route/` ‖ SHA-256(root key ‖ salt), for each salt. */
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { ROUTE_NAMESPACE } from '../wire/protocols.ts'
import { ROUTE_DEFAULTS } from './defaults.ts'
import type { Crypto } from '../ports.ts'
import type { Bytes, RootKey } from '../types.ts'

const PREFIX = fromString(`/${ROUTE_NAMESPACE}/`)

/** The DHT key of a user's record at one salt. */
export function routeKey (root: RootKey, salt: number, crypto: Pick<Crypto, 'sha256'>): Bytes {
  return concat([PREFIX, crypto.sha256(fromString(root, 'base16'), Uint8Array.of(salt))])
}

/** The DHT keys of a user's record, salt 0 first. */
export function routeKeys (root: RootKey, crypto: Pick<Crypto, 'sha256'>): Bytes[] {
  return Array.from({ length: ROUTE_DEFAULTS.salts }, (_, salt) => routeKey(root, salt, crypto))
}
