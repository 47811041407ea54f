/**
 * The relay of a simulated node: its parts and what they tell each other, as src/relay/{parts,collections,peer-answers,
 * service}.ts have it.
 *
 *   device ─submit→ SimCoordinator ─forward→ PeerLinks ══ another node's PeerLinks ─deposit→ its SimReplica
 *                        │    └──────forward→ SimReplica ─append→ store
 *   device ←─answers─────┴─────────receipts───┘
 */
import { Gate, type Pausable } from '../../src/relay/gate.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { OwnDeposits } from '../../src/relay/reconcile/own-deposits.ts'
import { nodeFrame, RELAY, type NodeFrame, type RelayFrame } from './frames.ts'
import { MembersCore } from '../../src/relay/members.core.ts'
import { SimAudits } from './node-audits.ts'
import { SimAnswers, type AnswerFrames } from './node-answers.ts'
import { SimCollections } from './node-collections.ts'
import { SimCoordinator } from './node-coordinator.ts'
import { SimMovedMail, handOver, type HandoverParts } from './node-handover.ts'
import { PeerLinks, type PeerLinksHost } from './node-links.ts'
import { SimReconcile } from './node-reconcile.ts'
import { SimReplica, type ReplicaHost } from './node-replica.ts'
import { SimSources } from './node-source.ts'
import { isCurrent, type SimUsers } from './node-users.ts'
import type { PeerStream } from './node-peer-stream.ts'
import type { Shelves } from './node-shelves.ts'
import type { SimProcess } from './process.ts'
import type { StorePerformer } from './store-performer.ts'
import type { Witness } from '../checks/witness.ts'
import type { Chance } from '../world/chance.ts'
import type { Host } from '../world/network.ts'
import type { SourceId } from '../../src/relay/intake.core.ts'
import type { Envelope, MailboxId, PeerKey } from '../../src/types.ts'

export interface RelayParts {
  self: PeerKey
  process: SimProcess
  network: Host
  store: StorePerformer
  users: SimUsers
  shelves: Shelves
  /** Whether the run before ended as it should have. */
  wasClean: boolean
  chance: Chance
  witness: Pick<Witness, 'receipt' | 'caught'>
}

/** A device's session, as the relay sees it. */
export interface DeviceLink extends Pausable {
  readonly device: PeerKey
  /** The device's own mailbox. */
  readonly mailbox: MailboxId
  /** False: no room, and nothing was sent. */
  send: (frame: NodeFrame) => boolean
  /** Cuts the device off when there is no room. */
  sendOrAbort: (frame: NodeFrame) => void
}

/** What an attached device is to the relay. */
export interface AttachedDevice {
  submit: (ticket: number, envelope: Envelope, routeEpoch: number, routeSeq: number) => void
  detach: () => void
}

const ANSWERS: AnswerFrames = Object.freeze({
  accepted: nodeFrame.accepted,
  receipts: ({ node, storeId, time }, receipts) => nodeFrame.receipts({ node, storeId, time, receipts }),
  refused: nodeFrame.refused,
  moved: nodeFrame.moved,
  push: nodeFrame.push,
  pushed: nodeFrame.pushed,
  behind: nodeFrame.behind
} satisfies AnswerFrames)

export class SimRelay {
  readonly sources = new SimSources()
  readonly replica: SimReplica
  readonly coordinator: SimCoordinator
  readonly links: PeerLinks
  readonly collections: SimCollections
  readonly members = new MembersCore()
  readonly audits: SimAudits
  readonly reconcile: SimReconcile
  readonly moved: SimMovedMail
  readonly #parts: RelayParts
  readonly #ownDeposits: OwnDeposits
  /** Attached now. */
  readonly #devices = new Set<DeviceLink>()
  #onIdle: (() => void) | undefined

