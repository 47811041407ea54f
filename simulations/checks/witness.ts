/**
 * What can be seen from outside: what a program is told, what a reader is shown, what a node signs, what a disk holds.
 * Actors call these as things happen; checks and the report's figures listen. Nobody answers, so that watching
 * changes nothing.
 */
import type { EnvelopeId, MailboxId, Message, MessageId, MessageState, Millis, Order, PeerKey, RootKey } from '../../src/types.ts'

/** Something with a named bound: a queue, a cache, a number of streams. */
export interface Sample { name: string, value: number, limit: number }

/** What a resolver is: a node's finder, or a user's own book of contacts. */
export type Resolver = PeerKey | RootKey

/** Why a node let an envelope go; `released` when others have taken it over, `unknown` when its performer cannot say. */
export type DropReason = 'collected' | 'expired' | 'evicted' | 'released' | 'unknown'

export interface Witness {
  /** A program handed a text over to its client. expiry: the message's end, ms. */
  written: (event: { at: Millis, message: Message, expiry: Millis }) => void
  /** A program is told how far its message is. problem: why it is not further. */
  state: (event: { at: Millis, id: MessageId, state: MessageState, copies: number, w: number, envelopes: EnvelopeId[], nodes: PeerKey[], problem: string | undefined }) => void
  /** Nothing more will be tried for a message of this program. */
  ended: (event: { at: Millis, id: MessageId, reason: string }) => void
  /** A reader is shown a message. missing: the visible gap before it. late: something that answers it was shown before. */
  shown: (event: { at: Millis, reader: RootKey, device: PeerKey, message: Message, missing: MessageId[], late: boolean }) => void
  /** A node signed that these are on its disk. */
  receipt: (event: { at: Millis, node: PeerKey, mailbox: MailboxId, envelopes: EnvelopeId[] }) => void
  /** A device signed that it holds these. */
  collected: (event: { at: Millis, device: PeerKey, mailbox: MailboxId, envelopes: EnvelopeId[] }) => void
  /** An envelope left a node's disk by the node's doing. */
  dropped: (event: { at: Millis, node: PeerKey, mailbox: MailboxId, envelope: EnvelopeId, expiry: Millis, reason: DropReason }) => void
  /** The scenario took these from a node's disk, where they were whole: nobody's doing, and nobody can know it yet. */
  destroyed: (event: { at: Millis, node: PeerKey, envelopes: EnvelopeId[] }) => void
  /** Somebody asked who serves a user. order: undefined when nothing was found. ms: how long it took. */
  resolved: (event: { at: Millis, resolver: Resolver, root: RootKey, order: Order | undefined, ms: number }) => void
  /** A route was published to so many holders, under so many of its keys. */
  published: (event: { at: Millis, node: PeerKey, root: RootKey, copies: number, keys: number }) => void
  /** A frame was handed to the network. kind: `deposit`, `push`, `ping`, …; `kad` for messages of the routing model, which tells them in batches. */
  sent: (event: { at: Millis, from: string, kind: string, messages: number, bytes: number }) => void
  /** A node's audits found another out: it keeps no mailbox for it until then. Also told at each start while it lasts. */
  caught: (event: { at: Millis, node: PeerKey, by: PeerKey, until: Millis }) => void
  /** Sizes against their limits, taken now and then. */
  sampled: (event: { at: Millis, actor: string, samples: Sample[] }) => void
  /** A process began or ended. left: for good. root: whose device it is on; undefined for a node. lostPower: that is how a node’s process ended. */
  process: (event: { at: Millis, actor: string, isNode: boolean, up: boolean, left: boolean, root?: RootKey, lostPower?: boolean }) => void
}

/** Passes everything on to several. */
export function witnesses (all: Array<Partial<Witness>>): Witness {
  const tell = <Name extends keyof Witness>(name: Name): Witness[Name] => {
    const listeners = all.flatMap(witness => witness[name] === undefined ? [] : [witness[name].bind(witness) as (event: unknown) => void])
    return ((event: unknown) => { for (const listener of listeners) listener(event) }) as Witness[Name]
  }
  return {
    written: tell('written'),
    state: tell('state'),
    ended: tell('ended'),
    shown: tell('shown'),
    receipt: tell('receipt'),
    collected: tell('collected'),
    dropped: tell('dropped'),
    destroyed: tell('destroyed'),
    resolved: tell('resolved'),
    published: tell('published'),
    sent: tell('sent'),
    caught: tell('caught'),
    sampled: tell('sampled'),
    process: tell('process')
  }
}
