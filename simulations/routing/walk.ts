/**
 * One walk through the key space, as kad-dht 16 goes (query/manager.js, query-path.js).
 *
 * The k nearest of our own table are dealt out to disjoint paths. Each path asks α peers at a time, nearest first; who
 * is named in an answer is asked in turn if nobody on any path has been, if they are nearer than who named them, and
 * if they could still be among the k nearest that have answered on this path. It ends when nobody is left.
 *
 * All of it is computed at once, against the network as it is when the walk begins; what time it takes is told in
 * milliseconds since then. A walk can be left before its end: whoever drives it just stops.
 */
import { Path } from './path.ts'
import { enlarged, type Peers } from './peers.ts'
import type { Tables } from './tables.ts'
import type { KadModelInit } from './defaults.ts'
import type { RouteInit } from '../../src/dht/defaults.ts'

export type WalkInit = Pick<RouteInit, 'bucketPeers' | 'alpha' | 'disjointPaths' | 'answerTimeoutMinMs' | 'answerTimeoutMaxMs'> &
  Pick<KadModelInit, 'askTrips' | 'dialTrips' | 'jitter' | 'timeoutIntervalMs' | 'timeoutFactor' | 'failureFactor' | 'addressMs'>

/** What a walk goes through. */
export interface Surroundings {
  peers: Peers
  tables: Tables
  /** Uniform in [0, 1). */
  fraction: () => number
  /** Somebody who lies was asked for this target: puts whom they name into `into`, nearest first; answers how many. */
  lie: (target: number, into: Int32Array) => number
  /** False: packets do not get from one to the other and back. */
  reaches: (from: number, to: number) => boolean
  /** True: a machine whose process is gone says nothing; else its system refuses at once. */
  isSilent: (peer: number) => boolean
}

export class Walk {
  readonly #around: Surroundings
  readonly #init: WalkInit
  readonly #paths: Path[]
  #pathCount = 0
  #asker = 0
  #target = 0
  #except = -1
  #begunAt = 0
  /** Marks of this walk: peers that some path was to ask, and peers that were named to us. */
  #mark = 0
  #seen = new Uint32Array(0)
  #named = new Uint32Array(0)
  #events = 0
  // Questions on their way
  #open = 0
  readonly #openPeers: Int32Array
  readonly #openPaths: Uint8Array
  readonly #openHops: Uint8Array
  readonly #openOutcomes: Uint8Array
  /** When the answer is there, or the wait for it is over. */
  readonly #openEnds: Float64Array
  /** When it is sent off over a stream that stands: what kad-dht counts as an event of its own. */
  readonly #openSends: Float64Array
  readonly #closer: Int32Array
  readonly #first: Int32Array

  /** Since the walk began, ms. */
  now = 0
  questions = 0
  answers = 0
  /** Questions whose wait is over without an answer. */
  failures = 0
  /** Questions that could not be sent: nobody knows where the peer is. */
  unsent = 0
  dials = 0
  closerPeers = 0
  /** Who has answered, in the order of time, and after how many questions on the way to them. */
  answered = new Int32Array(256)
  answeredHops = new Uint8Array(256)
  /** Whom answers have named, each once. */
  heard = new Int32Array(256)
  heardCount = 0
  /** Peers that got a question over a new connection. */
  dialled = new Int32Array(256)

  constructor (around: Surroundings, init: WalkInit) {
    this.#around = around
    this.#init = init
    this.#paths = Array.from({ length: init.disjointPaths }, () => new Path(init.bucketPeers))
    const open = init.disjointPaths * init.alpha
    this.#openPeers = new Int32Array(open)
    this.#openPaths = new Uint8Array(open)
    this.#openHops = new Uint8Array(open)
    this.#openOutcomes = new Uint8Array(open)
    this.#openEnds = new Float64Array(open)
    this.#openSends = new Float64Array(open)
    this.#closer = new Int32Array(init.bucketPeers)
    this.#first = new Int32Array(init.bucketPeers)
  }

