/**
 * Performs what handing over decides, as src/relay/{handover,moved}.ts do: reads pages of the store, deposits through the
 * coordinator, and lets go of what others have taken when the node stays.
 */
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { HandoverCore } from '../../src/relay/handover.core.ts'
import { HANDOVER_AT_LEAVING, HANDOVER_BESIDE, type HandoverEffect, type HandoverEvent, type HandoverInit, type HandoverReport } from '../../src/relay/handover.events.core.ts'
import { newestRoute } from '../../src/relay/newest-route.core.ts'
import type { PeerLinks } from './node-links.ts'
import type { SimCoordinator } from './node-coordinator.ts'
import type { SimUsers } from './node-users.ts'
import type { SimProcess } from './process.ts'
import type { StorePerformer } from './store-performer.ts'
import type { SourceId } from '../../src/relay/intake.core.ts'
import type { MailboxId, Millis, PeerKey, RouteRecord } from '../../src/types.ts'

export interface HandoverParts {
  self: PeerKey
  process: SimProcess
  coordinator: SimCoordinator
  links: PeerLinks
  store: StorePerformer
  users: SimUsers
}

class SimHandover {
  readonly #parts: HandoverParts
  readonly #core: HandoverCore
  readonly #source: SourceId
  readonly #startedAt: Millis
  readonly #onChange: () => void
  readonly #events: HandoverEvent[] = []
  /** Newer records that others told: a disk that refuses writes keeps them from our users. */
  readonly #moved = new Map<MailboxId, RouteRecord>()
  #isTelling = false
  #isEnded = false
  #cancelTick: (() => void) | undefined

  constructor (parts: HandoverParts, init: HandoverInit, onChange: () => void) {
    this.#parts = parts
    this.#core = new HandoverCore(parts.self, init)
    this.#startedAt = parts.process.now()
    this.#onChange = onChange
    this.#source = parts.coordinator.addOwn({
      onReceipts: (node, tickets) => { this.#tell({ type: 'receipts', node, tickets }) },
      onRefused: (ticket, _, said) => { this.#tell({ type: 'refused', ticket, said }) },
      onMoved: (ticket, route) => {
        this.#moved.set(route.mailbox, route)
        this.#tell({ type: 'refused', ticket, said: new Map() })
      }
    })
  }

  get isOver (): boolean { return this.#core.isOver }
  get report (): HandoverReport { return this.#core.report((this.#parts.process.now() - this.#startedAt) / 1000) }

  take (mailbox: MailboxId): void {
    const { store } = this.#parts
    const { envelopes, bytes } = store.usage(mailbox)
    if (envelopes > 0) this.#tell({ type: 'take', mailbox, route: this.#route(mailbox), envelopes, bytes })
  }

  end (): void {
    this.#tell({ type: 'end' })
    this.#isEnded = true
    this.#cancelTick?.()
    this.#parts.coordinator.removeOwn(this.#source)
  }

  #route (mailbox: MailboxId): RouteRecord | undefined { return newestRoute(this.#parts.users.route(mailbox), this.#moved.get(mailbox)) }

  #tell (event: HandoverEvent): void {
    if (this.#isEnded) return
    this.#events.push(event)
    if (this.#isTelling) return
    this.#isTelling = true
    for (let next; (next = this.#events.shift()) !== undefined;) {
      for (const effect of this.#core.handle(next, this.#parts.process.now())) this.#perform(effect)
    }
    this.#isTelling = false
    this.#cancelTick ??= this.#parts.process.after(RELAY_DEFAULTS.handoverTickMs, () => {
      this.#cancelTick = undefined
      this.#tick()
    })
    this.#onChange()
  }

  #perform (effect: HandoverEffect): void {
    const { coordinator, store } = this.#parts
    switch (effect.type) {
      case 'read': return this.#tell({ type: 'page', mailbox: effect.mailbox, ...store.page(effect.mailbox, effect.after, effect.maxBytes) })
      case 'deposit': return coordinator.submitOwn(this.#source, effect.ticket, effect.envelope, effect.route, effect.among)
      case 'release': return store.release(effect.mailbox, effect.ids, () => {})
    }
  }

  #tick (): void {
    const { links } = this.#parts
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

/** All mail of a node that leaves. mayEnd: whether it may be over already; done: once. The result looks again. */
export function handOver (parts: HandoverParts, mayEnd: () => boolean, done: (report: HandoverReport) => void): () => void {
  let isDone = false
  const finish = (): void => {
    if (isDone) return
    isDone = true
    cancelDeadline()
    handover.end()
    parts.process.note(`handed over ${handover.report.handedOver}, lacking ${handover.report.lackingEnvelopes}`)
    done(handover.report)
  }
  const endIfOver = (): void => { if (mayEnd() && handover.isOver) finish() }
  const cancelDeadline = parts.process.after(RELAY_DEFAULTS.handoverMs, finish)
  const handover: SimHandover = new SimHandover(parts, HANDOVER_AT_LEAVING, () => { endIfOver() })
  for (const mailbox of parts.users.mailboxes()) handover.take(mailbox)
  endIfOver()
  return endIfOver
}

/** Mail of users who have moved away, as src/relay/moved.ts hands it over. */
export class SimMovedMail {
  readonly #parts: HandoverParts
  #handover: SimHandover | undefined
  #cancelLook: (() => void) | undefined

  constructor (parts: HandoverParts) { this.#parts = parts }

  start (): void {
    this.#cancelLook = this.#parts.process.after(RELAY_DEFAULTS.movedLookMs, () => {
      this.#look()
      this.start()
    })
  }

  stop (): void {
    this.#cancelLook?.()
    this.#handover?.end()
    this.#handover = undefined
  }

  #look (): void {
    const { users, self } = this.#parts
    for (const mailbox of users.mailboxes()) {
      const entries = users.route(mailbox)?.entries ?? []
      if (entries.length === 0 || entries.some(({ node }) => node === self)) continue
      this.#handover ??= new SimHandover(this.#parts, HANDOVER_BESIDE, () => {})
      this.#handover.take(mailbox)
    }
    if (this.#handover?.isOver !== true) return
    this.#handover.end()
    this.#handover = undefined
  }
}
