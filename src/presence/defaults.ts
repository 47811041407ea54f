/** Every number of presence, with its source. Bounds that both ends of a wire share are in wire/limits.ts. */
const SECOND = 1000
const MINUTE = 60 * SECOND

/** What contacts and devices agree on: how often a device speaks, and how long its word holds. */
export const PRESENCE_DEFAULTS = Object.freeze({
  /** Between two publications of one tag or of one device. The rate that was decided: at most one per 30 s and user. */
  spacingMs: 30 * SECOND,
  /**
   * A device repeats itself this often when nothing changes. 161 bytes of beat, about 400 as gossiped, three copies
   * of each: 10,000 devices cost every node 20 KB/s. A tenth of the interval would cost 200.
   */
  refreshMs: 10 * MINUTE,
  /** What a beat said is unknown again after this: two refreshes may be lost, and half an interval is for clocks that disagree. */
  lifeMs: 25 * MINUTE,
  /** Contacts that one device follows; as many tags as it may watch. */
  contactsMax: 1024
})

/** What a node carries, keeps and lets others send. */
export const NODE_PRESENCE_DEFAULTS = Object.freeze({
  spacingMs: PRESENCE_DEFAULTS.spacingMs,
  lifeMs: PRESENCE_DEFAULTS.lifeMs,
  /** A will waits this long for its device to come back (MQTT 5.0, 3.1.3.2.2: Will Delay Interval): a change of network takes seconds. */
  willDelayMs: 10 * SECOND,
  /** From one origin, two beats of one tag closer than this are one too many: half the spacing, for gossip that was late. */
  toleratedSpacingMs: 15 * SECOND,
  /** What one node may originate: 38,000 devices at one refresh in 10 minutes. The node holds itself to it, too. */
  originPerSecond: 64,
  /** What an origin may send at once: a node that comes back with hundreds of devices. */
  originBurst: 512,
  /** Origins whose rate is remembered, the longest silent one out first. */
  originsMax: 4096,
  /** What one neighbour may hand on: signatures are checked at 5,400 a second, so a tenth of a core; 300,000 devices at their refresh. */
  neighbourPerSecond: 500,
  neighbourBurst: 2000,
  neighboursMax: 1024,
  /** Beats that are remembered for whoever starts to watch: 0.7 KB each, 23 MB. */
  rememberedBeatsMax: 32_768,
  /** Of one tag: a user's devices, with their last word or two. */
  rememberedPerTagMax: 8,
  /** Device links that watch or beat. */
  linksMax: 16_384,
  /** Pairs of link and tag: 5,000 devices with 52 contacts each, 88 MB when no two watch the same. */
  watchesMax: 262_144,
  /** Held-back beats are looked at no more often than this. */
  wakeStepMs: 250
})

/** The limits and waits of NodePresenceCore. */
export type NodePresenceLimits = { readonly [Name in keyof typeof NODE_PRESENCE_DEFAULTS]: number }

/**
 * gossipsub's mesh. 60 nodes, 600 bytes: D = 4 delivered 100 % with 2.9 copies and a median of 63 ms, D = 6 with 4.1 to
 * 4.7 copies and 100 to 200 ms; publishing to all peers adds copies and nothing else.
 */
export const PUBSUB_DEFAULTS = Object.freeze({
  D: 4,
  Dlo: 2,
  Dhi: 8,
  Dscore: 4,
  Dout: 1,
  /** One RPC: three heartbeats of a neighbour at its limit, answered to one IWANT, are 600 KB. gossipsub's own bound is 4 MiB. */
  rpcBytesMax: 1024 * 1024,
  /** What waits for a neighbour that does not read; beyond it the stream ends. gossipsub has no bound of its own. */
  queueBytesMax: 2 * 1024 * 1024,
  /** After leaving the topic others may take us into the mesh again; 10 s by default, which a restarted service would wait out. */
  unsubscribeBackoffMs: 1000,
  /** In public, the weight of the square of how many peers beyond ten have one address; gossipsub's own figure. */
  colocationWeight: -5
})
