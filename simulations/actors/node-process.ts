/**
 * One run of a simulated node's process: its parts and how they hang together, as src/node/{assembly,running}.ts have
 * them. Whatever it has not got on the disk ends with it.
 */
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { RECONCILE_DEFAULTS } from '../../src/relay/reconcile/defaults.ts'
import { STORE_DEFAULTS } from '../../src/store/defaults.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { INTAKE_LIMITS } from '../../src/relay/intake.core.ts'
import { SimDrains } from './node-drains.ts'
import { SimProfiles } from './node-profiles.ts'
import { SimRelay } from './node-relay.ts'
import { SimRequests } from './node-requests.ts'
import { SimSessions } from './node-sessions.ts'
import { SimUsers } from './node-users.ts'
import { SILENT, SimRouting } from './node-routing.ts'
import type { Shelves } from './node-shelves.ts'
import type { NodeInit } from './node-init.ts'
import type { SimProcess } from './process.ts'
import type { StorePerformer } from './store-performer.ts'
import type { Sample } from '../checks/witness.ts'
import type { Host } from '../world/network.ts'
import type { Chance } from '../world/chance.ts'

export interface NodeProcessParts { init: NodeInit, process: SimProcess, chance: Chance, host: Host, store: StorePerformer, shelves: Shelves, wasClean: boolean }

/** How often the end of a stopping process looks whether the store has written what waited. */
const QUIET_CHECK_MS = 50

/** From ready to its end. */
export class NodeProcess {
  readonly #parts: NodeProcessParts
  readonly #routing: SimRouting
  readonly #users: SimUsers
  readonly #relay: SimRelay
  readonly #sessions: SimSessions
  readonly #drains: SimDrains
  #isDraining = false

