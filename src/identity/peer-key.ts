/**
 * Node and device keys: one Ed25519 public key in two spellings, our 64 hex digits and libp2p's peer id.
 */
import { privateKeyFromRaw, publicKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { MalformedError } from '../errors.ts'
import type { PeerId, PrivateKey } from '@libp2p/interface'
import type { Crypto } from '../ports.ts'
import type { Bytes, PeerKey, RootKey } from '../types.ts'

/** Bytes of an Ed25519 public key. */
export const KEY_BYTES = 32

/**
 * The points of small order, sign bit cleared. Anyone can sign for such a key, and platforms disagree on whether it
 * verifies: OpenSSL 3.0 says yes, 3.5 no. Nobody gets one by making a key.
 */
const SMALL_ORDER_KEYS = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'
])
const SIGN_BIT = 0x80

/** Throws MalformedError for a wrong length or a point of small order. */
export function peerKeyFromBytes (bytes: Uint8Array): PeerKey {
  return keyDigits(bytes) as PeerKey
}

/** libp2p's own way from a seed works the public half out in JavaScript, which takes longer than all else at a start. */
export async function privateKeyFromSeed (seed: Uint8Array, crypto: Pick<Crypto, 'signingKey'>): Promise<PrivateKey> {
  const { publicKey } = await crypto.signingKey(seed)
  return privateKeyFromRaw(concat([seed, keyBytes(publicKey)]))
}

/** Throws MalformedError for a peer id whose key is not Ed25519. */
export function peerKeyFromPeerId (peerId: PeerId): PeerKey {
  if (peerId.type !== 'Ed25519') throw new MalformedError('the peer’s key is not an Ed25519 key')
  return keyDigits(peerId.publicKey.raw) as PeerKey
}

/** libp2p's spelling, `12D3KooW…` as text. */
export function peerIdFromPeerKey (key: PeerKey): PeerId {
  return peerIdFromPublicKey(publicKeyFromRaw(keyBytes(key)))
}

/** The 32 bytes of a key. */
export function keyBytes (key: PeerKey | RootKey): Bytes {
  return fromString(key, 'base16')
}

/** A key's bytes as 64 hex digits, not yet saying whose key it is. Throws MalformedError for what cannot be one. */
export function keyDigits (bytes: Uint8Array): string {
  if (bytes.byteLength !== KEY_BYTES) throw new MalformedError(`an Ed25519 public key has ${KEY_BYTES} bytes, not ${bytes.byteLength}`)
  const unsigned = new Uint8Array(bytes)
  unsigned[KEY_BYTES - 1] = (unsigned[KEY_BYTES - 1] ?? 0) & ~SIGN_BIT
  if (SMALL_ORDER_KEYS.has(toString(unsigned, 'base16'))) throw new MalformedError('an Ed25519 public key is a point of small order, with which anyone could sign')
  return toString(bytes, 'base16')
}
