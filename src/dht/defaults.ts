/** How routes are published, held and found unless told otherwise, and where each number comes from. */
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const ROUTE_DEFAULTS = Object.freeze({
  // Republishing (core.ts)
  /** Between two publications of a record. At 4 h and k = 20, 1.5e-6 of records lose every holder (simulated, eMule KAD churn); at 12 h 3.4e-4, at 48 h 1.3e-2. */
  republishIntervalMs: 4 * HOUR,
  /** Each interval is drawn within ± this share of it, so that a node's users and a user's nodes drift apart. */
  republishJitter: 0.25,
  /** Fewer acknowledgements than this are tried again before the interval is over: a node that has just started knows few peers. 8 of k = 20 outlive a night. */
  copiesEnough: 8,
  /** First wait before a failed or thin publication is tried again; doubles up to the interval. */
  retryMs: 30 * SECOND,
  /** Records of an earlier run are published within this after a start, not all at once. */
  restartSpreadMs: 10 * MINUTE,
  /** Publications that the keeper has under way at once: it has hours, and devices that wait come first. */
  publishesMax: 4,

  // Publishing (finder.ts)
  /** A walk to a record's holders is cut short then, with whoever has answered: one silent peer costs up to 3 s. */
  publishWalkMs: 5 * SECOND,
  /** The wait for one peer to acknowledge a record. */
  putTimeoutMs: 3 * SECOND,
  /** Publications under way at once, the keeper's and the devices' own. */
  publicationsMax: 16,
  /** Publications that wait or run; more are refused as busy. */
  publishQueueMax: 1024,

  // Finding (finder.ts, lookup.ts)
  /** Keys per user: an attacker must surround all of them. */
  salts: 3,
  /** Salt 0 alone gets this long before the others are asked too: warm walks take 4–300 ms. */
  hedgeMs: 300,
  /** After the first valid answer a find waits this long for fresher ones; a peer that says nothing holds up no longer. */
  settleMs: 400,
  /** A find that met nothing ends then. */
  findTimeoutMs: 10 * SECOND,
  /** Records that one find checks: k of each salt, and as many again from peers on the way. Each costs up to 14 signatures. */
  answersMax: 120,
  /** Stale holders that one find corrects. */
  correctionsMax: 20,
  /** Finds under way at once: a walk costs 220 ms CPU on a cold table. */
  findsMax: 16,
  /** Finds that wait or run; more are refused as busy. */
  findQueueMax: 256,

  // Remembering (cache.ts, orders.ts, opened.ts)
  /** A found record is answered again without the DHT for this long. */
  cacheMs: 10 * MINUTE,
  /** Records in the resolver's cache: 20 MB when all are full. */
  cacheEntriesMax: 10_000,
  /** The highest order seen of a user is remembered for this long, longer than any record lives (45 d). */
  orderMemoryMs: 60 * DAY,
  /** Users whose order is remembered: about 100 bytes each on disk and 200 in memory. */
  ordersMax: 200_000,
  /** An order that was seen again is written again only after this long, not at every find. */
  orderRefreshMs: DAY,
  /** Records opened lately, by hash: twenty holders send the same bytes, and they are verified once. */
  openedMax: 512,

  // Holding (held.ts)
  /** A holder drops what nobody has published again for this long: six missed intervals. */
  holdMs: DAY,
  /** Records that a node holds for others: 1,000 users a node × 20 holders × 3 salts, about 60 MB; 130 MB when all are full. */
  heldMax: 60_000,
  /** How often records past their time are looked for. A get never answers them in between. */
  sweepIntervalMs: HOUR,

  // kad-dht (kad.ts)
  /** Holders per key and peers per bucket; the loss figures above assume it. */
  bucketPeers: 20,
  /** Questions open per path, Kademlia's own number (Maymounkov and Mazières 2002, section 2.3). */
  alpha: 3,
  /** Paths that share no peer: with 4, 10–40 % of liars never hid a record in a model of 3,000 nodes (S/Kademlia, section 4.4). */
  disjointPaths: 4,
  /** The wait for one answer. libp2p's 5–60 s make a walk past silent peers take 36 s; with these 1.2 s. */
  answerTimeoutMinMs: 1 * SECOND,
  answerTimeoutMaxMs: 3 * SECOND
})

export type RouteInit = { readonly [Name in keyof typeof ROUTE_DEFAULTS]: number }
