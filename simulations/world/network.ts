/**
 * The network between hosts: streams that keep their order, over links that delay and lose packets (pipe.ts).
 *
 * A stream behaves as TCP does. What a link loses, repeats or lets overtake shows as delay (a retransmission, a wait
 * for what comes before) until it has been silent for too long, and then as the end of the stream: at the sender, who
 * knows; the other side finds out by its own heartbeat. A process that is killed resets its streams; a machine that
 * loses power says nothing, and whoever calls it waits in vain.
 */
import { Stream } from './stream.ts'
import type { Chance } from './chance.ts'
import type { Host, HostId, Leavable, Machine, Medium, NetworkConditions, OnSent, StreamEnd } from './link.ts'
import type { World } from './world.ts'

export type { Frame, Host, HostId, NetworkConditions, OnSent, StreamEnd } from './link.ts'

/** How far a host's own way varies: two in three within a factor of 1.6 of the median. */
const WAY_SPREAD = 0.5
/** Round trips until a first stream stands (TCP, noise XX, muxer and protocol), and a further one over the same connection. */
const FIRST_STREAM_TRIPS = 3.5
const NEXT_STREAM_TRIPS = 1

/** A process's presence on the network; its machine may have had others before. */
class Presence implements Host, Machine {
  readonly id: HostId
  readonly wayMs: number
  readonly streams = new Set<Leavable>()
  readonly accepts = new Map<string, (stream: StreamEnd) => void>()
  readonly #network: Network
  isGone = false

  constructor (id: HostId, wayMs: number, network: Network) {
    this.id = id
    this.wayMs = wayMs
    this.#network = network
  }

  handle (protocol: string, accept: (stream: StreamEnd) => void): void { this.accepts.set(protocol, accept) }

  open (peer: HostId, protocol: string, timeoutMs: number, opened: (stream: StreamEnd | undefined) => void): void {
    this.#network.connect(this, peer, protocol, timeoutMs, stream => { if (!this.isGone) opened(stream) })
  }

  isConnected (other: Presence): boolean {
    for (const stream of this.streams) if (stream.joins(other)) return true
    return false
  }

  vanish (how: 'crash' | 'power'): void {
    if (this.isGone) return
    this.isGone = true
    this.#network.left(this, how)
    for (const stream of [...this.streams]) stream.vanished(this, how)
    this.streams.clear()
  }
}

export class Network implements Medium {
  readonly world: World
  readonly chance: Chance
  readonly conditions: NetworkConditions
  readonly onSent: OnSent
  readonly #present = new Map<HostId, Presence>()
  /** Machines without power: silent, where one without the process would refuse. */
  readonly #dark = new Set<HostId>()
  readonly #ways = new Map<HostId, number>()
  readonly #cuts = new Set<(from: HostId, to: HostId) => boolean>()

  constructor (world: World, chance: Chance, conditions: NetworkConditions, sent: OnSent) {
    this.world = world
    this.chance = chance
    this.conditions = conditions
    this.onSent = sent
  }

  /** A process of the machine begins. */
  host (id: HostId): Host {
    const presence = new Presence(id, this.#wayOf(id), this)
    this.#present.set(id, presence)
    this.#dark.delete(id)
    return presence
  }

  /** From now on packets for which `isCut` says so do not arrive. The result heals it. */
  cut (isCut: (from: HostId, to: HostId) => boolean): () => void {
    this.#cuts.add(isCut)
    return () => { this.#cuts.delete(isCut) }
  }

  isCut (from: HostId, to: HostId): boolean {
    for (const isCut of this.#cuts) if (isCut(from, to)) return true
    return false
  }

  left (presence: Presence, how: 'crash' | 'power'): void {
    if (this.#present.get(presence.id) !== presence) return
    this.#present.delete(presence.id)
    if (how === 'power') this.#dark.add(presence.id)
  }

  isDark (id: HostId): boolean { return this.#dark.has(id) }

  connect (from: Presence, peer: HostId, protocol: string, timeoutMs: number, opened: (stream: StreamEnd | undefined) => void): void {
    const to = this.#present.get(peer)
    const tripMs = 2 * (from.wayMs + this.#wayOf(peer))
    const isReachable = !this.isCut(from.id, peer) && !this.isCut(peer, from.id)
    if (!isReachable || (to === undefined && this.isDark(peer))) return this.#answer(timeoutMs, opened, undefined)
    if (to === undefined) return this.#answer(Math.min(tripMs, timeoutMs), opened, undefined)
    const trips = from.isConnected(to) ? NEXT_STREAM_TRIPS : FIRST_STREAM_TRIPS
    const jitterMs = this.chance.exponential(tripMs / 10) + (this.chance.happens(this.conditions.loss * trips) ? 1000 : 0)
    const ms = trips * tripMs + jitterMs
    if (ms > timeoutMs) return this.#answer(timeoutMs, opened, undefined)
    this.world.after(ms - tripMs / 2, () => {
      const accept = to.accepts.get(protocol)
      if (from.isGone) return
      if (to.isGone || accept === undefined) return this.#answer(tripMs / 2, opened, undefined)
      const stream = new Stream({ medium: this, protocol, opener: from, acceptor: to })
      // First, so that nothing that the acceptor says can come before it.
      this.#answer(stream.openedInMs, end => { opened(stream.openerEnd.isOpen ? end : undefined) }, stream.openerEnd)
      accept(stream.acceptorEnd)
    })
  }

  #answer (ms: number, opened: (stream: StreamEnd | undefined) => void, stream: StreamEnd | undefined): void {
    this.world.after(ms, () => { opened(stream) })
  }

  /** Of the machine, for good: its place on the Internet does not change with its process. */
  #wayOf (id: HostId): number {
    let way = this.#ways.get(id)
    if (way === undefined) {
      const chance = this.chance.split(id)
      const normal = Math.sqrt(-2 * Math.log(1 - chance.fraction())) * Math.cos(2 * Math.PI * chance.fraction())
      this.#ways.set(id, way = this.conditions.latencyMs / 2 * Math.exp(WAY_SPREAD * normal))
    }
    return way
  }
}
