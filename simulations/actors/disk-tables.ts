/**
 * What a node has on its disk, by table, and what each value takes there: the spaces of src/store/layout.ts. Faults are
 * told the names of tables.
 */
import type { Disk, DiskWrite } from '../world/disk.ts'
import type { IndexEntry, KeptCollection } from '../../src/store/mailbox.core.ts'
import type { StoredEnvelope } from '../../src/ports.ts'
import type { Collection, EnvelopeId, MailboxId } from '../../src/types.ts'

/** By name. */
export const TABLE = Object.freeze({
  meta: 'meta',
  envelopes: 'envelopes',
  index: 'index',
  collections: 'collections',
  /** What users.ts keeps, and the orders that routing remembers. */
  profiles: 'profiles',
  routes: 'routes',
  promises: 'promises',
  routeOrders: 'route-orders',
  /** What audits found out about other nodes. */
  audits: 'audits'
})

/** Keys and leads of layout.ts, checksum included. */
const ENVELOPE_BYTES = 41 + 44
const INDEX_BYTES = 65 + 21
const MARK_BYTES = 32
const COLLECTION_BYTES = 45 + 4
const META_BYTES = 32

/** A value of the index. */
export interface IndexCell { mailbox: MailboxId, id: EnvelopeId, entry: IndexEntry }
/** A value of the collections. */
export interface CollectionCell { kept: KeptCollection, collection: Collection }

/** What an envelope takes of a page. */
export function storedBytes ({ bytes }: { bytes: Uint8Array }): number { return 44 + bytes.byteLength }

export function envelopeKey (mailbox: MailboxId, position: number): string { return `${mailbox}/${position}` }
export function indexKey (mailbox: MailboxId, id: EnvelopeId): string { return `${mailbox}/${id}` }
/** Checksums are different for each that a store keeps; there are a million of them. */
export function collectionKey ({ checksum }: KeptCollection): string { return String(checksum) }

/** Puts an envelope into a batch; the next three do so with other values. */
export function envelopeWrite (stored: StoredEnvelope): DiskWrite {
  const { position, envelope } = stored
  return { table: TABLE.envelopes, key: envelopeKey(envelope.mailbox, position), value: stored, bytes: ENVELOPE_BYTES + envelope.bytes.byteLength }
}

export function indexWrite (cell: IndexCell): DiskWrite {
  const marks = cell.entry.type === 'collected' ? 0 : cell.entry.collectedBy.length
  return { table: TABLE.index, key: indexKey(cell.mailbox, cell.id), value: cell, bytes: INDEX_BYTES + marks * MARK_BYTES }
}

export function collectionWrite (cell: CollectionCell): DiskWrite {
  return { table: TABLE.collections, key: collectionKey(cell.kept), value: cell, bytes: COLLECTION_BYTES + cell.kept.bytes }
}

export function metaWrite (key: 'store-id' | 'opening', value: unknown): DiskWrite {
  return { table: TABLE.meta, key, value, bytes: META_BYTES }
}

export function deletion (table: string, key: string): DiskWrite { return { table, key, value: undefined, bytes: 0 } }

/** The value, unless it is not there or not what it was. */
export function readIntact<T> (disk: Disk, table: string, key: string): T | undefined {
  const read = disk.read(table, key)
  return read.found && !read.damaged ? read.value as T : undefined
}

/** Whether a drain would still give the envelope out, for auditors: synced, undamaged, the process running or not. */
export function isOnDisk (disk: Disk, mailbox: MailboxId, envelope: EnvelopeId): boolean {
  const read = disk.read(TABLE.index, indexKey(mailbox, envelope))
  if (!read.found) return false
  const { entry } = read.value as IndexCell
  if (entry.type !== 'kept') return false
  const key = envelopeKey(mailbox, entry.position)
  // A damaged entry hides its envelope from the index only: pages are read without it.
  return readIntact<StoredEnvelope>(disk, TABLE.envelopes, key)?.envelope.id === envelope && disk.isSynced(TABLE.envelopes, key)
}

/** Those of which the bytes are what they were, for auditors. */
export function intactEnvelopes (disk: Disk): EnvelopeId[] {
  return [...disk.entries(TABLE.envelopes)].flatMap(([, value, damaged]) => damaged ? [] : [(value as StoredEnvelope).envelope.id])
}
