/**
 * What was taken in before, so that nothing is shown twice: envelopes by their id, messages by their author and inner
 * id (a message that is sent again comes in another envelope). Both are kept until the last moment at which a copy
 * could still arrive, which is the envelope's expiry and 48 hours.
 */
import { LIMITS } from '../../wire/limits.ts'
import { factKey, seenKey, type InboxFact } from './events.core.ts'
import type { EnvelopeId, MessageId, Millis, RootKey, Seconds } from '../../types.ts'
import type { InboxLimits } from './defaults.ts'

type FactOf<Type extends InboxFact['type']> = Extract<InboxFact, { type: Type }>
/** A remembered message. */
export type Seen = FactOf<'seen'>
/** A remembered envelope; collectedAt: when it last went into a collection, in this run. */
export interface Remembered { fact: FactOf<'envelope'>, collectedAt: Millis }

/** Everything that was taken in; facts are changed in place and put on disk by whoever changes them. */
export class Memory {
  readonly #envelopes = new Map<EnvelopeId, Remembered>()
  readonly #seen = new Map<string, Seen>()
  readonly #aside = new Map<EnvelopeId, FactOf<'aside'>>()
  #asideBytes = 0

  constructor (private readonly limits: InboxLimits) {}

  envelope (id: EnvelopeId): Remembered | undefined {
    return this.#envelopes.get(id)
  }

  seen (from: RootKey, id: MessageId): Seen | undefined {
    return this.#seen.get(seenKey(from, id))
  }

  /** Returns keys of facts that had to go for it. */
  addEnvelope (fact: FactOf<'envelope'>): string[] {
    this.#envelopes.set(fact.envelope, { fact, collectedAt: -Infinity })
    return this.#trim(this.#envelopes, ({ fact }) => fact)
  }

  /** A node has these as collected. Returns the facts that are new. */
  collected (ids: EnvelopeId[]): Array<FactOf<'envelope'>> {
    return ids.flatMap((id) => {
      const fact = this.#envelopes.get(id)?.fact
      if (fact == null || fact.collected) return []
      fact.collected = true
      return [fact]
    })
  }

  addSeen (fact: Seen): string[] {
    this.#seen.set(factKey(fact), fact)
    return this.#trim(this.#seen, (seen) => seen)
  }

  removeSeen ({ from, id }: Pick<Seen, 'from' | 'id'>): void {
    this.#seen.delete(seenKey(from, id))
  }

  isAside (id: EnvelopeId): boolean {
    return this.#aside.has(id)
  }

  /** False when there is no room for it. */
  addAside (fact: FactOf<'aside'>): boolean {
    if (this.#aside.size >= this.limits.asideMax || this.#asideBytes + fact.bytes > this.limits.asideBytes) return false
    this.#aside.set(fact.envelope, fact)
    this.#asideBytes += fact.bytes
    return true
  }

  /** Returns the fact's key when there was one. */
  removeAside (id: EnvelopeId): string[] {
    const fact = this.#aside.get(id)
    if (fact == null) return []
    this.#aside.delete(id)
    this.#asideBytes -= fact.bytes
    return [factKey(fact)]
  }

  /** Returns the keys of all facts that were kept long enough. */
  forget (now: Millis): string[] {
    const keys: string[] = []
    for (const [id, { fact }] of this.#envelopes) if (fact.forgetAt <= now && this.#envelopes.delete(id)) keys.push(factKey(fact))
    for (const [key, { forgetAt }] of this.#seen) if (forgetAt <= now && this.#seen.delete(key)) keys.push(key)
    for (const [id, { forgetAt }] of this.#aside) if (forgetAt <= now) keys.push(...this.removeAside(id))
    return keys
  }

  #trim<Key, Value> (kept: Map<Key, Value>, factOf: (value: Value) => InboxFact): string[] {
    const keys: string[] = []
    for (const [key, value] of kept) {
      if (kept.size <= this.limits.rememberedMax) break
      kept.delete(key)
      keys.push(factKey(factOf(value)))
    }
    return keys
  }
}

/** How long an envelope is remembered; no node keeps one longer than LIMITS.retentionMs, whatever it says. */
export function forgetTime (expiry: Seconds, now: Millis): Millis {
  return Math.min(expiry * 1000, now + LIMITS.retentionMs + LIMITS.expirySlackMs) + LIMITS.collectedMemoryMs
}
