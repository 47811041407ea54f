/** Numbers of the session layer. Each says where it comes from. */
const SECOND = 1000

export const SESSION_DEFAULTS = Object.freeze({
  /** Serving connections that are kept. */
  linksWanted: 2,
  /** Back-off before a node is tried again: 2, 2, 4, 4, 8, 8, 16, 16 … s with full jitter. */
  backoffFirstMs: 2 * SECOND,
  backoffMs: 120 * SECOND,
  /**
   * Full jitter over this, at least, after a stream broke while another link stands: nobody waits, and a node that
   * comes back after a crash has at most a tenth of its users in a second, of 5 to 16 ms of CPU each.
   */
  backoffCalmMs: 16 * SECOND,
  /** The longest time that a node is given which asks for it: nodes that drain or are full ask for an hour. */
  retryAfterMsMax: 2 * 3600 * SECOND,
  /** Dial, Hello and attach together. A dead address on a live network takes a SYN time-out of 3 s and more. */
  openTimeoutMs: 5 * SECOND,
  /** A question that the node answers from what it has; then the other node is asked. */
  requestTimeoutMs: 2 * SECOND,
  /** A question for which the node asks the network: three salts, peers that do not answer for 3 s. */
  lookupTimeoutMs: 15 * SECOND,
  /** Questions that wait for their answers on one stream. */
  requestsMax: 256,
  /** Bytes of pushed envelopes that wait to be opened; beyond it pushes are let go, and drained later. */
  pushQueueBytes: 4 * 1024 * 1024,
  /** Heartbeat while the conversation is active. */
  heartbeatMs: 15 * SECOND,
  /** The longest heartbeat: carriers' translators forget an idle TCP mapping after 5 minutes. */
  heartbeatIdleMs: 270 * SECOND,
  /** An answered heartbeat stretches the next by this. */
  heartbeatStretch: 1.5,
  /** After the last word said or heard the conversation counts as active for this long. */
  activeMs: 60 * SECOND,
  /** An unanswered heartbeat is repeated after this, */
  pongTimeoutMs: 2 * SECOND,
  /** and after this many the stream is given up. */
  pingsUnanswered: 3
})
