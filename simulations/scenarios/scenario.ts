/**
 * A scenario as data: who takes part, how they come and go, what goes wrong, and what must hold all the same. The
 * files beside this one are scenarios; whatever a file does not say has the default named here.
 */
import { z } from 'zod'
import { LAWS } from '../churn/laws.ts'

const share = z.number().min(0).max(1)
const hours = z.number().positive()
/** From the beginning of the traffic. */
const at = z.number().min(0)

/** A kind of node. churn: a law of simulations/churn. serves: keeps mail; else it takes part in routing only. */
const population = z.strictObject({
  share,
  churn: z.enum(Object.keys(LAWS)),
  serves: z.boolean().default(true),
  /** Cannot be dialled: no DHT server, and no mailbox of others. */
  nat: share.default(0)
})

/** at, hours: from the beginning of the traffic. nodes: share of those that the fault strikes, chosen by chance. */
const fault = z.discriminatedUnion('type', [
  /** Two sides that cannot reach each other. oneWay: only one of the directions is cut. Devices are on the larger side. */
  z.strictObject({ type: z.literal('partition'), at, hours, nodes: share, oneWay: z.boolean().default(false) }),
  /** They go at once. back: after so many hours, or never. */
  z.strictObject({ type: z.literal('departure'), at, nodes: share, backAfterHours: hours.optional() }),
  /** So many newcomers for each node there is, within minutes, and gone again after `hours`. */
  z.strictObject({ type: z.literal('flashCrowd'), at, hours, nodes: z.number().positive(), withinMinutes: z.number().positive() }),
  /** Power is cut and comes back, again and again: so often for each node and hour. */
  z.strictObject({ type: z.literal('powerCuts'), at, hours, nodes: share, perNodeHour: z.number().positive() }),
  z.strictObject({ type: z.literal('slowDisks'), at, hours, nodes: share, fsyncMs: z.number().positive() }),
  z.strictObject({ type: z.literal('fullDisks'), at, hours, nodes: share }),
  /** So many stored values of each are damaged. */
  z.strictObject({ type: z.literal('bitFlips'), at, nodes: share, values: z.int().positive() }),
  /** Their disks are replaced by empty ones. */
  z.strictObject({ type: z.literal('wipedDisks'), at, nodes: share }),
  /** So many times an hour: of a message that was just told to be stored, so many of the nodes that signed for it are hit within seconds. */
  z.strictObject({
    type: z.literal('struckReplicas'),
    at,
    hours,
    perHour: z.number().positive(),
    withinSeconds: z.number().positive(),
    replicas: z.int().positive(),
    /** Their disks are replaced by empty ones, or the message's copies on them are damaged. */
    how: z.enum(['wiped', 'flipped'])
  })
])

/** From the beginning, for good. */
const liars = z.strictObject({
  /** Of the nodes that keep mail: sign receipts and keep nothing. */
  replicas: share.default(0),
  /** Of all nodes: answer every walk with each other, and every question for a record with nothing or an old one. */
  routing: share.default(0),
  /** How much of every routing table names liars when the run begins. */
  poisonedTables: share.default(0)
})

export const NODES_MIN = 3
export const USERS_MIN = 2

const size = z.strictObject({ nodes: z.int().min(NODES_MIN), hours, users: z.int().min(USERS_MIN), messages: z.int().min(1) })

export const scenarioSchema = z.strictObject({
  /** One sentence: what happens. */
  about: z.string().min(1),
  /** Where its assumptions come from, beside those of its churn laws. */
  assumes: z.string().min(1),
  /** False: it goes beyond what is promised. Its figures are reported, and no breach is a failure. */
  promised: z.boolean().default(true),
  ...size.shape,
  populations: z.array(population).min(1),
  /** People that one user writes to. */
  contacts: z.int().min(1).default(6),
  devices: z.strictObject({
    /** How long a device is on and off, hours on average: exponential. */
    onHours: hours.default(1.5),
    offHours: hours.default(1.5),
    /** Of the users: they go for good as soon as their last message is stored. */
    sendersGone: share.default(0)
  }).prefault({}),
  network: z.strictObject({
    /** Of packets, each way. */
    loss: share.default(0.005),
    repeated: share.default(0.001),
    reordered: share.default(0.005),
    /** Median of a way between two hosts, ms. */
    latencyMs: z.number().positive().default(40)
  }).prefault({}),
  faults: z.array(fault).default([]),
  liars: liars.prefault({}),
  /**
   * Bounds that today's code does not keep, by the name of the check: a share of what it looks at (`figure` ÷ `of`) that
   * is known to break, and why. Whatever is not named here must hold.
   */
  fallsShort: z.record(z.string(), z.strictObject({ atMostShare: share, because: z.string().min(1) })).default({}),
  /** The short form for CI. */
  short: size
}).superRefine(({ populations, faults, hours }, { addIssue }) => {
  const sum = populations.reduce((sum, { share }) => sum + share, 0)
  if (Math.abs(sum - 1) > 1e-9) addIssue({ code: 'custom', path: ['populations'], message: `shares must add up to 1, not ${sum}` })
  if (!populations.some(({ serves, nat, share }) => serves && nat < 1 && share > 0)) addIssue({ code: 'custom', path: ['populations'], message: 'somebody must keep mail and be reachable' })
  faults.forEach((fault, index) => {
    const end = fault.at + ('hours' in fault ? fault.hours : 0)
    if (end > hours) addIssue({ code: 'custom', path: ['faults', index], message: `it ends after ${end} hours, and the scenario after ${hours}` })
  })
})

export type Scenario = z.output<typeof scenarioSchema>
export type Fault = Scenario['faults'][number]
export type Population = Scenario['populations'][number]
/** How large a run is, and how long its traffic lasts. */
export type Size = z.output<typeof size>

/**
 * The scenario in another size. What is not given keeps its proportion: as many users a node, as many messages a user and
 * hour. Faults keep their place: in a tenth of the hours they come ten times as early and last a tenth as long.
 */
export function resize (scenario: Scenario, size: Partial<Size>): Scenario {
  const nodes = size.nodes ?? scenario.nodes
  const hours = size.hours ?? scenario.hours
  const users = size.users ?? Math.max(USERS_MIN, Math.round(scenario.users * nodes / scenario.nodes))
  const messages = size.messages ?? Math.max(1, Math.round(scenario.messages * users / scenario.users * hours / scenario.hours))
  return { ...scenario, nodes, hours, users, messages, faults: scenario.faults.map(fault => hastened(fault, hours / scenario.hours)) }
}

function hastened (fault: Fault, factor: number): Fault {
  return {
    ...fault,
    at: fault.at * factor,
    ...('hours' in fault && { hours: fault.hours * factor }),
    ...('backAfterHours' in fault && fault.backAfterHours !== undefined && { backAfterHours: fault.backAfterHours * factor })
  }
}
