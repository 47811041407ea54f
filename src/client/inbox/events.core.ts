/**
 * The inbox's vocabulary: what it is told, what it asks to be done, and the facts that it keeps on disk. The story
 * is told in core.ts.
 */
import type { ConversationId, EnvelopeId, Message, MessageId, Millis, RootKey, Seconds } from '../../types.ts'
import type { Fragment } from '../sealing/fragments.core.ts'

/** What must be on disk. Each is written under `factKey(fact)`, in place of what was there. */
export type InboxFact =
  /** An envelope that was taken in, so that it is never taken in again. */
  | { type: 'envelope', envelope: EnvelopeId, forgetAt: Millis, collected: boolean }
  /** An envelope that no key of ours opens; it stays in the mailbox, in case that a key comes back. */
  | { type: 'aside', envelope: EnvelopeId, forgetAt: Millis, bytes: number }
  /** A piece of a message whose other pieces are not here yet. */
  | { type: 'fragment', envelope: EnvelopeId, expiry: Seconds, fragment: Fragment }
  /** A message or another frame that was taken in. missing: parents that were not there when it was shown. */
  | { type: 'seen', conversation: ConversationId, from: RootKey, id: MessageId, forgetAt: Millis, mark: MarkState, missing: MessageId[] }
  /** A message that waits for its parents. */
  | { type: 'held', conversation: ConversationId, message: Message, since: Millis }
  /** A line of the history, in the order of display; never forgotten and not given back at start. */
  | { type: 'shown', conversation: ConversationId, position: number, message: Message, missing: MessageId[], late: boolean }
  /** A change to a line, which may not have come yet; never forgotten and not given back at start. */
  | { type: 'amendment', conversation: ConversationId, message: Message }
  /**
   * The newest messages of a conversation that nothing answers yet: parents of the next one. stamp: the highest of any
   * message here.
   */
  | { type: 'heads', conversation: ConversationId, ids: MessageId[], stamp: Millis }
  /** A message that was missing when something that answers it was shown. asked: how often its author's devices were asked for it. */
  | { type: 'gap', conversation: ConversationId, id: MessageId, asked: number, askAt: Millis }

/**
 * What a frame's author is told of it. waiting: nothing yet, it cannot be opened before another frame came · silent:
 * nothing ever · owed · given: `delivered`, and again whenever it comes again.
 */
export type MarkState = 'waiting' | 'silent' | 'owed' | 'given'

export type InboxEvent =
  /** Once, before all others. Facts of every type but `shown`; position: of the last line of the history, or 0. */
  | { type: 'restored', facts: InboxFact[], position: number }
  /** A drain of the mailbox began (also when a link came back); until `drained`, parents may still be on their way. */
  | { type: 'draining' }
  | { type: 'drained' }
  | { type: 'arrived', envelope: EnvelopeId, expiry: Seconds }
  /** Answers to `open`. */
  | { type: 'opened', envelope: EnvelopeId, fragment: Fragment }
  | { type: 'undecipherable', envelope: EnvelopeId, reason: 'unknownKey' | 'malformed', bytes: number }
  /** Answers to `unprotect`: a note between clients, whose marks on our messages are these; or a frame of a conversation, by its hint. */
  | { type: 'note', envelopes: EnvelopeId[], id: MessageId, from: RootKey, delivered: MessageId[] }
  | { type: 'frame', envelopes: EnvelopeId[], id: MessageId, from: RootKey, whole: Uint8Array }
  /**
   * Answers to `unprotect`, or to `decrypt` with the envelopes that the core remembers; `message` also comes by itself,
   * when a frame that waited has become one.
   */
  | { type: 'message', envelopes: EnvelopeId[], message: Message }
  | { type: 'taken', envelopes: EnvelopeId[], id: MessageId, from: RootKey }
  | { type: 'waiting', envelopes: EnvelopeId[], id: MessageId, from: RootKey }
  | { type: 'unreadable', envelopes: EnvelopeId[], id: MessageId, from?: RootKey }
  /** Answer to `recall`: which of them stand in the history. */
  | { type: 'recalled', from: RootKey, id: MessageId, ids: MessageId[] }
  /** Answer to `signal`: what it asks for is done, durably. */
  | { type: 'heeded', from: RootKey, id: MessageId }
  /** A message of this device, about to be put into the outbox. */
  | { type: 'sent', message: Message }
  /** … and not on disk: its program was told, and nothing may answer it. */
  | { type: 'unsent', message: Message, ticket: number }
  /** Answer to `persist`. */
  | { type: 'persisted', ticket: number }
  /** Answers to `collect`: a node has it on disk, or nobody could be asked. */
  | { type: 'collected', envelopes: EnvelopeId[] }
  | { type: 'uncollected', envelopes: EnvelopeId[] }
  /** A node can be asked: what nobody took goes out again. */
  | { type: 'connected' }
  | { type: 'tick' }

