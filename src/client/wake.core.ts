/**
 * When a core wants to be told the time next: the earliest of all its deadlines, rounded up so that many share one.
 */
import type { Millis } from '../types.ts'

/** Deadlines of one core. */
export class Wake {
  #dueAt: Millis = Infinity
  #toldAt: Millis = Infinity

  constructor (private readonly grainMs: number) {}

  /** Something is due at this time. */
  due (at: Millis): void {
    this.#dueAt = Math.min(this.#dueAt, at)
  }

  /** True when it is time to look at all deadlines; they must be named again. */
  ring (now: Millis): boolean {
    const early = now < this.#toldAt
    // A timer that rang early must be set again.
    this.#toldAt = Infinity
    if (!early) this.#dueAt = Infinity
    return !early
  }

  /** The time for a `wakeAt`, when it differs from the one that was told last. */
  news (): Millis | undefined {
    const at = Math.ceil(this.#dueAt / this.grainMs) * this.grainMs
    if (at === this.#toldAt || at === Infinity) return undefined
    this.#toldAt = at
    return at
  }
}
