/**
 * The store on a disk: a folder with LevelDB in `db/` and, beside it, the file `STORE` that says "a store of this
 * version has been here", the file `OPENINGS` (openings.ts), and the reserve.
 *
 * LevelDB would begin anew, silently, where its CURRENT is missing, and rewrites its log and manifest at every opening.
 * So whatever would be wrong to open is found before it is asked, and left as it was found. Nothing is repaired unless
 * that was asked for. Of a log with a flipped bit LevelDB passes over what it cannot read, and tells only its journal: the
 * store opens then, says so, and is another store to everybody.
 */
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { StoreDamagedError, StoreFailedError, StoreLockedError } from '../errors.ts'
import { STORE_DEFAULTS, type StoreInit } from './defaults.ts'
import { isDamage, isLocked, reasonOf } from './level-errors.ts'
import { isFull, LevelMedium } from './level-medium.ts'
import { readMarker, writeMarker } from './marker.ts'
import { openStore, type NodeStore, type StoreComponents } from './node-store.ts'
import { isSuspect, noteSuddenEnds, suddenEnds } from './openings.ts'
import { makePrivateDirectory } from './private-directory.ts'
import { isReadable, repairLevel, setAside } from './repair.ts'

export interface LevelOptions {
  /** Repairs a damaged store; what cannot be repaired is set aside, and a new one begun. A store that opens is left as it is. */
  repair?: boolean
}

interface Folder { dir: string, location: string, limits: StoreInit, components: StoreComponents }

/**
 * Opens the store in `dir`, or makes one where none has been. Rejects with StoreLockedError, StoreTooNewError,
 * StoreDamagedError or, when the disk refuses, StoreFailedError.
 */
export async function openLevelStore (dir: string, components: StoreComponents, init: Partial<StoreInit> = {}, { repair = false }: LevelOptions = {}): Promise<NodeStore> {
  const folder: Folder = { dir, location: join(dir, 'db'), limits: { ...STORE_DEFAULTS, ...init }, components }
  try {
    return await openSound(folder, repair)
  } catch (cause) {
    const error = openingError(dir, cause)
    if (!repair || !(error instanceof StoreDamagedError)) throw error
    return await openRepaired(folder, error).catch((cause: unknown) => { throw openingError(dir, cause) })
  }
}

async function openSound (folder: Folder, isToBeExamined: boolean): Promise<NodeStore> {
  const { dir, location } = folder
  const isFirst = !await readMarker(dir)
  const hasNoDatabase = await isMissing(join(location, 'CURRENT'))
  if (!isFirst && hasNoDatabase) throw new StoreDamagedError(`the store in ${dir} has lost its database; ${WAY_OUT}`)
  const ends = await suddenEnds(dir)
  // LevelDB may abort the process that opens a damaged database: it is looked at elsewhere first.
  if ((isToBeExamined || isSuspect(ends)) && !hasNoDatabase && !await isReadable(location)) throw new StoreDamagedError('not everything in it can be read')
  return await openDatabase(folder, { isFirst, isRenewed: false })
}

/** As much of the store as can be had; a new one when that is nothing. */
async function openRepaired (folder: Folder, damage: StoreDamagedError): Promise<NodeStore> {
  const { dir, location, components: { clock, logger } } = folder
  const log = logger.forComponent('posthouse:store')
  log.error('%s', damage.message)
  try {
    await repairLevel(location)
    const store = await openDatabase(folder, { isFirst: false, isRenewed: true })
    log.error('the database in %s was repaired; files that could not be read lie in db/lost', dir)
    return store
  } catch (error) {
    if (isAnothers(error)) throw error
    log.error('the database in %s cannot be repaired: %s', dir, reasonOf(error))
  }
  const aside = await setAside(location, clock.now())
  const store = await openDatabase(folder, { isFirst: true, isRenewed: true })
  log.error('a new store was begun in %s; the damaged database %s', dir, aside === undefined ? 'is gone' : `was set aside as ${aside}`)
  return store
}

interface How { isFirst: boolean, isRenewed: boolean }

async function openDatabase (folder: Folder, how: How): Promise<NodeStore> {
  const { dir, location, limits, components } = folder
  await makePrivateDirectory(location).catch((cause: Error) => { throw new StoreFailedError(`the store in ${dir} cannot be made: ${cause.message}`, { cause }) })
  const medium = new LevelMedium({ dir, location, limits, log: components.logger.forComponent('posthouse:store') })
  try {
    return await openOn(medium, folder, how)
  } catch (error) {
    // What LevelDB writes at an opening has to fit; the reserve is what it was kept for.
    if (!isFull(error) || !await medium.reserve.letGo()) throw error
    return await openOn(medium, folder, how)
  }
}

async function openOn (medium: LevelMedium, { dir, limits, components }: Folder, { isFirst, isRenewed }: How): Promise<NodeStore> {
  let ends: number | undefined
  try {
    const { database, lostBytes } = await medium.open({ createIfMissing: isFirst })
    // Without the lock nothing here was ours to write. It stands while this process might end without a word.
    ends = await suddenEnds(dir)
    await noteSuddenEnds(dir, ends + 1).catch(() => {})
    const store = await openStore(database, components, limits, { medium, isRenewed: isRenewed || lostBytes > 0 })
    if (isFirst || isRenewed) await writeMarker(dir)
    await medium.keepReserve()
    return store
  } catch (error) {
    await medium.close()
    if (ends !== undefined) await noteSuddenEnds(dir, ends).catch(() => {})
    throw error
  }
}

async function isMissing (path: string): Promise<boolean> {
  return await access(path).then(() => false, (error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOTDIR') throw new StoreDamagedError('its database is not a folder')
    return error.code === 'ENOENT'
  })
}

/** Repairs must not touch what another process has open, nor take a full disk for a damaged one. */
function isAnothers (error: unknown): boolean {
  return isLocked(error) || isFull(error)
}

const WAY_OUT = 'start the node once with --repair to keep what can be read, the rest comes back from its users’ other nodes'

function openingError (dir: string, error: unknown): Error {
  if (error instanceof Error && error.message.startsWith(`the store in ${dir} `)) return error
  if (isLocked(error)) return new StoreLockedError(`the store in ${dir} is open in another process`, { cause: error })
  if (error instanceof StoreDamagedError || isDamage(error)) return new StoreDamagedError(`the store in ${dir} is damaged: ${reasonOf(error)}; ${WAY_OUT}`, { cause: error })
  return new StoreFailedError(`the store in ${dir} cannot be opened: ${reasonOf(error)}`, { cause: error })
}
