/** What a node does unless told otherwise, and where each number comes from. */
import { LIMITS } from '../wire/limits.ts'
import { DEFAULT_NETWORK } from '../wire/protocols.ts'

const MIB = 1024 * 1024
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const NODE_DEFAULTS = Object.freeze({
  network: DEFAULT_NETWORK,
  listen: Object.freeze(['/ip4/0.0.0.0/tcp/4501', '/ip4/0.0.0.0/tcp/4502/ws']),

  // Users
  /** Users that one node promises to serve: republishing 10,000 takes 64 % of a core at 1 h, 16 % at 4 h. */
  usersMax: 10_000,
  /** Longer than any route record lives (45 d), so that a record made late in a ticket's life still fits. */
  ticketLifeMs: 60 * DAY,
  /** A promise that is renewed is written again when it gains this much, not each time that a device asks. */
  ticketRewriteMs: DAY,
  /** A user whose ticket has run out is forgotten this much later: by then the last of its mail has expired and been deleted, even if the last renewal was not written. */
  forgetUserMs: LIMITS.retentionMs + LIMITS.expirySlackMs + LIMITS.expiryGraceMs + DAY,
  /** Expired mail and forgotten users are looked for this often. */
  sweepIntervalMs: 10 * MINUTE,
  /**
   * Everything on the disk is read once in this time, ± 50 %, so that damage is found before it strikes all copies of an
   * envelope: for 10,000 mailboxes of 100 letters 1.5 GB, 0.4 MB a second.
   */
  scrubIntervalMs: HOUR,

  // Strangers
  /** Route records of strangers that are remembered; the longest unused is forgotten first. At most 40 MB. */
  foreignRoutesMax: 10_000,
  /** A stranger's profile is answered again without asking for this long: a burst of first contacts asks once. */
  profileFreshMs: MINUTE,
  /** Strangers whose profile is remembered, at most 32 KiB each. */
  profilesRememberedMax: 512,
  /** Searches for profiles that run at once; more are refused as busy. */
  profileSearchesMax: 64,
  /** Nodes of a user that are asked for its profile at once. */
  profileAsked: 2,
  /** The wait for one node's profile answer. */
  profileTimeoutMs: 3 * SECOND,
  /** The whole search: some dead nodes may stand before one that answers, and a device waits 15 s. */
  profileSearchMs: 9 * SECOND,

  // Key packages
  /** A device of which fewer one-time packages are left is told to bring some. */
  keyPackagesFew: 5,
  /** Puts of one device: ten packages and a last resort are one or two, and all of them are written anew (≤ 168 KiB). */
  keyPackagePuts: Object.freeze({ perSecond: 0.1, burst: 16, keysMax: 16_384 }),
  /** Fetches of one device: a first message takes one or two, and each uses up packages of somebody else. */
  keyPackageFetches: Object.freeze({ perSecond: 0.1, burst: 64, keysMax: 16_384 }),
  /** Fetches of one other node, for all its users: ten thousand who write one first message a day each make 0.1 a second, over all nodes. */
  keyPackageHandOuts: Object.freeze({ perSecond: 1, burst: 256, keysMax: 16_384 }),
  /** Searches for key packages that run at once; more are refused as busy. */
  keyPackageSearchesMax: 64,

  // Nodes
  /** Nodes that are remembered for devices that look for somebody to serve them. */
  nodesKnownMax: 1024,
  /** A node that has not been connected for this long is not named to others: libp2p forgets addresses as soon. */
  nodeFreshMs: HOUR,
  /** Addresses told of one node. */
  nodeAddresses: 4,
  /** Nodes of this run that the next one begins with, … */
  nodesRemembered: 64,
  /** … written down this often, … */
  rememberIntervalMs: 10 * MINUTE,
  /** … and how many of them, beside those that the operator named, are dialled at a start. */
  nodesRedialled: 8,
  /** A node that is alone dials again this often. */
  bootstrapRetryMs: 10 * SECOND,
  /** Named peers that are not connected are dialled this often all the same: two networks that were one find together. */
  bootstrapCheckMs: 5 * MINUTE,
  /** How long a start waits for the first peer to say who it is, so that the first device already hears of it. */
  meetMs: SECOND,

  /** The addresses of connected peers are noted down anew this often: three times before libp2p forgets them, after an hour. */
  addressRefreshMs: 20 * MINUTE,

  // Connections
  /** Connections: 5,000 devices and room for peers; 80–164 KB each. */
  connectionsMax: 6_000,
  /** Connections from one place on the Internet: a carrier's translator puts some hundred subscribers behind one address. */
  connectionsPerPlaceMax: 256,
  /** libp2p's 10 lets 50 idle sockets shut out everybody. */
  pendingConnectionsMax: 1_000,
  inboundUpgradeTimeoutMs: 3 * SECOND,
  /** New connections a second and address: libp2p's 5 turns local clients away. */
  inboundConnectionsPerSecond: 1_000,
  /** A peer that does not answer a dial within this is tried later. */
  dialTimeoutMs: 3 * SECOND,
  /** A route's address hint gets this long before whatever else is known of the node is tried. */
  hintTimeoutMs: 1_500,
  /** Streams of one protocol that a peer may hold open at once, unless the feature says otherwise. */
  inboundStreamsMax: 32,

  // Sessions
  /** Session streams of one connection: a device needs one; two while one is being replaced. */
  sessionsPerConnectionMax: 4,
  /** Sessions of one device; the oldest is ended for a newer one. Its connections may be dead without our knowing. */
  sessionsPerDeviceMax: 4,
  /** A stream that has not said Hello by then is ended. */
  helloTimeoutMs: 10 * SECOND,
  /** Requests that one session may have open; more are refused as busy. */
  openRequestsMax: 32,
  /** A session that says nothing for this long is ended: longer than the longest heartbeat (270 s) twice. */
  sessionIdleMs: 10 * MINUTE,
  /** How often silent sessions are looked for. */
  silenceCheckMs: MINUTE,
  /** What may wait for all devices together that do not read; above it the sessions that hold most are cut off. */
  queuedBytesMax: 512 * MIB,
  /** How long a session that is being ended may take to send what is queued. */
  closeMs: 2 * SECOND,
  /** With a refusal that another node may not give. */
  retryElsewhereSeconds: 3600,
  /** With a refusal for something that should not have happened. */
  retryFailedSeconds: 5,

  // Sending devices elsewhere (departure.core.ts)
  /** A device is sent away each so many ms on average: if all went to one node, which spends 5–16 ms of CPU on a connection, that would take a third of a core … */
  departureEveryMs: 50,
  /** … and all have been sent after this, a fifth of the time that a drain may take. */
  departureWindowMaxMs: 2 * MINUTE,
  /** From hearing of it to the end of the session: a dial, Hello and attach over a long path take a second. */
  departureGraceMs: 2 * SECOND,
  /** The share of its connections that a node fills with devices; above it some are sent elsewhere. The rest is for peers and for the next who come. */
  sessionsShare: 0.9,
  /** How often that is looked at, … */
  balanceLookMs: MINUTE,
  /** … and how many are sent at most each time: two seconds of a node that takes them all. */
  departuresMax: 128,
  /** A device that was sent elsewhere and came back all the same is left in peace for this long. */
  departureRestMs: HOUR,
  /** When a device may try a node again that has left: one that only restarts is back by then. */
  retryLeftSeconds: 60,

  // Places on the Internet (allowance.ts)
  /** Places that are remembered with what they took. */
  placesMax: 16_384,
  /** New users that one place may bring at once, … */
  newUsersBurst: 64,
  /** … and then one each: with 10,000 rooms, a week of filling them takes 64 places. */
  newUsersRefillMs: HOUR,
  /** Questions of any kind that one place may ask at once, … */
  questionsBurst: 2_048,
  /** … and then one each: most cost a few signatures (0.16 ms each), and a device collects once a second at most. */
  questionsRefillMs: 5,
  /** Of these, questions that may cost a walk through the DHT or a profile's 49 signatures (find, findProfile, publish, register): at once, … */
  walksBurst: 128,
  /** … and then one each: a walk costs 220 ms of CPU, so one place can keep a fifth of a core busy. */
  walksRefillMs: SECOND
})
