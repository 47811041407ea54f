/**
 * From envelopes to whole messages: each envelope is taken in once, its seal is opened, pieces are put together, and
 * whatever cannot become a message is sorted out so that it does not block the mailbox.
 */
import { FragmentsCore, type FragmentsEffect } from '../sealing/fragments.core.ts'
import { forgetTime, type Memory } from './memory.core.ts'
import type { Crypto } from '../../ports.ts'
import type { EnvelopeId, Millis, Seconds } from '../../types.ts'
import type { Batches } from './batches.core.ts'
import type { Change } from './commits.core.ts'
import type { InboxLimits } from './defaults.ts'
import type { InboxEffect, InboxEvent, InboxFact } from './events.core.ts'

type EventOf<Type extends InboxEvent['type']> = Extract<InboxEvent, { type: Type }>
type FactOf<Type extends InboxFact['type']> = Extract<InboxFact, { type: Type }>
type Why = Extract<InboxEffect, { type: 'undecipherable' }>['reason']

/** Envelopes on their way in. What a method returns is to be done at once, what it adds to the change when that is durable. */
export class Intake {
  readonly #fragments: FragmentsCore
  /** Envelopes between their arrival and their durability, with their expiry. */
  readonly #unsettled = new Map<EnvelopeId, Seconds>()

  constructor (private readonly limits: InboxLimits, private readonly memory: Memory, private readonly batches: Batches, sha256: Crypto['sha256']) {
    this.#fragments = new FragmentsCore(sha256)
  }

  /** True when nothing is between its arrival and its durability. */
  get idle (): boolean {
    return this.#unsettled.size === 0
  }

  restore (fact: FactOf<'fragment'>, change: Change, now: Millis): InboxEffect[] {
    return this.#takeFragments(this.#fragments.handle(fact, now).filter(({ type }) => type === 'drop'), change, now)
  }

  arrived ({ envelope, expiry }: EventOf<'arrived'>, now: Millis): InboxEffect[] {
    if (this.#unsettled.has(envelope)) return []
    const known = this.memory.envelope(envelope)
    if (known != null) {
      if (known.collectedAt + this.limits.recollectMs <= now) this.batches.collect([envelope])
      return [{ type: 'settled', envelopes: [envelope] }]
    }
    if (this.#unsettled.size >= this.limits.unsettledMax) return [{ type: 'postponed', envelope }]
    this.#unsettled.set(envelope, expiry)
    return [{ type: 'open', envelope }]
  }

  opened ({ envelope, fragment }: EventOf<'opened'>, change: Change, now: Millis): InboxEffect[] {
    const expiry = this.#unsettled.get(envelope)
    if (expiry == null) return []
    change.remove(this.memory.removeAside(envelope))
    return this.#takeFragments(this.#fragments.handle({ type: 'fragment', envelope, expiry, fragment }, now), change, now)
  }

  undecipherable ({ envelope, reason, bytes }: EventOf<'undecipherable'>, change: Change, now: Millis): InboxEffect[] {
    const expiry = this.#unsettled.get(envelope)
    if (expiry == null) return []
    const fact = { type: 'aside', envelope, forgetAt: forgetTime(expiry, now), bytes } as const
    if (reason === 'unknownKey' && this.memory.isAside(envelope)) {
      change.settle.push(envelope)
      return []
    }
    const kept = reason === 'unknownKey' && this.memory.addAside(fact)
    if (kept) {
      change.put(fact)
      change.settle.push(envelope)
    } else {
      change.remove(this.memory.removeAside(envelope))
      this.takeIn([envelope], change, now)
    }
    return [{ type: 'undecipherable', envelope, reason, kept }]
  }

  unreadable (envelopes: EnvelopeId[], change: Change, now: Millis): InboxEffect[] {
    this.takeIn(envelopes, change, now)
    return discarded(envelopes, 'unreadable')
  }

  /** From now on these envelopes are known, and when that is durable they are collected. */
  takeIn (envelopes: EnvelopeId[], change: Change, now: Millis): void {
    for (const envelope of envelopes) {
      const expiry = this.#unsettled.get(envelope)
      if (expiry == null || this.memory.envelope(envelope) != null) continue
      const fact = { type: 'envelope', envelope, forgetAt: forgetTime(expiry, now), collected: false } as const
      change.remove(this.memory.addEnvelope({ ...fact }))
      change.put(fact)
      change.settle.push(envelope)
      change.collect.push(envelope)
    }
    // Several envelopes for one message: the earlier ones were kept as fragments.
    if (envelopes.length > 1) change.remove(envelopes.map(fragmentKey))
  }

  /** How long an envelope that is not taken in yet will be remembered. */
  forgetTimeOf (envelope: EnvelopeId, now: Millis): Millis {
    const expiry = this.#unsettled.get(envelope)
    return expiry == null ? 0 : forgetTime(expiry, now)
  }

  /** These are durable here. */
  settled (envelopes: EnvelopeId[]): void {
    for (const envelope of envelopes) this.#unsettled.delete(envelope)
  }

  sweep (change: Change, now: Millis): InboxEffect[] {
    return this.#takeFragments(this.#fragments.handle({ type: 'tick' }, now), change, now)
  }

  #takeFragments (effects: FragmentsEffect[], change: Change, now: Millis): InboxEffect[] {
    return effects.map((effect) => this.#takeFragment(effect, change, now)).flat()
  }

  #takeFragment (effect: FragmentsEffect, change: Change, now: Millis): InboxEffect[] {
    switch (effect.type) {
      case 'whole':
        return [{ type: 'unprotect', id: effect.messageId, format: effect.format, whole: effect.whole, envelopes: effect.envelopes }]
      case 'hold':
        this.takeIn([effect.envelope], change, now)
        change.put({ type: 'fragment', envelope: effect.envelope, expiry: effect.expiry, fragment: effect.fragment })
        return []
      case 'drop':
        this.takeIn(effect.envelopes, change, now)
        change.remove(effect.envelopes.map(fragmentKey))
        return effect.reason === 'redundant' ? [] : discarded(effect.envelopes, effect.reason === 'malformed' ? 'malformed' : 'evicted')
    }
  }
}

function discarded (envelopes: EnvelopeId[], reason: Why): InboxEffect[] {
  return envelopes.map((envelope) => ({ type: 'undecipherable', envelope, reason, kept: false }))
}

function fragmentKey (envelope: EnvelopeId): string {
  return `fragment/${envelope}`
}
