/** Who deposits: the session of a device or the stream of a node, by number, as src/relay/source.ts has it. */
import type { SimAnswers } from './node-answers.ts'
import type { Gate } from '../../src/relay/gate.ts'
import type { SourceId } from '../../src/relay/intake.core.ts'

export interface SimSource { readonly id: SourceId, readonly gate: Gate, readonly answers: SimAnswers }

export class SimSources {
  readonly #sources = new Map<SourceId, SimSource>()
  #lastDevice = 0
  #lastNode = 0

  get count (): number { return this.#sources.size }

  newDevice (): SourceId { return ++this.#lastDevice }
  newNode (): SourceId { return --this.#lastNode }

  /** Devices are numbered upwards, nodes downwards: the answer for one that has gone is still for its kind. */
  isNode (id: SourceId): boolean { return id < 0 }

  get (id: SourceId): SimSource | undefined { return this.#sources.get(id) }

  add (source: SimSource): void { this.#sources.set(source.id, source) }

  remove (id: SourceId): void {
    this.#sources.get(id)?.answers.close()
    this.#sources.delete(id)
  }
}
