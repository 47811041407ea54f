/**
 * One run of a client: the parts that live between `start` and `stop`, and how they hang together. Sessions bring
 * what arrives to mailbox, conversations and presence; contacts and account tell everybody what has changed.
 */
import { ConnectionLostError, RevokedError, UnsupportedError } from '../errors.ts'
import { Contacts, isOutdated, type Contact } from './contacts.ts'
import { Conversing, type ConversingEvents } from './conversing.ts'
import { CLIENT_DEFAULTS } from './defaults.ts'
import { Devices, type AccountNews, type DevicesComponents } from './devices/index.ts'
import { enquire, type Ask, type EnquiryOptions } from './enquiry.ts'
import { hear } from './hearing.ts'
import { createHost, dialingNetwork, listNodes } from './host.ts'
import { Mailbox } from './mailbox.ts'
import { Placement } from './placement/service.ts'
import { Presence } from './presence.ts'
import { Registering } from './registering.ts'
import { Registration, type Registered } from './registration.ts'
import { Links } from './session/service.ts'
import { showDevice } from './showing.ts'
import type { Abortable } from '../ports.ts'
import type { PeerKey, RootKey } from '../types.ts'
import type { TransferProgress } from './api.ts'
import type { History } from './history/index.ts'
import type { Opening, ResolvedInit } from './opening.ts'
import type { PresenceChange } from './presence.ts'
import type { LinksServiceInit, ListedNode } from './session/service.ts'
import type { Session } from './session/session.ts'
import type { Libp2p, Logger } from '@libp2p/interface'

/** What a run tells of itself. */
export interface RunEvents extends ConversingEvents {
  /** A contact has another name, or none any more: ''. */
  named: (root: RootKey, name: string) => void
  /** Own devices came or went. */
  devices: () => void
  /** History on its way to or from another device. */
  transfer: (progress: TransferProgress) => void
  presence: (change: PresenceChange) => void
  connection: (node: PeerKey, connected: boolean) => void
  warning: (sentence: string) => void
}

export class RunningClient {
  readonly opening: Opening
  readonly links: Links
  readonly contacts: Contacts
  readonly conversing: Conversing
  readonly devices: Devices
  readonly mailbox: Mailbox
  readonly presence: Presence
  readonly #registration: Registration
  readonly #registering: Registering
  readonly #placement: Placement
  readonly #init: ResolvedInit
  readonly #events: RunEvents
  readonly #host: Libp2p
  readonly #log: Logger
  readonly #stopping = new AbortController()
  readonly #others: ListedNode[]
  readonly #warned = new Set<string>()
  #cancelRenewal: (() => void) | undefined

