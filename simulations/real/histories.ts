/**
 * What a device shows who scrolls up is what it showed when it came: the same messages, each once, in the same order.
 * The store says so, from outside of everything that told of single messages.
 */
import { Breaches } from '../checks/breaches.ts'
import type { Check, Verdict } from '../checks/check.ts'
import type { Witness } from '../checks/witness.ts'
import type { MessageId, Millis, PeerKey } from '../../src/types.ts'

export class Histories implements Check {
  readonly #shown = new Map<PeerKey, MessageId[]>()
  readonly #breaches = new Breaches()
  #lines = 0

  shown ({ device, message: { id } }: Parameters<Witness['shown']>[0]): void {
    const shown = this.#shown.get(device)
    if (shown === undefined) this.#shown.set(device, [id])
    else shown.push(id)
  }

  /** history: others' messages, in the order of display. */
  compare (at: Millis, device: PeerKey, history: MessageId[]): void {
    const shown = this.#shown.get(device) ?? []
    this.#lines += history.length
    for (let n = 0; n < Math.max(shown.length, history.length); n++) {
      if (shown[n] === history[n]) continue
      this.#breaches.add(at, () => `line ${n} of the history of device ${device} is ${history[n] ?? 'missing'}, and ${shown[n] ?? 'nothing'} was shown there`)
      // What follows differs for the same reason.
      return
    }
  }

  verdict (): Verdict { return this.#breaches.verdict('history-is-what-was-shown', this.#lines, 'histories that differ') }
}
