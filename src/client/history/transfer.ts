/**
 * The whole history, decrypted piece by piece, and into another store under that one's keys: for exports, and for new
 * devices. What is there already stays as it is, so that it can be done twice, and beside messages that arrive.
 */
import { isAmendmentMessage, type AmendmentMessage, type LineMessage } from '../messages/index.ts'
import { numberKey } from './shelves.ts'
import type { HistoryLimits } from './defaults.ts'
import type { HistoryReader } from './reader.ts'
import type { HistoryShelves } from './shelves.ts'
import type { HistoryWriter } from './writer.ts'
import type { ClientStore } from '../store/store.ts'
import type { Write } from '../store/shelf.ts'
import type { ConversationId, MessageId, Millis } from '../../types.ts'

/** Something of the history. Read marks and amendments come before lines: each line is at once what it has become. */
export type HistoryItem =
  /** Read on one of the user's devices. */
  | { type: 'read', conversation: ConversationId, id: MessageId, at: Millis }
  | { type: 'amendment', message: AmendmentMessage }
  /** Lines in the order of their arrival. */
  | { type: 'line', message: LineMessage, missing: MessageId[], late: boolean, expiresAt?: Millis | undefined }
  /** A line that has disappeared. */
  | { type: 'gone', conversation: ConversationId, id: MessageId, stamp: Millis }

export interface TransferComponents { store: ClientStore, shelves: HistoryShelves, reader: HistoryReader, writer: HistoryWriter, limits: HistoryLimits }

/** How many items there are; more or fewer when messages come meanwhile. */
export async function countItems ({ shelves }: TransferComponents): Promise<number> {
  const counts = await Promise.all([shelves.reads, shelves.amendments, shelves.lines].map(async shelf => (await shelf.keys()).length))
  return counts.reduce((sum, count) => sum + count, 0)
}

/** Everything that opens. */
export async function * exportItems ({ shelves, reader, limits }: TransferComponents): AsyncGenerator<HistoryItem> {
  for await (const [key, at] of shelves.reads.entries()) {
    const [conversation, id] = key.split('/')
    yield { type: 'read', conversation: conversation as ConversationId, id: id as MessageId, at }
  }
  for await (const [, message] of shelves.amendments.entries()) if (isAmendmentMessage(message)) yield { type: 'amendment', message }
  for (let from = 0; ;) {
    // In steps, so that no walk stands open while somebody writes a file.
    const records = []
    for await (const [key, record] of shelves.lines.entries({ from: numberKey(from), limit: limits.pageLines })) records.push({ position: Number(key), record })
    for (const { position, record } of records) {
      const { conversation, id, stamp, sealed } = record
      const kept = await reader.kept(position, record)
      if (kept !== undefined) yield { type: 'line', ...kept }
      else if (sealed === undefined) yield { type: 'gone', conversation, id, stamp }
    }
    const last = records.at(-1)
    if (last === undefined) return
    from = last.position + 1
  }
}

/** Resolves with how many lines there are now that were not there before. Takes items in the order of `exportItems`. */
export async function importItems (items: AsyncIterable<HistoryItem> | Iterable<HistoryItem>, { store, shelves, writer, limits }: TransferComponents): Promise<number> {
  const before = await countLines(shelves)
  let batch: Write[] = []
  for await (const item of items) {
    batch.push(writeOf(item, writer))
    if (batch.length < limits.importItems) continue
    await store.write(batch)
    batch = []
  }
  await store.write(batch)
  return await countLines(shelves) - before
}

function writeOf (item: HistoryItem, writer: HistoryWriter): Write {
  switch (item.type) {
    case 'read': return writer.read(item.conversation, item.id, item.at)
    case 'amendment': return writer.amendment(item.message)
    case 'line': return writer.line({ message: item.message, missing: item.missing, late: item.late, expiresAt: item.expiresAt })
    case 'gone': return writer.gone(item)
  }
}

async function countLines (shelves: HistoryShelves): Promise<number> {
  return (await shelves.order.keys()).length
}
