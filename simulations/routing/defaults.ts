/**
 * The numbers of kad-dht 16.4.5 that the model mirrors, and what its messages weigh. Whatever src/dht sets itself
 * (k, α, disjoint paths, waits) comes from ROUTE_DEFAULTS instead.
 */
const SECOND = 1000
const MINUTE = 60 * SECOND

export const KAD_MODEL = Object.freeze({
  // The table (routing-table/index.js, k-bucket.js)
  /** PREFIX_LENGTH: buckets split down to this many bits, wherever they lie, and no further: at most 2^6 · k contacts. */
  prefixBits: 6,
  /** PING_OLD_CONTACT_COUNT: so many of a full bucket are asked whether they are still there when somebody new comes. */
  oldContactsPinged: 3,
  /** LAST_PING_THRESHOLD: those that came in less than this ago are not asked. */
  oldContactMs: 10 * MINUTE,
  /** alpha · 2 table updates run at a time (kad-dht.js); those for the same bucket share their pings. */
  updatesAtOnce: 6,

  // Upkeep (constants.js, query-self.js, refresh.js)
  /** QUERY_SELF_INITIAL_INTERVAL. */
  firstSelfQueryMs: 1 * SECOND,
  /** QUERY_SELF_INTERVAL and TABLE_REFRESH_INTERVAL. */
  upkeepMs: 5 * MINUTE,
  /** A self-query is left after K events of any kind, not after K peers (`take(source, this.count)`): some six answers. */
  selfQueryEvents: 20,
  /** TABLE_REFRESH_QUERY_TIMEOUT. */
  refreshMs: 30 * SECOND,
  /** The moving average behind the wait for an answer (AdaptiveTimeout): its interval, and what it makes of a success and of a failure. */
  timeoutIntervalMs: 5 * SECOND,
  timeoutFactor: 1.2,
  failureFactor: 2,

  /** Addresses run out an hour after they were noted down (peer-store, MAX_ADDRESS_AGE), every 20 min while connected (src/node/address-keeper.ts): so long after it is gone a peer is still named and dialled, on average. */
  addressMs: 50 * MINUTE,

  // The network
  /** Peers that a process dials when it begins: an operator names a few, and a few are remembered (src/node/bootstrap.ts). */
  bootstrapPeers: 3,
  /** Round trips until an answer is there: a stream and a question, on a connection that stands and on a new one (world/network.ts). */
  askTrips: 2,
  dialTrips: 4.5,
  /** A round trip takes up to this share longer than its median. */
  jitter: 0.2,
  /** A machine's own way to the network: two in three within a factor of e^0.5 of the median, as in world/network.ts. */
  waySpread: 0.5,

  // Bytes above TCP, as weighed between real nodes (test/simulations/routing/weights.test.ts)
  /** A question for a key of ours: protobuf, yamux and noise, and the choice of the protocol, which is made anew for each. */
  questionBytes: 290,
  /** An answer without peers and record, likewise. */
  answerBytes: 290,
  /** One peer in an answer: its id 42, two IPv4 addresses with a port 10 each, a lead. */
  closerPeerBytes: 64,
  /** What a Libp2pRecord adds to a value, its key repeated. */
  recordBytes: 90,
  /** A new connection: noise, the choice of protocols, and identify both ways. */
  dialBytes: 2000,
  /** A ping or its answer. */
  pingBytes: 265
})

export type KadModelInit = { readonly [Name in keyof typeof KAD_MODEL]: number }
