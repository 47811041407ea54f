/**
 * Where a client in a browser keeps its store: bundlers put this in the place of database.ts.
 *
 * IndexedDB alone would let two tabs write the same ratchets, and calls a transaction complete before it is on disk.
 * So a store belongs to one page at a time, by a Web Lock that the browser frees with the page however it ends; and
 * each write asks for `strict` durability (Indexed Database API 3.0, "durability hint"), as LevelDB's are synced.
 */
import { Level } from 'level'
import { StoreLockedError } from '../../errors.ts'
import type { Database } from './shelf.ts'

/** A page that was just closed, crashed or loaded again has let go of its lock within this. */
const LOCK_WAIT_MS = 1000

/** Opens the IndexedDB of this name. Rejects with StoreLockedError when another page has it, and with what IndexedDB says. */
export async function openDatabase (name: string): Promise<Database> {
  const unlock = await lockStore(name)
  try {
    const database = new Level<string, string>(name) as unknown as Database
    await database.open()
    writeStrictly(database)
    database.once('closed', unlock)
    return database
  } catch (error) {
    unlock()
    throw error
  }
}

/** Resolves with what lets go of the lock again. */
async function lockStore (name: string): Promise<() => void> {
  const got = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  // The lock is ours until the promise that this callback returns is settled.
  const hold = async (): Promise<void> => {
    got.resolve()
    await held.promise
  }
  navigator.locks.request(`posthouse/store/${name}`, { signal: AbortSignal.timeout(LOCK_WAIT_MS) }, hold).catch(got.reject)
  try {
    await got.promise
  } catch (cause) {
    throw new StoreLockedError('the store is open in another tab or window', { cause })
  }
  return held.resolve
}

/** browser-level has no option for it, but shows its IDBDatabase. */
function writeStrictly (database: Database): void {
  const { db } = database as unknown as { db: IDBDatabase }
  const transaction = db.transaction.bind(db)
  db.transaction = (stores, mode, options) => transaction(stores, mode, { durability: 'strict', ...options })
}
