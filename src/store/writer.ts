/**
 * The only one who writes. It takes the works of one commit, looks up what the index knows of their ids, lets the plan
 * decide (core.ts) and writes all of it in one atomic batch with one fsync. The counts of a mailbox change when the
 * batch is on disk, so that nobody sees a position that a crash could take back.
 */
import { CommitPlan, type Found, type StoreEffect } from './core.ts'
import { EMPTY_MAILBOX, partlyCollectedBytes, type IndexEntry, type Mailbox } from './mailbox.core.ts'
import { GroupCommit, type Weighed } from './group-commit.ts'
import {
  collectionKey, decodeEntry, decodeEnvelope, encodeEntry, encodeEnvelope, envelopeKey, indexKey, placeCollection, seal
} from './layout.ts'
import { LIMITS } from '../wire/limits.ts'
import type { Batch, Database } from './database.ts'
import type { Damage } from './damage.ts'
import type { MetIds } from './met-ids.ts'
import type { Opening } from './opening.ts'
import type { StoreInit } from './defaults.ts'
import type { StoreFailedError } from '../errors.ts'
import type { Clock, Commit } from '../ports.ts'
import type { Bytes, EnvelopeId, MailboxId } from '../types.ts'

/** Names an envelope in the index. */
export interface IndexedId { mailbox: MailboxId, id: EnvelopeId }

/** A caller's part of a commit. */
export interface Work extends Weighed {
  /** What the plan must know before it decides. */
  lookUps: readonly IndexedId[]
  /** Ids that are known may be promised again: their bytes are to be read. */
  promises?: boolean
  decide?: (plan: CommitPlan) => void
  /** Puts into the batch what is not the plan's. */
  fill?: (batch: Batch) => void
}

export interface WriterInit {
  database: Database
  clock: Clock
  limits: StoreInit
  opening: Counts
  damage: Damage
  /** Holds every key of the index. */
  metIds: MetIds
  /** The disk refused a write; nothing is taken until `resume`. */
  onFailure: (failure: StoreFailedError) => void
}

/** What an opening read: what is there, and where the positions of this opening begin. */
type Counts = Pick<Opening, 'mailboxes' | 'positionBase'>

export class StoreWriter {
  readonly #init: WriterInit
  readonly #commits: GroupCommit<Work, Commit>
  #counts: Counts

  constructor (init: WriterInit) {
    this.#init = init
    this.#counts = init.opening
    this.#commits = new GroupCommit(async works => await this.#commit(works), { ...init.limits, commitLeaves: LIMITS.commitLeaves }, init.onFailure)
  }

  /** Takes writes again, by what the database holds that was opened anew. */
  resume (opening: Counts): void {
    this.#counts = opening
    this.#commits.resume()
  }

  get queuedBytes (): number { return this.#commits.queuedBytes }
  get failure (): StoreFailedError | undefined { return this.#commits.failure }

  hasRoom (bytes: number): boolean {
    return this.#commits.hasRoom(bytes)
  }

  /** Resolves when it is durable; see GroupCommit. */
  async submit (work: Work): Promise<Commit> {
    return await this.#commits.submit(work)
  }

  mailbox (id: MailboxId): Readonly<Mailbox> {
    return this.#counts.mailboxes.get(id) ?? EMPTY_MAILBOX
  }

  /** A mailbox's last position; before its first of this opening, the place in front of that. */
  lastPosition (id: MailboxId): number {
    return Math.max(this.mailbox(id).lastPosition, this.#counts.positionBase)
  }

  /** Whether the mailbox has more than a quota that makes room by letting the oldest go. */
  isOverfull (id: MailboxId): boolean {
    const { limits } = this.#init
    const mailbox = this.mailbox(id)
    return partlyCollectedBytes(mailbox) > limits.partlyCollectedBytes || mailbox.collectionBytes > limits.collectionBytes
  }

  async end (): Promise<void> {
    await this.#commits.end()
  }

  async #commit (works: Work[]): Promise<Commit> {
    const { database, clock, limits } = this.#init
    const { mailboxes, positionBase } = this.#counts
    const plan = new CommitPlan({ now: clock.now(), positionBase, mailboxes, limits })
    await this.#lookUp(works, plan)
    for (const { decide } of works) decide?.(plan)

    const batch = database.batch()
    for (const effect of plan.effects) this.#perform(effect, batch)
    for (const { fill } of works) fill?.(batch)
    await (batch.length > 0 ? batch.write({ sync: true }) : batch.close())

    for (const [id, mailbox] of plan.drafts()) mailboxes.set(id, mailbox)
    return { time: clock.now(), leaves: plan.leaves }
  }

  /** Most ids of an append are new, and the index is not asked for those. */
  async #lookUp (works: Work[], plan: CommitPlan): Promise<void> {
    const { database, damage, metIds } = this.#init
    const asked: Array<IndexedId & { promises: boolean, key: Bytes }> = []
    for (const { lookUps, promises = false } of works) {
      for (const { mailbox, id } of lookUps) {
        const key = indexKey(mailbox, id)
        if (metIds.mayKnow(key)) asked.push({ mailbox, id, promises, key })
      }
    }
    if (asked.length === 0) return
    const values = await database.getMany(asked.map(({ key }) => key))
    await Promise.all(asked.map(async ({ mailbox, id, promises }, n) => {
      const value = values[n]
      if (value === undefined) return
      const entry = decodeEntry(value)
      if (entry !== undefined) plan.found(mailbox, id, await this.#found(mailbox, id, entry, promises))
      else damage.meet('the index entry of envelope', id)
    }))
  }

  async #found (mailbox: MailboxId, id: EnvelopeId, entry: IndexEntry, promises: boolean): Promise<Found> {
    if (!promises || entry.type !== 'kept') return { entry, intact: true }
    const value = await this.#init.database.get(envelopeKey(mailbox, entry.position)).catch(() => undefined)
    const intact = value !== undefined && decodeEnvelope(mailbox, value)?.envelope.id === id
    if (!intact) this.#init.damage.meetEnvelope(mailbox, entry.position)
    return { entry, intact }
  }

  #perform (effect: StoreEffect, batch: Batch): void {
    switch (effect.type) {
      case 'keepEnvelope': batch.put(envelopeKey(effect.envelope.mailbox, effect.position), encodeEnvelope(effect)); break
      case 'dropEnvelope': batch.del(envelopeKey(effect.mailbox, effect.position)); break
      case 'writeEntry': {
        const key = indexKey(effect.mailbox, effect.id)
        this.#init.metIds.note(key)
        batch.put(key, encodeEntry(effect.entry))
        break
      }
      case 'forgetEntry': batch.del(indexKey(effect.mailbox, effect.id)); break
      case 'keepCollection': {
        const { mailbox, bytes } = effect.collection
        batch.put(collectionKey(placeCollection(mailbox, effect.forgetAt, bytes)), seal(bytes))
        break
      }
      case 'forgetCollection': batch.del(collectionKey(effect.kept)); break
    }
  }
}
