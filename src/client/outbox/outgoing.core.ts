/**
 * One outgoing message: its pieces (one envelope a fragment), who has signed for each, and what that makes of the
 * whole. A message is accepted or stored when every piece of it is, and never goes back, whatever happens to a piece.
 */
import { MESSAGE_STATES } from '../../types.ts'
import type { EnvelopeId, MessageState, Millis, PeerKey } from '../../types.ts'
import type { Link, OutboxEntry, OutboxProblem, OutboxRoute, SealReason } from './events.core.ts'

/** One envelope on its way. */
export interface Piece {
  envelope: EnvelopeId
  message: Outgoing
  /**
   * ready: to be sent as soon as a link, the route and the bounds allow · waiting: not before `at` · unanswered,
   * accepted: on `link`, until `at` · settled: w receipts, or collected by a device.
   */
  phase: 'ready' | 'waiting' | 'unanswered' | 'accepted' | 'settled'
  at: Millis
  /** The link of the last deposit; the next one prefers another. */
  link: Link | undefined
  /** Since the last progress. */
  attempts: number
  /** Which version of the recipient's route the last deposit went by. */
  routeVersion: number
  /** The link's node has been given the route already. */
  rerouted: boolean
  wasAccepted: boolean
  collected: boolean
  nodes: Set<PeerKey>
}

/** A message on its way to one user. */
export class Outgoing {
  readonly pieces: Piece[] = []
  problem: OutboxProblem | undefined
  /** `seal` was asked for, so, and not answered. */
  sealing: SealReason | undefined
  /** It must be sealed once more: the recipient's keys changed meanwhile, or it was not possible when it was due. */
  sealAgain: SealReason | undefined
  /** When it goes out again unless delivered; Infinity while it has not settled. */
  resendAt: Millis = Infinity
  resends = 0
  #told = ''

  constructor (readonly entry: OutboxEntry) {
    this.#setPieces(entry.envelopes)
    for (const { envelope, node } of entry.receipts) this.pieces.find((piece) => piece.envelope === envelope)?.nodes.add(node)
  }

  /** Nodes that hold every piece, as far as their receipts say. */
  get copies (): number {
    return this.pieces.length === 0 ? 0 : Math.min(...this.pieces.map((piece) => this.copiesOf(piece)))
  }

  get settled (): boolean {
    return this.pieces.length > 0 && this.pieces.every(({ phase }) => phase === 'settled')
  }

  /** Nothing more is to be done. */
  get done (): boolean {
    const { state, kind } = this.entry
    if (kind === 'once') return rank(state) >= rank('stored') || this.settled
    return rank(state) >= rank('delivered')
  }

  /** Receipts for one piece by nodes of the route. */
  copiesOf ({ nodes }: Piece): number {
    const { route } = this.entry
    return route == null ? 0 : route.nodes.filter((node) => nodes.has(node)).length
  }

  isStored (piece: Piece): boolean {
    const { route } = this.entry
    return route != null && this.copiesOf(piece) >= route.w
  }

  /** Settled by a route that does not count any more, before the message was stored. */
  isShort (piece: Piece): boolean {
    return piece.phase === 'settled' && !piece.collected && !this.isStored(piece) && rank(this.entry.state) < rank('stored')
  }

  /** Replaces all pieces: old receipts speak of envelopes that do not matter any more. */
  reseal (envelopes: EnvelopeId[]): void {
    this.sealing = undefined
    if (this.problem === 'noKey' || this.problem === 'unwritten') this.problem = undefined
    this.entry.envelopes = envelopes
    this.#setPieces(envelopes)
  }

  /** Goes by another route; receipts of nodes that are not in it do not count any more. */
  reroute (route: OutboxRoute): void {
    this.entry.route = route
    if (this.problem === 'noRoute') this.problem = undefined
    for (const { nodes } of this.pieces) for (const node of nodes) if (!route.nodes.includes(node)) nodes.delete(node)
  }

  /** Nodes have it, or its reader does. */
  get isSafe (): boolean { return rank(this.entry.state) >= rank('stored') || this.settled }

  /** Moves forward as far as the evidence goes. isReadable: what its reader needs to open it is stored. */
  advance (isReadable = true): void {
    if (this.pieces.length === 0) return
    if (this.pieces.every((piece) => piece.wasAccepted || piece.nodes.size > 0)) this.reach('accepted')
    if (isReadable && this.pieces.every((piece) => this.isStored(piece))) this.reach('stored')
  }

  /** Never backwards. */
  reach (state: MessageState): void {
    if (rank(state) <= rank(this.entry.state)) return
    this.entry.state = state
    this.problem = undefined
  }

  /** The entry as it must stand on disk, when it or the problem differs from what was told last. */
  news (): OutboxEntry | undefined {
    const { entry } = this
    entry.receipts = this.pieces.flatMap(({ envelope, nodes }) => [...nodes].map((node) => ({ envelope, node })))
    const told = JSON.stringify([entry, this.problem])
    if (told === this.#told) return undefined
    this.#told = told
    return { ...entry, envelopes: [...entry.envelopes], receipts: [...entry.receipts] }
  }

  #setPieces (envelopes: EnvelopeId[]): void {
    this.pieces.length = 0
    for (const envelope of envelopes) {
      this.pieces.push({
        envelope, message: this, phase: 'ready', at: Infinity, link: undefined, attempts: 0, routeVersion: 0, rerouted: false, wasAccepted: false, collected: false, nodes: new Set()
      })
    }
  }
}

/** How far a state is along the way. */
function rank (state: MessageState): number {
  return MESSAGE_STATES.indexOf(state)
}
