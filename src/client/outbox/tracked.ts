/** The entries of the outbox in memory, found by user and message, by envelope, and texts by their message alone. */
import { addressKey, type Address, type OutboxEntry } from './events.core.ts'
import type { EnvelopeId, MessageId } from '../../types.ts'
import type { StoredOutgoing, StoredSent } from '../store/schemas.ts'
import type { SentStatus } from './status.ts'

/** introducing: what the recipient is told of us by it; empty when nothing, or not known. */
export interface Tracked extends StoredOutgoing { status: SentStatus, introducing: string }

export class TrackedEntries {
  readonly #entries = new Map<string, Tracked>()
  readonly #texts = new Map<MessageId, Tracked>()
  readonly #byEnvelope = new Map<EnvelopeId, Tracked>()
  /** How many users each message is on its way to. */
  readonly #copies = new Map<MessageId, number>()

  get size (): number { return this.#entries.size }
  /** Own messages that are not delivered yet. */
  get texts (): number { return this.#texts.size }

  [Symbol.iterator] (): Iterator<Tracked> { return this.#entries.values() }

  get (address: Address): Tracked | undefined { return this.#entries.get(addressKey(address)) }
  text (id: MessageId): Tracked | undefined { return this.#texts.get(id) }
  of (envelope: EnvelopeId): Tracked | undefined { return this.#byEnvelope.get(envelope) }
  /** Nobody else waits for this message. */
  isGone (id: MessageId): boolean { return !this.#copies.has(id) }

  /** sent: what was last known of a text. */
  add ({ entry, words }: StoredOutgoing, sent: StoredSent | undefined): Tracked {
    const last = sent ?? { to: entry.recipient, state: entry.state, copies: 0, w: entry.route?.w ?? 0, receipts: [] }
    const tracked: Tracked = { entry, words, status: { ...last, id: entry.id, problem: undefined, ended: false }, introducing: '' }
    this.#entries.set(addressKey(entry), tracked)
    this.#copies.set(entry.id, (this.#copies.get(entry.id) ?? 0) + 1)
    if (entry.kind === 'text') this.#texts.set(entry.id, tracked)
    this.update(tracked, entry)
    return tracked
  }

  update (tracked: Tracked, entry: OutboxEntry): void {
    for (const envelope of tracked.entry.envelopes) this.#byEnvelope.delete(envelope)
    for (const envelope of entry.envelopes) this.#byEnvelope.set(envelope, tracked)
    tracked.entry = entry
  }

  remove ({ entry }: Tracked): void {
    if (!this.#entries.delete(addressKey(entry))) return
    const copies = (this.#copies.get(entry.id) ?? 1) - 1
    if (copies > 0) this.#copies.set(entry.id, copies)
    else this.#copies.delete(entry.id)
    if (entry.kind === 'text') this.#texts.delete(entry.id)
    for (const envelope of entry.envelopes) this.#byEnvelope.delete(envelope)
  }
}
