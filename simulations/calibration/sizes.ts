/** What one walk costs, and what it achieves, by the size of the network. Everybody has been up for long, nobody is gone. */
import { mean } from 'simple-statistics'
import { rootKeyOf } from '../actors/values.ts'
import { Population, routeOf } from './population.ts'
import type { KadModelInit } from '../routing/defaults.ts'
import type { RoutingTotals } from '../routing/bill.ts'

export interface SizeInit {
  nodes: number
  /** Walks that the averages are taken over. */
  walks: number
  kad?: Partial<KadModelInit>
  seed: string
  /** The machine's clock, ms, if the time that computing takes is asked for. */
  clock?: () => number
}

/** Of one walk to where a record shall be held, on average. */
export interface WalkCost {
  questions: number
  messages: number
  pings: number
  dials: number
  bytes: number
  /** Questions in a row to the nearest that it meets. */
  hops: number
  /** Of the k nearest that there are, how many it meets; share. */
  nearestMet: number
  /** Virtual. */
  ms: number
  /** Questions in a row to a find's first answer. */
  findHops: number
  found: number
  /** What computing one walk takes, µs; 0 without a clock. */
  computedUs: number
}

export async function measureWalks ({ nodes, walks, kad = {}, seed, clock = () => 0 }: SizeInit): Promise<WalkCost> {
  let messages = 0
  const population = new Population({ seed, upkeep: false, kad, witness: { sent: event => { messages += event.messages } } })
  const { world, model } = population
  population.join(nodes)
  model.settle()
  const chance = world.chance.split('walks')
  const before: RoutingTotals = { ...model.totals }
  messages = 0
  const began = clock()
  const reached = Array.from({ length: walks }, () => {
    const key = chance.integer(2 ** 32)
    return { key, ...model.reach(chance.integer(nodes), key) }
  })
  const computedUs = (clock() - began) * 1000 / walks
  const each = (name: keyof RoutingTotals): number => (model.totals[name] - before[name]) / walks
  const cost = { questions: each('questions'), pings: each('pings'), dials: each('dials'), bytes: each('bytes'), messages: messages / walks, computedUs }
  const sampled = reached.slice(0, SAMPLED)
  const found = await findSome(population, Math.min(walks, SAMPLED))
  return {
    ...cost,
    ...found,
    hops: mean(reached.map(({ hops }) => hops)),
    ms: mean(reached.map(({ ms }) => ms)),
    nearestMet: mean(sampled.map(({ key, peers }) => shareOfNearest(population, key, peers)))
  }
}

/** Finding out who is nearest looks at everybody. */
const SAMPLED = 50

function shareOfNearest ({ model: { peers, init: { bucketPeers } } }: Population, key: number, met: readonly number[]): number {
  const distance = (peer: number): number => ((peers.ids[peer] as number) ^ key) >>> 0
  const nearest = [...peers.servers].sort((a, b) => distance(a) - distance(b)).slice(0, bucketPeers)
  return nearest.filter(peer => met.includes(peer)).length / nearest.length
}

async function findSome (population: Population, users: number): Promise<{ found: number, findHops: number }> {
  const { world, model, peers } = population
  const chance = world.chance.split('finds')
  const hops: number[] = []
  for (let user = 0; user < users; user++) {
    await population.wait(chance.pick(peers).finder.publish(routeOf(`user ${user}`, world)))
    const record = await population.wait(chance.pick(peers).finder.find(rootKeyOf(`user ${user}`)))
    if (record !== undefined) hops.push(model.firstAnswerHops)
  }
  return { found: hops.length / users, findHops: mean(hops.length === 0 ? [0] : hops) }
}
