/**
 * The servers of one moment, in the order of their ids, and what a table contains that has known them for long: of each
 * prefix all there are, or k of them by chance. It replaces 100,000 joins.
 */
import type { Peers } from './peers.ts'

export interface CensusInit {
  prefixBits: number
  /** For the choice of contacts. */
  seed: number
  /** When contacts came in, s. */
  sinceS: number
  /** Each honest contact is missing with this probability, and in its place stand liars, as far as there are any of the prefix. */
  poisonedTables: number
}

export class Census {
  readonly sinceS: number
  readonly #peers: Peers
  readonly #seed: number
  readonly #poisoned: number
  readonly #honest: Sorted
  readonly #liars: Sorted

  constructor (peers: Peers, { prefixBits, seed, sinceS, poisonedTables }: CensusInit) {
    this.#peers = peers
    this.#seed = seed
    this.sinceS = sinceS
    this.#poisoned = poisonedTables
    this.#liars = new Sorted(peers, peers.servers.filter(number => poisonedTables > 0 && peers.lies[number] === 1), prefixBits)
    this.#honest = new Sorted(peers, peers.servers.filter(number => poisonedTables === 0 || peers.lies[number] === 0), prefixBits)
  }

  /** Writes at most `max` contacts of the owner in the bucket to `into`; answers how many. The same for the same question. */
  contacts (owner: number, bucket: number, into: Int32Array, at: number, max: number, groupPeers: number): number {
    return this.#thinned(into, at, this.#drawn(owner, bucket, into, at, max), groupPeers)
  }

  /** Of each address prefix the first few stay. */
  #thinned (into: Int32Array, at: number, count: number, groupPeers: number): number {
    const { groups } = this.#peers
    let kept = 0
    for (let place = at; place < at + count; place++) {
      const contact = into[place] as number
      const group = groups[contact] as number
      let members = 0
      for (let other = at; other < at + kept; other++) if (group !== 0 && groups[into[other] as number] === group) members++
      if (members < groupPeers) into[at + kept++] = contact
    }
    return kept
  }

  #drawn (owner: number, bucket: number, into: Int32Array, at: number, max: number): number {
    const draw = drawer(this.#seed ^ Math.imul(owner, 0x9e3779b1) ^ Math.imul(bucket + 1, 0x85ebca6b))
    const isPoisoned = this.#poisoned > 0 && this.#peers.lies[owner] === 0
    if (!isPoisoned) {
      const count = this.#honest.some(bucket, owner, into, at, max, draw)
      return count + this.#liars.some(bucket, owner, into, at + count, max - count, draw)
    }
    let kept = 0
    const places = this.#honest.some(bucket, owner, into, at, max, draw)
    for (let place = 0; place < places; place++) if (draw() >= this.#poisoned) into[at + kept++] = into[at + place] as number
    return kept + this.#liars.some(bucket, owner, into, at + kept, max - kept, draw)
  }
}

/** Numbers in the order of their ids, found by prefix. */
class Sorted {
  readonly #peers: Peers
  readonly #shift: number
  readonly #numbers: Int32Array
  /** Where each prefix begins, and the end. */
  readonly #begins: Int32Array

  constructor (peers: Peers, numbers: number[], prefixBits: number) {
    const { ids } = peers
    this.#peers = peers
    this.#shift = 32 - prefixBits
    this.#numbers = Int32Array.from(numbers).sort((a, b) => (ids[a] as number) - (ids[b] as number) || a - b)
    this.#begins = new Int32Array((1 << prefixBits) + 1)
    for (const number of this.#numbers) {
      (this.#begins[((ids[number] as number) >>> this.#shift) + 1] as number)++
    }
    for (let prefix = 0; prefix < 1 << prefixBits; prefix++) (this.#begins[prefix + 1] as number) += this.#begins[prefix] as number
  }

  /** At most `max` of the prefix, without the owner, each with the same chance (Floyd's sample). */
  some (prefix: number, owner: number, into: Int32Array, at: number, max: number, draw: () => number): number {
    const numbers = this.#numbers.subarray(this.#begins[prefix], this.#begins[prefix + 1])
    const own = (this.#peers.ids[owner] as number) >>> this.#shift === prefix ? numbers.indexOf(owner) : -1
    const others = own < 0 ? numbers.length : numbers.length - 1
    const other = (index: number): number => numbers[own >= 0 && index >= own ? index + 1 : index] as number
    let count = 0
    for (let last = Math.max(0, others - max); last < others; last++) {
      const chosen = other(Math.floor(draw() * (last + 1)))
      into[at + count] = isAmong(into, at, count, chosen) ? other(last) : chosen
      count++
    }
    return count
  }
}

function isAmong (numbers: Int32Array, at: number, count: number, number: number): boolean {
  for (let place = at; place < at + count; place++) if (numbers[place] === number) return true
  return false
}

/** Numbers in [0, 1) that depend on the seed alone (mulberry32): one table's bucket must not depend on who looked at another first. */
function drawer (seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
