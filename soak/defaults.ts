/** How hard and how long a soak is unless told otherwise, and where each number comes from. */
const SECOND = 1000
const MINUTE = 60 * SECOND

export interface Scale {
  nodes: number
  users: number
  /** Of traffic and kills. */
  minutes: number
  /** Seconds between two kills. */
  killEvery: number
  /** Messages that all users together write in a second. */
  rate: number
}

/** Ten minutes hold 300 kills: every node is killed about 25 times. A message and its mark cost their two devices 40 ms of CPU, all in this process. */
export const FULL: Readonly<Scale> = Object.freeze({ nodes: 12, users: 20, minutes: 10, killEvery: 2, rate: 4 })
/** For CI: fewer nodes than a list is long, so that each kill takes one that everybody uses. A minute, a minute and a half on a busy machine. */
export const SHORT: Readonly<Scale> = Object.freeze({ nodes: 4, users: 6, minutes: 0.5, killEvery: 2, rate: 4 })

export const SOAK_DEFAULTS = Object.freeze({
  /** Nodes that a new one, or one that comes back, is told of. */
  bootstrapNodes: 3,
  /** Nodes that serve one user: three copies, two receipts, and two to stand in. Each publishes the route, which costs half a second of CPU. */
  servers: 5,
  /** Users that register at the same time, for the same reason. */
  registrationsAtOnce: 4,
  /** Of a user's turns, so many answer whoever wrote last: what answers something must not be shown before it. */
  answers: 0.4,
  /** Texts are up to this long, so that envelopes of several padded sizes are on their way. */
  textCharactersMax: 2000,
  /** Between two restarts of a user's client. */
  clientRestartMs: 10 * SECOND,
  /** Where nodes listen: below the ports that systems give to outgoing connections (32768 and up), or one might take the port of a node that is down. */
  portMin: 20_000,
  portMax: 32_000,
  /** A node that has not said that it is ready by then hangs: a start takes one to four seconds on two busy cores. */
  readyMs: 60 * SECOND,
  /** Whatever else does not end within this hangs. */
  patienceMs: 3 * MINUTE,
  /**
   * After the traffic all nodes are up, and the run waits for what is on its way until nothing has moved for so long. A
   * message whose mark stays out goes out again after a minute; half of that on top.
   */
  stillMs: 90 * SECOND,
  /** It waits no longer than this in all. */
  epilogueMsMax: 6 * MINUTE,
  /** After the last restart of all clients: whatever would be shown a second time is shown within this. */
  secondLookMs: 3 * SECOND,
  /** Losses and repetitions that are looked into by reading the nodes' disks. */
  inquestsMax: 50,
  /** How often it is looked whether all has come. */
  lookMs: 50
})
