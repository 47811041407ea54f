/**
 * Node and device keys: one Ed25519 public key in two spellings, our 64 hex digits and libp2p's peer id.
 */
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { MalformedError } from '../errors.ts'
import type { PeerId } from '@libp2p/interface'
import type { Bytes, PeerKey, RootKey } from '../types.ts'

/** Bytes of an Ed25519 public key. */
export const KEY_BYTES = 32

/** Throws MalformedError when the length is wrong. */
export function peerKeyFromBytes (bytes: Uint8Array): PeerKey {
  return keyDigits(bytes) as PeerKey
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

/** A key's bytes as 64 hex digits, not yet saying whose key it is. Throws MalformedError when the length is wrong. */
export function keyDigits (bytes: Uint8Array): string {
  if (bytes.byteLength !== KEY_BYTES) throw new MalformedError(`an Ed25519 public key has ${KEY_BYTES} bytes, not ${bytes.byteLength}`)
  return toString(bytes, 'base16')
}
