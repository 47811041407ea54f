/**
 * One run of a client: the parts that live between `start` and `stop`, and how they hang together, as in
 * src/client/running.ts. What has no part in a simulation: presence, and profiles with their sealing keys.
 */
import { CLIENT_DEFAULTS } from '../../../src/client/defaults.ts'
import { REFUSAL } from '../../../src/types.ts'
import { Account } from './account.ts'
import { Contacts } from './contacts.ts'
import { enquire, type Ask } from './enquiry.ts'
import { Inbox, type Shown } from './inbox.ts'
import { Links, type LinksInit } from './links.ts'
import { Mailbox } from './mailbox.ts'
import { Outbox, type SentStatus } from './outbox.ts'
import { Placement } from './placement.ts'
import { Registration } from './registration.ts'
import { Writing, type MessageIds } from './writing.ts'
import type { ClientStore } from '../client-store.ts'
import type { DeviceProcess } from './process.ts'
import type { Promised } from './registration.ts'
import type { Asked, Session } from './session.ts'
import type { EnvelopeId, MessageId, Order, PeerKey, RootKey } from '../../../src/types.ts'

/** What a run tells of itself. */
export interface RunEvents {
  told: (status: SentStatus) => void
  ended: (id: MessageId, reason: string) => void
  showing: (line: Shown) => void
  shown: (line: Shown) => void
  collected: (envelopes: EnvelopeId[]) => void
  resolved: (root: RootKey, order: Order | undefined, ms: number) => void
}

export interface RunInit {
  root: RootKey
  device: PeerKey
  process: DeviceProcess
  store: ClientStore
  ids: MessageIds
  /** Whom bootstrap peers name. */
  findNodes: (count: number) => PeerKey[]
  events: RunEvents
}

export class RunningClient {
  readonly account: Account
  readonly links: Links
  readonly inbox: Inbox
  readonly outbox: Outbox
  readonly mailbox: Mailbox
  readonly writing: Writing
  readonly #init: RunInit
  readonly #contacts: Contacts
  readonly #registration: Registration
  readonly #placement: Placement
  #isRegistering = false
  #isStopping = false

