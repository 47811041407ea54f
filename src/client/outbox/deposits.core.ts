/**
 * Envelopes on links: what goes out next, what an answer or silence means for one of them, and when a recipient's route
 * is asked for (again).
 */
import { kindOfRefusal, pauseMs } from './retry.core.ts'
import type { Millis, Refusal, RootKey } from '../../types.ts'
import type { OutboxLimits } from './defaults.ts'
import type { Link, OutboxEffect } from './events.core.ts'
import type { Lanes } from './lanes.core.ts'
import type { Piece } from './outgoing.core.ts'
import type { Recipients } from './recipients.core.ts'

export interface DepositsInit { limits: OutboxLimits, lanes: Lanes, recipients: Recipients, perform: (effect: OutboxEffect) => void }

export class Deposits {
  readonly #init: DepositsInit

  constructor (init: DepositsInit) { this.#init = init }

  /** Sends what is ready, as far as links and bounds go. */
  pump (now: Millis): void {
    const { lanes } = this.#init
    for (let next = lanes.next(); next != null; next = lanes.next()) this.#deposit(next.piece, next.link, now)
  }

  accepted (piece: Piece, link: Link, now: Millis): void {
    piece.wasAccepted = true
    if (piece.phase === 'unanswered' && piece.link === link) this.#awaitReceipts(piece, now)
  }

  /** A node of the route has signed for it. */
  received (piece: Piece, node: Link, now: Millis): void {
    if (!piece.nodes.has(node)) piece.attempts = 0
    piece.nodes.add(node)
    if (piece.message.isStored(piece)) this.#init.lanes.enter(piece, 'settled')
    else if (piece.phase === 'unanswered') this.#awaitReceipts(piece, now)
  }

  refused (piece: Piece, link: Link, refusal: Refusal, now: Millis, chance: number): void {
    const { lanes, recipients, perform } = this.#init
    const { message } = piece
    const { recipient } = message.entry
    const kind = kindOfRefusal(refusal.code)
    if (kind === 'collected') {
      piece.collected = true
      lanes.enter(piece, 'settled')
    } else if (kind === 'moved' && piece.routeVersion !== recipients.version(recipient)) {
      lanes.enter(piece, 'ready')
    } else if (kind === 'noRoute' && !piece.rerouted) {
      piece.rerouted = true
      perform({ type: 'reroute', recipient, link })
      if (piece.phase === 'unanswered') this.#deposit(piece, link, now); else lanes.enter(piece, 'ready') // its place among the unanswered is another's
    } else {
      if (kind === 'node' || kind === 'recipient') message.problem = { refusal: refusal.code }
      // The record may be out of date: a newer one is the only cure for nodes that left for good.
      if (kind !== 'node') this.resolve(recipient, now)
      this.#retry(piece, now, chance, { atOnce: kind === 'node', retryAfterMs: refusal.retryAfterSeconds * 1000 })
    }
  }

  /** No answer on this link; or none of the replicas after `accepted`, so perhaps they are not the recipient's any more. */
  unanswered (piece: Piece, now: Millis, chance: number): void {
    if (piece.phase === 'accepted') this.resolve(piece.message.entry.recipient, now)
    this.#retry(piece, now, chance, { atOnce: true, retryAfterMs: 0 })
  }

  /** Not from a cache when there is a route already: then something is wrong with it. */
  resolve (recipient: RootKey, now: Millis): void {
    const { recipients, perform } = this.#init
    if (recipients.ask(recipient, now)) perform({ type: 'resolve', recipient, fresh: recipients.isRouted(recipient) })
  }

  #awaitReceipts (piece: Piece, now: Millis): void {
    const { lanes, limits } = this.#init
    lanes.enter(piece, 'accepted', now + limits.receiptTimeoutMs)
  }

  #deposit (piece: Piece, link: Link, now: Millis): void {
    const { lanes, limits, recipients, perform } = this.#init
    const { id, recipient } = piece.message.entry
    if (link !== piece.link) piece.rerouted = false
    piece.link = link
    piece.routeVersion = recipients.version(recipient)
    lanes.enter(piece, 'unanswered', now + limits.requestTimeoutMs)
    perform({ type: 'deposit', id, recipient, envelope: piece.envelope, link })
  }

  #retry (piece: Piece, now: Millis, chance: number, { atOnce, retryAfterMs }: { atOnce: boolean, retryAfterMs: number }): void {
    const { lanes, limits } = this.#init
    piece.attempts++
    if (atOnce && piece.attempts < lanes.links) return lanes.enter(piece, 'ready')
    const ownMs = pauseMs(piece.attempts, limits.retryMs, limits.retryMsMax) * (0.5 + chance / 2)
    lanes.enter(piece, 'waiting', now + Math.max(ownMs, Math.min(retryAfterMs, limits.retryMsMax)))
  }
}
