/**
 * The order in which steps go to disk. A ratchet's step is decided on the state that the step before led to, often
 * while that is still being written: so all that arrives during one fsync goes with the next. When the disk refuses,
 * everything that was decided on top of it must fail too, or a later ratchet would be written whose earlier message
 * is nowhere.
 */
import { StoreFailedError } from '../../errors.ts'
import type { Write } from '../store/shelf.ts'

interface Entry { writes: Write[], by: ((writes: Write[]) => Promise<void>) | undefined, resolve: () => void, reject: (error: Error) => void }

export class Ledger {
  readonly #write: (writes: Write[]) => Promise<void>
  /** Nothing that was decided and is not on disk will come about. */
  readonly #undone: () => void
  readonly #waiting: Entry[] = []
  #era = 0
  #draining: Promise<void> | undefined

  constructor (write: (writes: Write[]) => Promise<void>, undone: () => void) {
    this.#write = write
    this.#undone = undone
  }

  /** To be taken before a state is looked at, and given back with what was decided on it. */
  get era (): number { return this.#era }

  get idle (): boolean { return this.#draining === undefined }

  /**
   * All or nothing, behind everything that was handed in before. by: writes in another way, together with more.
   * Rejects with StoreFailedError, also when it was decided on what did not come about.
   */
  async write (era: number, writes: Write[], by?: (writes: Write[]) => Promise<void>): Promise<void> {
    if (era !== this.#era) throw new StoreFailedError('a step that this one builds on could not be written')
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ writes, by, resolve, reject })
      this.#draining ??= this.#drain()
    })
  }

  async settled (): Promise<void> {
    while (this.#draining !== undefined) await this.#draining
  }

  async #drain (): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#next()
      try {
        const writes = group.flatMap(entry => entry.writes)
        await (group[0]?.by ?? this.#write)(writes)
        for (const { resolve } of group) resolve()
      } catch (error) {
        const failed = error instanceof Error ? error : new StoreFailedError('the store could not be written', { cause: error })
        this.#era++
        for (const { reject } of [...group, ...this.#waiting.splice(0)]) reject(failed)
        this.#undone()
      }
    }
    // At once, so that nobody comes between the last look and this.
    this.#draining = undefined
  }

  /** As many as go into one batch: those that bring their own way of writing go alone. */
  #next (): Entry[] {
    const alone = this.#waiting.findIndex(({ by }) => by !== undefined)
    return this.#waiting.splice(0, alone === -1 ? this.#waiting.length : Math.max(1, alone))
  }
}