  /** When something happens next; Infinity: the walk is over. */
  get nextAt (): number {
    let next = Infinity
    for (let at = 0; at < this.#open; at++) next = Math.min(next, this.#openEnds[at] as number)
    return next
  }

  get asker (): number { return this.#asker }
  get target (): number { return this.#target }

  /**
   * question: FIND_NODE leaves the asker out of its answers, GET_VALUE does not. at: ms since `begunAt`, the moment
   * that the walk's times count from.
   */
  begin ({ asker, target, question, at, begunAt }: { asker: number, target: number, question: 'FIND_NODE' | 'GET_VALUE', at: number, begunAt: number }): void {
    const { peers, tables, fraction } = this.#around
    this.#asker = asker
    this.#target = target
    this.#except = question === 'FIND_NODE' ? asker : -1
    this.#begunAt = begunAt
    this.now = at
    this.questions = this.answers = this.failures = this.unsent = this.dials = this.closerPeers = this.#events = this.heardCount = this.#open = 0
    if (this.#seen.length < peers.size) {
      this.#seen = new Uint32Array(peers.ids.length)
      this.#named = new Uint32Array(peers.ids.length)
      this.#mark = 0
    }
    this.#mark++
    const { found } = tables
    const count = tables.nearest(asker, target, this.#init.bucketPeers)
    for (let left = count - 1; left > 0; left--) {
      const other = Math.floor(fraction() * (left + 1))
      const swapped = found[left] as number
      found[left] = found[other] as number
      found[other] = swapped
    }
    this.#pathCount = Math.min(this.#init.disjointPaths, count)
    for (let path = 0; path < this.#pathCount; path++) this.#paths[path]?.begin()
    const first = this.#first.subarray(0, count)
    first.set(found.subarray(0, count))
    for (let place = 0; place < count; place++) this.#seen[first[place] as number] = this.#mark
    // Each is asked as it is dealt, as long as the path has a question free: the first few not by their distance.
    for (let place = 0; place < count; place++) {
      const path = place % this.#pathCount
      this.#ask(first[place] as number, this.#paths[path] as Path, 1)
      this.#advance(path)
    }
  }

  /** Lets the next thing happen. Answers who has answered, or −1 when somebody did not. */
  step (): number {
    let next = 0
    for (let at = 1; at < this.#open; at++) if ((this.#openEnds[at] as number) < (this.#openEnds[next] as number)) next = at
    this.now = this.#openEnds[next] as number
    const peer = this.#openPeers[next] as number
    const path = this.#openPaths[next] as number
    const hops = this.#openHops[next] as number
    const hasAnswered = this.#openOutcomes[next] === 1
    this.#close(next)
    this.#events++
    if (hasAnswered) this.#onAnswer(peer, this.#paths[path] as Path, hops)
    else this.failures++
    this.#advance(path)
    if ((this.#paths[path] as Path).running === 0) this.#events++
    return hasAnswered ? peer : -1
  }

  /** How many events kad-dht's stream has brought before the next question ends: a dial, a sending and an end each. */
  eventsBefore (at: number): number {
    let events = this.#events + this.answers
    for (let open = 0; open < this.#open; open++) if ((this.#openSends[open] as number) <= at) events++
    return events
  }

  #onAnswer (peer: number, path: Path, hops: number): void {
    const { peers, tables, lie } = this.#around
    const { ids } = peers
    const distance = ((ids[peer] as number) ^ this.#target) >>> 0
    if (this.answers === this.answered.length) this.#growAnswered()
    this.answered[this.answers] = peer
    this.answeredHops[this.answers++] = hops
    path.answered(distance)
    let closer = tables.found
    let count
    if (peers.lies[peer] === 1) count = lie(this.#target, closer = this.#closer)
    else count = tables.nearest(peer, this.#target, this.#init.bucketPeers, this.#except)
    for (let place = 0; place < count; place++) {
      const named = closer[place] as number
      if (peers.isForgotten(named, this.#begunAt - this.#init.addressMs)) continue
      this.closerPeers++
      this.#onNamed(named, distance, path, hops)
    }
  }

  #onNamed (peer: number, distanceOfNamer: number, path: Path, hops: number): void {
    if (this.#named[peer] !== this.#mark && peer !== this.#asker) {
      this.#named[peer] = this.#mark
      if (this.heardCount === this.heard.length) this.heard = enlarged(this.heard, new Int32Array(2 * this.heard.length))
      this.heard[this.heardCount++] = peer
    }
    if (this.#seen[peer] === this.#mark || peer === this.#asker) return
    const distance = (((this.#around.peers.ids[peer] as number) ^ this.#target)) >>> 0
    if (distance < distanceOfNamer && path.canEnter(distance)) this.#ask(peer, path, hops + 1)
  }

  #ask (peer: number, path: Path, hops: number): void {
    this.#seen[peer] = this.#mark
    path.add(peer, ((this.#around.peers.ids[peer] as number) ^ this.#target) >>> 0, hops)
  }

  /** Keeps α questions of the path open. */
  #advance (number: number): void {
    const path = this.#paths[number] as Path
    while (path.running < this.#init.alpha) {
      const peer = path.take()
      if (peer < 0) return
      path.running++
      this.#send(peer, number, path.takenHops)
    }
  }

  #send (peer: number, path: number, hops: number): void {
    const { peers, fraction, reaches, isSilent } = this.#around
    const { askTrips, dialTrips, jitter } = this.#init
    const asker = this.#asker
    const tripMs = 2 * ((peers.ways[asker] as number) + (peers.ways[peer] as number)) * (1 + jitter * fraction())
    const isConnected = this.#isConnected(peer)
    const waitMs = this.#waitMs(asker)
    const canReach = reaches(asker, peer)
    let ms = waitMs
    if (peers.isForgotten(peer, this.#begunAt - this.#init.addressMs)) {
      ms = 0
      this.unsent++
    } else if (canReach && peers.answers(peer)) ms = (isConnected ? askTrips : dialTrips) * tripMs
    else if (canReach && !isSilent(peer)) ms = tripMs
    const hasAnswered = canReach && peers.answers(peer) && ms <= waitMs
    ms = Math.min(ms, waitMs)
    this.#noteWait(asker, ms, hasAnswered)
    const place = this.#open++
    this.#openPeers[place] = peer
    this.#openPaths[place] = path
    this.#openHops[place] = hops
    this.#openOutcomes[place] = hasAnswered ? 1 : 0
    this.#openEnds[place] = this.now + ms
    this.#openSends[place] = hasAnswered ? this.now + ms - tripMs : Infinity
    this.questions++
    this.#events++
    if (isConnected) return
    if (hasAnswered) {
      if (this.dials === this.dialled.length) this.dialled = enlarged(this.dialled, new Int32Array(2 * this.dialled.length))
      this.dialled[this.dials++] = peer
    }
  }

  /** A contact is, unless its process has begun again since and has not heard of us. */
  #isConnected (peer: number): boolean {
    const { peers, tables } = this.#around
    const since = tables.knownSince(this.#asker, peer)
    if (since === undefined) return false
    return (peers.startedAt[peer] as number) <= since * 1000 || tables.knownSince(peer, this.#asker) !== undefined
  }

  #close (place: number): void {
    (this.#paths[this.#openPaths[place] as number] as Path).running--
    const last = --this.#open
    this.#openPeers[place] = this.#openPeers[last] as number
    this.#openPaths[place] = this.#openPaths[last] as number
    this.#openHops[place] = this.#openHops[last] as number
    this.#openOutcomes[place] = this.#openOutcomes[last] as number
    this.#openEnds[place] = this.#openEnds[last] as number
    this.#openSends[place] = this.#openSends[last] as number
  }

  /** How long the asker waits for an answer now (AdaptiveTimeout). */
  #waitMs (asker: number): number {
    const { answerTimeoutMinMs, answerTimeoutMaxMs, timeoutFactor } = this.#init
    return Math.min(answerTimeoutMaxMs, Math.max(answerTimeoutMinMs, timeoutFactor * (this.#around.peers.waits[asker] as number)))
  }

  #noteWait (asker: number, ms: number, hasAnswered: boolean): void {
    const { waits, waitsAt } = this.#around.peers
    const at = this.#begunAt + this.now + ms
    const value = hasAnswered ? ms : ms * this.#init.failureFactor
    const before = waitsAt[asker] as number
    const weight = before === 0 ? 1 : 1 - Math.exp(-Math.max(0, at - before) / this.#init.timeoutIntervalMs)
    waits[asker] = weight * value + (1 - weight) * (waits[asker] as number)
    waitsAt[asker] = Math.max(at, before)
  }

  #growAnswered (): void {
    this.answered = enlarged(this.answered, new Int32Array(2 * this.answered.length))
    this.answeredHops = enlarged(this.answeredHops, new Uint8Array(2 * this.answeredHops.length))
  }
}
