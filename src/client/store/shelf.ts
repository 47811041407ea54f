/** One kind of value in the client's database: a sublevel whose every value has passed its schema. */
import { StoreFailedError } from '../../errors.ts'
import type { Schema } from './schemas.ts'
import type { AbstractBatchOperation, AbstractLevel, AbstractSublevel } from 'abstract-level'

/** LevelDB in Node, IndexedDB in browsers, memory in tests: any `abstract-level` database. */
export type Database = AbstractLevel<string | Uint8Array, string, string>
/** One write among others of a batch. */
export type Write = AbstractBatchOperation<Database, string, unknown>

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

  put (key: string, value: T): Write {
    return { type: 'put', sublevel: this.#level, key, value: this.#schema.encode(value) }
  }

  del (key: string): Write {
    return { type: 'del', sublevel: this.#level, key }
  }

  async get (key: string): Promise<T | undefined> {
    const stored = await this.#read(async () => await this.#level.get(key))
    return stored === undefined ? undefined : this.#decode(key, stored)
  }

  /** In the order of keys, from `after` (left out) to `upTo` (left in); `last` counts from the end. */
  async * entries ({ after, from, to, reverse = false, limit = -1 }: { after?: string, from?: string, to?: string, reverse?: boolean, limit?: number } = {}): AsyncGenerator<[string, T]> {
    const range = { ...(after === undefined ? {} : { gt: after }), ...(from === undefined ? {} : { gte: from }), ...(to === undefined ? {} : { lt: to }) }
    const iterator = this.#level.iterator({ ...range, reverse, limit })
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
