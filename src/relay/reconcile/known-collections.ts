/**
 * Collections that pulls have brought and that are in the store: a replica sends all that it keeps each time, and to verify
 * and look up what was verified and looked up before takes most of a pull's time.
 */
import { toHex } from '../../wire/hex.ts'
import { RECONCILE_DEFAULTS } from './defaults.ts'
import type { Crypto } from '../../ports.ts'
import type { Bytes } from '../../types.ts'

/** Of a hash: enough to tell what was signed apart from all else that was. */
const HASH_BYTES = 16

export class KnownCollections {
  readonly #crypto: Pick<Crypto, 'sha256'>
  readonly #most: number
  /** In the order of their coming. */
  readonly #known = new Set<string>()

  constructor (crypto: Pick<Crypto, 'sha256'>, most: number = RECONCILE_DEFAULTS.collectionsKnownMax) {
    this.#crypto = crypto
    this.#most = most
  }

  get size (): number { return this.#known.size }

  has (bytes: Uint8Array): boolean { return this.#known.has(this.#keyOf(bytes)) }

  /** It is in the store. */
  note (bytes: Bytes): void {
    this.#known.add(this.#keyOf(bytes))
    if (this.#known.size <= this.#most) return
    const [oldest] = this.#known
    if (oldest !== undefined) this.#known.delete(oldest)
  }

  #keyOf (bytes: Uint8Array): string { return toHex(this.#crypto.sha256(bytes).subarray(0, HASH_BYTES)) }
}
