/**
 * The relay streams to other nodes, as src/relay/peer-links.ts keeps them: one long-lived stream per pair, opened when
 * there is something to deposit. A node that could not be reached is left alone for a while; one that falls silent is
 * given up.
 */
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { needsNothingUntil, upkeepOf, type Upkeep } from '../../src/relay/upkeep.core.ts'
import { RELAY, relayFrame, type RelayWord } from './frames.ts'
import { PeerStream, type PeerStreamHost, type RelayEnd, type Watch } from './node-peer-stream.ts'
import type { Host, StreamEnd } from '../world/network.ts'
import type { SourceId } from '../../src/relay/intake.core.ts'
import type { Envelope, Millis, PeerKey } from '../../src/types.ts'

/** What the relay does for its links, and hears from them. */
export interface PeerLinksHost extends Omit<PeerStreamHost, 'onEnd' | 'onGreeted' | 'onLeaving'> {
  network: Host
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

interface QueuedDeposit { ticket: number, routeEpoch: number, routeSeq: number, envelope: Envelope }

/** From the first deposit to the node's Hello; what comes meanwhile waits here. */
interface Dial { queue: QueuedDeposit[], bytes: number, words: RelayWord[], stream: PeerStream | undefined, cancel: () => void }
interface Failure { retryAt: Millis, waitMs: number }

export class PeerLinks {
  readonly #host: PeerLinksHost
  readonly #streamHost: PeerStreamHost
  readonly #streams = new Map<PeerKey, PeerStream[]>()
  /** Of all streams; undefined when one has come or gone since. */
  #watches: Watch[] | undefined
  readonly #dials = new Map<PeerKey, Dial>()
  readonly #failures = new Map<PeerKey, Failure>()
  /** Nodes that have said that they leave, and have not been met anew since. */
  readonly #leaving = new Set<PeerKey>()
  #cancelHeartbeat: (() => void) | undefined
  #leaves = false
  #isStopped = false

  constructor (host: PeerLinksHost) {
    this.#host = host
    this.#streamHost = { ...host, onGreeted: stream => { this.#onGreeted(stream) }, onEnd: stream => { this.#onEnd(stream) }, onLeaving: ({ node }) => { this.#onLeaving(node) } }
  }

