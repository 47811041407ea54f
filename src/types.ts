/**
 * The values that everything speaks of.
 *
 * A branded type can be made only by the function that checked it: a `RouteRecord` in hand has a good signature, a
 * good size and had not expired when it was opened. Nothing casts to these types outside their constructors.
 *
 * Identifiers are lower-case hexadecimal strings in memory, so that they compare, hash and print as they are; only
 * the wire knows their bytes.
 */

declare const brand: unique symbol
export type Brand<T, Name extends string> = T & { readonly [brand]: Name }

/** Bytes of our own memory: what protobuf and WebCrypto take without a copy. */
export type Bytes = Uint8Array<ArrayBuffer>

/** Milliseconds since the Unix epoch. */
export type Millis = number
/** Seconds since the Unix epoch, as the wire carries long-lived times. */
export type Seconds = number

/** `did:key:z6Mk…` of a user's Ed25519 root public key. */
export type UserId = Brand<string, 'UserId'>
/** A user's Ed25519 root public key, 64 hex digits: the other spelling of a UserId. */
export type RootKey = Brand<string, 'RootKey'>
/** A node's or a device's Ed25519 public key, 64 hex digits; also its libp2p key. */
export type PeerKey = Brand<string, 'PeerKey'>
/** SHA-256("posthouse/mailbox/1\0" ‖ root public key), 64 hex digits. */
export type MailboxId = Brand<string, 'MailboxId'>
/** SHA-256 over an envelope's binding fields, 64 hex digits (see wire/envelope.ts). */
export type EnvelopeId = Brand<string, 'EnvelopeId'>
/** 16 random bytes as 32 hex digits, new whenever a store is created, repaired or restored from a backup. */
export type StoreId = Brand<string, 'StoreId'>
/** A message's own id inside the seal, 32 hex digits; a message that is sent again keeps it. */
export type MessageId = Brand<string, 'MessageId'>

/**
 * The order of anything that a user signs: the higher epoch, then the higher seq, then the lower hash is newer.
 * seq is the signer's clock in milliseconds; more than ten minutes ahead is refused.
 */
export interface Order { epoch: number, seq: number, hash: string }

/** What a device may do in its user's name. */
export const CAPABILITY = Object.freeze({ route: 1, profile: 2, link: 4 })

/** A device's right to act for a user: signed by the root or by a `link` device, chain of at most three. */
export type DeviceCertificate = Brand<{
  root: RootKey
  device: PeerKey
  epoch: number
  capabilities: number
  issuedAt: Millis
  /** The carried bytes, signature and issuers included. */
  bytes: Bytes
}, 'DeviceCertificate'>

/**
 * HPKE suites of the outer seal. device and backup are X-Wing too, for keys that stand in no profile: one device's own, and
 * the one that comes from the recovery phrase.
 */
export const SEALING_SUITE = Object.freeze({ x25519: 1, xWing: 2, device: 0x81, backup: 0x82 })

export interface SealingKey { suite: number, keyEpoch: number, publicKey: Bytes, notAfter: Seconds }

/** A user's signed device list and sealing keys. */
export type Profile = Brand<{
  root: RootKey
  order: Order
  devices: DeviceCertificate[]
  sealingKeys: SealingKey[]
  /** Who may write a first message: 0 anybody (wire/identity.proto, ProfileBody). */
  requests: number
  bytes: Bytes
}, 'Profile'>

/** A node's signed promise to serve a user until a time. */
export type ServingTicket = Brand<{ node: PeerKey, root: RootKey, expiry: Seconds, signature: Bytes }, 'ServingTicket'>

export interface RouteEntry {
  node: PeerKey
  ticket: ServingTicket
  /** One multiaddr without its /p2p part, as text; a hint, never trusted: the connection proves the key. */
  addressHint: string | undefined
}

/** "User X is served by N1…Nk", in order of preference; entries whose tickets have run out are already left out. */
export type RouteRecord = Brand<{
  root: RootKey
  userId: UserId
  mailbox: MailboxId
  order: Order
  notAfter: Seconds
  /** How many nodes hold the mailbox. */
  n: number
  /** How many receipts make "stored". */
  w: number
  /** The profile that was current when the record was signed. */
  profile: Order
  entries: RouteEntry[]
  bytes: Bytes
}, 'RouteRecord'>

/** An envelope whose header was read and whose id was computed; `bytes` is header and sealed body as carried. */
export type Envelope = Brand<{
  id: EnvelopeId
  mailbox: MailboxId
  expiry: Seconds
  bytes: Bytes
}, 'Envelope'>

/** A device's signed word that it holds these envelopes: with expiry, the only thing that deletes. */
export type Collection = Brand<{
  root: RootKey
  mailbox: MailboxId
  device: PeerKey
  /** Epoch of the certificate that names the device. */
  epoch: number
  ids: EnvelopeId[]
  time: Millis
  bytes: Bytes
}, 'Collection'>

