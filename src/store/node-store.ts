/**
 * A node's store over an open database: the parts, and what becomes of them when the disk refuses a write. Then nothing
 * is acknowledged until the database could be opened anew (recovery.ts); whoever holds the store notices by its answers
 * only, and by positions that jump, as at every opening.
 */
import { toString } from 'uint8arrays/to-string'
import { StoreDamagedError, type StoreFailedError } from '../errors.ts'
import { Damage } from './damage.ts'
import { DatabaseSlot, type Database } from './database.ts'
import { STORE_DEFAULTS, type StoreInit } from './defaults.ts'
import { DatabaseEnvelopes } from './envelopes.ts'
import { MetIds } from './met-ids.ts'
import { beginOpening, noteClosed, type Opening } from './opening.ts'
import { Recovery, type Medium } from './recovery.ts'
import { DatabaseShelf } from './shelf.ts'
import { StoreWriter } from './writer.ts'
import type { Clock, EnvelopeStore, Random, Shelf } from '../ports.ts'
import type { StoreId } from '../types.ts'
import type { ComponentLogger } from '@libp2p/interface'

export interface StoreComponents { clock: Clock, random: Random, logger: ComponentLogger }

/** Everything that a node keeps on its disk. */
export interface NodeStore {
  readonly envelopes: EnvelopeStore
  /**
   * False when the store was not closed in order before this opening, was closed with damage, or was repaired: what it holds is to be checked
   * (`envelopes.scrub`) and compared with other nodes before it counts.
   */
  readonly wasClean: boolean
  /** Set while the disk refuses writes: nothing is acknowledged, reads go on as far as they can. */
  readonly failure: StoreFailedError | undefined
  /** How often a stored value failed its checksum since the store was opened; an envelope counts once. */
  readonly damageMet: number
  /** A small map of its own under that name. */
  shelf: (name: string) => Shelf
  /** Finishes what waits, then closes; also `envelopes.close`. */
  close: () => Promise<void>
}

/** What is known of a database that is handed over. */
export interface Handover {
  /** What it stands on, when it can be opened anew after a failure. */
  medium?: Medium | undefined
  /** It lost something, or was repaired: it gets a new store id. */
  isRenewed?: boolean
}

/** Takes an open database over, its closing included. Rejects with StoreDamagedError or StoreFailedError. */
export async function openStore (database: Database, { clock, random, logger }: StoreComponents, init: Partial<StoreInit> = {}, { medium, isRenewed = false }: Handover = {}): Promise<NodeStore> {
  const limits = { ...STORE_DEFAULTS, ...init }
  const log = logger.forComponent('posthouse:store')
  const damage = new Damage(log)
  const steps = { entries: limits.scanEntries, bytes: limits.scanBytes }
  const metIds = new MetIds(limits.metIdsLayers)
  const opened = { random, steps, damage, metIds }
  let current: Opening = await beginOpening(database, { ...opened, isRenewed, openingBefore: 0 })
  const { wasClean } = current
  const storeId = toString(current.storeId, 'base16') as StoreId
  if (isRenewed) log.error('the store begins anew under another id with %d envelopes of %d mailboxes; what is missing comes back from its users’ other nodes', ...holdings(current))

  const slot = new DatabaseSlot(database)
  const recovery = medium === undefined
    ? undefined
    : new Recovery({
      clock,
      log,
      limits,
      medium,
      reopened: async next => {
        slot.replace(next)
        const after = await beginOpening(next, { ...opened, isRenewed: false, openingBefore: current.opening })
        if (toString(after.storeId, 'base16') !== storeId) throw new StoreDamagedError('another store is in its place')
        current = after
        writer.resume(after)
      }
    })
  const writer = new StoreWriter({
    database: slot,
    clock,
    limits,
    damage,
    metIds,
    opening: current,
    onFailure: failure => {
      log.error('%s', failure.message)
      recovery?.begin(failure)
    }
  })
  const noteSound = async (): Promise<void> => {
    await medium?.sound().catch((error: Error) => { log.trace('that everything can be read could not be noted: %s', error.message) })
  }
  const close = async (): Promise<void> => {
    await recovery?.stop()
    await writer.end()
    await envelopes.settled()
    // Without the note the next opening checks what it finds; nothing is lost by that but time.
    if (writer.failure === undefined && !damage.stays) await noteClosed(slot, current.opening).then(noteSound, (error: Error) => { log.error('the store’s end could not be noted: %s', error.message) })
    await slot.close()
  }
  const envelopes = new DatabaseEnvelopes({ storeId, database: slot, writer, clock, log, damage, limits, scrubbed: noteSound, close })
  return {
    envelopes,
    wasClean,
    get failure () { return writer.failure },
    get damageMet () { return damage.met },
    shelf: name => new DatabaseShelf(name, { database: slot, writer, damage, steps }),
    close
  }
}

function holdings ({ mailboxes }: Opening): [envelopes: number, mailboxes: number] {
  const counts = [...mailboxes.values()].map(({ envelopes }) => envelopes).filter(envelopes => envelopes > 0)
  return [counts.reduce((sum, envelopes) => sum + envelopes, 0), counts.length]
}
