/**
 * The routing model: a Kademlia network of which each process sees a RouteFinder.
 *
 * kad-dht reads ambient clocks, so it cannot run under virtual time. Instead the whole network's tables are kept here
 * (tables.ts) and walks are computed through them (walk.ts), by the rules that kad-dht 16 follows, faults included. On
 * top stands the product's own finder (finder.ts). What the model leaves out is in docs/routing-model.md, and so is how it compares
 * with real nodes: every figure that comes from here is a model's.
 */
import { createHash } from 'node:crypto'
import { ROUTE_DEFAULTS, type RouteInit } from '../../src/dht/defaults.ts'
import { diverse } from '../../src/dht/diverse.core.ts'
import { RememberedOrders } from '../../src/dht/orders.ts'
import { Bill, type CarriedRecords, type RoutingTotals } from './bill.ts'
import { Census } from './census.ts'
import { KAD_MODEL, type KadModelInit } from './defaults.ts'
import { ModelFinder, type FinderNetwork, type Reached } from './finder.ts'
import { HeldRoutes } from './held.ts'
import { Liars } from './liars.ts'
import { lookUp, type Looked } from './lookup.ts'
import { Peers } from './peers.ts'
import { ModelSweeper } from './sweeper.ts'
import { Tables } from './tables.ts'
import { Upkeep } from './upkeep.ts'
import { Walk, type Surroundings } from './walk.ts'
import type { Chance } from '../world/chance.ts'
import type { World } from '../world/world.ts'
import type { RouteSweeper } from '../../src/dht/sweeper.ts'
import type { Witness } from '../checks/witness.ts'
import type { RouteFinder, Shelf } from '../../src/ports.ts'
import type { PeerKey, RootKey, RouteRecord } from '../../src/types.ts'
import type { Logger } from '@libp2p/interface'

export interface RoutingModelInit {
  world: World
  chance: Chance
  witness: Pick<Witness, 'sent'>
  /** Median of a way between two hosts, ms. */
  latencyMs: number
  init?: Partial<RouteInit>
  liars?: { poisonedTables: number }
  /** Deviations from kad-dht, for questions of the kind “what if”. */
  kad?: Partial<KadModelInit>
  /** Where a user's record lies for each salt, on 32 bits; by hash unless given. */
  keysOf?: (root: RootKey) => readonly number[]
  /** True: packets from one do not reach the other. */
  isCut?: (from: PeerKey, to: PeerKey) => boolean
  /** False: the machine refuses at once when its process is gone; else it says nothing, as one behind a firewall or without power. */
  isSilent?: (peer: PeerKey) => boolean
  /** False: processes do nothing by themselves, and only walks that are asked for are gone. */
  upkeep?: boolean
}

export interface JoinOptions {
  server: boolean
  lies: boolean
  shelf: Shelf
  /** Where in the key space the machine lies, for ids that were ground; by chance unless given. Counts when the machine is first seen. */
  id?: number | undefined
  /** Its address prefix, as a number; shared with nobody unless given. Counts when the machine is first seen. */
  group?: number
}

/** One process of a machine. */
export interface RoutingPeer {
  finder: RouteFinder
  sweeper: RouteSweeper
  /** As a RouteKeeper wants it. */
  memory: { orders: Pick<RememberedOrders, 'sweep'>, held: Pick<HeldRoutes, 'sweep' | 'size'> }
  /** The process is gone: nobody is told, and what it waited for never comes. */
  leave: () => void
}

/** One process as the model sees it. */
interface Process { readonly number: number, readonly held: HeldRoutes, orders: RememberedOrders | undefined, isGone: boolean }

export class RoutingModel {
  readonly world: World
  readonly init: RouteInit
  readonly kad: KadModelInit
  readonly peers: Peers
  readonly tables: Tables
  /** Of the last lookup: questions in a row until the first valid answer; 0 without one. */
  firstAnswerHops = 0
  readonly #chance: Chance
  readonly #bill: Bill
  readonly #poisonedTables: number
  readonly #keysOf: (root: RootKey) => readonly number[]
  readonly #isSilent: RoutingModelInit['isSilent']
  readonly #liars: Liars
  readonly #upkeep: Upkeep | undefined
  readonly #walks: Walk[]
  /** By number; undefined while none runs. */
  readonly #processes: Array<Process | undefined> = []
  readonly #keys = new Map<RootKey, readonly number[]>()

