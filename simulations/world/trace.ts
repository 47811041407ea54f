/**
 * What happened, in order, as one hash: two runs of a seed are the same when their hashes are. Whoever looks for the
 * moment in which two runs part, or wants to read one, listens to the lines.
 */
import { createHash } from 'node:crypto'

const CHUNK = 1 << 16

export class Trace {
  readonly #hash = createHash('sha256')
  #chunk = ''
  #lines = 0
  /** Told every line; undefined in most runs, since lines cost more than the hash. */
  onLine: ((line: string) => void) | undefined

  get lines (): number { return this.#lines }

  note (at: number, actor: string, what: string): void {
    const line = `${at} ${actor} ${what}\n`
    this.#lines++
    this.#chunk += line
    if (this.#chunk.length >= CHUNK) this.#flush()
    this.onLine?.(line)
  }

  /** Of everything noted until now; hex. */
  hash (): string {
    this.#flush()
    return this.#hash.copy().digest('hex')
  }

  #flush (): void {
    this.#hash.update(this.#chunk)
    this.#chunk = ''
  }
}
