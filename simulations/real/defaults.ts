/** How long and how hard a run of real nodes is unless told otherwise, and where each number comes from. */
import { LAWS } from '../churn/laws.ts'
import type { Duration } from '../churn/durations.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** How much of the mail law's time passes in a minute of a run. Posthouse's own timers run in real time: this is harsher than life. */
const HOURS_PER_MINUTE = 2 / 3

export interface Scale { nodes: number, users: number, minutes: number, messages: number }

/**
 * 32 nodes start in 4 s on a core of their own and idle at 7 % of it. What costs is the DHT: half a second of CPU for each
 * walk of a lookup, publication or start, all in one process. Start and end included, two and a half minutes on two shared cores.
 */
export const FULL: Readonly<Scale> = Object.freeze({ nodes: 32, users: 8, minutes: 1.5, messages: 300 })
/** For CI: a minute, a minute and a half on a machine with much else to do. */
export const SHORT: Readonly<Scale> = Object.freeze({ nodes: 30, users: 4, minutes: 0.4, messages: 80 })

export const REAL_DEFAULTS = Object.freeze({
  // Nodes (plan.ts)
  /** Sessions of the worst case that is promised for mail, compressed: half are shorter than 45 s. A start costs about a second of CPU, the others' included. */
  session: compressed(LAWS['mail-worst']?.classes[0]?.up),
  /** Absences: about as long as a restart takes, so that 30 of 32 nodes run at a time. */
  absence: { type: 'exponential', meanMs: 4 * SECOND } as Duration,
  /** Nobody is back sooner: the machine first lets go of what it had. */
  absenceMsMin: SECOND,
  /** Of those that leave, so many never come back, and a newcomer takes the place. A promise of 90 days, compressed, would show none. */
  goodbyes: 0.1,
  /** Nodes that the project keeps for joining: they are killed too, and always come back. */
  bootstrapNodes: 3,

  // Users (plan.ts)
  /** Nodes that serve one user: three copies, two receipts, and a stand-in. Each of them publishes the route, which costs half a second of CPU. */
  servers: 4,
  /** Of the users, so many are there from the beginning; the others join in the first half. */
  usersAtFirst: 0.75,
  /** How long a device is on and off: most mail must find its reader at home, and much of it must not. */
  on: { type: 'exponential', meanMs: 30 * SECOND } as Duration,
  off: { type: 'exponential', meanMs: 8 * SECOND } as Duration,
  /** People that one user writes to first; they answer without a lookup. */
  contacts: 2,
  /** Of the messages, so many answer the last one that the writer was sent in the plan's order. */
  answers: 0.5,
  /** Nobody is written to who joined less than this ago: the first registration takes its time. */
  settlingInMs: 3 * SECOND,
  /** Between two renewals of one user's route, on average: a new order for resolvers to keep to. */
  renewal: { type: 'exponential', meanMs: 240 * SECOND } as Duration,

  // Looking up (lookups.ts)
  /** Between two lookups: each walks towards three keys, which costs half a second of CPU. */
  lookupEveryMs: 2500,
  /** Nodes that one lookup asks, one after the other, when those before were killed under it. */
  lookupAsks: 3,

  // The end (run.ts)
  /** What has not come by then is lost: a message whose mark stays out is sent again after a minute. */
  patienceMs: 75 * SECOND,
  /** How often it is looked whether all has come. */
  lookMs: 50
})

function compressed (duration: Duration | undefined): Duration {
  if (duration?.type !== 'weibull') throw new Error('the worst case for mail has Weibull sessions')
  return { ...duration, scaleMs: duration.scaleMs / (HOURS_PER_MINUTE * HOUR / MINUTE) }
}
