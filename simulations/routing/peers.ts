/**
 * The machines that take part, each under a number: its id in the key space, its place on the network, and whether its
 * process runs. A number is a machine's for good; its process comes and goes.
 */
import { KAD_MODEL } from './defaults.ts'
import type { Chance } from '../world/chance.ts'
import type { Millis, PeerKey } from '../../src/types.ts'

const FIRST_CAPACITY = 256

export class Peers {
  /** By number, like all arrays here. Distances are compared on 32 bits: at 100,000 peers one pair or two share an id. */
  ids = new Uint32Array(FIRST_CAPACITY)
  /** 1 while the process runs. */
  up = new Uint8Array(FIRST_CAPACITY)
  /** 1 when it answers questions: a DHT server. */
  serves = new Uint8Array(FIRST_CAPACITY)
  lies = new Uint8Array(FIRST_CAPACITY)
  /** The prefix of its address, as a number; 0: shared with nobody. */
  groups = new Uint32Array(FIRST_CAPACITY)
  /** From the machine to the network, ms; a way between two is the sum. */
  ways = new Float32Array(FIRST_CAPACITY)
  startedAt = new Float64Array(FIRST_CAPACITY)
  endedAt = new Float64Array(FIRST_CAPACITY)
  /** What the wait for an answer is made of: a moving average and when it last moved. */
  waits = new Float64Array(FIRST_CAPACITY)
  waitsAt = new Float64Array(FIRST_CAPACITY)
  readonly keys: PeerKey[] = []
  readonly #numbers = new Map<PeerKey, number>()
  readonly #chance: Chance
  readonly #latencyMs: number
  /** Running servers in no order, and where each stands in it. */
  readonly #servers: number[] = []
  #places = new Int32Array(FIRST_CAPACITY)

  constructor (chance: Chance, latencyMs: number) {
    this.#chance = chance
    this.#latencyMs = latencyMs
  }

  /** Machines that were ever seen. */
  get size (): number { return this.keys.length }

  /** Servers that run, in no order of meaning. */
  get servers (): readonly number[] { return this.#servers }

  /** The machine's number. id: where it lies in the key space; by chance unless somebody has ground it. group: its address prefix. */
  numberOf (key: PeerKey, { id, group = 0 }: { id?: number | undefined, group?: number | undefined } = {}): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    const number = this.keys.length
    if (number === this.ids.length) this.#grow()
    const chance = this.#chance.split(key)
    const normal = Math.sqrt(-2 * Math.log(1 - chance.fraction())) * Math.cos(2 * Math.PI * chance.fraction())
    this.groups[number] = group
    this.ids[number] = id ?? chance.integer(2 ** 32)
    this.ways[number] = this.#latencyMs / 2 * Math.exp(KAD_MODEL.waySpread * normal)
    this.keys.push(key)
    this.#numbers.set(key, number)
    return number
  }

  /** The machine's process begins. */
  begin (number: number, { server, lies, now }: { server: boolean, lies: boolean, now: Millis }): void {
    this.up[number] = 1
    this.serves[number] = server ? 1 : 0
    this.lies[number] = lies ? 1 : 0
    this.startedAt[number] = now
    this.waits[number] = 0
    this.waitsAt[number] = 0
    if (server) {
      this.#places[number] = this.#servers.length
      this.#servers.push(number)
    }
  }

  end (number: number, now: Millis): void {
    this.up[number] = 0
    this.endedAt[number] = now
    if (this.serves[number] === 0) return
    const place = this.#places[number] as number
    const last = this.#servers.pop() as number
    if (last === number) return
    this.#servers[place] = last
    this.#places[last] = place
  }

  /** True when a question to it is answered. */
  answers (number: number): boolean { return this.up[number] === 1 && this.serves[number] === 1 }

  /** True when it has been gone since before the time: whoever knew where it was has forgotten. */
  isForgotten (number: number, before: Millis): boolean { return this.up[number] === 0 && (this.endedAt[number] as number) < before }

  #grow (): void {
    const capacity = 2 * this.ids.length
    this.ids = enlarged(this.ids, new Uint32Array(capacity))
    this.up = enlarged(this.up, new Uint8Array(capacity))
    this.serves = enlarged(this.serves, new Uint8Array(capacity))
    this.lies = enlarged(this.lies, new Uint8Array(capacity))
    this.groups = enlarged(this.groups, new Uint32Array(capacity))
    this.ways = enlarged(this.ways, new Float32Array(capacity))
    this.startedAt = enlarged(this.startedAt, new Float64Array(capacity))
    this.endedAt = enlarged(this.endedAt, new Float64Array(capacity))
    this.waits = enlarged(this.waits, new Float64Array(capacity))
    this.waitsAt = enlarged(this.waitsAt, new Float64Array(capacity))
    this.#places = enlarged(this.#places, new Int32Array(capacity))
  }
}

type Numbers = Uint8Array | Uint32Array | Int32Array | Float32Array | Float64Array

/** `into` with the content of `from` at its beginning. */
export function enlarged<A extends Numbers> (from: A, into: A): A {
  into.set(from)
  return into
}
