/**
 * What routes cost in a network of some size, in the routing model (simulations/routing): a walk, as upkeep makes two of
 * every five minutes, a publication under three salts, a find. Every node has been up for long; nobody is gone. Whom a
 * walk costs is who asks; since everybody asks alike, a node also answers as much as it asks.
 */
import { RoutingModel, type RoutingPeer } from '../routing/model.ts'
import { KAD_MODEL } from '../routing/defaults.ts'
import { makeRoute, peerKeyOf, rootKeyOf } from '../actors/values.ts'
import { LINK, USERS } from './assumptions.ts'
import type { Chance } from '../world/chance.ts'
import type { World } from '../world/world.ts'
import type { Shelf } from '../../src/ports.ts'
import type { RootKey, RouteRecord } from '../../src/types.ts'

export interface RoutingInit {
  nodes: number
  /** Walks, publications and finds that the averages are taken over. */
  samples: number
  world: World
}

/** Of one operation, on average. */
export interface RoutingCost {
  /** Questions, answers, puts, their acknowledgements, pings and theirs. */
  messages: number
  questions: number
  pings: number
  /** Connections made to peers that are not in the table. */
  dials: number
  /** All that is sent, either way; and what of it makes connections. */
  bytes: number
  dialBytes: number
}

export interface RoutingFigures {
  nodes: number
  /** Peers in a node's table: it is connected to all of them. */
  contacts: number
  walk: RoutingCost
  publish: RoutingCost & { copies: number }
  find: RoutingCost & { found: number }
}

const DAY_SECONDS = 86_400
/** Longer than any publication or find takes. */
const OPERATION_MS = 60_000
/** Tables that are counted. */
const COUNTED = 50

export async function measureRouting ({ nodes, samples, world }: RoutingInit): Promise<RoutingFigures> {
  const network = new MeasuredNetwork(nodes, world)
  const { chance } = network
  const walk = await network.cost(samples, async () => { network.model.reach(chance.integer(nodes), chance.integer(2 ** 32)) })
  const users = Array.from({ length: samples }, (_, index) => rootKeyOf(`user/${index}`))
  let copies = 0
  const publish = await network.cost(samples, async index => {
    const published = await network.peer().finder.publish(network.routeOf(users[index] as RootKey))
    copies += published.copies
  })
  let found = 0
  const find = await network.cost(samples, async index => {
    const record = await network.peer().finder.find(users[index] as RootKey)
    if (record !== undefined) found++
  })
  return { nodes, contacts: network.contacts(), walk, publish: { ...publish, copies: copies / samples }, find: { ...find, found: found / samples } }
}

class MeasuredNetwork {
  readonly chance: Chance
  readonly model: RoutingModel
  readonly #world: World
  readonly #peers: RoutingPeer[]
  #messages = 0

  constructor (nodes: number, world: World) {
    this.#world = world
    this.chance = world.chance.split(`routing/${nodes}`)
    this.model = new RoutingModel({
      world,
      chance: this.chance,
      witness: { sent: ({ messages }) => { this.#messages += messages } },
      latencyMs: LINK.wayMs,
      upkeep: false
    })
    this.#peers = Array.from({ length: nodes }, (_, index) => this.model.join(peerKeyOf(`n${index}`), { server: true, lies: false, shelf: EMPTY_SHELF }))
    this.model.settle()
  }

  peer (): RoutingPeer { return this.chance.pick(this.#peers) }

  /** Peers in a table, on average over some. */
  contacts (): number {
    const counted = Math.min(COUNTED, this.#peers.length)
    let sum = 0
    for (let number = 0; number < counted; number++) sum += this.model.tables.size(number)
    return sum / counted
  }

  routeOf (root: RootKey): RouteRecord {
    const expiry = Math.floor(this.#world.now() / 1000) + 30 * DAY_SECONDS
    const listed = this.chance.sample(this.model.peers.keys, USERS.listed)
    return makeRoute({ root, seq: this.#world.now(), notAfter: expiry, nodes: listed.map(node => ({ node, expiry })) })
  }

  /** Of one of so many operations, all begun at once; nothing else happens meanwhile. */
  async cost (count: number, operate: (index: number) => Promise<void>): Promise<RoutingCost> {
    const { totals } = this.model
    const before = { ...totals, messages: this.#messages }
    const operations = Array.from({ length: count }, (_, index) => operate(index))
    await this.#world.run(this.#world.now() + OPERATION_MS)
    await Promise.all(operations)
    const each = (name: keyof typeof totals): number => (totals[name] - before[name]) / count
    return {
      messages: (this.#messages - before.messages) / count,
      questions: each('questions'),
      pings: each('pings'),
      dials: each('dials'),
      bytes: each('bytes'),
      dialBytes: each('dials') * KAD_MODEL.dialBytes
    }
  }
}

/** Orders are remembered in memory all the same, and nobody restarts. */
export const EMPTY_SHELF: Shelf = {
  get: async () => undefined,
  put: async () => {},
  delete: async () => {},
  entries: async function * () {}
}
