/**
 * What is to come, in order of time, a millisecond a step: millions of small whole numbers, and nothing else, so that a
 * flood through 100,000 nodes takes seconds. Of one millisecond, the first that was put in comes first.
 */
export class Timeline {
  readonly #steps: Array<number[] | undefined> = []
  #now = 0
  #place = 0
  #left = 0

  /** The time of what was last taken, ms. */
  get now (): number { return this.#now }

  /** Not before now. */
  put (at: number, item: number): void {
    const step = Math.max(this.#now, Math.round(at))
    const items = this.#steps[step]
    if (items === undefined) this.#steps[step] = [item]
    else items.push(item)
    this.#left++
  }

  /** What comes next; undefined when nothing does. */
  take (): number | undefined {
    if (this.#left === 0) return undefined
    let items = this.#steps[this.#now]
    while (items === undefined || this.#place === items.length) {
      this.#steps[this.#now++] = undefined
      this.#place = 0
      items = this.#steps[this.#now]
    }
    this.#left--
    return items[this.#place++]
  }
}
