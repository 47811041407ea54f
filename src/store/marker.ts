/** The file `STORE`: a store of this version has been in this folder. */
import { open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StoreDamagedError, StoreFailedError, StoreTooNewError } from '../errors.ts'

/** Version of layout.ts. A newer one is not opened, an older one would be brought up to date here. */
const SCHEMA_VERSION = 1
const MARKER = /^posthouse store (\d{1,9})\n$/

/** Whether a store has been here. Rejects with StoreTooNewError, StoreDamagedError or StoreFailedError. */
export async function readMarker (dir: string): Promise<boolean> {
  const marker = await readFile(join(dir, 'STORE'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new StoreFailedError(`the store in ${dir} cannot be read: ${error.message}`, { cause: error })
  })
  if (marker === undefined) return false
  const version = MARKER.exec(marker)?.[1]
  if (version === undefined) throw new StoreDamagedError('the file STORE does not say which version it is of')
  if (Number(version) > SCHEMA_VERSION) throw new StoreTooNewError(`the store in ${dir} was written by a newer version of posthouse`)
  return true
}

/** Whole or not at all, and on the disk before the store is used. */
export async function writeMarker (dir: string): Promise<void> {
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
export async function syncFolder (dir: string): Promise<void> {
  const folder = await open(dir, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
