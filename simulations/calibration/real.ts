/** Real libp2p nodes with our DHT over the memory transport, in this process, with every question that they ask counted. */
import { memory } from '@libp2p/memory'
import { MemoryDatastore } from 'datastore-core'
import { compare } from 'uint8arrays/compare'
import { xor } from 'uint8arrays/xor'
import { kadRouteFinder, kadService, makeRouteRecord, openRouteMemory, type KadFinderComponents, type RouteMemory } from '../../src/dht/index.ts'
import { routeKeys } from '../../src/dht/key.ts'
import { keyBytes, makeTicket, peerIdFromPeerKey, rootKeyFromBytes } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { BASE_SERVICES, createHost } from '../../src/node/host.ts'
import { systemClock } from '../../src/system.ts'
import { firstPeers, reshape, tableSize } from './kad-inside.ts'
import { PATIENT, PATIENT_ANSWER_MS, type Asked, type CalibratedNetwork, type Found, type Places, type Published, type TableSize } from './network.ts'
import { emptyShelf } from './shelf.ts'
import type { RouteFinder } from '../../src/ports.ts'
import type { Bytes, PeerKey, RouteRecord } from '../../src/types.ts'
import type { ComponentLogger, Libp2p, Logger } from '@libp2p/interface'
import type { KadDHT, QueryEvent } from '@libp2p/kad-dht'

const DAY_S = 86_400
/** Whom a node has dialled is in its table when it has said what it speaks and has answered a ping. */
const MEETING_POLL_MS = 10
const MEETING_POLLS = 500
const STOP_MS_MAX = 5000

interface RealNode { host: Libp2p<{ dht: KadDHT }>, memory: RouteMemory, finder: RouteFinder, isUp: boolean }

let networks = 0

export class RealNetwork implements CalibratedNetwork, Places {
  readonly #size: TableSize
  readonly #seed: string
  readonly #name = `calibration-${networks++}`
  readonly #beganAt = performance.now()
  readonly #nodes: RealNode[] = []
  readonly #users = new Map<string, RouteRecord>()
  #pings = 0
  #asked: Asked & { hops: number | undefined } = { walks: 0, questions: 0, repeated: 0, answers: 0, hops: undefined }

  /** seed: whose nodes and users these are. */
  constructor (size: TableSize, seed: string) {
    this.#size = size
    this.#seed = seed
  }

