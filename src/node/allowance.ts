/**
 * What one place on the Internet may ask of this node beside everybody else: a burst, and then a steady trickle. Devices
 * cost nothing to make and addresses do, so addresses are what is counted.
 */
import { RateTable } from '../rates.core.ts'
import type { Millis } from '../types.ts'

export interface AllowanceInit {
  /** What may be taken at once after a long rest. */
  burst: number
  /** One more may be taken after each of these. */
  refillMs: number
  /** Places that are remembered; beyond it the longest unused starts afresh. */
  placesMax: number
}

export class Allowance {
  readonly #rates: RateTable

  constructor ({ burst, refillMs, placesMax }: AllowanceInit) {
    this.#rates = new RateTable({ perSecond: 1000 / refillMs, burst, keysMax: placesMax })
  }

  /** Places that are remembered. */
  get size (): number { return this.#rates.size }

  /** Takes one. 0 when it was there, else the seconds after which there is one again. An unknown place has no limit. */
  take (place: string | undefined, now: Millis): number {
    if (place === undefined || this.#rates.take(place, now)) return 0
    return Math.ceil(this.#rates.waitMs(place, now) / 1000)
  }
}
