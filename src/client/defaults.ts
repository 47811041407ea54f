/** Numbers that concern the client as a whole; the session's own are in session/defaults.ts. Each says where it comes from. */
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const CLIENT_DEFAULTS = Object.freeze({
  /** Nodes that a client without `nodes` registers with: three hold the mailbox up to nine, five beyond; the rest stand in (DESIGN.md §2). */
  registerNodes: 12,
  /** Answers asked of one bootstrap peer; LIMITS.nodesAnswer is the most that it gives. */
  findNodesAsked: 12,
  /** A route record's life: half of LIMITS.routeLifeMs leaves as long again to notice that nobody renewed it. */
  routeLifeMs: 30 * DAY,
  /** Renewed when less than this is left: a client that comes once a week never lets it run out. */
  routeRenewMs: 15 * DAY,
  /** A sealing key's life (DESIGN.md §2: rotated every 30 d, old private keys kept 31 d). */
  sealingKeyLifeMs: 30 * DAY,
  sealingKeyKeptMs: 31 * DAY,
  /** How long a resolved route is used without asking again (DESIGN.md §2, resolver cache). */
  routeFreshMs: 10 * MINUTE,
  /** Between two drains of a listed replica that has no stream to us: a sloppy quorum may have put mail there. */
  drainIntervalMs: 60 * SECOND,
  /** A drain of one replica; a large mailbox goes on at the next, from the cursor that it reached. */
  drainTimeoutMs: 5 * MINUTE,
  /** Replicas drained at the same time. */
  drainsAtOnce: 2,
  /** Collections are signed at most this often (DESIGN.md §2). */
  collectIntervalMs: SECOND,
  /** Envelope ids that wait to be collected; beyond it no more is taken from the nodes until some went. */
  pendingCollectionIds: 65_536,
  /** Ids of envelopes and messages that are kept after their expiry, against a late copy. LIMITS.collectedMemoryMs. */
  seenMemoryMs: 48 * HOUR,
  /** Between two looks for what has expired. */
  sweepIntervalMs: HOUR,
  /** Contacts whose records are kept in memory. */
  cachedContacts: 1024,
  /** Text of one message: fits a single fragment beside certificate, introduction and padding. */
  textBytes: 32 * 1024,
  /** A one-shot command waits this long for its nodes before it says that none can be reached. */
  connectTimeoutMs: 10 * SECOND
})
