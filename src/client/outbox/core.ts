/**
 * The life of each outgoing message on its way to one user, decided without doing any of it.
 *
 *   queued ── seal ── deposit ──▶ accepted ── w receipts for every piece ──▶ stored ── mark ──▶ delivered ──▶ read
 *
 * The outbox never gives a message up: a refusal or silence is answered by another try, on the other link first, then
 * with growing pauses. Only the recipient's own mark or the message's expiry ends it. As long as the mark stays out it
 * goes out again, because receipts come from nodes and nodes may lie; and when nodes say that a device has collected
 * an envelope and still no mark comes, the message is sealed anew, because that device may have lost it. All of this
 * is harmless: deposits are idempotent and devices know a message by its inner id.
 *
 * Notes, signals and copies for one's own devices (`once`) end when they are stored: nobody marks them.
 *
 * Whatever a message has reached goes to disk with each `state`; a new core that is told the entries goes on there.
 */
import { OUTBOX_DEFAULTS, type OutboxLimits } from './defaults.ts'
import { Deposits } from './deposits.core.ts'
import { Lanes } from './lanes.core.ts'
import { Outgoing } from './outgoing.core.ts'
import { Recipients } from './recipients.core.ts'
import { Wake } from '../wake.core.ts'
import { pauseMs } from './retry.core.ts'
import { addressKey, type Address, type Link, type OutboxEffect, type OutboxEntry, type OutboxEvent, type OutboxRoute, type SealReason } from './events.core.ts'
import type { MessageId, Millis, RootKey } from '../../types.ts'

type EventOf<Type extends OutboxEvent['type']> = Extract<OutboxEvent, { type: Type }>

/** Pure: time and chance are arguments. */
export class OutboxCore {
  readonly #limits: OutboxLimits
  readonly #messages = new Map<string, Outgoing>()
  readonly #recipients: Recipients
  readonly #lanes: Lanes
  readonly #deposits: Deposits
  readonly #wake: Wake
  #effects: OutboxEffect[] = []

  constructor (limits: Partial<OutboxLimits> = {}) {
    this.#limits = { ...OUTBOX_DEFAULTS, ...limits }
    this.#wake = new Wake(this.#limits.wakeGrainMs)
    this.#recipients = new Recipients(this.#limits, this.#wake)
    this.#lanes = new Lanes(this.#limits, this.#wake)
    this.#deposits = new Deposits({ limits: this.#limits, lanes: this.#lanes, recipients: this.#recipients, perform: effect => { this.#effects.push(effect) } })
  }

  /** Entries in the outbox. */
  get size (): number {
    return this.#messages.size
  }

  /** chance: a fresh fraction in [0, 1), which spreads retries. */
  handle (event: OutboxEvent, now: Millis, chance: number): OutboxEffect[] {
    this.#effects = []
    this.#take(event, now, chance)
    this.#deposits.pump(now)
    const wakeAt = this.#wake.news()
    if (wakeAt != null) this.#effects.push({ type: 'wakeAt', at: wakeAt })
    return this.#effects
  }

