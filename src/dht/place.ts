/** Places in kad-dht's key space: SHA-256 of a key or of a peer's id, as a number. */
import { toString } from 'uint8arrays/to-string'
import type { Crypto } from '../ports.ts'
import type { PeerId } from '@libp2p/interface'

/** Of a place. */
export const PLACE_BITS = 256

export function placeOf (key: Uint8Array, crypto: Pick<Crypto, 'sha256'>): bigint {
  return BigInt(`0x${toString(crypto.sha256(key), 'base16')}`)
}

export function placeOfPeer (peer: PeerId, crypto: Pick<Crypto, 'sha256'>): bigint {
  return placeOf(peer.toMultihash().bytes, crypto)
}
