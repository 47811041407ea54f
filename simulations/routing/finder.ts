/**
 * The RouteFinder port on the model: src/dht/finder.ts step by step, with the shipped cache, memory of orders, bounds and
 * waits, and the model where the product has kad-dht. Records are opened values; nothing is signed or verified.
 */
import { RouteCache } from '../../src/dht/cache.ts'
import { newest } from '../../src/dht/lookup.ts'
import { RefusedError } from '../../src/errors.ts'
import { compareOrder } from '../../src/identity/index.ts'
import { REFUSAL } from '../../src/types.ts'
import { Jobs, type Job } from './jobs.ts'
import { reopened, type HeldRoutes } from './held.ts'
import type { Answer, Looked } from './lookup.ts'
import type { RouteInit } from '../../src/dht/defaults.ts'
import type { Met } from '../../src/dht/diverse.core.ts'
import type { RememberedOrders } from '../../src/dht/orders.ts'
import type { Abortable, PublishResult, RouteFinder } from '../../src/ports.ts'
import type { Millis, RefusalCode, RootKey, RouteRecord } from '../../src/types.ts'

/**
 * A walk to where a record shall be held. peers: those that shall hold it; met: all that answered, nearest first. hops:
 * questions in a row to the nearest. cut: it was over before its time.
 */
export interface Reached { peers: number[], met: Array<Met<number>>, ms: number, hops: number, cut: boolean }

/** What one process's finder asks of the network. */
export interface FinderNetwork {
  now: () => Millis
  /** Called before promises can go on. */
  awaited: () => void
  /** Resolves after so much virtual time; never once the process is gone. */
  pass: (ms: number) => Promise<void>
  keysOf: (root: RootKey) => readonly number[]
  lookUp: (root: RootKey, fresh: boolean) => Looked
  /** Cut short after `withinMs`, or when a publication cuts it. */
  reach: (key: number, withinMs?: number) => Reached
  /** Offers a record to a peer; ms: until it has acknowledged, refused, or been waited for long enough. */
  put: (peer: number, key: number, record: RouteRecord) => { acknowledged: boolean, ms: number }
}

/** What a caller whom we have no room for is told to wait. */
const BUSY_RETRY_SECONDS = 1

export class ModelFinder implements RouteFinder {
  readonly #network: FinderNetwork
  readonly #held: HeldRoutes
  readonly #orders: Promise<RememberedOrders>
  readonly #init: RouteInit
  readonly #cache: RouteCache
  readonly #finds: Jobs<RouteRecord | undefined>
  readonly #publications: Jobs<PublishResult>

  constructor (network: FinderNetwork, memory: { held: HeldRoutes, orders: Promise<RememberedOrders> }, init: RouteInit) {
    this.#network = network
    this.#held = memory.held
    this.#orders = memory.orders
    this.#init = init
    this.#cache = new RouteCache({ entriesMax: init.cacheEntriesMax, ageMaxMs: init.cacheMs })
    this.#finds = new Jobs(init.findsMax)
    this.#publications = new Jobs(init.publicationsMax)
  }

  async publish (record: RouteRecord, { signal }: Abortable = {}): Promise<PublishResult> {
    signal?.throwIfAborted()
    this.#network.awaited()
    const orders = await this.#orders
    if (orders.isOlder(record)) throw refusal('a newer route of this user is known', REFUSAL.stale)
    if (this.#publications.size >= this.#init.publishQueueMax) throw refusal('too many routes are being published', REFUSAL.busy)
    return await this.#publications.add(record.root, async job => await this.#publish(record, job), signal)
  }

  async find (root: RootKey, { signal, fresh = false }: Abortable & { fresh?: boolean } = {}): Promise<RouteRecord | undefined> {
    signal?.throwIfAborted()
    this.#network.awaited()
    const orders = await this.#orders
    const cached = fresh ? undefined : this.#cache.get(root, this.#network.now())
    if (cached !== undefined && !orders.isOlder(cached)) return cached
    const name = fresh ? `${root} fresh` : root
    const running = this.#finds.join(name, signal)
    if (running !== undefined) return await running
    if (this.#finds.size >= this.#init.findQueueMax) throw refusal('too many routes are being looked for', REFUSAL.busy)
    return await this.#finds.add(name, async job => await this.#find(root, fresh, job), signal)
  }

  async #publish (record: RouteRecord, job: Job<PublishResult>): Promise<PublishResult> {
    await this.#remember(record)
    const acknowledged = new Set<number>()
    await Promise.all(this.#network.keysOf(record.root).map(async key => { await this.#publishAt(key, record, acknowledged, job) }))
    return { copies: acknowledged.size }
  }

  async #publishAt (key: number, record: RouteRecord, acknowledged: Set<number>, job: Job<PublishResult>): Promise<void> {
    this.#held.take(key, record, await this.#orders)
    const { peers, ms } = this.#network.reach(key)
    await this.#network.pass(ms)
    if (job.isGivenUp) return
    let putMs = 0
    for (const peer of peers) {
      const put = this.#network.put(peer, key, record)
      putMs = Math.max(putMs, put.ms)
      if (put.acknowledged) acknowledged.add(peer)
    }
    await this.#network.pass(putMs)
  }

  async #find (root: RootKey, fresh: boolean, job: Job<RouteRecord | undefined>): Promise<RouteRecord | undefined> {
    const { answers, ms } = this.#network.lookUp(root, fresh)
    await this.#network.pass(ms)
    if (job.isGivenUp) return undefined
    const now = this.#network.now()
    const own = this.#network.keysOf(root).map(key => this.#held.find(key))
    const best = newest([this.#cache.get(root, now), ...own, ...answers.map(({ record }) => reopened(record, now))])
    if (best === undefined || (await this.#orders).isOlder(best)) return undefined
    await this.#remember(best)
    this.#correct(best, answers)
    return best
  }

  async #remember (record: RouteRecord): Promise<void> {
    const now = this.#network.now()
    this.#cache.put(record, now)
    try {
      await (await this.#orders).remember(record, now)
    } catch {
      // A disk that refuses costs us the memory over a restart, nobody the answer.
    }
  }

  #correct (best: RouteRecord, answers: Answer[]): void {
    const stale = answers.filter(({ record }) => compareOrder(record.order, best.order) < 0).slice(0, this.#init.correctionsMax)
    for (const { from, key } of stale) this.#network.put(from, key, best)
  }
}

function refusal (sentence: string, code: RefusalCode): RefusedError {
  return new RefusedError(sentence, { code, retryAfterSeconds: code === REFUSAL.busy ? BUSY_RETRY_SECONDS : 0 })
}
