/** The same conversation in the client's history and in a bare LevelDB. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { defaultLogger } from '@libp2p/logger'
import { Level } from 'level'
import { History } from '../../src/client/history/index.ts'
import { ClientStore } from '../../src/client/store/store.ts'
import { Vault } from '../../src/client/store/vault.ts'
import { systemClock, systemRandom } from '../../src/system.ts'
import type { ConversationId, Message, MessageId, PeerKey, RootKey } from '../../src/types.ts'

const OWN = 'a'.repeat(64) as RootKey
const OTHER = 'b'.repeat(64) as ConversationId
/** Lines that are given to the disk together, as when a mailbox is drained. */
const BATCH_LINES = 500
/** One line in so many was not read. */
const UNREAD_EVERY = 100

export interface Kept { keptPerSecond: number, bytesPerLine: number }

/** What both can be asked. */
export interface Walk {
  keep: (messages: Message[]) => Promise<void>
  /** Before the line of this number, else the last. */
  page: (before: number | undefined, limit: number) => Promise<void>
  line: (number: number) => Promise<void>
  unread: () => Promise<void>
  close: () => Promise<void>
}

export async function keepLines (directory: string, lines: number, open: (directory: string) => Promise<Walk>): Promise<Kept> {
  const walk = await open(directory)
  const begunAt = performance.now()
  for (let from = 1; from <= lines; from += BATCH_LINES) {
    await walk.keep(Array.from({ length: Math.min(BATCH_LINES, lines - from + 1) }, (_, at) => message(from + at)))
  }
  const keptPerSecond = lines / ((performance.now() - begunAt) / 1000)
  await walk.close()
  return { keptPerSecond, bytesPerLine: await bytesOf(directory) / lines }
}

export async function openHistory (directory: string): Promise<Walk> {
  const store = await ClientStore.open({ store: join(directory, 'store'), onDamaged: (shelf, key, error) => { throw new Error(`${shelf} ${key} is damaged`, { cause: error }) } })
  await store.unlock(await Vault.open(new Uint8Array(32), systemRandom), systemRandom)
  const history = await History.open({ store, own: OWN, clock: systemClock, log: defaultLogger().forComponent('posthouse:bench') })
  return {
    keep: async messages => {
      const read = messages.filter(({ stamp }) => stamp % UNREAD_EVERY !== 0).map(({ id }) => id)
      await store.write([
        ...history.readWrites(OTHER, read, 1),
        ...messages.flatMap(shown => history.writesFor({ type: 'shown', conversation: OTHER, position: 0, message: shown, missing: [], late: false }))
      ])
    },
    page: async (before, limit) => { await history.page(OTHER, { before: before === undefined ? undefined : idOf(before), limit }) },
    line: async number => { await history.message(idOf(number), OTHER) },
    unread: async () => { await history.unread(OTHER) },
    close: async () => { await store.close() }
  }
}

/** One key for each line, and one for each unread one. */
export async function openBare (directory: string): Promise<Walk> {
  const database = new Level<string, unknown>(join(directory, 'store'), { valueEncoding: 'json' })
  await database.open()
  return {
    keep: async messages => {
      const unread = messages.filter(({ stamp }) => stamp % UNREAD_EVERY === 0)
      const entries: Array<[string, unknown]> = [...messages.map((line): [string, unknown] => [`line/${line.id}`, line]), ...unread.map(({ id }): [string, unknown] => [`unread/${id}`, 1])]
      await database.batch(entries.map(([key, value]) => ({ type: 'put', key, value })), { sync: true })
    },
    page: async (before, limit) => { await database.values({ lt: before === undefined ? 'line0' : `line/${idOf(before)}`, gt: 'line/', reverse: true, limit }).all() },
    line: async number => { await database.get(`line/${idOf(number)}`) },
    unread: async () => { await database.keys({ gt: 'unread/', lt: 'unread0' }).all() },
    close: async () => { await database.close() }
  }
}

function message (number: number): Message {
  return {
    id: idOf(number),
    from: OTHER,
    device: 'c'.repeat(64) as PeerKey,
    conversation: OTHER,
    sentAt: number,
    stamp: number,
    parents: number === 1 ? [] : [idOf(number - 1)],
    content: { type: 'text', text: `line ${number}, of the length that people write to each other on a day like any other`, mentions: [], replyTo: undefined, expiresAfterSeconds: 0 }
  }
}

function idOf (number: number): MessageId {
  return number.toString(16).padStart(32, '0') as MessageId
}

async function bytesOf (directory: string): Promise<number> {
  const files = await readdir(directory, { recursive: true })
  const stats = await Promise.all(files.map(async file => await stat(join(directory, file))))
  return stats.reduce((sum, found) => sum + (found.isFile() ? found.size : 0), 0)
}
