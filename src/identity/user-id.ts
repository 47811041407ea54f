/**
 * A user is an Ed25519 root key. People see it as a `did:key` (W3C did:key, multicodec 0xed), nodes keep mail under
 * a hash of it.
 */
import { base58btc } from 'multiformats/bases/base58'
import { concat } from 'uint8arrays/concat'
import { toString } from 'uint8arrays/to-string'
import { MalformedError } from '../errors.ts'
import { DOMAIN } from '../wire/protocols.ts'
import { KEY_BYTES, keyBytes, keyDigits } from './peer-key.ts'
import type { Crypto } from '../ports.ts'
import type { MailboxId, RootKey, UserId } from '../types.ts'

const DID_KEY = 'did:key:'
/** The multicodec of an Ed25519 public key, as a varint. */
const ED25519_CODEC = Uint8Array.of(0xed, 0x01)
/** Every user id has this many characters: base58 takes quadratic time, so longer texts are not even decoded. */
const USER_ID_CHARACTERS = 56

/** Throws MalformedError for a wrong length or a point of small order. */
export function rootKeyFromBytes (bytes: Uint8Array): RootKey {
  return keyDigits(bytes) as RootKey
}

/** `did:key:z6Mk…` of a root key. */
export function userIdOf (root: RootKey): UserId {
  return `${DID_KEY}${base58btc.encode(concat([ED25519_CODEC, keyBytes(root)]))}` as UserId
}

/** The root key that a user id spells. Takes exactly what `userIdOf` gives; throws MalformedError for anything else. */
export function parseUserId (text: string): RootKey {
  if (!text.startsWith(`${DID_KEY}z6Mk`) || text.length !== USER_ID_CHARACTERS) {
    throw new MalformedError(`a user id begins with did:key:z6Mk and has ${USER_ID_CHARACTERS} characters`)
  }
  const bytes = decodeBase58(text.slice(DID_KEY.length))
  if (bytes?.byteLength !== ED25519_CODEC.byteLength + KEY_BYTES || bytes[0] !== ED25519_CODEC[0] || bytes[1] !== ED25519_CODEC[1]) {
    throw new MalformedError('the user id does not spell an Ed25519 key: a character is wrong or missing')
  }
  return rootKeyFromBytes(bytes.subarray(ED25519_CODEC.byteLength))
}

/** Where a user's mail is kept: SHA-256("posthouse/mailbox/1\0" ‖ root key). */
export function mailboxOf (root: RootKey, crypto: Pick<Crypto, 'sha256'>): MailboxId {
  return toString(crypto.sha256(DOMAIN.mailbox, keyBytes(root)), 'base16') as MailboxId
}

function decodeBase58 (text: string): Uint8Array | undefined {
  try {
    return base58btc.decode(text)
  } catch {
    // A character outside the alphabet: the caller says it in our words.
    return undefined
  }
}
