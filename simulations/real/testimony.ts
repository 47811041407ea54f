/**
 * Puts what real clients tell into an order that a witness can follow. A program learns a message's id only when it is
 * on disk, and by then its reader may have been shown it: whatever is said of a message waits until it was told as
 * written.
 */
import type { Witness } from '../checks/witness.ts'
import type { MessageId } from '../../src/types.ts'

export class Testimony {
  readonly witness: Witness
  readonly #written = new Set<MessageId>()
  readonly #waiting = new Map<MessageId, Array<() => void>>()

  constructor (witness: Witness) { this.witness = witness }

  /** Messages of which something was said and that nobody wrote: none, in the end. */
  get unwritten (): number { return this.#waiting.size }

  written (event: Parameters<Witness['written']>[0]): void {
    const { id } = event.message
    this.#written.add(id)
    this.witness.written(event)
    for (const tell of this.#waiting.get(id) ?? []) tell()
    this.#waiting.delete(id)
  }

  /** Tells now, or right after it was written. */
  about (id: MessageId, tell: () => void): void {
    if (this.#written.has(id)) return tell()
    this.#waiting.set(id, [...this.#waiting.get(id) ?? [], tell])
  }
}
