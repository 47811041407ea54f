/** Performs what the coordinator decides: forwards to this node's own replica or to others, and answers devices. */
import { RELAY_DEFAULTS } from './defaults.ts'
import { CoordinatorCore, type CoordinatorEffect, type CoordinatorEvent } from './coordinator.core.ts'
import type { SourceId } from './intake.core.ts'
import type { PeerLinks } from './peer-links.ts'
import type { Leaves, Replica } from './replica.ts'
import type { Sources } from './source.ts'
import type { Clock, ServedUsers } from '../ports.ts'
import type { Envelope, EnvelopeId, PeerKey } from '../types.ts'

export interface CoordinatorComponents {
  self: PeerKey
  sources: Sources
  replica: Replica
  links: PeerLinks
  users: ServedUsers
  clock: Clock
  /** Nothing is open any more. */
  onIdle: () => void
}

export class Coordinator {
  readonly #components: CoordinatorComponents
  readonly #core = new CoordinatorCore()
  #cancelTick: (() => void) | undefined

  constructor (components: CoordinatorComponents) { this.#components = components }

  get open (): number { return this.#core.open }

  idsOf (node: PeerKey, tickets: number[]): EnvelopeId[] | undefined { return this.#core.idsOf(node, tickets) }

  submit (source: SourceId, ticket: number, envelope: Envelope, routeEpoch: number, routeSeq: number): void {
    this.tell({ type: 'submit', source, ticket, envelope, routeEpoch, routeSeq, route: this.#components.users.route(envelope.mailbox) })
  }

  /** leaves: of a receipts event. */
  tell (event: CoordinatorEvent, leaves?: Leaves): void {
    const { clock, onIdle } = this.#components
    for (const effect of this.#core.handle(event, clock.now())) this.#perform(effect, leaves)
    if (this.#core.waits) this.#tickLater()
    if (this.#core.open === 0) onIdle()
  }

  stop (): void {
    this.#cancelTick?.()
    this.#cancelTick = () => {}
  }

  #perform (effect: CoordinatorEffect, leaves: Leaves | undefined): void {
    const source = this.#components.sources.get(effect.source)
    switch (effect.type) {
      case 'forward': return this.#forward(effect)
      case 'pause': return source?.gate.close('coordinator')
      case 'resume': return source?.gate.open('coordinator')
      case 'accepted': return source?.answers.accept(effect.ticket)
      case 'refuse': return source?.answers.refuse(effect.ticket, effect.refusal)
      case 'moved': return source?.answers.moved(effect.ticket, effect.route.bytes)
      case 'receipts':
        if (leaves !== undefined) source?.answers.receipts(leaves.run.frame(leaves.first + effect.from, effect.tickets))
    }
  }

  /** Own copies keep their device as source, so that each device's envelopes are one run of a commit. */
  #forward ({ entry, source, ticket, envelope, route }: Extract<CoordinatorEffect, { type: 'forward' }>): void {
    const { self, replica, links } = this.#components
    const { epoch, seq } = route.order
    if (entry.node === self) replica.deposit(source, { ticket, envelope }, epoch, seq)
    else if (!links.deposit(entry, ticket, epoch, seq, envelope.bytes)) this.tell({ type: 'unsent', node: entry.node, ticket })
  }

  #tickLater (): void {
    this.#cancelTick ??= this.#components.clock.after(RELAY_DEFAULTS.tickMs, () => {
      this.#cancelTick = undefined
      this.tell({ type: 'tick' })
    })
  }
}
