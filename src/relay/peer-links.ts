/**
 * The relay streams to other nodes: one long-lived stream per pair, opened when there is something to deposit and used
 * in both directions. When two nodes open at the same moment, both streams stay, and each side deposits on the one
 * that it sees first. A node that could not be reached is left alone for a while; one that falls silent is given up.
 */
import { ConnectionLostError, TooLargeError, UnreachableError } from '../errors.ts'
import { RELAY_PROTOCOL } from '../wire/protocols.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import { PeerStream, type PeerStreamHost, type PeerWord } from './peer-stream.ts'
import { longestIdle, upkeepOf } from './upkeep.core.ts'
import type { SourceId } from './intake.core.ts'
import type { Clock, Network } from '../ports.ts'
import type { Bytes, Millis, PeerKey, RouteEntry } from '../types.ts'
import type { Logger, Stream } from '@libp2p/interface'

/** What the relay does for its links, and hears from them. */
export interface PeerLinksHost extends Omit<PeerStreamHost, 'onEnd' | 'onGreeted' | 'onLeaving'> {
  newSource: () => SourceId
  onOpen: (stream: PeerStream) => void
  onEnd: (stream: PeerStream) => void
  /** What was deposited with the node and is not answered will not be. */
  onLost: (node: PeerKey) => void
  onUnsent: (node: PeerKey, ticket: number) => void
  /** The node is there: its Hello came. */
  onReached: (node: PeerKey) => void
  /** The node did not answer a dial, or did not greet. */
  onUnreachable: (node: PeerKey) => void
}

export interface PeerLinksComponents { network: Network, clock: Clock, log: Logger, host: PeerLinksHost, peersMax?: number }

type QueuedDeposit = [ticket: number, routeEpoch: number, routeSeq: number, envelope: Bytes]

/** From the first deposit to the node's Hello; what comes meanwhile waits here. */
interface Dial { queue: QueuedDeposit[], bytes: number, words: PeerWord[], abort: AbortController, cancel: () => void }
interface Failure { retryAt: Millis, waitMs: number }

export class PeerLinks {
  readonly #components: PeerLinksComponents
  readonly #streams = new Map<PeerKey, PeerStream[]>()
  readonly #dials = new Map<PeerKey, Dial>()
  readonly #failures = new Map<PeerKey, Failure>()
  /** Nodes that have said that they leave, and have not been met anew since. */
  readonly #leaving = new Set<PeerKey>()
  readonly #peersMax: number
  #leaves = false
  #cancelHeartbeat: (() => void) | undefined
  #stopped = true

  constructor (components: PeerLinksComponents) {
    this.#components = components
    this.#peersMax = components.peersMax ?? RELAY_DEFAULTS.peersMax
  }

