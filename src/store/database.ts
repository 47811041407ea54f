/** What the store asks of the database below it: LevelDB on a disk, or a tree in memory. */
import { StoreFailedError } from '../errors.ts'
import { reasonOf } from './level-errors.ts'
import type { Bytes } from '../types.ts'
import type { KeyRange } from './layout.ts'

/** Atomic: all of it or nothing. */
export interface Batch {
  readonly length: number
  put: (key: Uint8Array, value: Uint8Array) => unknown
  del: (key: Uint8Array) => unknown
  /** With `sync` it resolves after the fsync; a database without a disk ignores that. */
  write: (options: { sync: true }) => Promise<void>
  close: () => Promise<void>
}

export interface IteratorOptions extends KeyRange { values?: boolean, highWaterMarkBytes: number }

/** An open abstract-level database whose keys and values are bytes, as far as the store uses it. */
export interface Database {
  get: (key: Uint8Array) => Promise<Uint8Array | undefined>
  getMany: (keys: Uint8Array[]) => Promise<Array<Uint8Array | undefined>>
  /** Filled call by call: 2.3 µs of the event loop for an envelope's two entries, against 4.0 for a list of operations. */
  batch: () => Batch
  iterator: (options: IteratorOptions) => { nextv: (size: number) => Promise<Array<[Uint8Array, Uint8Array]>>, close: () => Promise<void> }
  close: () => Promise<void>
}

/** The database below a store, in whose place another comes when it was opened anew. */
export class DatabaseSlot implements Database {
  #database: Database

  constructor (database: Database) { this.#database = database }

  replace (database: Database): void { this.#database = database }

  async get (key: Uint8Array): Promise<Uint8Array | undefined> { return await this.#database.get(key) }
  async getMany (keys: Uint8Array[]): Promise<Array<Uint8Array | undefined>> { return await this.#database.getMany(keys) }
  batch (): Batch { return this.#database.batch() }
  iterator (options: IteratorOptions): ReturnType<Database['iterator']> { return this.#database.iterator(options) }
  async close (): Promise<void> { await this.#database.close() }
}

/** Bounds of one step of reading. */
export interface StepBounds { entries: number, bytes: number }

/** Keys and values of a range, in steps between which others have their turn. Rejects with StoreFailedError. */
export async function * readSteps (database: Database, range: KeyRange & { values?: boolean }, { entries, bytes }: StepBounds): AsyncGenerator<Array<[Bytes, Bytes]>> {
  // LevelDB's own step of 16 KiB costs a drain sixteen times the trips.
  const iterator = await read(() => database.iterator({ ...range, highWaterMarkBytes: bytes }))
  try {
    for (;;) {
      const step = await read(() => iterator.nextv(entries))
      if (step.length === 0) return
      yield step as Array<[Bytes, Bytes]>
    }
  } finally {
    await iterator.close()
  }
}

/** A read's failure under the name that the port promises. */
export async function read<T> (reading: () => T | Promise<T>): Promise<T> {
  try {
    return await reading()
  } catch (cause) {
    throw new StoreFailedError(`the store cannot be read: ${reasonOf(cause)}`, { cause })
  }
}
