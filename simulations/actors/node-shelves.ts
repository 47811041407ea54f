/**
 * What a node keeps beside envelopes, as src/store/shelf.ts does: small tables, their writes in group commits, each
 * synced. A damaged value counts as missing.
 */
import { STORE_DEFAULTS } from '../../src/store/defaults.ts'
import { DiskCommits, type CommitWork } from './disk-commits.ts'
import { readIntact } from './disk-tables.ts'
import type { SimProcess } from './process.ts'
import type { Disk, DiskWrite } from '../world/disk.ts'
import type { Shelf } from '../../src/ports.ts'
import type { Bytes } from '../../src/types.ts'

interface ShelfWork extends CommitWork { write: DiskWrite }

/** Key lead, name and checksum of an entry. */
const ENTRY_BYTES = 16

export class Shelves {
  readonly #process: SimProcess
  readonly #disk: Disk
  readonly #commits: DiskCommits<ShelfWork>

  constructor (process: SimProcess, disk: Disk) {
    this.#process = process
    this.#disk = disk
    this.#commits = new DiskCommits({
      world: process,
      disk,
      limits: STORE_DEFAULTS,
      perform: (works, done) => { disk.write(works.map(({ write }) => write), { sync: true }, done) },
      // Nothing is remembered of what is there.
      reopened: () => {}
    })
  }

  /** Nothing waits to be written. */
  get isQuiet (): boolean { return this.#commits.isQuiet }

  read<T> (table: string, key: string): T | undefined { return readIntact<T>(this.#disk, table, key) }

  * entries<T> (table: string): Iterable<[key: string, value: T]> {
    for (const [key, value, damaged] of this.#disk.entries(table)) if (!damaged) yield [key, value as T]
  }

  /** value: undefined deletes. bytes: of the value as it would be encoded. done: undefined when it is durable. */
  write ({ table, key, value, bytes }: DiskWrite, done: (failure: Error | undefined) => void): void {
    const write = { table, key, value, bytes: value === undefined ? 0 : ENTRY_BYTES + key.length + bytes }
    this.#commits.submit({ bytes: key.length + bytes, leaves: 0, write, done })
  }

  /** The port, for shipped code: its promises go on in virtual time. */
  shelf (table: string): Shelf {
    const write = async (key: string, value: Bytes | undefined): Promise<void> => {
      await new Promise<void>((resolve, reject) => {
        this.write({ table, key, value, bytes: value?.byteLength ?? 0 }, failure => {
          if (failure === undefined) resolve()
          else reject(failure)
          this.#process.awaited()
        })
      })
    }
    return {
      get: async key => {
        this.#process.awaited()
        return this.read<Bytes>(table, key)
      },
      put: async (key, value) => { await write(key, Uint8Array.from(value)) },
      delete: async key => { await write(key, undefined) },
      entries: () => this.#inOrder(table)
    }
  }

  async * #inOrder (table: string): AsyncGenerator<[string, Bytes]> {
    const entries = [...this.entries<Bytes>(table)].sort(([a], [b]) => a < b ? -1 : 1)
    for (const entry of entries) {
      this.#process.awaited()
      yield entry
    }
  }
}
