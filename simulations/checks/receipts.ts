/**
 * What receipts are worth, in two checks.
 *
 * receipts-imply-bytes: when an honest node signs, the envelope is on its disk; and when a program is first told that
 * its message is `stored`, w of the nodes that it was told of hold each envelope of it, or have let it go because its
 * reader has it. Liars count as holding: the promise is about what honest nodes and clients make of receipts. So does a
 * node whose disk the scenario destroyed after it had signed: its receipt was on its way. Whether such mail is copied
 * again is what copies-restored asks.
 *
 * stored-has-w-receipts: a program is told `stored` only when w distinct nodes have signed for every envelope.
 */
import { Breaches } from './breaches.ts'
import type { Check, Evidence, Verdict } from './check.ts'
import type { Collections, Receipts } from './signed.ts'
import type { Witness } from './witness.ts'
import type { EnvelopeId, MessageId, PeerKey } from '../../src/types.ts'

type EventOf<Name extends keyof Witness> = Parameters<Witness[Name]>[0]

/** Messages whose programs have been told `stored`; the first telling is what is judged. */
class Told {
  readonly #ids = new Set<MessageId>()

  get count (): number { return this.#ids.size }

  isFirst ({ id, state }: EventOf<'state'>): boolean {
    if (state !== 'stored' || this.#ids.has(id)) return false
    this.#ids.add(id)
    return true
  }
}

/** Tells `receipts` of what is signed. */
export class ReceiptsImplyBytes implements Check {
  readonly #told = new Told()
  readonly #breaches = new Breaches()
  /** What the scenario took from a node's disk, until the node signs for it again. */
  readonly #destroyed = new Map<PeerKey, Set<EnvelopeId>>()
  #receipts = 0

  constructor (private readonly evidence: Evidence, private readonly receipts: Receipts, private readonly collections: Collections) {}

  receipt ({ at, node, mailbox, envelopes }: EventOf<'receipt'>): void {
    this.receipts.take(node, mailbox, envelopes)
    for (const envelope of envelopes) {
      this.#receipts++
      this.#destroyed.get(node)?.delete(envelope)
      if (!this.#isKept(node, envelope)) this.#breaches.add(at, () => `node ${node} signed for envelope ${envelope}, which is not on its disk`)
    }
  }

  destroyed ({ node, envelopes }: EventOf<'destroyed'>): void {
    let gone = this.#destroyed.get(node)
    if (gone === undefined) this.#destroyed.set(node, gone = new Set())
    for (const envelope of envelopes) gone.add(envelope)
  }

  state (event: EventOf<'state'>): void {
    if (!this.#told.isFirst(event)) return
    const { at, id, envelopes, nodes, w } = event
    for (const envelope of envelopes) {
      const holders = [...new Set(nodes)].filter(node => this.#isKept(node, envelope) || this.#destroyed.get(node)?.has(envelope) === true)
      if (holders.length < w) this.#breaches.add(at, () => `message ${id} was told to be stored while ${holders.length} of ${w} nodes hold envelope ${envelope}`)
    }
  }

  /** Of all signatures and all messages that were told to be stored. */
  verdict (): Verdict { return this.#breaches.verdict('receipts-imply-bytes', this.#receipts + this.#told.count, 'receipts without bytes') }

  #isKept (node: PeerKey, envelope: EnvelopeId): boolean {
    const mailbox = this.receipts.mailboxOf(envelope)
    if (mailbox === undefined) return false
    return this.evidence.isLiar(node) || this.evidence.isOnDisk(node, mailbox, envelope) || this.collections.byAll(mailbox, envelope)
  }
}

export class StoredHasReceipts implements Check {
  readonly #told = new Told()
  readonly #breaches = new Breaches()

  constructor (private readonly receipts: Receipts) {}

  state (event: EventOf<'state'>): void {
    if (!this.#told.isFirst(event)) return
    const { at, id, copies, w, envelopes, nodes } = event
    const signed = envelopes.map(envelope => this.receipts.nodesOf(envelope).filter(node => nodes.includes(node)).length)
    const least = Math.min(copies, ...signed)
    if (w >= 1 && envelopes.length > 0 && least >= w) return
    this.#breaches.add(at, () => `message ${id} was told to be stored with ${least} of ${w} receipts for one of its ${envelopes.length} envelopes`)
  }

  verdict (): Verdict { return this.#breaches.verdict('stored-has-w-receipts', this.#told.count, 'messages stored with too few receipts') }
}
