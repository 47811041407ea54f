/**
 * The world: one virtual clock, one seed, one order of events. Everything in a simulation happens in a callback of
 * this clock; of several at the same millisecond, the one that was asked for first comes first.
 *
 * Actors decide synchronously. The few that await something (a port whose methods return promises) say so with
 * `awaited`, and the next event waits until every promise that could go on has done so.
 */
import { Chance } from './chance.ts'
import { Timers } from './timers.ts'
import { Trace } from './trace.ts'
import type { Clock } from '../../src/ports.ts'
import type { Millis } from '../../src/types.ts'

/** Any fixed moment will do; a round one reads well in traces. 2027-01-15T08:00:00Z. */
export const WORLD_BEGINS_AT: Millis = 1_800_000_000_000

export interface WorldInit { seed: number | string, beginsAt?: Millis }

export class World implements Clock {
  readonly trace = new Trace()
  readonly chance: Chance
  readonly #timers = new Timers()
  readonly #beginsAt: Millis
  #awaited = false

  constructor ({ seed, beginsAt = WORLD_BEGINS_AT }: WorldInit) {
    this.chance = new Chance(String(seed))
    this.#beginsAt = beginsAt
  }

  readonly now = (): Millis => this.#beginsAt + this.#timers.now

  /** Never early: whoever wakes before their moment asks again, for ever. */
  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer = this.#timers.add(Math.max(0, Math.ceil(ms)), callback)
    return () => { timer.callback = undefined }
  }

  /** Events handled and timers set until now: what a run costs. */
  get timersSet (): number { return this.#timers.set }

  /** For the trace: something happened to an actor. Whatever two runs could differ in belongs into `what`. */
  note (actor: string, what: string): void { this.trace.note(this.now(), actor, what) }

  /** Promises can go on because of what just happened; the next event waits for them. */
  awaited (): void { this.#awaited = true }

  /** Lets virtual time pass. `until` is a moment, not a duration. */
  async run (until: Millis): Promise<void> {
    const end = until - this.#beginsAt
    for (;;) {
      if (this.#awaited) await this.#letPromisesRun()
      const callback = this.#timers.take(end)
      if (callback === undefined) break
      callback()
    }
  }

  async #letPromisesRun (): Promise<void> {
    while (this.#awaited) {
      this.#awaited = false
      // eslint-disable-next-line no-restricted-globals -- no time passes: the turn after every promise that could go on.
      await new Promise(resolve => { setImmediate(resolve) })
    }
  }
}
