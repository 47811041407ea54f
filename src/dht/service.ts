/**
 * Keeps the routes of the users that this node serves in the DHT: performs what the schedule (core.ts) decides, one record
 * at a time for what has changed and in sweeps for the rest, and now and then clears out what has run out. Own users are
 * answered from here, without the DHT.
 */
import { compareOrder } from '../identity/index.ts'
import { RepublishCore, type RefreshKey, type RepublishEffect, type RepublishEvent } from './core.ts'
import { ROUTE_DEFAULTS } from './defaults.ts'
import { newest } from './lookup.ts'
import type { RouteInit } from './defaults.ts'
import type { RouteMemory } from './memory.ts'
import type { Stroke } from './sweep.core.ts'
import type { RouteSweeper, Swept } from './sweeper.ts'
import type { Abortable, Clock, PublishResult, Random, RouteFinder } from '../ports.ts'
import type { PeerKey, RootKey, RouteRecord } from '../types.ts'
import type { ComponentLogger, Logger } from '@libp2p/interface'

export interface RouteKeeperComponents {
  /** This node: only records that list it are kept. */
  self: PeerKey
  /** The network's finder; the keeper stands in front of it. */
  finder: RouteFinder
  /** Refreshes in bulk what the finder has published once. */
  sweeper: RouteSweeper
  /** Cleared out every `sweepIntervalMs`. */
  memory: { held: Pick<RouteMemory['held'], 'sweep'>, orders: Pick<RouteMemory['orders'], 'sweep'> }
  /** The network holds a newer record of a kept user than we do: the user has moved, or has published elsewhere. */
  onNewer: (record: RouteRecord) => void
  clock: Clock
  random: Pick<Random, 'fraction'>
  logger: ComponentLogger
}

/** The RouteFinder that a node uses: it keeps the routes of its own users and hands the rest to the network's finder. */
export function routeKeeper (init: Partial<RouteInit> = {}): (components: RouteKeeperComponents) => RouteKeeper {
  return components => new RouteKeeper(components, { ...ROUTE_DEFAULTS, ...init })
}

/** Made by `routeKeeper`. Startable again after a stop. */
export class RouteKeeper implements RouteFinder {
  readonly #components: RouteKeeperComponents
  readonly #init: RouteInit
  readonly #log: Logger
  readonly #kept = new Map<RootKey, RouteRecord>()
  readonly #running = new Set<Promise<void>>()
  #core: RepublishCore | undefined
  #stopping = new AbortController()
  #cancelWake = (): void => {}
  #cancelSweep = (): void => {}

  constructor (components: RouteKeeperComponents, init: RouteInit) {
    this.#components = components
    this.#init = init
    this.#log = components.logger.forComponent('posthouse:dht')
  }

