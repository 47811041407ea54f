/**
 * Looking up routes throughout a run: random nodes are asked for random users whom they do not serve, so that they have
 * to ask the DHT, and random users look up each other. Always fresh, never from a cache.
 */
import { memory } from '@libp2p/memory'
import { createHost, dialingNetwork } from '../../src/client/host.ts'
import { visit } from '../../src/client/session/visit.ts'
import { openRouteRecord } from '../../src/dht/index.ts'
import { keyBytes } from '../../src/identity/index.ts'
import { nodeCrypto } from '../../src/node/crypto.ts'
import { systemClock } from '../../src/system.ts'
import { REAL_DEFAULTS } from './defaults.ts'
import type { RunClock } from './clock.ts'
import type { RealMachine } from './machine.ts'
import type { Person } from './person.ts'
import type { Chance } from '../world/chance.ts'
import type { Witness } from '../checks/witness.ts'
import type { Order, PeerKey, RootKey, RouteRecord } from '../../src/types.ts'
import type { Libp2p } from '@libp2p/interface'

export interface LookupsInit { network: string }

export interface LookupsComponents {
  clock: RunClock
  chance: Chance
  witness: Witness
  machines: () => readonly RealMachine[]
  people: () => readonly Person[]
  /** Once for each lookup that came to an end. */
  looked: (found: boolean, ms: number) => void
}

export class Lookups {
  readonly #init: LookupsInit
  readonly #components: LookupsComponents
  readonly #host: Libp2p
  readonly #stopping = new AbortController()
  readonly #under = new Set<Promise<void>>()
  /** Who served each user when last heard. */
  readonly #servers = new Map<RootKey, ReadonlySet<PeerKey>>()
  #timer: NodeJS.Timeout | undefined
  #count = 0

  private constructor (init: LookupsInit, components: LookupsComponents, host: Libp2p) {
    this.#init = init
    this.#components = components
    this.#host = host
  }

  static async start (init: LookupsInit, components: LookupsComponents): Promise<Lookups> {
    const lookups = new Lookups(init, components, await createHost({ deviceSeed: components.chance.bytes(32), transports: [memory()] }))
    lookups.#timer = setInterval(() => { lookups.#lookUp() }, REAL_DEFAULTS.lookupEveryMs)
    return lookups
  }

  async stop (): Promise<void> {
    clearInterval(this.#timer)
    this.#stopping.abort()
    await Promise.all(this.#under)
    await this.#host.stop()
  }

  #lookUp (): void {
    const { chance, people, looked, clock } = this.#components
    const known = people().filter(({ userId }) => userId !== undefined)
    if (known.length < 2) return
    const [target, asker] = chance.sample(known, 2) as [Person, Person]
    const begunAt = clock.now()
    const byNode = this.#count++ % 2 === 0
    const task = (byNode ? this.#askNodes(target) : this.#askPerson(asker, target)).then(found => {
      if (found !== undefined && !this.#stopping.signal.aborted) looked(found, clock.now() - begunAt)
    }).finally(() => { this.#under.delete(task) })
    this.#under.add(task)
  }

  /** Asks another when one is killed under the question. Undefined: nobody was left to answer. */
  async #askNodes (target: Person): Promise<boolean | undefined> {
    const root = target.root as RootKey
    for (let asked = 0; asked < REAL_DEFAULTS.lookupAsks; asked++) {
      const strangers = this.#components.machines().filter(({ isUp, key }) => isUp && this.#servers.get(root)?.has(key) !== true)
      if (strangers.length === 0) return undefined
      const machine = this.#components.chance.pick(strangers)
      try {
        return await this.#askNode(machine, root)
      } catch (error) {
        if (this.#stopping.signal.aborted) return undefined
        // A node that still runs and did not answer has failed.
        if (machine.isUp) return this.#tell(machine.key, root, undefined, 0)
      }
    }
    return undefined
  }

  async #askNode (machine: RealMachine, root: RootKey): Promise<boolean> {
    const { clock } = this.#components
    const components = { network: dialingNetwork(this.#host), networkId: this.#init.network, clock: systemClock }
    const node = { node: machine.key, addressHints: [machine.address.replace(/\/p2p\/.*/, '')] }
    const { found, ms } = await visit(components, node, async session => {
      const begunAt = clock.now()
      const found = await session.find(keyBytes(root), true)
      return { found, ms: clock.now() - begunAt }
    }, { signal: this.#stopping.signal })
    const record = found.record.byteLength === 0 ? undefined : await openRouteRecord(found.record, { crypto: nodeCrypto, now: systemClock.now(), root })
    this.#remember(record)
    return this.#tell(machine.key, root, record?.order, ms)
  }

  async #askPerson (asker: Person, target: Person): Promise<boolean | undefined> {
    const root = target.root as RootKey
    const begunAt = this.#components.clock.now()
    try {
      const route = await asker.route(target.userId as never, this.#stopping.signal)
      if (route === undefined) return undefined
      // The public API tells no epoch; nobody raises it in a run.
      return this.#tell(asker.root as RootKey, root, { epoch: 1, seq: route.seq, hash: '' }, this.#components.clock.now() - begunAt)
    } catch {
      // Whoever was turned off meanwhile has learnt nothing; everything else is a failure to whoever waited.
      if (!asker.isOn || this.#stopping.signal.aborted) return undefined
      return this.#tell(asker.root as RootKey, root, undefined, this.#components.clock.now() - begunAt)
    }
  }

  #tell (resolver: PeerKey | RootKey, root: RootKey, order: Order | undefined, ms: number): boolean {
    const { witness, clock } = this.#components
    witness.resolved({ at: clock.now(), resolver, root, order, ms })
    return order !== undefined
  }

  #remember (record: RouteRecord | undefined): void {
    if (record !== undefined) this.#servers.set(record.root, new Set(record.entries.map(({ node }) => node)))
  }
}
