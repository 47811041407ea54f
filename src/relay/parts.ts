/**
 * The parts of one run of the relay, and what they tell each other:
 *
 *   device ─submit→ Coordinator ─forward→ PeerLinks ══ another node's PeerLinks ─deposit→ its Replica
 *                        │    └──forward→ Replica ─append→ store
 *   device ←─answers─────┴──────receipts───┘
 */
import { UnsupportedError } from '../errors.ts'
import { REFUSAL } from '../types.ts'
import { openEnvelope } from '../wire/envelope.ts'
import { Audits } from './audit.ts'
import { Collections } from './collections.ts'
import { Coordinator } from './coordinator.ts'
import { DrainServer } from './drain.ts'
import { MembersCore } from './members.core.ts'
import { MovedMail } from './moved.ts'
import { PeerAnswers } from './peer-answers.ts'
import { PeerLinks } from './peer-links.ts'
import { OwnDeposits } from './reconcile/own-deposits.ts'
import { Reconciliation } from './reconcile/service.ts'
import { Replica, type ReplicaHost } from './replica.ts'
import { Sources, type Source } from './source.ts'
import { Whispers } from './whispers.ts'
import type { HandoverComponents } from './handover.ts'
import type { PeerLinksHost } from './peer-links.ts'
import type { ServedProfiles } from './reconcile/pull-stream.ts'
import type { Clock, Crypto, EnvelopeStore, Network, Random, ServedUsers, Shelf, SigningKey } from '../ports.ts'
import type { Bytes, Envelope, MailboxId, PeerKey, RouteEntry, RouteRecord } from '../types.ts'
import type { ComponentLogger } from '@libp2p/interface'

export interface RelayComponents {
  network: Network
  /** The network that this node belongs to, as its Hello says. */
  networkId: string
  envelopes: EnvelopeStore
  users: ServedUsers
  profiles: ServedProfiles
  /** Opens a record that another node sent and keeps it when it is the newest. Rejects when it is not a valid one. */
  learnRoute: (bytes: Bytes) => Promise<RouteRecord>
  crypto: Crypto
  signingKey: SigningKey
  clock: Clock
  random: Random
  /** What the relay remembers over restarts, by name. */
  shelf: (name: string) => Shelf
  /** Whether the disk refuses writes now: the other nodes of our mailboxes are told, and expect nothing new here. */
  isReadOnly: () => boolean
  /** False when the store was not closed as it should have been: then it is read through before others are told what is here. */
  wasClean: boolean
  logger: ComponentLogger
}

export class RelayParts {
  readonly sources = new Sources()
  readonly members = new MembersCore()
  readonly replica: Replica
  readonly coordinator: Coordinator
  readonly links: PeerLinks
  readonly collections: Collections
  readonly drains: DrainServer
  readonly reconciliation: Reconciliation
  readonly moved: MovedMail
  readonly audits: Audits
  readonly whispers: Whispers
  readonly #components: RelayComponents
  readonly #peerAnswers: PeerAnswers
  readonly #self: PeerKey
  readonly #ownDeposits: OwnDeposits

