/**
 * Keeps the addresses of connected peers from running out.
 *
 * libp2p forgets an address an hour after it first heard of it, however often it hears of it again, and kad-dht names
 * only peers with addresses in its answers: after an hour of uptime a node would introduce nobody to anybody, and the
 * network come apart. So whoever is connected has their addresses noted down anew now and then, and when they say them after
 * they ran out. Whoever is gone runs out as libp2p has it, and is named no longer: which is as it should be.
 */
import { NODE_DEFAULTS } from './defaults.ts'
import type { Clock } from '../ports.ts'
import type { Address, IdentifyResult, Libp2p, Logger, PeerId } from '@libp2p/interface'

export interface AddressKeeperComponents {
  host: Pick<Libp2p, 'getPeers' | 'peerStore' | 'addEventListener' | 'removeEventListener'>
  clock: Clock
  log: Logger
}

/** Startable again after a stop. */
export class AddressKeeper {
  readonly #components: AddressKeeperComponents
  #cancelTick = (): void => {}
  #isStarted = false

  constructor (components: AddressKeeperComponents) {
    this.#components = components
  }

  start (): void {
    if (this.#isStarted) return
    this.#isStarted = true
    this.#components.host.addEventListener('peer:identify', this.#onIdentify)
    this.#tickLater()
  }

  stop (): void {
    this.#isStarted = false
    this.#components.host.removeEventListener('peer:identify', this.#onIdentify)
    this.#cancelTick()
  }

  /** Notes down anew what is known of everybody who is connected. Never rejects. */
  async refresh (): Promise<void> {
    const { host, log } = this.#components
    for (const peer of host.getPeers()) {
      try {
        const { addresses } = await host.peerStore.get(peer)
        // What the peer has signed; others may have added what was true once.
        const certified = addresses.filter(({ isCertified }) => isCertified)
        await this.#note(peer, certified.length > 0 ? certified : addresses)
      } catch (error) {
        log('the addresses of %p are not kept: %e', peer, error)
      }
    }
  }

  #tickLater (): void {
    this.#cancelTick = this.#components.clock.after(NODE_DEFAULTS.addressRefreshMs, () => {
      void this.refresh().finally(() => { if (this.#isStarted) this.#tickLater() })
    })
  }

  readonly #onIdentify = ({ detail: { peerId, listenAddrs, signedPeerRecord } }: CustomEvent<IdentifyResult>): void => {
    if (listenAddrs.length === 0) return
    const isCertified = signedPeerRecord !== undefined
    this.#revive(peerId, listenAddrs.map(multiaddr => ({ multiaddr, isCertified })))
      .catch((error: unknown) => { this.#components.log('the addresses of %p are not kept: %e', peerId, error) })
  }

  /** Only what has run out: kad-dht looks at the same moment, and does not take a peer in that has no address just then. */
  async #revive (peer: PeerId, addresses: Address[]): Promise<void> {
    const known = await this.#components.host.peerStore.get(peer)
    if (known.addresses.length === 0) await this.#note(peer, addresses)
  }

  /** In two steps: what is written over what is there keeps its age. */
  async #note (peer: PeerId, addresses: Address[]): Promise<void> {
    const { peerStore } = this.#components.host
    await peerStore.patch(peer, { addresses: [] })
    await peerStore.merge(peer, { addresses })
  }
}
