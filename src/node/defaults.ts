/** What a node does unless told otherwise, and where each number comes from. */
import { DEFAULT_NETWORK } from '../wire/protocols.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

export const NODE_DEFAULTS = Object.freeze({
  network: DEFAULT_NETWORK,
  listen: Object.freeze(['/ip4/0.0.0.0/tcp/4501', '/ip4/0.0.0.0/tcp/4502/ws']),
  /** Users that one node promises to serve: republishing 10,000 takes 64 % of a core at 1 h, 16 % at 4 h. */
  usersMax: 10_000,
  /** Longer than any route record lives (45 d), so that a record made late in a ticket's life still fits. */
  ticketLifeMs: 60 * DAY,
  /** Route records of strangers that senders told this node of; the oldest used is forgotten first. */
  foreignRoutesMax: 10_000,
  /** Connections: 5,000 devices and room for peers; 80–164 KB each. */
  connectionsMax: 6_000,
  /** libp2p's 10 lets 50 idle sockets shut out everybody. */
  pendingConnectionsMax: 1_000,
  inboundUpgradeTimeoutMs: 3 * SECOND,
  /** New connections a second and address: libp2p's 5 turns local clients away. */
  inboundConnectionsPerSecond: 1_000,
  /** A peer that does not answer a dial within this is tried later. */
  dialTimeoutMs: 3 * SECOND,
  /** A lost bootstrap peer is dialled again this often. */
  bootstrapRetryMs: 10 * SECOND,
  /** Session streams of one connection: a device needs one; two while one is being replaced. */
  sessionsPerConnectionMax: 4,
  /** Requests that one session may have open; more are refused as busy. */
  openRequestsMax: 32,
  /** A session that says nothing for this long is ended: longer than the longest heartbeat (270 s) twice. */
  sessionIdleMs: 10 * MINUTE,
  /** The wait for a peer's profile answer. */
  profileTimeoutMs: 3 * SECOND,
  /** Nodes of a user that are asked for its profile. */
  profileAsked: 2,
  /** With a refusal that another node may not give. */
  retryElsewhereSeconds: 3600,
  /** How long `stop` lets work in flight finish. */
  finishMs: 10 * SECOND,
  /** Expired mail is looked for this often. */
  sweepIntervalMs: 10 * MINUTE
})
