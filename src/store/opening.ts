/**
 * What opening a store reads and notes: who it is, what every mailbox holds, and that it was opened once more.
 *
 * Positions of the n-th opening are above n · 2^32, so that a position is never given twice, even when the disk lost the
 * last commits: a device's cursor would pass over the second. A store that was closed in order notes last of all which
 * opening that was. The note stands in the database that it speaks of, behind everything else in its log: a disk that lost
 * the end of the log lost the note as well, and the next opening makes it untrue before anything is acknowledged.
 */
import { StoreDamagedError } from '../errors.ts'
import { read, readSteps, type Database, type StepBounds } from './database.ts'
import { collectionRange, decodeCollectionKey, decodeEntry, decodeNumber, encodeNumber, indexRange, mailboxOfKey, metaKey, seal, unseal, type MetaName } from './layout.ts'
import { count, EMPTY_MAILBOX, type Mailbox } from './mailbox.core.ts'
import type { Damage } from './damage.ts'
import type { MetIds } from './met-ids.ts'
import type { Random } from '../ports.ts'
import type { Bytes, MailboxId } from '../types.ts'

const STORE_ID_BYTES = 16
const POSITIONS_PER_OPENING = 2 ** 32

export interface OpeningInit {
  random: Random
  steps: StepBounds
  damage: Damage
  /** Is told every id that the index knows. */
  metIds: MetIds
  /** Gives the store another id: what it holds is not what it held. */
  isRenewed: boolean
  /** This opening is above it. */
  openingBefore: number
}

export interface Opening {
  storeId: Bytes
  /** Counts from 1. */
  opening: number
  positionBase: number
  mailboxes: Map<MailboxId, Mailbox>
  /** It was closed in order, or is new. */
  wasClean: boolean
}

/** Rejects with StoreDamagedError or StoreFailedError. */
export async function beginOpening (database: Database, { random, steps, damage, metIds, isRenewed, openingBefore }: OpeningInit): Promise<Opening> {
  const isNew = await isEmpty(database)
  const known = isRenewed ? undefined : await readMeta(database, 'store-id')
  if (known === undefined && !isRenewed && !isNew) throw new StoreDamagedError('it does not say which store it is')
  const { mailboxes, lastPosition } = await countMailboxes(database, steps, { damage, metIds })
  const noted = await readNumber(database, 'opening', isRenewed)
  const closed = await readNumber(database, 'was-closed', true)
  const opening = Math.max(noted ?? 0, openingBefore, Math.floor(lastPosition / POSITIONS_PER_OPENING)) + 1
  const storeId = known ?? random.bytes(STORE_ID_BYTES)

  const batch = database.batch()
  batch.put(metaKey('store-id'), seal(storeId))
  batch.put(metaKey('opening'), seal(encodeNumber(opening)))
  await batch.write({ sync: true })
  return { storeId, opening, positionBase: opening * POSITIONS_PER_OPENING, mailboxes, wasClean: !isRenewed && (isNew || (noted !== undefined && noted === closed)) }
}

/** To be written when nothing else will be. */
export async function noteClosed (database: Database, opening: number): Promise<void> {
  const batch = database.batch()
  batch.put(metaKey('was-closed'), seal(encodeNumber(opening)))
  await batch.write({ sync: true })
}

async function countMailboxes (database: Database, steps: StepBounds, { damage, metIds }: { damage: Damage, metIds: MetIds }): Promise<{ mailboxes: Map<MailboxId, Mailbox>, lastPosition: number }> {
  const mailboxes = new Map<MailboxId, Mailbox>()
  let lastPosition = 0
  const mailboxOf = (id: MailboxId): Mailbox => {
    let mailbox = mailboxes.get(id)
    if (mailbox === undefined) mailboxes.set(id, mailbox = { ...EMPTY_MAILBOX })
    return mailbox
  }
  for await (const step of readSteps(database, indexRange(), steps)) {
    for (const [key, value] of step) {
      metIds.note(key)
      const entry = decodeEntry(value)
      const id = mailboxOfKey(key)
      if (entry === undefined) {
        damage.meet('an index entry of mailbox', id)
        continue
      }
      const mailbox = mailboxOf(id)
      count(mailbox, entry, 1)
      if (entry.type === 'kept') mailbox.lastPosition = Math.max(mailbox.lastPosition, entry.position)
      lastPosition = Math.max(lastPosition, mailbox.lastPosition)
    }
  }
  for await (const step of readSteps(database, { ...collectionRange(), values: false }, steps)) {
    for (const [key] of step) {
      const kept = decodeCollectionKey(key)
      if (kept !== undefined) mailboxOf(kept.mailbox).collectionBytes += kept.bytes
    }
  }
  return { mailboxes, lastPosition }
}

/** isLenient: a damaged one counts as missing. */
async function readNumber (database: Database, name: MetaName, isLenient: boolean): Promise<number | undefined> {
  const bytes = await readMeta(database, name, isLenient)
  return bytes === undefined ? undefined : decodeNumber(bytes)
}

async function readMeta (database: Database, name: MetaName, isLenient = false): Promise<Bytes | undefined> {
  const sealed = await read(() => database.get(metaKey(name)))
  if (sealed === undefined) return undefined
  const value = unseal(sealed)
  if (value === undefined && !isLenient) throw new StoreDamagedError(`its ${name} fails its checksum`)
  return value
}

async function isEmpty (database: Database): Promise<boolean> {
  const everything = readSteps(database, { gte: Uint8Array.of(0), lt: Uint8Array.of(0xff) }, { entries: 1, bytes: 1 })
  const { done = false } = await everything.next()
  await everything.return(undefined)
  return done
}