  now (): number { return performance.now() - this.#beganAt }

  async passUntil (ms: number): Promise<void> { await passed(Math.max(0, ms - this.now())) }

  async join (acquaintances: number[]): Promise<void> {
    const node = await this.#start(this.#nodes.length)
    this.#nodes.push(node)
    for (const other of acquaintances) await node.host.dial(this.#at(other).host.getMultiaddrs())
    for (let waited = 0; tableSize(node.host.services.dht) < acquaintances.length && waited < MEETING_POLLS; waited++) await this.passUntil(this.now() + MEETING_POLL_MS)
  }

  tableSizes (): number[] { return this.#nodes.filter(({ isUp }) => isUp).map(({ host }) => tableSize(host.services.dht)) }

  pings (): number { return this.#pings }

  async publish (node: number, user: string): Promise<Published> {
    const record = await this.#recordOf(user)
    const { result: { copies }, hops: _, ...asked } = await this.#ask(async () => await this.#at(node).finder.publish(record))
    const held = await Promise.all(routeKeys(record.root, crypto).map(async key => await this.#holders(key)))
    return { ...asked, copies, holders: held.map(({ length }) => length), nearestHolders: held.map(nearest => nearest.filter(Boolean).length) }
  }

  async find (node: number, user: string): Promise<Found> {
    const { root } = await this.#recordOf(user)
    const { result, ...asked } = await this.#ask(async () => await this.#at(node).finder.find(root))
    return { ...asked, found: result !== undefined }
  }

  async kill (nodes: number[]): Promise<void> {
    await Promise.all(nodes.map(async number => {
      const node = this.#at(number)
      node.isUp = false
      // A host whose peers end at the same moment may wait for one of them without end.
      await Promise.race([node.host.stop(), passed(STOP_MS_MAX)])
    }))
  }

  async stop (): Promise<void> { await this.kill(this.#nodes.flatMap(({ isUp }, number) => isUp ? [number] : [])) }

  ofNode (node: number): number { return placeOf(this.#at(node).host.peerId.toMultihash().bytes) }

  ofUser (user: string): number[] {
    const record = this.#users.get(user)
    if (record === undefined) throw new Error(`${user} has no record`)
    return routeKeys(record.root, crypto).map(placeOf)
  }

  #at (number: number): RealNode { return this.#nodes[number] as RealNode }

  async #start (number: number): Promise<RealNode> {
    const seed = crypto.sha256(new TextEncoder().encode(`calibration/${this.#seed}/${number}`))
    const { publicKey: self } = await crypto.signingKey(seed)
    const memoryOf = await openRouteMemory({ self, shelf: emptyShelf(), crypto, clock: systemClock, logger: SILENT })
    const host = await createHost({
      seed,
      listen: [`/memory/${this.#name}-${number}`],
      datastore: new MemoryDatastore(),
      gater: {},
      transports: [memory()],
      services: { ...BASE_SERVICES, ping: this.#countedPing(self), dht: kadService({ memory: memoryOf, privateAddresses: true }) }
    })
    const { dht } = host.services
    reshape(dht, this.#size, PATIENT_ANSWER_MS)
    await host.start()
    const init = { ...PATIENT, bucketPeers: this.#size.bucketPeers }
    const finder = kadRouteFinder(init)({ host, dht: this.#counted(dht), memory: memoryOf, crypto, clock: systemClock, logger: SILENT })
    return { host, memory: memoryOf, finder, isUp: true }
  }

  /** In an answer to a self-query a node hears of itself, and tries; nothing is sent. */
  #countedPing (self: PeerKey): typeof BASE_SERVICES.ping {
    const own = peerIdFromPeerKey(self)
    return components => {
      const service = BASE_SERVICES.ping(components)
      const { ping } = service
      service.ping = async (peer, ...options) => {
        if (!own.equals(peer)) this.#pings++
        return await ping.call(service, peer, ...options)
      }
      return service
    }
  }

  /** The DHT, with its events looked at as they pass. */
  #counted (dht: KadDHT): KadFinderComponents['dht'] {
    const firstHops = (key: Uint8Array): Map<string, number> => new Map(firstPeers(dht, crypto.sha256(key)).map(peer => [peer.toString(), 1]))
    return {
      get: (key, options) => this.#watch(dht.get(key, options), firstHops(key)),
      getClosestPeers: (key, options) => this.#watch(dht.getClosestPeers(key, options), firstHops(key))
    }
  }

  /** hops: questions in a row to whoever is asked first. */
  async * #watch (events: AsyncIterable<QueryEvent>, hops: Map<string, number>): AsyncGenerator<QueryEvent> {
    const asked = this.#asked
    const met = new Set<string>()
    asked.walks++
    for await (const event of events) {
      if (event.name === 'DIAL_PEER' && event.path.index >= 0) {
        const peer = event.peer.toString()
        asked.questions++
        if (met.has(peer)) asked.repeated++
        met.add(peer)
      }
      if (event.name === 'PEER_RESPONSE' && event.path.index >= 0) {
        asked.answers++
        const own = hops.get(event.from.toString()) ?? 1
        for (const { id } of event.closer) if (!hops.has(id.toString())) hops.set(id.toString(), own + 1)
        if (event.record !== undefined) asked.hops ??= own
      }
      yield event
    }
  }

  async #ask<T> (ask: () => Promise<T>): Promise<Asked & { hops: number | undefined, result: T }> {
    const asked: Asked & { hops: number | undefined } = this.#asked = { walks: 0, questions: 0, repeated: 0, answers: 0, hops: undefined }
    const result = await ask()
    return { ...asked, result }
  }

  /** For each holder of a key, whether it is among the k nearest that run. */
  async #holders (key: Bytes): Promise<boolean[]> {
    const target = crypto.sha256(key)
    const distances = this.#nodes.filter(({ isUp }) => isUp).map(node => ({ node, distance: xor(crypto.sha256(node.host.peerId.toMultihash().bytes), target) }))
    distances.sort((a, b) => compare(a.distance, b.distance))
    const holds = await Promise.all(distances.map(async ({ node }) => await node.memory.held.find(key) !== undefined))
    return holds.flatMap((holds, place) => holds ? [place < this.#size.bucketPeers] : [])
  }

  async #recordOf (user: string): Promise<RouteRecord> {
    let record = this.#users.get(user)
    if (record === undefined) {
      const key = await crypto.signingKey(crypto.sha256(new TextEncoder().encode(`calibration/${this.#seed}/${user}`)))
      const root = rootKeyFromBytes(keyBytes(key.publicKey))
      const now = systemClock.now()
      const ticket = await makeTicket(key, root, Math.floor(now / 1000) + 40 * DAY_S)
      record = await makeRouteRecord({ root, epoch: 1, seq: now, profile: { epoch: 1, seq: now, hash: '00'.repeat(32) }, entries: [{ ticket }] }, { key }, { crypto })
      this.#users.set(user, record)
    }
    return record
  }
}

async function passed (ms: number): Promise<void> {
  await new Promise(resolve => { setTimeout(resolve, ms) })
}

/** kad-dht compares hashes of ids and keys; this is where they begin. */
function placeOf (bytes: Uint8Array): number { return new DataView(crypto.sha256(bytes).buffer).getUint32(0) }

const SILENT_LOG = Object.assign(() => {}, { error: () => {}, trace: () => {}, enabled: false, newScope: () => SILENT_LOG }) as Logger
const SILENT: ComponentLogger = { forComponent: () => SILENT_LOG }
