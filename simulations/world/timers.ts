/**
 * Timers in the order of their moments and, within a millisecond, of their setting: a wheel of slots, one a
 * millisecond, for those that are due soon, which are most, and a heap for the rest. (Varghese and Lauck 1987, scheme 4.)
 * A heap alone took a third of a run's time at 1,000 nodes.
 */
import TinyQueue from 'tinyqueue'

/** Milliseconds that the wheel holds: a power of two. */
const SLOTS = 8192

/** callback: undefined once it was taken back. at: in ms from the beginning, so that it is a small integer. */
export interface Timer { readonly at: number, readonly order: number, callback: (() => void) | undefined }

export class Timers {
  readonly #slots: Timer[][] = Array.from({ length: SLOTS }, () => [])
  /** A bit for each slot with timers, so that a stretch without any is passed in one step. */
  readonly #occupied = new Int32Array(SLOTS / 32)
  readonly #later = new TinyQueue<Timer>([], (a, b) => a.at - b.at || a.order - b.order)
  #now = 0
  /** The next of the present slot. */
  #next = 0
  /** On the wheel, and not taken. */
  #soon = 0
  #set = 0

  /** Milliseconds from the beginning. */
  get now (): number { return this.#now }
  /** How many were ever set. */
  get set (): number { return this.#set }

  add (ms: number, callback: () => void): Timer {
    const timer = { at: this.#now + ms, order: this.#set++, callback }
    if (ms < SLOTS) this.#place(timer)
    else this.#later.push(timer)
    return timer
  }

  /** The next callback that is due at `until` or before, at its moment; undefined when it is `until` and none is left. */
  take (until: number): (() => void) | undefined {
    for (;;) {
      const slot = this.#slots[this.#now % SLOTS] as Timer[]
      while (this.#next < slot.length) {
        const { callback } = slot[this.#next++] as Timer
        this.#soon--
        if (callback !== undefined) return callback
      }
      if (slot.length > 0) this.#clear(slot)
      if (this.#now >= until) return undefined
      this.#turn(until)
    }
  }

  #clear (slot: Timer[]): void {
    const at = this.#now % SLOTS
    slot.length = 0
    this.#next = 0
    this.#occupied[at >>> 5] = (this.#occupied[at >>> 5] as number) & ~(1 << (at & 31))
  }

  /** To the next slot with timers, or over an empty wheel. What comes into reach goes onto the wheel before anything is added there directly: the order stays. */
  #turn (until: number): void {
    this.#now = Math.min(until, this.#soon > 0 ? this.#nextOccupied() : this.#later.peek()?.at ?? until)
    for (let next = this.#later.peek(); next !== undefined && next.at < this.#now + SLOTS; next = this.#later.peek()) {
      this.#later.pop()
      if (next.callback !== undefined) this.#place(next)
    }
  }

  /** After the present slot. There must be one: all on the wheel is due within one turn of it. */
  #nextOccupied (): number {
    const from = this.#now + 1
    const first = from & 31
    let word = (this.#occupied[(from % SLOTS) >>> 5] as number) >>> first << first
    for (let base = from - first; ; base += 32, word = this.#occupied[(base % SLOTS) >>> 5] as number) {
      // The lowest bit of all that are set.
      if (word !== 0) return base + 31 - Math.clz32(word & -word)
    }
  }

  #place (timer: Timer): void {
    const at = timer.at % SLOTS;
    (this.#slots[at] as Timer[]).push(timer)
    this.#occupied[at >>> 5] = (this.#occupied[at >>> 5] as number) | 1 << (at & 31)
    this.#soon++
  }
}
