/**
 * The outbox's vocabulary: what it is told, and what it asks to be done. The story is told in core.ts.
 */
import type { EnvelopeId, MessageId, MessageState, Millis, PeerKey, Refusal, RefusalCode, RootKey, Seconds } from '../../types.ts'

/** A serving connection, named by its node's key. */
export type Link = PeerKey

/** What the verified route record says of a recipient. */
export interface OutboxRoute { nodes: PeerKey[], n: number, w: number }

/**
 * text: told to the program, kept until it is delivered · control: what keeps a conversation's keys going; kept as long,
 * and nobody is told · once: notes, signals and copies for one's own devices, done when they are stored.
 */
export type OutboxKind = 'text' | 'control' | 'once'

/** What an entry is known by: a message goes to several users, to each in envelopes of their own. */
export interface Address { id: MessageId, recipient: RootKey }

/** One outgoing message for one user as it stands on disk: enough to go on after a restart. */
export interface OutboxEntry extends Address {
  kind: OutboxKind
  /** When it was queued: keeps the order over restarts. */
  queuedAt: Millis
  /** The message's end, and the expiry of every envelope that ever carries it. */
  expiry: Seconds
  /** Undefined until the recipient's route was found. */
  route: OutboxRoute | undefined
  /** The current sealing, one envelope a fragment; empty until it was sealed. */
  envelopes: EnvelopeId[]
  state: MessageState
  /** Verified receipts for the current sealing, by nodes of the record. */
  receipts: Array<{ envelope: EnvelopeId, node: PeerKey }>
}

export type OutboxEvent =
  /** Already on disk: a new message, or any message at start. */
  | { type: 'queued', entry: OutboxEntry }
  | { type: 'connected', link: Link }
  | { type: 'disconnected', link: Link }
  /** The freshest verified record of a recipient: an answer to `resolve`, or what a node sent before `moved`. */
  | { type: 'routed', recipient: RootKey, route: OutboxRoute }
  /** `resolve` found nothing this time. */
  | { type: 'unresolved', recipient: RootKey }
  /** A newer profile of the recipient was verified: what is not delivered must be sealed to its keys. */
  | { type: 'rekeyed', recipient: RootKey }
  /** Answer to `seal`: these envelopes are on disk now, in place of the ones before. */
  | { type: 'sealed', id: MessageId, recipient: RootKey, envelopes: EnvelopeId[] }
  /** `seal` was not possible now: no profile, no key in it, or no conversation that the recipient could open it in; or it was not written. */
  | { type: 'unsealed', id: MessageId, recipient: RootKey, isUnwritten?: true }
  /** A device of the recipient cannot open these; or, `ready`, what made sealing impossible is over. */
  | { type: 'lost', recipient: RootKey, ids: MessageId[] }
  | { type: 'ready', recipient: RootKey }
  | { type: 'accepted', envelope: EnvelopeId, link: Link }
  /** Verified by the service: `node` signed that it has the envelope on disk. */
  | { type: 'receipt', envelope: EnvelopeId, node: PeerKey }
  | { type: 'refused', envelope: EnvelopeId, link: Link, refusal: Refusal }
  /** The recipient's own device says so, inside the seal. */
  | { type: 'marked', from: RootKey, mark: 'delivered' | 'read', ids: MessageId[] }
  | { type: 'tick' }

export type OutboxEffect =
  /** Send this envelope on this link; an unknown link means that it closed meanwhile and `disconnected` follows. */
  | { type: 'deposit', id: MessageId, recipient: RootKey, envelope: EnvelopeId, link: Link }
  /** Send the recipient's record on this link; a deposit follows. */
  | { type: 'reroute', recipient: RootKey, link: Link }
  /** Find the record (and the profile); answered by `routed` or `unresolved`. fresh: not from a cache. */
  | { type: 'resolve', recipient: RootKey, fresh: boolean }
  /** Seal (again) to the recipient's current keys, same message id and expiry; put on disk, then `sealed` or `unsealed`. */
  | { type: 'seal', id: MessageId, recipient: RootKey, reason: SealReason }
  /** Put `entry` on disk and tell the program. problem: why it is not further, while that lasts. */
  | { type: 'state', entry: OutboxEntry, copies: number, w: number, problem: OutboxProblem | undefined }
  /**
   * Nothing more will be done: the entry and its envelopes may leave the disk; the history keeps the last state.
   * delivered: or read, or a `once` that is stored. full: it was never taken.
   */
  | { type: 'drop', id: MessageId, recipient: RootKey, reason: 'delivered' | 'expired' | 'full' }
  /** Marks on messages that left the outbox before: the history moves those forward that went to `from`. */
  | { type: 'marked', from: RootKey, mark: 'delivered' | 'read', ids: MessageId[] }
  /** Send `tick` at this time; a later effect of this type replaces it. */
  | { type: 'wakeAt', at: Millis }

/** Why something is sealed; all but the first replace envelopes that are of no use, or may be. */
export type SealReason = 'first' | 'rekeyed' | 'collected' | 'lost'

/** Where an entry stands on disk. */
export function addressKey ({ id, recipient }: Address): string {
  return `${id}/${recipient}`
}

/** What stands in the way of a message at the moment. */
export type OutboxProblem = 'noRoute' | 'noKey' | 'unwritten' | { refusal: RefusalCode }
