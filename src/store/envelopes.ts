/**
 * Keeping envelopes: the EnvelopeStore over a database. Every change goes through the writer's commits; pages are read
 * beside them and see whole commits only.
 */
import { partlyCollectedBytes } from './mailbox.core.ts'
import { read, readSteps, type Database } from './database.ts'
import { collectionRange, decodeEntry, decodeEnvelope, envelopesAfter, indexKey, positionOfKey, storedBytes, unseal } from './layout.ts'
import { Inventory } from './inventory.ts'
import { Retention } from './retention.ts'
import { Scrub } from './scrub.ts'
import { REFUSAL, type Bytes, type Collection, type Envelope, type EnvelopeId, type MailboxId, type Millis, type PeerKey, type StoreId } from '../types.ts'
import type { Abortable, Admission, Appended, AppendOutcome, Clock, EnvelopeStore, MailboxDigest, MailboxUsage, Page, StoredEnvelope } from '../ports.ts'
import type { Damage } from './damage.ts'
import type { StoreInit } from './defaults.ts'
import type { StoreWriter } from './writer.ts'
import type { Logger } from '@libp2p/interface'

export interface EnvelopesInit {
  storeId: StoreId
  database: Database
  writer: StoreWriter
  clock: Clock
  damage: Damage
  log: Logger
  limits: StoreInit
  /** Everything could be read. */
  scrubbed: () => Promise<void>
  close: () => Promise<void>
}

export class DatabaseEnvelopes implements EnvelopeStore {
  readonly storeId: StoreId
  readonly close: () => Promise<void>
  readonly #init: EnvelopesInit
  readonly #retention: Retention
  readonly #inventory: Inventory

  constructor (init: EnvelopesInit) {
    this.storeId = init.storeId
    this.close = init.close
    this.#init = init
    this.#retention = new Retention(init)
    this.#inventory = new Inventory(init)
  }

  get queuedBytes (): number {
    return this.#init.writer.queuedBytes
  }

  async append (envelopes: Envelope[], admissions?: readonly Admission[]): Promise<Appended> {
    const { writer } = this.#init
    const bytes = envelopes.reduce((sum, envelope) => sum + envelope.bytes.byteLength, 0)
    if (writer.failure === undefined && !writer.hasRoom(bytes)) return this.#busy(envelopes)
    let decided: { firstLeaf: number, outcomes: AppendOutcome[] } = { firstLeaf: 0, outcomes: [] }
    const commit = await writer.submit({
      bytes,
      leaves: envelopes.length,
      lookUps: envelopes,
      promises: true,
      decide: plan => { decided = plan.append(envelopes, admissions) }
    })
    // A late copy of what one device has collected already counts under the second quota.
    for (const { mailbox } of envelopes) if (writer.isOverfull(mailbox)) void this.#retention.makeRoom(mailbox)
    return { commit, ...decided }
  }

