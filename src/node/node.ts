/**
 * A node put together: the store, the libp2p host, routing, presence, the relay and the sessions, in the order in
 * which each needs the one before. `start` builds everything anew, so that a stopped node can be started again.
 */
import { defaultLogger } from '@libp2p/logger'
import { peerIdFromPeerKey } from '../identity/index.ts'
import { parseMultiaddr } from './bootstrap.ts'
import { nodeCrypto } from './crypto.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import { parseHttpAddress } from './http.ts'
import { nodeSeed } from './node-key.ts'
import { RunningNode } from './running.ts'
import { systemClock, systemRandom } from '../system.ts'
import type { NodeStatus } from './status.ts'
import type { Clock, Random } from '../ports.ts'
import type { ComponentLogger } from '@libp2p/interface'
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
  usersMax?: number
  logger?: ComponentLogger
  transports?: Libp2pOptions['transports']
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
  start: () => Promise<void>
  /** Finishes what is in flight, within a bound, and lets go of everything. Can be started again. */
  stop: () => Promise<void>
  /** Takes nothing new, finishes what is in flight, and stops. */
  drain: () => Promise<DrainReport>
  status: () => NodeStatus
}

export type ResolvedInit = Omit<NodeInit, 'http'> & Required<Pick<NodeInit, 'listen' | 'bootstrap' | 'network' | 'usersMax' | 'clock' | 'random' | 'logger'>> & {
  seed: Uint8Array
  http: { host: string, port: number } | undefined
}

/**
 * Checks the configuration and reads or makes the key; `start` does the rest. Throws MalformedError, PassphraseError or
 * StoreFailedError with a sentence for the operator.
 */
export async function createNode (init: NodeInit = {}): Promise<PosthouseNode> {
  const listen = init.listen ?? [...NODE_DEFAULTS.listen]
  const bootstrap = init.bootstrap ?? []
  for (const address of [...listen, ...bootstrap]) parseMultiaddr(address)
  const random = init.random ?? systemRandom
  const seed = init.seed ?? await nodeSeed(init.dataDir, random)
  const { publicKey } = await nodeCrypto.signingKey(seed)
  return new Node({
    ...init,
    listen,
    bootstrap,
    random,
    seed,
    http: typeof init.http === 'string' ? parseHttpAddress(init.http) : undefined,
    network: init.network ?? NODE_DEFAULTS.network,
    usersMax: init.usersMax ?? NODE_DEFAULTS.usersMax,
    clock: init.clock ?? systemClock,
    logger: init.logger ?? defaultLogger()
  }, peerIdFromPeerKey(publicKey).toString())
}

class Node implements PosthouseNode {
  readonly #init: ResolvedInit
  readonly peerId: string
  #running: RunningNode | undefined

  constructor (init: ResolvedInit, peerId: string) {
    this.#init = init
    this.peerId = peerId
  }

  get addrs (): string[] { return this.#running?.addrs ?? [] }
  get http (): string | undefined { return this.#running?.http }

  async start (): Promise<void> {
    if (this.#running !== undefined) return
    this.#running = await RunningNode.start(this.#init)
  }

  async stop (): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.stop()
  }

  async drain (): Promise<DrainReport> {
    const report = await this.#running?.finish() ?? { handedOver: 0, kept: 0 }
    await this.stop()
    return report
  }

  status (): NodeStatus {
    return this.#running?.status() ?? stoppedStatus(this.peerId)
  }
}

function stoppedStatus (peerId: string): NodeStatus {
  return { peerId, addrs: [], state: 'stopped', uptimeSeconds: 0, peers: 0, users: 0, sessions: 0, mail: { envelopes: 0, bytes: 0, queuedBytes: 0 }, storeFailure: undefined }
}
