/**
 * From envelopes to messages on the screen, decided without doing any of it.
 *
 *   arrived ─ open ▶ fragment ─ whole? unprotect ▶ message ─ known? ─ parents? ▶ persist ▶ show, mark, collect
 *
 * Nothing is promised before it is durable: the message is shown, the sender is told and the nodes may delete only
 * after the batch that holds it was synced. A crash before that brings the envelope again, a crash after it finds
 * all facts, and goes on with whatever collection or mark is still owed.
 *
 * What cannot become a message must not block the mailbox: envelopes that are malformed, forged or damaged are
 * collected. An envelope that names a key which is not here is left in the mailbox within a bound, because a
 * linked or restored device may get that key.
 */
import { LIMITS } from '../../wire/limits.ts'
import { Wake } from '../wake.core.ts'
import { Batches } from './batches.core.ts'
import { Change, Commits } from './commits.core.ts'
import { INBOX_DEFAULTS, type InboxLimits } from './defaults.ts'
import { factKey, heldKey, type InboxEffect, type InboxEvent } from './events.core.ts'
import { Intake } from './intake.core.ts'
import { Memory, type Seen } from './memory.core.ts'
import { Order } from './order.core.ts'
import type { Crypto } from '../../ports.ts'
import type { EnvelopeId, Message, MessageId, Millis, RootKey } from '../../types.ts'
import type { Display } from './conversation.core.ts'

type EventOf<Type extends InboxEvent['type']> = Extract<InboxEvent, { type: Type }>

/** What an inbox core needs from outside: whose it is, and how to hash. */
export interface InboxInit { own: RootKey, sha256: Crypto['sha256'], limits?: Partial<InboxLimits> }

/** Pure: time is an argument. */
export class InboxCore {
  readonly #own: RootKey
  readonly #limits: InboxLimits
  readonly #wake: Wake
  readonly #memory: Memory
  readonly #order: Order
  readonly #batches: Batches
  readonly #intake: Intake
  readonly #commits = new Commits()
  /** Messages that wait for what the history knows. */
  readonly #recalling = new Map<string, { message: Message, envelopes: EnvelopeId[] }>()
  #position = 0
  #forgetAt: Millis = 0
  #effects: InboxEffect[] = []

  constructor ({ own, sha256, limits }: InboxInit) {
    this.#own = own
    this.#limits = { ...INBOX_DEFAULTS, ...limits }
    this.#wake = new Wake(this.#limits.wakeGrainMs)
    this.#memory = new Memory(this.#limits)
    this.#order = new Order(this.#limits, this.#wake)
    this.#batches = new Batches(this.#limits, this.#wake)
    this.#intake = new Intake(this.#limits, this.#memory, this.#batches, sha256)
  }

  /** True when everything that arrived is durable and shown, collected at the nodes and marked to its authors. */
  get idle (): boolean {
    return this.#intake.idle && this.#commits.idle && this.#order.idle && this.#batches.idle
  }

  /** The parents of the next message to this user. */
  heads (conversation: RootKey): MessageId[] {
    return this.#order.heads(conversation)
  }

  handle (event: InboxEvent, now: Millis): InboxEffect[] {
    this.#effects = []
    const change = new Change()
    this.#take(event, change, now)
    if (!change.empty) this.#effects.push(this.#commits.ask(change))
    this.#sendBatches(now)
    const wakeAt = this.#wake.news()
    if (wakeAt != null) this.#effects.push({ type: 'wakeAt', at: wakeAt })
    return this.#effects
  }

