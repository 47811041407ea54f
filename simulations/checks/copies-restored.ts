/**
 * Repair: when faults are healed and everything has settled, mail that still waits for its reader lies on w disks again,
 * whatever became of the nodes that signed for it. Disks of nodes that left for good, and of liars, do not count; nor does
 * mail that its reader was shown, since nobody needs it any more.
 */
import { Breaches } from './breaches.ts'
import type { Check, Evidence, Verdict } from './check.ts'
import type { Receipts } from './signed.ts'
import type { Witness } from './witness.ts'
import type { EnvelopeId, MessageId, Millis, PeerKey } from '../../src/types.ts'

type EventOf<Name extends keyof Witness> = Parameters<Witness[Name]>[0]

interface Waiting { expiry: Millis, w: number, envelopes: EnvelopeId[] }

/** Asks `receipts` of which mailbox an envelope is: whoever tells it must listen. */
export class CopiesRestored implements Check {
  readonly #expiries = new Map<MessageId, Millis>()
  readonly #waiting = new Map<MessageId, Waiting>()
  readonly #nodes = new Set<PeerKey>()

  constructor (private readonly evidence: Evidence, private readonly receipts: Receipts) {}

  written ({ message: { id }, expiry }: EventOf<'written'>): void { this.#expiries.set(id, expiry) }

  state ({ id, state, w, envelopes }: EventOf<'state'>): void {
    const expiry = this.#expiries.get(id)
    if (expiry === undefined) return
    if (state === 'stored') this.#waiting.set(id, { expiry, w, envelopes })
    else if (state === 'delivered' || state === 'read') this.#settle(id)
  }

  shown ({ message: { id } }: EventOf<'shown'>): void { this.#settle(id) }

  process ({ actor, isNode, left }: EventOf<'process'>): void {
    if (!isNode) return
    if (left) this.#nodes.delete(actor as PeerKey)
    else this.#nodes.add(actor as PeerKey)
  }

  verdict (): Verdict {
    const breaches = new Breaches()
    const now = this.evidence.now()
    const honest = [...this.#nodes].filter(node => !this.evidence.isLiar(node))
    let wanted = 0
    for (const [id, { expiry, w, envelopes }] of this.#waiting) {
      if (expiry <= now) continue
      wanted++
      const fewest = Math.min(...envelopes.map(envelope => this.#copies(envelope, honest)))
      if (fewest < w) breaches.add(now, () => `message ${id} still waits for its reader, and ${fewest} of ${w} disks hold it`)
    }
    return breaches.verdict('copies-restored', wanted, 'messages with too few copies')
  }

  #copies (envelope: EnvelopeId, nodes: PeerKey[]): number {
    const mailbox = this.receipts.mailboxOf(envelope)
    return mailbox === undefined ? 0 : nodes.filter(node => this.evidence.isOnDisk(node, mailbox, envelope)).length
  }

  /** Its reader has it. */
  #settle (id: MessageId): void {
    this.#expiries.delete(id)
    this.#waiting.delete(id)
  }
}
