/**
 * `npm run bench -- --routes`: what it costs a node to keep its users' routes in the DHT for one round of four hours, by the
 * sweep and by one publication for each record, side by side on one network.
 */
import { RepublishCore, type RepublishEffect, type RepublishEvent } from '../../src/dht/core.ts'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { startNetwork, type Counts, type PublishingNetwork } from './network.ts'
import type { RouteRecord } from '../../src/types.ts'

export interface RoutesPlan { nodes: number, users: readonly number[], oneByOne: number, keysMax: number }

/** oneByOne: users that are really published one by one. keysMax: a round is measured until so many keys are done, and the rest reckoned. */
export const ROUTES_PLANS = Object.freeze({
  full: { nodes: 32, users: [100, 1000, 10_000], oneByOne: 5, keysMax: 300 },
  short: { nodes: 16, users: [1, 20], oneByOne: 3, keysMax: 60 }
} satisfies Record<string, RoutesPlan>)

/** Of one round. measured: the share of it that was really done; the figures are for all of it. */
export interface RoundCost extends Counts { users: number, way: 'one by one' | 'sweep', measured: number, cpuSeconds: number, seconds: number, copies: number }

export async function benchRoutes (plan: RoutesPlan, say: (text: string) => void): Promise<string> {
  say(`${plan.nodes} nodes`)
  const network = await startNetwork(plan.nodes)
  try {
    const costs: RoundCost[] = []
    say('one by one')
    const each = await oneByOne(network, plan.oneByOne)
    for (const users of plan.users) {
      costs.push(scaled(each, users))
      say(`a sweep of ${users}`)
      costs.push(await sweep(network, users, plan.keysMax))
    }
    return tableOf(plan, costs)
  } finally {
    await network.stop()
  }
}

async function oneByOne (network: PublishingNetwork, users: number): Promise<RoundCost> {
  const records = await recordsOf(network, users)
  let copies = 0
  const cost = await measure(network, async () => {
    for (const record of records) {
      const published = await network.finder.publish(record)
      copies += published.copies
    }
  })
  // Here each put is a stream of its own.
  return { ...cost, users, way: 'one by one', measured: 1, puts: cost.streams - cost.questions, copies: copies / users }
}

/** One publication costs what one costs, however many there are. */
function scaled (cost: RoundCost, users: number): RoundCost {
  const times = users / cost.users
  const { walks, questions, puts, streams, cpuSeconds, seconds } = cost
  return { ...cost, users, measured: Math.min(1, 1 / times), walks: walks * times, questions: questions * times, puts: puts * times, streams: streams * times, cpuSeconds: cpuSeconds * times, seconds: seconds * times }
}

/** One round of the shipped schedule, with its waits left out. */
async function sweep (network: PublishingNetwork, users: number, keysMax: number): Promise<RoundCost> {
  const { self, sweeper } = network
  const records = await recordsOf(network, users)
  const core = new RepublishCore({ self, placesOf: root => sweeper.placesOf(root), bits: sweeper.bits, phase: 0 })
  let now = 0
  let wakeAt = Infinity
  const handle = (event: RepublishEvent): RepublishEffect[] => {
    const effects = core.handle(event, now)
    for (const effect of effects) if (effect.type === 'wakeAt') wakeAt = effect.at
    return effects
  }
  for (const record of records) handle({ type: 'listed', record, copies: ROUTE_DEFAULTS.bucketPeers, fraction: 0.5 })
  // In the second round every key has fallen in.
  const total = ROUTE_DEFAULTS.salts * users
  const keysWanted = Math.min(total, keysMax)
  const outcome = { keys: 0, puts: 0, copies: 0 }
  const cost = await measure(network, async () => {
    let effects: RepublishEffect[] = []
    while (outcome.keys < keysWanted) {
      const stroke = effects.find(effect => effect.type === 'sweep')?.stroke
      if (stroke === undefined) {
        now = Math.max(now + 1, wakeAt)
        wakeAt = Infinity
        effects = handle({ type: 'tick' })
        continue
      }
      const isCounted = now >= ROUTE_DEFAULTS.republishIntervalMs
      const { refreshed, puts } = isCounted ? await sweeper.sweep(stroke) : { refreshed: stroke.keys.map(key => ({ ...key, copies: ROUTE_DEFAULTS.bucketPeers })), puts: 0 }
      if (isCounted) {
        outcome.keys += refreshed.length
        outcome.puts += puts
        outcome.copies += refreshed.reduce((sum, { copies }) => sum + copies, 0)
      }
      effects = handle({ type: 'swept', refreshed, puts, fraction: 0.5 })
    }
  })
  const times = total / outcome.keys
  const { walks, questions, streams } = cost
  return { ...cost, users, way: 'sweep', measured: Math.min(1, 1 / times), walks: walks * times, questions: questions * times, puts: outcome.puts * times, streams: streams * times, cpuSeconds: cost.cpuSeconds * times, seconds: cost.seconds * times, copies: outcome.copies / outcome.keys }
}

async function recordsOf ({ recordOf }: PublishingNetwork, users: number): Promise<RouteRecord[]> {
  const records: RouteRecord[] = []
  for (let user = 0; user < users; user++) records.push(await recordOf(user))
  return records
}

async function measure ({ counts, disconnect }: PublishingNetwork, work: () => Promise<void>): Promise<Counts & { cpuSeconds: number, seconds: number }> {
  await disconnect()
  const before = { ...counts }
  const cpu = process.cpuUsage()
  const begunAt = performance.now()
  await work()
  const { user, system } = process.cpuUsage(cpu)
  const since = (name: keyof Counts): number => counts[name] - before[name]
  return {
    walks: since('walks'),
    questions: since('questions'),
    puts: since('puts'),
    streams: since('streams'),
    connections: since('connections'),
    cpuSeconds: (user + system) / 1e6,
    seconds: (performance.now() - begunAt) / 1000
  }
}

function tableOf ({ nodes, oneByOne }: RoutesPlan, costs: readonly RoundCost[]): string {
  const number = (value: number): string => value >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
  const rows = costs.map(({ users, way, walks, questions, puts, streams, connections, cpuSeconds, seconds, measured }) => [
    number(users), way, number(walks), number(questions), number(puts), number(streams), String(connections), number(cpuSeconds), number(seconds), measured === 1 ? 'all' : `${number(100 * measured)} %`
  ])
  const header = ['users', 'way', 'walks', 'questions', 'puts', 'streams', 'connections', 'CPU s', 's', 'measured']
  const lines = [header, header.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`)
  return [
    `One round (${ROUTE_DEFAULTS.republishIntervalMs / 3_600_000} h) of a node’s routes, ${nodes} nodes in one process; CPU and time are of all of them. One by one, ${oneByOne} were published and the rest reckoned.`,
    '', ...lines
  ].join('\n')
}
