/** The client's libp2p host: dials nodes with the device's key, listens nowhere. */
import { noise } from '@chainsafe/libp2p-noise'
import { identify } from '@libp2p/identify'
import { yamux } from '@libp2p/yamux'
import { peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { MalformedError, UnreachableError } from '../errors.ts'
import { peerIdFromPeerKey, peerKeyFromPeerId, privateKeyFromSeed } from '../identity/index.ts'
import { IDENTIFY_PREFIX } from '../wire/protocols.ts'
import { webCrypto } from './crypto.ts'
import { defaultTransports } from './transports.ts'
import type { Network } from '../ports.ts'
import type { PeerKey } from '../types.ts'
import type { ListedNode } from './session/service.ts'
import type { ComponentLogger, Libp2p } from '@libp2p/interface'
import type { Transports } from './transports.ts'

export interface HostInit { deviceSeed: Uint8Array, transports?: Transports | undefined, logger?: ComponentLogger | undefined }

/** A stream's window, as nodes have it: what came and was not read yet. */
const STREAM_WINDOW_BYTES = 1024 * 1024
/** One dial attempt of libp2p's own; every open has its own limit besides. */
const DIAL_TIMEOUT_MS = 5000

export async function createHost ({ deviceSeed, transports, logger }: HostInit): Promise<Libp2p> {
  return await createLibp2p({
    privateKey: await privateKeyFromSeed(deviceSeed, webCrypto),
    addresses: { listen: [] },
    transports: transports ?? defaultTransports(),
    connectionEncrypters: [noise()],
    streamMuxers: [yamux({ streamOptions: { maxStreamWindowSize: STREAM_WINDOW_BYTES } })],
    ...(logger === undefined ? {} : { logger }),
    nodeInfo: { userAgent: 'posthouse/1' },
    // Users run nodes at home and on loopback: which addresses may be dialled is not for a browser's default to say.
    connectionGater: { denyDialMultiaddr: () => false },
    connectionManager: { dialTimeout: DIAL_TIMEOUT_MS },
    // Sessions have a heartbeat of their own, which fits the path.
    connectionMonitor: { enabled: false },
    services: { identify: identify({ protocolPrefix: IDENTIFY_PREFIX }) }
  })
}

/** The half of the Network port that a client needs. */
export function dialingNetwork (host: Libp2p): Pick<Network, 'open'> {
  return {
    async open (peer, addressHints, protocol, { signal }) {
      const peerId = peerIdFromPeerKey(peer)
      try {
        if (host.getConnections(peerId).length === 0 && addressHints.length > 0) {
          await host.peerStore.merge(peerId, { multiaddrs: addressHints.flatMap(parseHint) }, { signal })
        }
        return await host.dialProtocol(peerId, protocol, { signal })
      } catch (error) {
        throw new UnreachableError(`node ${peerId.toString()} cannot be reached`, { cause: error })
      }
    }
  }
}

/** A node by the multiaddr that a person gives: `/ip4/192.0.2.1/tcp/4501/p2p/12D3KooW…`. Throws MalformedError. */
export function parseNode (text: string): ListedNode {
  try {
    const address = multiaddr(text)
    const peerId = address.getComponents().findLast(({ name }) => name === 'p2p')?.value
    if (peerId === undefined) throw new MalformedError('it does not name the node’s key')
    return { node: peerKeyFromPeerId(peerIdFromString(peerId)), addressHints: [address.decapsulate(`/p2p/${peerId}`).toString()] }
  } catch (error) {
    throw new MalformedError(`“${text.slice(0, 100)}” is not a node’s address like /ip4/192.0.2.1/tcp/4501/p2p/12D3KooW…`, { cause: error })
  }
}

/** Several addresses of one node become one. */
export function listNodes (texts: string[]): ListedNode[] {
  const nodes = new Map<PeerKey, string[]>()
  for (const { node, addressHints } of texts.map(parseNode)) nodes.set(node, [...nodes.get(node) ?? [], ...addressHints])
  return [...nodes].map(([node, addressHints]) => ({ node, addressHints }))
}

/** A hint that cannot be read leads nowhere. */
function parseHint (text: string): Array<ReturnType<typeof multiaddr>> {
  try {
    return [multiaddr(text)]
  } catch {
    return []
  }
}