  #take (event: InboxEvent, change: Change, now: Millis): void {
    switch (event.type) {
      case 'restored': return this.#onRestored(event, change, now)
      case 'draining': return this.#order.draining()
      case 'drained': return this.#order.drained(now)
      case 'arrived': return this.#add(this.#intake.arrived(event, now))
      case 'opened': return this.#add(this.#intake.opened(event, change, now))
      case 'undecipherable': return this.#add(this.#intake.undecipherable(event, change, now))
      case 'message': return this.#onMessage(event, change, now)
      case 'unreadable': return this.#add(this.#intake.unreadable(event, change, now))
      case 'recalled': return this.#onRecalled(event, change, now)
      case 'sent': return this.#onSent(event.message, change, now)
      case 'persisted': return this.#onPersisted(event.ticket)
      case 'collected': return this.#onCollected(event.envelopes, change)
      case 'uncollected': return this.#batches.uncollected(now)
      case 'tick': return this.#onTick(change, now)
    }
  }

  #onRestored ({ facts, position }: EventOf<'restored'>, change: Change, now: Millis): void {
    this.#position = position
    const held = new Set(facts.filter(({ type }) => type === 'held').map(factKey))
    for (const fact of facts) if (fact.type === 'heads') this.#order.conversation(fact.conversation, fact.ids)
    for (const fact of facts) {
      if (fact.type === 'held') this.#order.conversation(fact.conversation).hold(fact)
      if (fact.type === 'aside') this.#memory.addAside(fact)
      if (fact.type === 'envelope') {
        change.remove(this.#memory.addEnvelope({ ...fact }))
        if (!fact.collected) this.#batches.collect([fact.envelope])
      }
      if (fact.type === 'fragment') this.#add(this.#intake.restore(fact, change, now))
      if (fact.type === 'seen') this.#restoreSeen({ ...fact }, held.has(heldKey(fact)), change)
    }
    this.#order.schedule()
    this.#forgetAt = now + this.#limits.forgetIntervalMs
    this.#wake.due(this.#forgetAt)
  }

  #restoreSeen (seen: Seen, isHeld: boolean, change: Change): void {
    const conversation = this.#order.conversation(seen.conversation)
    change.remove(this.#memory.addSeen(seen))
    if (!isHeld) conversation.remember([seen.id], seen.forgetAt)
    conversation.miss(seen.missing)
    if (!seen.marked) this.#batches.owe(seen.from, seen.id)
  }

  #onMessage ({ envelopes, message }: EventOf<'message'>, change: Change, now: Millis): void {
    const { from, id, content } = message
    const recalling = this.#recalling.get(heldKey(message))
    if (recalling != null) {
      recalling.envelopes.push(...envelopes)
    } else if (this.#memory.seen(from, id) != null) {
      this.#takeAgain(message, envelopes, change, now)
    } else if (content.type !== 'text') {
      this.#intake.takeIn(envelopes, change, now)
      this.#remember(message, this.#forgetTimeOf(envelopes), change)
      this.#effects.push({ type: 'marks', from, mark: content.type, ids: content.ids })
    } else {
      const conversation = this.#conversationOf(message)
      const asked = this.#order.conversation(conversation).unknownParents(message)
      // A copy this old may come after its id was forgotten.
      if (message.sentAt < now - LIMITS.retentionMs) asked.push(id)
      if (asked.length === 0) return this.#admit(message, envelopes, change, now)
      this.#recalling.set(heldKey(message), { message, envelopes })
      this.#effects.push({ type: 'recall', conversation, from, id, ids: asked })
    }
  }

  #onRecalled ({ from, id, ids }: EventOf<'recalled'>, change: Change, now: Millis): void {
    const recalling = this.#recalling.get(heldKey({ from, id }))
    if (recalling == null) return
    const { message, envelopes } = recalling
    this.#recalling.delete(heldKey(message))
    if (ids.includes(id)) return this.#takeAgain(message, envelopes, change, now)
    this.#order.remember(this.#conversationOf(message), ids, now)
    this.#admit(message, envelopes, change, now)
  }

  /** A new message: it is shown, or held for its parents; either way it is ours, and its sender will know. */
  #admit (message: Message, envelopes: EnvelopeId[], change: Change, now: Millis): void {
    const conversation = this.#conversationOf(message)
    this.#intake.takeIn(envelopes, change, now)
    this.#remember(message, this.#forgetTimeOf(envelopes), change)
    const displays = this.#order.add(conversation, message, now)
    if (!displays.some((display) => display.message === message)) change.put({ type: 'held', conversation, message, since: now })
    this.#display(displays, change)
    if (message.from !== this.#own) change.owe.push({ to: message.from, id: message.id })
  }

  /** A message that came before, in another envelope: its sender has not got our mark. */
  #takeAgain ({ from, id, content }: Message, envelopes: EnvelopeId[], change: Change, now: Millis): void {
    this.#intake.takeIn(envelopes, change, now)
    if (content.type === 'text' && from !== this.#own) change.owe.push({ to: from, id })
    const seen = this.#memory.seen(from, id)
    const forgetAt = this.#forgetTimeOf(envelopes)
    if (seen == null || seen.forgetAt >= forgetAt) return
    seen.forgetAt = forgetAt
    change.put(seen)
  }

  #onSent (message: Message, change: Change, now: Millis): void {
    if (this.#memory.seen(message.from, message.id) != null) return
    const conversation = this.#conversationOf(message)
    this.#remember(message, now + LIMITS.retentionMs + LIMITS.collectedMemoryMs, change)
    this.#display(this.#order.addOwn(conversation, message, now), change)
  }

  /** Writes the next lines of the history. */
  #display (displays: Display[], change: Change): void {
    for (const { message, missing, late } of displays) {
      const conversation = this.#conversationOf(message)
      const line = { conversation, position: ++this.#position, message, missing, late }
      change.remove([heldKey(message)])
      change.put({ type: 'shown', ...line })
      change.put({ type: 'heads', conversation, ids: this.#order.heads(conversation) })
      if (message.from !== this.#own) change.show.push({ type: 'show', ...line })
      const seen = this.#memory.seen(message.from, message.id)
      if (seen == null || missing.length === 0) continue
      seen.missing = missing
      change.put(seen)
    }
  }

  #remember (message: Message, forgetAt: Millis, change: Change): void {
    const { from, id, content } = message
    const seen: Seen = { type: 'seen', conversation: this.#conversationOf(message), from, id, forgetAt, marked: from === this.#own || content.type !== 'text', missing: [] }
    change.remove(this.#memory.addSeen(seen))
    change.put(seen)
  }

  #onPersisted (ticket: number): void {
    for (const { show, settle, collect, owe } of this.#commits.persisted(ticket)) {
      this.#effects.push(...show)
      this.#intake.settled(settle)
      if (settle.length > 0) this.#effects.push({ type: 'settled', envelopes: settle })
      this.#batches.collect(collect)
      for (const { to, id } of owe) this.#batches.owe(to, id)
    }
  }

  #onCollected (envelopes: EnvelopeId[], change: Change): void {
    this.#batches.collected()
    for (const envelope of envelopes) {
      const known = this.#memory.envelope(envelope)
      if (known == null || known.fact.collected) continue
      known.fact.collected = true
      change.put(known.fact)
    }
  }

  #onTick (change: Change, now: Millis): void {
    if (!this.#wake.ring(now)) return
    this.#display(this.#order.due(now), change)
    if (this.#forgetAt <= now) {
      this.#forgetAt = now + this.#limits.forgetIntervalMs
      this.#add(this.#intake.sweep(change, now))
      this.#order.forget(now)
      change.remove(this.#memory.forget(now))
    }
    this.#wake.due(this.#forgetAt)
  }

  #sendBatches (now: Millis): void {
    const { collect, marks } = this.#batches.take(now)
    for (const envelope of collect) {
      const known = this.#memory.envelope(envelope)
      if (known != null) known.collectedAt = now
    }
    if (collect.length > 0) this.#effects.push({ type: 'collect', envelopes: collect })
    for (const { to, ids } of marks) {
      const seen = ids.map((id) => this.#memory.seen(to, id)).filter((fact) => fact != null)
      for (const fact of seen) fact.marked = true
      this.#effects.push({ type: 'markDelivered', to, ids, put: seen.map((fact) => ({ ...fact })) })
    }
  }

  #add (effects: InboxEffect[]): void {
    this.#effects.push(...effects)
  }

  #forgetTimeOf (envelopes: EnvelopeId[]): Millis {
    return Math.max(...envelopes.map((envelope) => this.#memory.envelope(envelope)?.fact.forgetAt ?? 0))
  }

  /** With whom a message was exchanged. */
  #conversationOf ({ from, to }: Message): RootKey {
    return from === this.#own ? to : from
  }
}
