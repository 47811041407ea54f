/**
 * The RouteFinder port on kad-dht.
 *
 * Publishing walks to each of the user's keys and counts who acknowledges; finding collects what holders say (lookup.ts),
 * answers the freshest, and tells stale holders better. What was found lately needs no DHT, and nothing older than
 * what this node has once seen is ever answered or published.
 */
import { Queue } from '@libp2p/utils'
import { RefusedError } from '../errors.ts'
import { compareOrder } from '../identity/index.ts'
import { REFUSAL } from '../types.ts'
import { RouteCache } from './cache.ts'
import { ROUTE_DEFAULTS } from './defaults.ts'
import { routeKeys } from './key.ts'
import { Lookup, newest, type Answer } from './lookup.ts'
import { diverse } from './diverse.core.ts'
import { walkTo } from './nearest.ts'
import { groupsByConnection, type ConnectionList, type GroupOf } from './peer-groups.ts'
import { putValue, type StreamOpener } from './put-value.ts'
import type { RouteInit } from './defaults.ts'
import type { RouteMemory } from './memory.ts'
import type { Abortable, Clock, Crypto, PublishResult, RouteFinder } from '../ports.ts'
import type { Bytes, RefusalCode, RootKey, RouteRecord } from '../types.ts'
import type { ComponentLogger, Logger, PeerId } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'

export interface KadFinderComponents {
  dht: Pick<KadDHT, 'get' | 'getClosestPeers'>
  host: StreamOpener & ConnectionList
  /** Which peers may belong to one owner; by the addresses of connections unless given. */
  groupOf?: GroupOf
  memory: RouteMemory
  crypto: Crypto
  clock: Clock
  logger: ComponentLogger
}

/** What a caller whom we have no room for is told to wait. */
const BUSY_RETRY_SECONDS = 1

interface FindJob { signal?: AbortSignal, root: RootKey, fresh: boolean }

/** A RouteFinder over a DHT that was set up by `kadService`. */
export function kadRouteFinder (init: Partial<RouteInit> = {}): (components: KadFinderComponents) => RouteFinder {
  return components => new KadRouteFinder(components, { ...ROUTE_DEFAULTS, ...init })
}

class KadRouteFinder implements RouteFinder {
  readonly #components: KadFinderComponents
  readonly #init: RouteInit
  readonly #log: Logger
  readonly #cache: RouteCache
  readonly #finds: Queue<RouteRecord | undefined, FindJob>
  readonly #publications: Queue<PublishResult>

  constructor (components: KadFinderComponents, init: RouteInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('posthouse:dht')
    this.#cache = new RouteCache({ entriesMax: init.cacheEntriesMax, ageMaxMs: init.cacheMs })
    this.#finds = new Queue({ concurrency: init.findsMax, maxSize: init.findQueueMax })
    this.#publications = new Queue({ concurrency: init.publicationsMax, maxSize: init.publishQueueMax })
  }

