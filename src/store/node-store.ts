/**
 * Opening: a database becomes a node's store. Reads who the store is, counts what every mailbox holds, and notes that it
 * was opened once more. Positions of the n-th opening are above n · 2^32, so that a position is never given twice, even
 * when the disk lost the last commits: a device's cursor would pass over the second.
 */
import { toString } from 'uint8arrays/to-string'
import { StoreDamagedError } from '../errors.ts'
import { count, EMPTY_MAILBOX, type Mailbox } from './mailbox.core.ts'
import { Damage } from './damage.ts'
import { read, readSteps, type Database, type StepBounds } from './database.ts'
import { STORE_DEFAULTS, type StoreInit } from './defaults.ts'
import { DatabaseEnvelopes } from './envelopes.ts'
import {
  collectionRange, decodeCollectionKey, decodeEntry, decodeNumber, encodeNumber, indexRange, mailboxOfKey, metaKey, seal, unseal
} from './layout.ts'
import { MetIds } from './met-ids.ts'
import { DatabaseShelf } from './shelf.ts'
import { StoreWriter } from './writer.ts'
import type { StoreFailedError } from '../errors.ts'
import type { Clock, EnvelopeStore, Random, Shelf } from '../ports.ts'
import type { Bytes, MailboxId, StoreId } from '../types.ts'
import type { ComponentLogger } from '@libp2p/interface'

const STORE_ID_BYTES = 16
const POSITIONS_PER_OPENING = 2 ** 32

export interface StoreComponents { clock: Clock, random: Random, logger: ComponentLogger }

/** Everything that a node keeps on its disk. */
export interface NodeStore {
  readonly envelopes: EnvelopeStore
  /** Set at the first write that the disk refused: nothing is acknowledged any more, reads go on. */
  readonly failure: StoreFailedError | undefined
  /** How often a stored value failed its checksum since the store was opened. */
  readonly damageMet: number
  /** A small map of its own under that name. */
  shelf: (name: string) => Shelf
  /** Finishes what waits, then closes; also `envelopes.close`. */
  close: () => Promise<void>
}

/** Takes an open database over, its closing included. Rejects with StoreDamagedError or StoreFailedError. */
export async function openStore (database: Database, { clock, random, logger }: StoreComponents, init: Partial<StoreInit> = {}): Promise<NodeStore> {
  const limits = { ...STORE_DEFAULTS, ...init }
  const log = logger.forComponent('posthouse:store')
  const damage = new Damage(log)
  const steps = { entries: limits.scanEntries, bytes: limits.scanBytes }
  const known = await readMeta(database, 'store-id')
  if (known === undefined && !await isEmpty(database)) throw new StoreDamagedError('the store does not say which store it is')
  const storeId = known ?? random.bytes(STORE_ID_BYTES) as Bytes
  const metIds = new MetIds(limits.metIdsLayers)
  const { mailboxes, lastPosition } = await countMailboxes(database, steps, { damage, metIds })
  const opening = await nextOpening(database, lastPosition)
  const batch = database.batch()
  batch.put(metaKey('store-id'), seal(storeId))
  batch.put(metaKey('opening'), seal(encodeNumber(opening)))
  await batch.write({ sync: true })

  const writer = new StoreWriter({ database, clock, log, limits, damage, metIds, mailboxes, positionBase: opening * POSITIONS_PER_OPENING })
  const close = async (): Promise<void> => {
    await writer.end()
    await envelopes.settled()
    await database.close()
  }
  const envelopes = new DatabaseEnvelopes({ storeId: toString(storeId, 'base16') as StoreId, database, writer, clock, log, damage, limits, close })
  return {
    envelopes,
    get failure () { return writer.failure },
    get damageMet () { return damage.met },
    shelf: name => new DatabaseShelf(name, { database, writer, damage, steps }),
    close
  }
}

/** Also notes every id that the index knows. */
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

/** Above every opening that the store has a trace of. */
async function nextOpening (database: Database, lastPosition: number): Promise<number> {
  const noted = await readMeta(database, 'opening')
  return Math.max(noted === undefined ? 0 : decodeNumber(noted) ?? 0, Math.floor(lastPosition / POSITIONS_PER_OPENING)) + 1
}

async function readMeta (database: Database, name: Parameters<typeof metaKey>[0]): Promise<Bytes | undefined> {
  const sealed = await read(() => database.get(metaKey(name)))
  if (sealed === undefined) return undefined
  const value = unseal(sealed)
  if (value === undefined) throw new StoreDamagedError(`the store’s ${name} fails its checksum`)
  return value
}

async function isEmpty (database: Database): Promise<boolean> {
  const everything = readSteps(database, { gte: Uint8Array.of(0), lt: Uint8Array.of(0xff) }, { entries: 1, bytes: 1 })
  const { done = false } = await everything.next()
  await everything.return(undefined)
  return done
}
