/** Real libp2p nodes over the memory transport, in this process, and what one of them, the publisher, asks of the others. */
import { memory } from '@libp2p/memory'
import { MemoryDatastore } from 'datastore-core'
import { kadRouteFinder, kadRouteSweeper, kadService, makeRouteRecord, openRouteMemory, type KadFinderComponents, type RouteSweeper } from '../../src/dht/index.ts'
import { keyBytes, makeTicket, peerIdFromPeerKey, rootKeyFromBytes } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { BASE_SERVICES, createHost } from '../../src/node/host.ts'
import { HeldRecords } from '../../src/dht/held.ts'
import { OpenedRecords } from '../../src/dht/opened.ts'
import { systemClock } from '../../src/system.ts'
import type { RouteFinder, Shelf } from '../../src/ports.ts'
import type { PeerKey, RouteRecord } from '../../src/types.ts'
import type { ComponentLogger, Libp2p, Logger } from '@libp2p/interface'
import type { KadDHT, QueryEvent } from '@libp2p/kad-dht'

/** What the publisher has done. questions and puts are RPCs; a walk's question takes a stream, and so do all puts to one peer in a stroke. */
export interface Counts { walks: number, questions: number, puts: number, streams: number, connections: number }

export interface PublishingNetwork {
  self: PeerKey
  finder: RouteFinder
  sweeper: RouteSweeper
  counts: Counts
  /** Closes all of the publisher's connections, so that those it needs are counted. */
  disconnect: () => Promise<void>
  recordOf: (user: number) => Promise<RouteRecord>
  stop: () => Promise<void>
}

type Host = Libp2p<{ dht: KadDHT }>

interface Node { host: Host, self: PeerKey, memoryOf: KadFinderComponents['memory'] }

const DAY_S = 86_400
/** Connections are made by so many nodes at a time. */
const DIALLING = 4
/** On a machine with busy neighbours. */
const DIAL_MS_MAX = 60_000
const SETTLED_MS = 3000
/** A host whose peers end at the same moment may wait for one of them without end. */
const STOP_MS_MAX = 5000

const nothing = (): void => {}
const SILENT: Logger = Object.assign(nothing, { error: nothing, trace: nothing, enabled: false, newScope: () => SILENT })
const LOGGER: ComponentLogger = { forComponent: () => SILENT }

/** So many nodes that all know each other, as tables of a network of this size do after a while. */
export async function startNetwork (size: number): Promise<PublishingNetwork> {
  // Holders share what they have verified: that is their cost, the same for a put however it came to be, and not what is measured.
  const opened = new OpenedRecords({ crypto, clock: systemClock }, 100_000)
  const nodes: Node[] = []
  for (let number = 0; number < size; number++) nodes.push(await startNode(number, opened))
  for (let at = 0; at < size; at += DIALLING) {
    await Promise.all(nodes.slice(at, at + DIALLING).map(async ({ host }, index) => {
      for (const other of nodes.slice(at + index + 1)) await host.dial(other.host.getMultiaddrs(), { signal: AbortSignal.timeout(DIAL_MS_MAX) })
    }))
  }
  await new Promise(resolve => { setTimeout(resolve, SETTLED_MS) })
  const [{ host, self, memoryOf }] = nodes as [Node]
  const counts: Counts = { walks: 0, questions: 0, puts: 0, streams: 0, connections: 0 }
  host.addEventListener('connection:open', () => { counts.connections++ })
  const components = counted(host, { memory: memoryOf, crypto, clock: systemClock, logger: LOGGER }, counts)
  return {
    self,
    finder: kadRouteFinder()(components),
    sweeper: kadRouteSweeper()(components),
    counts,
    disconnect: async () => { await Promise.all(host.getConnections().map(async connection => { await connection.close() })) },
    recordOf: async user => await recordOf(user, seedOf('node 0')),
    stop: async () => { await Promise.race([Promise.all(nodes.map(async node => { await node.host.stop() })), new Promise(resolve => { setTimeout(resolve, STOP_MS_MAX) })]) }
  }
}

async function startNode (number: number, opened: OpenedRecords): Promise<Node> {
  const seed = seedOf(`node ${number}`)
  const { publicKey: self } = await crypto.signingKey(seed)
  const { orders } = await openRouteMemory({ self, shelf: emptyShelf(), crypto, clock: systemClock, logger: LOGGER })
  const held = new HeldRecords({ peerId: peerIdFromPeerKey(self), crypto, clock: systemClock, opened, orders })
  // Who is disconnected on purpose does not look around.
  const memoryOf = { held, orders, opened, crypto, clock: { ...systemClock, after: () => () => {} } }
  const host = await createHost({
    seed,
    listen: [`/memory/routes-${number}`],
    datastore: new MemoryDatastore(),
    gater: {},
    transports: [memory()],
    services: { ...BASE_SERVICES, dht: kadService({ memory: memoryOf, privateAddresses: true }) }
  })
  await host.start()
  if (!host.peerId.equals(peerIdFromPeerKey(self))) throw new Error('the node has another key than its memory')
  return { host, self, memoryOf }
}

function counted (host: Host, rest: Pick<KadFinderComponents, 'memory' | 'crypto' | 'clock' | 'logger'>, counts: Counts): KadFinderComponents {
  const { dht } = host.services
  async function * watch (events: AsyncIterable<QueryEvent>): AsyncGenerator<QueryEvent> {
    counts.walks++
    for await (const event of events) {
      if (event.name === 'SEND_QUERY') {
        counts.questions++
        counts.streams++
      }
      yield event
    }
  }
  return {
    ...rest,
    dht: { get: (key, options) => watch(dht.get(key, options)), getClosestPeers: (key, options) => watch(dht.getClosestPeers(key, options)) },
    host: {
      getConnections: peer => host.getConnections(peer),
      dialProtocol: async (...call) => {
        counts.streams++
        return await host.dialProtocol(...call)
      }
    }
  }
}

/** Of a user with one node. */
async function recordOf (user: number, nodeSeed: Uint8Array): Promise<RouteRecord> {
  const key = await crypto.signingKey(seedOf(`user ${user}`))
  const root = rootKeyFromBytes(keyBytes(key.publicKey))
  const seq = systemClock.now()
  const ticket = await makeTicket(await crypto.signingKey(nodeSeed), root, Math.floor(seq / 1000) + 40 * DAY_S)
  return await makeRouteRecord({ root, epoch: 1, seq, profile: { epoch: 1, seq, hash: '00'.repeat(32) }, entries: [{ ticket }] }, { key }, { crypto })
}

function seedOf (name: string): ReturnType<typeof crypto.sha256> { return crypto.sha256(new TextEncoder().encode(`bench routes ${name}`)) }

function emptyShelf (): Shelf {
  return { get: async () => undefined, put: async () => {}, delete: async () => {}, async * entries () {} }
}
