/**
 * Coming back from a disk that refused a write. What the failed write left behind is not known, and LevelDB takes no more
 * writes after an error: so the database is closed and opened anew, read as at any opening, and only then is anything
 * acknowledged again.
 *
 * Looked for every few seconds: first whether there is room at all. Openings that fail are tried ever more rarely.
 */
import type { Database } from './database.ts'
import type { StoreInit } from './defaults.ts'
import type { StoreFailedError } from '../errors.ts'
import type { Clock } from '../ports.ts'
import type { Millis } from '../types.ts'
import type { Logger } from '@libp2p/interface'

/** What a database stands on. */
export interface Medium {
  /** The first thing after a failure: lets go of what was kept in reserve when the disk is full. */
  yield: (failure: StoreFailedError) => Promise<void>
  /** False while an opening would fail for lack of space. */
  hasRoom: () => Promise<boolean>
  /** Closes the database and opens it anew. */
  reopen: () => Promise<Database>
  /** Writes are taken again: puts the reserve back. */
  recovered: () => Promise<void>
  /** Everything in it could be read, or it is about to be closed in order. */
  sound: () => Promise<void>
}

export interface RecoveryInit {
  clock: Clock
  log: Logger
  limits: Pick<StoreInit, 'reopenIntervalMs' | 'reopenIntervalMsMax'>
  medium: Medium
  /** Takes the new database over, and takes writes again; rejects when it cannot be used either. */
  reopened: (database: Database) => Promise<void>
}

export class Recovery {
  readonly #init: RecoveryInit
  #cancel = (): void => {}
  #running: Promise<void> = Promise.resolve()
  #stopped = false

  constructor (init: RecoveryInit) { this.#init = init }

  /** The disk has refused a write. */
  begin (failure: StoreFailedError): void {
    if (this.#stopped) return
    const { clock, medium } = this.#init
    const since = clock.now()
    this.#running = medium.yield(failure).catch((error: Error) => { this.#init.log.trace('the reserve stays: %s', error.message) })
    this.#later(since, 0)
  }

  /** Resolves when nothing is tried any more. */
  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancel()
    await this.#running
  }

  /** failed: openings in a row. */
  #later (since: Millis, failed: number): void {
    if (this.#stopped) return
    const { clock, limits } = this.#init
    const ms = Math.min(limits.reopenIntervalMs * 2 ** failed, limits.reopenIntervalMsMax)
    this.#cancel = clock.after(ms, () => {
      const before = this.#running
      this.#running = before.then(async () => { await this.#attempt(since, failed) })
    })
  }

  async #attempt (since: Millis, failed: number): Promise<void> {
    const { clock, log, medium } = this.#init
    try {
      // A disk that cannot even tell has to be tried.
      if (!await medium.hasRoom().catch(() => true)) return this.#later(since, failed)
      await this.#init.reopened(await medium.reopen())
    } catch (error) {
      log.trace('the store cannot be opened anew: %s', error instanceof Error ? error.message : error)
      return this.#later(since, failed + 1)
    }
    log('the disk takes writes again after %d s: the store was opened anew', Math.round((clock.now() - since) / 1000))
    await medium.recovered().catch((error: Error) => { log.error('no reserve could be put back: %s', error.message) })
  }
}
