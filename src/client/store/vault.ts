/**
 * Encryption at rest: private keys are kept under a key that is derived from the device's own. Whoever copies the
 * database without the device key (a backup, a synced folder) has no key to anything.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { StoreDamagedError } from '../../errors.ts'
import type { Random } from '../../ports.ts'
import type { Bytes } from '../../types.ts'

const INFO = fromString('posthouse/vault/1')
const KEY_BYTES = 32
const NONCE_BYTES = 12

export class Vault {
  readonly #key: CryptoKey
  readonly #random: Pick<Random, 'bytes'>

  private constructor (key: CryptoKey, random: Pick<Random, 'bytes'>) {
    this.#key = key
    this.#random = random
  }

  static async open (deviceSeed: Uint8Array, random: Pick<Random, 'bytes'>): Promise<Vault> {
    const key = withArrayBuffer(hkdf(sha256, deviceSeed, undefined, INFO, KEY_BYTES))
    return new Vault(await globalThis.crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']), random)
  }

  /** name: what it is; it must be the same when it is unlocked. */
  async lock (name: string, secret: Uint8Array): Promise<Bytes> {
    const nonce = this.#random.bytes(NONCE_BYTES)
    const sealed = await globalThis.crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: fromString(name) }, this.#key, withArrayBuffer(secret))
    return concat([nonce, new Uint8Array(sealed)])
  }

  /** Throws StoreDamagedError when it was locked with another device key, or under another name. */
  async unlock (name: string, locked: Uint8Array): Promise<Bytes> {
    try {
      const algorithm = { name: 'AES-GCM', iv: withArrayBuffer(locked.subarray(0, NONCE_BYTES)), additionalData: fromString(name) }
      return new Uint8Array(await globalThis.crypto.subtle.decrypt(algorithm, this.#key, withArrayBuffer(locked.subarray(NONCE_BYTES))))
    } catch (error) {
      throw new StoreDamagedError(`the store’s ${name.split('/')[0] ?? 'secret'} does not open with this device’s key`, { cause: error })
    }
  }
}
