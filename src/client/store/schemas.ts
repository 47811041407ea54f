/**
 * What stands in the client's store, by form. A disk can lie like a peer: every value is checked when it is read,
 * and what does not have its form is left out and told. Bytes are kept as base64 inside JSON.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import * as z from 'zod'
import { MESSAGE_STATES } from '../../types.ts'
import type { InboxFact } from '../inbox/events.core.ts'
import type { OutboxEntry } from '../outbox/events.core.ts'
import type { NoteDraft } from '../sealing/index.ts'
import type { Bytes, Cursor, EnvelopeId, Message, MessageId, MessageState, Millis, PeerKey, Receipt, RootKey, StoreId } from '../../types.ts'

/** How a value goes to disk and comes back. */
export interface Schema<T> { encode: (value: T) => unknown, decode: (stored: unknown) => T }

/** Who this device is. The device's key itself is beside it, or with the caller. */
export interface StoredAccount {
  root: RootKey
  epoch: number
  certificate: Bytes
  profile: Bytes
  /** Empty until the user is registered with nodes. */
  record: Bytes
  /** Where each node of the record was last seen, beyond its hint. */
  addresses: Array<{ node: PeerKey, addresses: string[] }>
  /** Nodes that have the record. */
  published: PeerKey[]
  /** How many nodes the person named; 0 when they were found, so that the list may grow. */
  chosen: number
  /** Nodes that left the record, where they were last seen and since when: mail may still lie there. */
  former: Array<{ node: PeerKey, addresses: string[], since: Millis }>
  /** Nodes off the record that were named last: whom to turn to when all others are gone. */
  known: Array<{ node: PeerKey, addresses: string[] }>
  /** Of the last presence beat. */
  beatCounter: Millis
}

/** What is known of somebody else; empty bytes: not known. The presence key and the name are encrypted at rest. */
export interface StoredContact {
  record: Bytes
  profile: Bytes
  presenceKey: Bytes
  /** Hash of the last introduction that a stored message carried to them. */
  introduced: string
  /** Asks for a place among those whose presence is watched: the last time that either side wrote. */
  usedAt: Millis
  /** What this user calls them, and when that was said (petnames.ts). */
  name: Bytes
  namedAt: Millis
}

/** What an entry of the outbox is sealed from: a message, protected when its turn comes; a frame that is already; or a note. */
export type OutgoingWords =
  | { type: 'chat', draft: Omit<Message, 'from' | 'device'> }
  | { type: 'frame', whole: Bytes }
  | { type: 'note', note: NoteDraft }

/** An entry of the outbox, with what it takes to seal it again. */
export interface StoredOutgoing { entry: OutboxEntry, words: OutgoingWords }

/** A fact of the inbox as it is kept: lines and amendments are with the history, and what waits is encrypted. */
export type StoredFact = Exclude<InboxFact, { type: 'held' | 'shown' | 'amendment' }> | { type: 'held', sealed: Bytes }
/** What of a message that waits is encrypted. */
export type HeldWords = Omit<Extract<InboxFact, { type: 'held' }>, 'type'>

/** The last that was known of an own message, with the evidence. */
export interface StoredSent { to: RootKey, state: MessageState, copies: number, w: number, receipts: Receipt[] }

/** A private sealing key, encrypted at rest. */
export interface StoredSealingKey { suite: number, keyEpoch: number, publicKey: Bytes, notAfter: number, secret: Bytes }

export const bytes = z.codec(z.base64(), z.custom<Bytes>(value => value instanceof Uint8Array), {
  decode: text => fromString(text, 'base64pad'),
  encode: value => toString(value, 'base64pad')
})
export const count = z.int().nonnegative()
export const root = hex<RootKey>(64)
const peer = hex<PeerKey>(64)
const envelopeId = hex<EnvelopeId>(64)
export const messageId = hex<MessageId>(32)
const storeId = hex<StoreId>(32)

