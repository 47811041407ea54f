/** Shelves: small durable maps in the same database, their writes in the same group commits. */
import { read, readSteps, type Batch, type Database, type StepBounds } from './database.ts'
import { decodeShelfKey, seal, shelfKey, shelfRange, unseal } from './layout.ts'
import type { Damage } from './damage.ts'
import type { StoreWriter } from './writer.ts'
import type { Shelf } from '../ports.ts'
import type { Bytes } from '../types.ts'

export interface ShelfInit { database: Database, writer: StoreWriter, damage: Damage, steps: StepBounds }

export class DatabaseShelf implements Shelf {
  readonly #name: string
  readonly #init: ShelfInit

  constructor (name: string, init: ShelfInit) {
    this.#name = name
    this.#init = init
  }

  async get (key: string): Promise<Bytes | undefined> {
    const sealed = await read(() => this.#init.database.get(shelfKey(this.#name, key)))
    return sealed === undefined ? undefined : this.#unseal(key, sealed)
  }

  async put (key: string, value: Uint8Array): Promise<void> {
    await this.#write(key.length + value.byteLength, batch => { batch.put(shelfKey(this.#name, key), seal(value)) })
  }

  async delete (key: string): Promise<void> {
    await this.#write(key.length, batch => { batch.del(shelfKey(this.#name, key)) })
  }

  async * entries (): AsyncGenerator<[string, Bytes]> {
    for await (const step of readSteps(this.#init.database, shelfRange(this.#name), this.#init.steps)) {
      for (const [rawKey, sealed] of step) {
        const key = decodeShelfKey(this.#name, rawKey)
        const value = this.#unseal(key, sealed)
        if (value !== undefined) yield [key, value]
      }
    }
  }

  async #write (bytes: number, fill: (batch: Batch) => void): Promise<void> {
    await this.#init.writer.submit({ bytes, leaves: 0, lookUps: [], fill })
  }

  #unseal (key: string, sealed: Uint8Array): Bytes | undefined {
    const value = unseal(sealed)
    if (value === undefined) this.#init.damage.meet(`entry of shelf ${this.#name},`, key)
    return value
  }
}