  /** Nodes that there is a stream with. */
  get count (): number { return this.#streams.size }

  /** Whether words can be said without a dial. */
  isLinked (node: PeerKey): boolean { return this.#pick(node) !== undefined }

  /** Bytes that wait to be read by other nodes. */
  get queuedBytes (): number {
    let bytes = 0
    for (const streams of this.#streams.values()) for (const stream of streams) bytes += stream.queuedBytes
    return bytes
  }

  async start (): Promise<void> {
    this.#stopped = this.#leaves = false
    await this.#components.network.handle(RELAY_PROTOCOL, (stream, node) => { this.#accept(stream, node) }, { maxInboundStreams: RELAY_DEFAULTS.streamsPerPeerMax })
    this.#beat()
  }

  /** Sends what is queued and closes; whatever does not end soon is cut off. */
  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancelHeartbeat?.()
    await this.#components.network.unhandle(RELAY_PROTOCOL)
    for (const { abort, cancel } of this.#dials.values()) {
      cancel()
      abort.abort(new ConnectionLostError('the node is stopping'))
    }
    this.#dials.clear()
    const streams = [...this.#streams.values()].flat()
    await Promise.all(streams.map(async stream => { await this.#close(stream) }))
    this.#failures.clear()
    this.#leaving.clear()
  }

  /** Tells every node, now or when it is met, that this one is about to leave. */
  leave (): void {
    this.#leaves = true
    for (const node of this.#streams.keys()) this.#pick(node)?.say({ leaving: true })
  }

  /** Whether the node has said that it leaves. */
  isLeaving (node: PeerKey): boolean { return this.#leaving.has(node) }

  /** False when the node cannot be asked now; otherwise the deposit is answered, or `onLost` or `onUnsent` says not. */
  deposit (entry: RouteEntry, ...deposit: QueuedDeposit): boolean {
    const stream = this.#pick(entry.node)
    if (stream !== undefined) return stream.deposit(...deposit)
    const dial = this.#dial(entry)
    const size = deposit[3].byteLength
    if (dial === undefined || dial.bytes + size > RELAY_DEFAULTS.dialQueueBytes) return false
    dial.queue.push(deposit)
    dial.bytes += size
    return true
  }

  /** Best effort: a node that is away learns of collections when the two reconcile. False when it was certainly not said. */
  say (entry: Pick<RouteEntry, 'node' | 'addressHint'>, word: PeerWord): boolean {
    const stream = this.#pick(entry.node)
    if (stream !== undefined) return stream.say(word)
    const dial = this.#dial(entry)
    if (dial === undefined || dial.words.length >= RELAY_DEFAULTS.dialWordsMax) return false
    dial.words.push(word)
    return true
  }

  async #close (stream: PeerStream): Promise<void> {
    // The signal is needed: libp2p's close() waits for ever on a stream that is aborted while it waits for room.
    const late = new AbortController()
    const cancel = this.#components.clock.after(RELAY_DEFAULTS.closeMs, () => { late.abort() })
    await stream.close({ signal: late.signal }).catch(() => { stream.abort(new ConnectionLostError('the node is stopping')) })
    cancel()
  }

  #pick (node: PeerKey): PeerStream | undefined {
    return this.#streams.get(node)?.find(({ open, greeted, isIdle }) => open && greeted && !isIdle)
  }

  #accept (stream: Stream, node: PeerKey): void {
    const known = this.#streams.get(node) ?? []
    if (this.#stopped || (known.length === 0 && !this.#hasRoom(this.#streams.size))) {
      stream.abort(new TooLargeError('no room for another relay stream'))
      return
    }
    // The oldest is most likely one whose end was not noticed here.
    if (known.length >= RELAY_DEFAULTS.streamsPerPeerMax) known[0]?.abort(new TooLargeError('the node opened another relay stream'))
    this.#adopt(stream, node, false)
  }

  #adopt (stream: Stream, node: PeerKey, outbound: boolean): PeerStream {
    const { host } = this.#components
    const peer = new PeerStream({
      id: host.newSource(),
      node,
      stream,
      outbound,
      host: { ...host, onGreeted: greeted => { this.#onGreeted(greeted) }, onEnd: (ended, error) => { this.#onEnd(ended, error) }, onLeaving: ({ node }) => { this.#onLeaving(node) } }
    })
    this.#streams.set(node, [...this.#streams.get(node) ?? [], peer])
    host.onOpen(peer)
    // A stream that ended before anybody listened says so no more.
    if (!peer.open) this.#onEnd(peer, new ConnectionLostError('the stream ended at once'))
    return peer
  }

  #onEnd (stream: PeerStream, error: Error | undefined): void {
    const { log, host } = this.#components
    if (!this.#remove(stream)) return
    if (error !== undefined) log('a relay stream with %s ended: %s', stream.node.slice(0, 8), error.message)
    if (stream.outbound && !stream.greeted) {
      // The node may have called us meanwhile: then it is there.
      if (!this.isLinked(stream.node)) this.#giveUp(stream.node)
    } else if (!stream.isIdle || stream.inFlight > 0) host.onLost(stream.node)
  }

  /** False when it had been removed before. */
  #remove (stream: PeerStream): boolean {
    const known = this.#streams.get(stream.node)
    if (known?.includes(stream) !== true) return false
    const rest = known.filter(other => other !== stream)
    if (rest.length === 0) this.#streams.delete(stream.node)
    else this.#streams.set(stream.node, rest)
    this.#components.host.onEnd(stream)
    return true
  }

  /** For one more beside so many nodes; made by letting go of the node that was quiet for longest. */
  #hasRoom (nodes: number): boolean {
    if (nodes < this.#peersMax) return true
    const idle = longestIdle(this.#streams.values(), this.#components.clock.now())
    for (const stream of idle ?? []) {
      stream.say({ idle: true })
      this.#remove(stream)
      void this.#close(stream)
    }
    return idle !== undefined
  }

  /** Whoever opened the stream: what waits for the node goes there. */
  #onGreeted (stream: PeerStream): void {
    const { node } = stream
    const dial = this.#dials.get(node)
    this.#failures.delete(node)
    this.#leaving.delete(node)
    this.#dials.delete(node)
    dial?.cancel()
    if (this.#leaves) stream.say({ leaving: true })
    this.#components.host.onReached(node)
    for (const word of dial?.words ?? []) stream.say(word)
    for (const deposit of dial?.queue ?? []) {
      if (!stream.deposit(...deposit)) this.#components.host.onUnsent(node, deposit[0])
    }
  }

  #onLeaving (node: PeerKey): void {
    this.#leaving.add(node)
    for (const oldest of this.#leaving) {
      if (this.#leaving.size <= RELAY_DEFAULTS.peersRemembered) break
      this.#leaving.delete(oldest)
    }
  }

  /** The dial under way, or a new one; undefined when the node is left alone for now. */
  #dial (entry: Pick<RouteEntry, 'node' | 'addressHint'>): Dial | undefined {
    const { node } = entry
    const underWay = this.#dials.get(node)
    if (underWay !== undefined) return underWay
    const { clock } = this.#components
    if (this.#stopped || (this.#failures.get(node)?.retryAt ?? 0) > clock.now()) return undefined
    if (!this.#hasRoom(this.#streams.size + this.#dials.size)) return undefined
    const abort = new AbortController()
    const cancel = clock.after(RELAY_DEFAULTS.dialTimeoutMs, () => { abort.abort(new UnreachableError('the node did not answer in time')) })
    const dial: Dial = { queue: [], bytes: 0, words: [], abort, cancel }
    this.#dials.set(node, dial)
    void this.#open(entry, dial)
    return dial
  }

  async #open ({ node, addressHint }: Pick<RouteEntry, 'node' | 'addressHint'>, dial: Dial): Promise<void> {
    const { network, log } = this.#components
    const { signal } = dial.abort
    try {
      const stream = await network.open(node, addressHint === undefined ? [] : [addressHint], RELAY_PROTOCOL, { signal })
      if (this.#stopped) return stream.abort(new ConnectionLostError('the node is stopping'))
      const peer = this.#adopt(stream, node, true)
      const tooLate = (): void => { if (!peer.greeted) peer.abort(signal.reason) }
      if (signal.aborted) tooLate()
      else signal.addEventListener('abort', tooLate)
    } catch (error) {
      if (this.#dials.get(node) !== dial) return
      // It says which node cannot be reached, and why.
      log('%s', error instanceof Error ? error.message : error)
      this.#giveUp(node)
    }
  }

  #giveUp (node: PeerKey): void {
    this.#dials.get(node)?.cancel()
    this.#dials.delete(node)
    this.#failed(node)
    this.#components.host.onLost(node)
    this.#components.host.onUnreachable(node)
  }

  #failed (node: PeerKey): void {
    const { redialFirstMs, redialMaxMs, failuresRemembered } = RELAY_DEFAULTS
    const waitMs = Math.min((this.#failures.get(node)?.waitMs ?? redialFirstMs / 2) * 2, redialMaxMs)
    this.#failures.delete(node)
    this.#failures.set(node, { waitMs, retryAt: this.#components.clock.now() + waitMs })
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= failuresRemembered) break
      this.#failures.delete(oldest)
    }
  }

  #beat (): void {
    const { clock } = this.#components
    this.#cancelHeartbeat = clock.after(RELAY_DEFAULTS.heartbeatMs / 2, () => {
      const now = clock.now()
      for (const stream of [...this.#streams.values()].flat()) {
        switch (upkeepOf(stream.times, now)) {
          case 'cut': stream.abort(new ConnectionLostError('the node has been silent for too long')); break
          case 'close': void this.#close(stream); break
          case 'ping': stream.ping(); break
          case undefined:
        }
      }
      this.#beat()
    })
  }
}
