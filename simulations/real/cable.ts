/**
 * The cable between a real node and all others: libp2p's memory transport, and a pair of scissors. A process that is
 * killed sends nothing more, its system resets its connections, and nobody listens at its address any more: so does
 * a node whose cable was cut, whatever its parts still try to say.
 */
import { ConnectionFailedError, transportSymbol } from '@libp2p/interface'
import { memory } from '@libp2p/memory'
import type { Connection, CreateListenerOptions, DialTransportOptions, Listener, MultiaddrConnection, Transport, Upgrader } from '@libp2p/interface'
import type { MemoryTransportComponents } from '@libp2p/memory'
import type { Multiaddr } from '@multiformats/multiaddr'

/** Of one process: who comes back gets a new one. */
export class Cable {
  readonly #connections = new Set<MultiaddrConnection>()
  readonly #listeners = new Set<Listener>()
  #isCut = false

  get isCut (): boolean { return this.#isCut }

  /** For NodeInit.transports. */
  readonly transport = (components: MemoryTransportComponents): Transport => new CutTransport(memory()(components), this)

  /** At once and for good. Peers see a reset, dials are refused. */
  cut (): void {
    this.#isCut = true
    const reset = new ConnectionFailedError('the process was killed')
    // A listener in memory stops listening in the same step; what it has still to tell is of no interest.
    for (const listener of this.#listeners) void listener.close()
    for (const connection of this.#connections) connection.abort(reset)
  }

  hold (listener: Listener): Listener {
    this.#listeners.add(listener)
    return listener
  }

  /** The upgrader meets every connection first, whichever side opened it. */
  watch (upgrader: Upgrader): Upgrader {
    return {
      upgradeOutbound: async (connection, options) => await upgrader.upgradeOutbound(this.#take(connection), options),
      upgradeInbound: async (connection, options) => { await upgrader.upgradeInbound(this.#take(connection), options) },
      createInboundAbortSignal: signal => upgrader.createInboundAbortSignal(signal),
      getStreamMuxers: () => upgrader.getStreamMuxers(),
      getConnectionEncrypters: () => upgrader.getConnectionEncrypters()
    }
  }

  /** Throws where there is no line any more. */
  check (): void {
    if (this.#isCut) throw new ConnectionFailedError('the process was killed')
  }

  #take (connection: MultiaddrConnection): MultiaddrConnection {
    this.check()
    this.#connections.add(connection)
    connection.addEventListener('close', () => { this.#connections.delete(connection) }, { once: true })
    return connection
  }
}

class CutTransport implements Transport {
  readonly [transportSymbol] = true as const
  readonly [Symbol.toStringTag] = 'posthouse/cable'
  readonly #memory: Transport
  readonly #cable: Cable

  constructor (transport: Transport, cable: Cable) {
    this.#memory = transport
    this.#cable = cable
  }

  async dial (address: Multiaddr, options: DialTransportOptions): Promise<Connection> {
    this.#cable.check()
    return await this.#memory.dial(address, { ...options, upgrader: this.#cable.watch(options.upgrader) })
  }

  createListener (options: CreateListenerOptions): Listener {
    return this.#cable.hold(this.#memory.createListener({ ...options, upgrader: this.#cable.watch(options.upgrader) }))
  }

  readonly listenFilter = (addresses: Multiaddr[]): Multiaddr[] => this.#memory.listenFilter(addresses)
  readonly dialFilter = (addresses: Multiaddr[]): Multiaddr[] => this.#memory.dialFilter(addresses)
}
