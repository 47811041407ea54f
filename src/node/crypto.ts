/**
 * Hashing and Ed25519 on node:crypto.
 *
 * Signing is done on the spot (45 µs, against 90 µs by way of the thread pool): it stands between an fsync and its
 * receipts. Verifying is done in the thread pool (160 µs of CPU, against 110 µs on the spot): a route record needs up
 * to fourteen, and the event loop must not stand still for them.
 */
import { createHash, createPrivateKey, createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto'
import { fromString } from 'uint8arrays/from-string'
import { MalformedError } from '../errors.ts'
import type { Crypto, SigningKey } from '../ports.ts'
import type { Bytes, PeerKey } from '../types.ts'

const SEED_BYTES = 32
const DIGEST_BYTES = 32
const SIGNATURE_BYTES = 64
/** Making a key object costs 35 µs, a third of a verification; one that is kept costs about 0.5 kB. */
const PUBLIC_KEYS_KEPT = 4096
/** Below this, copying the parts together and hashing once is faster than a hash object. */
const ONE_SHOT_BYTES = 4096

/** What stands before the 32 bytes in PKCS#8 (RFC 8410, section 7). */
const PKCS8_LEAD = fromString('302e020100300506032b657004220420', 'base16')
/** What stands before the 32 bytes in SubjectPublicKeyInfo (RFC 8410, section 4). */
const SPKI_LEAD = fromString('302a300506032b6570032100', 'base16')

const scratch = new Uint8Array(ONE_SHOT_BYTES)
const publicKeys = new Map<string, KeyObject>()

/** The fast implementation of the Crypto port, for Node. */
export const nodeCrypto: Crypto = Object.freeze({ signingKey, sha256, verify: verifySignature })

/** The Ed25519 private key of a 32-byte seed, as a key object of node:crypto. */
export function privateKeyOf (seed: Uint8Array): KeyObject {
  if (seed.byteLength !== SEED_BYTES) throw new MalformedError(`an Ed25519 seed has ${SEED_BYTES} bytes, not ${seed.byteLength}`)
  return createPrivateKey({ key: Buffer.concat([PKCS8_LEAD, seed]), format: 'der', type: 'pkcs8' })
}

async function signingKey (seed: Uint8Array): Promise<SigningKey> {
  const key = privateKeyOf(seed)
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  return Object.freeze({
    publicKey: spki.toString('hex', SPKI_LEAD.byteLength) as PeerKey,
    sign: async (message: Uint8Array) => plain(sign(null, message, key))
  })
}

function sha256 (...parts: Uint8Array[]): Bytes {
  const [first] = parts
  if (first != null && parts.length === 1) return oneShot(first)
  let length = 0
  for (const part of parts) length += part.byteLength
  if (length > ONE_SHOT_BYTES) {
    const hasher = createHash('sha256')
    for (const part of parts) hasher.update(part)
    return plain(hasher.digest())
  }
  let at = 0
  for (const part of parts) {
    scratch.set(part, at)
    at += part.byteLength
  }
  return oneShot(scratch.subarray(0, length))
}

/** Through text: a Buffer of node:crypto has memory of its own outside the heap, which costs four times the hash. */
function oneShot (input: Uint8Array): Bytes {
  const text = hash('sha256', input, 'binary')
  const digest = new Uint8Array(DIGEST_BYTES)
  for (let at = 0; at < DIGEST_BYTES; at++) digest[at] = text.charCodeAt(at)
  return digest
}

async function verifySignature (publicKey: string, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (signature.byteLength !== SIGNATURE_BYTES) return false
  const key = publicKeyObject(publicKey)
  if (key == null) return false
  return await new Promise((resolve) => {
    verify(null, message, key, signature, (error, valid) => { resolve(error == null && valid) })
  })
}

/** Kept in order of last use; the longest unused goes first. */
function publicKeyObject (publicKey: string): KeyObject | undefined {
  if (!/^[0-9a-f]{64}$/.test(publicKey)) return undefined
  const key = publicKeys.get(publicKey) ?? createPublicKey({ key: Buffer.concat([SPKI_LEAD, Buffer.from(publicKey, 'hex')]), format: 'der', type: 'spki' })
  publicKeys.delete(publicKey)
  publicKeys.set(publicKey, key)
  if (publicKeys.size > PUBLIC_KEYS_KEPT) {
    const [oldest] = publicKeys.keys()
    if (oldest != null) publicKeys.delete(oldest)
  }
  return key
}

/** A Buffer differs from a Uint8Array in `slice` and in equality: nobody outside should meet one. */
function plain (buffer: Buffer<ArrayBuffer>): Bytes {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)
}
