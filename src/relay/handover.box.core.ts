/**
 * One mailbox of a hand-over: the page of it that is in hand, and who else has what of that page. Only nodes of the
 * newest record count, each once, and never this one.
 */
import { REFUSAL, type EnvelopeId, type MailboxId, type Millis, type PeerKey, type RefusalCode, type RouteEntry, type RouteRecord } from '../types.ts'

/** One envelope of the page. */
export interface Item {
  readonly id: EnvelopeId
  readonly position: number
  readonly bytes: number
  /** Nodes whose receipts are in hand. */
  readonly holders: Set<PeerKey>
  /** Nodes that said that it has been collected, or has expired: it needs no place there. */
  readonly past: Set<PeerKey>
  /** Of the deposit that is under way. */
  ticket: number | undefined
  /** Of the deposits whose receipts may still come. */
  readonly tickets: number[]
  /** Receipts that the deposit under way is still to bring. */
  owed: number
  isSettled: boolean
}

/**
 * ready: waits for room to be read. waiting: others lack something and will be asked again. kept: the record names nobody
 * else. done, lacking: nothing more is tried.
 */
export type BoxState = 'ready' | 'reading' | 'depositing' | 'waiting' | 'kept' | 'done' | 'lacking'

/** Refusals that say that the node does not take the mailbox's mail, whichever envelope it is. */
const NOT_TAKING: ReadonlySet<RefusalCode> = new Set([REFUSAL.draining, REFUSAL.notAdmitted, REFUSAL.notServed, REFUSAL.mailboxFull, REFUSAL.storeFailed])
const PAST: ReadonlySet<RefusalCode> = new Set([REFUSAL.collected, REFUSAL.expired])

export class Box {
  readonly mailbox: MailboxId
  readonly totalEnvelopes: number
  readonly totalBytes: number
  state: BoxState = 'kept'
  /** Everything up to here is settled. */
  after = 0
  /** Of the page in hand. */
  pageEnd = 0
  isLastPage = false
  readonly items = new Map<EnvelopeId, Item>()
  /** Deposits under way. */
  open = 0
  retryAt: Millis = 0
  waitMs = 0
  /** Somebody took something since it was last read. */
  hasProgressed = false
  /** Since when no node that could take what is lacking was there. */
  aloneSince: Millis | undefined
  settledEnvelopes = 0
  settledBytes = 0
  /** Positions of what is not what it was: nobody can be given it from here. */
  readonly damaged = new Set<number>()
  readonly #self: PeerKey
  #others: RouteEntry[] = []
  #copies = 0
  #route: RouteRecord | undefined
  /** Nodes that take nothing for this mailbox, and until when they are asked last. */
  readonly #declined = new Map<PeerKey, Millis>()

  constructor (mailbox: MailboxId, total: { envelopes: number, bytes: number }, self: PeerKey) {
    this.mailbox = mailbox
    this.totalEnvelopes = total.envelopes
    this.totalBytes = total.bytes
    this.#self = self
  }

  get route (): RouteRecord | undefined { return this.#route }
  get hasOthers (): boolean { return this.#others.length > 0 }
  /** Envelopes that nothing has become of yet. */
  get leftEnvelopes (): number { return Math.max(0, this.totalEnvelopes - this.settledEnvelopes - this.damaged.size) }
  /** What is kept, damaged or given up is over, and not done. */
  get isDone (): boolean { return this.state === 'done' && this.damaged.size === 0 }
  get isOver (): boolean { return this.state === 'kept' || this.state === 'done' || this.state === 'lacking' }

  takeRoute (route: RouteRecord | undefined): void {
    this.#route = route
    this.#others = route?.entries.filter(({ node }) => node !== this.#self) ?? []
    this.#copies = route?.w ?? 0
  }

  /** What became of an envelope by what is known; undefined while too few have it. */
  outcome (item: Item): 'handedOver' | 'collected' | undefined {
    if (this.#others.length === 0) return undefined
    if (this.#count(item.holders) >= this.#copies) return 'handedOver'
    return this.missing(item) <= 0 ? 'collected' : undefined
  }

  /** Nodes that still have to take it. */
  missing (item: Item): number {
    return this.#copies - this.#others.filter(({ node }) => item.holders.has(node) || item.past.has(node)).length
  }

  /** Who is to be asked for it: in the order of the record, unless all of them have just said that they take nothing. */
  candidates (item: Item, now: Millis): RouteEntry[] {
    const left = this.#others.filter(({ node }) => !item.holders.has(node) && !item.past.has(node))
    const taking = left.filter(({ node }) => this.#takes(node, now))
    return taking.length > 0 ? taking : left
  }

  /** Whether one of the nodes could take some of what is lacking, as soon as it is reached; `left` when there will be none. */
  hope (reached: ReadonlySet<PeerKey>, leaving: ReadonlySet<PeerKey>, now: Millis): 'hope' | 'alone' | 'left' {
    let hope: 'alone' | 'left' = 'left'
    for (const item of this.items.values()) {
      if (item.isSettled) continue
      for (const { node } of this.candidates(item, now)) {
        if (leaving.has(node)) continue
        if (reached.has(node) && this.#takes(node, now)) return 'hope'
        hope = 'alone'
      }
    }
    return hope
  }

  takeRefusals (item: Item, said: ReadonlyMap<PeerKey, RefusalCode>, declinedUntil: Millis): void {
    for (const [node, code] of said) {
      if (PAST.has(code)) item.past.add(node)
      else if (NOT_TAKING.has(code)) this.#declined.set(node, declinedUntil)
    }
  }

  #takes (node: PeerKey, now: Millis): boolean { return (this.#declined.get(node) ?? 0) <= now }

  #count (nodes: ReadonlySet<PeerKey>): number { return this.#others.filter(({ node }) => nodes.has(node)).length }
}
