/**
 * The outer seal: a whole message becomes one to sixteen envelopes that only the recipient's devices open, and of
 * which a node learns the mailbox, the expiry and a padded size (docs/protocol.md, "Inside the seal").
 *
 *   whole → even pieces → header ‖ piece ‖ zeros to a Padmé size → HPKE to the sealing key → envelope
 *
 * Opening never throws: whatever anybody may put into a mailbox ends in a value.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { MalformedError, TooLargeError, UnsupportedError } from '../../errors.ts'
import { ENVELOPE_HEADER_BYTES, envelopeBody, idBytes, makeEnvelope } from '../../wire/envelope.ts'
import { LIMITS } from '../../wire/limits.ts'
import { DOMAIN } from '../../wire/protocols.ts'
import { ownBytes, sealingSuite, type SealingKeyPair } from './keys.ts'
import { padmeBytes, padmeBytesWithin } from './padding.ts'
import type { Fragment } from './fragments.core.ts'
import type { Crypto } from '../../ports.ts'
import type { Bytes, Envelope, MailboxId, MessageId, SealingKey, Seconds } from '../../types.ts'
import type { DeliveryKey } from '../../wire/admission.ts'
import type { CipherSuite } from '@hpke/core'

const AT = Object.freeze({ format: 0, messageId: 1, index: 17, count: 18, wholeHash: 19, length: 51, chunk: 55 })
/** In front of the encapsulated key: suite u8 ‖ key epoch u8. */
const LEAD_BYTES = 2
const AES_GCM_TAG_BYTES = 16
/** The envelope's mailbox and expiry stand side by side, and together they are the aad. */
const AAD_AT = Object.freeze({ from: 4, to: 40 })

export interface SealInit {
  /** How the whole is protected inside. */
  format: number
  messageId: MessageId
  /** Of the recipient's profile. */
  key: SealingKey
  mailbox: MailboxId
  expiry: Seconds
  /** Of the recipient, when it is known: without it the message is a stranger's to the recipient's nodes. */
  deliveryKey?: DeliveryKey | undefined
}

/** What opening an envelope came to. */
export type Opening =
  | { type: 'fragment', fragment: Fragment }
  /** Sealed to a key or in a suite that we do not hold, or not any more, or not yet. */
  | { type: 'unknownKey', suite: number, keyEpoch: number }
  | { type: 'malformed', reason: string }

/** Seals a whole message in as many envelopes as it needs. Throws TooLargeError beyond 16, UnsupportedError for an unknown suite. */
export async function sealMessage (whole: Uint8Array, init: SealInit, crypto: Pick<Crypto, 'sha256'>): Promise<Envelope[]> {
  const suite = sealingSuite(init.key.suite)
  if (suite == null) throw new UnsupportedError(`sealing suite ${init.key.suite} is not known here`)
  const chunkBytesMax = chunkBytesOf(suite)
  const wholeBytesMax = chunkBytesMax * LIMITS.fragments
  if (whole.byteLength > wholeBytesMax) throw new TooLargeError(`the message has ${whole.byteLength} bytes when sealed, more than the ${wholeBytesMax} that fit into ${LIMITS.fragments} envelopes`)
  const count = Math.max(1, Math.ceil(whole.byteLength / chunkBytesMax))
  const chunkBytes = Math.ceil(whole.byteLength / count)
  const wholeHash = toString(crypto.sha256(whole), 'base16')
  const recipientPublicKey = await suite.kem.deserializePublicKey(ownBytes(init.key.publicKey))
    .catch(() => { throw new MalformedError('the recipient’s sealing key does not have its form') })
  const envelopes: Envelope[] = []
  for (let index = 0; index < count; index++) {
    const chunk = whole.subarray(index * chunkBytes, (index + 1) * chunkBytes)
    const plaintext = encodeFragment({ format: init.format, messageId: init.messageId, index, count, wholeHash, chunk })
    const sealed = await suite.seal({ recipientPublicKey, info: DOMAIN.seal }, plaintext, aadOf(init))
    envelopes.push(makeEnvelope({ mailbox: init.mailbox, expiry: init.expiry, deliveryKey: init.deliveryKey, body: joinBody(init.key, sealed) }, crypto))
  }
  return envelopes
}

