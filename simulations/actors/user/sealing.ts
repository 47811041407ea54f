/**
 * Messages in envelopes, without the cryptography: who holds an envelope of a simulation could read it, and nobody
 * looks but the reader's device. What counts is kept: an envelope's size to the byte, how many of them a message takes,
 * and fragments with true hashes, which the shipped core puts together.
 *
 * A text weighs what an MLS message in its frame weighs, a note what a signed one does; who is in the group, and whether
 * everybody has its keys, is not simulated.
 *
 * A whole that would be protected is a few bytes that name the message and what it introduces: a message that
 * is protected again comes out the same, unless it tells something else about its author.
 */
import { toString } from 'uint8arrays/to-string'
import { padmeBytes, padmeBytesWithin } from '../../../src/client/sealing/padding.ts'
import { nodeCrypto } from '../../../src/node/crypto.ts'
import { ENVELOPE_HEADER_BYTES } from '../../../src/wire/envelope.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { CERTIFICATE_BYTES, makeEnvelope, profileBytes } from '../values.ts'
import type { Fragment } from '../../../src/client/sealing/fragments.core.ts'
import type { Envelope, MailboxId, Message, MessageId, RootKey, RouteRecord, Seconds } from '../../../src/types.ts'

/** Numbers of the forms (docs/protocol.md, "Inside the seal"). */
const FORMAT = Object.freeze({ note: 1, frame: 2 })
/** docs/protocol.md, "Inside the seal": suite and key epoch 2, X-Wing's encapsulated key 1,120, AES-GCM's tag 16, the fragment's header 55. */
const SEAL_BYTES = 2 + 1120 + 16
const FRAGMENT_HEADER_BYTES = 55
const CHUNK_BYTES_MAX = padmeBytesWithin(LIMITS.envelopeBytes - ENVELOPE_HEADER_BYTES - SEAL_BYTES) - FRAGMENT_HEADER_BYTES
/** A note but for its content: id 18, author and reader 34 each, time 7, body's lead 3, signature 66, certificate's lead 3, the content's leads 8. */
const NOTE_BASE_BYTES = 173 + CERTIFICATE_BYTES
/** A text in MLS but for its content: the frame's hint 68 and lead 3, the MLS message's own 146 (measured), id 18, times 14, the content's leads 8. */
const MESSAGE_BASE_BYTES = 257
const MESSAGE_ID_BYTES = 18
/** The profile of a user with one device, a presence key 34, leads 12. */
const INTRODUCTION_BASE_BYTES = profileBytes(1) + 46

/** A word between clients: these are durable here. */
export interface Note { id: MessageId, from: RootKey, to: RootKey, delivered: MessageId[] }

/** What a device writes before it is protected and sealed; textBytes: what its text weighs. */
export type Draft = { type: 'text', message: Message, textBytes: number } | { type: 'note', note: Note }

/** What the reader's device finds inside. introduction: the author's own route. */
export interface Inside { fragment: Fragment, draft: Draft, introduction: RouteRecord | undefined }
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
  const bytes = draftBytes(draft) + (introduction === undefined ? 0 : INTRODUCTION_BASE_BYTES + introduction.bytes.byteLength)
  const count = Math.ceil(bytes / CHUNK_BYTES_MAX)
  const envelopeBytes = ENVELOPE_HEADER_BYTES + SEAL_BYTES + padmeBytes(FRAGMENT_HEADER_BYTES + Math.ceil(bytes / count))
  const whole = wholeOf(draft, introduction)
  const { id: messageId } = wordsOf(draft)
  const wholeHash = toString(nodeCrypto.sha256(whole), 'base16')
  const chunkBytes = Math.ceil(whole.byteLength / count)
  return Array.from({ length: count }, (_, index) => {
    const chunk = whole.subarray(index * chunkBytes, (index + 1) * chunkBytes)
    const fragment: Fragment = { format: draft.type === 'note' ? FORMAT.note : FORMAT.frame, messageId, index, count, wholeHash, chunk }
    return Object.assign(makeEnvelope({ id: `${messageId}.${sealing}.${index}`, mailbox, expiry, bytes: envelopeBytes }), { inside: { fragment, draft, introduction } })
  })
}

/** Undefined for what no device of a simulation sealed. */
export function openSealed (envelope: Envelope): Inside | undefined {
  return 'inside' in envelope ? (envelope as SealedEnvelope).inside : undefined
}

/** Whether these are the bytes of the message: the signature's part. */
export function isWhole (whole: Uint8Array, { draft, introduction }: Inside): boolean {
  return toString(whole, 'ascii') === textOfWhole(draft, introduction)
}

/** What both kinds of draft have. */
export function wordsOf (draft: Draft): { id: MessageId, from: RootKey, to: RootKey } {
  if (draft.type === 'note') return draft.note
  const { id, from, conversation } = draft.message
  return { id, from, to: conversation }
}

function wholeOf (draft: Draft, introduction: RouteRecord | undefined): Uint8Array {
  return new TextEncoder().encode(textOfWhole(draft, introduction))
}

function textOfWhole (draft: Draft, introduction: RouteRecord | undefined): string {
  const { id, from } = wordsOf(draft)
  return `${id} by ${from.slice(0, 16)} ${introduction?.order.hash ?? ''}`
}

function draftBytes (draft: Draft): number {
  if (draft.type === 'note') return NOTE_BASE_BYTES + draft.note.delivered.length * MESSAGE_ID_BYTES
  return MESSAGE_BASE_BYTES + draft.message.parents.length * MESSAGE_ID_BYTES + draft.textBytes
}
