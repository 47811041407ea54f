/** A device shows a message once, over all its restarts and however often it was sent. */
import { Breaches } from './breaches.ts'
import type { Check, Verdict } from './check.ts'
import type { Witness } from './witness.ts'
import type { MessageId, PeerKey } from '../../src/types.ts'

export class ShownOnce implements Check {
  readonly #shown = new Map<PeerKey, Set<MessageId>>()
  readonly #breaches = new Breaches()
  #count = 0

  shown ({ at, device, message: { id } }: Parameters<Witness['shown']>[0]): void {
    this.#count++
    let shown = this.#shown.get(device)
    if (shown === undefined) this.#shown.set(device, shown = new Set())
    if (shown.has(id)) this.#breaches.add(at, () => `device ${device} showed message ${id} again`)
    shown.add(id)
  }

  verdict (): Verdict { return this.#breaches.verdict('shown-once', this.#count, 'messages shown again') }
}
