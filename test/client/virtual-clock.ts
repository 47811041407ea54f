/** A clock that moves only when told: timers run in order, and what they start runs before the next. */
import type { Clock } from '../../src/ports.ts'
import type { Millis } from '../../src/types.ts'

interface Timer { at: Millis, order: number, callback: () => void }

export class VirtualClock implements Clock {
  #now: Millis
  #timers: Timer[] = []
  #count = 0

  constructor (startMs: Millis = 1_800_000_000_000) { this.#now = startMs }

  readonly now = (): Millis => this.#now

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer = { at: this.#now + ms, order: this.#count++, callback }
    this.#timers.push(timer)
    return () => { this.#timers = this.#timers.filter(other => other !== timer) }
  }

  /** Runs what is due within `ms`, and lets promises settle after each. */
  async advance (ms: number): Promise<void> {
    const until = this.#now + ms
    for (;;) {
      const [next] = this.#timers.filter(timer => timer.at <= until).sort((a, b) => a.at - b.at || a.order - b.order)
      if (next === undefined) break
      this.#timers = this.#timers.filter(timer => timer !== next)
      this.#now = Math.max(this.#now, next.at)
      next.callback()
      await settled()
    }
    this.#now = until
    await settled()
  }
}

/** Lets everything run that waits for no time. */
export async function settled (): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve))
}
