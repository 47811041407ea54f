/** A shelf whose values are encrypted: each under the key of its segment, bound to the place where it stands. */
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import type { Bytes } from '../../types.ts'
import type { Cipher } from './cipher.ts'
import type { Schema } from './schemas.ts'
import type { OnDamaged, Operation, Range, Shelf } from './shelf.ts'

export interface SealedShelfInit<T> {
  name: string
  /** Where the encrypted values stand. */
  shelf: Shelf<Bytes>
  schema: Schema<T>
  /** Asked at each use: it is there once the account is. */
  cipher: () => Cipher
  onDamaged: OnDamaged
}

export class SealedShelf<T> {
  readonly #init: SealedShelfInit<T>

  constructor (init: SealedShelfInit<T>) { this.#init = init }

  put (key: string, value: T): Promise<Operation[]> {
    const { shelf } = this.#init
    return handled(this.#lock(key, value).then(locked => [shelf.put(key, locked)]))
  }

  del (key: string): Operation { return this.#init.shelf.del(key) }

  async get (key: string): Promise<T | undefined> {
    const locked = await this.#init.shelf.get(key)
    return locked === undefined ? undefined : await this.#unlock(key, locked)
  }

  async * entries (range: Range = {}): AsyncGenerator<[string, T]> {
    for await (const [key, locked] of this.#init.shelf.entries(range)) {
      const value = await this.#unlock(key, locked)
      if (value !== undefined) yield [key, value]
    }
  }

  async keys (range: Range = {}): Promise<string[]> { return await this.#init.shelf.keys(range) }

  async #lock (key: string, value: T): Promise<Bytes> {
    const { name, schema, cipher } = this.#init
    return await cipher().lock(name, `${name}/${key}`, toBytes(value, schema))
  }

  async #unlock (key: string, locked: Bytes): Promise<T | undefined> {
    const { name, schema, cipher, onDamaged } = this.#init
    try {
      return fromBytes(await cipher().unlock(name, `${name}/${key}`, locked), schema)
    } catch (error) {
      onDamaged(name, key, error)
      return undefined
    }
  }
}

/** A value as it is encrypted. */
export function toBytes<T> (value: T, schema: Schema<T>): Uint8Array {
  return fromString(JSON.stringify(schema.encode(value)))
}

/** Throws when it does not have its form. */
export function fromBytes<T> (bytes: Uint8Array, schema: Schema<T>): T {
  return schema.decode(JSON.parse(toString(bytes)))
}

/** A write that nobody gives to the store after all must not end the program when it fails. */
export function handled (write: Promise<Operation[]>): Promise<Operation[]> {
  write.catch(() => { /* whoever writes it is told */ })
  return write
}
