/**
 * Performs what handing over decides: reads pages of the store, deposits through the coordinator like a device would, and
 * lets go of what others have taken when the node stays.
 */
import { RELAY_DEFAULTS } from './defaults.ts'
import { HandoverCore } from './handover.core.ts'
import { newestRoute } from './newest-route.core.ts'
import type { Coordinator } from './coordinator.ts'
import type { HandoverEffect, HandoverEvent, HandoverInit, HandoverProgress, HandoverReport } from './handover.events.core.ts'
import type { SourceId } from './intake.core.ts'
import type { PeerLinks } from './peer-links.ts'
import type { Clock, EnvelopeStore, ServedUsers } from '../ports.ts'
import type { MailboxId, Millis, PeerKey, RouteRecord } from '../types.ts'
import type { Logger } from '@libp2p/interface'

export interface HandoverComponents {
  self: PeerKey
  coordinator: Coordinator
  links: Pick<PeerLinks, 'isLinked' | 'isLeaving'>
  envelopes: EnvelopeStore
  users: ServedUsers
  clock: Clock
  log: Logger
}

export interface HandOverOptions {
  onProgress?: ((progress: HandoverProgress) => void) | undefined
  /** It is not over before this, so that newer records may still come. */
  after?: Promise<void>
  /** Ends the hand-over with what has been done until then. */
  signal?: AbortSignal | undefined
}

export class Handover {
  readonly #components: HandoverComponents
  readonly #core: HandoverCore
  readonly #source: SourceId
  readonly #startedAt: Millis
  readonly #onChange: () => void
  /** What an effect brings about at once waits until the others of its event are performed. */
  readonly #events: HandoverEvent[] = []
  /** Newer records that others told: a disk that refuses writes keeps them from our users. */
  readonly #moved = new Map<MailboxId, RouteRecord>()
  #isTelling = false
  #isEnded = false
  #cancelTick: (() => void) | undefined

  /** onChange: something was settled, or given up. */
  constructor (components: HandoverComponents, init: HandoverInit, onChange: () => void = () => {}) {
    const { self, coordinator, clock } = this.#components = components
    this.#core = new HandoverCore(self, init)
    this.#startedAt = clock.now()
    this.#onChange = onChange
    this.#source = coordinator.addOwn({
      onReceipts: (node, tickets) => { this.#tell({ type: 'receipts', node, tickets }) },
      onRefused: (ticket, _, said) => { this.#tell({ type: 'refused', ticket, said }) },
      onMoved: (ticket, route) => {
        this.#moved.set(route.mailbox, route)
        this.#tell({ type: 'refused', ticket, said: new Map() })
      }
    })
  }

  get isOver (): boolean { return this.#core.isOver }
  get progress (): HandoverProgress { return this.#core.progress }
  get report (): HandoverReport { return this.#core.report(Math.round((this.#components.clock.now() - this.#startedAt) / 1000)) }

  /** Begins with a mailbox, unless it holds nothing. */
  take (mailbox: MailboxId): void {
    const { envelopes } = this.#components
    const usage = envelopes.usage(mailbox)
    if (usage.envelopes > 0) this.#tell({ type: 'take', mailbox, route: this.#route(mailbox), envelopes: usage.envelopes, bytes: usage.bytes })
  }

  /** Nothing more is begun; what is under way is not waited for. */
  end (): void {
    this.#tell({ type: 'end' })
    this.#isEnded = true
    this.#cancelTick?.()
    this.#components.coordinator.removeOwn(this.#source)
  }

  #route (mailbox: MailboxId): RouteRecord | undefined { return newestRoute(this.#components.users.route(mailbox), this.#moved.get(mailbox)) }

  #tell (event: HandoverEvent): void {
    if (this.#isEnded) return
    this.#events.push(event)
    if (this.#isTelling) return
    this.#isTelling = true
    for (let next; (next = this.#events.shift()) !== undefined;) {
      for (const effect of this.#core.handle(next, this.#components.clock.now())) this.#perform(effect)
    }
    this.#isTelling = false
    this.#tickLater()
    this.#onChange()
  }

  #perform (effect: HandoverEffect): void {
    const { coordinator, envelopes, log } = this.#components
    switch (effect.type) {
      case 'read':
        void this.#read(effect)
        return
      case 'deposit': return coordinator.submitOwn(this.#source, effect.ticket, effect.envelope, effect.route, effect.among)
      case 'release':
        envelopes.release(effect.mailbox, effect.ids).catch((error: Error) => { log.error('%d envelopes that others have taken over stay: %s', effect.ids.length, error.message) })
    }
  }

  async #read ({ mailbox, after, maxBytes }: Extract<HandoverEffect, { type: 'read' }>): Promise<void> {
    const { envelopes, log } = this.#components
    try {
      this.#tell({ type: 'page', mailbox, ...await envelopes.page(mailbox, after, maxBytes) })
    } catch (error) {
      log.error('mailbox %s… could not be read: %s', mailbox.slice(0, 8), (error as Error).message)
      this.#tell({ type: 'unread', mailbox })
    }
  }

  #tickLater (): void {
    if (this.#cancelTick !== undefined || this.#isEnded) return
    const { clock } = this.#components
    this.#cancelTick = clock.after(RELAY_DEFAULTS.handoverTickMs, () => {
      this.#cancelTick = undefined
      this.#tick()
    })
  }

  /** Newer records first: they may bring the nodes that are missing. */
  #tick (): void {
    const { links } = this.#components
    const reached = new Set<PeerKey>()
    const leaving = new Set<PeerKey>()
    for (const { mailbox, route: before } of [...this.#core.stuck()]) {
      const route = this.#route(mailbox)
      if (route !== before) this.#tell({ type: 'route', mailbox, route })
      for (const { node } of route?.entries ?? []) {
        if (links.isLinked(node)) reached.add(node)
        if (links.isLeaving(node)) leaving.add(node)
      }
    }
    this.#tell({ type: 'tick', reached, leaving })
  }
}
