/** The LevelDB below a store, which can be opened again and again, and the reserve beside it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Level } from 'level'
import { reasonOf } from './level-errors.ts'
import { noteSuddenEnds } from './openings.ts'
import { Reserve } from './reserve.ts'
import type { Database } from './database.ts'
import type { StoreInit } from './defaults.ts'
import type { Medium } from './recovery.ts'
import type { StoreFailedError } from '../errors.ts'
import type { Logger } from '@libp2p/interface'

/** How systems say that a disk or a quota is used up. */
const FULL = /no space left|quota exceeded/i
/** What LevelDB's journal says of a log that it could not read whole. */
const DROPPED = /dropping (\d+) bytes/g

export interface LevelMediumInit { dir: string, location: string, limits: Pick<StoreInit, 'writeBufferBytes' | 'cacheBytes' | 'reserveBytes'>, log: Logger }

export class LevelMedium implements Medium {
  readonly reserve: Reserve
  readonly #init: LevelMediumInit
  #database: Level<Uint8Array, Uint8Array> | undefined

  constructor (init: LevelMediumInit) {
    this.#init = init
    this.reserve = new Reserve(init.dir, init.limits.reserveBytes)
  }

  /** lostBytes: of the log, which LevelDB passed over because they are not what they were. */
  async open ({ createIfMissing }: { createIfMissing: boolean }): Promise<{ database: Database, lostBytes: number }> {
    const { location, limits, log } = this.#init
    const database = this.#database = new Level<Uint8Array, Uint8Array>(location, {
      keyEncoding: 'view',
      valueEncoding: 'view',
      createIfMissing,
      // Sealed bodies and hashes do not get smaller.
      compression: false,
      writeBufferSize: limits.writeBufferBytes,
      cacheSize: limits.cacheBytes
    })
    await database.open()
    const lostBytes = await lostBytesOf(location)
    if (lostBytes > 0) log.error('%d bytes of the log in %s are not what they were and are lost', lostBytes, location)
    return { database, lostBytes }
  }

  async close (): Promise<void> { await this.#database?.close() }

  /** Takes the reserve, when there is room for it. */
  async keepReserve (): Promise<void> {
    const { dir, limits, log } = this.#init
    const kept = await this.reserve.put().catch((error: Error) => error)
    if (kept !== true) log.error('no reserve of %d bytes is kept in %s: %s', limits.reserveBytes, dir, kept === false ? 'there is too little room' : kept.message)
  }

  async yield (failure: StoreFailedError): Promise<void> { if (isFull(failure)) await this.reserve.letGo() }

  async hasRoom (): Promise<boolean> { return await this.reserve.hasRoom() }

  async reopen (): Promise<Database> {
    await this.close()
    return (await this.open({ createIfMissing: false })).database
  }

  async recovered (): Promise<void> { await this.keepReserve() }

  async sound (): Promise<void> { await noteSuddenEnds(this.#init.dir, 0) }
}

/** Whether it failed for lack of space. */
export function isFull (error: unknown): boolean { return FULL.test(reasonOf(error)) }

async function lostBytesOf (location: string): Promise<number> {
  const journal = await readFile(join(location, 'LOG'), 'utf8').catch(() => '')
  return Array.from(journal.matchAll(DROPPED)).reduce((sum, [, bytes]) => sum + Number(bytes), 0)
}
