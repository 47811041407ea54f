/**
 * Peers that lie, and know each other. Whoever asks one for the way is sent to the liars nearest to the target. They
 * acknowledge every record and hold none of them back for others: of each key they remember the oldest that still opens,
 * and answer with that as soon as they have seen a newer one, before that with nothing. They cannot forge a record.
 */
import { compareOrder } from '../../src/identity/index.ts'
import { reopened } from './held.ts'
import type { Peers } from './peers.ts'
import type { Millis, RouteRecord } from '../../src/types.ts'

export class Liars {
  readonly #peers: Peers
  /** By key. */
  readonly #given = new Map<number, { oldest: RouteRecord, newest: RouteRecord }>()
  /** Running liars in the order of their ids; undefined when it has to be made again. */
  #sorted: number[] | undefined
  #nearestTo = -1
  #nearest: number[] = []

  constructor (peers: Peers) {
    this.#peers = peers
  }

  /** One has come or gone. */
  changed (): void {
    this.#sorted = undefined
    this.#nearestTo = -1
  }

  /** Whom all of them name; the same for every one that is asked. */
  lie (target: number, into: Int32Array): number {
    if (this.#nearestTo !== target) {
      this.#nearest = []
      const sorted = this.#inOrder()
      this.#collect(sorted, 0, sorted.length, 0, target, into.length)
      this.#nearestTo = target
    }
    into.set(this.#nearest)
    return this.#nearest.length
  }

  /** One of them was given a record to hold. */
  wasGiven (key: number, record: RouteRecord): void {
    const given = this.#given.get(key)
    if (given === undefined) this.#given.set(key, { oldest: record, newest: record })
    else if (compareOrder(record.order, given.oldest.order) < 0) given.oldest = record
    else if (compareOrder(record.order, given.newest.order) > 0) given.newest = record
  }

  /** What any of them answers. */
  recordAt (key: number, now: Millis): RouteRecord | undefined {
    const given = this.#given.get(key)
    if (given === undefined || given.oldest === given.newest) return undefined
    const oldest = reopened(given.oldest, now)
    if (oldest === undefined) given.oldest = given.newest
    return oldest
  }

  #inOrder (): number[] {
    const { ids, lies, servers } = this.#peers
    this.#sorted ??= servers.filter(number => lies[number] === 1).sort((a, b) => (ids[a] as number) - (ids[b] as number) || a - b)
    return this.#sorted
  }

  /** The half that shares the next bit with the target comes first: that is the order of distances. */
  #collect (sorted: number[], begin: number, end: number, bit: number, target: number, max: number): void {
    if (begin === end || this.#nearest.length === max) return
    if (end - begin === 1 || bit === 32) {
      this.#nearest.push(...sorted.slice(begin, Math.min(end, begin + max - this.#nearest.length)))
      return
    }
    const { ids } = this.#peers
    const mask = 1 << (31 - bit)
    let low = begin
    let high = end
    while (low < high) {
      const middle = (low + high) >>> 1
      if (((ids[sorted[middle] as number] as number) & mask) === 0) low = middle + 1
      else high = middle
    }
    const isOne = (target & mask) !== 0
    if (isOne) this.#collect(sorted, low, end, bit + 1, target, max)
    this.#collect(sorted, begin, low, bit + 1, target, max)
    if (!isOne) this.#collect(sorted, low, end, bit + 1, target, max)
  }
}
