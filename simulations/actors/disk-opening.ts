/**
 * What opening a store reads from its disk (src/store/node-store.ts): the counts of every mailbox, by the index, and
 * where its envelopes stand, by themselves. Damaged values count as missing.
 */
import { count, EMPTY_MAILBOX, type KeptCollection, type Mailbox } from '../../src/store/mailbox.core.ts'
import { TABLE, type CollectionCell, type IndexCell } from './disk-tables.ts'
import type { Disk } from '../world/disk.ts'
import type { StoredEnvelope } from '../../src/ports.ts'
import type { MailboxId } from '../../src/types.ts'

/** What is known of a store that was just opened. lastPosition: of all mailboxes. */
export interface Opened { mailboxes: Map<MailboxId, Mailbox>, positions: Positions, collections: Collections, lastPosition: number }

/** Where the envelopes of each mailbox stand, in order: what LevelDB knows by its keys. */
export class Positions {
  readonly #byMailbox = new Map<MailboxId, number[]>()

  add (mailbox: MailboxId, position: number): void {
    const positions = this.#byMailbox.get(mailbox)
    if (positions === undefined) this.#byMailbox.set(mailbox, [position])
    else if (position > (positions.at(-1) ?? 0)) positions.push(position)
    else positions.splice(indexAfter(positions, position), 0, position)
  }

  remove (mailbox: MailboxId, position: number): void {
    const positions = this.#byMailbox.get(mailbox) ?? []
    const at = indexAfter(positions, position - 1)
    if (positions[at] !== position) return
    positions.splice(at, 1)
    if (positions.length === 0) this.#byMailbox.delete(mailbox)
  }

  * after (mailbox: MailboxId, position: number): Iterable<number> {
    const positions = this.#byMailbox.get(mailbox) ?? []
    for (let at = indexAfter(positions, position); at < positions.length; at++) yield positions[at] as number
  }
}

/** Which collections of each mailbox are kept: mail lives for weeks, and each comparison of two nodes asks for them. */
export class Collections {
  readonly #byMailbox = new Map<MailboxId, { kept: Map<number, KeptCollection>, sorted: readonly KeptCollection[] | undefined }>()

  add (kept: KeptCollection): void {
    const mailbox = this.#byMailbox.get(kept.mailbox) ?? { kept: new Map<number, KeptCollection>(), sorted: undefined }
    mailbox.kept.set(kept.checksum, kept)
    mailbox.sorted = undefined
    this.#byMailbox.set(kept.mailbox, mailbox)
  }

  remove ({ mailbox: id, checksum }: KeptCollection): void {
    const mailbox = this.#byMailbox.get(id)
    if (mailbox?.kept.delete(checksum) !== true) return
    mailbox.sorted = undefined
    if (mailbox.kept.size === 0) this.#byMailbox.delete(id)
  }

  /** Those that run out first in front. */
  of (id: MailboxId): readonly KeptCollection[] {
    const mailbox = this.#byMailbox.get(id)
    if (mailbox === undefined) return []
    mailbox.sorted ??= [...mailbox.kept.values()].sort((a, b) => a.forgetAt - b.forgetAt || a.checksum - b.checksum)
    return mailbox.sorted
  }
}

/** Reads the whole index and where envelopes stand. */
export function openTables (disk: Disk): Opened {
  const mailboxes = new Map<MailboxId, Mailbox>()
  const positions = new Positions()
  const collections = new Collections()
  let lastPosition = 0
  const mailboxOf = (id: MailboxId): Mailbox => {
    let mailbox = mailboxes.get(id)
    if (mailbox === undefined) mailboxes.set(id, mailbox = { ...EMPTY_MAILBOX })
    return mailbox
  }
  for (const [, value, damaged] of disk.entries(TABLE.index)) {
    if (damaged) continue
    const { mailbox: id, entry } = value as IndexCell
    const mailbox = mailboxOf(id)
    count(mailbox, entry, 1)
    if (entry.type === 'kept') mailbox.lastPosition = Math.max(mailbox.lastPosition, entry.position)
    lastPosition = Math.max(lastPosition, mailbox.lastPosition)
  }
  for (const [, value] of disk.entries(TABLE.envelopes)) {
    const { position, envelope } = value as StoredEnvelope
    positions.add(envelope.mailbox, position)
  }
  for (const [, value] of disk.entries(TABLE.collections)) {
    const { kept } = value as CollectionCell
    mailboxOf(kept.mailbox).collectionBytes += kept.bytes
    collections.add(kept)
  }
  return { mailboxes, positions, collections, lastPosition }
}

/** Of the first that is larger. */
function indexAfter (positions: number[], position: number): number {
  let from = 0
  let to = positions.length
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((positions[middle] as number) > position) to = middle
    else from = middle + 1
  }
  return from
}
