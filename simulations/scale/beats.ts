/**
 * How often a user's presence is told to the network: the shipped cores of device (sessions and presence) and of node
 * (presence) over virtual hours, in which devices come and go and nodes restart. What is counted are publications; how a
 * publication spreads is gossip.ts.
 */
import { median } from 'simple-statistics'
import { NODE_PRESENCE_DEFAULTS } from '../../src/presence/defaults.ts'
import { Life, type Ending } from '../churn/life.ts'
import { peerKeyOf } from '../actors/values.ts'
import { BeatingDevice } from './beating-device.ts'
import { BeatingNode, type Published } from './beating-node.ts'
import { USERS } from './assumptions.ts'
import type { Law } from '../churn/laws.ts'
import type { World } from '../world/world.ts'
import type { PeerKey } from '../../src/types.ts'

export interface BeatsInit {
  world: World
  users: number
  nodes: number
  /** Nodes on a user's list. */
  listed: number
  hours: number
  /** How nodes come and go. */
  law: Law
  /** From a publication until another node has it, ms. */
  gossipMs: number
}

/** Each for a user and hour, on average, but for the last two. */
export interface BeatsFigures {
  /** Words of devices, each given to one or two nodes. */
  said: number
  /** Gossiped messages, each under an id of its own. */
  published: number
  /** Of the different beats published: two nodes did it, neither having heard of the other's. */
  twiceShare: number
  /** How much later the second one was; median. */
  secondAfterMs: number
}

const HOUR = 3_600_000
/** Until the first devices have settled; nothing is counted. */
const WARM_UP_HOURS = 1

export async function countBeats (init: BeatsInit): Promise<BeatsFigures> {
  const { world, users, hours } = init
  const town = new Town(init)
  town.begin()
  await world.run(world.now() + WARM_UP_HOURS * HOUR)
  town.forget()
  await world.run(world.now() + hours * HOUR)
  const userHours = users * hours
  const { said, published, seconds } = town
  return {
    said: said / userHours,
    published: published.length / userHours,
    twiceShare: seconds.length / Math.max(1, published.length - seconds.length),
    secondAfterMs: seconds.length === 0 ? 0 : median(seconds)
  }
}

class Town {
  readonly #init: BeatsInit
  readonly #nodes: BeatingNode[]
  readonly #devices: BeatingDevice[]
  said = 0
  published: Published[] = []
  /** Of each beat that was published again: how much later, ms. */
  seconds: number[] = []
  /** When each beat was first published, while it matters. */
  readonly #firstAt = new Map<string, number>()

  constructor (init: BeatsInit) {
    this.#init = init
    const { world, users, nodes, listed } = init
    this.#nodes = Array.from({ length: nodes }, (_, index) => new BeatingNode(world, peerKeyOf(`n${index}`), beat => { this.#spread(beat) }))
    const byKey = new Map<PeerKey, BeatingNode>(this.#nodes.map(node => [node.key, node]))
    this.#devices = Array.from({ length: users }, (_, index) => new BeatingDevice({
      world,
      chance: world.chance.split(`device/${index}`),
      index,
      nodes: world.chance.split(`list/${index}`).sample(this.#nodes, listed).map(({ key }) => key),
      nodeOf: key => byKey.get(key) as BeatingNode,
      saying: () => { this.said++ }
    }))
  }

  begin (): void {
    const { world, law } = this.#init
    for (const node of this.#nodes) {
      new Life(world, world.chance.split(`life/${node.key}`), law, {
        start: () => { node.start() },
        end: (how: Ending) => { node.end(how) },
        leave: () => {}
      }).begin()
    }
    for (const device of this.#devices) device.begin(USERS)
  }

  /** What was counted until now counts no longer. */
  forget (): void {
    this.said = 0
    this.published = []
    this.seconds = []
  }

  #spread (published: Published): void {
    const { world, gossipMs } = this.#init
    const { at, beat, text } = published
    this.published.push(published)
    const first = this.#firstAt.get(text)
    if (first === undefined) {
      this.#firstAt.set(text, at)
      world.after(NODE_PRESENCE_DEFAULTS.lifeMs, () => { this.#firstAt.delete(text) })
    } else this.seconds.push(at - first)
    world.after(gossipMs, () => {
      for (const node of this.#nodes) if (node !== published.node) node.hear(beat, published.node.key)
    })
  }
}
