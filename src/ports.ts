/**
 * What the features ask of the world and of one another: types only. Each port has one executable contract under
 * test/ that all its implementations run.
 */
import type { Stream } from '@libp2p/interface'
import type {
  Bytes, Collection, Envelope, EnvelopeId, MailboxId, Millis, PeerKey, Refusal, RootKey, RouteRecord, StoreId
} from './types.ts'

/** Time as an argument. Tests and simulations drive a virtual one. */
export interface Clock {
  now: () => Millis
  /** Calls back once after `ms`; the returned function takes it back. Never keeps a process alive by itself. */
  after: (ms: number, callback: () => void) => () => void
}

/** Chance as an argument. */
export interface Random {
  bytes: (length: number) => Bytes
  /** Uniform in [0, 1). */
  fraction: () => number
}

/** An Ed25519 private key that can only be asked to sign. */
export interface SigningKey {
  readonly publicKey: PeerKey
  sign: (message: Uint8Array) => Promise<Bytes>
}

/** Hashing and Ed25519: node:crypto in a node, WebCrypto and noble in a client. */
export interface Crypto {
  /** From the 32-byte private seed of RFC 8032. */
  signingKey: (seed: Uint8Array) => Promise<SigningKey>
  sha256: (...parts: Uint8Array[]) => Bytes
  verify: (publicKey: PeerKey | RootKey, message: Uint8Array, signature: Uint8Array) => Promise<boolean>
}

export interface Abortable { signal?: AbortSignal }

/** What a feature needs of the libp2p host. */
export interface Network {
  /** The peer's key has been proven by the connection. `from` is its multiaddr, as text, when the host knows it. */
  handle: (protocol: string, handler: (stream: Stream, peer: PeerKey, from?: string) => void, limits?: { maxInboundStreams: number }) => Promise<void>
  unhandle: (protocol: string) => Promise<void>
  /** Reuses a connection or dials by the hints and whatever else is known of the peer. Rejects with UnreachableError. */
  open: (peer: PeerKey, addressHints: string[], protocol: string, options: { signal: AbortSignal }) => Promise<Stream>
}

export interface PublishResult {
  /** Peers that acknowledged the record; 0 is a failure that the caller must see. */
  copies: number
}

/** Who serves whom. `find` gives only records that verify and have not expired, the freshest that it met. */
export interface RouteFinder {
  publish: (record: RouteRecord, options?: Abortable) => Promise<PublishResult>
  find: (root: RootKey, options?: Abortable & { fresh?: boolean }) => Promise<RouteRecord | undefined>
}

/**
 * With what right an envelope comes to a mailbox: by the delivery key of its user; as a request, which shows none; or as a
 * copy of a request that another node keeps already and has promised, so that no quota of requests refuses it.
 */
export type Admission = 'admitted' | 'request' | 'copied'

/** What became of one envelope in an append, in the order of the call. */
export type AppendOutcome =
  /** On disk since this or an earlier commit; a leaf of this commit either way. */
  | { type: 'stored', position: number, known: boolean }
  | { type: 'refused', refusal: Refusal }

/** One fsync: its time and its leaves, the envelope ids in order. Shared by every append that it took in. */
export interface Commit { time: Millis, leaves: EnvelopeId[] }

export interface Appended {
  commit: Commit
  /** Index of this call's first leaf; its stored envelopes are the contiguous leaves from there, in call order. */
  firstLeaf: number
  outcomes: AppendOutcome[]
}

export interface StoredEnvelope { position: number, envelope: Envelope }
export interface Page {
  envelopes: StoredEnvelope[]
  /** Everything up to and including this position is in this page or before it. Of the last page at least `lastPosition` when it was asked for. */
  position: number
  /** True when the mailbox holds nothing after `position`. */
  last: boolean
  /** Positions that were passed over, because what stands there is not what it was. */
  damaged: number[]
}

/** What a mailbox holds, to be compared with another replica's: equal for equal mail and marks of the same devices. */
export interface MailboxDigest {
  envelopes: number
  /** 32 hex digits. */
  fingerprint: string
}

export interface MailboxUsage { envelopes: number, bytes: number, uncollectedBytes: number }

