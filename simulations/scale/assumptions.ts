/** What the figures of scale rest on beside the shipped defaults, each with its source. */
import { CLIENT_DEFAULTS } from '../../src/client/defaults.ts'

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
 * long; with a route that lists as many nodes as a client registers with (src/client/defaults.ts, registerNodes).
 */
export const USERS = Object.freeze({ onHours: 1.5, offHours: 1.5, listed: CLIENT_DEFAULTS.registerNodes })

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
