/** How much is measured. Two plans: the whole one, and a short one that CI can afford; both end in the same table. */

export interface Plan {
  /** Counted rounds; a round that warms the processes up comes before them and is not counted. */
  rounds: number
  /** Deposits that a sender has open at a time. */
  window: number
  /** Whole envelopes, header included: a short X25519 letter, and about the least that X-Wing comes to. */
  envelopes: ReadonlyArray<{ bytes: number, count: number }>
  /** Fixed-rate runs: letters a second, how long one run lasts, and the size. */
  latency: { perSecond: number, seconds: number, bytes: number }
  /** Idle connections that are opened at once, and how often that is measured, each time on a fresh server. */
  idle: { connections: number, rounds: number }
  /** Starts of each process. */
  startups: number
  /** Letters that are sealed and opened for the client's own cost. */
  sealings: number
}

/**
 * Counts keep below 32 MiB of uncollected mail, which a mailbox refuses beyond, and long enough that a run lasts for
 * dozens of commits.
 */
export const PLANS = Object.freeze({
  full: {
    rounds: 5,
    window: 1024,
    envelopes: [{ bytes: 600, count: 30_000 }, { bytes: 1536, count: 15_000 }],
    latency: { perSecond: 200, seconds: 3, bytes: 600 },
    idle: { connections: 300, rounds: 2 },
    startups: 5,
    sealings: 200
  },
  short: {
    rounds: 2,
    window: 1024,
    envelopes: [{ bytes: 600, count: 8_000 }, { bytes: 1536, count: 4_000 }],
    latency: { perSecond: 200, seconds: 1.5, bytes: 600 },
    idle: { connections: 100, rounds: 1 },
    startups: 2,
    sealings: 40
  }
} satisfies Record<string, Plan>)
