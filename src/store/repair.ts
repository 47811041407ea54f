/** Damaged databases: what LevelDB can make of them, and where they go when that is nothing. Only on the operator's word. */
import { rename } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Level } from 'level'
import { isLocked } from './database.ts'
import { syncFolder } from './marker.ts'
import type { Millis } from '../types.ts'

/** What the types of `level` leave out, because browsers have none. */
type Repairing = typeof Level & { repair: (location: string) => Promise<void> }

/**
 * Builds the database anew from what its tables and logs still give; files that it cannot read go into `lost/`. Rejects
 * when there is nothing to build from, and with LEVEL_LOCKED when another process has it open: a repair asks for no lock.
 */
export async function repairLevel (location: string): Promise<void> {
  const held = new Level(location, { createIfMissing: false })
  await held.open().catch((error: Error) => {
    if (isLocked(error)) throw error
  })
  await held.close()
  await (Level as Repairing).repair(location)
}

/** Gives a database another name beside its own, and answers it; undefined when there is none. */
export async function setAside (location: string, now: Millis): Promise<string | undefined> {
  const aside = `${location}-damaged-${new Date(now).toISOString().replace(/[:.]/g, '-')}`
  try {
    await rename(location, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  await syncFolder(dirname(location))
  return basename(aside)
}
