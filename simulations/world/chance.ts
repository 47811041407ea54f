/**
 * Chance under a seed. There is one seed, and every actor splits a generator of its own off it by name, so that one
 * more draw in one place changes nothing anywhere else.
 *
 * Math.log and Math.pow may differ between engines: a seed replays exactly under the pinned runtime.
 */
import { createHash } from 'node:crypto'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import type { Random } from '../../src/ports.ts'
import type { Bytes } from '../../src/types.ts'

export class Chance implements Random {
  readonly #path: string
  readonly #generator: RandomGenerator

  constructor (path: string) {
    this.#path = path
    const digest = createHash('sha256').update(path).digest()
    this.#generator = xoroshiro128plusFromState([0, 4, 8, 12].map(at => digest.readInt32LE(at)))
  }

  /** A generator of its own for the actor or purpose of this name. */
  split (name: string): Chance { return new Chance(`${this.#path}/${name}`) }

  /** Uniform in [0, 1), with 53 bits. */
  readonly fraction = (): number => {
    const high = this.#generator.next() >>> 5
    const low = this.#generator.next() >>> 6
    return (high * 2 ** 26 + low) / 2 ** 53
  }

  readonly bytes = (length: number): Bytes => Uint8Array.from({ length }, () => this.#generator.next() & 0xff)

  /** Uniform in 0 … below − 1. */
  integer (below: number): number { return Math.floor(this.fraction() * below) }

  happens (probability: number): boolean { return probability > 0 && this.fraction() < probability }

  /** One of them; there must be one. */
  pick<T> (from: readonly T[]): T { return from[this.integer(from.length)] as T }

  /** So many different ones, or all. */
  sample<T> (from: readonly T[], count: number): T[] {
    const rest = [...from]
    const taken: T[] = []
    while (taken.length < count && rest.length > 0) {
      const at = this.integer(rest.length)
      taken.push(rest[at] as T)
      rest[at] = rest.at(-1) as T
      rest.pop()
    }
    return taken
  }

  exponential (mean: number): number { return -mean * Math.log(1 - this.fraction()) }

  /** Weibull by inversion; shape below 1: most are short, a few very long. */
  weibull (shape: number, scale: number): number { return scale * (-Math.log(1 - this.fraction())) ** (1 / shape) }
}
