/**
 * A node put together: the store, the libp2p host, routing, presence, the relay and the sessions, in the order in
 * which each needs the one before. `start` builds everything anew, so that a stopped node can be started again.
 */
import { join } from 'node:path'
import { defaultLogger } from '@libp2p/logger'
import { MalformedError } from '../errors.ts'
import { peerIdFromPeerKey } from '../identity/index.ts'
import { openLevelStore, openMemoryStore } from '../store/index.ts'
import { systemClock, systemRandom } from '../system.ts'
import { parseMultiaddr } from './bootstrap.ts'
import { nodeCrypto } from './crypto.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import { parseHttpAddress } from './http.ts'
import { nodeSeed, STORE_FOLDER } from './node-key.ts'
import { RunningNode } from './running.ts'
import { Turns } from './turns.ts'
import type { NodeStatus } from './status.ts'
import type { Clock, Random } from '../ports.ts'
import type { NodeStore, StoreComponents } from '../store/index.ts'
import type { ComponentLogger } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Libp2pOptions } from 'libp2p'

export interface NodeInit {
  /** Where the node keeps its key and its users' mail; without one everything is in memory and gone at the end. */
  dataDir?: string
  /** The node's Ed25519 seed, 32 bytes; by default the data directory's key, made at the first start. */
  seed?: Uint8Array
  /** Multiaddrs to listen on; by default TCP 4501 and WebSocket 4502 on every interface. */
  listen?: string[]
  /** Multiaddrs of nodes through which to join; without any this node is the first of its network. */
  bootstrap?: string[]
  /** `HOST:PORT` of the operator's page, on loopback; false or undefined: no page. */
  http?: string | false
  /** Nodes of different networks do not talk to each other. */
  network?: string
  /** Users that the node promises to serve; 10,000 by default. */
  usersMax?: number
  logger?: ComponentLogger
  /** libp2p transports; by default TCP and WebSocket. */
  transports?: Libp2pOptions['transports']
  /** Opens what the node keeps in, by default a store in `dataDir`, or in memory without one. */
  openStore?: (components: StoreComponents) => Promise<NodeStore>
  clock?: Clock
  random?: Random
}

export interface DrainReport {
  /** Envelopes that other nodes took over. */
  handedOver: number
  /** Envelopes that stay on this node's disk. */
  kept: number
}

export interface PosthouseNode {
  readonly peerId: string
  /** With /p2p/; empty while stopped. */
  readonly addrs: string[]
  /** URL of the operator's page. */
  readonly http: string | undefined
  /** Rejects with StoreLockedError, StoreTooNewError, StoreDamagedError, StoreFailedError or ListenFailedError; then nothing is left running. */
  start: () => Promise<void>
  /** Lets go of everything; what is being written is written, whoever waits for an answer asks again. Can be started again. */
  stop: () => Promise<void>
  /** Takes nothing new, finishes what is in flight, within a bound, and stops. */
  drain: () => Promise<DrainReport>
  status: () => NodeStatus
}

/** The configuration, checked and complete. */
export type ResolvedInit =
  & Required<Pick<NodeInit, 'network' | 'usersMax' | 'clock' | 'random' | 'logger' | 'seed' | 'openStore'>>
  & Pick<NodeInit, 'transports'>
  & { listen: string[], bootstrap: Multiaddr[], http: { host: string, port: number } | undefined }

/** Bytes of a network's name: it goes out with every Hello. */
const NETWORK_BYTES_MAX = 64

/**
 * Checks the configuration and reads or makes the key; `start` does the rest. Throws MalformedError, IdentityError,
 * PassphraseError or StoreFailedError with a sentence for the operator.
 */
export async function createNode (init: NodeInit = {}): Promise<PosthouseNode> {
  const listen = init.listen ?? [...NODE_DEFAULTS.listen]
  listen.forEach(parseMultiaddr)
  const random = init.random ?? systemRandom
  const checked = {
    transports: init.transports,
    listen,
    bootstrap: (init.bootstrap ?? []).map(parseMultiaddr),
    http: typeof init.http === 'string' ? parseHttpAddress(init.http) : undefined,
    network: checkNetwork(init.network ?? NODE_DEFAULTS.network),
    usersMax: checkUsersMax(init.usersMax ?? NODE_DEFAULTS.usersMax),
    clock: init.clock ?? systemClock,
    random,
    logger: init.logger ?? defaultLogger(),
    openStore: init.openStore ?? (async components => await openOwnStore(init.dataDir, components))
  }
  // Last: a wrong configuration leaves no key behind.
  const seed = init.seed ?? await nodeSeed(init.dataDir, random)
  const { publicKey } = await nodeCrypto.signingKey(seed)
  return new Node({ ...checked, seed }, peerIdFromPeerKey(publicKey).toString())
}

async function openOwnStore (dataDir: string | undefined, components: StoreComponents): Promise<NodeStore> {
  return dataDir === undefined ? await openMemoryStore(components) : await openLevelStore(join(dataDir, STORE_FOLDER), components)
}

function checkNetwork (name: string): string {
  const bytes = new TextEncoder().encode(name).byteLength
  if (bytes < 1 || bytes > NETWORK_BYTES_MAX) throw new MalformedError(`a network’s name has 1 to ${NETWORK_BYTES_MAX} bytes, not ${bytes}`)
  return name
}

function checkUsersMax (count: number): number {
  if (!Number.isInteger(count) || count < 0) throw new MalformedError(`a node serves a whole number of users, not ${count}`)
  return count
}

class Node implements PosthouseNode {
  readonly #init: ResolvedInit
  readonly peerId: string
  readonly #turns = new Turns<'run'>()
  #running: RunningNode | undefined
  #starting = false

  constructor (init: ResolvedInit, peerId: string) {
    this.#init = init
    this.peerId = peerId
  }

  get addrs (): string[] { return this.#running?.addrs ?? [] }
  get http (): string | undefined { return this.#running?.http }

  async start (): Promise<void> {
    await this.#turns.take('run', async () => {
      if (this.#running !== undefined) return
      this.#starting = true
      try {
        this.#running = await RunningNode.start(this.#init)
      } finally {
        this.#starting = false
      }
    })
  }

  async stop (): Promise<void> {
    await this.#turns.take('run', async () => { await this.#end() })
  }

  async drain (): Promise<DrainReport> {
    return await this.#turns.take('run', async () => {
      const report = await this.#running?.finish() ?? { handedOver: 0, kept: 0 }
      await this.#end()
      return report
    })
  }

  status (): NodeStatus {
    return this.#running?.status() ?? idleStatus(this.#init, this.peerId, this.#starting ? 'starting' : 'stopped')
  }

  async #end (): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.stop()
  }
}

function idleStatus ({ network, usersMax }: ResolvedInit, peerId: string, state: NodeStatus['state']): NodeStatus {
  return {
    peerId,
    addrs: [],
    network,
    state,
    uptimeSeconds: 0,
    peers: 0,
    nodes: 0,
    users: 0,
    usersMax,
    sessions: 0,
    mail: { envelopes: 0, bytes: 0, queuedBytes: 0, inFlight: 0 },
    damageMet: 0,
    storeFailure: undefined
  }
}
