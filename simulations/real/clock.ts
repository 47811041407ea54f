/**
 * Time of a run of real nodes, told as the simulated worlds tell theirs: it begins at the same moment, so that one set
 * of checks reads both. It is monotonic; a wall clock that is set meanwhile changes nothing.
 */
import { WORLD_BEGINS_AT } from '../world/world.ts'
import type { Millis } from '../../src/types.ts'

export class RunClock {
  readonly #startedAt = performance.now()
  readonly #startedAtWall = Date.now()

  readonly now = (): Millis => WORLD_BEGINS_AT + performance.now() - this.#startedAt

  get elapsedMs (): number { return performance.now() - this.#startedAt }

  /** A moment of the wall clock, which messages and envelopes carry. */
  readonly ofWall = (at: Millis): Millis => WORLD_BEGINS_AT + at - this.#startedAtWall

  /** Resolves at a moment of this clock, or when the signal aborts. Keeps the process alive meanwhile. */
  async until (at: Millis, signal?: AbortSignal): Promise<void> {
    const ms = at - this.now()
    if (ms <= 0 || signal?.aborted === true) return
    await new Promise<void>(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done, { once: true })
    })
  }
}
