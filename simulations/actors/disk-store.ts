/**
 * The honest store of a simulated node: the shipped decisions (src/store/core.ts) over a simulated disk. What a commit
 * takes in, how it is decided and when it counts is as in src/store/{writer,envelopes,retention,node-store}.ts: one
 * synced write a commit, the counts of a mailbox change when it is there, reading goes on beside it.
 */
import { CommitPlan, type Found, type StoreEffect } from '../../src/store/core.ts'
import { EMPTY_MAILBOX, partlyCollectedBytes, type IndexEntry, type KeptCollection, type Mailbox } from '../../src/store/mailbox.core.ts'
import { STORE_DEFAULTS, type StoreInit } from '../../src/store/defaults.ts'
import { REFUSAL } from '../../src/types.ts'
import { toHex } from '../../src/wire/hex.ts'
import { DiskCommits } from './disk-commits.ts'
import { DiskInventory } from './disk-inventory.ts'
import { DiskRetention } from './disk-retention.ts'
import { SettledCollections } from './disk-settled.ts'
import { openTables, type Opened } from './disk-opening.ts'
import { collectionKey, collectionWrite, deletion, envelopeKey, envelopeWrite, indexKey, indexWrite, metaWrite, readIntact, storedBytes, TABLE, type IndexCell } from './disk-tables.ts'
import { storeIdOf } from './values.ts'
import type { StoreWork } from './disk-work.ts'
import type { OpenStore, StoreParts, StorePerformer, Written } from './store-performer.ts'
import type { DropReason } from '../checks/witness.ts'
import type { DiskWrite } from '../world/disk.ts'
import type { Admission, Appended, AppendOutcome, Commit, MailboxDigest, MailboxUsage, Page, StoredEnvelope } from '../../src/ports.ts'
import type { Bytes, Collection, Envelope, EnvelopeId, MailboxId, Millis, PeerKey, StoreId } from '../../src/types.ts'

/** For auditors. */
export { isOnDisk } from './disk-tables.ts'

const STORE_ID_BYTES = 16
const POSITIONS_PER_OPENING = 2 ** 32

interface Dropped { cell: StoredEnvelope, reason: DropReason }
/** What a commit changes besides its writes, once they are there. */
interface Consequences { dropped: Dropped[], collections: KeptCollection[] }

/** As a node opens it at each start. */
export const openDiskStore: OpenStore = parts => new DiskStore(parts)

/** Made by `openDiskStore`; tests give it other bounds. */
export class DiskStore implements StorePerformer {
  readonly storeId: StoreId
  readonly #parts: StoreParts
  readonly #limits: StoreInit
  readonly #commits: DiskCommits<StoreWork>
  readonly #retention: DiskRetention
  readonly #inventory: DiskInventory
  readonly #opened: Opened
  readonly #settled: SettledCollections
  #positionBase = 0
  /** Tells apart collections of one size that run out in the same second. */
  #lastCollection: number

  constructor (parts: StoreParts, limits: Partial<StoreInit> = {}) {
    const { disk, world, chance } = this.#parts = parts
    this.#limits = { ...STORE_DEFAULTS, ...limits }
    this.storeId = readIntact<StoreId>(disk, TABLE.meta, 'store-id') ?? storeIdOf(toHex(chance.bytes(STORE_ID_BYTES) as Bytes))
    this.#opened = openTables(disk)
    this.#settled = new SettledCollections(disk)
    this.#commits = new DiskCommits({
      world,
      disk,
      limits: this.#limits,
      perform: (works, done) => { this.#commit(works, done) },
      reopened: () => {
        Object.assign(this.#opened, openTables(disk))
        this.#settled.forget()
        this.#begin()
      }
    })
    this.#retention = new DiskRetention({ disk, limits: this.#limits, opened: this.#opened, mailbox: id => this.#mailbox(id), submit: work => { this.submit(work) } })
    this.#inventory = new DiskInventory({ disk, opened: this.#opened, mailbox: id => this.#mailbox(id), submit: work => { this.submit(work) } })
    this.#begin()
    this.#lastCollection = this.#positionBase
  }

