/**
 * What was given to the disk lately and may not be there yet: whoever asks the disk alone would take a line for unread
 * whose mark is on its way.
 */
export class Recent<Value> {
  readonly #values = new Map<string, Value>()

  constructor (private readonly max: number) {}

  get (key: string): Value | undefined { return this.#values.get(key) }

  set (key: string, value: Value): void {
    this.#values.delete(key)
    this.#values.set(key, value)
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.max) break
      this.#values.delete(oldest)
    }
  }
}
