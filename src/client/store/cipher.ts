/**
 * What people say, encrypted at rest. Everything comes from one history key, which lies in the vault: each segment of
 * the store has a key of its own, derived from it by HKDF, so that any part opens by one derivation, wherever it
 * stands. What was locked is bound to its place, and opens nowhere else.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { StoreDamagedError } from '../../errors.ts'
import { STORE_DEFAULTS } from './defaults.ts'
import type { Random } from '../../ports.ts'
import type { Bytes } from '../../types.ts'

const INFO = 'posthouse/history/1/'
const KEY_BYTES = 32
const NONCE_BYTES = 12

export class Cipher {
  readonly #historyKey: Bytes
  readonly #random: Pick<Random, 'bytes'>
  /** Least recently used first. */
  readonly #segments = new Map<string, Promise<CryptoKey>>()

  constructor (historyKey: Bytes, random: Pick<Random, 'bytes'>) {
    this.#historyKey = historyKey
    this.#random = random
  }

  static newKey (random: Pick<Random, 'bytes'>): Bytes { return random.bytes(KEY_BYTES) }

  /** segment: what shares a key; place: what must be the same when it is unlocked. */
  async lock (segment: string, place: string, plaintext: Uint8Array): Promise<Bytes> {
    const nonce = this.#random.bytes(NONCE_BYTES)
    const key = await this.#segment(segment)
    const locked = await globalThis.crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: fromString(place) }, key, withArrayBuffer(plaintext))
    return concat([nonce, new Uint8Array(locked)])
  }

  /** Throws StoreDamagedError when it was locked elsewhere, or is not what it was. */
  async unlock (segment: string, place: string, locked: Uint8Array): Promise<Bytes> {
    const key = await this.#segment(segment)
    const algorithm = { name: 'AES-GCM', iv: withArrayBuffer(locked.subarray(0, NONCE_BYTES)), additionalData: fromString(place) }
    try {
      return new Uint8Array(await globalThis.crypto.subtle.decrypt(algorithm, key, withArrayBuffer(locked.subarray(NONCE_BYTES))))
    } catch (error) {
      throw new StoreDamagedError('something in the store does not open with its key', { cause: error })
    }
  }

  async #segment (segment: string): Promise<CryptoKey> {
    const key = this.#segments.get(segment) ?? this.#derive(segment)
    this.#segments.delete(segment)
    this.#segments.set(segment, key)
    for (const oldest of this.#segments.keys()) {
      if (this.#segments.size <= STORE_DEFAULTS.cachedSegments) break
      this.#segments.delete(oldest)
    }
    return await key
  }

  async #derive (segment: string): Promise<CryptoKey> {
    const key = withArrayBuffer(hkdf(sha256, this.#historyKey, undefined, fromString(INFO + segment), KEY_BYTES))
    return await globalThis.crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt'])
  }
}
