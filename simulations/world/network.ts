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
import type { World } from './world.ts'

export type HostId = string

/** What travels. bytes: on the wire, framing included. */
export interface Frame { readonly kind: string, readonly bytes: number }

/** One end of a stream. */
export interface StreamEnd<Out extends Frame = Frame, In extends Frame = Out> {
  readonly peer: HostId
  readonly protocol: string
  /** Bytes sent that the peer has not taken. */
  readonly queuedBytes: number
  readonly isOpen: boolean
  /** Set by whoever has this end, at once when they get it. */
  onFrame: (frame: In) => void
  /** Once. closed: the peer said goodbye; lost: reset, or given up. Not called for one's own close or abort. */
  onEnd: (why: 'closed' | 'lost') => void
  /** False: no room or no stream, and nothing was sent. */
  send: (frame: Out) => boolean
  /** Sends what is queued and ends; takes in nothing more. */
  close: () => void
  /** Ends at once; the peer is reset. */
  abort: () => void
  /** Takes no frames until `resume`; the sender's room fills up. */
  pause: () => void
  resume: () => void
}

/** A machine on the network, while its process runs. */
export interface Host {
  readonly id: HostId
  handle: (protocol: string, accept: (stream: StreamEnd) => void) => void
  /** opened: undefined when the peer cannot be reached, refuses, or does not answer in time. */
  open: (peer: HostId, protocol: string, timeoutMs: number, opened: (stream: StreamEnd | undefined) => void) => void
  /** crash: its system resets all streams. power: silence. Nothing of this host is called back any more. */
  vanish: (how: 'crash' | 'power') => void
}

export interface NetworkConditions {
  /** Median of one way between two hosts, ms. */
  latencyMs: number
  /** Of packets, each way. */
  loss: number
  repeated: number
  reordered: number
}

/** Traffic as it is handed to the network (checks/witness.ts). */
export type OnSent = (event: { at: number, from: string, kind: string, messages: number, bytes: number }) => void

/** How far a host's own way varies: two in three within a factor of 1.6 of the median. */
const WAY_SPREAD = 0.5
/** Round trips until a first stream stands (TCP, noise XX, muxer and protocol), and a further one over the same connection. */
const FIRST_STREAM_TRIPS = 3.5
const NEXT_STREAM_TRIPS = 1

/** A process's presence on the network; its machine may have had others before. */
export class Presence implements Host {
  readonly id: HostId
  readonly wayMs: number
  readonly streams = new Set<Stream>()
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

export class Network {
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

  /** One way, without jitter. */
  wayMs (from: Presence, to: Presence): number { return from.wayMs + to.wayMs }

  left (presence: Presence, how: 'crash' | 'power'): void {
    if (this.#present.get(presence.id) !== presence) return
    this.#present.delete(presence.id)
    if (how === 'power') this.#dark.add(presence.id)
  }

  /** Who answers for the machine now; undefined with or without power. */
  presence (id: HostId): Presence | undefined { return this.#present.get(id) }

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
      const stream = new Stream({ network: this, protocol, opener: from, acceptor: to })
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
