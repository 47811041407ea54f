/** The Network port on a libp2p host: peers by their keys, streams by protocol. */
import { multiaddr } from '@multiformats/multiaddr'
import { UnreachableError } from '../errors.ts'
import { peerIdFromPeerKey, peerKeyFromPeerId } from '../identity/index.ts'
import type { Network } from '../ports.ts'
import type { PeerKey } from '../types.ts'
import type { Libp2p, PeerId, Stream } from '@libp2p/interface'

/** Streams of one protocol that a peer may hold open at once, unless the feature says otherwise. */
const INBOUND_STREAMS_MAX = 32

export function libp2pNetwork (host: Libp2p): Network {
  return {
    async handle (protocol, handler, limits) {
      await host.handle(protocol, (stream, connection) => {
        const peer = peerKeyOf(connection.remotePeer)
        if (peer === undefined) stream.abort(new UnreachableError('the peer’s key is not Ed25519'))
        else handler(stream, peer)
      }, { maxInboundStreams: limits?.maxInboundStreams ?? INBOUND_STREAMS_MAX, force: true })
    },

    async unhandle (protocol) {
      await host.unhandle(protocol)
    },

    async open (peer, addressHints, protocol, { signal }) {
      const peerId = peerIdFromPeerKey(peer)
      try {
        if (host.getConnections(peerId).length === 0 && addressHints.length > 0) {
          await host.peerStore.merge(peerId, { multiaddrs: addressHints.map(hint => multiaddr(hint)) }, { signal })
        }
        return await openStream(host, peerId, protocol, signal)
      } catch (error) {
        throw new UnreachableError(`node ${peerId.toString()} cannot be reached: ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }
}

async function openStream (host: Libp2p, peerId: PeerId, protocol: string, signal: AbortSignal): Promise<Stream> {
  return await host.dialProtocol(peerId, protocol, { signal })
}

/** Undefined for peers whose keys are not Ed25519: they can do DHT and gossip with us, nothing else. */
function peerKeyOf (peerId: PeerId): PeerKey | undefined {
  return peerId.type === 'Ed25519' ? peerKeyFromPeerId(peerId) : undefined
}