  constructor (init: RunInit) {
    this.#init = init
    const { process, store, events, findNodes } = init
    const account = new Account(init)
    this.account = account
    this.links = new Links(this.#linksInit())
    const { links } = this
    const ask: Ask = (question, done, options) => {
      enquire({ process, links: account.nodes.length > 0 ? links : undefined, others: () => findNodes(CLIENT_DEFAULTS.findNodesAsked) }, question, done, options)
    }
    const contacts = new Contacts({ store, process, ask, resolved: events.resolved, rerouted: record => { this.outbox.routed(record) } })
    this.#contacts = contacts
    const shared = { store, account, contacts, process }
    this.outbox = new Outbox({ ...shared, links, told: events.told, ended: events.ended })
    this.inbox = new Inbox({
      ...shared,
      ask,
      showing: events.showing,
      shown: events.shown,
      signed: events.collected,
      marked: (from, ids) => { this.outbox.handle({ type: 'marked', from, mark: 'delivered', ids }) },
      markDelivered: (to, ids, writes) => { this.writing.markDelivered(to, ids, writes) },
      settled: ids => { this.mailbox.settled(ids) },
      postponed: id => { this.mailbox.postponed(id) }
    })
    const { inbox, outbox } = this
    this.writing = new Writing({ ...shared, inbox, outbox, ids: init.ids })
    this.mailbox = new Mailbox({
      ...shared,
      inbox,
      drained: (node, came, brought) => {
        this.#placement.tried(node, came)
        if (came === 'answered' && !brought) account.leaveFormer(node)
      }
    })
    this.#registration = new Registration({ account, process, session: node => links.session(node), findNodes })
    this.#placement = new Placement({ account, process, registration: this.#registration, findNodes, publish: (nodes, newcomers, done) => { this.#place(nodes, newcomers, done) } })
  }

  start (): void {
    this.inbox.start()
    this.outbox.start()
    this.#list()
    this.#renewLater()
    this.#renew()
  }

  /** In the reverse order. stopped: called when what was being written is on disk. */
  stop (stopped: () => void): void {
    this.#isStopping = true
    this.#placement.stop()
    this.links.stop()
    this.mailbox.stop()
    this.inbox.stop()
    this.outbox.stop()
    this.#init.store.whenIdle(stopped)
  }

  /** Sessions, for their sizes. */
  get sessions (): Session[] { return this.links.sessions }

  #linksInit (): LinksInit {
    const { process } = this.#init
    return {
      process,
      attach: (session, done) => { this.#attach(session, done) },
      events: {
        push: (session, envelope, opened) => { this.mailbox.push(session, envelope, opened) },
        pushMissed: (session, envelope) => { this.mailbox.missed(session, envelope) },
        pushed: (session, from, to) => { this.mailbox.pushed(session, from, to) },
        behind: session => { this.mailbox.behind(session) },
        accepted: (session, tickets) => { this.outbox.accepted(session, tickets) },
        receipts: (session, frame) => { this.outbox.receipts(session, frame) },
        refused: (session, tickets, refusal) => { this.outbox.refused(session, tickets, refusal) },
        moved: (_session, record) => { this.#contacts.learn(record, record.root, () => {}) },
        leaving: (session, { retryAfterSeconds, nodes }) => {
          this.links.leaving(session.node, retryAfterSeconds)
          this.#placement.leaving(session.node, nodes)
        },
        accused: (session, node) => { this.#placement.accused(session.node, node) }
      },
      attached: session => { this.#onAttached(session) },
      detached: session => {
        process.note(`link ${session.node} down`)
        this.outbox.disconnected(session)
        this.mailbox.detached(session)
        this.#placement.detached(session.node)
      },
      failed: (node, outcome) => { this.#placement.tried(node, outcome.type === 'refused' ? outcome.refusal : 'failed') }
    }
  }

  /** A node that lost its memory, or has not seen this device, is shown the profile first. */
  #attach (session: Session, done: Asked): void {
    const { root, mailbox, device } = this.account
    session.attach(root, mailbox, device, first => {
      if (first.type !== 'refused' || first.refusal.code !== REFUSAL.notServed) return done(first)
      session.register(root, mailbox, device, registered => {
        if (registered.type === 'answered') session.attach(root, mailbox, device, done)
        else done(registered)
      })
    })
  }

  #onAttached (session: Session): void {
    this.#init.process.note(`link ${session.node} up`)
    this.outbox.handle({ type: 'connected', link: session.node })
    this.inbox.handle({ type: 'connected' })
    this.mailbox.attached(session)
    this.#placement.attached(session.node)
    if (!this.#isRegistering && this.account.unpublished.includes(session.node)) this.#renew()
  }

  /** Registers where that is needed, publishes where the route is not known yet. */
  #renew (): void {
    if (this.#isStopping) return
    if (!this.#registration.isDue) {
      if (this.account.unpublished.length > 0) this.#registration.publish(() => {})
    } else if (!this.#isRegistering) {
      this.#isRegistering = true
      this.#registration.register(() => {
        this.#isRegistering = false
        this.#list()
      })
    }
  }

  /** Another list, as placement wants it; not while a registration is under way. */
  #place (nodes: PeerKey[], newcomers: Promised[], done: (isDone: boolean) => void): void {
    if (this.#isRegistering) return done(false)
    this.#isRegistering = true
    this.#registration.place(nodes, newcomers, isDone => {
      this.#isRegistering = false
      this.#list()
      done(isDone)
    })
  }

  #list (): void {
    if (this.#isStopping) return
    const { nodes, former } = this.account
    this.links.list(nodes)
    this.mailbox.list(nodes, former)
    this.#placement.listed()
  }

  #renewLater (): void {
    this.#init.process.after(CLIENT_DEFAULTS.renewIntervalMs, () => {
      this.#renew()
      if (!this.#isStopping) this.#renewLater()
    })
  }
}
