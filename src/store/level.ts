/**
 * The store on a disk: a folder with LevelDB in `db/` and, beside it, the file `STORE` that says "a store of this
 * version has been here".
 *
 * LevelDB would begin anew, silently, where its CURRENT is missing, and rewrites its log and manifest at every opening.
 * So whatever would be wrong to open is found before it is asked, and left as it was found.
 */
import { access, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Level } from 'level'
import { StoreDamagedError, StoreFailedError, StoreLockedError, StoreTooNewError } from '../errors.ts'
import { reasonOf } from './database.ts'
import { STORE_DEFAULTS, type StoreInit } from './defaults.ts'
import { openStore, type NodeStore, type StoreComponents } from './node-store.ts'

/** Version of layout.ts. A newer one is not opened, an older one would be brought up to date here. */
const SCHEMA_VERSION = 1
const MARKER = /^posthouse store (\d{1,9})\n$/

/**
 * Opens the store in `dir`, or makes one where none has been. Rejects with StoreLockedError, StoreTooNewError,
 * StoreDamagedError or, when the disk refuses, StoreFailedError.
 */
export async function openLevelStore (dir: string, components: StoreComponents, init: Partial<StoreInit> = {}): Promise<NodeStore> {
  const { writeBufferBytes, cacheBytes } = { ...STORE_DEFAULTS, ...init }
  const location = join(dir, 'db')
  const isFirst = !await wasHere(dir)
  if (!isFirst && await isMissing(join(location, 'CURRENT'))) throw new StoreDamagedError(`the store in ${dir} has lost its database`)
  await mkdir(location, { recursive: true, mode: 0o700 }).catch((cause: Error) => { throw new StoreFailedError(`the folder ${dir} cannot be made: ${cause.message}`, { cause }) })

  const database = new Level<Uint8Array, Uint8Array>(location, {
    keyEncoding: 'view',
    valueEncoding: 'view',
    createIfMissing: isFirst,
    // Sealed bodies and hashes do not get smaller.
    compression: false,
    writeBufferSize: writeBufferBytes,
    cacheSize: cacheBytes
  })
  try {
    await database.open()
    const store = await openStore(database, components, init)
    if (isFirst) await writeMarker(dir)
    return store
  } catch (error) {
    await database.close()
    throw openingError(dir, error)
  }
}

async function wasHere (dir: string): Promise<boolean> {
  const marker = await readFile(join(dir, 'STORE'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new StoreFailedError(`the store in ${dir} cannot be read: ${error.message}`, { cause: error })
  })
  if (marker === undefined) return false
  const version = MARKER.exec(marker)?.[1]
  if (version === undefined) throw new StoreDamagedError(`the file STORE in ${dir} does not say which version it is of`)
  if (Number(version) > SCHEMA_VERSION) throw new StoreTooNewError(`the store in ${dir} was written by a newer version of posthouse`)
  return true
}

/** Whole or not at all, and on the disk before the store is used. */
async function writeMarker (dir: string): Promise<void> {
  const file = await open(join(dir, 'STORE.part'), 'w', 0o600)
  try {
    await file.writeFile(`posthouse store ${SCHEMA_VERSION}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(join(dir, 'STORE.part'), join(dir, 'STORE'))
  await syncFolder(dir)
  await syncFolder(dirname(dir))
}

/** A power cut may take back a new file's name even when its content is on the disk. */
async function syncFolder (dir: string): Promise<void> {
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function isMissing (path: string): Promise<boolean> {
  return await access(path).then(() => false, (error: NodeJS.ErrnoException) => error.code === 'ENOENT')
}

function openingError (dir: string, error: unknown): Error {
  if (error instanceof StoreDamagedError) return error
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = 'code' in cause ? cause.code : undefined
    if (code === 'LEVEL_LOCKED') return new StoreLockedError(`the store in ${dir} is open in another process`, { cause: error })
    if (code === 'LEVEL_CORRUPTION') return new StoreDamagedError(`the store in ${dir} is damaged: ${reasonOf(error)}`, { cause: error })
  }
  return new StoreFailedError(`the store in ${dir} cannot be opened: ${reasonOf(error)}`, { cause: error })
}
