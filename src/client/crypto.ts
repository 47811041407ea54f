/**
 * Hashing and Ed25519 for browsers, and for whatever else has WebCrypto: Ed25519 by the platform, SHA-256 by noble,
 * because WebCrypto's own cannot answer at once.
 */
import { sha256 as hasher } from '@noble/hashes/sha2.js'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { concat } from 'uint8arrays/concat'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { MalformedError } from '../errors.ts'
import type { Crypto, SigningKey } from '../ports.ts'
import type { Bytes, PeerKey } from '../types.ts'

const SEED_BYTES = 32
const SIGNATURE_BYTES = 64
/** What stands before the 32 bytes in PKCS#8 (RFC 8410, section 7): the only form of a private key that all platforms import. */
const PKCS8_LEAD = fromString('302e020100300506032b657004220420', 'base16')

/** The Crypto port on WebCrypto. */
export const webCrypto: Crypto = Object.freeze({ signingKey, sha256, verify })

async function signingKey (seed: Uint8Array): Promise<SigningKey> {
  if (seed.byteLength !== SEED_BYTES) throw new MalformedError(`an Ed25519 seed has ${SEED_BYTES} bytes, not ${seed.byteLength}`)
  const { subtle } = globalThis.crypto
  // WebCrypto tells the public half only of a key that may leave; the one that is kept may not.
  const pkcs8 = concat([PKCS8_LEAD, seed])
  const { x } = await subtle.exportKey('jwk', await subtle.importKey('pkcs8', pkcs8, 'Ed25519', true, ['sign']))
  if (x == null) throw new MalformedError('this platform does not tell the public half of an Ed25519 key')
  const key = await subtle.importKey('pkcs8', pkcs8, 'Ed25519', false, ['sign'])
  return Object.freeze({
    publicKey: toString(fromString(x, 'base64url'), 'base16') as PeerKey,
    sign: async (message: Uint8Array) => new Uint8Array(await subtle.sign('Ed25519', key, withArrayBuffer(message)))
  })
}

function sha256 (...parts: Uint8Array[]): Bytes {
  const hash = hasher.create()
  for (const part of parts) hash.update(part)
  return withArrayBuffer(hash.digest())
}

async function verify (publicKey: string, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (signature.byteLength !== SIGNATURE_BYTES || !/^[0-9a-f]{64}$/.test(publicKey)) return false
  const { subtle } = globalThis.crypto
  try {
    // Importing costs a twentieth of a verification: not worth a cache.
    const key = await subtle.importKey('raw', fromString(publicKey, 'base16'), 'Ed25519', false, ['verify'])
    return await subtle.verify('Ed25519', key, withArrayBuffer(signature), withArrayBuffer(message))
  } catch {
    // Platforms throw for a key that is no point of the curve, where others answer false.
    return false
  }
}