  /** Positions of this opening are above all before; its first commit is what all others wait for. */
  #begin (): void {
    const noted = readIntact<number>(this.#parts.disk, TABLE.meta, 'opening') ?? 0
    const opening = Math.max(noted, Math.floor(this.#opened.lastPosition / POSITIONS_PER_OPENING)) + 1
    this.#positionBase = opening * POSITIONS_PER_OPENING
    this.submit({ bytes: 0, leaves: 0, lookUps: [], writes: [metaWrite('store-id', this.storeId), metaWrite('opening', opening)], done: () => {} })
  }

  get queuedBytes (): number { return this.#commits.queuedBytes }
  get failure (): Error | undefined { return this.#commits.failure }

  submit (work: StoreWork): void { this.#commits.submit(work) }

  append (envelopes: Envelope[], done: (written: Written | undefined) => void): void {
    this.appended(envelopes, (_, appended) => { done(appended === undefined ? undefined : { outcomes: appended.outcomes, time: appended.commit.time }) })
  }

  /** As `append`, with all that the port tells. */
  appended (envelopes: Envelope[], done: (failure: Error | undefined, appended?: Appended) => void, admissions?: readonly Admission[]): void {
    let bytes = 0
    for (const envelope of envelopes) bytes += envelope.bytes.byteLength
    const { world } = this.#parts
    if (this.failure === undefined && !this.#commits.hasRoom(bytes)) {
      world.after(0, () => { done(undefined, this.#busy(envelopes)) })
      return
    }
    let decided: { firstLeaf: number, outcomes: AppendOutcome[] } = { firstLeaf: 0, outcomes: [] }
    let commit: Commit = { time: 0, leaves: [] }
    this.submit({
      bytes,
      leaves: envelopes.length,
      lookUps: envelopes,
      promises: true,
      decide: (plan, into) => {
        decided = plan.append(envelopes, admissions)
        commit = into
      },
      done: failure => {
        if (failure !== undefined) return done(failure)
        // A late copy of what one device has collected already counts under the second quota.
        for (const { mailbox } of envelopes) this.#retention.makeRoom(mailbox)
        done(undefined, { commit, ...decided })
      }
    })
  }

  #busy (envelopes: Envelope[]): Appended {
    const refusal = { code: REFUSAL.busy, retryAfterSeconds: this.#limits.busyRetrySeconds }
    return { commit: { time: this.#parts.world.now(), leaves: [] }, firstLeaf: 0, outcomes: envelopes.map(() => ({ type: 'refused', refusal })) }
  }

  page (mailbox: MailboxId, after: number, maxBytes: number, forDevice?: PeerKey): Page {
    const { disk } = this.#parts
    const page: Page = { envelopes: [], position: after, last: false, damaged: [] }
    const through = this.lastPosition(mailbox)
    const hides = forDevice !== undefined && partlyCollectedBytes(this.#mailbox(mailbox)) > 0
    let bytes = 0
    for (const position of this.#opened.positions.after(mailbox, after)) {
      const stored = readIntact<StoredEnvelope>(disk, TABLE.envelopes, envelopeKey(mailbox, position))
      if (stored === undefined) {
        page.damaged.push(position)
        continue
      }
      if (!hides || !this.#hasCollected(forDevice, stored.envelope)) {
        bytes += storedBytes(stored.envelope)
        if (bytes > maxBytes && page.envelopes.length > 0) return page
        page.envelopes.push(stored)
      }
      page.position = position
    }
    return { ...page, position: Math.max(page.position, through), last: true }
  }

  collect (collection: Collection, devices: PeerKey[], done: (taken: boolean) => void): void {
    this.collected(collection, devices, failure => { done(failure === undefined) })
  }

  /** As `collect`, with the reason when it was not taken. */
  collected (collection: Collection, devices: PeerKey[], done: (failure: Error | undefined) => void): void {
    const { mailbox, bytes } = collection
    this.submit({
      bytes: bytes.byteLength,
      leaves: 0,
      lookUps: [],
      reason: 'collected',
      collect: { collection, devices },
      done: failure => {
        if (failure === undefined) this.#retention.makeRoom(mailbox, () => { done(undefined) })
        else done(failure)
      }
    })
  }

  /** Those that are kept to be passed on, the first to run out in front. */
  collections (mailbox: MailboxId): Bytes[] { return this.collectionsOf(mailbox).map(({ bytes }) => bytes) }

  collectionsOf (mailbox: MailboxId): readonly Collection[] { return this.#inventory.collections(mailbox) }

  sweep (now: Millis, done: (gone: number) => void = () => {}): void { this.#retention.sweep(now, done) }

  usage (mailbox: MailboxId): MailboxUsage {
    const { envelopes, bytes, uncollectedBytes } = this.#mailbox(mailbox)
    return { envelopes, bytes, uncollectedBytes }
  }

  lastPosition (mailbox: MailboxId): number { return Math.max(this.#mailbox(mailbox).lastPosition, this.#positionBase) }

  digest (mailbox: MailboxId): MailboxDigest { return this.#inventory.digest(mailbox) }

  ids (mailbox: MailboxId, most: number, after?: EnvelopeId): { ids: EnvelopeId[], last: boolean } { return this.#inventory.ids(mailbox, most, after) }

  missing (mailbox: MailboxId, ids: EnvelopeId[]): EnvelopeId[] { return this.#inventory.missing(mailbox, ids) }

  /** done: when what is damaged has been let go of. */
  read (mailbox: MailboxId, ids: EnvelopeId[], done?: () => void): StoredEnvelope[] { return this.#inventory.read(mailbox, ids, done) }

  release (mailbox: MailboxId, ids: EnvelopeId[], done: (released: number | undefined) => void): void { this.#inventory.release(mailbox, ids, done) }

  scrub (done: (found: { checked: number, damaged: number } | undefined) => void): void { this.#inventory.scrub(done) }

  #mailbox (id: MailboxId): Readonly<Mailbox> { return this.#opened.mailboxes.get(id) ?? EMPTY_MAILBOX }

  #hasCollected (device: PeerKey, { mailbox, id }: Envelope): boolean {
    const entry = this.#entry(mailbox, id)
    return entry?.type === 'kept' && entry.collectedBy.includes(device)
  }

  #entry (mailbox: MailboxId, id: EnvelopeId): IndexEntry | undefined {
    return readIntact<IndexCell>(this.#parts.disk, TABLE.index, indexKey(mailbox, id))?.entry
  }

  #commit (works: StoreWork[], done: (failure: string | undefined) => void): void {
    const { world, disk } = this.#parts
    const plan = new CommitPlan({ now: world.now(), positionBase: this.#positionBase, mailboxes: this.#opened.mailboxes, limits: this.#limits })
    const commit: Commit = { time: world.now(), leaves: plan.leaves }
    const writes: DiskWrite[] = []
    const consequences: Consequences = { dropped: [], collections: [] }
    const news = this.#settled.news(works)
    const known = new Set<Collection>()
    for (const { lookUps, promises, collect } of news) {
      for (const { mailbox, id } of lookUps) this.#lookUp(plan, mailbox, id, promises === true)
      if (collect !== undefined && this.#lookUpAll(plan, collect.collection)) known.add(collect.collection)
    }
    for (const { collect, decide, reason, writes: own } of news) {
      const from = plan.effects.length
      if (collect !== undefined) plan.collect(collect.collection, collect.devices)
      decide?.(plan, commit)
      if (collect !== undefined && plan.effects.length > from) known.delete(collect.collection)
      for (let at = from; at < plan.effects.length; at++) this.#perform(plan.effects[at] as StoreEffect, writes, reason, consequences)
      if (own !== undefined) writes.push(...own)
    }
    const finish = (failure?: string): void => {
      if (failure !== undefined) return done(failure)
      commit.time = world.now()
      this.#count(plan, consequences)
      this.#settled.add(known, works)
      done(undefined)
    }
    if (writes.length === 0) world.after(0, finish)
    else disk.write(writes, { sync: true }, finish)
  }

  /** Whether all of it is known. */
  #lookUpAll (plan: CommitPlan, { mailbox, ids }: Collection): boolean {
    let known = 0
    for (const id of ids) if (this.#lookUp(plan, mailbox, id, false)) known++
    return known === ids.length
  }

  #lookUp (plan: CommitPlan, mailbox: MailboxId, id: EnvelopeId, promises: boolean): boolean {
    const entry = this.#entry(mailbox, id)
    if (entry !== undefined) plan.found(mailbox, id, this.#found(mailbox, id, entry, promises))
    return entry !== undefined
  }

  #found (mailbox: MailboxId, id: EnvelopeId, entry: IndexEntry, promises: boolean): Found {
    if (!promises || entry.type !== 'kept') return { entry, intact: true }
    const stored = readIntact<StoredEnvelope>(this.#parts.disk, TABLE.envelopes, envelopeKey(mailbox, entry.position))
    return { entry, intact: stored?.envelope.id === id }
  }

  #perform (effect: StoreEffect, writes: DiskWrite[], reason: DropReason | undefined, { dropped, collections }: Consequences): void {
    switch (effect.type) {
      case 'keepEnvelope': writes.push(envelopeWrite({ position: effect.position, envelope: effect.envelope })); break
      case 'dropEnvelope': {
        const key = envelopeKey(effect.mailbox, effect.position)
        const read = this.#parts.disk.read(TABLE.envelopes, key)
        if (read.found && reason !== undefined) dropped.push({ cell: read.value as StoredEnvelope, reason })
        writes.push(deletion(TABLE.envelopes, key))
        break
      }
      case 'writeEntry': writes.push(indexWrite({ mailbox: effect.mailbox, id: effect.id, entry: effect.entry })); break
      case 'forgetEntry': writes.push(deletion(TABLE.index, indexKey(effect.mailbox, effect.id))); break
      case 'keepCollection': {
        const { collection, forgetAt } = effect
        const kept = { mailbox: collection.mailbox, forgetAt, bytes: collection.bytes.byteLength, checksum: ++this.#lastCollection }
        writes.push(collectionWrite({ kept, collection }))
        collections.push(kept)
        break
      }
      case 'forgetCollection': writes.push(deletion(TABLE.collections, collectionKey(effect.kept))); break
    }
  }

  /** It is on the disk: now it counts, and what is gone is told. */
  #count (plan: CommitPlan, { dropped, collections }: Consequences): void {
    const { mailboxes, positions } = this.#opened
    for (const [id, mailbox] of plan.drafts()) mailboxes.set(id, mailbox)
    for (const kept of collections) this.#opened.collections.add(kept)
    for (const effect of plan.effects) {
      switch (effect.type) {
        case 'keepEnvelope': positions.add(effect.envelope.mailbox, effect.position); break
        case 'dropEnvelope': positions.remove(effect.mailbox, effect.position); break
        case 'writeEntry': this.#retention.note(effect.entry); break
        case 'keepCollection': this.#retention.noteCollection(effect.forgetAt); break
        case 'forgetCollection': this.#opened.collections.remove(effect.kept); break
        case 'forgetEntry':
      }
    }
    const { node, world, witness } = this.#parts
    for (const { cell: { envelope }, reason } of dropped) {
      witness.dropped({ at: world.now(), node, mailbox: envelope.mailbox, envelope: envelope.id, expiry: envelope.expiry * 1000, reason })
    }
  }
}