  #busy (envelopes: Envelope[]): Appended {
    const refusal = { code: REFUSAL.busy, retryAfterSeconds: this.#init.limits.busyRetrySeconds }
    return { commit: { time: this.#init.clock.now(), leaves: [] }, firstLeaf: 0, outcomes: envelopes.map(() => ({ type: 'refused', refusal })) }
  }

  async page (mailbox: MailboxId, after: number, maxBytes: number, forDevice?: PeerKey): Promise<Page> {
    const { database, limits } = this.#init
    const page: Page = { envelopes: [], position: after, last: false, damaged: [] }
    // Whatever got a position by now is on the disk, and what comes is above it.
    const through = this.lastPosition(mailbox)
    let bytes = 0
    for await (const step of readSteps(database, envelopesAfter(mailbox, after), { entries: limits.scanEntries, bytes: maxBytes })) {
      const envelopes = this.#decode(mailbox, step, page.damaged)
      const hidden = forDevice === undefined ? undefined : await this.#collectedBy(forDevice, mailbox, envelopes)
      for (const [n, stored] of envelopes.entries()) {
        if (hidden?.[n] !== true) {
          bytes += storedBytes(stored.envelope)
          if (bytes > maxBytes && page.envelopes.length > 0) return page
          page.envelopes.push(stored)
        }
        page.position = stored.position
      }
    }
    return { ...page, position: Math.max(page.position, through), last: true }
  }

  #decode (mailbox: MailboxId, step: Array<[Bytes, Bytes]>, damaged: number[]): StoredEnvelope[] {
    return step.flatMap(([key, value]) => {
      const stored = decodeEnvelope(mailbox, value)
      if (stored !== undefined) return stored
      // All whose places cannot be told count as one.
      const position = positionOfKey(key) ?? 0
      this.#init.damage.meetEnvelope(mailbox, position)
      damaged.push(position)
      return []
    })
  }

  /** Which of them the device has collected; nothing is read for a mailbox without partly collected mail. */
  async #collectedBy (device: PeerKey, mailbox: MailboxId, envelopes: StoredEnvelope[]): Promise<boolean[] | undefined> {
    const { database, writer } = this.#init
    if (partlyCollectedBytes(writer.mailbox(mailbox)) === 0) return undefined
    const values = await read(() => database.getMany(envelopes.map(({ envelope }) => indexKey(mailbox, envelope.id))))
    return values.map(value => {
      const entry = value === undefined ? undefined : decodeEntry(value)
      return entry?.type === 'kept' && entry.collectedBy.includes(device)
    })
  }

  async collect (collection: Collection, devices: PeerKey[]): Promise<void> {
    const { writer } = this.#init
    const { mailbox, ids, bytes } = collection
    await writer.submit({
      bytes: bytes.byteLength,
      leaves: 0,
      lookUps: ids.map(id => ({ mailbox, id })),
      decide: plan => { plan.collect(collection, devices) }
    })
    if (writer.isOverfull(mailbox)) await this.#retention.makeRoom(mailbox)
  }

  async * collections (mailbox: MailboxId): AsyncGenerator<Bytes> {
    const { database, damage, limits } = this.#init
    for await (const step of readSteps(database, collectionRange(mailbox), { entries: limits.scanEntries, bytes: limits.scanBytes })) {
      for (const [, sealed] of step) {
        const bytes = unseal(sealed)
        if (bytes === undefined) damage.meet('a collection of mailbox', mailbox)
        else yield bytes
      }
    }
  }

  async sweep (now: Millis): Promise<number> {
    return await this.#retention.sweep(now)
  }

  usage (mailbox: MailboxId): MailboxUsage {
    const { envelopes, bytes, uncollectedBytes } = this.#init.writer.mailbox(mailbox)
    return { envelopes, bytes, uncollectedBytes }
  }

  async digest (mailbox: MailboxId): Promise<MailboxDigest> {
    return await this.#inventory.digest(mailbox)
  }

  async ids (mailbox: MailboxId, most: number, after?: EnvelopeId): Promise<{ ids: EnvelopeId[], last: boolean }> {
    return await this.#inventory.ids(mailbox, most, after)
  }

  async missing (mailbox: MailboxId, ids: EnvelopeId[]): Promise<EnvelopeId[]> {
    return await this.#inventory.missing(mailbox, ids)
  }

  async read (mailbox: MailboxId, ids: EnvelopeId[]): Promise<StoredEnvelope[]> {
    return await this.#inventory.read(mailbox, ids)
  }

  async release (mailbox: MailboxId, ids: EnvelopeId[]): Promise<number> {
    return await this.#inventory.release(mailbox, ids)
  }

  async scrub (options?: Abortable): Promise<{ checked: number, damaged: number }> {
    const found = await new Scrub({ ...this.#init, inventory: this.#inventory }, options).run()
    this.#init.damage.letGo()
    await this.#init.scrubbed()
    return found
  }

  lastPosition (mailbox: MailboxId): number {
    return this.#init.writer.lastPosition(mailbox)
  }

  /** Resolves when nothing that was started in the background still reads or writes. */
  async settled (): Promise<void> {
    await this.#retention.settled()
  }
}