  async publish (record: RouteRecord, { signal }: Abortable = {}): Promise<PublishResult> {
    signal?.throwIfAborted()
    if (this.#components.memory.orders.isOlder(record)) throw refusal('a newer route of this user is known', REFUSAL.stale)
    if (this.#publications.size >= this.#init.publishQueueMax) throw refusal('too many routes are being published', REFUSAL.busy)
    return await this.#publications.add(async job => await this.#publish(record, job.signal as AbortSignal), { signal })
  }

  async find (root: RootKey, { signal, fresh = false }: Abortable & { fresh?: boolean } = {}): Promise<RouteRecord | undefined> {
    signal?.throwIfAborted()
    const cached = fresh ? undefined : this.#cache.get(root, this.#components.clock.now())
    if (cached !== undefined && !this.#components.memory.orders.isOlder(cached)) return cached
    // Whoever asks the same while it is under way shares the answer.
    const running = this.#finds.queue.find(({ options, status }) => options.root === root && options.fresh === fresh && (status === 'queued' || status === 'running'))
    if (running !== undefined) return await running.join({ signal })
    if (this.#finds.size >= this.#init.findQueueMax) throw refusal('too many routes are being looked for', REFUSAL.busy)
    return await this.#finds.add(async job => await this.#lookUp(root, fresh, job.signal as AbortSignal), { root, fresh, signal })
  }

  async #publish (record: RouteRecord, signal: AbortSignal): Promise<PublishResult> {
    await this.#remember(record)
    const acknowledged = new Set<string>()
    await Promise.all(routeKeys(record.root, this.#components.crypto).map(async key => { await this.#publishAt(key, record, acknowledged, signal) }))
    this.#log('route %s was published to %d peers', shorten(record.root), acknowledged.size)
    return { copies: acknowledged.size }
  }

  async #lookUp (root: RootKey, fresh: boolean, signal: AbortSignal): Promise<RouteRecord | undefined> {
    const { dht, host, groupOf = groupsByConnection(host), memory: { held, orders, opened }, crypto, clock } = this.#components
    const answers = await new Lookup(root, { dht, groupOf, opened, crypto, clock, log: this.#log }, this.#init).run({ fresh, signal })
    const own = await Promise.all(routeKeys(root, crypto).map(async key => await held.find(key)))
    const best = newest([this.#cache.get(root, clock.now()), ...own, ...answers.map(({ record }) => record)])
    if (best === undefined) return undefined
    if (orders.isOlder(best)) {
      this.#log('every route found of %s is older than one seen before', shorten(root))
      return undefined
    }
    await this.#remember(best)
    void this.#correct(best, answers)
    return best
  }

  /** A disk that refuses costs us the memory over a restart, nobody the answer. */
  async #remember (record: RouteRecord): Promise<void> {
    const { memory: { orders }, clock } = this.#components
    this.#cache.put(record, clock.now())
    try {
      await orders.remember(record, clock.now())
    } catch (error) {
      this.#log.error('the route order of %s is not remembered on disk: %e', shorten(record.root), error)
    }
  }

  /** One key: our own copy, then every peer nearest to it. Whatever fails there is not counted, and nothing more. */
  async #publishAt (key: Bytes, record: RouteRecord, acknowledged: Set<string>, signal: AbortSignal): Promise<void> {
    const { dht, host, crypto, groupOf = groupsByConnection(host), memory: { held } } = this.#components
    await held.keep(key, record).catch((error: unknown) => { this.#log('own copy of route %s is not held: %e', shorten(record.root), error) })
    const { met } = await walkTo(key, { signal: anyOf(signal, this.#init.publishWalkMs) }, { dht, groupOf, crypto, log: this.#log })
    const holders = diverse(met, this.#init.bucketPeers, this.#init.groupPeers)
    await Promise.all(holders.map(async ({ peer }) => { if (await this.#put(peer, key, record, signal)) acknowledged.add(peer.toString()) }))
  }

  /** Best effort: a holder that refuses keeps its old record, and finds go on choosing the freshest. */
  async #correct (best: RouteRecord, answers: Answer[]): Promise<void> {
    const stale = answers.filter(({ record }) => compareOrder(record.order, best.order) < 0).slice(0, this.#init.correctionsMax)
    await Promise.all(stale.map(async ({ from, key }) => { await this.#put(from, key, best) }))
  }

  /** True when the peer has acknowledged. Never rejects. */
  async #put (peer: PeerId, key: Bytes, record: RouteRecord, signal?: AbortSignal): Promise<boolean> {
    try {
      const { host, clock } = this.#components
      await putValue(host, peer, { key, value: record.bytes, now: clock.now(), signal: anyOf(signal, this.#init.putTimeoutMs) })
      return true
    } catch (error) {
      this.#log('%p does not take the route record of %s: %e', peer, shorten(record.root), error)
      return false
    }
  }
}

function anyOf (signal: AbortSignal | undefined, timeoutMs: number): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs)
  return signal === undefined ? timeout : AbortSignal.any([signal, timeout])
}

function refusal (sentence: string, code: RefusalCode): RefusedError {
  return new RefusedError(sentence, { code, retryAfterSeconds: code === REFUSAL.busy ? BUSY_RETRY_SECONDS : 0 })
}

/** Ids are shortened in logs. */
function shorten (root: RootKey): string {
  return root.slice(0, 8)
}
