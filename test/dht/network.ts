// Real libp2p nodes over the memory transport, each with its DHT, and records of real users for them.
import { noise } from '@chainsafe/libp2p-noise'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { identify } from '@libp2p/identify'
import { kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { memory } from '@libp2p/memory'
import { ping } from '@libp2p/ping'
import { Libp2pRecord } from '@libp2p/record'
import { yamux } from '@libp2p/yamux'
import { MemoryDatastore } from 'datastore-core'
import { Key, type Datastore } from 'interface-datastore'
import { createLibp2p } from 'libp2p'
import { toString } from 'uint8arrays/to-string'
import { OpenedRecords } from '../../src/dht/opened.ts'
import { routeSelector, routeValidator } from '../../src/dht/kad.ts'
import { KAD_PROTOCOL, ROUTE_NAMESPACE } from '../../src/wire/protocols.ts'
import { kadRouteFinder, kadService, makeRouteRecord, openRouteMemory, type RouteMemory } from '../../src/dht/index.ts'
import { peerKeyFromPeerId } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { systemClock } from '../../src/system.ts'
import { DAY_S, makeTickets, type Person } from '../identity/people.ts'
import { until } from '../until.ts'
import type { GroupOf } from '../../src/dht/peer-groups.ts'
import type { RouteInit } from '../../src/dht/defaults.ts'
import type { Clock, RouteFinder, Shelf } from '../../src/ports.ts'
import type { Bytes, RouteRecord, Seconds, ServingTicket } from '../../src/types.ts'
import type { ComponentLogger, Libp2p, Logger } from '@libp2p/interface'
import type { KadDHT, KadDHTComponents, SingleKadDHT } from '@libp2p/kad-dht'

export type DhtHost = Libp2p<{ dht: KadDHT }>
export interface RouteNodeInit { init?: Partial<RouteInit>, shelf?: Shelf, clock?: Clock, logger?: ComponentLogger, groupOf?: GroupOf }
/** A node as stock kad-dht makes it. */
export interface StockNode { host: DhtHost, datastore: Datastore }
/** A node as ours are: records guarded, found and published by the RouteFinder. */
export interface RouteNode { host: DhtHost, memory: RouteMemory, finder: RouteFinder }

let hosts = 0

/** A libp2p node with this DHT, started. */
export async function startHost (dht: (components: KadDHTComponents) => KadDHT, number: number | string = hosts++, datastore: Datastore = new MemoryDatastore()): Promise<DhtHost> {
  return await createLibp2p({
    datastore,
    privateKey: await generateKeyPairFromSeed('Ed25519', seedOf(number)),
    addresses: { listen: [`/memory/dht-${number}`.replaceAll(' ', '-')] },
    transports: [memory()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ maxEarlyStreams: 1000 })],
    connectionManager: { inboundConnectionThreshold: 10_000, maxIncomingPendingConnections: 1000 },
    connectionMonitor: { enabled: false },
    services: { identify: identify(), ping: ping(), dht }
  })
}

/** A node of ours, started. */
export async function startRouteNode ({ init = {}, shelf = mapShelf(), clock = systemClock, logger = quiet, groupOf }: RouteNodeInit = {}): Promise<RouteNode> {
  const number = hosts++
  const { publicKey: self } = await crypto.signingKey(seedOf(number))
  const memory = await openRouteMemory({ self, shelf, crypto, clock, logger })
  const host = await startHost(kadService({ memory, privateAddresses: true, ...(groupOf === undefined ? {} : { groupOf }) }), number)
  if (peerKeyFromPeerId(host.peerId) !== self) throw new Error('the node has another key than its memory')
  const finder = kadRouteFinder(init)({ host, dht: host.services.dht, memory, crypto, clock, logger, ...(groupOf === undefined ? {} : { groupOf }) })
  return { host, memory, finder }
}

/** A node as users of stock kad-dht set it up: their validator and selector, its own store and defaults. */
export async function startStockNode ({ checked = true } = {}): Promise<StockNode> {
  const datastore = new MemoryDatastore()
  const opened = new OpenedRecords({ crypto, clock: systemClock })
  const host = await startHost(kadDHT({
    protocol: KAD_PROTOCOL,
    clientMode: false,
    peerInfoMapper: passthroughMapper,
    initialQuerySelfInterval: 50,
    validators: { [ROUTE_NAMESPACE]: checked ? routeValidator(opened) : () => {} },
    selectors: { [ROUTE_NAMESPACE]: routeSelector(opened) }
  }), hosts++, datastore)
  return { host, datastore }
}

/** Puts a value into a stock node's store, past every check: what it will answer a get with. */
export async function plant ({ datastore }: StockNode, key: Bytes, value: Bytes): Promise<void> {
  await datastore.put(recordKey(key), new Libp2pRecord(key, value, new Date()).serialize())
}

/** What a stock node holds under a key. */
export async function heldValue ({ datastore }: StockNode, key: Bytes): Promise<Uint8Array | undefined> {
  return await datastore.has(recordKey(key)) ? Libp2pRecord.deserialize(await datastore.get(recordKey(key))).value : undefined
}

/** Where kad-dht stores a record. */
export function recordKey (key: Bytes): Key {
  return new Key(`/dht/record/${toString(key, 'base32')}`, false)
}

/** Connects everybody with everybody and waits until all tables know it. */
export async function connect (all: DhtHost[]): Promise<void> {
  for (const [at, host] of all.entries()) {
    for (const other of all.slice(at + 1)) await host.dial(other.getMultiaddrs())
  }
  await until('full routing tables', () => all.every(host => (host.services.dht as SingleKadDHT).routingTable.size >= all.length - 1))
}

/** A record of the person that says it was made at `seq`. */
export async function makeRoute (person: Person, { seq = systemClock.now(), notAfter = undefined as Seconds | undefined, tickets = undefined as ServingTicket[] | undefined } = {}): Promise<RouteRecord> {
  const entries = (tickets ?? await makeTickets(person.rootKey, 3, Math.floor(seq / 1000) + 40 * DAY_S)).map(ticket => ({ ticket }))
  const profile = { epoch: 1, seq, hash: '00'.repeat(32) }
  return await makeRouteRecord({ root: person.rootKey, epoch: 1, seq, notAfter, profile, entries }, person.signer, { crypto })
}

/** A Shelf in memory. */
export function mapShelf (): Shelf & { map: Map<string, Bytes> } {
  const map = new Map<string, Bytes>()
  return {
    map,
    get: async key => map.get(key),
    put: async (key, value) => { map.set(key, new Uint8Array(value)) },
    delete: async key => { map.delete(key) },
    async * entries () { yield * [...map] }
  }
}

/** A logger that keeps its lines. */
export function collectLogs (): ComponentLogger & { lines: string[] } {
  const lines: string[] = []
  const log = Object.assign((format: string) => { lines.push(format) }, {
    error: (format: string) => { lines.push(format) }, trace: () => {}, enabled: true, newScope: () => log
  }) as Logger
  return { lines, forComponent: () => log }
}

export const quiet: ComponentLogger = collectLogs()

/** A host with a name of its own has its key from that. */
function seedOf (number: number | string): Bytes {
  return crypto.sha256(new TextEncoder().encode(typeof number === 'string' ? number : `dht node ${number}`))
}
