/**
 * Values of one kind, kept for their quantiles: exactly while they are few, every second, fourth, … of them when they
 * are many, so that a run of any length fits into memory. Which ones stay depends on nothing but their order.
 */
import { quantile } from 'simple-statistics'

export class Spread {
  readonly #kept: number[] = []
  readonly #keptMax: number
  #stride = 1
  #count = 0

  /** keptMax: at most so many values are kept. */
  constructor (keptMax: number) { this.#keptMax = keptMax }

  /** Values added until now, kept or not. */
  get count (): number { return this.#count }

  get kept (): number { return this.#kept.length }

  add (value: number): void {
    if (this.#count++ % this.#stride !== 0) return
    this.#kept.push(value)
    if (this.#kept.length > this.#keptMax) this.#thin()
  }

  /** One for each share (0.5 is the median); undefined when nothing was added. */
  quantiles (shares: number[]): number[] | undefined {
    return this.#kept.length === 0 ? undefined : quantile(this.#kept, shares)
  }

  /** Leaves those whose turn would have come had the stride been twice as long from the beginning. */
  #thin (): void {
    this.#stride *= 2
    const half = Math.ceil(this.#kept.length / 2)
    for (let at = 0; at < half; at++) this.#kept[at] = this.#kept[2 * at] as number
    this.#kept.length = half
  }
}