  constructor ({ world, chance, witness, latencyMs, init = {}, liars, kad = {}, keysOf, isCut, isSilent, upkeep = true }: RoutingModelInit) {
    this.world = world
    this.init = { ...ROUTE_DEFAULTS, ...init }
    this.kad = { ...KAD_MODEL, ...kad }
    this.#chance = chance.split('routing')
    this.#bill = new Bill(this.kad, witness)
    this.#poisonedTables = liars?.poisonedTables ?? 0
    this.#keysOf = keysOf ?? (root => hashedKeys(root, this.init.salts))
    this.#isSilent = isSilent
    this.peers = new Peers(chance.split('machines'), latencyMs)
    this.tables = new Tables(this.peers, { ...this.kad, bucketPeers: this.init.bucketPeers, groupPeers: this.init.groupPeers })
    this.#liars = new Liars(this.peers)
    const { keys } = this.peers
    const around: Surroundings = {
      peers: this.peers,
      tables: this.tables,
      fraction: this.#chance.fraction,
      lie: (target, into) => this.#liars.lie(target, into),
      reaches: (from, to) => isCut === undefined || !(isCut(keys[from] as PeerKey, keys[to] as PeerKey) || isCut(keys[to] as PeerKey, keys[from] as PeerKey)),
      isSilent: peer => isSilent?.(keys[peer] as PeerKey) ?? true
    }
    this.#walks = Array.from({ length: this.init.salts }, () => new Walk(around, { ...this.init, ...this.kad }))
    if (upkeep) this.#upkeep = new Upkeep({ world, chance: chance.split('upkeep'), peers: this.peers, tables: this.tables, walk: this.#walks[0] as Walk, charge: walk => { this.#over(walk) } }, this.kad)
  }

