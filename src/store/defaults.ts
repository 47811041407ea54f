/** The store's own bounds; those that both ends of a wire agree on are in wire/limits.ts. */
const KIB = 1024
const MIB = 1024 * KIB

export const STORE_DEFAULTS = Object.freeze({
  /** Mail of one mailbox that no device has collected; more is refused, what is there is never evicted. */
  uncollectedBytes: 32 * MIB,
  /**
   * Of that, what shows no delivery key: a first contact is some 10 KB, a Welcome with as many devices as users may have
   * 150. A quarter of the quota, and twice what devices leave in the mailbox because no key of theirs opens it, so that
   * strangers can keep other strangers out only until a device comes.
   */
  requestBytes: 8 * MIB,
  /** Mail of one mailbox that some of its devices have collected; above it the oldest goes. */
  partlyCollectedBytes: 32 * MIB,
  /**
   * Where an eviction stops, as a share of its quota: reading a mailbox's index is then paid once for each eighth of
   * a quota that comes in, not for each envelope.
   */
  evictionStop: 7 / 8,
  /** What `mailboxFull` and `requestsFull` tell: a device that comes back empties a full mailbox within seconds. */
  mailboxFullRetrySeconds: 60,
  /** What `busy` tells: at 20 MB/s a full queue is written in about three seconds. */
  busyRetrySeconds: 3,
  /**
   * Envelope bytes of one commit. 3,500 envelopes of 600 bytes hold the event loop for about 15 ms (4.3 µs each); with
   * half of it, a busy disk's fsyncs cost a quarter of the throughput.
   */
  commitBytes: 2 * MIB,
  /** Bytes that wait for their commit; above it an append is refused as `busy`. */
  queueBytes: 64 * MIB,
  /**
   * Ids of one mailbox that a device collected elsewhere and that never were here; more are not remembered, and a late
   * copy is then kept once more. About 110 bytes each on disk.
   */
  rememberedIds: 65_536,
  /** Signed collections kept for one mailbox, to be passed on; above it those that run out first go. */
  collectionBytes: 16 * MIB,
  /** Layers of the filter in front of the index (met-ids.ts), four times as large each: five take 43 MiB and 18 million ids, a month of 60 letters a day for each of 10,000 users. */
  metIdsLayers: 5,
  /** Index entries that a sweep, an eviction or the opening reads in one step before others have their turn. */
  scanEntries: 1024,
  /** Bytes that one step of any reading holds. */
  scanBytes: 256 * KIB,
  /**
   * Kept free beside the database, in a file of its own: what an opening may write, both memtables of the log. Let go of
   * when the disk is full. The store takes writes again when there is as much room once more.
   */
  reserveBytes: 32 * MIB,
  /** Between two looks whether a disk that refused a write takes writes again. */
  reopenIntervalMs: 10_000,
  /** The same when there is room and openings fail time after time. */
  reopenIntervalMsMax: 300_000,
  /** LevelDB's memtable; two are held. At 4 MiB its compactions take 50 µs of CPU an envelope, at 16 MiB 45, above that no less. */
  writeBufferBytes: 16 * MIB,
  /** LevelDB's block cache: the index blocks and filters that look-ups touch. */
  cacheBytes: 16 * MIB
})

/** Bounds of one store: STORE_DEFAULTS with some changed. */
export type StoreInit = { [Name in keyof typeof STORE_DEFAULTS]: number }
