/**
 * Messages in envelopes, without the cryptography: who holds an envelope of a simulation could read it, and nobody
 * looks but the reader's device. What counts is kept: an envelope's size to the byte, how many of them a message takes,
 * and fragments with true hashes, which the shipped core puts together.
 *
 * A whole that would be a signed message is a few bytes that name the message and what it introduces: a message that
 * is protected again comes out the same, unless it tells something else about its author.
 */
import { toString } from 'uint8arrays/to-string'
import { padmeBytes, padmeBytesWithin } from '../../../src/client/sealing/padding.ts'
import { nodeCrypto } from '../../../src/node/crypto.ts'
import { ENVELOPE_HEADER_BYTES } from '../../../src/wire/envelope.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { CERTIFICATE_BYTES, makeEnvelope, profileBytes } from '../values.ts'
import type { Fragment } from '../../../src/client/sealing/fragments.core.ts'
import type { Envelope, MailboxId, Message, RouteRecord, Seconds } from '../../../src/types.ts'

/** Number of the device-signed form (src/client/sealing/message.ts). */
const FORMAT_SIGNED = 1
/** docs/protocol.md, "Inside the seal": suite and key epoch 2, X-Wing's encapsulated key 1,120, AES-GCM's tag 16, the fragment's header 55. */
const SEAL_BYTES = 2 + 1120 + 16
const FRAGMENT_HEADER_BYTES = 55
const CHUNK_BYTES_MAX = padmeBytesWithin(LIMITS.envelopeBytes - ENVELOPE_HEADER_BYTES - SEAL_BYTES) - FRAGMENT_HEADER_BYTES
/** A signed message but for its content: id 18, author and reader 34 each, time 7, body's lead 3, signature 66, certificate's lead 3, the content's leads 8. */
const MESSAGE_BASE_BYTES = 173 + CERTIFICATE_BYTES
const MESSAGE_ID_BYTES = 18
/** The profile of a user with one device, a presence key 34, leads 12. */
const INTRODUCTION_BASE_BYTES = profileBytes(1) + 46

/** What a device writes before it is signed and sealed; textBytes: what its text weighs. */
export interface Draft { message: Message, textBytes: number }

/** What the reader's device finds inside. introduction: the author's own route. */
export interface Inside { fragment: Fragment, message: Message, introduction: RouteRecord | undefined }
export type SealedEnvelope = Envelope & { readonly inside: Inside }

export interface SealInit {
  draft: Draft
  introduction: RouteRecord | undefined
  mailbox: MailboxId
  expiry: Seconds
  /** How often the message was sealed, this time counted in: envelopes of two sealings differ. */
  sealing: number
}

/** As many envelopes as the message needs. */
export function sealMessage ({ draft, introduction, mailbox, expiry, sealing }: SealInit): SealedEnvelope[] {
  const { message } = draft
  const bytes = messageBytes(draft) + (introduction === undefined ? 0 : INTRODUCTION_BASE_BYTES + introduction.bytes.byteLength)
  const count = Math.ceil(bytes / CHUNK_BYTES_MAX)
  const envelopeBytes = ENVELOPE_HEADER_BYTES + SEAL_BYTES + padmeBytes(FRAGMENT_HEADER_BYTES + Math.ceil(bytes / count))
  const whole = wholeOf(message, introduction)
  const wholeHash = toString(nodeCrypto.sha256(whole), 'base16')
  const chunkBytes = Math.ceil(whole.byteLength / count)
  return Array.from({ length: count }, (_, index) => {
    const chunk = whole.subarray(index * chunkBytes, (index + 1) * chunkBytes)
    const fragment: Fragment = { format: FORMAT_SIGNED, messageId: message.id, index, count, wholeHash, chunk }
    return Object.assign(makeEnvelope({ id: `${message.id}.${sealing}.${index}`, mailbox, expiry, bytes: envelopeBytes }), { inside: { fragment, message, introduction } })
  })
}

/** Undefined for what no device of a simulation sealed. */
export function openSealed (envelope: Envelope): Inside | undefined {
  return 'inside' in envelope ? (envelope as SealedEnvelope).inside : undefined
}

/** Whether these are the bytes of the message: the signature's part. */
export function isWhole (whole: Uint8Array, { message, introduction }: Inside): boolean {
  return toString(whole, 'ascii') === textOfWhole(message, introduction)
}

function wholeOf (message: Message, introduction: RouteRecord | undefined): Uint8Array {
  return new TextEncoder().encode(textOfWhole(message, introduction))
}

function textOfWhole ({ id, from }: Message, introduction: RouteRecord | undefined): string {
  return `${id} by ${from.slice(0, 16)} ${introduction?.order.hash ?? ''}`
}

function messageBytes ({ message: { parents, content }, textBytes }: Draft): number {
  const marks = content.type === 'text' ? 0 : content.ids.length
  return MESSAGE_BASE_BYTES + (parents.length + marks) * MESSAGE_ID_BYTES + textBytes
}