  constructor (parts: RelayParts) {
    const { self, process, network, store, users, witness, shelves, chance, wasClean } = this.#parts = parts
    const { sources } = this
    const onIdle = (): void => { this.#onIdle?.() }
    this.replica = new SimReplica({ self, process, sources, store, users, witness, host: this.#replicaHost(onIdle) })
    this.links = new PeerLinks(this.#linksHost())
    this.collections = new SimCollections({ self, process, store, users, links: this.links })
    this.audits = new SimAudits({
      self,
      process,
      chance: chance.split('audits'),
      store,
      users,
      shelves,
      host: {
        members: mailbox => this.#members(mailbox),
        say: (node, word) => this.links.isLinked(node) && this.links.say(node, word),
        caught: (node, until) => { this.#caught(node, until) }
      }
    })
    this.coordinator = new SimCoordinator({ self, process, sources, replica: this.replica, links: this.links, users, onIdle })
    this.#ownDeposits = new OwnDeposits({ newSource: () => sources.newDevice(), deposit: (...deposit) => { this.replica.deposit(...deposit) } })
    this.reconcile = new SimReconcile({
      self,
      process,
      network,
      chance: chance.split('reconcile'),
      store,
      users,
      members: this.members,
      links: this.links,
      wasClean,
      collect: (collection, done) => { this.collections.keep(collection, done) },
      deposit: (envelopes, done) => { this.#ownDeposits.deposit(envelopes, done) }
    })
    this.moved = new SimMovedMail(this.#handoverParts)
    this.moved.start()
    this.audits.start()
    network.handle(RELAY, stream => { if (!process.isOver) this.links.accept(stream) })
    this.reconcile.start()
  }

  /** Deposits without an outcome. */
  get open (): number { return this.coordinator.open + this.replica.open }

  /** Takes no more deposits; done when each that was taken has its outcome, or after a bound. */
  drain (done: (unfinished: number) => void): void {
    this.moved.stop()
    this.links.leave()
    this.coordinator.tell({ type: 'drain' })
    this.replica.drain()
    let isDone = false
    const finish = (): void => {
      if (isDone) return
      isDone = true
      this.#onIdle = undefined
      cancel()
      done(this.open)
    }
    const cancel = this.#parts.process.after(RELAY_DEFAULTS.finishMs, finish)
    if (this.open === 0) return finish()
    this.#onIdle = () => { if (this.open === 0) finish() }
  }

  /** Hands over what lies here; mayEnd: whether it may be over already. The result looks again. */
  handOver (mayEnd: () => boolean, done: () => void): () => void { return handOver(this.#handoverParts, mayEnd, done) }

  get #handoverParts (): HandoverParts {
    const { self, process, store, users } = this.#parts
    return { self, process, coordinator: this.coordinator, links: this.links, store, users }
  }

  /** From now on the device may deposit, and is shown what arrives for its mailbox. */
  attach (link: DeviceLink): AttachedDevice {
    const { process } = this.#parts
    const id = this.sources.newDevice()
    const gate = new Gate(link)
    const answers = new SimAnswers({ process, frames: ANSWERS, gate, send: frame => link.send(frame as NodeFrame), sendOrAbort: frame => { link.sendOrAbort(frame as NodeFrame) } })
    this.sources.add({ id, gate, answers })
    this.#devices.add(link)
    this.replica.attach(id, link.device, link.mailbox)
    for (const node of this.audits.caught) this.#accuse(node, [link])
    return {
      submit: (ticket, envelope, routeEpoch, routeSeq) => { this.coordinator.submit(id, ticket, envelope, routeEpoch, routeSeq) },
      detach: () => {
        this.#devices.delete(link)
        this.replica.detach(id)
        this.sources.remove(id)
      }
    }
  }

  /** The nodes that keep the mailbox. */
  #members (mailbox: MailboxId): PeerKey[] {
    const route = this.#parts.users.route(mailbox)
    return route === undefined ? [] : this.members.members(route, this.#parts.process.now()).map(({ node }) => node)
  }

  #caught (node: PeerKey, until: number): void {
    const { self, process, witness } = this.#parts
    this.members.handle({ type: 'caught', node, until }, process.now())
    witness.caught({ at: process.now(), node, by: self, until })
    this.#accuse(node, this.#devices)
  }

  /** Tells it to those whose record lists the node. */
  #accuse (node: PeerKey, links: Iterable<DeviceLink>): void {
    for (const link of links) {
      if (this.#parts.users.route(link.mailbox)?.entries.some(entry => entry.node === node) === true) link.sendOrAbort(nodeFrame.accused(node))
    }
  }

  #onAnswer (from: PeerStream, frame: Extract<RelayFrame, { kind: 'receipts' | 'refused' | 'moved' }>): void {
    const { node } = from
    switch (frame.kind) {
      case 'refused': return this.coordinator.tell({ type: 'refused', node, tickets: frame.tickets, refusal: frame.refusal })
      case 'moved':
        // One that has run out does not open, and ends the stream.
        if (!isCurrent(frame.record, this.#parts.process.now())) return from.abort()
        return this.#parts.users.learnRoute(frame.record, route => { this.coordinator.tell({ type: 'moved', node, tickets: frame.tickets, route }) })
      case 'receipts': {
        const tickets = frame.receipts.map(({ ticket }) => ticket)
        const ids = this.coordinator.idsOf(node, tickets)
        // Too late: their deposits are forgotten.
        if (ids === undefined) return
        // What was signed is not what was deposited: a proof that does not verify.
        if (frame.receipts.some(({ envelope }, at) => envelope !== ids[at])) return from.abort()
        this.coordinator.tell({ type: 'receipts', node, tickets }, { run: { node, storeId: frame.storeId, time: frame.time, ids }, first: 0 })
      }
    }
  }

  #linksHost (): PeerLinksHost {
    const { process, network, store } = this.#parts
    const { sources } = this
    return {
      network,
      storeId: store.storeId,
      process,
      newSource: () => sources.newNode(),
      onOpen: stream => { sources.add(stream) },
      onEnd: stream => {
        sources.remove(stream.id)
        this.collections.ended(stream)
        if (!this.links.isLinked(stream.node)) this.audits.unlinked(stream.node)
      },
      onLost: node => {
        this.members.handle({ type: 'lost', node }, process.now())
        this.coordinator.tell({ type: 'lost', node })
        if (!this.links.isLinked(node)) this.reconcile.lost(node)
      },
      onUnsent: (node, ticket) => { this.coordinator.tell({ type: 'unsent', node, ticket }) },
      onDeposit: ({ id }, { ticket, envelope, routeEpoch, routeSeq }) => { this.replica.deposit(id, { ticket, envelope }, routeEpoch, routeSeq) },
      onAnswer: (from, frame) => { this.#onAnswer(from, frame) },
      onCollection: (from, collection) => { this.collections.fromPeer(from, collection) },
      onDigests: (from, digests, readOnly) => {
        this.members.handle({ type: 'told', node: from.node, readOnly }, process.now())
        this.audits.onDigests(from.node, digests.map(({ mailbox }) => mailbox), readOnly)
        this.reconcile.onDigests(from, digests)
      },
      onAudit: (from, frame) => { this.audits.onAudit(from, frame) },
      onAudited: (from, frame) => { this.audits.onAudited(from, frame) },
      onReached: node => {
        this.members.handle({ type: 'reached', node }, process.now())
        this.audits.linked(node)
        this.reconcile.reached(node)
      },
      onUnreachable: node => {
        this.members.handle({ type: 'unreachable', node }, process.now())
        this.reconcile.unreachable(node)
      }
    }
  }

  /** What the replica says of a node's deposit goes to that node; of a device's, to our coordinator. */
  #replicaHost (onIdle: () => void): ReplicaHost {
    const { sources } = this
    const node = this.#parts.self
    const answersOf = (id: SourceId): SimAnswers | undefined => sources.get(id)?.answers
    return {
      onIdle,
      onReceipts: (id, tickets, leaves) => {
        if (this.#ownDeposits.onReceipts(id, tickets)) return
        if (sources.isNode(id)) answersOf(id)?.receipts(leaves, tickets)
        else this.coordinator.tell({ type: 'receipts', node, tickets }, leaves)
      },
      onRefused: (id, ticket, refusal) => {
        if (this.#ownDeposits.onRefused(id, refusal)) return
        if (sources.isNode(id)) answersOf(id)?.refuse(ticket, refusal)
        else this.coordinator.tell({ type: 'refused', node, tickets: [ticket], refusal })
      },
      onMoved: (id, ticket, route) => {
        if (sources.isNode(id)) answersOf(id)?.moved(ticket, route)
        else this.coordinator.tell({ type: 'moved', node, tickets: [ticket], route })
      }
    }
  }
}