export type InboxEffect =
  /** Open the seal; answered by `opened` or `undecipherable`. */
  | { type: 'open', envelope: EnvelopeId }
  /** Look into a whole message; answered by `note` or `frame`, or at once by `message`, or `unreadable`. */
  | { type: 'unprotect', id: MessageId, format: number, whole: Uint8Array, envelopes: EnvelopeId[] }
  /** A frame that was not here before; answered by `message`, `taken`, `waiting` or `unreadable`, with `from` as here. */
  | { type: 'decrypt', id: MessageId, from: RootKey, whole: Uint8Array, forgetAt: Millis }
  /** Look in the history for these ids; answered by `recalled` with `from` and `id` as here. */
  | { type: 'recall', conversation: ConversationId, from: RootKey, id: MessageId, ids: MessageId[] }
  /**
   * Write and delete in one synced batch, then `persisted`. Batches become durable in the order of their tickets;
   * several may share a sync. release: what was decrypted and is in this batch.
   */
  | { type: 'persist', ticket: number, put: InboxFact[], remove: string[], release: MessageId[] }
  /**
   * It is in the history: show it, unless this device wrote it. missing: a gap before it. late: something that answers
   * it was shown before.
   */
  | { type: 'show', conversation: ConversationId, position: number, message: Message, missing: MessageId[], late: boolean }
  /** A line is not any more what it was: tell the program. */
  | { type: 'amend', conversation: ConversationId, message: Message }
  /** A word between clients: do what it asks for; answered by `heeded`. After a crash in between it comes again. */
  | { type: 'signal', message: Message }
  /** Ask whoever has them for messages that stay away. */
  | { type: 'repair', conversation: ConversationId, ids: MessageId[] }
  /** The other side has our messages: for the outbox. */
  | { type: 'marks', from: RootKey, ids: MessageId[] }
  /** Queue a delivered mark; `put` goes into the same batch as its outbox entry. */
  | { type: 'markDelivered', to: RootKey, ids: MessageId[], put: InboxFact[] }
  /** Sign and send a collection of at most LIMITS.collectionIds ids; answered by `collected` or `uncollected`. */
  | { type: 'collect', envelopes: EnvelopeId[] }
  /** Durable here, or left in the mailbox on purpose: the cursor may pass these. */
  | { type: 'settled', envelopes: EnvelopeId[] }
  /** Too much is under way: this one was not taken, the cursor must stay before it, drain again later. */
  | { type: 'postponed', envelope: EnvelopeId }
  /** For the log: an envelope that did not become a message, and whether it stays in the mailbox. */
  | { type: 'undecipherable', envelope: EnvelopeId, reason: 'unknownKey' | 'malformed' | 'unreadable' | 'evicted', kept: boolean }
  /** Send `tick` at this time; a later effect of this type replaces it. */
  | { type: 'wakeAt', at: Millis }

/** Where a fact stands on disk; positions are padded so that keys sort as the history does. */
export function factKey (fact: InboxFact): string {
  switch (fact.type) {
    case 'envelope':
    case 'aside':
    case 'fragment': return `${fact.type}/${fact.envelope}`
    case 'seen': return seenKey(fact.from, fact.id)
    case 'held': return heldKey(fact.message)
    case 'shown': return `shown/${String(fact.position).padStart(16, '0')}`
    case 'amendment': return `amendment/${fact.conversation}/${fact.message.from}/${fact.message.id}`
    case 'heads': return `heads/${fact.conversation}`
    case 'gap': return gapKey(fact.conversation, fact.id)
  }
}

/** Key of a `seen` fact. */
export function seenKey (from: RootKey, id: MessageId): string {
  return `seen/${from}/${id}`
}

/** Key of a `gap` fact. */
export function gapKey (conversation: ConversationId, id: MessageId): string {
  return `gap/${conversation}/${id}`
}

/** Key of a `held` fact. */
export function heldKey ({ from, id }: Pick<Message, 'from' | 'id'>): string {
  return `held/${from}/${id}`
}
