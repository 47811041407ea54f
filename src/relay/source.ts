/**
 * Who deposits: the session of a device or the stream of a node. Cores know sources by number only; a number is never
 * used again, so that what concerns a source that has gone concerns nobody.
 */
import type { Answers } from './answers.ts'
import type { Gate } from './gate.ts'
import type { SourceId } from './intake.core.ts'

export interface Source { id: SourceId, gate: Gate, answers: Answers }

export class Sources {
  readonly #sources = new Map<SourceId, Source>()
  #lastDevice = 0
  #lastNode = 0

  newDevice (): SourceId { return ++this.#lastDevice }
  newNode (): SourceId { return --this.#lastNode }

  /** Devices are numbered upwards, nodes downwards: the answer for one that has gone is still for its kind. */
  isNode (id: SourceId): boolean { return id < 0 }

  get (id: SourceId): Source | undefined { return this.#sources.get(id) }

  add (source: Source): void { this.#sources.set(source.id, source) }

  remove (id: SourceId): void {
    this.#sources.get(id)?.answers.close()
    this.#sources.delete(id)
  }

  clear (): void {
    for (const id of this.#sources.keys()) this.remove(id)
  }
}
