/** Numbers that concern the client as a whole; the session's own are in session/defaults.ts. Each says where it comes from. */
import { LIMITS } from '../wire/limits.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const CLIENT_DEFAULTS = Object.freeze({
  /** Nodes that a client without `nodes` registers with: three hold the mailbox up to nine, five beyond; the rest stand in. */
  registerNodes: 12,
  /** Answers asked of one bootstrap peer; LIMITS.nodesAnswer is the most that it gives. */
  findNodesAsked: 12,
  /** A route record's life: half of LIMITS.routeLifeMs leaves as long again to notice that nobody renewed it. */
  routeLifeMs: 30 * DAY,
  /** Renewed when less than this is left: a client that comes once a week never lets it run out. */
  routeRenewMs: 15 * DAY,
  /** A sealing key's life: rotated every 30 d, old private keys kept a day longer than any mail. */
  sealingKeyLifeMs: 30 * DAY,
  sealingKeyKeptMs: 31 * DAY,
  /** How long a resolved route is used without asking again, like the nodes’ own cache. */
  routeFreshMs: 10 * MINUTE,
  /** Between two drains of a listed replica that has no stream to us: a sloppy quorum may have put mail there. Doubles while it has nothing … */
  drainIntervalMs: 60 * SECOND,
  /**
   * … up to this: how often replicas will put each other right. With a drain a minute of ten replicas, four of five
   * streams of the whole network were drains of nothing (simulations, steady-churn).
   */
  drainEmptyMsMax: 5 * MINUTE,
  /** The same for one that fails again and again. */
  drainFailedMsMax: 15 * MINUTE,
  /** A drain that stopped because too much was under way goes on after this. */
  drainAgainMs: 2 * SECOND,
  /** After a start nothing is encrypted before the mailbox was read once, but for at most this: two times a request's time-out of 2 s leave room for one dead node. */
  catchUpMs: 4 * SECOND,
  /** A replica from which nothing came for so long is given up for now. */
  drainStallMs: 10 * SECOND,
  /** Nodes that left the record are drained for as long as mail lives there, … */
  formerKeptMs: LIMITS.retentionMs + LIMITS.expirySlackMs + DAY,
  /** … at most so many, which is two whole lists, … */
  formerMax: 24,
  /** … and not longer than this once they have nothing: the DHT has forgotten the old record by then, and senders ask for a new one when nodes say that it moved. */
  formerEmptyMs: 2 * DAY,
  /** Between two drains of such a node, doubling up to the second while it has nothing or is away: nobody waits for what may be there. */
  drainFormerMs: 5 * MINUTE,
  drainFormerMsMax: 6 * HOUR,
  /** Nodes off the record whose addresses are kept, … */
  knownMax: 12,
  /** … and whose are remembered while the client runs: more than placement has candidates. */
  metMax: 96,
  /** Replicas drained, or given a new route record, at the same time. */
  drainsAtOnce: 2,
  /** Cursors are written at most this often: behind is where a cursor does no harm. */
  cursorIntervalMs: SECOND,
  /** How often the account is looked at: route near its end, sealing keys to be renewed. */
  renewIntervalMs: HOUR,
  /** Contacts whose records are kept in memory. */
  cachedContacts: 1024,
  /** UTF-8 bytes of one text. */
  textBytes: LIMITS.messageTextBytes,
  /** That somebody is typing is said at most this often, as Signal and Matrix clients do within a factor of two. */
  typingIntervalMs: 3 * SECOND,
  /** A whisper's expiry, for whoever looks at it on its way: it is never stored. Half of what nodes take, since clocks differ. */
  whisperLifeMs: LIMITS.whisperLifeMs / 2,
  /** Whispers that are opened at a time, 4 ms of CPU each; others are let go meanwhile. */
  whispersAtOnce: 8,
  /** A message of ours goes to one user again, who asks for it, at most this often: a request costs its author nothing. */
  repairAnsweredMs: 10 * MINUTE,
  /** Answers that are remembered for it. */
  repairsAnsweredMax: 4096,
  /** Sessions that are said goodbye to get this long to take it. */
  goodbyeTimeoutMs: 2 * SECOND,
  /** Between two looks at whether everything is settled. */
  settleLookMs: 25,
  /** Warnings that `status` tells. */
  warningsKept: 20,
  /** A one-shot command waits this long for its nodes before it says that none can be reached. */
  connectTimeoutMs: 10 * SECOND
})
