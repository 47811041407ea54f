/**
 * The bounds that both ends of a wire agree on. Every queue, stream, frame and wait has one; bounds that concern
 * one side only live in its folder's defaults.
 */
const KIB = 1024
const MIB = 1024 * KIB
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const LIMITS = Object.freeze({
  /** Header and sealed body. */
  envelopeBytes: 64 * KIB,
  /** One frame on a session, relay, sync or profile stream: an envelope with its lead, or a control frame. */
  frameBytes: 72 * KIB,
  /** A signed route record as carried. kad-dht accepts 3 MB values by itself. */
  routeRecordBytes: 2 * KIB,
  routeEntries: 12,
  /** Bytes of a multiaddr in a route entry: an IPv6 address with a TCP port takes 21. */
  addressHintBytes: 24,
  /** A signed profile as carried: 16 devices with chains and four sealing keys fit. */
  profileBytes: 32 * KIB,
  certificateBytes: 1 * KIB,
  certificateChain: 3,
  profileDevices: 16,
  sealingKeys: 8,
  /** Ids in one collection: 32 KiB of them. */
  collectionIds: 1024,
  beatBytes: 256,
  /** Pieces of one message. */
  fragments: 16,
  /** The least size of a sealed plaintext: a short text and a delivered mark look alike. */
  sealedBytesMin: 256,
  /** A protected message before it is cut into pieces: sixteen X-Wing envelopes hold 1,014,928 bytes. */
  messageBytes: 960 * KIB,
  /** Heads that one message names; a conversation seldom has more than two. */
  messageParents: 16,
  /** UTF-8 bytes of one text. A Matrix event has 64 KiB as a whole; what is longer is a file. */
  messageTextBytes: 64 * KIB,
  /** Message ids in one delivered or read mark, and in one request for repair: 16 KiB of them. */
  messageMarks: 1024,
  /** Users whom one text mentions: more than that is everybody. */
  messageMentions: 64,
  /** UTF-8 bytes of one reaction. The longest emoji of Unicode 17 take 35; some that platforms compose take more. */
  messageEmojiBytes: 64,
  /** After how long a text disappears at most: a year. */
  messageExpirySecondsMax: 366 * DAY / SECOND,
  /** UTF-8 bytes of the name of a program's own kind: a domain name has 253. */
  messageCustomKindBytes: 256,
  /** Bytes of a message of a program's own kind, as many as of a text. */
  messageCustomBytes: 64 * KIB,
  /** Bytes of one word between devices of one user; longer ones come in several. */
  messageSyncBytes: 512 * KIB,
  /** Characters (code points) of what a user calls a contact: full names of most people fit twice. */
  contactNameCharacters: 64,
  /** How far ahead of our clock another own device may have named a contact, as much as a message's stamp may be. */
  nameAheadMs: DAY,
  presenceKeyBytes: 32,
  deliveryKeyBytes: 32,
  /** Depth of an inclusion path: no group commit has more leaves than 2^16. */
  commitLeaves: 65_536,
  /** Tags that one device may watch. */
  presenceTags: 1024,
  /** How far ahead of ours a signer's clock may be. */
  clockAheadMs: 10 * MINUTE,
  /** A route record's longest life. */
  routeLifeMs: 45 * DAY,
  /** How long a node keeps mail. */
  retentionMs: 30 * DAY,
  /** Beyond now + retention + this an expiry is refused. */
  expirySlackMs: HOUR,
  /** Deletion waits this long after expiry, for clocks that disagree. */
  expiryGraceMs: DAY,
  /** Collections and dedupe ids are kept this long after the envelope's expiry. */
  collectedMemoryMs: 48 * HOUR,
  /** Deposits that one stream may have open. */
  inFlightDeposits: 4096,
  /** Bytes that wait to be written to one stream while its peer reads nothing. */
  streamQueueBytes: 4 * MIB,
  /** Bytes of one drain page. */
  pageBytes: 256 * KIB,
  /** Digests of one frame: 90 bytes each, 46 KiB. */
  digests: 512,
  /** Ids of one page of a pull, and of one `want`: 32 KiB of them. */
  pullIds: 1024,
  /** Bytes of signed collections in one frame of a pull; a single one has 34 KiB at most. */
  pullCollectionBytes: 48 * KIB,
  /** Collections of one frame of a pull: the smallest have about 400 bytes. */
  pullCollections: 256,
  /** Envelopes that one audit asks for, and bytes of its nonce. */
  auditIds: 16,
  auditNonceBytes: 16,
  /** Nodes in one answer to "who has room", and addresses of each. */
  nodesAnswer: 12,
  nodeAddresses: 16,
  /** One key package: with X-Wing keys and the longest certificate it has 3.8 KB. */
  keyPackageBytes: 8 * KIB,
  /** One-time key packages that a node keeps of one device, and that one frame brings. Ten are put at a time. */
  keyPackages: 20,
  /** Key packages of one frame: those of sixteen devices with the longest certificates have 61 KB. */
  keyPackagesBytes: 64 * KIB,
  /** An envelope that is shown and never stored: a word of two devices' chat has 0.4 KB, under X-Wing 1.5. */
  whisperBytes: 4 * KIB,
  /** How far ahead of a node's clock such an envelope may expire. */
  whisperLifeMs: MINUTE,
  /** Versions that one Hello offers. */
  helloVersions: 16,
  /** Hashes of one range proof: two for each level of the largest commit's tree. */
  proofHashes: 32
})
