/** Work on one thing at a time, in the order in which it came; work on different things runs side by side. */
export class Turns<Key> {
  readonly #last = new Map<Key, Promise<unknown>>()

  /** Things that are being worked on. */
  get size (): number { return this.#last.size }

  /** Runs `work` when whatever came before it for this key has ended, well or not. */
  async take<T> (key: Key, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key)
    const turn = before === undefined ? work() : before.then(work, work)
    this.#last.set(key, turn)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === turn) this.#last.delete(key)
    }
  }
}
