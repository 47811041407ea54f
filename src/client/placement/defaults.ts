/** When a user's list of nodes changes, and for what. Each number says where it comes from. */
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const PLACEMENT_DEFAULTS = Object.freeze({
  /** A listed node that did not answer for so long, while others did, is gone for good: a restart or an update is over by then. */
  goneMs: HOUR,
  /** The same for one whose sessions are short: machines that come and go are not waited for. */
  goneShortMs: 15 * MINUTE,
  /** The median of its last sessions, as seen from here, that counts as short, … */
  shortSessionMs: 2 * HOUR,
  /** … how many of them are remembered, and how many it takes to judge. */
  sessionsKept: 5,
  sessionsJudged: 3,
  /** One that says no twice, so far apart, means it. */
  refusedMs: 10 * MINUTE,
  /** With fewer than w nodes left, one that fails for so long gives up its place already. */
  failingMs: 5 * MINUTE,
  /** Nodes of the user that must accuse the same one: a single liar could empty the list. */
  accusersMin: 2,
  /** As long as nodes remember whom their audits caught. */
  bannedMs: 7 * DAY,
  /** A caught node's place may stay empty when so many others remain: they hold three copies. */
  othersMin: 3,
  /** Between two published changes: each costs a DHT publication and a visit to every listed node. */
  changeMs: 10 * MINUTE,
  /** The same while fewer than w nodes can be reached, or the list is too short to lose one: mail depends on it. */
  changeUrgentMs: MINUTE,
  /** A list with fewer than this has one copy only, or stops storing when one node is away. */
  nodesMin: 3,
  /** Between two questions for nodes while a place is free; doubles while nobody new is named … */
  findMs: MINUTE,
  /** … up to this: a node that joins has its share within minutes. */
  findMsMax: 5 * MINUTE,
  /** The same while no place is free: whom to turn to when all are gone at once. */
  findFullMs: 6 * HOUR,
  /** A find that is not answered is over. */
  findTimeoutMs: MINUTE,
  /** Candidates that are asked for a ticket at the same time. */
  askAtOnce: 4,
  /** A promise that is older is asked for again before it goes into a record: who gave it may be gone. */
  promiseFreshMs: 10 * MINUTE,
  /** A candidate that was not there, or said no, is asked again after this; doubles, … */
  askAgainMs: 5 * MINUTE,
  askAgainMsMax: 6 * HOUR,
  /** Candidates that are remembered: what four answers to `findNodes` name. */
  candidatesMax: 48,
  /** Our own network counts as working for so long after somebody off the list has answered. */
  answeredMs: 10 * MINUTE,
  /** Time that passes in one step counts for no more than this: a laptop that slept has seen nobody fail. */
  stepMsMax: 2 * MINUTE,
  /** How often the clock is looked at while a node fails. */
  tickMs: MINUTE
})

export type PlacementLimits = Record<keyof typeof PLACEMENT_DEFAULTS, number>
