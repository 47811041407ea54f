/**
 * A scenario as data: who takes part, how they come and go, what goes wrong, and what must hold all the same. The
 * files beside this one are scenarios; whatever a file does not say has the default named here.
 */
import { z } from 'zod'

const share = z.number().min(0).max(1)
const hours = z.number().positive()

/** A kind of node. churn: a law of simulations/churn. serves: keeps mail; else it takes part in routing only. */
const population = z.strictObject({
  share,
  churn: z.string(),
  serves: z.boolean().default(true),
  /** Cannot be dialled: no DHT server, and no mailbox of others. */
  nat: share.default(0)
})

/** at, hours: from the beginning of the traffic. nodes: share of those that the fault strikes, chosen by chance. */
const fault = z.discriminatedUnion('type', [
  /** Two sides that cannot reach each other. oneWay: only one of the directions is cut. */
  z.strictObject({ type: z.literal('partition'), at: z.number(), hours, nodes: share, oneWay: z.boolean().default(false) }),
  /** They go at once. back: after so many hours, or never. */
  z.strictObject({ type: z.literal('departure'), at: z.number(), nodes: share, backAfterHours: hours.optional() }),
  /** So many newcomers for each node there is, within minutes, and gone again after `hours`. */
  z.strictObject({ type: z.literal('flashCrowd'), at: z.number(), hours, nodes: z.number().positive(), withinMinutes: z.number().positive() }),
  /** Power is cut and comes back, again and again: so often for each node and hour. */
  z.strictObject({ type: z.literal('powerCuts'), at: z.number(), hours, nodes: share, perNodeHour: z.number().positive() }),
  z.strictObject({ type: z.literal('slowDisks'), at: z.number(), hours, nodes: share, fsyncMs: z.number().positive() }),
  z.strictObject({ type: z.literal('fullDisks'), at: z.number(), hours, nodes: share }),
  /** So many stored values of each are damaged. */
  z.strictObject({ type: z.literal('bitFlips'), at: z.number(), nodes: share, values: z.int().positive() }),
  /** Their disks are replaced by empty ones. */
  z.strictObject({ type: z.literal('wipedDisks'), at: z.number(), nodes: share })
])

/** From the beginning, for good. */
const liars = z.strictObject({
  /** Sign receipts and keep nothing. */
  replicas: share.default(0),
  /** Answer every walk with each other, and every question for a record with nothing or an old one. */
  routing: share.default(0),
  /** How much of every routing table names liars when the run begins. */
  poisonedTables: share.default(0)
})

export const scenarioSchema = z.strictObject({
  /** One sentence: what happens. */
  about: z.string(),
  /** Where its assumptions come from. */
  assumes: z.string(),
  nodes: z.int().min(3),
  hours,
  users: z.int().min(2),
  populations: z.array(population).min(1),
  traffic: z.strictObject({
    messages: z.int().min(1),
    /** People that one user writes to. */
    contacts: z.int().min(1).default(6),
    /** How long a device is on and off, hours on average: exponential. */
    onHours: hours.default(1.5),
    offHours: hours.default(1.5),
    /** Of the users: they go for good as soon as their last message is stored. */
    sendersGone: share.default(0)
  }),
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
   * Bounds that today's code does not keep, by the name of the check: `atMost` breaches are known, and why. Whatever is
   * not named here must hold.
   */
  fallsShort: z.record(z.string(), z.strictObject({ atMost: z.number(), because: z.string() })).default({}),
  /** The short form for CI. */
  short: z.strictObject({ nodes: z.int().min(3), hours, users: z.int().min(2), messages: z.int().min(1) })
})

export type Scenario = z.output<typeof scenarioSchema>
export type Fault = Scenario['faults'][number]
