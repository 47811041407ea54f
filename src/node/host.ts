/** The libp2p host of a node: transports, encryption, muxing, and limits that hold against rude peers. */
import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import { ListenFailedError } from '../errors.ts'
import { privateKeyFromSeed } from '../identity/index.ts'
import { IDENTIFY_PREFIX } from '../wire/protocols.ts'
import { nodeCrypto } from './crypto.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { ComponentLogger, ConnectionGater, Libp2p, ServiceMap } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { Libp2pOptions, ServiceFactoryMap } from 'libp2p'

/** What every node's host has: who a peer is and what it speaks, and whether it is there. */
export const BASE_SERVICES = Object.freeze({ identify: identify({ protocolPrefix: IDENTIFY_PREFIX }), ping: ping() })

export interface HostInit<Services extends ServiceMap> {
  seed: Uint8Array
  listen: string[]
  /** In memory: libp2p writes a peer's addresses dozens of times per DHT answer. */
  datastore: Datastore
  gater: ConnectionGater
  logger?: ComponentLogger | undefined
  transports?: Libp2pOptions['transports'] | undefined
  services: ServiceFactoryMap<Services>
}

/** Windows of one stream: what a peer may have sent that we have not read (yamux allows 16 MiB by default). */
const STREAM_WINDOW_BYTES = 1024 * 1024
/** Streams opened while a connection is being set up: beyond libp2p's 10, all of them fail. */
const EARLY_STREAMS_MAX = 1000

export async function createHost<Services extends ServiceMap> (init: HostInit<Services>): Promise<Libp2p<Services>> {
  return await createLibp2p<Services>({
    start: false,
    privateKey: await privateKeyFromSeed(init.seed, nodeCrypto),
    addresses: { listen: init.listen },
    transports: init.transports ?? [tcp(), webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ maxEarlyStreams: EARLY_STREAMS_MAX, streamOptions: { maxStreamWindowSize: STREAM_WINDOW_BYTES } })],
    datastore: init.datastore,
    ...(init.logger === undefined ? {} : { logger: init.logger }),
    nodeInfo: { userAgent: 'posthouse/1' },
    connectionGater: init.gater,
    connectionManager: {
      maxConnections: NODE_DEFAULTS.connectionsMax,
      maxIncomingPendingConnections: NODE_DEFAULTS.pendingConnectionsMax,
      inboundConnectionThreshold: NODE_DEFAULTS.inboundConnectionsPerSecond,
      inboundUpgradeTimeout: NODE_DEFAULTS.inboundUpgradeTimeoutMs,
      dialTimeout: NODE_DEFAULTS.dialTimeoutMs
    },
    connectionMonitor: { abortConnectionOnPingFailure: false, pingInterval: 60_000 },
    services: init.services
  })
}

/** Starts the host. Throws ListenFailedError with the first address that cannot be had. */
export async function startHost (host: Libp2p): Promise<void> {
  try {
    await host.start()
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'UnsupportedListenAddressesError') throw error
    throw new ListenFailedError(listenFailure(error.message), { cause: error })
  }
}

/** libp2p gives its reasons in lines `  <address>: <reason>` only; a test holds it to that. */
function listenFailure (message: string): string {
  const { address, reason = '' } = /^ {2}(?<address>\/\S+): (?<reason>.*)$/m.exec(message)?.groups ?? {}
  const code = Object.keys(LISTEN_REASONS).find(name => reason.includes(name))
  return `cannot listen on ${address ?? 'an address'}: ${LISTEN_REASONS[code ?? ''] ?? 'there is no transport for it'}`
}

const LISTEN_REASONS: Readonly<Record<string, string>> = Object.freeze({
  EADDRINUSE: 'the address is in use',
  EADDRNOTAVAIL: 'this machine does not have that address',
  EACCES: 'permission denied'
})
