/** A core's one pending wake-up: a new one is asked for only when it is earlier. */
import type { Millis } from '../types.ts'

/** Wake the core with a `wake` event at this time; an earlier one replaces a later one. */
export interface WakeAt { type: 'wakeAt', at: Millis }

export class Alarm {
  #at = Infinity

  /** The effect that asks for a wake-up at `at`, or nothing when one comes early enough. */
  ask (at: Millis): WakeAt[] {
    if (at >= this.#at) return []
    this.#at = at
    return [{ type: 'wakeAt', at }]
  }

  /** To be told when the wake-up has come. */
  rang (): void { this.#at = Infinity }
}
