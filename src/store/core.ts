/**
 * What one commit does, decided before the disk is asked.
 *
 * A commit takes in whatever waited while the one before it was written: envelopes to keep, collections, and ids that a
 * sweep or an eviction found. The service looks up what the index knows of every id involved and tells the plan each
 * event in turn; the plan answers the caller's outcome, gathers effects for one atomic batch, and drafts the usage of
 * each mailbox, which counts only when the batch is on disk.
 *
 * An id of a mailbox is, here, one of four things:
 *
 *   (nothing)   never met
 *   kept        its bytes are here, at a position; some devices may have collected it already
 *   awaited     never was here, but some devices hold it: a late copy is kept for the others
 *   collected   all devices hold it, or it went by the second quota: a late copy is refused
 */
import { LIMITS } from '../wire/limits.ts'
import { REFUSAL, type Collection, type Envelope, type EnvelopeId, type MailboxId, type Millis, type PeerKey, type RefusalName, type Seconds } from '../types.ts'
import type { AppendOutcome, MailboxUsage } from '../ports.ts'
import type { StoreInit } from './defaults.ts'

/** What the index knows of an id. */
export type IndexEntry =
  | { type: 'kept', position: number, expiry: Seconds, bytes: number, collectedBy: readonly PeerKey[] }
  | { type: 'awaited', expiry: Seconds, collectedBy: readonly PeerKey[] }
  /** wasHere: its envelope was kept here once; such entries are as many as there was mail, the others are bounded. */
  | { type: 'collected', expiry: Seconds, wasHere: boolean }

/** What is counted of a mailbox. */
export interface Mailbox extends MailboxUsage {
  lastPosition: number
  /** Ids that were collected and never were here. */
  rememberedIds: number
  /** Of the collections kept for passing on. */
  collectionBytes: number
}

/** A kept collection: where it stands in its mailbox's order, and its size. */
export interface KeptCollection { mailbox: MailboxId, forgetAt: Seconds, bytes: number, checksum: number }

/** One step of the atomic batch. */
export type StoreEffect =
  | { type: 'keepEnvelope', position: number, envelope: Envelope }
  | { type: 'dropEnvelope', mailbox: MailboxId, position: number }
  | { type: 'writeEntry', mailbox: MailboxId, id: EnvelopeId, entry: IndexEntry }
  | { type: 'forgetEntry', mailbox: MailboxId, id: EnvelopeId }
  | { type: 'keepCollection', collection: Collection, forgetAt: Seconds }
  | { type: 'forgetCollection', kept: KeptCollection }

/** What a plan starts from. */
export interface PlanInit {
  now: Millis
  /** Positions of this opening are above it: they never go back, even when the disk lost the last ones. */
  positionBase: number
  mailboxes: ReadonlyMap<MailboxId, Readonly<Mailbox>>
  limits: StoreInit
}

/** A kept envelope whose bytes are not what they were counts as missing: it is not promised again. */
export interface Found { entry: IndexEntry, intact: boolean }

interface Draft { id: MailboxId, mailbox: Mailbox, entries: Map<EnvelopeId, Found | undefined> }

/** Longest life of an envelope that any node can have taken before now. */
const LIFE_SECONDS = (LIMITS.retentionMs + LIMITS.expirySlackMs) / 1000

/** A mailbox that never held anything. */
export const EMPTY_MAILBOX: Readonly<Mailbox> = Object.freeze({
  envelopes: 0, bytes: 0, uncollectedBytes: 0, lastPosition: 0, rememberedIds: 0, collectionBytes: 0
})

/** Whether the sweep takes it out: mail at expiry + 24 h, what is remembered of it at expiry + 48 h. */
export function isDue (entry: IndexEntry, now: Millis): boolean {
  return entry.expiry * 1000 + (entry.type === 'kept' ? LIMITS.expiryGraceMs : LIMITS.collectedMemoryMs) <= now
}

/** Whether a kept collection has told all whom it could concern. */
export function isCollectionDue (kept: KeptCollection, now: Millis): boolean {
  return kept.forgetAt * 1000 + LIMITS.collectedMemoryMs <= now
}

