/**
 * What a mailbox holds, as other replicas ask for it (src/store/inventory.ts, src/store/scrub.ts), of a simulated disk.
 * Reading is at once, as everywhere in a simulated store; what is let go of goes through commits.
 */
import { createHash } from 'node:crypto'
import { collectionKey, envelopeKey, indexKey, readIntact, TABLE, type CollectionCell, type IndexCell } from './disk-tables.ts'
import type { Disk } from '../world/disk.ts'
import type { Opened } from './disk-opening.ts'
import type { IndexedId, StoreWork } from './disk-work.ts'
import type { IndexEntry, KeptCollection, KeptEntry, Mailbox } from '../../src/store/mailbox.core.ts'
import type { MailboxDigest, StoredEnvelope } from '../../src/ports.ts'
import type { Collection, EnvelopeId, MailboxId } from '../../src/types.ts'

export interface DiskInventoryInit {
  disk: Disk
  opened: Opened
  mailbox: (id: MailboxId) => Readonly<Mailbox>
  submit: (work: StoreWork) => void
}

const FINGERPRINT_HEX_DIGITS = 32

interface Kept { id: EnvelopeId, entry: KeptEntry }

/** Of one opened store. */
export class DiskInventory {
  readonly #init: DiskInventoryInit
  /** By what is counted of the mailbox, which is another object after each commit that changed it. */
  readonly #digests = new WeakMap<Readonly<Mailbox>, MailboxDigest>()
  /** By the list of those that are kept, which is another after each change. */
  readonly #collections = new WeakMap<readonly KeptCollection[], readonly Collection[]>()
  #damageMet = 0

  constructor (init: DiskInventoryInit) { this.#init = init }

  /** How often a value was found damaged since the store was opened. */
  get damageMet (): number { return this.#damageMet }

  digest (mailbox: MailboxId): MailboxDigest {
    const counted = this.#init.mailbox(mailbox)
    if (counted.envelopes === 0) return EMPTY_DIGEST
    const known = this.#digests.get(counted)
    if (known !== undefined) return known
    const digest = digestOf(this.#kept(mailbox))
    this.#digests.set(counted, digest)
    return digest
  }

  /** Those that are kept to be passed on, the first to run out in front. */
  collections (mailbox: MailboxId): readonly Collection[] {
    const { disk, opened } = this.#init
    const kept = opened.collections.of(mailbox)
    const known = disk.wasDamaged(TABLE.collections) ? undefined : this.#collections.get(kept)
    if (known !== undefined) return known
    const collections: Collection[] = []
    for (const each of kept) {
      const cell = readIntact<CollectionCell>(disk, TABLE.collections, collectionKey(each))
      if (cell !== undefined) collections.push(cell.collection)
    }
    this.#collections.set(kept, collections)
    return collections
  }

  ids (mailbox: MailboxId, most: number, after?: EnvelopeId): { ids: EnvelopeId[], last: boolean } {
    const all = this.#kept(mailbox).map(({ id }) => id)
    const rest = after === undefined ? all : all.filter(id => id > after)
    return { ids: rest.slice(0, most), last: rest.length <= most }
  }

  missing (mailbox: MailboxId, ids: readonly EnvelopeId[]): EnvelopeId[] {
    return ids.filter(id => {
      const entry = this.#entry(mailbox, id)
      return entry === undefined || entry.type === 'awaited'
    })
  }

  /** done: when what is damaged has been let go of, or could not be. */
  read (mailbox: MailboxId, ids: readonly EnvelopeId[], done: () => void = () => {}): StoredEnvelope[] {
    const intact: StoredEnvelope[] = []
    const damaged: EnvelopeId[] = []
    for (const id of ids) {
      const entry = this.#entry(mailbox, id)
      if (entry?.type !== 'kept') continue
      const stored = this.#stored(mailbox, { id, entry })
      if (stored === undefined) damaged.push(id)
      else intact.push(stored)
    }
    this.#discard(damaged.map(id => ({ mailbox, id })), done)
    return intact
  }

  /** done: how many were here; undefined when the disk refused. */
  release (mailbox: MailboxId, ids: readonly EnvelopeId[], done: (released: number | undefined) => void): void {
    let gone = 0
    this.#init.submit({
      bytes: 0,
      leaves: 0,
      lookUps: ids.map(id => ({ mailbox, id })),
      reason: 'released',
      decide: plan => { gone = plan.release(mailbox, ids) },
      done: failure => { done(failure === undefined ? gone : undefined) }
    })
  }

  /** done: undefined when the disk refused. */
  scrub (done: (found: { checked: number, damaged: number } | undefined) => void): void {
    const { disk } = this.#init
    // Both tables change in one batch: where nothing was ever damaged they fit, and a machine that comes back fifty times a day need not look.
    if (!disk.wasDamaged(TABLE.index) && !disk.wasDamaged(TABLE.envelopes)) return done({ checked: disk.size(TABLE.envelopes), damaged: 0 })
    const damaged: IndexedId[] = []
    let checked = 0
    for (const [, value, isDamaged] of disk.entries(TABLE.index)) {
      const { mailbox, id, entry } = value as IndexCell
      if (isDamaged) damaged.push({ mailbox, id })
      else if (entry.type === 'kept') {
        checked++
        if (this.#stored(mailbox, { id, entry }) === undefined) damaged.push({ mailbox, id })
      }
    }
    this.#discard(damaged, failure => {
      if (failure !== undefined) return done(undefined)
      this.#gatherStrays(ruined => { done(ruined === undefined ? undefined : { checked, damaged: damaged.length + ruined }) })
    })
  }

