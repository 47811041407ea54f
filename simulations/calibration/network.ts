/**
 * What the calibration does to a network and looks at in it, whether its nodes are real or the model's. Everything is
 * asked one thing at a time, so that each message belongs to what was asked.
 */

/** How large tables are. Ours hold all of fifty nodes; with smaller ones the walks of a large network can be looked at. */
export interface TableSize { bucketPeers: number, prefixBits: number }

/** What one publication or find took. Questions that nobody answered are counted as questions. */
export interface Asked {
  walks: number
  questions: number
  /** Of these: to a peer that the same walk had asked before. */
  repeated: number
  answers: number
}

export interface Published extends Asked {
  /** Peers that acknowledged. */
  copies: number
  /** For each key: processes that hold the record now, and how many of the k nearest to it are among them. */
  holders: number[]
  nearestHolders: number[]
}

export interface Found extends Asked {
  found: boolean
  /** Questions in a row until the first answer with a record; undefined without one. */
  hops: number | undefined
}

/** Where nodes and records lie in the key space: the first 32 bits. */
export interface Places {
  ofNode: (node: number) => number
  /** One for each salt. */
  ofUser: (user: string) => number[]
}

export interface CalibratedNetwork {
  /** Since it was made, ms. */
  now: () => number
  /** Nothing happens until then but what nodes do by themselves. */
  passUntil: (ms: number) => Promise<void>
  /** One more node begins, and meets those of these numbers. Nodes are numbered as they come. */
  join: (acquaintances: number[]) => Promise<void>
  /** Of the running nodes: how many contacts each has. */
  tableSizes: () => number[]
  /** Pings sent so far by all, to check newcomers to their tables. */
  pings: () => number
  publish: (node: number, user: string) => Promise<Published>
  /** Nothing that was found before is remembered. */
  find: (node: number, user: string) => Promise<Found>
  /** These end at once and tell nobody. */
  kill: (nodes: number[]) => Promise<void>
  stop: () => Promise<void>
}

/**
 * Waits of src/dht for both sides of the calibration. Thirty real nodes share one processor: with the product's own waits
 * it would be their slowness that is measured. So walks go on to their ends, and salt 0 alone is asked unless it has
 * nothing.
 */
export const PATIENT = Object.freeze({ cacheMs: 0, hedgeMs: 60_000, settleMs: 60_000, findTimeoutMs: 120_000, publishWalkMs: 120_000, putTimeoutMs: 60_000 })

/** Longer than any answer takes when all nodes share one processor. */
export const PATIENT_ANSWER_MS = 30_000
