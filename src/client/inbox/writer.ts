/**
 * The inbox's batches on their way to the disk. One that it refuses is tried again: nothing is lost, nothing is shown
 * and nothing is collected until it takes it. LevelDB takes none after one that failed, before it is opened anew: there
 * the next run has what came.
 */
import { INBOX_DEFAULTS } from './defaults.ts'
import type { Clock } from '../../ports.ts'
import type { Write } from '../store/shelf.ts'
import type { ClientStore } from '../store/store.ts'
import type { Logger } from '@libp2p/interface'

export interface WriterComponents {
  store: Pick<ClientStore, 'write'>
  clock: Clock
  log: Logger
  /** It is on disk, and so is all that is older. */
  written: (ticket: number) => void
  failed: (error: Error) => void
}

/** Made once: whoever makes the writes takes them for written. */
export interface Batch { ticket: number, writes: Write[] }

export class InboxWriter {
  readonly #components: WriterComponents
  readonly #stopping = Promise.withResolvers<void>()
  /** Batches that the disk did not take, and what was written before an older one: it is written again after that. */
  #unwritten: Batch[] = []
  #writingAgain: Promise<void> | undefined
  #stopped = false

  constructor (components: WriterComponents) { this.#components = components }

  /** As often as that takes. Resolves when it was tried once. */
  async write (batch: Batch): Promise<void> {
    if (this.#unwritten.length > 0) return this.#defer(batch)
    try {
      await this.writeOnce(batch, [])
    } catch (error) {
      this.#components.failed(error as Error)
      this.#defer(batch)
    }
  }

  /** For whoever waits: rejects when the disk refuses, and nothing of it is tried again. `more` goes into the same batch. */
  async writeOnce (batch: Batch, more: Write[]): Promise<void> {
    const { store, written } = this.#components
    await store.write([...batch.writes, ...more])
    if (this.#unwritten.some(({ ticket }) => ticket < batch.ticket)) this.#defer(batch)
    else written(batch.ticket)
  }

  /** False when the inbox stops meanwhile. */
  async pause (): Promise<boolean> {
    let cancel = (): void => {}
    await Promise.race([new Promise<void>(resolve => { cancel = this.#components.clock.after(INBOX_DEFAULTS.writeAgainMs, resolve) }), this.#stopping.promise])
    cancel()
    return !this.#stopped
  }

  /** What the disk has not taken by then comes again in the next run. */
  async stop (): Promise<void> {
    this.#stopped = true
    this.#stopping.resolve()
    await this.#writingAgain
  }

  #defer (batch: Batch): void {
    this.#unwritten.push(batch)
    this.#writingAgain ??= this.#writeAgain().finally(() => { this.#writingAgain = undefined })
  }

  /** All together, in the order in which they were asked for. */
  async #writeAgain (): Promise<void> {
    const { store, log, written } = this.#components
    while (this.#unwritten.length > 0 && await this.pause()) {
      const batches = [...this.#unwritten].sort((a, b) => a.ticket - b.ticket)
      try {
        await store.write(batches.flatMap(({ writes }) => writes))
      } catch (error) {
        log('%d batches are not on disk yet: %s', batches.length, (error as Error).message)
        continue
      }
      this.#unwritten = this.#unwritten.filter(batch => !batches.includes(batch))
      for (const { ticket } of batches) written(ticket)
    }
  }
}