  #gatherStrays (done: (ruined: number | undefined) => void): void {
    const { disk, submit } = this.#init
    const strays: StoredEnvelope[] = []
    const ruined: Array<{ mailbox: MailboxId, position: number }> = []
    for (const [, value, isDamaged] of disk.entries(TABLE.envelopes)) {
      const { position, envelope } = value as StoredEnvelope
      const entry = this.#entry(envelope.mailbox, envelope.id)
      if (entry?.type === 'kept' && entry.position === position) continue
      if (isDamaged) ruined.push({ mailbox: envelope.mailbox, position })
      else strays.push({ position, envelope })
    }
    if (strays.length === 0 && ruined.length === 0) return done(0)
    submit({
      bytes: 0,
      leaves: 0,
      lookUps: strays.map(({ envelope }) => envelope),
      decide: plan => {
        for (const stray of strays) plan.reindex(stray)
        for (const { mailbox, position } of ruined) plan.drop(mailbox, position)
      },
      done: failure => { done(failure === undefined ? ruined.length : undefined) }
    })
  }

  #discard (damaged: IndexedId[], done: (failure: Error | undefined) => void): void {
    if (damaged.length === 0) return done(undefined)
    this.#damageMet += damaged.length
    this.#init.submit({
      bytes: 0,
      leaves: 0,
      lookUps: damaged,
      promises: true,
      decide: plan => { for (const { mailbox, id } of damaged) plan.discard(mailbox, [id]) },
      done
    })
  }

  /** In the order of ids: what the index names of the envelopes that stand there. */
  #kept (mailbox: MailboxId): Kept[] {
    const { disk, opened } = this.#init
    const kept: Kept[] = []
    for (const position of opened.positions.after(mailbox, 0)) {
      const read = disk.read(TABLE.envelopes, envelopeKey(mailbox, position))
      if (!read.found) continue
      // A real index is read by itself; here it is found by what stands at a position, damaged or not.
      const { id } = (read.value as StoredEnvelope).envelope
      const entry = this.#entry(mailbox, id)
      if (entry?.type === 'kept' && entry.position === position) kept.push({ id, entry })
    }
    return kept.sort((a, b) => a.id < b.id ? -1 : 1)
  }

  #entry (mailbox: MailboxId, id: EnvelopeId): IndexEntry | undefined {
    return readIntact<IndexCell>(this.#init.disk, TABLE.index, indexKey(mailbox, id))?.entry
  }

  #stored (mailbox: MailboxId, { id, entry }: Kept): StoredEnvelope | undefined {
    const stored = readIntact<StoredEnvelope>(this.#init.disk, TABLE.envelopes, envelopeKey(mailbox, entry.position))
    return stored?.envelope.id === id ? stored : undefined
  }
}

/** As src/store/digest.ts, but of names: ids here are no bytes. */
function digestOf (kept: Kept[]): MailboxDigest {
  const hash = createHash('sha256').update(kept.map(({ id, entry }) => `${id} ${[...entry.collectedBy].sort().join(' ')}\n`).join(''))
  return { envelopes: kept.length, fingerprint: hash.digest('hex').slice(0, FINGERPRINT_HEX_DIGITS) }
}

/** Of a mailbox that holds nothing. */
export const EMPTY_DIGEST: MailboxDigest = Object.freeze(digestOf([]))
