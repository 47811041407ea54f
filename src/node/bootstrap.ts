/**
 * The way into the network and back into it: the peers that the operator named, and nodes met in earlier runs, since
 * libp2p forgets addresses after an hour. A node without any is the first of its network, and waits to be found.
 */
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr'
import { MalformedError } from '../errors.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { Directory } from './directory.ts'
import type { Clock, Random, Shelf } from '../ports.ts'
import type { Millis } from '../types.ts'
import type { Libp2p, Logger } from '@libp2p/interface'

export interface BootstrapComponents {
  host: Pick<Libp2p, 'dial' | 'getConnections'>
  directory: Pick<Directory, 'connected' | 'remembered' | 'meeting'>
  /** Keeps the nodes of this run for the next. */
  known: Shelf
  clock: Clock
  random: Pick<Random, 'fraction'>
  log: Logger
}

const SHELF_KEY = 'peers'

/** Throws MalformedError with the sentence for the operator. */
export function parseMultiaddr (text: string): Multiaddr {
  try {
    return multiaddr(text)
  } catch {
    throw new MalformedError(`“${text.slice(0, 100)}” is not a multiaddr like /ip4/192.0.2.1/tcp/4501/p2p/12D3KooW…`)
  }
}

export class Bootstrap {
  readonly #components: BootstrapComponents
  readonly #named: Multiaddr[]
  #stopping = new AbortController()
  #cancelTick = (): void => {}
  #cancelRemember = (): void => {}
  #alone = false
  #namedDialledAt: Millis = 0

  constructor (components: BootstrapComponents, named: Multiaddr[]) {
    this.#components = components
    this.#named = named
  }

  /** Tries everybody once; resolves when one is connected and known, or when all have failed, and goes on in the background. */
  async start (): Promise<void> {
    this.#stopping = new AbortController()
    if (await this.#dialAll()) await this.#components.directory.meeting(NODE_DEFAULTS.meetMs)
    this.#tickLater()
    this.#rememberLater()
  }

  /** Notes down whom this run met. */
  async stop (): Promise<void> {
    this.#stopping.abort()
    this.#cancelTick()
    this.#cancelRemember()
    await this.#remember()
  }

  #tickLater (): void {
    if (this.#stopping.signal.aborted) return
    this.#cancelTick = this.#components.clock.after(NODE_DEFAULTS.bootstrapRetryMs, () => {
      this.#tick()
        .catch((error: Error) => { this.#components.log.error('looking for other nodes failed: %s', error.message) })
        .finally(() => { this.#tickLater() })
    })
  }

  async #tick (): Promise<void> {
    const { directory, clock } = this.#components
    if (directory.connected === 0) await this.#dialAll()
    else if (clock.now() - this.#namedDialledAt >= NODE_DEFAULTS.bootstrapCheckMs) await this.#dial(this.#namedNow())
  }

  /** True when one of them answers. Says so when that changes. */
  async #dialAll (): Promise<boolean> {
    const addresses = [...this.#namedNow(), ...await this.#rememberedSome()]
    const reached = await this.#dial(addresses)
    if (addresses.length > 0 && this.#alone === reached && !this.#stopping.signal.aborted) {
      this.#alone = !reached
      this.#components.log(reached ? 'other nodes answer again' : `no other node answers; trying again every ${NODE_DEFAULTS.bootstrapRetryMs / 1000} s`)
    }
    return reached
  }

  #namedNow (): Multiaddr[] {
    this.#namedDialledAt = this.#components.clock.now()
    return this.#named
  }

  /** Resolves with true when the first is connected, with false when all have failed. Whoever is connected already is not dialled. */
  async #dial (addresses: Multiaddr[]): Promise<boolean> {
    const { host } = this.#components
    const dials = addresses.map(async address => {
      await host.dial(address, { signal: AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(NODE_DEFAULTS.dialTimeoutMs)]) })
    })
    return await Promise.any(dials).then(() => true, () => false)
  }

  #rememberLater (): void {
    if (this.#stopping.signal.aborted) return
    this.#cancelRemember = this.#components.clock.after(NODE_DEFAULTS.rememberIntervalMs, () => {
      this.#remember().finally(() => { this.#rememberLater() }).catch(() => { /* #remember has logged it */ })
    })
  }

  /** Only a convenience for the next start: a disk that refuses is said and borne. */
  async #remember (): Promise<void> {
    const { directory, known, log } = this.#components
    const lines = directory.remembered().slice(0, NODE_DEFAULTS.nodesRemembered).map(String)
    if (lines.length === 0) return
    try {
      await known.put(SHELF_KEY, new TextEncoder().encode(lines.join('\n')))
    } catch (error) {
      log.error('the nodes of this run were not noted down: %s', (error as Error).message)
    }
  }

  /** A few of the nodes of earlier runs, by chance, so that the dead ones do not always stand first. */
  async #rememberedSome (): Promise<Multiaddr[]> {
    const { known, random, log } = this.#components
    const bytes = await known.get(SHELF_KEY)
    const addresses = bytes === undefined ? [] : readLines(bytes)
    if (addresses === undefined) log.error('the nodes of earlier runs cannot be read')
    return (addresses ?? [])
      .map(address => ({ address, chance: random.fraction() }))
      .sort((a, b) => a.chance - b.chance)
      .slice(0, NODE_DEFAULTS.nodesRedialled)
      .map(({ address }) => address)
  }
}

/** Undefined when a line is not a multiaddr. */
function readLines (bytes: Uint8Array): Multiaddr[] | undefined {
  try {
    return new TextDecoder().decode(bytes).split('\n').slice(0, NODE_DEFAULTS.nodesRemembered).map(line => multiaddr(line))
  } catch {
    return undefined
  }
}