  /** onIdle: some part has nothing open any more. onCaught: an audit has found a node out. */
  constructor (components: RelayComponents, onIdle: () => void, onCaught: (node: PeerKey) => void) {
    const { network, clock, logger, signingKey, learnRoute, crypto } = this.#components = components
    const log = logger.forComponent('posthouse:relay')
    const { sources } = this
    const self = this.#self = signingKey.publicKey
    this.replica = new Replica({ ...components, sources, log, host: this.#replicaHost(onIdle) })
    this.links = new PeerLinks({ network, clock, log, host: this.#linksHost() })
    this.coordinator = new Coordinator({ ...components, self, sources, replica: this.replica, links: this.links, onIdle })
    this.collections = new Collections({ ...components, self, links: this.links, log })
    this.drains = new DrainServer({ ...components, log })
    this.#ownDeposits = new OwnDeposits({
      newSource: () => sources.newDevice(),
      deposit: (...deposit) => { this.replica.deposit(...deposit) }
    })
    this.reconciliation = new Reconciliation({
      ...components,
      self,
      log,
      members: this.members,
      links: this.links,
      collect: async collection => { await this.collections.keep(collection) },
      deposit: async envelopes => await new Promise(resolve => { this.#ownDeposits.deposit(envelopes, resolve) })
    })
    this.moved = new MovedMail(this.handoverComponents)
    this.audits = new Audits({
      ...components,
      self,
      shelf: components.shelf('audits'),
      log,
      host: {
        members: mailbox => this.#members(mailbox).map(({ node }) => node),
        say: (node, word) => this.links.isLinked(node) && this.links.say({ node, addressHint: undefined }, word),
        wasCollected: (mailbox, id) => this.collections.wasCollected(mailbox, id),
        caught: (node, until) => {
          this.members.handle({ type: 'caught', node, until }, clock.now())
          onCaught(node)
        }
      }
    })
    this.whispers = new Whispers({
      self,
      crypto,
      clock,
      links: this.links,
      members: mailbox => this.#members(mailbox),
      show: envelope => { this.replica.whisper(envelope) }
    })
    this.#peerAnswers = new PeerAnswers({
      crypto,
      log,
      learnRoute,
      idsOf: (node, tickets) => this.coordinator.idsOf(node, tickets),
      tell: (event, run) => { this.coordinator.tell(event, run === undefined ? undefined : { run, first: 0 }) }
    })
  }

  /** What handing over needs of the relay. */
  get handoverComponents (): HandoverComponents {
    const { envelopes, users, clock, logger } = this.#components
    return { self: this.#self, coordinator: this.coordinator, links: this.links, envelopes, users, clock, log: logger.forComponent('posthouse:relay:handover') }
  }

  /** Deposits without an outcome. */
  get open (): number { return this.coordinator.open + this.replica.open }

  async start (): Promise<void> {
    await this.audits.start()
    await this.links.start()
    await this.drains.start()
    this.reconciliation.start()
    this.moved.start()
  }

  async stop (): Promise<void> {
    this.moved.stop()
    this.coordinator.stop()
    this.audits.stop()
    this.reconciliation.stop()
    await this.drains.stop()
    await this.links.stop()
    this.sources.clear()
  }

  /** A malformed envelope is refused by its ticket: the frame around it was well-formed. */
  openEnvelope ({ answers }: Source, ticket: number, bytes: Bytes): Envelope | undefined {
    try {
      return openEnvelope(bytes, this.#components.crypto)
    } catch (error) {
      const code = error instanceof UnsupportedError ? REFUSAL.unsupported : REFUSAL.malformed
      answers.refuse(ticket, { code, retryAfterSeconds: 0 })
      return undefined
    }
  }

  /** What the replica says of a node's deposit goes to that node; of a device's, to our coordinator. */
  #replicaHost (onIdle: () => void): ReplicaHost {
    const { sources } = this
    const node = this.#self
    return {
      onIdle,
      onReceipts: (id, tickets, leaves) => {
        if (this.#ownDeposits.onReceipts(id, tickets)) return
        if (sources.isNode(id)) sources.get(id)?.answers.receipts(leaves.run.frame(leaves.first, tickets))
        else this.coordinator.tell({ type: 'receipts', node, tickets }, leaves)
      },
      onRefused: (id, ticket, refusal) => {
        if (this.#ownDeposits.onRefused(id, refusal)) return
        if (sources.isNode(id)) sources.get(id)?.answers.refuse(ticket, refusal)
        else this.coordinator.tell({ type: 'refused', node, tickets: [ticket], refusal })
      },
      onMoved: (id, ticket, route) => {
        if (sources.isNode(id)) sources.get(id)?.answers.moved(ticket, route.bytes)
        else this.coordinator.tell({ type: 'moved', node, tickets: [ticket], route })
      }
    }
  }

  /** The nodes that keep the mailbox. */
  #members (mailbox: MailboxId): RouteEntry[] {
    const route = this.#components.users.route(mailbox)
    return route === undefined ? [] : this.members.members(route, this.#components.clock.now())
  }

  /** A node that leaves takes nothing from others any more: what it deposits for its own users lies on its disk, and was promised. */
  #isHandedOver (node: PeerKey, { mailbox }: Envelope): boolean {
    return this.links.isLeaving(node) && this.#components.users.route(mailbox)?.entries.some(entry => entry.node === node) === true
  }

  #linksHost (): PeerLinksHost {
    const { sources } = this
    const { networkId, envelopes, clock } = this.#components
    return {
      network: networkId,
      storeId: envelopes.storeId,
      clock,
      newSource: () => sources.newNode(),
      onOpen: stream => { sources.add(stream) },
      onEnd: stream => {
        sources.remove(stream.id)
        if (!this.links.isLinked(stream.node)) this.audits.unlinked(stream.node)
      },
      onLost: node => {
        this.members.handle({ type: 'lost', node }, clock.now())
        this.coordinator.tell({ type: 'lost', node })
        if (!this.links.isLinked(node)) this.reconciliation.lost(node)
      },
      onUnsent: (node, ticket) => { this.coordinator.tell({ type: 'unsent', node, ticket }) },
      onDeposit: (from, ticket, routeEpoch, routeSeq, bytes) => {
        const envelope = this.openEnvelope(from, ticket, bytes)
        if (envelope !== undefined) this.replica.deposit(from.id, { ticket, envelope, isCopy: this.#isHandedOver(from.node, envelope) }, routeEpoch, routeSeq)
      },
      onReceipts: (from, receipts) => { this.#peerAnswers.take(from, { type: 'receipts', receipts }) },
      onRefused: (from, refused) => { this.#peerAnswers.take(from, { type: 'refused', refused }) },
      onMoved: (from, route) => { this.#peerAnswers.take(from, { type: 'moved', route }) },
      onCollection: (from, collection) => { this.collections.fromPeer(from, collection) },
      onDigests: (from, digests) => {
        this.members.handle({ type: 'told', node: from.node, readOnly: digests.readOnly }, clock.now())
        this.audits.onDigests(from.node, digests)
        this.reconciliation.onDigests(from, digests.digests)
      },
      onAudit: (from, audit) => { this.audits.onAudit(from, audit) },
      onAudited: (from, audited) => { this.audits.onAudited(from, audited) },
      onWhisper: (from, envelope) => { this.whispers.fromPeer(from.node, envelope) },
      onReached: node => {
        this.members.handle({ type: 'reached', node }, clock.now())
        this.audits.linked(node)
        this.reconciliation.reached(node)
      },
      onUnreachable: node => {
        this.members.handle({ type: 'unreachable', node }, clock.now())
        this.reconciliation.unreachable(node)
      }
    }
  }
}
