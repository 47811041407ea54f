/** The Network port on a libp2p host: peers by their keys, streams by protocol. */
import { multiaddr } from '@multiformats/multiaddr'
import { UnreachableError } from '../errors.ts'
import { peerIdFromPeerKey, peerKeyFromPeerId } from '../identity/index.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { Network } from '../ports.ts'
import type { PeerKey } from '../types.ts'
import type { Libp2p, PeerId } from '@libp2p/interface'

export function libp2pNetwork (host: Libp2p): Network {
  return {
    async handle (protocol, handler, limits) {
      await host.handle(protocol, (stream, connection) => {
        // One that was reset while its protocol was agreed on would never tell its handler that it has ended.
        if (stream.status !== 'open') return
        const peer = peerKeyOf(connection.remotePeer)
        if (peer === undefined) stream.abort(new UnreachableError('the peer’s key is not Ed25519'))
        else handler(stream, peer, connection.remoteAddr.toString())
      }, { maxInboundStreams: limits?.maxInboundStreams ?? NODE_DEFAULTS.inboundStreamsMax, force: true })
    },

    async unhandle (protocol) {
      await host.unhandle(protocol)
    },

    async open (peer, addressHints, protocol, { signal }) {
      const peerId = peerIdFromPeerKey(peer)
      try {
        await connect(host, peerId, addressHints, signal)
        return await host.dialProtocol(peerId, protocol, { signal })
      } catch (error) {
        throw new UnreachableError(`node ${peerId.toString()} cannot be reached: ${reasonOf(error, protocol, signal)}`, { cause: error })
      }
    }
  }
}

/**
 * By the hints first, then by what the peer store and the DHT know. A hint is not put into the peer store before the
 * peer has answered there: anybody can write hints.
 */
async function connect (host: Libp2p, peerId: PeerId, hints: string[], signal: AbortSignal): Promise<void> {
  if (hints.length === 0 || host.getConnections(peerId).length > 0) return
  try {
    const addresses = hints.map(hint => multiaddr(hint).encapsulate(`/p2p/${peerId.toString()}`))
    await host.dial(addresses, { signal: AbortSignal.any([signal, AbortSignal.timeout(NODE_DEFAULTS.hintTimeoutMs)]) })
  } catch (error) {
    if (signal.aborted) throw error
    await host.dial(peerId, { signal }).catch((other: Error) => {
      // When nothing else is known, what became of the hints is the reason.
      throw other.name === 'NoValidAddressesError' ? error : other
    })
  }
}

/** In our words: libp2p's are written for its developers, and may have many lines. */
function reasonOf (error: unknown, protocol: string, signal: AbortSignal): string {
  if (signal.aborted) return 'it did not answer in time'
  const name = error instanceof Error ? error.name : ''
  return name === 'UnsupportedProtocolError' ? `it does not speak ${protocol}` : REASONS[name] ?? 'nobody answers at its addresses'
}

const REASONS: Readonly<Record<string, string>> = Object.freeze({
  NoValidAddressesError: 'no address of it is known',
  DialDeniedError: 'its addresses are private ones',
  TooManyOutboundProtocolStreamsError: 'too many streams to it are open',
  TimeoutError: 'it did not answer in time'
})

/** Undefined for peers whose keys are not Ed25519: they can do DHT and gossip with us, nothing else. */
function peerKeyOf (peerId: PeerId): PeerKey | undefined {
  return peerId.type === 'Ed25519' ? peerKeyFromPeerId(peerId) : undefined
}
