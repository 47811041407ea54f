/**
 * The sweep on kad-dht: performs what sweep.core.ts decides. Walks go one after the other, since each may spare the next;
 * puts go to some peers at a time, all records of a peer over one stream.
 */
import { Queue } from '@libp2p/utils'
import { ROUTE_DEFAULTS } from './defaults.ts'
import { routeKeys } from './key.ts'
import { walkTo } from './nearest.ts'
import { groupsByConnection } from './peer-groups.ts'
import { PLACE_BITS, placeOf } from './place.ts'
import { putValues } from './put-value.ts'
import { Sweep, type Share, type Stroke } from './sweep.core.ts'
import type { RefreshKey, Refreshed } from './core.ts'
import type { RouteInit } from './defaults.ts'
import type { KadFinderComponents } from './finder.ts'
import type { Abortable } from '../ports.ts'
import type { Bytes, RootKey } from '../types.ts'
import type { Logger, PeerId } from '@libp2p/interface'

/** What a stroke came to. `refreshed` names its first key at least; `asked`: whether anybody was there to be given something. */
export interface Swept { refreshed: Refreshed[], walks: number, puts: number, asked: boolean }

/** Puts many records into the network with few walks. */
export interface RouteSweeper {
  /** Of a place in its key space. */
  readonly bits: number
  /** Where a user's record lies, for each salt. */
  placesOf: (root: RootKey) => readonly bigint[]
  /** Refreshes the first key, and those of the others that lie near it. Rejects only when `signal` aborts. */
  sweep: (stroke: Stroke<RefreshKey>, options?: Abortable) => Promise<Swept>
}

/** A RouteSweeper over a DHT that was set up by `kadService`. */
export function kadRouteSweeper (init: Partial<RouteInit> = {}): (components: KadFinderComponents) => RouteSweeper {
  return components => new KadRouteSweeper(components, { ...ROUTE_DEFAULTS, ...init })
}

class KadRouteSweeper implements RouteSweeper {
  readonly bits = PLACE_BITS
  readonly #components: KadFinderComponents
  readonly #init: RouteInit
  readonly #log: Logger

  constructor (components: KadFinderComponents, init: RouteInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('posthouse:dht')
  }

  placesOf (root: RootKey): bigint[] {
    const { crypto } = this.#components
    return routeKeys(root, crypto).map(key => placeOf(key, crypto))
  }

  async sweep (stroke: Stroke<RefreshKey>, { signal = new AbortController().signal }: Abortable = {}): Promise<Swept> {
    signal.throwIfAborted()
    const sweep = new Sweep<RefreshKey, PeerId>(stroke, { bits: this.bits, bucketPeers: this.#init.bucketPeers, groupPeers: this.#init.groupPeers })
    for (let key = sweep.nextWalk(); key !== undefined; key = sweep.nextWalk()) {
      const { met, cut } = await this.#walk(key, signal)
      signal.throwIfAborted()
      sweep.walked(key, met, { cut })
    }
    const { keys: placed, shares } = sweep.shares()
    for (const key of placed) await this.#keep(key)
    const copies = new Map(placed.map(key => [key, 0]))
    const queue = new Queue({ concurrency: this.#init.sweepPeersMax })
    await Promise.all(shares.map(async share => { await queue.add(async () => { await this.#give(share, copies, signal) }) }))
    signal.throwIfAborted()
    const puts = shares.reduce((sum, share) => sum + share.keys.length, 0)
    this.#log('%d keys of routes were swept with %d walks and %d puts', placed.length, sweep.walks, puts)
    return { refreshed: [...copies].map(([{ record, salt }, count]) => ({ record, salt, copies: count })), walks: sweep.walks, puts, asked: shares.length > 0 }
  }

  async #walk (key: RefreshKey, signal: AbortSignal): ReturnType<typeof walkTo> {
    const { dht, host, crypto, groupOf = groupsByConnection(host) } = this.#components
    const within = AbortSignal.any([signal, AbortSignal.timeout(this.#init.sweepWalkMs)])
    return await walkTo(this.#keyOf(key), { signal: within }, { dht, groupOf, crypto, log: this.#log })
  }

  /** Our own copy, as when a record is published by itself. */
  async #keep (key: RefreshKey): Promise<void> {
    await this.#components.memory.held.keep(this.#keyOf(key), key.record).catch((error: unknown) => {
      this.#log('own copy of route %s is not held: %e', key.record.root.slice(0, 8), error)
    })
  }

  async #give ({ peer, keys }: Share<RefreshKey, PeerId>, copies: Map<RefreshKey, number>, signal: AbortSignal): Promise<void> {
    const { host, clock } = this.#components
    const { putTimeoutMs, sweepPipeline, sweepRefusalsMax } = this.#init
    const puts = keys.map(key => ({ key: this.#keyOf(key), value: key.record.bytes }))
    const taken = await putValues(host, peer, puts, { now: clock.now(), signal, answerMs: putTimeoutMs, pipeline: sweepPipeline, refusalsMax: sweepRefusalsMax })
    for (const [at, key] of keys.entries()) if (taken.has(at)) copies.set(key, (copies.get(key) ?? 0) + 1)
    if (taken.size < keys.length) this.#log('%p took %d of %d route records', peer, taken.size, keys.length)
  }

  #keyOf ({ record, salt }: RefreshKey): Bytes {
    return routeKeys(record.root, this.#components.crypto)[salt] as Bytes
  }
}
