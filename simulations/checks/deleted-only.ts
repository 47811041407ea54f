/**
 * Nodes delete only what every device of the mailbox has signed a collection for, what is past its expiry and the
 * grace, for the second quota what at least one device has collected, and what others have taken over. What liars do is
 * not looked at.
 */
import { LIMITS } from '../../src/wire/limits.ts'
import { Breaches } from './breaches.ts'
import type { Check, Evidence, Verdict } from './check.ts'
import type { Collections } from './signed.ts'
import type { Witness } from './witness.ts'

type EventOf<Name extends keyof Witness> = Parameters<Witness[Name]>[0]

export class DeletedOnly implements Check {
  readonly #breaches = new Breaches()
  #dropped = 0

  /** Told here, asked also by others. */
  constructor (private readonly evidence: Evidence, private readonly collections: Collections) {}

  collected ({ device, mailbox, envelopes }: EventOf<'collected'>): void { this.collections.take(device, mailbox, envelopes) }

  dropped ({ at, node, mailbox, envelope, expiry, reason }: EventOf<'dropped'>): void {
    if (this.evidence.isLiar(node)) return
    this.#dropped++
    if (this.collections.byAll(mailbox, envelope) || at >= expiry + LIMITS.expiryGraceMs) return
    // That the others have it is for the checks of receipts and of what is shown.
    if (reason === 'released') return
    if (reason === 'evicted' && this.collections.byAny(mailbox, envelope)) return
    this.#breaches.add(at, () => `node ${node} dropped envelope ${envelope} (${reason}), which no device had collected and which had not expired`)
  }

  verdict (): Verdict { return this.#breaches.verdict('deleted-only-by-collection-or-expiry', this.#dropped, 'envelopes dropped') }
}