  #take (event: OutboxEvent, now: Millis, chance: number): void {
    switch (event.type) {
      case 'queued': return this.#onQueued(event.entry, now, chance)
      case 'connected': return this.#onConnected(event.link, now)
      case 'disconnected': return this.#lanes.disconnect(event.link)
      case 'routed': return this.#onRouted(event, now, chance)
      case 'unresolved': return this.#onUnresolved(event.recipient, now, chance)
      case 'rekeyed': return this.#onRekeyed(event.recipient)
      case 'lost': return this.#onLost(event)
      case 'ready': return this.#onReady(event.recipient, now)
      case 'sealed': return this.#onSealed(event, now)
      case 'unsealed': return this.#onUnsealed(event, now, chance)
      case 'accepted': return this.#onAccepted(event, now, chance)
      case 'receipt': return this.#onReceipt(event, now, chance)
      case 'refused': return this.#onRefused(event, now, chance)
      case 'marked': return this.#onMarked(event)
      case 'tick': return this.#onTick(now, chance)
    }
  }

  #onQueued (entry: OutboxEntry, now: Millis, chance: number): void {
    if (this.#messages.has(addressKey(entry))) return
    if (this.#messages.size >= this.#limits.entriesMax) {
      this.#effects.push({ type: 'drop', id: entry.id, recipient: entry.recipient, reason: 'full' })
      return
    }
    const message = new Outgoing({ ...entry })
    message.news()
    this.#messages.set(addressKey(entry), message)
    this.#lanes.add(message.pieces)
    this.#wake.due(entry.expiry * 1000)
    const others = this.#recipients.messages(entry.recipient)
    // It brings the route that the others wait for.
    if (this.#recipients.add(message) && entry.route != null) for (const other of others) this.#reroute(other, entry.route, now, chance)
    for (const piece of message.pieces) if (message.isStored(piece)) piece.phase = 'settled'
    if (!message.done) this.#go(message, now)
    this.#settle(message, now, chance)
  }

  #onConnected (link: Link, now: Millis): void {
    this.#lanes.connect(link)
    if (this.#lanes.links > 1) return
    // What waited may have waited for us: the first link back is a reason to try at once.
    this.#lanes.hurry()
    for (const recipient of this.#recipients.hurry()) this.#deposits.resolve(recipient, now)
  }

  #onRouted ({ recipient, route }: EventOf<'routed'>, now: Millis, chance: number): void {
    const changed = this.#recipients.routed(recipient, route)
    for (const message of this.#recipients.messages(recipient)) if (changed) this.#reroute(message, route, now, chance); else this.#go(message, now)
  }

  #reroute (message: Outgoing, route: OutboxRoute, now: Millis, chance: number): void {
    message.reroute(route)
    // Stored mail is for its nodes to hand over; going out once more, soon, makes sure of it.
    if (message.resendAt !== Infinity) this.#resendAt(message, Math.min(message.resendAt, now + this.#limits.resendMs))
    for (const piece of message.pieces) if (piece.phase === 'waiting' || message.isShort(piece)) this.#lanes.enter(piece, 'ready')
    this.#go(message, now)
    this.#settle(message, now, chance)
  }

  #onUnresolved (recipient: RootKey, now: Millis, chance: number): void {
    this.#recipients.unresolved(recipient, now, chance)
    for (const message of this.#recipients.messages(recipient)) {
      if (message.entry.route == null) message.problem = 'noRoute'
      this.#tell(message)
    }
  }

  #onRekeyed (recipient: RootKey): void {
    for (const message of this.#recipients.messages(recipient)) this.#seal(message, 'rekeyed')
  }

  #onLost ({ recipient, ids }: EventOf<'lost'>): void {
    for (const id of ids) {
      const message = this.#find({ id, recipient })
      if (message != null) this.#seal(message, 'lost')
    }
  }

  #onReady (recipient: RootKey, now: Millis): void {
    for (const message of this.#recipients.messages(recipient)) {
      if (message.sealAgain != null) this.#seal(message, message.sealAgain)
      else if (message.pieces.length === 0) this.#go(message, now)
    }
  }

  #onSealed ({ id, recipient, envelopes }: EventOf<'sealed'>, now: Millis): void {
    const message = this.#find({ id, recipient })
    if (message == null) return
    this.#lanes.remove(message.pieces)
    message.reseal(envelopes)
    this.#lanes.add(message.pieces)
    message.resendAt = Infinity
    if (message.sealAgain != null) this.#seal(message, message.sealAgain)
    this.#go(message, now)
    this.#tell(message)
  }

  #onUnsealed ({ isUnwritten, ...address }: EventOf<'unsealed'>, now: Millis, chance: number): void {
    const message = this.#find(address)
    if (message == null) return
    const reason = message.sealing
    message.sealing = undefined
    // What was sealed before stays on its way, and is sealed anew when it would go out again; only a message that never was is stuck.
    if (message.pieces.length > 0 || isUnwritten === true) message.sealAgain = reason
    if (message.pieces.length > 0) return this.#settle(message, now, chance)
    message.problem = isUnwritten === true ? 'unwritten' : 'noKey'
    if (isUnwritten === true) this.#resendAt(message, now + this.#limits.writeAgainMs)
    else this.#recipients.unresolved(message.entry.recipient, now, chance)
    this.#tell(message)
  }

  #onAccepted ({ envelope, link }: EventOf<'accepted'>, now: Millis, chance: number): void {
    const piece = this.#lanes.piece(envelope)
    if (piece == null) return
    this.#deposits.accepted(piece, link, now)
    this.#settle(piece.message, now, chance)
  }

  #onReceipt ({ envelope, node }: EventOf<'receipt'>, now: Millis, chance: number): void {
    const piece = this.#lanes.piece(envelope)
    if (piece?.message.entry.route?.nodes.includes(node) !== true) return
    this.#deposits.received(piece, node, now)
    this.#settle(piece.message, now, chance)
  }

  #onRefused ({ envelope, link, refusal }: EventOf<'refused'>, now: Millis, chance: number): void {
    const piece = this.#lanes.piece(envelope)
    if (piece == null || piece.link !== link || (piece.phase !== 'unanswered' && piece.phase !== 'accepted')) return
    const { message } = piece
    this.#deposits.refused(piece, link, refusal, now, chance)
    this.#settle(message, now, chance)
  }

  #onMarked ({ from, mark, ids }: EventOf<'marked'>): void {
    const gone: MessageId[] = []
    for (const id of ids) {
      const message = this.#find({ id, recipient: from })
      if (message == null) gone.push(id)
      if (message == null || message.entry.kind === 'once') continue
      message.reach(mark)
      this.#tell(message)
      this.#drop(message, 'delivered')
    }
    if (gone.length > 0) this.#effects.push({ type: 'marked', from, mark, ids: gone })
  }

  #onTick (now: Millis, chance: number): void {
    if (!this.#wake.ring(now)) return
    for (const message of [...this.#messages.values()]) this.#tickMessage(message, now, chance)
    for (const recipient of this.#recipients.due(now)) this.#deposits.resolve(recipient, now)
  }

  #tickMessage (message: Outgoing, now: Millis, chance: number): void {
    if (message.entry.expiry * 1000 <= now) return this.#drop(message, 'expired')
    this.#wake.due(message.entry.expiry * 1000)
    for (const piece of message.pieces) {
      if (piece.at > now) this.#wake.due(piece.at)
      else if (piece.phase === 'waiting') this.#lanes.enter(piece, 'ready')
      else this.#deposits.unanswered(piece, now, chance)
    }
    if (message.resendAt > now) return this.#wake.due(message.resendAt)
    message.resendAt = Infinity
    // What never went out is not sent again.
    if (message.pieces.length > 0) message.resends++
    if (message.sealAgain != null) this.#seal(message, message.sealAgain)
    else if (message.pieces.some(({ collected }) => collected)) this.#seal(message, 'collected')
    else for (const piece of message.pieces) this.#lanes.enter(piece, 'ready')
  }

  /** Asks for what a message needs before it can be deposited, or lines its pieces up. */
  #go (message: Outgoing, now: Millis): void {
    if (message.entry.route == null) return this.#deposits.resolve(message.entry.recipient, now)
    if (message.pieces.length === 0) return this.#seal(message, 'first')
    for (const piece of message.pieces) if (piece.phase === 'ready') this.#lanes.enter(piece, 'ready')
  }

  #seal (message: Outgoing, reason: SealReason): void {
    if (message.sealing != null) {
      if (reason === 'rekeyed' || reason === 'lost') message.sealAgain = reason
      return
    }
    message.sealing = reason
    message.sealAgain = undefined
    const { id, recipient } = message.entry
    this.#effects.push({ type: 'seal', id, recipient, reason })
  }

  /** Draws the consequences of a change to a message, tells of it, and lets it go when it is done. */
  #settle (message: Outgoing, now: Millis, chance: number): void {
    const { recipient, kind } = message.entry
    message.advance(kind !== 'text' || !this.#recipients.areKeysUnderWay(recipient))
    if (kind === 'control' && message.isSafe) this.#settleTexts(recipient, now, chance)
    if (message.settled) message.problem = undefined
    this.#tell(message)
    if (message.done) return this.#drop(message, 'delivered')
    if (!message.settled || message.sealing != null || message.resendAt !== Infinity) return
    this.#resendAt(message, now + pauseMs(message.resends + 1, this.#limits.resendMs, this.#limits.resendMsMax) * (0.75 + chance / 2))
  }

  /** Their reader has, or will get, what opens them. */
  #settleTexts (recipient: RootKey, now: Millis, chance: number): void {
    for (const message of this.#recipients.messages(recipient)) if (message.entry.kind === 'text') this.#settle(message, now, chance)
  }

  #resendAt (message: Outgoing, at: Millis): void {
    message.resendAt = at
    this.#wake.due(at)
  }

  #find (address: Address): Outgoing | undefined {
    return this.#messages.get(addressKey(address))
  }

  #tell (message: Outgoing): void {
    const entry = message.news()
    if (entry != null) this.#effects.push({ type: 'state', entry, copies: message.copies, w: entry.route?.w ?? 0, problem: message.problem })
  }

  #drop (message: Outgoing, reason: 'delivered' | 'expired'): void {
    const { id, recipient } = message.entry
    this.#messages.delete(addressKey(message.entry))
    this.#recipients.remove(message)
    this.#lanes.remove(message.pieces)
    this.#effects.push({ type: 'drop', id, recipient, reason })
  }
}
