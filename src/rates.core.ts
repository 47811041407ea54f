/** Token buckets by key, in a table that never grows beyond its bound. */
import type { Millis } from './types.ts'

export interface RateLimit {
  perSecond: number
  /** What may come at once after a silence. */
  burst: number
  /** Keys that are remembered; the longest silent one goes first and starts afresh when it returns. */
  keysMax: number
}

interface Bucket { tokens: number, at: Millis }

export class RateTable {
  readonly #limit: RateLimit
  readonly #buckets = new Map<string, Bucket>()

  constructor (limit: RateLimit) { this.#limit = limit }

  get size (): number { return this.#buckets.size }

  /** Takes one token; false when there is none. */
  take (key: string, now: Millis): boolean {
    const tokens = this.#tokens(key, now)
    const taken = tokens >= 1
    // Put back at the end: the map stays in order of last use.
    this.#buckets.delete(key)
    this.#buckets.set(key, { tokens: taken ? tokens - 1 : tokens, at: now })
    if (this.#buckets.size > this.#limit.keysMax) {
      const [oldest] = this.#buckets.keys()
      if (oldest !== undefined) this.#buckets.delete(oldest)
    }
    return taken
  }

  /** How long until there is a token. */
  waitMs (key: string, now: Millis): Millis {
    return Math.max(0, 1 - this.#tokens(key, now)) * 1000 / this.#limit.perSecond
  }

  #tokens (key: string, now: Millis): number {
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) return this.#limit.burst
    // A clock that was set back gives nothing and takes nothing.
    const gained = Math.max(0, now - bucket.at) * this.#limit.perSecond / 1000
    return Math.min(this.#limit.burst, bucket.tokens + gained)
  }
}
