/**
 * A process of its own in which a damaged database is looked at and built anew, because LevelDB may end the process that
 * it runs in: it aborts on keys with flipped bits. What can be read is copied into a new database, which has every key
 * in its order; what a flip made of a value, its checksum tells later.
 *
 * Run by repair.ts: `examine DATABASE` ends with 0 when everything can be read and compacted; `rebuild DATABASE NEW` when the
 * new one is on the disk. LOCKED_EXIT_CODE: another process has it open.
 */
import { Level } from 'level'
import { isLocked } from './level-errors.ts'
import { LOCKED_EXIT_CODE } from './repair.ts'

/** What the types of `level` leave out, because browsers have none. */
type Repairing = typeof Level & { repair: (location: string) => Promise<void> }
type Database = Level<Uint8Array, Uint8Array> & { compactRange: (start: Uint8Array, end: Uint8Array) => Promise<void> }

/** As the store opens it: opening writes the log into a table. */
const OPTIONS = Object.freeze({ keyEncoding: 'view', valueEncoding: 'view', compression: false } as const)
/** Around everything that layout.ts has. */
const LOWEST_KEY = new Uint8Array(0)
const HIGHEST_KEY = Uint8Array.of(0xff)
/** Read at a time. */
const BATCH_ENTRIES = 256

const [verb, location = '', rebuilt = ''] = process.argv.slice(2)
try {
  if (verb === 'examine') await examine(location)
  else await rebuild(location, rebuilt)
} catch (error) {
  if (!isLocked(error)) throw error
  process.exitCode = LOCKED_EXIT_CODE
}

async function examine (location: string): Promise<void> {
  const database = await opened(location)
  for await (const batch of batches(database)) void batch
  // An iterator passes over keys that are out of their order; a compaction is what LevelDB aborts in.
  await database.compactRange(LOWEST_KEY, HIGHEST_KEY)
  await database.close()
}

async function rebuild (location: string, rebuilt: string): Promise<void> {
  // A repair asks for no lock. That it does not open is why we are here.
  await opened(location).then(async held => { await held.close() }, (error: Error) => { if (isLocked(error)) throw error })
  await (Level as Repairing).repair(location)
  const from = await opened(location)
  const to = new Level<Uint8Array, Uint8Array>(rebuilt, { ...OPTIONS, errorIfExists: true })
  await to.open()
  for await (const batch of batches(from)) await to.batch(batch.map(([key, value]) => ({ type: 'put', key, value })), { sync: true } as object)
  await Promise.all([from.close(), to.close()])
}

async function opened (location: string): Promise<Database> {
  const database = new Level(location, { ...OPTIONS, createIfMissing: false }) as Database
  await database.open()
  return database
}

async function * batches (database: Database): AsyncGenerator<Array<[Uint8Array, Uint8Array]>> {
  const entries = database.iterator()
  for (let batch = await entries.nextv(BATCH_ENTRIES); batch.length > 0; batch = await entries.nextv(BATCH_ENTRIES)) yield batch
  await entries.close()
}
