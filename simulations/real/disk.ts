/**
 * The disk of a real node: LevelDB in a folder that outlives the node's processes. A process that is killed writes
 * nothing more; what it had handed to LevelDB is there or not, and LevelDB's own log says which when it is opened again.
 *
 * Beside it stands what LevelDB says is there, so that a check may ask at any moment, whether a process runs or not.
 */
import { Level } from 'level'
import { decodeEntry, decodeIndexKey, indexRange } from '../../src/store/layout.ts'
import { openStore } from '../../src/store/index.ts'
import type { Batch, Database, IteratorOptions } from '../../src/store/database.ts'
import type { IndexEntry } from '../../src/store/mailbox.core.ts'
import type { NodeStore, StoreComponents } from '../../src/store/index.ts'
import type { EnvelopeId, MailboxId, Millis } from '../../src/types.ts'

type LevelDatabase = Level<Uint8Array, Uint8Array>

/** Thirty nodes share one process: half a mebibyte each holds the mail of a run. */
const WRITE_BUFFER_BYTES = 512 * 1024

export interface DiskEvents {
  /** An envelope that was on the disk is not any more. */
  dropped: (mailbox: MailboxId, envelope: EnvelopeId, expiry: Millis, reason: 'collected' | 'unknown') => void
}

export class Disk {
  readonly #folder: string
  readonly #events: DiskEvents
  /** Envelopes by mailbox and id, with their expiry. */
  readonly #kept = new Map<string, Millis>()

  constructor (folder: string, events: DiskEvents) {
    this.#folder = folder
    this.#events = events
  }

  holds (mailbox: MailboxId, envelope: EnvelopeId): boolean { return this.#kept.has(placeOf(mailbox, envelope)) }

  get envelopes (): number { return this.#kept.size }

  /** For NodeInit.openStore: the store of one process, until that is killed. */
  async open (components: StoreComponents, isKilled: () => boolean): Promise<NodeStore> {
    const level: LevelDatabase = new Level(this.#folder, {
      keyEncoding: 'view', valueEncoding: 'view', compression: false, writeBufferSize: WRITE_BUFFER_BYTES, cacheSize: WRITE_BUFFER_BYTES
    })
    await level.open()
    try {
      await this.#lookThrough(level)
      return await openStore(new DatabaseOfProcess(level, (key, value) => { this.#note(key, value) }, isKilled), components)
    } catch (error) {
      await level.close()
      throw error
    }
  }

  /** LevelDB knows what outlived the last process. */
  async #lookThrough (level: LevelDatabase): Promise<void> {
    this.#kept.clear()
    for await (const [key, value] of level.iterator(indexRange())) this.#note(key, value)
  }

  /** value: undefined when the key was deleted. */
  #note (key: Uint8Array, value: Uint8Array | undefined): void {
    const indexed = key[0] === INDEX_SPACE ? decodeIndexKey(key) : undefined
    if (indexed === undefined) return
    const { mailbox, id } = indexed
    const place = placeOf(mailbox, id)
    const entry: IndexEntry | undefined = value === undefined ? undefined : decodeEntry(value)
    const expiry = this.#kept.get(place)
    if (entry?.type === 'kept') {
      this.#kept.set(place, entry.expiry * 1000)
    } else if (expiry !== undefined) {
      this.#kept.delete(place)
      this.#events.dropped(mailbox, id, expiry, entry?.type === 'collected' ? 'collected' : 'unknown')
    }
  }
}

const INDEX_SPACE = indexRange().gte[0]

function placeOf (mailbox: MailboxId, envelope: EnvelopeId): string { return `${mailbox}/${envelope}` }

/** The database as one process has it. What that still tries to write when it has been killed is not written. */
class DatabaseOfProcess implements Database {
  readonly #level: LevelDatabase
  readonly #written: (key: Uint8Array, value: Uint8Array | undefined) => void
  readonly #isKilled: () => boolean

  constructor (level: LevelDatabase, written: (key: Uint8Array, value: Uint8Array | undefined) => void, isKilled: () => boolean) {
    this.#level = level
    this.#written = written
    this.#isKilled = isKilled
  }

  async get (key: Uint8Array): Promise<Uint8Array | undefined> { return await this.#level.get(key) }
  async getMany (keys: Uint8Array[]): Promise<Array<Uint8Array | undefined>> { return await this.#level.getMany(keys) }
  iterator (options: IteratorOptions): ReturnType<Database['iterator']> { return this.#level.iterator(options) }
  async close (): Promise<void> { await this.#level.close() }

  batch (): Batch {
    const batch = this.#level.batch()
    const changes: Array<[key: Uint8Array, value: Uint8Array | undefined]> = []
    return {
      get length () { return batch.length },
      put: (key, value) => { changes.push([key, value]); batch.put(key, value) },
      del: key => { changes.push([key, undefined]); batch.del(key) },
      write: async options => {
        this.#check()
        await batch.write(options)
        for (const [key, value] of changes) this.#written(key, value)
        // Nobody is left who could hear that it is written.
        this.#check()
      },
      close: async () => { await batch.close() }
    }
  }

  #check (): void { if (this.#isKilled()) throw new Error('the process was killed') }
}
