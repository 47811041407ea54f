/**
 * The client's store: one `level` database (LevelDB in Node, IndexedDB in browsers), a shelf for each kind of value.
 *
 * What belongs together is written in one batch with sync, before anything that depends on it is sent or said.
 * Batches that arrive while one is being written go to disk together: fsync is what costs.
 */
import { IdentityError, StoreDamagedError, StoreFailedError, StoreLockedError, StoreTooNewError } from '../../errors.ts'
import { factKey } from '../inbox/events.core.ts'
import { openDatabase } from './database.ts'
import { ACCOUNT, CONTACT, CURSOR, FACT, NUMBER, OUTGOING, ROOT, SEALING_KEY, SECRET, SENT } from './schemas.ts'
import { Shelf } from './shelf.ts'
import type { InboxFact } from '../inbox/events.core.ts'
import type { Bytes, Cursor, MessageId, RootKey } from '../../types.ts'
import type { Schema, StoredAccount, StoredContact, StoredOutgoing, StoredSealingKey, StoredSent } from './schemas.ts'
import type { Database, OnDamaged, Write } from './shelf.ts'

/** Version of the layout; a store of a higher one is left as it is. */
const SCHEMA_VERSION = 1
const SCHEMA_KEY = 'schema'
const ACCOUNT_KEY = 'account'
const POSITION_DIGITS = 16

interface Waiting { writes: Write[], resolve: () => void, reject: (error: Error) => void }

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
  readonly #shownAt: Shelf<RootKey>
  /** The device's own key, when the caller does not keep it, and the user's presence key. */
  readonly secrets: Shelf<Bytes>
  readonly sealingKeys: Shelf<StoredSealingKey>
  readonly contacts: Shelf<StoredContact>
  readonly outgoing: Shelf<StoredOutgoing>
  /** Sealed envelopes of the outbox, by id. */
  readonly envelopes: Shelf<Bytes>
  readonly sent: Shelf<StoredSent>
  readonly facts: Shelf<InboxFact>
  readonly cursors: Shelf<Cursor>
  /** Messages whose authors have been told that they were read, with the time. */
  readonly readMarks: Shelf<number>
  #waiting: Waiting[] = []
  #writing = false

  private constructor (database: Database, onDamaged: OnDamaged) {
    this.#database = database
    this.#onDamaged = onDamaged
    this.#meta = new Shelf(database, 'meta', NUMBER, onDamaged)
    this.#accounts = new Shelf(database, 'account', ACCOUNT, onDamaged)
    this.#shownAt = new Shelf(database, 'shown-at', ROOT, onDamaged)
    this.secrets = new Shelf(database, 'secret', SECRET, onDamaged)
    this.sealingKeys = new Shelf(database, 'sealing-key', SEALING_KEY, onDamaged)
    this.contacts = new Shelf(database, 'contact', CONTACT, onDamaged)
    this.outgoing = new Shelf(database, 'outgoing', OUTGOING, onDamaged)
    this.envelopes = new Shelf(database, 'envelope', SECRET, onDamaged)
    this.sent = new Shelf(database, 'sent', SENT, onDamaged)
    this.facts = new Shelf(database, 'fact', FACT, onDamaged)
    this.readMarks = new Shelf(database, 'read-mark', NUMBER, onDamaged)
    this.cursors = new Shelf(database, 'cursor', CURSOR, onDamaged)
  }

  /** Throws StoreLockedError, StoreTooNewError, StoreDamagedError, StoreFailedError, or IdentityError when `existing` and empty. */
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

  /** Writes all or nothing, on disk when it resolves. Batches keep their order. */
  async write (writes: Write[]): Promise<void> {
    if (writes.length === 0) return
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ writes, resolve, reject })
      if (!this.#writing) void this.#drain()
    })
  }

  async account (): Promise<StoredAccount | undefined> { return await this.#accounts.get(ACCOUNT_KEY) }

  putAccount (account: StoredAccount): Write { return this.#accounts.put(ACCOUNT_KEY, account) }

  /** The writes of one fact; a shown line can then also be found by its message's id. */
  putFact (fact: InboxFact): Write[] {
    const writes = [this.facts.put(factKey(fact), fact)]
    if (fact.type === 'shown') writes.push(this.#shownAt.put(`${fact.message.id}/${positionKey(fact.position)}`, fact.conversation))
    return writes
  }

  /** Every fact but the history's lines. */
  async inboxFacts (): Promise<InboxFact[]> {
    const facts: InboxFact[] = []
    for (const range of [{ to: 'shown/' }, { from: 'shown0' }]) {
      for await (const [, fact] of this.facts.entries(range)) facts.push(fact)
    }
    return facts
  }

  /** The position of the history's last line, 0 when there is none. */
  async lastPosition (): Promise<number> {
    for await (const [, fact] of this.facts.entries({ from: 'shown/', to: 'shown0', reverse: true, limit: 1 })) {
      if (fact.type === 'shown') return fact.position
    }
    return 0
  }

  /** Lines of the history after a position, in the order of display. */
  async * history (after = 0): AsyncGenerator<Extract<InboxFact, { type: 'shown' }>> {
    for await (const [, fact] of this.facts.entries({ after: `shown/${positionKey(after)}`, to: 'shown0' })) {
      if (fact.type === 'shown') yield fact
    }
  }

  /** The same from its end. */
  async * historyBackwards (): AsyncGenerator<Extract<InboxFact, { type: 'shown' }>> {
    for await (const [, fact] of this.facts.entries({ from: 'shown/', to: 'shown0', reverse: true })) {
      if (fact.type === 'shown') yield fact
    }
  }

  /** Where a message stands in the history: its conversation and position, or undefined. */
  async shownAt (id: MessageId, conversation?: RootKey): Promise<{ conversation: RootKey, position: number } | undefined> {
    for await (const [key, of] of this.#shownAt.entries({ from: `${id}/`, to: `${id}0` })) {
      if (conversation === undefined || of === conversation) return { conversation: of, position: Number(key.slice(id.length + 1)) }
    }
    return undefined
  }

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
    } else if (version > SCHEMA_VERSION) {
      throw new StoreTooNewError('the store was written by a newer version of the program')
    }
  }

  async #drain (): Promise<void> {
    this.#writing = true
    while (this.#waiting.length > 0) {
      const group = this.#waiting
      this.#waiting = []
      try {
        // IndexedDB knows no `sync`; its transactions are told when they are begun (database.browser.ts).
        await this.#database.batch(group.flatMap(({ writes }) => writes), { sync: true } as object)
        for (const { resolve } of group) resolve()
      } catch (error) {
        const failed = new StoreFailedError('the store could not be written', { cause: error })
        for (const { reject } of group) reject(failed)
      }
    }
    this.#writing = false
  }
}

function positionKey (position: number): string {
  return String(position).padStart(POSITION_DIGITS, '0')
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
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'LEVEL_LOCKED') return new StoreLockedError('the store is open in another process', { cause: error })
  const reason = cause instanceof Error ? cause.message : ''
  // A pointer to a file that is not there is damage, too; LevelDB calls it an I/O error.
  if (code === 'LEVEL_CORRUPTION' || /MANIFEST-\d+: No such file/.test(reason)) return new StoreDamagedError('the store is damaged; it was left as it is', { cause: error })
  if (existing && /does not exist/.test(reason)) return new IdentityError('there is no user in this store: it was moved, or its first file is lost', { cause: error })
  return new StoreFailedError(`the store cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`, { cause: error })
}
