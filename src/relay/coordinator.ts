/** Performs what the coordinator decides: forwards to this node's own replica or to others, and answers devices. */
import { RELAY_DEFAULTS } from './defaults.ts'
import { CoordinatorCore, type Choice, type CoordinatorEffect, type CoordinatorEvent } from './coordinator.core.ts'
import { tellOwn, type OwnSource } from './own-source.core.ts'
import { newestRoute } from './newest-route.core.ts'
import type { SourceId } from './intake.core.ts'
import type { PeerLinks } from './peer-links.ts'
import type { Leaves, Replica } from './replica.ts'
import type { Sources } from './source.ts'
import type { Clock, ServedUsers } from '../ports.ts'
import type { Envelope, EnvelopeId, Millis, PeerKey, RouteRecord } from '../types.ts'

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

const NO_TICK = Object.freeze({ at: Infinity, cancel: () => {} })

export class Coordinator {
  readonly #components: CoordinatorComponents
  readonly #core = new CoordinatorCore()
  readonly #own = new Map<SourceId, OwnSource>()
  #tick = NO_TICK

  constructor (components: CoordinatorComponents) { this.#components = components }

  get open (): number { return this.#core.open }

  idsOf (node: PeerKey, tickets: number[]): EnvelopeId[] | undefined { return this.#core.idsOf(node, tickets) }

  submit (source: SourceId, ticket: number, envelope: Envelope, routeEpoch: number, routeSeq: number): void {
    this.tell({ type: 'submit', source, ticket, envelope, routeEpoch, routeSeq, route: this.#components.users.route(envelope.mailbox) })
  }

  /** A source of deposits inside this node; its number is not used again. */
  addOwn (own: OwnSource): SourceId {
    const id = this.#components.sources.newDevice()
    this.#own.set(id, own)
    return id
  }

  /** What is still answered for it is not told any more. */
  removeOwn (source: SourceId): void { this.#own.delete(source) }

  /** A deposit of an own source, made by the record that it looked at: one that our disk could not take, perhaps. */
  submitOwn (source: SourceId, ticket: number, envelope: Envelope, route: RouteRecord, among: Choice): void {
    this.tell({ type: 'submit', source, ticket, envelope, routeEpoch: route.order.epoch, routeSeq: route.order.seq, route: newestRoute(this.#components.users.route(envelope.mailbox), route), among })
  }

  /** leaves: of a receipts event. */
  tell (event: CoordinatorEvent, leaves?: Leaves): void {
    const { clock, onIdle } = this.#components
    for (const effect of this.#core.handle(event, clock.now())) {
      const own = this.#own.get(effect.source)
      if (own === undefined || effect.type === 'forward') this.#perform(effect, leaves)
      else tellOwn(own, effect, event)
    }
    this.#tickBy(this.#core.tickAt)
    if (this.#core.open === 0) onIdle()
  }

  stop (): void {
    this.#tick.cancel()
    // Whatever is told from now on: no timer is set any more.
    this.#tick = { at: -Infinity, cancel: () => {} }
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

  /** One timer: while deadlines are met it is not moved, since it comes before them. */
  #tickBy (at: Millis): void {
    if (at >= this.#tick.at) return
    this.#tick.cancel()
    const { clock } = this.#components
    const cancel = clock.after(Math.max(RELAY_DEFAULTS.tickMs, at - clock.now()), () => {
      this.#tick = NO_TICK
      this.tell({ type: 'tick' })
    })
    this.#tick = { at, cancel }
  }
}
