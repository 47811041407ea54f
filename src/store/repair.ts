/** Damaged databases: what LevelDB can make of them, and where they go when that is nothing. Only on the operator's word. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isLocked } from './level-errors.ts'
import { syncFolder } from './marker.ts'
import type { Millis } from '../types.ts'

/** Where LevelDB's repair puts what it cannot read. */
const LOST = 'lost'
/** Of what a failed repair says, the end is kept. */
const COMPLAINT_CHARACTERS = 4096

/** What the process says when another one has the database open. */
export const LOCKED_EXIT_CODE = 3

/** Whether everything in the database can be read, found out without opening it here. Rejects with LEVEL_LOCKED when another process has it open. */
export async function isReadable (location: string): Promise<boolean> {
  return await inProcess('examine', location).then(() => true, (error: Error) => {
    if (isLocked(error)) throw error
    return false
  })
}

/**
 * Builds the database anew from what its tables and logs still give; files that it cannot read go into `lost/`. Rejects
 * when there is nothing to build from, and with LEVEL_LOCKED when another process has it open.
 */
export async function repairLevel (location: string): Promise<void> {
  const rebuilt = `${location}-rebuilt`
  // Of a repair that was broken off.
  await rm(rebuilt, { recursive: true, force: true })
  await inProcess('rebuild', location, rebuilt)
  await rename(join(location, LOST), join(rebuilt, LOST)).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await rm(location, { recursive: true, force: true })
  await rename(rebuilt, location)
  await syncFolder(dirname(location))
}

/** In a process of its own, which LevelDB may abort. */
async function inProcess (...args: string[]): Promise<void> {
  const child = fork(fileURLToPath(new URL(`./repair-process${extname(import.meta.url)}`, import.meta.url)), args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  let complaint = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => { complaint = (complaint + text).slice(-COMPLAINT_CHARACTERS) })
  const [code, signal] = await once(child, 'close') as [number | null, string | null]
  if (code === LOCKED_EXIT_CODE) throw Object.assign(new Error('another process has it open'), { code: 'LEVEL_LOCKED' })
  if (code !== 0) throw new Error(`what LevelDB made of it ended with ${signal ?? `exit code ${code}`}: ${/Error: .*|Assertion .*/.exec(complaint)?.[0] ?? 'nothing was said'}`)
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
