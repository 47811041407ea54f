/**
 * What lets go (src/store/retention.ts): the sweep of what has run out, and the room made in a mailbox whose second
 * quotas are full. A sweep that can find nothing reads nothing: simulated nodes are thousands, and mail lives for weeks.
 */
import { isCollectionDue, isDue, partlyCollectedBytes, type IndexEntry, type KeptCollection, type Mailbox } from '../../src/store/mailbox.core.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { indexKey, envelopeKey, readIntact, TABLE, type CollectionCell, type IndexCell } from './disk-tables.ts'
import type { Disk } from '../world/disk.ts'
import type { Opened } from './disk-opening.ts'
import type { IndexedId, StoreWork } from './disk-work.ts'
import type { StoredEnvelope } from '../../src/ports.ts'
import type { StoreInit } from '../../src/store/defaults.ts'
import type { MailboxId, Millis, Seconds } from '../../src/types.ts'

export interface DiskRetentionInit {
  disk: Disk
  limits: StoreInit
  opened: Opened
  mailbox: (id: MailboxId) => Readonly<Mailbox>
  submit: (work: StoreWork) => void
}

/** Of one opened store. */
export class DiskRetention {
  readonly #init: DiskRetentionInit
  /** Mailboxes in which room is being made, and who waits for it. */
  readonly #making = new Map<MailboxId, Array<() => void>>()
  /** Before this nothing of the index can be due, nor any collection. */
  #quietUntil: Millis = 0
  #collectionsQuietUntil: Millis = 0

  constructor (init: DiskRetentionInit) { this.#init = init }

  /** An entry was written. */
  note (entry: IndexEntry): void { this.#quietUntil = Math.min(this.#quietUntil, dueAt(entry)) }

  noteCollection (forgetAt: Seconds): void { this.#collectionsQuietUntil = Math.min(this.#collectionsQuietUntil, forgetAt * 1000 + LIMITS.collectedMemoryMs) }

  /** done: how many envelopes went. */
  sweep (now: Millis, done: (gone: number) => void): void {
    const due: IndexedId[] = []
    if (now >= this.#quietUntil) {
      this.#quietUntil = Infinity
      for (const [, value, damaged] of this.#init.disk.entries(TABLE.index)) {
        if (damaged) continue
        const { mailbox, id, entry } = value as IndexCell
        if (isDue(entry, now)) due.push({ mailbox, id })
        else this.note(entry)
      }
    }
    this.#expire(due, now, 0, gone => {
      this.#forgetDueCollections(now)
      done(gone)
    })
  }

  #expire (due: IndexedId[], now: Millis, goneBefore: number, done: (gone: number) => void): void {
    const { limits, submit } = this.#init
    if (due.length === 0) return done(goneBefore)
    const step = due.slice(0, limits.scanEntries)
    let gone = goneBefore
    submit({
      bytes: 0,
      leaves: 0,
      lookUps: step,
      reason: 'expired',
      decide: plan => { gone += plan.expire(step, now) },
      done: failure => {
        // What was not deleted is looked for again.
        if (failure !== undefined) this.#quietUntil = 0
        else this.#expire(due.slice(limits.scanEntries), now, gone, done)
      }
    })
  }

  #forgetDueCollections (now: Millis): void {
    if (now < this.#collectionsQuietUntil) return
    this.#collectionsQuietUntil = Infinity
    const out: KeptCollection[] = []
    for (const [, value] of this.#init.disk.entries(TABLE.collections)) {
      const { kept } = value as CollectionCell
      if (isCollectionDue(kept, now)) out.push(kept)
      else this.noteCollection(kept.forgetAt)
    }
    this.#forget(out, () => {})
  }

  /** Brings a mailbox under its second quotas again, the oldest out first. */
  makeRoom (mailbox: MailboxId, done: () => void = () => {}): void {
    const { limits } = this.#init
    const { collectionBytes } = this.#init.mailbox(mailbox)
    const partly = partlyCollectedBytes(this.#init.mailbox(mailbox))
    if (partly <= limits.partlyCollectedBytes && collectionBytes <= limits.collectionBytes) return done()
    const making = this.#making.get(mailbox)
    if (making !== undefined) {
      making.push(done)
      return
    }
    const waiting = [done]
    this.#making.set(mailbox, waiting)
    this.#evict(mailbox, partly - limits.partlyCollectedBytes * limits.evictionStop, partly > limits.partlyCollectedBytes, () => {
      const surplus = collectionBytes > limits.collectionBytes ? collectionBytes - limits.collectionBytes * limits.evictionStop : 0
      this.#forget(this.#oldestCollections(mailbox, surplus), () => {
        this.#making.delete(mailbox)
        for (const each of waiting) each()
      })
    })
  }

  #evict (mailbox: MailboxId, surplus: number, isOver: boolean, done: () => void): void {
    if (!isOver) return done()
    const oldest = this.#oldestPartlyCollected(mailbox, surplus)
    this.#init.submit({ bytes: 0, leaves: 0, lookUps: oldest, reason: 'evicted', decide: plan => { plan.evict(oldest) }, done })
  }

  #oldestPartlyCollected (mailbox: MailboxId, surplus: number): IndexedId[] {
    const { disk, opened } = this.#init
    const oldest: IndexedId[] = []
    let left = surplus
    for (const position of opened.positions.after(mailbox, 0)) {
      if (left <= 0) break
      const read = disk.read(TABLE.envelopes, envelopeKey(mailbox, position))
      if (!read.found) continue
      const { id } = (read.value as StoredEnvelope).envelope
      const entry = readIntact<IndexCell>(disk, TABLE.index, indexKey(mailbox, id))?.entry
      if (entry?.type !== 'kept' || entry.collectedBy.length === 0) continue
      oldest.push({ mailbox, id })
      left -= entry.bytes
    }
    return oldest
  }

  #oldestCollections (mailbox: MailboxId, surplus: number): KeptCollection[] {
    if (surplus <= 0) return []
    let left = surplus
    const oldest: KeptCollection[] = []
    for (const kept of this.#init.opened.collections.of(mailbox)) {
      if (left <= 0) break
      oldest.push(kept)
      left -= kept.bytes
    }
    return oldest
  }

  #forget (out: KeptCollection[], done: () => void): void {
    if (out.length === 0) return done()
    this.#init.submit({ bytes: 0, leaves: 0, lookUps: [], decide: plan => { plan.forgetCollections(out) }, done })
  }
}

function dueAt (entry: IndexEntry): Millis {
  return entry.expiry * 1000 + (entry.type === 'kept' ? LIMITS.expiryGraceMs : LIMITS.collectedMemoryMs)
}