/** Where a message belongs: in a chat of two the other user, in what is kept between one's own devices oneself. */
export type ConversationId = RootKey

/** Lines of a conversation: shown in causal order, and answered by later ones. */
export type LineContent =
  /** expiresAfterSeconds: it disappears so long after it was read; 0: it stays. */
  | { type: 'text', text: string, mentions: RootKey[], replyTo: MessageId | undefined, expiresAfterSeconds: number }
  /** From now on texts disappear after so long; 0: they stay. */
  | { type: 'timer', seconds: number }
  /** A program's own. fallback: what others show instead. */
  | { type: 'custom', kind: string, body: Bytes, fallback: string }
  /** Of a newer client. */
  | { type: 'unknown', fallback: string }

/** Changes to a line: of its author, reactions of anybody. They come to the same whatever the order of their arrival. */
export type AmendmentContent =
  | { type: 'reaction', target: MessageId, emoji: string, isRemoved: boolean }
  | { type: 'edit', target: MessageId, text: string, mentions: RootKey[] }
  | { type: 'delete', target: MessageId }

/** Between clients: nobody is shown them, and they are not sent again. */
export type SignalContent =
  /** These lines were read: for their authors, and for the reader's other devices. */
  | { type: 'read', ids: MessageId[] }
  /** These lines are missing here: whoever wrote them sends them again. */
  | { type: 'repair', ids: MessageId[] }
  /** Between devices of one user (client/devices), in the conversation with oneself. */
  | { type: 'sync', body: Bytes }

export type MessageContent = LineContent | AmendmentContent | SignalContent

/** Travels in a first message, so that answering needs no lookup. Each part is as carried, still to be verified; empty when left out. */
export interface Introduction { record: Uint8Array, profile: Uint8Array, presenceKey: Uint8Array }

/** A message as its author's device wrote it: opened by a group (client/groups), or given back by our own store. */
export interface Message {
  id: MessageId
  from: RootKey
  device: PeerKey
  conversation: ConversationId
  /** The author's clock. */
  sentAt: Millis
  /**
   * A hybrid clock: the author's, but above those of all messages that it had seen here. (stamp, id) is the order in
   * which every device has the conversation.
   */
  stamp: Millis
  /** The heads of the conversation that the author had seen; amendments and signals have none. */
  parents: MessageId[]
  content: MessageContent
}

/** What is known of an outgoing message, each with its own evidence; a message only moves forward. */
export const MESSAGE_STATES = Object.freeze(['queued', 'accepted', 'stored', 'delivered', 'read'] as const)
export type MessageState = typeof MESSAGE_STATES[number]

/** A place in one replica's mailbox: everything up to and including `position` has been seen. */
export interface Cursor { storeId: StoreId, position: number }

/** A node's signed word that an envelope was on its disk at a time. Made by opening only; verifiable by anyone. */
export type Receipt = Brand<{
  envelope: EnvelopeId
  node: PeerKey
  storeId: StoreId
  time: Millis
  leafCount: number
  leafIndex: number
  /** RFC 6962 inclusion path, from the leaf upwards. */
  path: Bytes[]
  signature: Bytes
}, 'Receipt'>

/** 16 bytes that only holders of a user's presence key can compute for a period, as 32 hex digits. */
export type PresenceTag = Brand<string, 'PresenceTag'>

/** A beat whose form was checked; whose it is and what it says is sealed to holders of the presence key. */
export type SealedBeat = Brand<{ tag: PresenceTag, period: number, bytes: Bytes }, 'SealedBeat'>

/** What a device says of its user, as on the wire. */
export const PRESENCE_STATE = Object.freeze({ online: 1, away: 2, offline: 3 } as const)
export type PresenceState = keyof typeof PRESENCE_STATE

/** A beat that was opened and whose device's signature verified. counter: the device's clock, always rising. */
export type OpenedBeat = Brand<{ tag: PresenceTag, device: PeerKey, state: PresenceState, counter: Millis }, 'OpenedBeat'>

/** A node's expected "no": a value, not an error. */
export interface Refusal { code: RefusalCode, retryAfterSeconds: number }

/** Numbered and named, as on the wire (docs/protocol.md, "Refusals"). */
export const REFUSAL = Object.freeze({
  malformed: 1,
  unsupported: 2,
  wrongNetwork: 3,
  notAdmitted: 4,
  expired: 5,
  expiryTooFar: 6,
  mailboxFull: 7,
  busy: 8,
  storeFailed: 9,
  noRoute: 10,
  moved: 11,
  collected: 12,
  tooFewNodes: 13,
  notServed: 14,
  stale: 15,
  draining: 16,
  notFound: 17,
  noRoom: 18,
  requestsFull: 19
} as const)
export type RefusalName = keyof typeof REFUSAL
export type RefusalCode = typeof REFUSAL[RefusalName]
