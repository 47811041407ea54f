/** What a node is told, and what comes of it: everything checked before anything is made. */
import { join } from 'node:path'
import { defaultLogger } from '@libp2p/logger'
import { MalformedError } from '../errors.ts'
import { openLevelStore, openMemoryStore } from '../store/index.ts'
import { systemClock, systemRandom } from '../system.ts'
import { parseMultiaddr } from './bootstrap.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import { parseHttpAddress } from './http.ts'
import { nodeSeed, SEED_BYTES, STORE_FOLDER } from './node-key.ts'
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
  /** Repairs a damaged store, or sets it aside and begins a new one; false by default, and then a damaged store is left as it is. */
  repair?: boolean
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

/** The configuration, checked and complete. */
export type ResolvedInit =
  & Required<Pick<NodeInit, 'network' | 'usersMax' | 'clock' | 'random' | 'logger' | 'seed' | 'openStore'>>
  & Pick<NodeInit, 'transports'>
  & { listen: string[], bootstrap: Multiaddr[], http: { host: string, port: number } | undefined }

/** Bytes of a network's name: it goes out with every Hello. */
const NETWORK_BYTES_MAX = 64

/** Throws MalformedError, IdentityError, PassphraseError or StoreFailedError with a sentence for the operator. */
export async function resolveInit (init: NodeInit): Promise<ResolvedInit> {
  const listen = init.listen ?? [...NODE_DEFAULTS.listen]
  listen.forEach(parseMultiaddr)
  const random = init.random ?? systemRandom
  const checked = {
    transports: init.transports,
    listen,
    bootstrap: (init.bootstrap ?? []).map(parseMultiaddr),
    ...settingsOf(init),
    usersMax: checkUsersMax(init.usersMax ?? NODE_DEFAULTS.usersMax),
    clock: init.clock ?? systemClock,
    random,
    logger: init.logger ?? defaultLogger(),
    openStore: init.openStore ?? (async components => await openOwnStore(init, components))
  }
  // Last: a wrong configuration leaves no key behind.
  return { ...checked, seed: init.seed === undefined ? await nodeSeed(init.dataDir, random) : checkSeed(init.seed) }
}

/** Those settings that are texts with a form of their own. Throws MalformedError. */
export function settingsOf ({ http, network = NODE_DEFAULTS.network }: Pick<NodeInit, 'http' | 'network'>): Pick<ResolvedInit, 'http' | 'network'> {
  return { http: typeof http === 'string' ? parseHttpAddress(http) : undefined, network: checkNetwork(network) }
}

async function openOwnStore ({ dataDir, repair = false }: NodeInit, components: StoreComponents): Promise<NodeStore> {
  return dataDir === undefined ? await openMemoryStore(components) : await openLevelStore(join(dataDir, STORE_FOLDER), components, {}, { repair })
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

function checkSeed (seed: Uint8Array): Uint8Array {
  if (seed.byteLength !== SEED_BYTES) throw new MalformedError(`an Ed25519 seed has ${SEED_BYTES} bytes, not ${seed.byteLength}`)
  return seed
}