const content = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string(), mentions: z.array(root), replyTo: messageId.optional(), expiresAfterSeconds: count }),
  z.object({ type: z.literal('timer'), seconds: count }),
  z.object({ type: z.literal('custom'), kind: z.string(), body: bytes, fallback: z.string() }),
  z.object({ type: z.literal('unknown'), fallback: z.string() }),
  z.object({ type: z.literal('reaction'), target: messageId, emoji: z.string(), isRemoved: z.boolean() }),
  z.object({ type: z.literal('edit'), target: messageId, text: z.string(), mentions: z.array(root) }),
  z.object({ type: z.literal('delete'), target: messageId }),
  z.object({ type: z.literal('read'), ids: z.array(messageId) }),
  z.object({ type: z.literal('repair'), ids: z.array(messageId) }),
  z.object({ type: z.literal('sync'), body: bytes })
])
const draft = z.object({ id: messageId, conversation: root, sentAt: count, stamp: count, parents: z.array(messageId), content })
const message = draft.extend({ from: root, device: peer })
const note = z.object({
  id: messageId,
  to: root,
  sentAt: count,
  content: z.discriminatedUnion('type', [
    z.object({ type: z.literal('delivered'), ids: z.array(messageId) }),
    z.object({ type: z.literal('lost'), ids: z.array(messageId), device: peer, keyPackage: bytes }),
    z.object({ type: z.literal('introduction') })
  ])
})
const words = z.discriminatedUnion('type', [
  z.object({ type: z.literal('chat'), draft }),
  z.object({ type: z.literal('frame'), whole: bytes }),
  z.object({ type: z.literal('note'), note })
])
const fragment = z.object({ format: count, messageId, index: count, count, wholeHash: hex(64), chunk: bytes })
const receipt = z.object({
  envelope: envelopeId, node: peer, storeId, time: count, leafCount: count, leafIndex: count, path: z.array(bytes), signature: bytes
})
const entry = z.object({
  id: messageId,
  recipient: root,
  kind: z.enum(['text', 'control', 'once']),
  queuedAt: count,
  expiry: count,
  route: z.object({ nodes: z.array(peer), n: count, w: count }).optional(),
  envelopes: z.array(envelopeId),
  state: z.enum(MESSAGE_STATES),
  receipts: z.array(z.object({ envelope: envelopeId, node: peer }))
})

export const ACCOUNT = schema<StoredAccount>(z.object({
  root,
  epoch: count,
  certificate: bytes,
  profile: bytes,
  record: bytes,
  addresses: z.array(z.object({ node: peer, addresses: z.array(z.string()) })),
  published: z.array(peer),
  // Stores of before had none of these.
  chosen: count.default(0),
  former: z.array(z.object({ node: peer, addresses: z.array(z.string()), since: count })).default([]),
  known: z.array(z.object({ node: peer, addresses: z.array(z.string()) })).default([]),
  beatCounter: count
}))
export const SEALING_KEY = schema<StoredSealingKey>(z.object({ suite: count, keyEpoch: count, publicKey: bytes, notAfter: count, secret: bytes }))
export const CONTACT = schema<StoredContact>(z.object({
  record: bytes,
  profile: bytes,
  presenceKey: bytes,
  introduced: z.string(),
  usedAt: count,
  // Stores of before had no names.
  name: bytes.default(() => new Uint8Array(0)),
  namedAt: count.default(0)
}))
export const OUTGOING = schema<StoredOutgoing>(z.object({ entry, words }))
export const SENT = schema<StoredSent>(z.object({ to: root, state: z.enum(MESSAGE_STATES), copies: count, w: count, receipts: z.array(receipt) }))
export const CURSOR = schema<Cursor>(z.object({ storeId, position: count }))
export const SECRET = schema<Bytes>(bytes)
export const NUMBER = schema<number>(count)
export const MESSAGE = schema<Message>(message)
export const HELD = schema<HeldWords>(z.object({ conversation: root, message, since: count }))
export const FACT = schema<StoredFact>(z.discriminatedUnion('type', [
  z.object({ type: z.literal('envelope'), envelope: envelopeId, forgetAt: count, collected: z.boolean() }),
  z.object({ type: z.literal('aside'), envelope: envelopeId, forgetAt: count, bytes: count }),
  z.object({ type: z.literal('fragment'), envelope: envelopeId, expiry: count, fragment }),
  z.object({ type: z.literal('seen'), conversation: root, from: root, id: messageId, forgetAt: count, mark: z.enum(['waiting', 'silent', 'owed', 'given']), missing: z.array(messageId) }),
  z.object({ type: z.literal('held'), sealed: bytes }),
  z.object({ type: z.literal('heads'), conversation: root, ids: z.array(messageId), stamp: count }),
  z.object({ type: z.literal('gap'), conversation: root, id: messageId, asked: count, askAt: count })
]))

/** The forms above are written out twice, as types for readers and as checks for disks; this is where they meet. */
export function schema<T> (form: z.ZodType): Schema<T> {
  return { encode: value => z.encode(form, value), decode: stored => z.decode(form, stored as never) as T }
}

export function hex<Id extends string> (digits: number): z.ZodType<Id, Id> {
  const form = new RegExp(`^[0-9a-f]{${digits}}$`)
  return z.custom<Id>(value => typeof value === 'string' && form.test(value))
}
