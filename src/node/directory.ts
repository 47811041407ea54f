/**
 * The nodes that this node has met, for devices that look for somebody to serve them and for its own next start. Whoever
 * says at identify that it speaks the session protocol is one; where it listens is its own word, and the connection
 * proves the key.
 */
import { peerKeyFromPeerId } from '../identity/index.ts'
import { SESSION_PROTOCOL } from '../wire/protocols.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import { dialableFrom, type Reach } from './reach.ts'
import type { Clock, Random } from '../ports.ts'
import type { Bytes, Millis, PeerKey } from '../types.ts'
import type { IdentifyResult, Libp2p, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface DirectoryComponents {
  host: Pick<Libp2p, 'peerId' | 'getMultiaddrs' | 'getConnections' | 'addEventListener' | 'removeEventListener'>
  clock: Clock
  random: Pick<Random, 'fraction'>
}

/** knownSeconds: since when this node knows it without a break of an hour; itself, since it was started. load: in percent, 0 where nobody told us. */
export interface KnownNode { node: PeerKey, addresses: Bytes[], knownSeconds: number, load: number }

/** asker: from where the addresses must be dialable. self: whether this node takes new users; load: of this node, in percent. */
export interface FindInit { asker: Reach, self: boolean, load?: number }

interface Met { peerId: PeerId, addresses: Multiaddr[], since: Millis, at: Millis }

export class Directory {
  readonly #components: DirectoryComponents
  /** In the order in which they last said who they are. */
  readonly #met = new Map<PeerKey, Met>()
  readonly #onIdentify: (event: CustomEvent<IdentifyResult>) => void
  #startedAt: Millis = 0
  #onMeeting: (() => void) | undefined

  constructor (components: DirectoryComponents) {
    this.#components = components
    this.#onIdentify = ({ detail }) => { this.#meet(detail) }
  }

  start (): void {
    this.#startedAt = this.#components.clock.now()
    this.#components.host.addEventListener('peer:identify', this.#onIdentify)
  }

  stop (): void {
    this.#components.host.removeEventListener('peer:identify', this.#onIdentify)
    this.#onMeeting?.()
    this.#met.clear()
  }

  /** Whether the node is connected now. */
  isThere (node: PeerKey): boolean {
    const met = this.#met.get(node)
    return met !== undefined && this.#isConnected(met.peerId)
  }

  /** Nodes that are connected now. */
  get connected (): number {
    let count = 0
    for (const { peerId } of this.#met.values()) if (this.#isConnected(peerId)) count++
    return count
  }

  /** This node first, then others: those that are connected, then those met lately, each in an order of chance so that load spreads. */
  find (count: number, { asker, self, load: ownLoad = 0 }: FindInit): KnownNode[] {
    const { host, clock, random } = this.#components
    const others = this.#fresh().map(({ met, connected }) => ({ met, rank: (connected ? 0 : 1) + random.fraction() })).sort((a, b) => a.rank - b.rank)
    const own = self ? [{ peerId: host.peerId, addresses: host.getMultiaddrs(), since: this.#startedAt, load: ownLoad }] : []
    const told: KnownNode[] = []
    for (const { peerId, addresses, since, load } of [...own, ...others.map(({ met }) => ({ ...met, load: 0 }))]) {
      if (told.length >= count) break
      const dialable = dialableFrom(asker, addresses).slice(0, NODE_DEFAULTS.nodeAddresses)
      if (dialable.length === 0) continue
      const knownSeconds = Math.max(0, Math.floor((clock.now() - since) / 1000))
      told.push({ node: peerKeyFromPeerId(peerId), addresses: dialable.map(address => address.decapsulateCode(P2P_CODE).bytes as Bytes), knownSeconds, load })
    }
    return told
  }

  /** One address a node, with its key, to find back into the network by. */
  remembered (): Multiaddr[] {
    return this.#fresh().flatMap(({ met: { peerId, addresses } }) => {
      const [address] = dialableFrom('machine', addresses)
      return address === undefined ? [] : [address.decapsulateCode(P2P_CODE).encapsulate(`/p2p/${peerId.toString()}`)]
    })
  }

  /** Resolves when some node is known, or after `waitMs`. */
  async meeting (waitMs: number): Promise<void> {
    if (this.#met.size > 0) return
    await new Promise<void>(resolve => {
      const cancel = this.#components.clock.after(waitMs, resolve)
      this.#onMeeting = () => { cancel(); resolve() }
    })
    this.#onMeeting = undefined
  }

  #meet ({ peerId, protocols, listenAddrs }: IdentifyResult): void {
    if (peerId.type !== 'Ed25519') return
    const node = peerKeyFromPeerId(peerId)
    const before = this.#met.get(node)
    const now = this.#components.clock.now()
    // Known without a break: another connection is there beside this one, or it was heard not long ago.
    const isKnown = before !== undefined && (this.#components.host.getConnections(peerId).length > 1 || now - before.at < NODE_DEFAULTS.nodeFreshMs)
    const since = isKnown ? before.since : now
    this.#met.delete(node)
    if (!protocols.includes(SESSION_PROTOCOL) || listenAddrs.length === 0) return
    this.#met.set(node, { peerId, addresses: listenAddrs.slice(0, ADDRESSES_READ_MAX), since, at: now })
    for (const oldest of this.#met.keys()) {
      if (this.#met.size <= NODE_DEFAULTS.nodesKnownMax) break
      this.#met.delete(oldest)
    }
    this.#onMeeting?.()
  }

  #fresh (): Array<{ met: Met, connected: boolean }> {
    const since = this.#components.clock.now() - NODE_DEFAULTS.nodeFreshMs
    return [...this.#met.values()].map(met => ({ met, connected: this.#isConnected(met.peerId) })).filter(({ met, connected }) => connected || met.at > since)
  }

  #isConnected (peerId: PeerId): boolean {
    return this.#components.host.getConnections(peerId).length > 0
  }
}

const P2P_CODE = 421
/** Addresses of one node that are looked at; identify carries a few dozen at most. */
const ADDRESSES_READ_MAX = 16
