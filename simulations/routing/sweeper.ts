/** The sweep on the model: src/dht/sweeper.ts step by step, with the shipped decisions and the model’s walks. */
import { Sweep, type Stroke } from '../../src/dht/sweep.core.ts'
import type { FinderNetwork } from './finder.ts'
import type { HeldRoutes } from './held.ts'
import type { RefreshKey } from '../../src/dht/core.ts'
import type { RouteInit } from '../../src/dht/defaults.ts'
import type { RememberedOrders } from '../../src/dht/orders.ts'
import type { RouteSweeper, Swept } from '../../src/dht/sweeper.ts'
import type { Abortable } from '../../src/ports.ts'
import type { RootKey } from '../../src/types.ts'

/** Places are compared on as many bits as peers' ids have here. */
const BITS = 32

export class ModelSweeper implements RouteSweeper {
  readonly bits = BITS
  readonly #network: FinderNetwork
  readonly #memory: { held: HeldRoutes, orders: Promise<RememberedOrders> }
  readonly #init: RouteInit

  constructor (network: FinderNetwork, memory: { held: HeldRoutes, orders: Promise<RememberedOrders> }, init: RouteInit) {
    this.#network = network
    this.#memory = memory
    this.#init = init
  }

  placesOf (root: RootKey): bigint[] {
    return this.#network.keysOf(root).map(BigInt)
  }

  async sweep (stroke: Stroke<RefreshKey>, { signal }: Abortable = {}): Promise<Swept> {
    signal?.throwIfAborted()
    const { bucketPeers, groupPeers, sweepWalkMs, sweepPeersMax } = this.#init
    const sweep = new Sweep<RefreshKey, number>(stroke, { bits: BITS, bucketPeers, groupPeers })
    for (let key = sweep.nextWalk(); key !== undefined; key = sweep.nextWalk()) {
      const { met, ms, cut } = this.#network.reach(Number(key.place), sweepWalkMs)
      await this.#network.pass(ms)
      signal?.throwIfAborted()
      sweep.walked(key, met, { cut })
    }
    const { keys: placed, shares } = sweep.shares()
    this.#network.awaited()
    const orders = await this.#memory.orders
    const copies = new Map(placed.map(key => [key, 0]))
    for (const { place, record } of placed) this.#memory.held.take(Number(place), record, orders)
    let putMs = 0
    for (const { peer, keys } of shares) {
      for (const key of keys) {
        const put = this.#network.put(peer, Number(key.place), key.record)
        putMs = Math.max(putMs, put.ms)
        if (put.acknowledged) copies.set(key, (copies.get(key) ?? 0) + 1)
      }
    }
    // Some peers at a time, all records of a peer in one go.
    await this.#network.pass(putMs * Math.ceil(shares.length / sweepPeersMax))
    signal?.throwIfAborted()
    const puts = shares.reduce((sum, { keys }) => sum + keys.length, 0)
    return { refreshed: [...copies].map(([{ record, salt }, count]) => ({ record, salt, copies: count })), walks: sweep.walks, puts, asked: shares.length > 0 }
  }
}
