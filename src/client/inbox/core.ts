/**
 * From envelopes to messages on the screen, decided without doing any of it.
 *
 *   arrived ─ open ▶ fragment ─ whole? unprotect ▶ frame ─ known? decrypt ▶ message ─ parents? ▶ persist ▶ show, mark, collect
 *
 * Nothing is promised before it is durable: the message is shown, the sender is told and the nodes may delete only
 * after the batch that holds it was synced. A crash before that brings the envelope again, a crash after it finds
 * all facts, and goes on with whatever collection or mark is still owed.
 *
 * A message is a line, which waits for what it answers; an amendment of one, which waits for nothing, since lines and
 * their amendments come to the same in any order; or a signal, which is heeded and forgotten. A frame that waits for
 * another one to be opened is kept with the groups, and comes back as a message.
 *
 * What cannot become a message must not block the mailbox: envelopes that are malformed, forged or damaged are
 * collected. An envelope that names a key which is not here is left in the mailbox within a bound, because a
 * linked or restored device may get that key.
 */
import { LIMITS } from '../../wire/limits.ts'
import { isAmendment, isLine, isSignal } from '../messages/kinds.core.ts'
import { Wake } from '../wake.core.ts'
import { Batches } from './batches.core.ts'
import { Change, Commits } from './commits.core.ts'
import { INBOX_DEFAULTS, type InboxLimits } from './defaults.ts'
import { factKey, heldKey, type InboxEffect, type InboxEvent, type MarkState } from './events.core.ts'
import { Intake } from './intake.core.ts'
import { Lines } from './lines.core.ts'
import { Memory, type Seen } from './memory.core.ts'
import { Order } from './order.core.ts'
import { Repairs } from './repairs.core.ts'
import { Underway } from './underway.core.ts'
import type { Crypto } from '../../ports.ts'
import type { ConversationId, EnvelopeId, Message, MessageId, Millis, PeerKey, RootKey } from '../../types.ts'

type EventOf<Type extends InboxEvent['type']> = Extract<InboxEvent, { type: Type }>

/** What an inbox core needs from outside: whose it is and on which device, and how to hash. */
export interface InboxInit { own: RootKey, device: PeerKey, sha256: Crypto['sha256'], limits?: Partial<InboxLimits> }

/** Pure: time is an argument. */
export class InboxCore {
  readonly #own: RootKey
  readonly #limits: InboxLimits
  readonly #wake: Wake
  readonly #memory: Memory
  readonly #order: Order
  readonly #batches: Batches
  readonly #intake: Intake
  readonly #repairs: Repairs
  readonly #lines: Lines
  readonly #commits = new Commits()
  readonly #underway = new Underway()
  #forgetAt: Millis = 0
  #effects: InboxEffect[] = []

  constructor ({ own, device, sha256, limits }: InboxInit) {
    this.#own = own
    this.#limits = { ...INBOX_DEFAULTS, ...limits }
    this.#wake = new Wake(this.#limits.wakeGrainMs)
    this.#memory = new Memory(this.#limits)
    this.#order = new Order(this.#limits, this.#wake)
    this.#batches = new Batches(this.#limits, this.#wake)
    this.#intake = new Intake(this.#limits, this.#memory, this.#batches, sha256)
    this.#repairs = new Repairs(this.#limits, this.#wake)
    this.#lines = new Lines({ own, device, memory: this.#memory, order: this.#order, repairs: this.#repairs })
  }

  /** True when everything that arrived is durable and shown, collected at the nodes and marked to its authors. */
  get idle (): boolean {
    return this.#intake.idle && this.#underway.idle && this.#commits.idle && this.#order.idle && this.#batches.idle
  }

  /** The parents of the next message of a conversation. */
  heads (conversation: ConversationId): MessageId[] {
    return this.#order.heads(conversation)
  }

