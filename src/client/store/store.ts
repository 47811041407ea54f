/**
 * The client's store: one `level` database (LevelDB in Node, IndexedDB in browsers), a shelf for each kind of value.
 *
 * What belongs together is written in one batch with sync, before anything that depends on it is sent or said.
 * Batches that arrive while one is being written go to disk together: fsync is what costs.
 */
import { IdentityError, StoreDamagedError, StoreFailedError, StoreLockedError, StoreTooNewError, StoreTooOldError } from '../../errors.ts'
import { isDamage, isLocked, reasonOf } from '../../store/level-errors.ts'
import { Cipher } from './cipher.ts'
import { openDatabase } from './database.ts'
import { ACCOUNT, CONTACT, CURSOR, FACT, NUMBER, OUTGOING, SEALING_KEY, SECRET, SENT } from './schemas.ts'
import { handled, SealedShelf } from './sealed-shelf.ts'
import { Shelf } from './shelf.ts'
import type { Random } from '../../ports.ts'
import type { Bytes, Cursor } from '../../types.ts'
import type { Schema, StoredAccount, StoredContact, StoredFact, StoredOutgoing, StoredSealingKey, StoredSent } from './schemas.ts'
import type { Database, OnDamaged, Operation, Write } from './shelf.ts'
import type { Vault } from './vault.ts'

/** Version of the layout; a store of another one is left as it is. */
const SCHEMA_VERSION = 2
const SCHEMA_KEY = 'schema'
const ACCOUNT_KEY = 'account'
/** Name of the history key among the secrets. */
const HISTORY_KEY = 'history'
/** Where the history's lines stand (history/shelves.ts): without their key they are lost. */
export const LINE_SHELF = 'line'

interface Waiting { operations: Promise<Operation[]>, resolve: () => void, reject: (error: Error) => void }

export interface StoreInit {
  /** A database, or where the platform keeps one: a folder for Node, a name for browsers. */
  store: Database | string
  /** An empty store is an error, and in Node not even made. */
  existing?: boolean | undefined
  onDamaged: OnDamaged
}

export class ClientStore {
  readonly #database: Database
  readonly #onDamaged: OnDamaged
  readonly #meta: Shelf<number>
  readonly #accounts: Shelf<StoredAccount>
  /** The device's own key, when the caller does not keep it, and the user's presence key. */
  readonly secrets: Shelf<Bytes>
  readonly sealingKeys: Shelf<StoredSealingKey>
  readonly contacts: Shelf<StoredContact>
  readonly outgoing: SealedShelf<StoredOutgoing>
  /** Sealed envelopes of the outbox, by id. */
  readonly envelopes: Shelf<Bytes>
  readonly sent: Shelf<StoredSent>
  /** Of the inbox, by `factKey`; written through the history, which encrypts. */
  readonly facts: Shelf<StoredFact>
  readonly cursors: Shelf<Cursor>
  #cipher: Cipher | undefined
  #waiting: Waiting[] = []
  #writing = false

  private constructor (database: Database, onDamaged: OnDamaged) {
    this.#database = database
    this.#onDamaged = onDamaged
    this.#meta = new Shelf(database, 'meta', NUMBER, onDamaged)
    this.#accounts = new Shelf(database, 'account', ACCOUNT, onDamaged)
    this.secrets = new Shelf(database, 'secret', SECRET, onDamaged)
    this.sealingKeys = new Shelf(database, 'sealing-key', SEALING_KEY, onDamaged)
    this.contacts = new Shelf(database, 'contact', CONTACT, onDamaged)
    this.outgoing = this.sealedShelf('outgoing', OUTGOING)
    this.envelopes = new Shelf(database, 'envelope', SECRET, onDamaged)
    this.sent = new Shelf(database, 'sent', SENT, onDamaged)
    this.facts = new Shelf(database, 'fact', FACT, onDamaged)
    this.cursors = new Shelf(database, 'cursor', CURSOR, onDamaged)
  }

  /** Throws StoreLockedError, StoreTooOldError, StoreTooNewError, StoreDamagedError, StoreFailedError, or IdentityError when `existing` and empty. */
  static async open ({ store: at, existing = false, onDamaged }: StoreInit): Promise<ClientStore> {
    const database = await openStore(at, existing)
    const store = new ClientStore(database, onDamaged)
    try {
      await store.#checkSchema(existing)
    } catch (error) {
      await database.close()
      throw error
    }
    return store
  }