  /** Users whose routes are kept. */
  get size (): number { return this.#kept.size }

  /** Begins to republish what is kept, spread over a while. */
  start (): void {
    if (this.#core !== undefined) return
    const { self, sweeper } = this.#components
    this.#core = new RepublishCore({ self, placesOf: root => sweeper.placesOf(root), bits: sweeper.bits, phase: this.#fraction() }, this.#init)
    this.#stopping = new AbortController()
    for (const record of [...this.#kept.values()]) this.#handle({ type: 'listed', record, restored: true, fraction: this.#fraction() })
    this.#sweepLater()
  }

  /** Ends publications under way and waits for them. What is kept stays, for the next start. */
  async stop (): Promise<void> {
    this.#core = undefined
    this.#cancelWake()
    this.#cancelSweep()
    this.#stopping.abort()
    await Promise.all(this.#running)
  }

  /**
   * Keeps a user's record in the DHT from now on. One that does not list this node ends that for the user; an older one
   * or the same is ignored. `restored`: it comes from an earlier run of this node.
   */
  keep (record: RouteRecord, { restored = false }: { restored?: boolean } = {}): void {
    if (this.#take(record)) this.#handle({ type: 'listed', record, restored, fraction: this.#fraction() })
  }

  /** Ends keeping the user's route; holders forget it within a day unless another node publishes it. */
  drop (root: RootKey): void {
    this.#kept.delete(root)
    this.#handle({ type: 'unlisted', root })
  }

  /** Publishes now, whatever else is under way, and keeps the record if it lists this node. */
  async publish (record: RouteRecord, options: Abortable = {}): Promise<PublishResult> {
    const result = await this.#components.finder.publish(record, options)
    if (this.#take(record)) this.#handle({ type: 'listed', record, copies: result.copies, fraction: this.#fraction() })
    return result
  }

  /** Own users at once; with `fresh` the network is asked for them too. */
  async find (root: RootKey, options: Abortable & { fresh?: boolean } = {}): Promise<RouteRecord | undefined> {
    const own = this.#own(root)
    if (own !== undefined && options.fresh !== true) return own
    return newest([own, await this.#components.finder.find(root, options)])
  }

  #own (root: RootKey): RouteRecord | undefined {
    const own = this.#kept.get(root)
    return own !== undefined && own.notAfter * 1000 > this.#components.clock.now() ? own : undefined
  }

  /** True when the record is newer than what is kept and lists this node. */
  #take (record: RouteRecord): boolean {
    const known = this.#kept.get(record.root)
    if (known !== undefined && compareOrder(record.order, known.order) <= 0) return false
    if (record.entries.some(({ node }) => node === this.#components.self)) {
      this.#kept.set(record.root, record)
      return true
    }
    if (known !== undefined) this.drop(record.root)
    return false
  }

  #handle (event: RepublishEvent): void {
    for (const effect of this.#core?.handle(event, this.#components.clock.now()) ?? []) this.#perform(effect)
  }

  #perform (effect: RepublishEffect): void {
    switch (effect.type) {
      case 'publish':
        this.#run(this.#republish(effect.record))
        return
      case 'sweep':
        this.#run(this.#sweep(effect.stroke))
        return
      case 'forget':
        this.#kept.delete(effect.root)
        return
      case 'wakeAt':
        this.#cancelWake()
        this.#cancelWake = this.#components.clock.after(effect.at - this.#components.clock.now(), () => { this.#handle({ type: 'tick' }) })
    }
  }

  /** A stop waits for it. */
  #run (work: Promise<void>): void {
    const running = work.finally(() => { this.#running.delete(running) })
    this.#running.add(running)
  }

  async #sweep (stroke: Stroke<RefreshKey>): Promise<void> {
    const core = this.#core
    const { refreshed, puts, asked } = await this.#trySweep(stroke)
    if (asked) {
      const refused = new Set(refreshed.filter(({ copies }) => copies === 0).map(({ record }) => record))
      for (const record of [...refused].slice(0, this.#init.sweepLookupsMax)) await this.#lookForNewer(record)
    }
    if (core === this.#core) this.#handle({ type: 'swept', refreshed, puts, fraction: this.#fraction() })
  }

  async #trySweep (stroke: Stroke<RefreshKey>): Promise<Swept> {
    try {
      return await this.#components.sweeper.sweep(stroke, { signal: this.#stopping.signal })
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#log.error('routes were not swept: %e', error)
      return { refreshed: [{ ...stroke.keys[0], copies: 0 }], walks: 0, puts: 0, asked: false }
    }
  }

  async #republish (record: RouteRecord): Promise<void> {
    const core = this.#core
    const copies = await this.#tryPublish(record)
    if (copies === 0) await this.#lookForNewer(record)
    // A publication that a stop has cut off says nothing to the next run's schedule.
    if (core === this.#core) this.#handle({ type: 'published', record, copies, fraction: this.#fraction() })
  }

  async #tryPublish (record: RouteRecord): Promise<number> {
    try {
      const { copies } = await this.#components.finder.publish(record, { signal: this.#stopping.signal })
      if (copies === 0) this.#log.error('nobody took the route of %s', record.root.slice(0, 8))
      return copies
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#log.error('the route of %s was not published: %e', record.root.slice(0, 8), error)
      return 0
    }
  }

  /** Everybody refuses a record when they know a newer one. */
  async #lookForNewer (record: RouteRecord): Promise<void> {
    try {
      const found = await this.#components.finder.find(record.root, { fresh: true, signal: this.#stopping.signal })
      if (found === undefined || compareOrder(found.order, record.order) <= 0) return
      this.keep(found)
      this.#components.onNewer(found)
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#log.error('no newer route of %s was found: %e', record.root.slice(0, 8), error)
    }
  }

  #sweepLater (): void {
    this.#cancelSweep = this.#components.clock.after(this.#init.sweepIntervalMs, () => {
      const { held, orders } = this.#components.memory
      held.sweep()
      orders.sweep(this.#components.clock.now()).catch((error: unknown) => { this.#log.error('remembered orders could not be swept: %e', error) })
      this.#sweepLater()
    })
  }

  #fraction (): number {
    return this.#components.random.fraction()
  }
}
