/**
 * What goes out in batches, at most one a second: collections, which tell the nodes what they may delete, and
 * delivered marks, which tell the senders. The first of a quiet time goes at once.
 */
import { LIMITS } from '../../wire/limits.ts'
import type { EnvelopeId, MessageId, Millis, RootKey } from '../../types.ts'
import type { Wake } from '../wake.core.ts'
import type { InboxLimits } from './defaults.ts'

/** What to send now. */
export interface Batch { collect: EnvelopeId[], marks: Array<{ to: RootKey, ids: MessageId[] }> }

/** Ids that wait for their batch. */
export class Batches {
  readonly #toCollect = new Set<EnvelopeId>()
  /** The collection that was sent and not answered: one at a time. isOutdated: a node that can be asked came after it. */
  #collecting: { envelopes: EnvelopeId[], until: Millis, isOutdated: boolean } | undefined
  #collectNotBefore: Millis = 0
  /** After a collection that nobody took. */
  #retryNotBefore: Millis = 0
  readonly #owed = new Map<RootKey, Set<MessageId>>()
  #markNotBefore: Millis = 0

  constructor (private readonly limits: InboxLimits, private readonly wake: Wake) {}

  /** True when nobody is owed anything: no collection waits or is out, no mark waits. */
  get idle (): boolean {
    return this.#toCollect.size === 0 && this.#collecting == null && this.#owed.size === 0
  }

  collect (envelopes: Iterable<EnvelopeId>): void {
    for (const envelope of envelopes) this.#toCollect.add(envelope)
  }

  owe (to: RootKey, id: MessageId): void {
    const ids = this.#owed.get(to) ?? new Set()
    this.#owed.set(to, ids.add(id))
  }

  /** The answer may come late, when they wait to go out again, or are out again with others. */
  collected (envelopes: EnvelopeId[]): void {
    for (const envelope of envelopes) this.#toCollect.delete(envelope)
    if (this.#isOut(envelopes)) this.#collecting = undefined
  }

  /** Back into the queue, for later; for now, when somebody came whom it was not for. What took too long is there already. */
  uncollected (envelopes: EnvelopeId[], now: Millis): void {
    if (!this.#isOut(envelopes)) return
    this.#retryNotBefore = this.#collecting?.isOutdated === true ? now : now + this.limits.collectRetryMs
    this.#takeBack()
  }

  /** Whoever was not there may be now. */
  connected (): void {
    this.#retryNotBefore = 0
    if (this.#collecting != null) this.#collecting.isOutdated = true
  }

  /** Takes what may go now, and asks to be woken for the rest. */
  take (now: Millis): Batch {
    return { collect: this.#takeCollection(now), marks: this.#takeMarks(now) }
  }

  #takeCollection (now: Millis): EnvelopeId[] {
    if (this.#collecting != null && this.#collecting.until <= now) this.#takeBack()
    if (this.#collecting != null) this.wake.due(this.#collecting.until)
    if (this.#collecting != null || this.#toCollect.size === 0) return []
    const notBefore = Math.max(this.#collectNotBefore, this.#retryNotBefore)
    if (now < notBefore) {
      this.wake.due(notBefore)
      return []
    }
    const envelopes = [...this.#toCollect].slice(0, LIMITS.collectionIds)
    for (const envelope of envelopes) this.#toCollect.delete(envelope)
    this.#collecting = { envelopes, until: now + this.limits.collectRetryMs, isOutdated: false }
    this.#collectNotBefore = now + this.limits.batchMs
    this.wake.due(this.#collecting.until)
    return envelopes
  }

  #isOut (envelopes: EnvelopeId[]): boolean {
    const out = this.#collecting?.envelopes
    return out?.length === envelopes.length && out.every((envelope, at) => envelope === envelopes[at])
  }

  #takeBack (): void {
    this.collect(this.#collecting?.envelopes ?? [])
    this.#collecting = undefined
  }

  #takeMarks (now: Millis): Batch['marks'] {
    if (this.#owed.size === 0) return []
    if (now < this.#markNotBefore) {
      this.wake.due(this.#markNotBefore)
      return []
    }
    this.#markNotBefore = now + this.limits.batchMs
    const marks = [...this.#owed].map(([to, ids]) => ({ to, ids: [...ids].slice(0, LIMITS.messageMarks) }))
    for (const { to, ids } of marks) {
      const owed = this.#owed.get(to)
      for (const id of ids) owed?.delete(id)
      if (owed?.size === 0) this.#owed.delete(to)
    }
    if (this.#owed.size > 0) this.wake.due(this.#markNotBefore)
    return marks
  }
}