/**
 * Keeps envelopes. `append` resolves after the fsync of the group commit that took the call in; whatever arrives
 * while one runs goes into the next. Only `collect` by all devices and `sweep` after expiry delete.
 */
export interface EnvelopeStore {
  readonly storeId: StoreId
  /** Bytes accepted by `append` and not yet on disk. */
  readonly queuedBytes: number
  /**
   * admissions: of each envelope, in the order of the call; without them all are admitted. Rejects with StoreFailedError
   * when the disk refuses; then nothing of the call is promised.
   */
  append: (envelopes: Envelope[], admissions?: readonly Admission[]) => Promise<Appended>
  /**
   * Envelopes after the position in arrival order, at most `maxBytes` (at least one envelope). With `forDevice` those
   * are left out that this device has collected already.
   */
  page: (mailbox: MailboxId, after: number, maxBytes: number, forDevice?: PeerKey) => Promise<Page>
  /**
   * Takes a device's collection in, durably. An envelope is deleted when every one of `devices` has collected it;
   * ids that are not here are remembered until the envelope could no longer arrive, so a late copy is `collected`, or
   * kept for those of `devices` that have not collected it. Rejects with StoreFailedError, or RefusedError when too
   * much waits.
   */
  collect: (collection: Collection, devices: PeerKey[]) => Promise<void>
  /** The collections that told this store something, as they were signed, to be passed on until all their envelopes are past. */
  collections: (mailbox: MailboxId) => AsyncIterable<Bytes>
  /** Deletes what is past expiry + grace, and what is remembered of it. Returns how many envelopes went. */
  sweep: (now: Millis) => Promise<number>
  usage: (mailbox: MailboxId) => MailboxUsage
  /** Remembered until the mailbox changes. Rejects with StoreFailedError, as the five below do. */
  digest: (mailbox: MailboxId) => Promise<MailboxDigest>
  /** At most `most` ids of kept envelopes in the order of ids, those after `after` when it is given. */
  ids: (mailbox: MailboxId, most: number, after?: EnvelopeId) => Promise<{ ids: EnvelopeId[], last: boolean }>
  /** Those of the ids that are neither kept here nor known to be collected by all. */
  missing: (mailbox: MailboxId, ids: EnvelopeId[]) => Promise<EnvelopeId[]>
  /** Those of the ids that are kept here and whose bytes are what they were; a damaged one is let go of, so that others can put it back. */
  read: (mailbox: MailboxId, ids: EnvelopeId[]) => Promise<StoredEnvelope[]>
  /** Lets go of envelopes that others have taken over, durably. They may come again. Returns how many were here. */
  release: (mailbox: MailboxId, ids: EnvelopeId[]) => Promise<number>
  /**
   * Reads everything once and lets go of what fails its checksum, so that digests say what is really there. In steps, between
   * which others have their turn.
   */
  scrub: (options?: Abortable) => Promise<{ checked: number, damaged: number }>
  /**
   * Where the mailbox's positions stand: the last one that was given; before the first since the store was opened, the place
   * right in front of it. Positions only rise, but not by one: each opening begins far above the last.
   */
  lastPosition: (mailbox: MailboxId) => number
  close: () => Promise<void>
}

/** A small durable map: what a node remembers beside envelopes. Keys are hex or ASCII. */
export interface Shelf {
  get: (key: string) => Promise<Bytes | undefined>
  /** Durable when it resolves. Rejects with StoreFailedError, or RefusedError when too much waits. */
  put: (key: string, value: Uint8Array) => Promise<void>
  delete: (key: string) => Promise<void>
  entries: () => AsyncIterable<[string, Bytes]>
}

/** The users that this node serves, as the relay needs to know them. */
export interface ServedUsers {
  /** The devices of the mailbox's highest profile, or undefined when the mailbox is not served here. */
  devices: (mailbox: MailboxId) => PeerKey[] | undefined
  /** The newest record of the mailbox's user that this node has seen, served or not. */
  route: (mailbox: MailboxId) => RouteRecord | undefined
  /** Mailboxes of the users that are served here. */
  mailboxes: () => Iterable<MailboxId>
  /** True when the envelope shows the current delivery key of its mailbox's user, or this node was told none. */
  admits: (envelope: Envelope) => boolean
}
