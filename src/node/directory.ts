/** The nodes that this node has met, for devices that look for somebody to serve them. */
import { peerKeyFromPeerId } from '../identity/index.ts'
import { SESSION_PROTOCOL } from '../wire/protocols.ts'
import type { Random } from '../ports.ts'
import type { Bytes, PeerKey } from '../types.ts'
import type { Libp2p, Peer } from '@libp2p/interface'

export interface KnownNode { node: PeerKey, addresses: Bytes[] }

/** Addresses told of one node. */
const ADDRESSES_MAX = 4

export class Directory {
  readonly #host: Libp2p
  readonly #random: Random

  constructor (host: Libp2p, random: Random) {
    this.#host = host
    this.#random = random
  }

  /** This node first, then others that speak the session protocol, in an order of chance so that load spreads. */
  async find (count: number): Promise<KnownNode[]> {
    const peers = await this.#host.peerStore.all({
      filters: [peer => peer.protocols.includes(SESSION_PROTOCOL) && peer.id.type === 'Ed25519' && peer.addresses.length > 0]
    })
    const others = peers.map(peer => ({ peer, chance: this.#random.fraction() })).sort((a, b) => a.chance - b.chance)
    const self: KnownNode = {
      node: peerKeyFromPeerId(this.#host.peerId),
      addresses: this.#host.getMultiaddrs().slice(0, ADDRESSES_MAX).map(address => address.bytes as Bytes)
    }
    return [self, ...others.map(({ peer }) => knownNode(peer))].slice(0, count)
  }
}

function knownNode (peer: Peer): KnownNode {
  return {
    node: peerKeyFromPeerId(peer.id),
    addresses: peer.addresses.slice(0, ADDRESSES_MAX).map(({ multiaddr }) => multiaddr.bytes as Bytes)
  }
}