  /** The machine's process begins: its table is empty but for a few that it was told of. */
  join (peer: PeerKey, { server, lies, shelf, id, group }: JoinOptions): RoutingPeer {
    const number = this.peers.numberOf(peer, { id, group })
    if (this.#processes[number] !== undefined) throw new Error(`${peer} runs already`)
    const acquaintances = this.#chance.sample(this.peers.servers.length > 64 ? this.#someServers() : this.peers.servers, this.kad.bootstrapPeers)
    this.peers.begin(number, { server, lies, now: this.world.now() })
    this.tables.clear(number)
    if (lies) this.#liars.changed()
    for (const other of acquaintances) this.meet(number, other)
    const process: Process = { number, held: new HeldRoutes(this.peers.ids[number] as number, this.world.now, this.init), orders: undefined, isGone: false }
    this.#processes[number] = process
    const orders = this.#openOrders(process, shelf)
    const network = this.#networkOf(process)
    const finder = new ModelFinder(network, { held: process.held, orders }, this.init)
    const sweeper = new ModelSweeper(network, { held: process.held, orders }, this.init)
    if (!lies) this.#upkeep?.begin(number, () => process.isGone)
    return {
      finder,
      sweeper,
      memory: { orders: { sweep: async now => await (await orders).sweep(now) }, held: process.held },
      leave: () => { this.#leave(process) }
    }
  }

  /**
   * Everybody who runs now has been up for long: their tables are what they would be by then. For the beginning of a
   * run, after its first processes have joined.
   */
  settle (): void {
    const { prefixBits, oldContactMs } = this.kad
    const sinceS = Math.floor((this.world.now() - 2 * oldContactMs) / 1000)
    for (const process of this.#processes) if (process !== undefined) this.peers.startedAt[process.number] = sinceS * 1000
    const census = new Census(this.peers, { prefixBits, seed: this.#chance.integer(2 ** 32), sinceS: this.#seconds(sinceS * 1000), poisonedTables: this.#poisonedTables })
    for (const process of this.#processes) if (process !== undefined) this.tables.fill(process.number, census)
  }

  /** Two processes have got a connection: each that serves is learnt by the other. */
  meet (one: number, other: number): void {
    const nowS = this.#seconds(this.world.now())
    if (this.peers.serves[other] === 1) this.tables.learn(one, other, nowS)
    if (this.peers.serves[one] === 1) this.tables.learn(other, one, nowS)
  }

  get totals (): Readonly<RoutingTotals> { return this.#bill.totals }

  /** Where a user's record lies, for each salt. */
  keysOf (root: RootKey): readonly number[] {
    let keys = this.#keys.get(root)
    if (keys === undefined) {
      keys = this.#keysOf(root)
      this.#keys.set(root, keys)
    }
    return keys
  }

  /** Walks to where a record shall be held. */
  reach (asker: number, key: number, withinMs = this.init.publishWalkMs): Reached {
    const walk = this.#walks[0] as Walk
    walk.begin({ asker, target: key, question: 'FIND_NODE', at: 0, begunAt: this.world.now() })
    while (walk.nextAt <= withinMs) walk.step()
    const cut = walk.nextAt !== Infinity
    const ms = cut ? withinMs : walk.now
    const { ids, groups } = this.peers
    const met = [...walk.answered.subarray(0, walk.answers)]
      .sort((a, b) => (((ids[a] as number) ^ key) >>> 0) - (((ids[b] as number) ^ key) >>> 0))
      .map(peer => ({ peer, id: String(peer), place: BigInt(ids[peer] as number), group: groups[peer] === 0 ? undefined : String(groups[peer]) }))
    const peers = diverse(met, this.init.bucketPeers, this.init.groupPeers).map(({ peer }) => peer)
    const hops = peers.length === 0 ? 0 : walk.answeredHops[walk.answered.indexOf(peers[0] as number)] as number
    this.#over(walk)
    return { peers, met, ms, hops, cut }
  }

  /** Looks for a user's record with as many walks as it needs. */
  lookUp (asker: number, root: RootKey, fresh: boolean): Looked {
    const now = this.world.now()
    const looked = lookUp({ root, walks: this.#walks, keys: this.keysOf(root), asker, fresh, now, recordAt: this.recordAt }, this.init)
    this.firstAnswerHops = looked.hops
    for (let at = 0; at < looked.begun; at++) this.#over(this.#walks[at] as Walk, at === 0 ? looked : NO_RECORDS)
    return looked
  }

  put (asker: number, peer: number, key: number, record: RouteRecord): { acknowledged: boolean, ms: number } {
    const { peers, kad: { askTrips }, init: { putTimeoutMs } } = this
    const tripMs = 2 * ((peers.ways[asker] as number) + (peers.ways[peer] as number))
    const isThere = peers.answers(peer)
    const acknowledged = isThere && this.#give(peer, key, record)
    this.#bill.put(record.bytes.length, acknowledged, peers.keys[asker] as PeerKey, this.world.now())
    if (isThere) return { acknowledged, ms: askTrips * tripMs }
    return { acknowledged, ms: this.#isSilent?.(peers.keys[peer] as PeerKey) ?? true ? putTimeoutMs : tripMs }
  }

  #give (peer: number, key: number, record: RouteRecord): boolean {
    if (this.peers.lies[peer] === 1) {
      this.#liars.wasGiven(key, record)
      return true
    }
    const process = this.#processes[peer]
    return process !== undefined && process.held.take(key, record, process.orders)
  }

  /** What a peer answers under a key. */
  readonly recordAt = (peer: number, key: number): RouteRecord | undefined =>
    this.peers.lies[peer] === 1 ? this.#liars.recordAt(key, this.world.now()) : this.#processes[peer]?.held.find(key)

  #leave (process: Process): void {
    if (process.isGone) return
    process.isGone = true
    this.#processes[process.number] = undefined
    this.peers.end(process.number, this.world.now())
    this.tables.clear(process.number)
    if (this.peers.lies[process.number] === 1) this.#liars.changed()
  }

  /** A walk is over: it is paid for, and who met in it know each other. */
  #over (walk: Walk, carried: CarriedRecords = NO_RECORDS): void {
    const { tables, peers } = this
    const now = this.world.now()
    const nowS = this.#seconds(now)
    const { asker } = walk
    const { pings, pongs } = tables
    const serves = peers.serves[asker] === 1
    for (let at = 0; at < walk.heardCount; at++) {
      const other = walk.heard[at] as number
      // The ping is a connection, and by connections servers are learnt.
      if (tables.learn(asker, other, nowS) && serves && !tables.isUnseen(other, asker)) tables.learn(other, asker, nowS)
    }
    for (let at = 0; at < walk.answers; at++) tables.learn(asker, walk.answered[at] as number, nowS)
    for (let at = 0; at < walk.dials; at++) {
      const other = walk.dialled[at] as number
      if (serves && !tables.isUnseen(other, asker)) tables.learn(other, asker, nowS)
    }
    this.#bill.walked(walk, carried, { pings: tables.pings - pings, pongs: tables.pongs - pongs }, peers.keys[asker] as PeerKey, now)
  }

  #networkOf (process: Process): FinderNetwork {
    const { world } = this
    const { number } = process
    return {
      now: world.now,
      awaited: () => { world.awaited() },
      pass: async ms => {
        await new Promise<void>(resolve => {
          world.after(ms, () => {
            if (process.isGone) return
            world.awaited()
            resolve()
          })
        })
      },
      keysOf: root => this.keysOf(root),
      lookUp: (root, fresh) => this.lookUp(number, root, fresh),
      reach: (key, withinMs) => this.reach(number, key, withinMs),
      put: (peer, key, record) => this.put(number, peer, key, record)
    }
  }

  async #openOrders (process: Process, shelf: Shelf): Promise<RememberedOrders> {
    this.world.awaited()
    process.orders = await RememberedOrders.open(shelf, { now: this.world.now(), log: SILENT, entriesMax: this.init.ordersMax })
    return process.orders
  }

  #someServers (): number[] {
    const { servers } = this.peers
    return Array.from({ length: this.kad.bootstrapPeers }, () => this.#chance.pick(servers))
  }

  /** Times in tables are in seconds, and fit 32 bits. */
  #seconds (ms: number): number { return Math.floor(ms / 1000) }
}

const NO_RECORDS = Object.freeze({ records: 0, recordBytes: 0 })

function hashedKeys (root: RootKey, salts: number): number[] {
  return Array.from({ length: salts }, (_, salt) => createHash('sha256').update(`${root}/${salt}`).digest().readUInt32BE())
}

const SILENT = Object.assign(() => {}, { error: () => {}, trace: () => {}, enabled: false, newScope: () => SILENT }) as Logger
