/**
 * Audits find out only those who do not hold what they sign for: an honest node that is caught loses its users' mailboxes
 * for a week. A disk that was wiped or cut short, churn, and mail that readers collect meanwhile are no lies.
 */
import { Breaches, short } from './breaches.ts'
import type { Check, Evidence, Verdict } from './check.ts'
import type { Witness } from './witness.ts'
import type { PeerKey } from '../../src/types.ts'

export class OnlyLiarsCaught implements Check {
  readonly #nodes = new Set<PeerKey>()
  /** Honest nodes that were caught, each told once. */
  readonly #wronged = new Set<PeerKey>()
  readonly #breaches = new Breaches()

  constructor (private readonly evidence: Evidence) {}

  process ({ actor, isNode }: Parameters<Witness['process']>[0]): void { if (isNode) this.#nodes.add(actor as PeerKey) }

  caught ({ at, node, by }: Parameters<Witness['caught']>[0]): void {
    if (this.evidence.isLiar(node) || this.#wronged.has(node)) return
    this.#wronged.add(node)
    this.#breaches.add(at, () => `${short(by)} caught ${short(node)}, which is honest`)
  }

  verdict (): Verdict { return this.#breaches.verdict('only-liars-caught', this.#nodes.size, 'honest nodes caught') }
}
