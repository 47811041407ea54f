/**
 * What a mailbox holds, as other replicas ask for it: its digest, its ids, which of theirs it lacks, and the bytes. What
 * turns out damaged is let go of, so that they can put it back.
 *
 * All reading is in bounded steps beside the commits; what changes the store is decided again inside one.
 */
import { EMPTY_DIGEST, Fingerprint } from './digest.ts'
import { read, readSteps, type Database, type StepBounds } from './database.ts'
import { decodeEntry, decodeEnvelope, decodeIndexKey, envelopeKey, indexAfter, indexKey, indexRange } from './layout.ts'
import { isDamage } from './level-errors.ts'
import type { IndexEntry, KeptEntry, Mailbox } from './mailbox.core.ts'
import type { StoreInit } from './defaults.ts'
import type { StoreWriter } from './writer.ts'
import type { MailboxDigest, StoredEnvelope } from '../ports.ts'
import type { Bytes, EnvelopeId, MailboxId } from '../types.ts'

export interface InventoryInit { database: Database, writer: StoreWriter, limits: StoreInit }

/** A kept envelope by its index entry, and its bytes when they are what they were. */
export interface Body { id: EnvelopeId, entry: KeptEntry, stored: StoredEnvelope | undefined }

export class Inventory {
  readonly #init: InventoryInit
  readonly #steps: StepBounds
  /** By what is counted of the mailbox, which is another object after each commit that changed it. */
  readonly #digests = new WeakMap<Readonly<Mailbox>, Promise<MailboxDigest>>()

  constructor (init: InventoryInit) {
    this.#init = init
    this.#steps = { entries: init.limits.scanEntries, bytes: init.limits.scanBytes }
  }

  async digest (mailbox: MailboxId): Promise<MailboxDigest> {
    const counted = this.#init.writer.mailbox(mailbox)
    if (counted.envelopes === 0) return EMPTY_DIGEST
    let digest = this.#digests.get(counted)
    if (digest === undefined) {
      digest = this.#digest(mailbox)
      this.#digests.set(counted, digest)
      digest.catch(() => { this.#digests.delete(counted) })
    }
    return await digest
  }

  async #digest (mailbox: MailboxId): Promise<MailboxDigest> {
    const fingerprint = new Fingerprint()
    for await (const step of readSteps(this.#init.database, indexRange(mailbox), this.#steps)) {
      for (const { id, entry } of keptOf(step)) fingerprint.add(id, entry.collectedBy)
    }
    return fingerprint.digest()
  }

  async ids (mailbox: MailboxId, most: number, after?: EnvelopeId): Promise<{ ids: EnvelopeId[], last: boolean }> {
    const range = after === undefined ? indexRange(mailbox) : indexAfter(mailbox, after)
    const ids: EnvelopeId[] = []
    for await (const step of readSteps(this.#init.database, range, this.#steps)) {
      for (const { id } of keptOf(step)) {
        if (ids.length >= most) return { ids, last: false }
        ids.push(id)
      }
    }
    return { ids, last: true }
  }

  async missing (mailbox: MailboxId, ids: readonly EnvelopeId[]): Promise<EnvelopeId[]> {
    const missing: EnvelopeId[] = []
    for (const step of this.#stepsOf(ids)) {
      const entries = await this.#entries(mailbox, step)
      missing.push(...step.filter((_, n) => entries[n] === undefined || entries[n].type === 'awaited'))
    }
    return missing
  }

  async read (mailbox: MailboxId, ids: readonly EnvelopeId[]): Promise<StoredEnvelope[]> {
    const intact: StoredEnvelope[] = []
    for (const step of this.#stepsOf(ids)) {
      const entries = await this.#entries(mailbox, step)
      const kept = step.flatMap((id, n) => entries[n]?.type === 'kept' ? { id, entry: entries[n] } : [])
      const damaged: EnvelopeId[] = []
      for await (const bodies of this.bodies(mailbox, kept)) {
        for (const { id, stored } of bodies) {
          if (stored === undefined) damaged.push(id)
          else intact.push(stored)
        }
      }
      await this.discard(mailbox, damaged)
    }
    return intact
  }

  async release (mailbox: MailboxId, ids: readonly EnvelopeId[]): Promise<number> {
    let gone = 0
    for (const step of this.#stepsOf(ids)) {
      const lookUps = step.map(id => ({ mailbox, id }))
      await this.#init.writer.submit({ bytes: 0, leaves: 0, lookUps, decide: plan => { gone += plan.release(mailbox, step) } })
    }
    return gone
  }

  /** Looks at these once more, inside a commit, and lets go of those that are damaged. Answers how many. */
  async discard (mailbox: MailboxId, ids: readonly EnvelopeId[]): Promise<number> {
    if (ids.length === 0) return 0
    let gone = 0
    const lookUps = ids.map(id => ({ mailbox, id }))
    await this.#init.writer.submit({ bytes: 0, leaves: 0, lookUps, promises: true, decide: plan => { gone = plan.discard(mailbox, ids) } })
    return gone
  }

  /** The bytes of kept envelopes, as many at a time as a step of reading may hold. */
  async * bodies (mailbox: MailboxId, kept: ReadonlyArray<Pick<Body, 'id' | 'entry'>>): AsyncGenerator<Body[]> {
    for (let from = 0; from < kept.length;) {
      let bytes = 0
      let to = from
      while (to < kept.length && (to === from || bytes + (kept[to]?.entry.bytes ?? 0) <= this.#steps.bytes)) bytes += kept[to++]?.entry.bytes ?? 0
      const step = kept.slice(from, to)
      from = to
      const values = await this.#values(step.map(({ entry }) => envelopeKey(mailbox, entry.position)))
      yield step.map(({ id, entry }, n) => {
        const stored = values[n] === undefined ? undefined : decodeEnvelope(mailbox, values[n])
        return { id, entry, stored: stored?.envelope.id === id ? stored : undefined }
      })
    }
  }

  /** LevelDB fails a whole question for one damaged block; then each value is asked for by itself. */
  async #values (keys: Bytes[]): Promise<Array<Uint8Array | undefined>> {
    const { database } = this.#init
    const values = await read(async () => await database.getMany(keys)).catch(unlessDamaged)
    return values ?? await Promise.all(keys.map(async key => await read(async () => await database.get(key)).catch(unlessDamaged)))
  }

  async #entries (mailbox: MailboxId, ids: readonly EnvelopeId[]): Promise<Array<IndexEntry | undefined>> {
    const values = await read(() => this.#init.database.getMany(ids.map(id => indexKey(mailbox, id))))
    return values.map(value => value === undefined ? undefined : decodeEntry(value))
  }

  * #stepsOf (ids: readonly EnvelopeId[]): Iterable<readonly EnvelopeId[]> {
    for (let at = 0; at < ids.length; at += this.#steps.entries) yield ids.slice(at, at + this.#steps.entries)
  }
}

/** The envelopes that a step of the index names. */
function keptOf (step: Array<[Bytes, Bytes]>): Array<Pick<Body, 'id' | 'entry'>> {
  return step.flatMap(([key, value]) => {
    const entry = decodeEntry(value)
    const name = decodeIndexKey(key)
    return entry?.type === 'kept' && name !== undefined ? { id: name.id, entry } : []
  })
}

/** Only what is damaged counts as missing; a disk that does not answer is an error. */
function unlessDamaged (error: Error): undefined {
  if (isDamage(error)) return undefined
  throw error
}