/** Opens one envelope with whichever of our keys it names. */
export async function openSealed (envelope: Envelope, keys: readonly SealingKeyPair[]): Promise<Opening> {
  const body = envelopeBody(envelope)
  const [suiteNumber, keyEpoch] = body
  if (suiteNumber == null || keyEpoch == null) return malformed('the sealed body is shorter than its lead')
  const suite = sealingSuite(suiteNumber)
  if (suite == null) return { type: 'unknownKey', suite: suiteNumber, keyEpoch }
  const encEnd = LEAD_BYTES + suite.kem.encSize
  if (body.byteLength < encEnd + AT.chunk + AES_GCM_TAG_BYTES) return malformed('the sealed body is too short')
  // Two devices that renew the keys at the same time give two of them one number.
  const named = keys.filter((held) => held.suite === suiteNumber && held.keyEpoch === keyEpoch)
  if (named.length === 0) return { type: 'unknownKey', suite: suiteNumber, keyEpoch }
  for (const key of named) {
    const plaintext = await openWith(suite, key, envelope, encEnd)
    if (plaintext != null) return decodeFragment(plaintext)
  }
  return malformed('the seal does not open with the key that it names')
}

async function openWith (suite: CipherSuite, key: SealingKeyPair, envelope: Envelope, encEnd: number): Promise<Uint8Array | undefined> {
  const body = envelopeBody(envelope)
  try {
    const recipientKey = await suite.kem.deserializePrivateKey(ownBytes(key.privateKey))
    const enc = ownBytes(body.subarray(LEAD_BYTES, encEnd))
    const aad = envelope.bytes.subarray(AAD_AT.from, AAD_AT.to)
    return new Uint8Array(await suite.open({ recipientKey, enc, info: DOMAIN.seal }, ownBytes(body.subarray(encEnd)), ownBytes(aad)))
  } catch {
    return undefined
  }
}

function chunkBytesOf ({ kem }: CipherSuite): number {
  return padmeBytesWithin(LIMITS.envelopeBytes - ENVELOPE_HEADER_BYTES - LEAD_BYTES - kem.encSize - AES_GCM_TAG_BYTES) - AT.chunk
}

function aadOf ({ mailbox, expiry }: SealInit): Bytes {
  const aad = new Uint8Array(AAD_AT.to - AAD_AT.from)
  aad.set(idBytes(mailbox))
  new DataView(aad.buffer).setUint32(32, expiry)
  return aad
}

function joinBody (key: SealingKey, { enc, ct }: { enc: ArrayBuffer, ct: ArrayBuffer }): Uint8Array {
  const body = new Uint8Array(LEAD_BYTES + enc.byteLength + ct.byteLength)
  body.set([key.suite, key.keyEpoch])
  body.set(new Uint8Array(enc), LEAD_BYTES)
  body.set(new Uint8Array(ct), LEAD_BYTES + enc.byteLength)
  return body
}

/** The padded plaintext of one piece. */
function encodeFragment ({ format, messageId, index, count, wholeHash, chunk }: Fragment): Bytes {
  const plaintext = new Uint8Array(padmeBytes(AT.chunk + chunk.byteLength))
  plaintext[AT.format] = format
  plaintext.set(fromString(messageId, 'base16'), AT.messageId)
  plaintext[AT.index] = index
  plaintext[AT.count] = count
  plaintext.set(fromString(wholeHash, 'base16'), AT.wholeHash)
  new DataView(plaintext.buffer).setUint32(AT.length, chunk.byteLength)
  plaintext.set(chunk, AT.chunk)
  return plaintext
}

/** Exported for its property test: the sender is a stranger, so these bytes are as hostile as any from the wire. */
export function decodeFragment (plaintext: Uint8Array): Opening {
  if (plaintext.byteLength < AT.chunk) return malformed('the fragment is shorter than its header')
  const view = new DataView(plaintext.buffer, plaintext.byteOffset, plaintext.byteLength)
  const index = view.getUint8(AT.index)
  const count = view.getUint8(AT.count)
  if (count < 1 || count > LIMITS.fragments || index >= count) return malformed(`fragment ${index} of ${count} is none of 1 to ${LIMITS.fragments}`)
  const end = AT.chunk + view.getUint32(AT.length)
  if (end > plaintext.byteLength) return malformed('the fragment is longer than its bytes')
  if (plaintext.subarray(end).some((byte) => byte !== 0)) return malformed('the padding is not zero')
  return {
    type: 'fragment',
    fragment: {
      format: view.getUint8(AT.format),
      messageId: toString(plaintext.subarray(AT.messageId, AT.index), 'base16') as MessageId,
      index,
      count,
      wholeHash: toString(plaintext.subarray(AT.wholeHash, AT.length), 'base16'),
      chunk: plaintext.subarray(AT.chunk, end)
    }
  }
}

function malformed (reason: string): Opening {
  return { type: 'malformed', reason }
}
