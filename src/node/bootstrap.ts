/**
 * The way into the network and back into it: the bootstrap peers that the operator named, and peers met in earlier
 * runs, since libp2p forgets addresses after an hour. A node without any is the first of its network.
 */
import { multiaddr } from '@multiformats/multiaddr'
import { MalformedError } from '../errors.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { Clock, Shelf } from '../ports.ts'
import type { Libp2p, Logger } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

export interface BootstrapComponents { host: Libp2p, known: Shelf, clock: Clock, log: Logger }

/** Peers of earlier runs that are remembered, and how many of them are dialled at a start. */
const KNOWN_PEERS_MAX = 64
const KNOWN_PEERS_DIALLED = 8
const SHELF_KEY = 'peers'

/** Throws MalformedError with the sentence for the operator. */
export function parseMultiaddr (text: string): Multiaddr {
  try {
    return multiaddr(text)
  } catch {
    throw new MalformedError(`“${text}” is not a multiaddr like /ip4/192.0.2.1/tcp/4501/p2p/12D3KooW…`)
  }
}

export class Bootstrap {
  readonly #components: BootstrapComponents
  readonly #named: Multiaddr[]
  #cancelRetry: (() => void) | undefined
  #stopped = false

  constructor (components: BootstrapComponents, named: string[]) {
    this.#components = components
    this.#named = named.map(parseMultiaddr)
  }

  /** Tries everybody once; resolves when the first is connected or all have failed, and goes on in the background. */
  async start (): Promise<void> {
    const { host, log } = this.#components
    this.#stopped = false
    const remembered = (await this.#remembered()).slice(0, KNOWN_PEERS_DIALLED)
    const dials = [...this.#named, ...remembered].map(async address => {
      await host.dial(address, { signal: AbortSignal.timeout(NODE_DEFAULTS.dialTimeoutMs) })
    })
    await Promise.any(dials).catch(() => {
      if (dials.length > 0) log('no bootstrap peer answered yet; trying again every %d ms', NODE_DEFAULTS.bootstrapRetryMs)
    })
    this.#retryLater()
  }

  /** Remembers whom this run met. */
  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancelRetry?.()
    const { host, known } = this.#components
    const addresses = host.getConnections()
      .filter(connection => connection.direction === 'outbound')
      .map(connection => connection.remoteAddr.toString())
    if (addresses.length > 0) await known.put(SHELF_KEY, new TextEncoder().encode(addresses.slice(0, KNOWN_PEERS_MAX).join('\n')))
  }

  #retryLater (): void {
    if (this.#stopped) return
    this.#cancelRetry = this.#components.clock.after(NODE_DEFAULTS.bootstrapRetryMs, () => {
      if (this.#components.host.getConnections().length === 0) {
        this.start().catch(error => { this.#components.log.error('bootstrap failed: %s', error.message) })
      } else {
        this.#retryLater()
      }
    })
  }

  async #remembered (): Promise<Multiaddr[]> {
    const bytes = await this.#components.known.get(SHELF_KEY)
    if (bytes === undefined) return []
    return new TextDecoder().decode(bytes).split('\n').filter(text => text !== '').slice(0, KNOWN_PEERS_MAX).flatMap(text => {
      try { return [multiaddr(text)] } catch { return [] }
    })
  }
}
