/**
 * What one place on the Internet may ask of this node beside everybody else: a burst, and then a steady trickle (a token
 * bucket for each place). Devices cost nothing to make and addresses do, so addresses are what is counted.
 */
import type { Millis } from '../types.ts'

export interface AllowanceInit {
  /** What may be taken at once after a long rest. */
  burst: number
  /** One more may be taken after each of these. */
  refillMs: number
  /** Places that are remembered; beyond it the longest unused starts afresh. */
  placesMax: number
}

interface Bucket { left: number, filledAt: Millis }

export class Allowance {
  readonly #init: AllowanceInit
  /** In order of last use. */
  readonly #buckets = new Map<string, Bucket>()

  constructor (init: AllowanceInit) { this.#init = init }

  /** Places that are remembered. */
  get size (): number { return this.#buckets.size }

  /** Takes one. 0 when it was there, else the seconds after which there is one again. An unknown place has no limit. */
  take (place: string | undefined, now: Millis): number {
    if (place === undefined) return 0
    const bucket = this.#filled(place, now)
    this.#buckets.delete(place)
    this.#buckets.set(place, bucket)
    this.#forgetOldest()
    if (bucket.left < 1) return Math.ceil((1 - bucket.left) * this.#init.refillMs / 1000)
    bucket.left--
    return 0
  }

  #filled (place: string, now: Millis): Bucket {
    const { burst, refillMs } = this.#init
    const bucket = this.#buckets.get(place)
    if (bucket === undefined) return { left: burst, filledAt: now }
    // A clock that was set back neither gives nor takes.
    const restedMs = Math.max(0, now - bucket.filledAt)
    return { left: Math.min(burst, bucket.left + restedMs / refillMs), filledAt: now }
  }

  #forgetOldest (): void {
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#init.placesMax) break
      this.#buckets.delete(oldest)
    }
  }
}