  /** Nodes that there is a stream with. */
  get count (): number { return this.#streams.size }
  get failuresRemembered (): number { return this.#failures.size }
  get streams (): Iterable<PeerStream[]> { return this.#streams.values() }
  /** The most that waits for one dial. */
  get dialQueueBytes (): number {
    let most = 0
    for (const { bytes } of this.#dials.values()) most = Math.max(most, bytes)
    return most
  }

  accept (stream: StreamEnd): void {
    const node = stream.peer as PeerKey
    const known = this.#streams.get(node) ?? []
    if (this.#isStopped || (known.length === 0 && this.#streams.size >= RELAY_DEFAULTS.peersMax)) return stream.abort()
    // The oldest is most likely one whose end was not noticed here.
    if (known.length >= RELAY_DEFAULTS.streamsPerPeerMax) known[0]?.abort()
    this.#adopt(stream as RelayEnd, false)
  }

  /** Sends what is queued and closes. */
  stop (): void {
    this.#isStopped = true
    this.#cancelHeartbeat?.()
    for (const { cancel } of this.#dials.values()) cancel()
    this.#dials.clear()
    for (const stream of [...this.#streams.values()].flat()) stream.close()
  }

  /** Tells every node, now or when it is met, that this one is about to leave. */
  leave (): void {
    this.#leaves = true
    for (const node of this.#streams.keys()) this.#pick(node)?.say(relayFrame.leaving())
  }

  /** Whether the node has said that it leaves. */
  isLeaving (node: PeerKey): boolean { return this.#leaving.has(node) }

  /** False when the node cannot be asked now; otherwise the deposit is answered, or `onLost` or `onUnsent` says not. */
  deposit (node: PeerKey, ticket: number, routeEpoch: number, routeSeq: number, envelope: Envelope): boolean {
    const stream = this.#pick(node)
    if (stream !== undefined) return stream.deposit(ticket, routeEpoch, routeSeq, envelope)
    const dial = this.#dial(node)
    const size = envelope.bytes.byteLength
    if (dial === undefined || dial.bytes + size > RELAY_DEFAULTS.dialQueueBytes) return false
    dial.queue.push({ ticket, routeEpoch, routeSeq, envelope })
    dial.bytes += size
    return true
  }

  /** Whether words can be said without a dial. */
  isLinked (node: PeerKey): boolean { return this.#pick(node) !== undefined }

  /** Best effort: a node that is away learns of collections when the two reconcile. False when it was certainly not said. */
  say (node: PeerKey, word: RelayWord): boolean {
    const stream = this.#pick(node)
    if (stream !== undefined) return stream.say(word)
    const dial = this.#dial(node)
    if (dial === undefined || dial.words.length >= RELAY_DEFAULTS.dialWordsMax) return false
    dial.words.push(word)
    return true
  }

  #pick (node: PeerKey): PeerStream | undefined {
    const streams = this.#streams.get(node)
    if (streams === undefined) return undefined
    for (const stream of streams) if (stream.isOpen && stream.isGreeted) return stream
    return undefined
  }

  #adopt (stream: RelayEnd, isOutbound: boolean): PeerStream {
    const peer = new PeerStream({ id: this.#host.newSource(), stream, isOutbound, host: this.#streamHost })
    this.#streams.set(peer.node, [...this.#streams.get(peer.node) ?? [], peer])
    this.#watches = undefined
    this.#host.onOpen(peer)
    if (peer.isGreeted) this.#onGreeted(peer)
    this.#cancelHeartbeat ??= this.#beatLater()
    return peer
  }

  #onEnd (stream: PeerStream): void {
    const { node } = stream
    const known = this.#streams.get(node)
    if (known?.includes(stream) !== true) return
    const rest = known.filter(other => other !== stream)
    if (rest.length === 0) this.#streams.delete(node)
    else this.#streams.set(node, rest)
    this.#watches = undefined
    this.#host.process.note(`relay stream with ${node} ended`)
    this.#host.onEnd(stream)
    if (stream.isOutbound && !stream.isGreeted) {
      if (!this.isLinked(node)) this.#giveUp(node)
    } else this.#host.onLost(node)
  }

  /** Whoever opened the stream: what waits for the node goes there. */
  #onGreeted (stream: PeerStream): void {
    const { node } = stream
    const dial = this.#dials.get(node)
    this.#host.process.note(`relay stream with ${node}`)
    this.#failures.delete(node)
    this.#leaving.delete(node)
    this.#dials.delete(node)
    dial?.cancel()
    if (this.#leaves) stream.say(relayFrame.leaving())
    this.#host.onReached(node)
    for (const word of dial?.words ?? []) stream.say(word)
    for (const { ticket, routeEpoch, routeSeq, envelope } of dial?.queue ?? []) {
      if (!stream.deposit(ticket, routeEpoch, routeSeq, envelope)) this.#host.onUnsent(node, ticket)
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
  #dial (node: PeerKey): Dial | undefined {
    const underWay = this.#dials.get(node)
    if (underWay !== undefined) return underWay
    const { process, network } = this.#host
    if (this.#isStopped || (this.#failures.get(node)?.retryAt ?? 0) > process.now()) return undefined
    // No scenario has so many nodes: who is let go for want of room (src/relay/peer-links.ts) is not simulated.
    if (this.#streams.size + this.#dials.size >= RELAY_DEFAULTS.peersMax) return undefined
    const dial: Dial = { queue: [], bytes: 0, words: [], stream: undefined, cancel: () => {} }
    // For stream and Hello together.
    dial.cancel = process.after(RELAY_DEFAULTS.dialTimeoutMs, () => { this.#tooLate(node, dial) })
    this.#dials.set(node, dial)
    network.open(node, RELAY, RELAY_DEFAULTS.dialTimeoutMs, stream => { this.#onOpened(node, dial, stream) })
    return dial
  }

  #onOpened (node: PeerKey, dial: Dial, stream: StreamEnd | undefined): void {
    if (this.#dials.get(node) !== dial) {
      // The node has called us meanwhile, or it took too long.
      if (stream !== undefined && !this.#isStopped && this.#streams.has(node)) this.#adopt(stream as RelayEnd, true)
      else stream?.abort()
    } else if (stream === undefined) {
      this.#giveUp(node)
    } else {
      dial.stream = this.#adopt(stream as RelayEnd, true)
    }
  }

  #tooLate (node: PeerKey, dial: Dial): void {
    if (this.#dials.get(node) !== dial) return
    if (dial.stream === undefined) this.#giveUp(node)
    else dial.stream.abort()
  }

  #giveUp (node: PeerKey): void {
    this.#dials.get(node)?.cancel()
    this.#dials.delete(node)
    this.#failed(node)
    this.#host.onLost(node)
    this.#host.onUnreachable(node)
  }

  #failed (node: PeerKey): void {
    const { redialFirstMs, redialMaxMs, failuresRemembered } = RELAY_DEFAULTS
    const waitMs = Math.min((this.#failures.get(node)?.waitMs ?? redialFirstMs / 2) * 2, redialMaxMs)
    this.#failures.delete(node)
    this.#failures.set(node, { waitMs, retryAt: this.#host.process.now() + waitMs })
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= failuresRemembered) break
      this.#failures.delete(oldest)
    }
  }

  /** While there are streams: a node without any has nobody to ask. */
  #beatLater (): () => void {
    return this.#host.process.after(RELAY_DEFAULTS.heartbeatMs / 2, () => {
      const now = this.#host.process.now()
      for (const { stream, upkeep } of this.#upkeep(now)) {
        switch (upkeep) {
          case 'cut': stream.abort(); break
          case 'close': stream.close(); break
          case 'ping': stream.ping()
        }
      }
      this.#cancelHeartbeat = this.#streams.size > 0 ? this.#beatLater() : undefined
    })
  }

  /** Of the few that need any. Looking at every stream each time took a third of a quiet hour's time. */
  #upkeep (now: Millis): Array<{ stream: PeerStream, upkeep: Exclude<Upkeep, undefined> }> {
    this.#watches ??= [...this.#streams.values()].flatMap(streams => streams.map(({ watch }) => watch))
    const due: Array<{ stream: PeerStream, upkeep: Exclude<Upkeep, undefined> }> = []
    for (const watch of this.#watches) {
      if (watch.notBefore > now) continue
      const { stream } = watch
      const upkeep = upkeepOf(stream.times, now)
      if (upkeep === undefined) watch.notBefore = needsNothingUntil(stream.times, now)
      else due.push({ stream, upkeep })
    }
    return due
  }
}
