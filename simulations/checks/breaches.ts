/** How a check counts: every breach, and the first of them in words. */
import { WORLD_BEGINS_AT } from '../world/world.ts'
import { EXAMPLES_MAX, type Verdict } from './check.ts'
import type { Millis } from '../../src/types.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

export class Breaches {
  readonly #examples: string[] = []
  #count = 0

  get count (): number { return this.#count }

  /** sentence: what was seen; asked for only while examples are wanted. */
  add (at: Millis, sentence: () => string): void {
    this.#count++
    if (this.#examples.length < EXAMPLES_MAX) this.#examples.push(`${moment(at)} ${sentence()}`)
  }

  /** For a verdict that adds to what was counted on the way. */
  copy (): Breaches {
    const copy = new Breaches()
    copy.#examples.push(...this.#examples)
    copy.#count = this.#count
    return copy
  }

  /** of: how many were looked at, in `unit`. */
  verdict (name: string, of: number, unit: string): Verdict {
    return { name, kept: this.#count === 0, figure: this.#count, of, unit, examples: [...this.#examples] }
  }
}

/** Root keys are 64 hex digits; a user is known by the first of them. */
export function short (key: string): string { return key.length > 16 ? key.slice(0, 8) : key }

/** Virtual time as hours, minutes and seconds since the world began. */
export function moment (at: Millis): string {
  const ms = Math.round(at - WORLD_BEGINS_AT)
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${two(ms / HOUR)}:${two(ms % HOUR / MINUTE)}:${two(ms % MINUTE / SECOND)}.${String(ms % SECOND).padStart(3, '0')}`
}
