/**
 * What goes on in a run, by name: whatever does not end in time is named, and the first failure ends the run. A node
 * that hangs when it is stopped is as much a finding as one that loses mail.
 */
import { REAL_DEFAULTS } from './defaults.ts'
import type { RunClock } from './clock.ts'

export class UnderWay {
  readonly #clock: RunClock
  readonly #patienceMs: number
  readonly #tasks = new Map<Promise<void>, string>()
  readonly #failed = new AbortController()

  constructor (clock: RunClock, patienceMs: number = REAL_DEFAULTS.patienceMs) {
    this.#clock = clock
    this.#patienceMs = patienceMs
  }

  /** Aborts with the first failure. */
  get failed (): AbortSignal { return this.#failed.signal }

  begin (what: string, task: Promise<void>): void {
    const under = task.catch((cause: Error) => {
      this.#failed.abort(new Error(`${what} failed: ${cause.message}`, { cause }))
    }).finally(() => { this.#tasks.delete(under) })
    this.#tasks.set(under, what)
  }

  /** Resolves when all has ended. Rejects with the first failure, or with the names of what does not end. */
  async ended (): Promise<void> {
    const givenUpAt = this.#clock.now() + this.#patienceMs
    while (this.#tasks.size > 0 && this.#clock.now() < givenUpAt) await this.#clock.until(this.#clock.now() + REAL_DEFAULTS.lookMs)
    if (this.#tasks.size > 0) throw new Error(`this did not end within ${this.#patienceMs / 1000} s: ${[...this.#tasks.values()].join(', ')}`)
    this.#failed.signal.throwIfAborted()
  }
}
