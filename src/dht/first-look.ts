/**
 * A look around one's own place in the network as soon as there is somebody to ask.
 *
 * kad-dht looks a second after its start, and then every five minutes. A node whose first contact takes longer than that
 * second, since the way is slow or the machine was offline, would know nobody but its first contacts for five minutes,
 * and hardly be known itself. So would one that has lost everybody and comes back.
 */
import { KAD_PROTOCOL } from '../wire/protocols.ts'
import { ROUTE_DEFAULTS } from './defaults.ts'
import type { Clock } from '../ports.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { KadDHT, KadDHTComponents } from '@libp2p/kad-dht'

/** What kad-dht 16 dispatches when it has looked. Should a version not do so, every start looks twice. */
const OWN_LOOK = 'kad-dht:query:self'

export interface FirstLookComponents {
  peerId: PeerId
  events: Pick<EventTarget, 'addEventListener'>
  registrar: Pick<KadDHTComponents['registrar'], 'register'>
  clock: Clock
  log: Logger
}

/** For the life of the host; stopping that ends all connections, and with them what is under way here. */
export class FirstLook {
  readonly #components: FirstLookComponents
  readonly #dht: Pick<KadDHT, 'getClosestPeers'>
  readonly #connected = new Set<string>()
  #hasMet = false
  #isLooking = false
  #cancel = (): void => {}

  constructor (components: FirstLookComponents, dht: Pick<KadDHT, 'getClosestPeers'>) {
    this.#components = components
    this.#dht = dht
  }

  begin (): void {
    const { events, registrar, log } = this.#components
    events.addEventListener(OWN_LOOK, event => { this.#hasMet ||= (event as CustomEvent<{ peers: number }>).detail.peers > 0 })
    registrar.register(KAD_PROTOCOL, {
      onConnect: peer => { this.#onConnect(peer) },
      onDisconnect: peer => { this.#onDisconnect(peer) }
    }).catch((error: unknown) => { log.error('new contacts are not noticed: %e', error) })
  }

  #onConnect (peer: PeerId): void {
    this.#connected.add(peer.toString())
    if (this.#hasMet || this.#isLooking) return
    this.#isLooking = true
    this.#lookLater(ROUTE_DEFAULTS.firstLooks)
  }

  #onDisconnect (peer: PeerId): void {
    this.#connected.delete(peer.toString())
    if (this.#connected.size > 0) return
    this.#cancel()
    this.#isLooking = this.#hasMet = false
  }

  #lookLater (looks: number): void {
    this.#cancel = this.#components.clock.after(ROUTE_DEFAULTS.firstLookMs, () => { void this.#look(looks) })
  }

  async #look (looks: number): Promise<void> {
    if (!this.#hasMet && await this.#meetsSomebody()) this.#hasMet = true
    if (this.#hasMet || looks <= 1 || this.#connected.size === 0) this.#isLooking = false
    else this.#lookLater(looks - 1)
  }

  async #meetsSomebody (): Promise<boolean> {
    const { peerId, log } = this.#components
    let met = 0
    try {
      const signal = AbortSignal.timeout(ROUTE_DEFAULTS.sweepWalkMs)
      for await (const { name } of this.#dht.getClosestPeers(peerId.toMultihash().bytes, { signal })) if (name === 'PEER_RESPONSE') met++
    } catch (error) {
      log('the first look around ended: %e', error)
    }
    return met > 0
  }
}
