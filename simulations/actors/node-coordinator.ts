/** Performs what the shipped coordinator decides, as src/relay/coordinator.ts does. */
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { CoordinatorCore, type Choice, type CoordinatorEffect, type CoordinatorEvent } from '../../src/relay/coordinator.core.ts'
import { tellOwn, type OwnSource } from '../../src/relay/own-source.core.ts'
import { newestRoute } from '../../src/relay/newest-route.core.ts'
import type { PeerLinks } from './node-links.ts'
import type { SimReplica } from './node-replica.ts'
import type { SimSources } from './node-source.ts'
import type { Leaves } from './node-answers.ts'
import type { SimProcess } from './process.ts'
import type { SourceId } from '../../src/relay/intake.core.ts'
import type { ServedUsers } from '../../src/ports.ts'
import type { Envelope, EnvelopeId, Millis, PeerKey, RouteRecord } from '../../src/types.ts'

export interface CoordinatorParts {
  self: PeerKey
  process: SimProcess
  sources: SimSources
  replica: SimReplica
  links: PeerLinks
  users: ServedUsers
  /** Nothing is open any more. */
  onIdle: () => void
}

const NO_TICK = Object.freeze({ at: Infinity, cancel: () => {} })

export class SimCoordinator {
  readonly #parts: CoordinatorParts
  readonly #core = new CoordinatorCore()
  readonly #own = new Map<SourceId, OwnSource>()
  #tick = NO_TICK

  constructor (parts: CoordinatorParts) { this.#parts = parts }

  get open (): number { return this.#core.open }

  idsOf (node: PeerKey, tickets: number[]): EnvelopeId[] | undefined { return this.#core.idsOf(node, tickets) }

  submit (source: SourceId, ticket: number, envelope: Envelope, routeEpoch: number, routeSeq: number): void {
    this.tell({ type: 'submit', source, ticket, envelope, routeEpoch, routeSeq, route: this.#parts.users.route(envelope.mailbox) })
  }

  addOwn (own: OwnSource): SourceId {
    const id = this.#parts.sources.newDevice()
    this.#own.set(id, own)
    return id
  }

  removeOwn (source: SourceId): void { this.#own.delete(source) }

  submitOwn (source: SourceId, ticket: number, envelope: Envelope, route: RouteRecord, among: Choice): void {
    this.tell({ type: 'submit', source, ticket, envelope, routeEpoch: route.order.epoch, routeSeq: route.order.seq, route: newestRoute(this.#parts.users.route(envelope.mailbox), route), among })
  }

  /** leaves: of a receipts event. */
  tell (event: CoordinatorEvent, leaves?: Leaves): void {
    for (const effect of this.#core.handle(event, this.#parts.process.now())) {
      const own = this.#own.get(effect.source)
      if (own === undefined || effect.type === 'forward') this.#perform(effect, leaves)
      else tellOwn(own, effect, event)
    }
    this.#tickBy(this.#core.tickAt)
    if (this.#core.open === 0) this.#parts.onIdle()
  }

  #perform (effect: CoordinatorEffect, leaves: Leaves | undefined): void {
    const source = this.#parts.sources.get(effect.source)
    switch (effect.type) {
      case 'forward': return this.#forward(effect)
      case 'pause': return source?.gate.close('coordinator')
      case 'resume': return source?.gate.open('coordinator')
      case 'accepted': return source?.answers.accept(effect.ticket)
      case 'refuse': return source?.answers.refuse(effect.ticket, effect.refusal)
      case 'moved': return source?.answers.moved(effect.ticket, effect.route)
      case 'receipts':
        if (leaves !== undefined) source?.answers.receipts({ run: leaves.run, first: leaves.first + effect.from }, effect.tickets)
    }
  }

  /** Own copies keep their device as source, so that each device's envelopes are one run of a commit. */
  #forward ({ entry: { node }, source, ticket, envelope, route }: Extract<CoordinatorEffect, { type: 'forward' }>): void {
    const { self, replica, links } = this.#parts
    const { epoch, seq } = route.order
    if (node === self) replica.deposit(source, { ticket, envelope }, epoch, seq)
    else if (!links.deposit(node, ticket, epoch, seq, envelope)) this.tell({ type: 'unsent', node, ticket })
  }

  #tickBy (at: Millis): void {
    if (at >= this.#tick.at) return
    this.#tick.cancel()
    const { process } = this.#parts
    const cancel = process.after(Math.max(RELAY_DEFAULTS.tickMs, at - process.now()), () => {
      this.#tick = NO_TICK
      this.tell({ type: 'tick' })
    })
    this.#tick = { at, cancel }
  }
}
