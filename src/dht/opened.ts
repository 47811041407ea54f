/**
 * Route records that were opened lately. Twenty holders answer with the same bytes, several nodes publish the same
 * record, and a put is checked before it is compared: each distinct record is verified once.
 */
import { toString } from 'uint8arrays/to-string'
import { NotAuthenticError, TooLargeError } from '../errors.ts'
import { LIMITS } from '../wire/limits.ts'
import { ROUTE_DEFAULTS } from './defaults.ts'
import { routeKeys } from './key.ts'
import { openRouteRecord } from './record.ts'
import { equals } from 'uint8arrays/equals'
import type { Clock, Crypto } from '../ports.ts'
import type { Bytes, RouteRecord } from '../types.ts'

export class OpenedRecords {
  readonly #components: { crypto: Crypto, clock: Clock }
  readonly #entriesMax: number
  /** By hash of the bytes, oldest first. */
  readonly #records = new Map<string, RouteRecord>()

  constructor (components: { crypto: Crypto, clock: Clock }, entriesMax: number = ROUTE_DEFAULTS.openedMax) {
    this.#components = components
    this.#entriesMax = entriesMax
  }

  get size (): number { return this.#records.size }

  /**
   * The record that stands under a DHT key. Rejects with what is wrong: TooLargeError, MalformedError,
   * NotAuthenticError (also for a good record under another user's key) or ExpiredError.
   */
  async openAt (key: Uint8Array, value: Uint8Array): Promise<RouteRecord> {
    const record = await this.open(value)
    if (!routeKeys(record.root, this.#components.crypto).some(own => equals(own, key))) {
      throw new NotAuthenticError('the route record stands under another user’s key')
    }
    return record
  }

  /** A record by its bytes alone. Rejects like `openAt`. */
  async open (value: Uint8Array): Promise<RouteRecord> {
    // Before hashing: kad-dht hands values of any size.
    if (value.byteLength > LIMITS.routeRecordBytes) throw new TooLargeError(`a route record has at most ${LIMITS.routeRecordBytes} bytes`)
    const { crypto, clock } = this.#components
    const hash = toString(crypto.sha256(value), 'base16')
    const now = clock.now()
    const known = this.#records.get(hash)
    if (known !== undefined && known.notAfter * 1000 > now && known.entries.every(entry => entry.ticket.expiry * 1000 > now)) return known
    const record = await openRouteRecord(value as Bytes, { crypto, now })
    this.#remember(hash, record)
    return record
  }

  #remember (hash: string, record: RouteRecord): void {
    this.#records.delete(hash)
    this.#records.set(hash, record)
    for (const oldest of this.#records.keys()) {
      if (this.#records.size <= this.#entriesMax) break
      this.#records.delete(oldest)
    }
  }
}