/** Mail that some, not all devices have collected. */
export function partlyCollectedBytes (mailbox: Readonly<Mailbox>): number {
  return mailbox.bytes - mailbox.uncollectedBytes
}

/** Counts an entry in or, with −1, out. Also used to count a store at its opening. */
export function count (mailbox: Mailbox, entry: IndexEntry, sign: 1 | -1): void {
  if (entry.type === 'kept') {
    mailbox.envelopes += sign
    mailbox.bytes += sign * entry.bytes
    if (entry.collectedBy.length === 0) mailbox.uncollectedBytes += sign * entry.bytes
  } else if (entry.type === 'awaited' || !entry.wasHere) {
    mailbox.rememberedIds += sign
  }
}

export class CommitPlan {
  readonly effects: StoreEffect[] = []
  /** Ids that are on disk after the commit, in the order of the calls. */
  readonly leaves: EnvelopeId[] = []
  readonly #init: PlanInit
  readonly #drafts = new Map<MailboxId, Draft>()
  /** Mail mostly comes in runs for one mailbox. */
  #recent: Draft | undefined

  constructor (init: PlanInit) {
    this.#init = init
  }

  /** The mailboxes that the commit touched, as they are once it is on disk. */
  * drafts (): Iterable<[MailboxId, Mailbox]> {
    for (const { id, mailbox } of this.#drafts.values()) yield [id, mailbox]
  }

  /** Tells what the index knows of an id; untold means never met. Told twice, the worse counts. */
  found (mailbox: MailboxId, id: EnvelopeId, found: Found): void {
    const { entries } = this.#draft(mailbox)
    if (entries.get(id)?.intact !== false) entries.set(id, found)
  }

  append (envelopes: readonly Envelope[]): { firstLeaf: number, outcomes: AppendOutcome[] } {
    const firstLeaf = this.leaves.length
    return { firstLeaf, outcomes: envelopes.map(envelope => this.#append(envelope)) }
  }

  #append (envelope: Envelope): AppendOutcome {
    const { now, limits } = this.#init
    if (envelope.expiry * 1000 <= now) return refused('expired')
    if (envelope.expiry > now / 1000 + LIFE_SECONDS) return refused('expiryTooFar')
    const draft = this.#draft(envelope.mailbox)
    const known = draft.entries.get(envelope.id)
    if (known?.entry.type === 'collected') return refused('collected')
    if (known?.entry.type === 'kept' && known.intact) return this.#stored(envelope, known.entry.position, true)

    const collectedBy = known?.entry.collectedBy ?? []
    const bytes = envelope.bytes.byteLength
    if (collectedBy.length === 0 && draft.mailbox.uncollectedBytes + bytes > limits.uncollectedBytes) {
      return refused('mailboxFull', limits.mailboxFullRetrySeconds)
    }
    if (known?.entry.type === 'kept') this.effects.push({ type: 'dropEnvelope', mailbox: draft.id, position: known.entry.position })
    const position = Math.max(draft.mailbox.lastPosition, this.#init.positionBase) + 1
    draft.mailbox.lastPosition = position
    this.effects.push({ type: 'keepEnvelope', position, envelope })
    this.#write(draft, envelope.id, { type: 'kept', position, expiry: envelope.expiry, bytes, collectedBy })
    return this.#stored(envelope, position, false)
  }

  #stored (envelope: Envelope, position: number, known: boolean): AppendOutcome {
    this.leaves.push(envelope.id)
    return { type: 'stored', position, known }
  }

  /** Marks ids as held by a device, and deletes what all of `devices` hold. */
  collect (collection: Collection, devices: readonly PeerKey[]): void {
    const draft = this.#draft(collection.mailbox)
    let forgetAt = 0
    for (const id of collection.ids) {
      const entry = this.#collected(draft, id, collection.device, devices)
      if (entry === undefined) continue
      this.#write(draft, id, entry)
      forgetAt = Math.max(forgetAt, entry.expiry)
    }
    // A collection that tells nothing new came before, or covers nothing that this store remembers.
    if (forgetAt === 0) return
    this.effects.push({ type: 'keepCollection', collection, forgetAt })
    draft.mailbox.collectionBytes += collection.bytes.byteLength
  }

  /** The entry after one device collected the id, or undefined when nothing changes. */
  #collected ({ mailbox, entries, id: mailboxId }: Draft, id: EnvelopeId, device: PeerKey, devices: readonly PeerKey[]): IndexEntry | undefined {
    const entry = entries.get(id)?.entry
    if (entry?.type === 'collected') return undefined
    if (entry === undefined && mailbox.rememberedIds >= this.#init.limits.rememberedIds) return undefined
    const before = entry?.collectedBy ?? []
    // Marks of devices that the user took out count no more: so an entry has at most one mark a device of the profile.
    const collectedBy = [...before.filter(other => other !== device && devices.includes(other)), device]
    const byAll = devices.every(other => collectedBy.includes(other))
    if (before.includes(device) && !byAll) return undefined
    const expiry = entry?.expiry ?? Math.ceil(this.#init.now / 1000) + LIFE_SECONDS
    if (entry?.type !== 'kept') return byAll ? { type: 'collected', expiry, wasHere: false } : { type: 'awaited', expiry, collectedBy }
    if (!byAll) return { ...entry, collectedBy }
    this.effects.push({ type: 'dropEnvelope', mailbox: mailboxId, position: entry.position })
    return { type: 'collected', expiry, wasHere: true }
  }

  /** Takes out what is due at `now`, and answers how many envelopes went. */
  expire (candidates: ReadonlyArray<{ mailbox: MailboxId, id: EnvelopeId }>, now: Millis): number {
    let gone = 0
    for (const { mailbox, id } of candidates) {
      const draft = this.#draft(mailbox)
      const entry = draft.entries.get(id)?.entry
      if (entry === undefined || !isDue(entry, now)) continue
      if (entry.type === 'kept') {
        this.effects.push({ type: 'dropEnvelope', mailbox, position: entry.position })
        gone++
      }
      this.effects.push({ type: 'forgetEntry', mailbox, id })
      draft.entries.delete(id)
      count(draft.mailbox, entry, -1)
    }
    return gone
  }

  /** Brings partly collected mail under its quota again; the candidates come oldest first. */
  evict (candidates: ReadonlyArray<{ mailbox: MailboxId, id: EnvelopeId }>): void {
    const stop = this.#init.limits.partlyCollectedBytes * this.#init.limits.evictionStop
    for (const { mailbox, id } of candidates) {
      const draft = this.#draft(mailbox)
      const entry = draft.entries.get(id)?.entry
      if (entry?.type !== 'kept' || entry.collectedBy.length === 0 || partlyCollectedBytes(draft.mailbox) <= stop) continue
      this.effects.push({ type: 'dropEnvelope', mailbox, position: entry.position })
      this.#write(draft, id, { type: 'collected', expiry: entry.expiry, wasHere: true })
    }
  }

  /** Lets collections go that have run out or that their quota has no room for. */
  forgetCollections (kept: readonly KeptCollection[]): void {
    for (const one of kept) {
      this.effects.push({ type: 'forgetCollection', kept: one })
      this.#draft(one.mailbox).mailbox.collectionBytes -= one.bytes
    }
  }

  #write (draft: Draft, id: EnvelopeId, entry: IndexEntry): void {
    const before = draft.entries.get(id)
    if (before !== undefined) count(draft.mailbox, before.entry, -1)
    count(draft.mailbox, entry, 1)
    draft.entries.set(id, { entry, intact: true })
    this.effects.push({ type: 'writeEntry', mailbox: draft.id, id, entry })
  }

  #draft (id: MailboxId): Draft {
    if (this.#recent?.id === id) return this.#recent
    let draft = this.#drafts.get(id)
    if (draft === undefined) {
      draft = { id, mailbox: { ...this.#init.mailboxes.get(id) ?? EMPTY_MAILBOX }, entries: new Map() }
      this.#drafts.set(id, draft)
    }
    this.#recent = draft
    return draft
  }
}

function refused (name: RefusalName, retryAfterSeconds = 0): AppendOutcome {
  return { type: 'refused', refusal: { code: REFUSAL[name], retryAfterSeconds } }
}
