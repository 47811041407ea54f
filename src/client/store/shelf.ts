/** One kind of value in the client's database: a sublevel whose every value has passed its schema. */
import { StoreFailedError } from '../../errors.ts'
import type { Schema } from './schemas.ts'
import type { AbstractBatchOperation, AbstractLevel, AbstractSublevel } from 'abstract-level'

/** LevelDB in Node, IndexedDB in browsers, memory in tests: any `abstract-level` database. */
export type Database = AbstractLevel<string | Uint8Array, string, string>
/** One write among others of a batch. */
export type Operation = AbstractBatchOperation<Database, string, unknown>
/** Writes of a batch, which may still have to be worked out: encrypted, or compared with what is there. */
export type Write = Operation | Promise<Operation[]>

/** In the order of keys: from `from` (left in) or `after` (left out), to `to` (left out); `reverse` begins at the end. */
export interface Range { after?: string, from?: string, to?: string, reverse?: boolean, limit?: number }

/** Told of a value that does not have its form; it is read as if it were not there. */
export type OnDamaged = (shelf: string, key: string, error: unknown) => void

export class Shelf<T> {
  readonly #name: string
  readonly #level: AbstractSublevel<Database, string | Uint8Array, string, unknown>
  readonly #schema: Schema<T>
  readonly #onDamaged: OnDamaged

  constructor (database: Database, name: string, schema: Schema<T>, onDamaged: OnDamaged) {
    this.#name = name
    this.#level = database.sublevel<string, unknown>(name, { valueEncoding: 'json' })
    this.#schema = schema
    this.#onDamaged = onDamaged
  }

  put (key: string, value: T): Operation {
    return { type: 'put', sublevel: this.#level, key, value: this.#schema.encode(value) }
  }

  del (key: string): Operation {
    return { type: 'del', sublevel: this.#level, key }
  }

  async get (key: string): Promise<T | undefined> {
    const stored = await this.#read(async () => await this.#level.get(key))
    return stored === undefined ? undefined : this.#decode(key, stored)
  }

  /** Each at the place of its key; undefined where there is nothing. */
  async getMany (keys: string[]): Promise<Array<T | undefined>> {
    const stored = await this.#read(async () => await this.#level.getMany(keys))
    return stored.map((value, at) => value === undefined ? undefined : this.#decode(keys[at] ?? '', value))
  }

  async * entries (range: Range = {}): AsyncGenerator<[string, T]> {
    const iterator = this.#level.iterator(bounds(range))
    try {
      for (;;) {
        const next = await this.#read(async () => await iterator.next())
        if (next === undefined) return
        const value = this.#decode(next[0], next[1])
        if (value !== undefined) yield [next[0], value]
      }
    } finally {
      await iterator.close()
    }
  }

  /** The first of a range. */
  async first (range: Range = {}): Promise<T | undefined> {
    for await (const [, value] of this.entries(range)) return value // eslint-disable-line no-unreachable-loop -- one is enough
    return undefined
  }

  /** Without looking at the values. */
  async keys (range: Range = {}): Promise<string[]> {
    return await this.#read(async () => await this.#level.keys(bounds(range)).all())
  }

  async #read<Value> (read: () => Promise<Value>): Promise<Value> {
    try {
      return await read()
    } catch (error) {
      throw new StoreFailedError('the store could not be read', { cause: error })
    }
  }

  #decode (key: string, stored: unknown): T | undefined {
    try {
      return this.#schema.decode(stored)
    } catch (error) {
      this.#onDamaged(this.#name, key, error)
      return undefined
    }
  }
}

function bounds ({ after, from, to, reverse = false, limit = -1 }: Range): { gt?: string, gte?: string, lt?: string, reverse: boolean, limit: number } {
  return { ...after === undefined ? {} : { gt: after }, ...from === undefined ? {} : { gte: from }, ...to === undefined ? {} : { lt: to }, reverse, limit }
}
