/**
 * gossipsub's mesh of one topic, as it comes to be: nodes arrive one after the other, restart, and keep between Dlo and
 * Dhi neighbours with whom they exchange messages in full. Mirrors graftOnSubscribe, handleGraft and the heartbeat of
 * @libp2p/gossipsub 17.1.1. Every node may be connected to every other, so that whom a node meets next is chance; scores
 * are all equal, since presence scores nothing but malformed beats.
 */
import { PUBSUB_DEFAULTS } from '../../src/presence/defaults.ts'
import type { Chance } from '../world/chance.ts'

export type MeshLimits = { readonly [Name in 'D' | 'Dlo' | 'Dhi' | 'Dscore' | 'Dout']: number }

/** Candidates that one node tries in a row: each may refuse, or be a neighbour already. */
const TRIES_MAX = 64

export class Mesh {
  readonly size: number
  readonly #chance: Chance
  readonly #limits: MeshLimits
  /** Of each node: its neighbours in the order in which they came, and whether it was the node who dialled. */
  readonly #neighbours: Array<Map<number, boolean>> = []
  #grafts = 0
  #prunes = 0

  constructor (size: number, chance: Chance, limits: MeshLimits = PUBSUB_DEFAULTS) {
    this.size = size
    this.#chance = chance
    this.#limits = limits
    for (let node = 0; node < size; node++) {
      this.#neighbours.push(new Map())
      this.#arrive(node)
    }
  }

  /** Control frames sent until now. */
  get grafts (): number { return this.#grafts }
  get prunes (): number { return this.#prunes }

  /** Neighbours of a node on average. */
  get degree (): number {
    let sum = 0
    for (const neighbours of this.#neighbours) sum += neighbours.size
    return sum / this.size
  }

  neighbours (node: number): ReadonlyMap<number, boolean> { return this.#neighbours[node] as Map<number, boolean> }

  /** So many nodes restart, one after the other, each chosen by chance. */
  restart (count: number): void {
    for (let left = count; left > 0; left--) {
      const node = this.#chance.integer(this.size)
      const bereaved = [...this.neighbours(node).keys()]
      for (const neighbour of bereaved) this.#unlink(node, neighbour)
      this.#arrive(node)
      for (const neighbour of bereaved) this.#beat(neighbour)
    }
  }

  /** Whoever is met first is taken, as long as there are fewer than Dlo. A node that arrives dials. */
  #arrive (node: number): void {
    this.#graftUpTo(node, this.#limits.Dlo, () => true)
  }

  /** One heartbeat of a node. */
  #beat (node: number): void {
    const { D, Dlo, Dhi, Dout } = this.#limits
    const neighbours = this.#neighbours[node] as Map<number, boolean>
    if (neighbours.size < Dlo) this.#graftUpTo(node, D, () => this.#chance.happens(0.5))
    if (neighbours.size > Dhi) this.#cut(node)
    if (neighbours.size >= Dlo && this.#dialled(node) < Dout) this.#graftUpTo(node, neighbours.size + Dout, () => true)
  }

  /** `dialled` draws who opened the connection to a candidate. */
  #graftUpTo (node: number, count: number, dialled: () => boolean): void {
    const neighbours = this.neighbours(node)
    const met = Math.min(this.#neighbours.length, this.size)
    for (let tries = 0; tries < TRIES_MAX && neighbours.size < count; tries++) {
      const candidate = this.#chance.integer(met)
      if (candidate !== node && !neighbours.has(candidate)) this.#graft(node, candidate, dialled())
    }
  }

  /** A full node takes only whom it has dialled itself, and is cut back at its next heartbeat. */
  #graft (from: number, to: number, dialled: boolean): void {
    this.#grafts++
    const theirs = this.#neighbours[to] as Map<number, boolean>
    if (theirs.size >= this.#limits.Dhi && dialled) {
      this.#prunes++
      return
    }
    this.#neighbours[from]?.set(to, dialled)
    theirs.set(from, !dialled)
    if (theirs.size > this.#limits.Dhi) this.#beat(to)
  }

  /** Back to D: the oldest Dscore stay, others by chance, and Dout of those that the node dialled. */
  #cut (node: number): void {
    const { D, Dscore, Dout } = this.#limits
    const all = [...this.neighbours(node)]
    const rest = this.#chance.sample(all.slice(Dscore), all.length)
    const order = [...all.slice(0, Dscore), ...rest]
    const kept = order.slice(0, D)
    if (kept.filter(([, dialled]) => dialled).length < Dout) {
      const outbound = order.slice(D).find(([, dialled]) => dialled)
      if (outbound !== undefined) kept[kept.length - 1] = outbound
    }
    const staying = new Set(kept.map(([neighbour]) => neighbour))
    for (const [neighbour] of all) {
      if (staying.has(neighbour)) continue
      this.#prunes++
      this.#unlink(node, neighbour)
      this.#beat(neighbour)
    }
  }

  #unlink (one: number, other: number): void {
    this.#neighbours[one]?.delete(other)
    this.#neighbours[other]?.delete(one)
  }

  #dialled (node: number): number {
    let count = 0
    for (const dialled of this.neighbours(node).values()) if (dialled) count++
    return count
  }
}