  constructor (parts: NodeProcessParts) {
    const { init, process, chance, host, store, shelves, wasClean } = this.#parts = parts
    const { key: self, witness } = init
    const users = this.#users = new SimUsers(shelves, process.now, {
      onDevices: (mailbox, devices) => { this.#sessions.keepOnly(mailbox, devices) },
      onRoute: record => { this.#routing.keeper.keep(record) },
      onForgotten: root => { this.#routing.keeper.drop(root) },
      onChanged: mailbox => { this.#relay.reconcile.touched(mailbox) }
    })
    users.load()
    this.#routing = new SimRouting({ init, process, chance, shelves, users })
    this.#relay = new SimRelay({ self, process, network: host, store, users, witness, shelves, chance, wasClean })
    this.#drains = new SimDrains({ process, network: host, store, users })
    const profiles = new SimProfiles({ process, network: host, users }, SILENT)
    const requests = new SimRequests({ self, process, users, routes: this.#routing.keeper, profiles, relay: this.#relay, witness, isDraining: () => this.#isDraining })
    this.#sessions = new SimSessions(host, {
      process,
      storeId: store.storeId,
      attach: link => this.#relay.attach(link),
      answer: requests.answer
    })
    this.#sweepLater()
    this.#scrubLater(this.#parts.chance.split('scrubs'))
  }

  /** Without a word to anybody. */
  end (): void { this.#routing.end() }

  /**
   * Takes nothing new, finishes what is in flight within a bound, sends devices elsewhere, hands its mail over, says goodbye, and
   * lets the disk have what waits.
   */
  drain (done: (unfinished: number) => void): void {
    this.#isDraining = true
    let isDeparted = false
    let lookAgain = (): void => {}
    this.#sessions.depart(this.#parts.chance.split('departures'), () => {
      isDeparted = true
      lookAgain()
    })
    this.#relay.drain(unfinished => {
      lookAgain = this.#relay.handOver(() => isDeparted, () => { this.#leave(() => { done(unfinished) }) })
    })
  }

  #leave (done: () => void): void {
    this.#sessions.stop()
    this.#drains.stop()
    this.#relay.reconcile.stop()
    this.#relay.links.stop()
    this.#routing.end()
    this.#whenQuiet(this.#parts.process.now() + RELAY_DEFAULTS.finishMs, done)
  }

  /** Sizes against the limits that are named for them. */
  samples (): Sample[] {
    const { sources, coordinator, replica, links, audits, reconcile } = this.#relay
    const { store } = this.#parts
    const users = this.#users
    const open = (name: string, value: number): Sample => ({ name, value, limit: LIMITS.inFlightDeposits * Math.max(1, sources.count) })
    let streams = 0
    let queuedBytes = 0
    let inFlight = 0
    for (const pair of links.streams) {
      streams = Math.max(streams, pair.length)
      for (const stream of pair) {
        queuedBytes = Math.max(queuedBytes, stream.queuedBytes)
        inFlight = Math.max(inFlight, stream.inFlight)
      }
    }
    for (const session of this.#sessions.all) queuedBytes = Math.max(queuedBytes, session.queuedBytes)
    return [
      open('coordinator deposits', coordinator.open),
      open('replica deposits', replica.open),
      { name: 'replica intake bytes', value: replica.openBytes, limit: INTAKE_LIMITS.totalBytesMax },
      // An empty queue takes anything.
      { name: 'store queue bytes', value: store.queuedBytes, limit: STORE_DEFAULTS.queueBytes + INTAKE_LIMITS.totalBytesMax },
      { name: 'stream queue bytes', value: queuedBytes, limit: LIMITS.streamQueueBytes },
      { name: 'deposits in flight on a relay stream', value: inFlight, limit: LIMITS.inFlightDeposits },
      { name: 'relay peers', value: links.count, limit: RELAY_DEFAULTS.peersMax },
      { name: 'relay streams of a pair', value: streams, limit: RELAY_DEFAULTS.streamsPerPeerMax + 1 },
      { name: 'dial queue bytes', value: links.dialQueueBytes, limit: RELAY_DEFAULTS.dialQueueBytes },
      { name: 'failed dials remembered', value: links.failuresRemembered, limit: RELAY_DEFAULTS.failuresRemembered },
      { name: 'audits', value: audits.open, limit: RELAY_DEFAULTS.auditsOpenMax },
      { name: 'audited peers', value: audits.size, limit: RELAY_DEFAULTS.auditedPeersMax },
      { name: 'sessions', value: this.#sessions.count, limit: NODE_DEFAULTS.connectionsMax * NODE_DEFAULTS.sessionsPerConnectionMax },
      { name: 'pulls at once', value: reconcile.running, limit: RECONCILE_DEFAULTS.pullsMax },
      { name: 'mailboxes to be pulled', value: reconcile.pulls, limit: RECONCILE_DEFAULTS.queueMax + RECONCILE_DEFAULTS.pullsMax },
      { name: 'pairs of digests remembered', value: reconcile.memos, limit: RECONCILE_DEFAULTS.memosMax },
      { name: 'drains', value: this.#drains.count, limit: RELAY_DEFAULTS.drainsMax },
      { name: 'users', value: users.count, limit: NODE_DEFAULTS.usersMax },
      { name: 'foreign routes', value: users.strangers, limit: NODE_DEFAULTS.foreignRoutesMax },
      ...this.#routing.samples()
    ]
  }

  /** What the store still has to write is written, unless that takes too long. */
  #whenQuiet (until: number, done: () => void): void {
    const { process, store, shelves } = this.#parts
    if ((store.queuedBytes === 0 && shelves.isQuiet) || process.now() >= until) return done()
    process.after(QUIET_CHECK_MS, () => { this.#whenQuiet(until, done) })
  }

  #sweepLater (): void {
    const { process, store } = this.#parts
    process.after(NODE_DEFAULTS.sweepIntervalMs, () => {
      store.sweep(process.now())
      this.#users.sweep(process.now())
      this.#sweepLater()
    })
  }

  /** As src/node/upkeep.ts: what a disk has damaged is found while other nodes still have it. */
  #scrubLater (chance: Chance): void {
    const { process, store } = this.#parts
    process.after(NODE_DEFAULTS.scrubIntervalMs * (0.5 + chance.fraction()), () => {
      store.scrub(() => { this.#scrubLater(chance) })
    })
  }
}
