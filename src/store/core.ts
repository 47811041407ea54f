/**
 * What one commit does, decided before the disk is asked.
 *
 * A commit takes in whatever waited while the one before it was written: envelopes to keep, collections, and ids that a
 * sweep or an eviction found. The service looks up what the index knows of every id involved and tells the plan each
 * event in turn; the plan answers the caller's outcome, gathers effects for one atomic batch, and drafts the usage of
 * each mailbox, which counts only when the batch is on disk.
 */
import { count, EMPTY_MAILBOX, isDue, partlyCollectedBytes, type IndexEntry, type KeptCollection, type KeptEntry, type Mailbox } from './mailbox.core.ts'
import { isOpen } from '../wire/admission.ts'
import { LIMITS } from '../wire/limits.ts'
import { REFUSAL, type Collection, type Envelope, type EnvelopeId, type MailboxId, type Millis, type PeerKey, type RefusalName, type Seconds } from '../types.ts'
import type { Admission, AppendOutcome, StoredEnvelope } from '../ports.ts'
import type { StoreInit } from './defaults.ts'

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

interface Draft { id: MailboxId, mailbox: Mailbox, entries: Map<EnvelopeId, Found | undefined>, isChanged: boolean }

/** Longest life of an envelope that any node can have taken before now. */
const LIFE_SECONDS = (LIMITS.retentionMs + LIMITS.expirySlackMs) / 1000

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

  /** The mailboxes that the commit changes, as they are once it is on disk. */
  * drafts (): Iterable<[MailboxId, Mailbox]> {
    for (const { id, mailbox, isChanged } of this.#drafts.values()) if (isChanged) yield [id, mailbox]
  }

  /** Tells what the index knows of an id; untold means never met. Told twice, the worse counts. */
  found (mailbox: MailboxId, id: EnvelopeId, found: Found): void {
    const { entries } = this.#draft(mailbox)
    if (entries.get(id)?.intact !== false) entries.set(id, found)
  }

  /** admissions: of each envelope; without them all are admitted. */
  append (envelopes: readonly Envelope[], admissions: readonly Admission[] = []): { firstLeaf: number, outcomes: AppendOutcome[] } {
    const firstLeaf = this.leaves.length
    return { firstLeaf, outcomes: envelopes.map((envelope, at) => this.#append(envelope, admissions[at] ?? 'admitted')) }
  }

  #append (envelope: Envelope, admission: Admission): AppendOutcome {
    const { now, limits } = this.#init
    if (envelope.expiry * 1000 <= now) return refused('expired')
    if (envelope.expiry > now / 1000 + LIFE_SECONDS) return refused('expiryTooFar')
    const draft = this.#draft(envelope.mailbox)
    const known = draft.entries.get(envelope.id)
    if (known?.entry.type === 'collected') return refused('collected')
    if (known?.entry.type === 'kept' && known.intact) return this.#stored(envelope, known.entry.position, true)

    const collectedBy = known?.entry.collectedBy ?? []
    const bytes = envelope.bytes.byteLength
    const full = collectedBy.length > 0 ? undefined : fullFor(bytes, admission, draft.mailbox, limits)
    if (full !== undefined) return refused(full, limits.mailboxFullRetrySeconds)
    if (known?.entry.type === 'kept') this.effects.push({ type: 'dropEnvelope', mailbox: draft.id, position: known.entry.position })
    const position = Math.max(draft.mailbox.lastPosition, this.#init.positionBase) + 1
    draft.mailbox.lastPosition = position
    this.effects.push({ type: 'keepEnvelope', position, envelope })
    this.#write(draft, envelope.id, { type: 'kept', position, expiry: envelope.expiry, bytes, isRequest: admission !== 'admitted', collectedBy })
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
      this.#forget(draft, id, entry)
    }
    return gone
  }

  /** Lets go of envelopes that others have taken over, and answers how many were here. They may come again. */
  release (mailbox: MailboxId, ids: readonly EnvelopeId[]): number {
    const draft = this.#draft(mailbox)
    let gone = 0
    for (const id of ids) {
      const entry = draft.entries.get(id)?.entry
      if (entry?.type !== 'kept') continue
      this.#letGo(draft, id, entry)
      gone++
    }
    return gone
  }

  /** Lets go of those whose bytes or index entry are not what they were, so that others can put them back. */
  discard (mailbox: MailboxId, ids: readonly EnvelopeId[]): number {
    const draft = this.#draft(mailbox)
    let gone = 0
    for (const id of ids) {
      const known = draft.entries.get(id)
      // What cannot be read was not found.
      if (known === undefined) this.effects.push({ type: 'forgetEntry', mailbox, id })
      else if (known.entry.type === 'kept' && !known.intact) this.#letGo(draft, id, known.entry)
      else continue
      gone++
    }
    return gone
  }

  /** Enters an intact envelope into the index again that nothing there names; one whose id stands elsewhere, or is past, goes. */
  reindex ({ position, envelope }: StoredEnvelope): void {
    const { id, mailbox, expiry, bytes } = envelope
    const draft = this.#draft(mailbox)
    const entry = draft.entries.get(id)?.entry
    if (entry?.type === 'kept' && entry.position === position) return
    if (entry?.type === 'kept' || entry?.type === 'collected') {
      this.effects.push({ type: 'dropEnvelope', mailbox, position })
      return
    }
    draft.mailbox.lastPosition = Math.max(draft.mailbox.lastPosition, position)
    this.#write(draft, id, { type: 'kept', position, expiry, bytes: bytes.byteLength, isRequest: isOpen(envelope), collectedBy: entry?.collectedBy ?? [] })
  }

  /** Lets bytes go that nothing names and that are not what they were. */
  drop (mailbox: MailboxId, position: number): void {
    this.effects.push({ type: 'dropEnvelope', mailbox, position })
  }

  /** What devices have said of it stands: a copy that comes again is kept for the others only. */
  #letGo (draft: Draft, id: EnvelopeId, entry: KeptEntry): void {
    this.effects.push({ type: 'dropEnvelope', mailbox: draft.id, position: entry.position })
    if (entry.collectedBy.length > 0) this.#write(draft, id, { type: 'awaited', expiry: entry.expiry, collectedBy: entry.collectedBy })
    else this.#forget(draft, id, entry)
  }

  #forget (draft: Draft, id: EnvelopeId, entry: IndexEntry): void {
    this.effects.push({ type: 'forgetEntry', mailbox: draft.id, id })
    draft.entries.delete(id)
    draft.isChanged = true
    count(draft.mailbox, entry, -1)
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
      const draft = this.#draft(one.mailbox)
      draft.mailbox.collectionBytes -= one.bytes
      draft.isChanged = true
    }
  }

  #write (draft: Draft, id: EnvelopeId, entry: IndexEntry): void {
    draft.isChanged = true
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
      draft = { id, mailbox: { ...this.#init.mailboxes.get(id) ?? EMPTY_MAILBOX }, entries: new Map(), isChanged: false }
      this.#drafts.set(id, draft)
    }
    this.#recent = draft
    return draft
  }
}

/** Which quota of the mailbox has no room for so many bytes more. What another replica has promised already is refused by the larger one only. */
function fullFor (bytes: number, admission: Admission, mailbox: Readonly<Mailbox>, limits: StoreInit): 'mailboxFull' | 'requestsFull' | undefined {
  if (mailbox.uncollectedBytes + bytes > limits.uncollectedBytes) return 'mailboxFull'
  return admission === 'request' && mailbox.requestBytes + bytes > limits.requestBytes ? 'requestsFull' : undefined
}

function refused (name: RefusalName, retryAfterSeconds = 0): AppendOutcome {
  return { type: 'refused', refusal: { code: REFUSAL[name], retryAfterSeconds } }
}
