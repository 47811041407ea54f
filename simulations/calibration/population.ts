/** A network of the model for tests and figures, whose promises are awaited like anybody's: while somebody waits, virtual time passes. */
import { RoutingModel, type JoinOptions, type RoutingModelInit, type RoutingPeer } from '../routing/model.ts'
import { makeRoute, peerKeyOf, rootKeyOf } from '../actors/values.ts'
import { World } from '../world/world.ts'
import { emptyShelf } from './shelf.ts'
import type { RouteFinder } from '../../src/ports.ts'
import type { Millis, PeerKey, RouteRecord } from '../../src/types.ts'

const STEP_MS = 20
const DAY_S = 86_400
/** Median of a way between two hosts, as scenarios have it. */
const WAY_MS = 40

export interface PopulationInit extends Partial<Omit<RoutingModelInit, 'world' | 'chance'>> { seed?: number | string, beginsAt?: Millis }

export class Population {
  readonly world: World
  readonly model: RoutingModel
  readonly peers: RoutingPeer[] = []
  #waiting = 0
  #isPassing = false
  #passed = Promise.resolve()

  constructor ({ seed = 1, beginsAt, ...init }: PopulationInit = {}) {
    this.world = new World({ seed, ...(beginsAt === undefined ? {} : { beginsAt }) })
    this.model = new RoutingModel({ world: this.world, chance: this.world.chance, witness: { sent: () => {} }, latencyMs: WAY_MS, ...init })
  }

  /** So many processes begin; the result is the first of them. */
  join (count = 1, options: Partial<JoinOptions> = {}): RoutingPeer {
    const first = this.peers.length
    for (let at = first; at < first + count; at++) this.peers.push(this.model.join(keyOf(at), { server: true, lies: false, shelf: emptyShelf(), ...options }))
    return this.at(first)
  }

  at (index: number): RoutingPeer { return this.peers[index] as RoutingPeer }

  /** Lets virtual time pass; whoever waits after that, waits for it too. */
  pass (ms: number): void {
    this.#passed = this.#passed.then(async () => { await this.world.run(this.world.now() + ms) })
  }

  /** The result of what was asked, as soon as enough virtual time has passed for it. */
  async wait<T> (asked: Promise<T>): Promise<T> {
    this.#waiting++
    const done = (): void => { this.#waiting-- }
    asked.then(done, done)
    if (!this.#isPassing) {
      this.#isPassing = true
      await this.#passed
      while (this.#waiting > 0) await this.world.run(this.world.now() + STEP_MS)
      this.#isPassing = false
    }
    return await asked
  }

  /** The peer's finder, for those who do not know of virtual time. */
  finder (index: number): RouteFinder {
    const { finder } = this.at(index)
    const after = async <T>(ask: () => Promise<T>): Promise<T> => {
      await this.#passed
      return await this.wait(ask())
    }
    return {
      publish: async (record, options) => await after(async () => await finder.publish(record, options)),
      find: async (root, options) => await after(async () => await finder.find(root, options))
    }
  }
}

export function keyOf (index: number): PeerKey { return peerKeyOf(`peer-${index}`) }

/** A record of the user of this name. */
export function routeOf (user: string, world: World, { seq = world.now(), days = 40 } = {}): RouteRecord {
  const notAfter = Math.floor(world.now() / 1000) + days * DAY_S
  return makeRoute({ root: rootKeyOf(user), seq, nodes: [{ node: keyOf(0), expiry: notAfter }], notAfter })
}
