/** What a hand-over is told, what it wants done, and what it says at the end (handover.core.ts). */
import { LIMITS } from '../wire/limits.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import type { Choice } from './coordinator.core.ts'
import type { StoredEnvelope } from '../ports.ts'
import type { Envelope, EnvelopeId, MailboxId, PeerKey, RefusalCode, RouteRecord } from '../types.ts'

export type HandoverEvent =
  /** A mailbox with mail here. route: the newest record of its user. */
  | { type: 'take', mailbox: MailboxId, route: RouteRecord | undefined, envelopes: number, bytes: number }
  /** There is a newer record. */
  | { type: 'route', mailbox: MailboxId, route: RouteRecord | undefined }
  | { type: 'page', mailbox: MailboxId, envelopes: StoredEnvelope[], position: number, last: boolean, damaged: number[] }
  /** The disk refused. */
  | { type: 'unread', mailbox: MailboxId }
  | { type: 'receipts', node: PeerKey, tickets: number[] }
  /** Too few nodes took it. said: the reasons of those that answered with one. */
  | { type: 'refused', ticket: number, said: ReadonlyMap<PeerKey, RefusalCode> }
  /** reached: nodes that there is a stream with. leaving: nodes that have said that they leave, reached or not. */
  | { type: 'tick', reached: ReadonlySet<PeerKey>, leaving: ReadonlySet<PeerKey> }
  /** Time is up, or nobody wants to wait any longer. */
  | { type: 'end' }

export type HandoverEffect =
  /** Answered by `page` or `unread`. */
  | { type: 'read', mailbox: MailboxId, after: number, maxBytes: number }
  /** Answered by `receipts`, or at last by `refused`. */
  | { type: 'deposit', ticket: number, envelope: Envelope, route: RouteRecord, among: Choice }
  | { type: 'release', mailbox: MailboxId, ids: EnvelopeId[] }

export interface HandoverReport {
  /** Envelopes that w other nodes of their records hold by now. */
  handedOver: number
  /** Envelopes that nobody waits for any more: w nodes say, or this one has learned meanwhile, that they are collected or have expired. */
  collected: number
  /** Envelopes that stay on this node's disk alone, because their users name no other node. */
  kept: number
  /** Mailboxes of which something lacks holders; the first hundred. */
  lacking: Array<{ mailbox: string, envelopes: number }>
  lackingEnvelopes: number
  /** Of these, envelopes that are not what they were: nothing can be handed over, and who else holds them is not known. */
  damagedEnvelopes: number
  /** Mailboxes with mail. */
  mailboxes: number
  seconds: number
}

export interface HandoverProgress {
  envelopes: { done: number, total: number }
  bytes: { done: number, total: number }
  mailboxes: { done: number, total: number }
}

export type HandoverInit = typeof HANDOVER_AT_LEAVING

/** What a node does that is about to leave. */
export const HANDOVER_AT_LEAVING = Object.freeze({
  bytesInFlight: RELAY_DEFAULTS.handoverBytes as number,
  retryMaxMs: RELAY_DEFAULTS.handoverRetryMaxMs as number,
  aloneMs: RELAY_DEFAULTS.handoverAloneMs as number,
  /** The same when all that could take it leave too, or there are none. */
  leftAloneMs: RELAY_DEFAULTS.handoverLeftAloneMs as number,
  /** Whether what is settled is let go of. */
  releases: false as boolean
})

/** What a node does beside its work, for users who have moved away: a page at a time, and as long as it takes. */
export const HANDOVER_BESIDE = Object.freeze({
  bytesInFlight: LIMITS.pageBytes as number,
  retryMaxMs: RELAY_DEFAULTS.handoverBesideRetryMaxMs as number,
  aloneMs: Infinity,
  leftAloneMs: Infinity,
  releases: true as boolean
})