  /** A shelf of somebody else's: each part of the client may keep what only it knows of. */
  shelf<T> (name: string, schema: Schema<T>): Shelf<T> { return new Shelf(this.#database, name, schema, this.#onDamaged) }

  /** The same, but nobody without the device's key can read it. */
  sealedShelf<T> (name: string, schema: Schema<T>): SealedShelf<T> {
    return new SealedShelf({ name, schema, shelf: this.shelf(name, SECRET), cipher: () => this.cipher, onDamaged: this.#onDamaged })
  }

  /** What keeps people's words from whoever copies the store. */
  get cipher (): Cipher {
    if (this.#cipher === undefined) throw new IdentityError('nothing that was said can be read before the account is')
    return this.#cipher
  }

  /** Gives the history key, made at first use, to whatever is encrypted. Throws StoreDamagedError when it does not open. */
  async unlock (vault: Vault, random: Pick<Random, 'bytes'>): Promise<void> {
    const locked = await this.secrets.get(HISTORY_KEY)
    const key = locked === undefined ? Cipher.newKey(random) : await vault.unlock(HISTORY_KEY, locked)
    const [line] = locked === undefined ? await this.shelf(LINE_SHELF, SECRET).keys({ limit: 1 }) : []
    if (line !== undefined) throw new StoreDamagedError('the store has lost the key of its history; it was left as it is')
    if (locked === undefined) await this.write([this.secrets.put(HISTORY_KEY, await vault.lock(HISTORY_KEY, key))])
    this.#cipher = new Cipher(key, random)
  }

  /** Writes all or nothing, on disk when it resolves. Batches keep the order of the calls. */
  async write (writes: Write[]): Promise<void> {
    if (writes.length === 0) return
    await this.#enqueue(Promise.all(writes.map(async write => await write)).then(operations => operations.flat()))
  }

  /** Resolves when everything that was given to `write` before is on disk, or was refused. */
  async flushed (): Promise<void> { await this.#enqueue(Promise.resolve([])) }

  async account (): Promise<StoredAccount | undefined> { return await this.#accounts.get(ACCOUNT_KEY) }

  putAccount (account: StoredAccount): Write { return this.#accounts.put(ACCOUNT_KEY, account) }

  async close (): Promise<void> {
    await this.#database.close()
  }

  async #checkSchema (existing: boolean): Promise<void> {
    const version = await this.#meta.get(SCHEMA_KEY)
    if (version === undefined) {
      const [key] = await this.#database.keys({ limit: 1 }).all()
      if (key !== undefined) throw new StoreDamagedError('the store is not one of ours, or has lost its version; it was left as it is')
      if (existing) throw new IdentityError('there is no user in this store')
      await this.write([this.#meta.put(SCHEMA_KEY, SCHEMA_VERSION)])
    } else if (version < SCHEMA_VERSION) {
      throw new StoreTooOldError('the store was written by a version from before conversations, whose messages can neither be read nor exported; it was left as it is: come back with your recovery phrase in an empty one')
    } else if (version > SCHEMA_VERSION) {
      throw new StoreTooNewError('the store was written by a newer version of the program')
    }
  }

  async #enqueue (operations: Promise<Operation[]>): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ operations: handled(operations), resolve, reject })
      if (!this.#writing) void this.#drain()
    })
  }

  async #drain (): Promise<void> {
    this.#writing = true
    while (this.#waiting.length > 0) await this.#writeGroup(this.#waiting.splice(0))
    this.#writing = false
  }

  async #writeGroup (group: Waiting[]): Promise<void> {
    const batch: Operation[] = []
    const written: Waiting[] = []
    for (const waiting of group) {
      try {
        batch.push(...await waiting.operations)
        written.push(waiting)
      } catch (error) {
        waiting.reject(error as Error)
      }
    }
    try {
      // IndexedDB knows no `sync`; its transactions are told when they are begun (database.browser.ts).
      await this.#database.batch(batch, { sync: true } as object)
      for (const { resolve } of written) resolve()
    } catch (error) {
      const failed = new StoreFailedError('the store could not be written', { cause: error })
      for (const { reject } of written) reject(failed)
    }
  }
}

async function openStore (at: Database | string, existing: boolean): Promise<Database> {
  try {
    if (typeof at === 'string') return await openDatabase(at, { createIfMissing: !existing })
    await at.open()
    return at
  } catch (error) {
    throw openError(error, existing)
  }
}

/** What LevelDB says of a store that cannot be opened, in one sentence. */
function openError (error: unknown, existing: boolean): Error {
  if (error instanceof StoreLockedError) return error
  if (isLocked(error)) return new StoreLockedError('the store is open in another process', { cause: error })
  if (isDamage(error)) return new StoreDamagedError('the store is damaged; it was left as it is', { cause: error })
  const reason = reasonOf(error)
  if (existing && /does not exist/.test(reason)) return new IdentityError('there is no user in this store: it was moved, or its first file is lost', { cause: error })
  return new StoreFailedError(`the store cannot be opened: ${reason}`, { cause: error })
}