  private constructor (opening: Opening, history: History, init: ResolvedInit, host: Libp2p, events: RunEvents) {
    const { account, store } = opening
    const { clock, random, crypto, network: networkId, logger } = init
    this.opening = opening
    this.#init = init
    this.#events = events
    this.#host = host
    this.#log = logger.forComponent('posthouse:client')
    this.#others = listNodes([...init.nodes ?? [], ...init.bootstrap])
    const network = dialingNetwork(host)
    const failed = (error: Error): void => { this.#onFailure(error) }
    const ask: Ask = async (question, options) => await this.ask(question, options)
    this.links = new Links({ network, clock, random, log: logger.forComponent('posthouse:client:links') }, this.#linksInit())
    this.contacts = new Contacts({ store, account, crypto, clock, log: this.#log, ask, changed: (root, contact, before) => { this.#onContact(root, contact, before) } })
    const { links, contacts } = this
    const shared = { store, account, contacts, links, crypto, clock, random, failed }
    this.conversing = new Conversing({
      ...shared,
      ...{ history, logger, ask, events },
      mailbox: () => this.mailbox,
      taken: async (format, whole) => { await this.devices.take(format, whole) },
      synced: async (device, body) => { await this.devices.synced(device, body) },
      askOwn: async ids => await this.devices.askFor(ids)
    })
    this.devices = this.#makeDevices({ ...shared, network, networkId, history, ask })
    this.mailbox = new Mailbox({
      ...shared,
      network,
      networkId,
      inbox: this.conversing.inbox,
      log: logger.forComponent('posthouse:client:mailbox'),
      drained: (node, outcome) => { this.#onDrained(node, outcome) }
    })
    this.presence = new Presence({ ...shared, log: logger.forComponent('posthouse:client:presence'), changed: events.presence })
    this.#registration = new Registration({ account, crypto, network, clock, networkId, session: node => links.session(node), offer: async session => { await this.conversing.groups.attached(session) }, warn: events.warning }, { nodes: init.nodes, bootstrap: init.bootstrap })
    this.#registering = new Registering({ registration: this.#registration, stopping: this.#stopping.signal, log: this.#log, ended: () => { this.#list() } })
    this.#placement = new Placement({
      account,
      registration: this.#registration,
      network,
      networkId,
      clock,
      random,
      log: logger.forComponent('posthouse:client:placement'),
      sessions: () => links.sessions,
      others: this.#others,
      publish: async (nodes, newcomers) => { await this.#registering.place(nodes, newcomers) }
    })
  }

  #makeDevices (shared: Pick<DevicesComponents, 'account' | 'store' | 'contacts' | 'network' | 'networkId' | 'history' | 'ask' | 'crypto' | 'clock' | 'random'>): Devices {
    const { transfer, warning } = this.#events
    const { writing, groups } = this.conversing
    return new Devices({
      ...shared,
      log: this.#init.logger.forComponent('posthouse:client:devices'),
      publish: async () => await this.register(),
      send: async body => { await writing.signal(shared.account.root, { type: 'sync', body }) },
      introduce: async root => { await writing.note(root, { type: 'introduction' }) },
      generations: async () => await groups.generations(),
      restored: async generations => { await groups.restored(generations) },
      given: async message => { await groups.given(message) },
      changed: news => { this.#onAccount(news) },
      progress: transfer,
      warning,
      revoked: () => {
        this.#warnOnce(new RevokedError().message)
        this.links.list([])
      }
    })
  }

  /** Everything is read from the store and the sessions are on their way when it resolves. */
  static async start (opening: Opening, history: History, init: ResolvedInit, events: RunEvents): Promise<RunningClient> {
    const host = await createHost({ deviceSeed: opening.deviceSeed, transports: init.transports, logger: init.logger })
    const run = new RunningClient(opening, history, init, host, events)
    try {
      await run.conversing.start()
      await run.mailbox.start()
      await run.devices.start()
      await run.presence.start()
    } catch (error) {
      await run.stop()
      throw error
    }
    run.#list()
    run.#renewLater()
    return run
  }

  /** In the reverse order; the store stays open for whoever opened it. */
  async stop (): Promise<void> {
    this.#cancelRenewal?.()
    const steps: Array<() => Promise<void>> = [
      async () => { await this.presence.stop() },
      async () => { this.#stopping.abort(new ConnectionLostError('the client is stopping')) },
      async () => { await this.#placement.stop() },
      async () => { await this.#registering.settled() },
      async () => { await this.links.stop({ signal: AbortSignal.timeout(CLIENT_DEFAULTS.goodbyeTimeoutMs) }) },
      async () => { await this.devices.stop() },
      async () => { await this.mailbox.stop() },
      async () => { await this.conversing.stop() },
      async () => { await this.#host.stop() }
    ]
    // Whatever one of them meets, the others come to their end.
    for (const step of steps) await step().catch((error: Error) => { this.#log('while stopping: %s', error.message) })
  }

  /** Asks whichever node answers; rejects with UnreachableError when none does. */
  async ask<T> (question: (session: Session) => Promise<T>, { signal, isPatient = false }: EnquiryOptions = {}): Promise<T> {
    const { network: networkId, clock } = this.#init
    const either = signal === undefined ? this.#stopping.signal : AbortSignal.any([signal, this.#stopping.signal])
    const isServed = this.opening.account.nodes.length > 0 && !this.devices.isRevoked
    return await enquire({ network: dialingNetwork(this.#host), networkId, clock, links: isServed ? this.links : undefined, others: this.#others }, question, { signal: either, isPatient })
  }

  async register (options: { nodes?: string[] | undefined } & Abortable = {}): Promise<Registered> { return await this.#registering.register(options) }

  /** Renews what has grown old, and registers where that is needed. */
  async renew (): Promise<void> {
    if (await this.opening.account.renewSealingKeys()) this.conversing.accountChanged()
    const isKnown = this.#others.length > 0 || this.opening.account.nodes.length > 0
    if (this.#registration.isDue && isKnown) await this.register()
    else if (this.opening.account.unpublished.length > 0) await this.#registration.publish({ signal: this.#stopping.signal })
  }

  /** In the background: what goes wrong is a warning. */
  renewSoon (): void {
    this.renew().catch((error: Error) => { if (!this.#stopping.signal.aborted) this.#events.warning(error.message) })
  }

  /** Nothing is left to hand over in either direction, as far as nodes can be reached. */
  get isSettled (): boolean { return this.mailbox.isCaughtUp && this.conversing.isSettled }

  #linksInit (): LinksServiceInit {
    return {
      networkId: this.#init.network,
      attach: async (session, { signal }) => { await showDevice(session, this.opening.account, { signal, outdated: async () => { await this.devices.look(session) } }) },
      events: hear(() => ({ links: this.links, mailbox: this.mailbox, conversing: this.conversing, presence: this.presence, placement: this.#placement })),
      attached: session => { this.#onAttached(session) },
      detached: session => {
        this.conversing.outbox.disconnected(session)
        this.mailbox.detached(session)
        this.presence.detached()
        this.#placement.detached(session.node)
        this.#events.connection(session.node, false)
      },
      failed: (node, error) => {
        this.#log('no session with node %s: %s', node.slice(0, 8), error.message)
        // That it can be reached and will not serve us is for the person to know.
        if (error instanceof UnsupportedError) this.#warnOnce(error.message)
        this.#placement.tried(node, error)
      }
    }
  }

  #warnOnce (sentence: string): void {
    if (!this.#warned.has(sentence)) this.#events.warning(sentence)
    this.#warned.add(sentence)
  }

  #onAttached (session: Session): void {
    this.conversing.attached(session)
    this.mailbox.attached(session)
    this.#run(this.devices.attached(session))
    this.presence.attached(session)
    this.#placement.attached(session.node)
    this.#events.connection(session.node, true)
    if (!this.#registering.isBusy && this.opening.account.unpublished.includes(session.node)) this.renewSoon()
  }

  #onDrained (node: PeerKey, { failure, brought }: { failure: Error | undefined, brought: boolean }): void {
    this.#placement.tried(node, failure)
    this.devices.drained(node, failure)
    if (failure === undefined && !brought) this.#run(this.opening.account.leaveFormer(node))
  }

  #onContact (root: RootKey, contact: Contact, before: Contact): void {
    this.conversing.contactChanged(root, contact, before)
    this.devices.contactChanged(root, contact)
    if (contact.name !== before.name) this.#events.named(root, contact.name)
    if (contact.record !== before.record && isOutdated(contact)) this.#run(this.contacts.resolve(root, { fresh: true }))
    if (contact.presenceKey !== before.presenceKey || contact.profile !== before.profile) this.presence.contactChanged(root, contact)
  }

  /** Another of our devices has changed the account, or this one has. */
  #onAccount ({ devices, record, secrets }: AccountNews): void {
    this.conversing.accountChanged()
    if (record) this.#list()
    // What was left aside for want of a key can be opened now.
    if (secrets) this.mailbox.again()
    if (devices) this.#events.devices()
  }

  #onFailure (error: Error): void {
    if (this.#stopping.signal.aborted) return this.#log('while stopping: %s', error.message)
    this.#log.error('%s %o', error.message, error.cause)
    this.#warnOnce(error.message)
  }

  #run (task: Promise<unknown>): void {
    task.catch((error: Error) => { this.#log('%s', error.message) })
  }

  #list (): void {
    if (this.#stopping.signal.aborted) return
    const { nodes, former } = this.opening.account
    this.links.list(nodes)
    this.mailbox.list(nodes, former)
    this.#placement.listed()
    this.conversing.accountMoved()
  }

  #renewLater (): void {
    this.#cancelRenewal = this.#init.clock.after(CLIENT_DEFAULTS.renewIntervalMs, () => {
      this.renewSoon()
      this.#renewLater()
    })
  }
}
