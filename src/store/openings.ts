/**
 * The file `OPENINGS`: how often in a row the store was opened, and its process ended before it had either read everything
 * (the scrub) or closed the store in order. LevelDB aborts the process that it runs in when keys have flipped bits, and
 * a process that is gone can say nothing: after two of them the database is looked at elsewhere before it is opened.
 *
 * Nothing here is synced: the death of a process takes no written byte, and a power cut is no sign of damage.
 */
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** One may have been a kill. An examination takes as long as writing the whole database anew. */
const SUDDEN_ENDS_MAX = 1
const COUNT = /^(\d{1,9})\n$/

export async function suddenEnds (dir: string): Promise<number> {
  return Number(COUNT.exec(await readFile(join(dir, 'OPENINGS'), 'utf8').catch(() => ''))?.[1] ?? 0)
}

/** Whether a store that ended so often is to be examined before it is opened. */
export function isSuspect (ends: number): boolean { return ends > SUDDEN_ENDS_MAX }

/** 0: everything could be read, or the store was closed in order. */
export async function noteSuddenEnds (dir: string, ends: number): Promise<void> {
  const path = join(dir, 'OPENINGS')
  await (ends === 0 ? rm(path, { force: true }) : writeFile(path, `${ends}\n`, { mode: 0o600 }))
}
