/** How routes are published, held and found unless told otherwise, and where each number comes from. */
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const ROUTE_DEFAULTS = Object.freeze({
  // Republishing (core.ts, sweep.core.ts)
  /** A round of the sweep: between two publications of a record by one node. At 4 h and k = 20, 1.5e-6 of records lose every holder (simulated, eMule KAD churn); at 12 h 3.4e-4, at 48 h 1.3e-2. */
  republishIntervalMs: 4 * HOUR,
  /** A record that does not fall in with the round comes at most this share of it later. Retries are drawn within ± this share of their wait. */
  republishJitter: 0.25,
  /** Keys that are due within this share of a round come along with a neighbour: a region of k peers is 1/16 of the key space where there are some 500, and with fewer one walk serves more than comes along. */
  sweepAheadShare: 1 / 16,
  /** Keys that one stroke of the sweep looks at: 1/16 of 10,000 users' three, with some to spare. */
  sweepKeysMax: 2500,
  /** After a stroke the next one waits for so long a put: 200 puts a second at the most. 10,000 users need 42 in a steady round; after a restart they are through in less than an hour. */
  sweepPutMs: 5,
  /** A stroke's walk has no device waiting, so it has longer than a publication's (a walk takes 3.8 s at 10,000 nodes in the model). */
  sweepWalkMs: 15 * SECOND,
  /** Peers that are given records at once, each over one stream. */
  sweepPeersMax: 8,
  /** Puts that are open on one stream before an answer is waited for: 16 × 2.2 KB fit a window of 256 KiB ten times. */
  sweepPipeline: 16,
  /** A peer that refuses so many records of one stroke gets no more of it: each refusal costs a stream. */
  sweepRefusalsMax: 16,
  /** Records that a stroke was refused by everybody, for which a newer one is looked for: the others' turn comes when they are tried again. */
  sweepLookupsMax: 16,
  /** Of a record's nodes, so many publish in every round: if one of them is gone the other does. */
  publishersPerRound: 2,
  /** The others publish once in so many rounds: twelve hours, at which 3.4e-4 of records are lost if only one of them is left, and half of the time that holders wait. */
  lazyRounds: 3,
  /** Fewer acknowledgements than this are tried again before the interval is over: a node that has just started knows few peers. 8 of k = 20 outlive a night. */
  copiesEnough: 8,
  /** First wait before a failed or thin publication is tried again; doubles up to the interval. */
  retryMs: 30 * SECOND,
  /** Records of an earlier run are published within this after a start, not all at once. */
  restartSpreadMs: 10 * MINUTE,
  /** Publications that the keeper has under way at once: it has hours, and devices that wait come first. */
  publishesMax: 4,

  // Meeting (first-look.ts)
  /** A first contact is in the table when it has answered a ping; so long after it came the node looks around, … */
  firstLookMs: 2 * SECOND,
  /** … and so often at most, until somebody has answered. Then kad-dht's own look, every 5 minutes, is waited for. */
  firstLooks: 5,

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
  /** Of the peers nearest to a key, so many of one /16 (IPv4) or /48 (IPv6) count, in tables, lookups and placement: in a model of 3,000 nodes 20 ids ground next to a key hid every record without this rule and none with it, up to four prefixes. */
  groupPeers: 2,
  /** Questions open per path, Kademlia's own number (Maymounkov and Mazières 2002, section 2.3). */
  alpha: 3,
  /** Paths that share no peer: with 4, 10–40 % of liars never hid a record in a model of 3,000 nodes (S/Kademlia, section 4.4). */
  disjointPaths: 4,
  /** The wait for one answer. libp2p's 5–60 s make a walk past silent peers take 36 s; with these 1.2 s. */
  answerTimeoutMinMs: 1 * SECOND,
  answerTimeoutMaxMs: 3 * SECOND
})

export type RouteInit = { readonly [Name in keyof typeof ROUTE_DEFAULTS]: number }
