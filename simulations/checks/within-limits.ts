/** Every queue, cache and number of streams that is looked at stays within its named limit. */
import { Breaches } from './breaches.ts'
import type { Check, Verdict } from './check.ts'
import type { Witness } from './witness.ts'

export class WithinLimits implements Check {
  readonly #breaches = new Breaches()
  #samples = 0

  sampled ({ at, actor, samples }: Parameters<Witness['sampled']>[0]): void {
    this.#samples += samples.length
    for (const { name, value, limit } of samples) {
      if (value > limit) this.#breaches.add(at, () => `${name} of ${actor} is ${value}, above ${limit}`)
    }
  }

  verdict (): Verdict { return this.#breaches.verdict('within-limits', this.#samples, 'samples above their limit') }
}