  /** The stamp of the next message of a conversation. */
  nextStamp (conversation: ConversationId, now: Millis): Millis {
    return this.#order.nextStamp(conversation, now)
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
      case 'note': return this.#onNote(event, change, now)
      case 'frame': return this.#onFrame(event, change, now)
      case 'message': return this.#onMessage(event, change, now)
      case 'taken': return this.#onTaken(event, event.from === this.#own ? 'silent' : 'owed', change, now)
      case 'waiting': return this.#onTaken(event, 'waiting', change, now)
      case 'unreadable': return this.#onUnreadable(event, change, now)
      case 'heeded': return this.#onHeeded(event, change, now)
      case 'recalled': return this.#onRecalled(event, change, now)
      case 'sent': return this.#onSent(event.message, change, now)
      case 'unsent':
        this.#lines.takeBack(event.message)
        return this.#onDurable(this.#commits.dropped(event.ticket))
      case 'persisted': return this.#onDurable(this.#commits.persisted(event.ticket))
      case 'collected': return this.#onCollected(event.envelopes, change)
      case 'uncollected': return this.#batches.uncollected(event.envelopes, now)
      case 'connected': return this.#batches.connected()
      case 'tick': return this.#onTick(change, now)
    }
  }

  #onRestored ({ facts, position }: EventOf<'restored'>, change: Change, now: Millis): void {
    this.#lines.restore(position)
    const held = new Set(facts.filter(({ type }) => type === 'held').map(factKey))
    for (const fact of facts) if (fact.type === 'heads') this.#order.conversation(fact.conversation, { heads: fact.ids, stamp: fact.stamp })
    for (const fact of facts) {
      if (fact.type === 'held') this.#order.conversation(fact.conversation).hold(fact)
      if (fact.type === 'aside') this.#memory.addAside(fact)
      if (fact.type === 'gap') this.#repairs.restore(fact)
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
    if (!isHeld && seen.mark !== 'waiting') conversation.remember([seen.id], seen.forgetAt)
    conversation.miss(seen.missing)
    if (seen.mark === 'owed') this.#batches.owe(seen.from, seen.id)
  }

  #onNote ({ envelopes, id, from, delivered }: EventOf<'note'>, change: Change, now: Millis): void {
    this.#onTaken({ envelopes, id, from }, 'silent', change, now)
    if (delivered.length > 0) this.#effects.push({ type: 'marks', from, ids: delivered })
  }

  /** By its hint: a liar's hint can only keep his own frames from being opened. */
  #onFrame ({ envelopes, id, from, whole }: EventOf<'frame'>, change: Change, now: Millis): void {
    if (this.#underway.join({ from, id }, envelopes)) return
    const seen = this.#memory.seen(from, id)
    if (seen != null && seen.mark !== 'waiting') return this.#takeAgain(seen, envelopes, change, now)
    this.#underway.decrypt({ from, id }, envelopes)
    this.#effects.push({ type: 'decrypt', id, from, whole, forgetAt: this.#forgetTimeOf(envelopes, now) })
  }

  #onMessage (event: EventOf<'message'>, change: Change, now: Millis): void {
    const { message } = event
    const { from, id, content, conversation } = message
    const envelopes = this.#underway.decrypted(message, event.envelopes)
    if (this.#underway.join(message, envelopes)) return
    const seen = this.#memory.seen(from, id)
    if (seen != null && seen.mark !== 'waiting') {
      change.release.push(id)
      this.#takeAgain(seen, envelopes, change, now)
    } else if (isSignal(content)) {
      this.#underway.hold(message, envelopes)
      this.#effects.push({ type: 'signal', message })
    } else if (isLine(content)) {
      const asked = this.#order.conversation(conversation).unknownParents(message)
      // A copy this old may come after its id was forgotten; and what waited may have come with another device's history.
      if (message.sentAt < now - LIMITS.retentionMs || seen != null) asked.push(id)
      if (asked.length === 0) return this.#admit(message, envelopes, change, now)
      this.#underway.hold(message, envelopes)
      this.#effects.push({ type: 'recall', conversation, from, id, ids: asked })
    } else this.#admit(message, envelopes, change, now)
  }

  #onRecalled ({ from, id, ids }: EventOf<'recalled'>, change: Change, now: Millis): void {
    const held = this.#underway.take({ from, id })
    if (held == null) return
    const { message, envelopes } = held
    if (ids.includes(id)) return this.#takeOld(message, envelopes, change, now)
    this.#order.remember(message.conversation, ids, now)
    this.#admit(message, envelopes, change, now)
  }

  #onHeeded ({ from, id }: EventOf<'heeded'>, change: Change, now: Millis): void {
    const held = this.#underway.take({ from, id })
    if (held == null) return
    change.release.push(id)
    this.#onTaken({ envelopes: held.envelopes, id, from }, 'silent', change, now)
  }

  /** A frame that is nothing to show. */
  #onTaken ({ from, id, ...event }: { envelopes: EnvelopeId[], id: MessageId, from: RootKey }, mark: MarkState, change: Change, now: Millis): void {
    const envelopes = this.#underway.decrypted({ from, id }, event.envelopes)
    this.#intake.takeIn(envelopes, change, now)
    this.#lines.remember({ conversation: from, from, id }, mark, this.#forgetTimeOf(envelopes, now), change)
    if (mark === 'owed') change.owe.push({ to: from, id })
  }

  #onUnreadable ({ from, id, ...event }: EventOf<'unreadable'>, change: Change, now: Millis): void {
    const envelopes = from == null ? event.envelopes : this.#underway.decrypted({ from, id }, event.envelopes)
    this.#add(this.#intake.unreadable(envelopes, change, now))
  }

  /** A new message: it is ours, and its sender will know. */
  #admit (message: Message, envelopes: EnvelopeId[], change: Change, now: Millis): void {
    const { from, id, content } = message
    const forgetAt = this.#forgetTimeOf(envelopes, now)
    change.release.push(id)
    this.#intake.takeIn(envelopes, change, now)
    // What a newer client says to other clients we do not understand, and do not mark.
    const isMarked = from !== this.#own && (isLine(content) || isAmendment(content))
    this.#lines.add(message, isMarked ? 'owed' : 'silent', forgetAt, change, now)
    if (isMarked) change.owe.push({ to: from, id })
  }

  /** A frame that came before, in another envelope: its sender has not got our mark. */
  #takeAgain (seen: Seen, envelopes: EnvelopeId[], change: Change, now: Millis): void {
    this.#intake.takeIn(envelopes, change, now)
    if (seen.mark === 'owed' || seen.mark === 'given') change.owe.push({ to: seen.from, id: seen.id })
    const forgetAt = this.#forgetTimeOf(envelopes, now)
    if (seen.forgetAt >= forgetAt) return
    seen.forgetAt = forgetAt
    change.put(seen)
  }

  /** A message that stands in the history, and whose id was forgotten. */
  #takeOld ({ from, id }: Message, envelopes: EnvelopeId[], change: Change, now: Millis): void {
    change.release.push(id)
    this.#intake.takeIn(envelopes, change, now)
    if (from !== this.#own) change.owe.push({ to: from, id })
  }

  #onSent (message: Message, change: Change, now: Millis): void {
    if (this.#memory.seen(message.from, message.id) == null) this.#lines.addSent(message, change, now)
  }

  #onDurable (changes: Change[]): void {
    for (const { show, settle, collect, owe } of changes) {
      this.#effects.push(...show)
      this.#intake.settled(settle)
      if (settle.length > 0) this.#effects.push({ type: 'settled', envelopes: settle })
      this.#batches.collect(collect)
      for (const { to, id } of owe) this.#batches.owe(to, id)
    }
  }

  #onCollected (envelopes: EnvelopeId[], change: Change): void {
    this.#batches.collected(envelopes)
    for (const fact of this.#memory.collected(envelopes)) change.put(fact)
  }

  #onTick (change: Change, now: Millis): void {
    if (!this.#wake.ring(now)) return
    this.#lines.show(this.#order.due(now), change, now)
    this.#add(this.#repairs.due(change, now))
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
      for (const fact of seen) fact.mark = 'given'
      this.#effects.push({ type: 'markDelivered', to, ids, put: seen.map((fact) => ({ ...fact })) })
    }
  }

  #add (effects: InboxEffect[]): void {
    this.#effects.push(...effects)
  }

  /** Of our own, and of what comes by itself: as long as a copy of a message of this moment may come. */
  #forgetTimeOf (envelopes: EnvelopeId[], now: Millis): Millis {
    if (envelopes.length === 0) return now + LIMITS.retentionMs + LIMITS.collectedMemoryMs
    return Math.max(...envelopes.map((envelope) => this.#memory.envelope(envelope)?.fact.forgetAt ?? this.#intake.forgetTimeOf(envelope, now)))
  }
}
