/**
 * Which envelopes are out, on which link, and which go next. Lines are first in, first out, commits and Welcomes before
 * the rest: a mailbox that texts have filled must not refuse what opens them. What is out and what no node has answered
 * is bounded, so that a backlog of ten thousand messages never floods a stream.
 */
import type { EnvelopeId, Millis } from '../../types.ts'
import type { Wake } from '../wake.core.ts'
import type { OutboxLimits } from './defaults.ts'
import type { Link } from './events.core.ts'
import type { Piece } from './outgoing.core.ts'

/** The links, and the pieces of all messages. */
export class Lanes {
  /** Connected, in the order of their connecting. */
  readonly #links = new Set<Link>()
  readonly #pieces = new Map<EnvelopeId, Piece>()
  readonly #readyKeys = new Set<Piece>()
  readonly #ready = new Set<Piece>()
  readonly #unanswered = new Set<Piece>()
  readonly #accepted = new Set<Piece>()

  constructor (private readonly limits: OutboxLimits, private readonly wake: Wake) {}

  /** Takes pieces in; they go nowhere before they enter a phase. */
  add (pieces: Piece[]): void {
    for (const piece of pieces) this.#pieces.set(piece.envelope, piece)
  }

  remove (pieces: Piece[]): void {
    for (const piece of pieces) {
      this.#leave(piece)
      this.#pieces.delete(piece.envelope)
    }
  }

  piece (envelope: EnvelopeId): Piece | undefined {
    return this.#pieces.get(envelope)
  }

  get links (): number {
    return this.#links.size
  }

  connect (link: Link): void {
    this.#links.add(link)
  }

  /** What was out on the link is ready again. */
  disconnect (link: Link): void {
    this.#links.delete(link)
    for (const piece of [...this.#unanswered, ...this.#accepted]) if (piece.link === link) this.enter(piece, 'ready')
  }

  /** Ends all pauses. */
  hurry (): void {
    for (const piece of this.#pieces.values()) if (piece.phase === 'waiting') this.enter(piece, 'ready')
  }

  /** at: when a phase that waits has waited enough. */
  enter (piece: Piece, phase: Piece['phase'], at: Millis = Infinity): void {
    this.#leave(piece)
    piece.phase = phase
    piece.at = at
    this.wake.due(at)
    if (phase === 'ready') (piece.message.entry.kind === 'control' ? this.#readyKeys : this.#ready).add(piece)
    if (phase === 'unanswered') this.#unanswered.add(piece)
    if (phase === 'accepted') this.#accepted.add(piece)
  }

  /** The next piece and the link for it: another one than it went by before, if there is one. */
  next (): { piece: Piece, link: Link } | undefined {
    if (this.#unanswered.size >= this.limits.unansweredMax || this.#unanswered.size + this.#accepted.size >= this.limits.openMax) return undefined
    const [piece] = this.#readyKeys.size > 0 ? this.#readyKeys : this.#ready
    const [first, ...others] = this.#links
    if (piece == null || first == null) return undefined
    return { piece, link: piece.link === first ? others[0] ?? first : first }
  }

  #leave (piece: Piece): void {
    this.#readyKeys.delete(piece)
    this.#ready.delete(piece)
    this.#unanswered.delete(piece)
    this.#accepted.delete(piece)
  }
}
