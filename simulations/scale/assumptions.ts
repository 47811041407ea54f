/** What the figures of scale rest on beside the shipped defaults, each with its source. */
import { CLIENT_DEFAULTS } from '../../src/client/defaults.ts'
import { SESSION_DEFAULTS } from '../../src/client/session/defaults.ts'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { KAD_MODEL } from '../routing/defaults.ts'

/** Options of @libp2p/gossipsub 17.1.1 that presence leaves as they are (its constants.ts; a test compares them). */
export const GOSSIPSUB = Object.freeze({
  /** IHAVEs go to so many outside the mesh, … */
  Dlazy: 6,
  /** … or to this share of them, if that is more. */
  gossipFactor: 0.25,
  heartbeatMs: 1000,
  /** A message is told about in so many heartbeats. */
  mcacheGossip: 3,
  /** Seconds for which a message id is known as seen. */
  seenSeconds: 120
})

/**
 * Users as the scenarios have them (simulations/scenarios/scenario.ts): one device, on for an hour and a half, off for as
 * long; six contacts; with a route that lists as many nodes as a client registers with (src/client/defaults.ts).
 */
export const USERS = Object.freeze({
  onHours: 1.5,
  offHours: 1.5,
  contacts: 6,
  /** As many texts a user and hour as in the scenario steady-churn: 100,000 of 1,000 users in a day. */
  textsPerHour: 4,
  listed: CLIENT_DEFAULTS.registerNodes,
  sessions: SESSION_DEFAULTS.linksWanted
})

/** Share of users whose device is on. */
export const ONLINE = USERS.onHours / (USERS.onHours + USERS.offHours)

/** From the beginning of a publication until its holders have acknowledged: three walks of 4 to 8 steps of a round trip, and the puts. */
export const PUBLICATION_MS = 2000

/** The way between two hosts, as the scenarios' network has it (simulations/world/network.ts). */
export const LINK = Object.freeze({
  /** Median of one way. */
  wayMs: 40,
  /** Of each host's half of a way: two in three within a factor of 1.6. */
  spread: 0.5,
  /** Exponential, over the way: a tenth of the round trip. */
  jitterMs: 8,
  /** Round trips until a session stands: TCP, noise, muxer, Hello, attach. */
  openTrips: 4.5
})

/** How much is tried for one figure. */
export interface Effort {
  /** Walks, publications and finds. */
  operations: number
  /** Beats that are followed: as many as make so many nodes together, and no fewer than the least. */
  beatNodes: number
  beatsMin: number
  /** Users and virtual hours for counting beats. */
  townUsers: number
  townHours: number
  /** Sizes, users and virtual hours for mail. */
  mailNodes: readonly number[]
  mailUsers: number
  mailHours: number
}

/** Ten minutes on two shared cores for all sizes. */
export const THOROUGH = Object.freeze({
  operations: 400,
  beatNodes: 40_000,
  beatsMin: 2,
  townUsers: 120,
  townHours: 12,
  mailNodes: Object.freeze([100, 1000, 10_000]),
  mailUsers: 300,
  mailHours: 0.5
}) satisfies Effort

/** Half a minute for a thousand nodes. */
export const SHORT = Object.freeze({
  operations: 100,
  beatNodes: 10_000,
  beatsMin: 2,
  townUsers: 30,
  townHours: 4,
  mailNodes: Object.freeze([100]),
  mailUsers: 30,
  mailHours: 0.25
}) satisfies Effort

/** Connections to other nodes that gossip is looked at with. */
export const CONNECTIONS = Object.freeze({
  few: 32,
  /** A full routing table: every contact was pinged, and libp2p closes no connection. */
  table: 2 ** KAD_MODEL.prefixBits * ROUTE_DEFAULTS.bucketPeers,
  /** As many as a node takes. */
  most: NODE_DEFAULTS.connectionsMax
})

/** What a volunteer's machine gives away: of its line upwards, and of one core. */
export const BUDGET = Object.freeze({ kbitPerSecond: 1000, corePercent: 5 })

/** What stands around the bytes of the simulation's frames and of gossip on their way into a socket; the routing model counts it itself. */
export const LINE = Object.freeze({
  /** A header of yamux (12), length and tag of noise (2 + 16). */
  frameBytes: 30,
  /** A stream of its own, what one side sends: a ping as weighed between real nodes, without its 32 bytes. */
  streamBytes: KAD_MODEL.pingBytes - 32
})

/** Walks that the sweep makes for each region of k peers: 50 to 150 for the 50 of 1,000 peers (test/dht/sweep.core.test.ts). */
export const WALKS_A_REGION = 3

/** Of a processor, measured on two shared cores with real nodes. */
export const COSTS = Object.freeze({
  /** A walk through kad-dht (src/dht/defaults.ts, findsMax). */
  walkSeconds: 0.22,
  /** A record that is put and checked by its holder: 53,655 and 24 walks took 57 s (npm run bench -- --routes, docs/scale.md). */
  putSeconds: 1 / 1000,
  /** gossipsub checks the signature of every copy, seen or not: 5,400 a second (src/presence/defaults.ts). */
  signatureSeconds: 1 / 5400,
  /** A stream for one request: 1,200 to 1,800 a second with both ends on the machine. */
  streamSeconds: 1 / 1500 / 2,
  /** An envelope through two nodes, durable: the bare loop does 22,800 a second with all ends on the machine. */
  envelopeSeconds: 1 / 22_800
})
