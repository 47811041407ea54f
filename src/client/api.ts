/** The client as programs see it: what they give, what they get, what they hear. */
import type { Clock, Crypto, Random } from '../ports.ts'
import type { Bytes, LineContent, MessageId, MessageState, Millis, Receipt, Seconds, UserId } from '../types.ts'
import type { RouteSource } from './contacts.ts'
import type { PresenceChange } from './presence.ts'
import type { Database } from './store/shelf.ts'
import type { Transports } from './transports.ts'
import type { ComponentLogger, TypedEventTarget } from '@libp2p/interface'

export interface ClientInit {
  /** An `abstract-level` database, or where the platform keeps one: a folder in Node, a name in browsers. */
  store: Database | string
  /** Multiaddrs of nodes through which to find others: they are asked who has room. */
  bootstrap?: string[]
  /** Multiaddrs of nodes to be served by, exactly these, in order of preference. */
  nodes?: string[]
  /** Into an empty store: the user of this recovery phrase, instead of a new one. */
  phrase?: string
  /** 32 bytes. The caller keeps the device's key, and the store does not. */
  deviceSeed?: Uint8Array
  /** Into an empty store: a further device of the user whose device showed this code. */
  linkCode?: string
  /** Tell authors when their messages were read; true when left out. */
  readReceipts?: boolean
  /** An empty store is an IdentityError, not a new user. */
  existing?: boolean
  /** False: connects and registers only when it is told to. */
  start?: boolean
  /** Nodes and devices of different networks do not talk to each other. */
  network?: string
  logger?: ComponentLogger
  /** libp2p's; TCP and WebSocket in Node, WebSocket in browsers when left out. */
  transports?: Transports
  clock?: Clock
  random?: Random
  crypto?: Crypto
}

/** What waits can be given up. */
export interface Waiting { signal?: AbortSignal }

/** A line of a conversation, with all that was said about it since. */
export interface ChatMessage {
  id: MessageId
  from: UserId
  /** The other side's user id; one's own of notes to oneself. */
  conversation: UserId
  kind: LineContent['type']
  /** As it was last edited; what to show instead of a kind that is not text; empty when it was deleted. */
  text: string
  sentAt: Millis
  /** Its place in the history: (stamp, id), the same on every device. */
  stamp: Millis
  /** Messages that its author had seen last. */
  parents: MessageId[]
  /** Parents that did not come in time: a gap before it. */
  missing: MessageId[]
  /** True when something that answers it was shown before. */
  late: boolean
  mentions: UserId[]
  replyTo: MessageId | undefined
  /** Who reacted with what. */
  reactions: Array<{ emoji: string, from: UserId[] }>
  isEdited: boolean
  isDeleted: boolean
  /** When it disappears here; undefined while that is not known, or never. */
  expiresAt: Millis | undefined
  /** Of a program's own kind. */
  custom: { kind: string, body: Bytes } | undefined
  /** On one of this user's devices. */
  isRead: boolean
  /** Of an own message: how far it is. */
  state: MessageState | undefined
}

/** What else than text a message may be. */
export interface SendOptions {
  replyTo?: MessageId
  mentions?: string[]
}

/** One of a user's devices. */
export interface Device {
  /** Its peer id. */
  id: string
  isThis: boolean
  linkedAt: Millis
}

/** What a new device is shown, or told, to become one of ours. */
export interface LinkInvitation {
  /** To type, or as a QR code. */
  code: string
  expiresAt: Millis
  /** Resolves when a device has come in by it. */
  linked: Promise<Device>
  /** The code is worth nothing any more. */
  cancel: () => void
}

/** How far a transfer is: of history to a new device, of an export or import. */
export interface TransferProgress { done: number, total: number }

/** Somebody who is known here. */
export interface ContactSummary {
  userId: UserId
  /** What this user calls them; '' when there is no name. Told to nobody but the user's own devices. */
  name: string
}

export interface ConversationSummary extends ContactSummary {
  unread: number
  last: ChatMessage | undefined
  /** Seconds after which texts disappear; 0: they stay. */
  expiresAfterSeconds: number
}

/** An own message on its way. Its fields are as of now. */
export interface SentMessage {
  readonly id: MessageId
  readonly to: UserId
  readonly state: MessageState
  /** Nodes of the recipient's record that signed for it, and how many make it `stored`; 0 of 0 while no route is known. */
  readonly copies: number
  readonly w: number
  /** What those nodes signed: `verifyReceipt(receiptToJson(receipt))` is true of each. */
  readonly receipts: Receipt[]
  /** Why it is not further at the moment, in words. */
  readonly problem: string | undefined
  /**
   * Resolves when it is in this state or beyond. Rejects with UserNotRoutedError when nobody knows where the recipient
   * gets mail, with ExpiredError past its expiry; and when the signal ends the wait by its time, with what stands in
   * the way. The message stays queued whatever happens here.
   */
  until: (state: MessageState, options?: Waiting) => Promise<void>
}

/** What `state` tells of an own message. */
export type MessageProgress = Pick<SentMessage, 'id' | 'to' | 'state' | 'copies' | 'w' | 'problem'>

export interface Chat {
  readonly userId: UserId
  /** Resolves when it is on disk: from then on it goes out whenever the client runs. Rejects with TooLargeError. */
  send: (text: string, options?: SendOptions) => Promise<SentMessage>
  sendCustom: (kind: string, body: Uint8Array, fallback: string) => Promise<SentMessage>
  /** In the order (stamp, id): the last ones, or those before or after a message. Throws MalformedError when there is none. */
  history: (options?: { limit?: number, before?: MessageId, after?: MessageId }) => Promise<ChatMessage[]>
  message: (id: MessageId) => Promise<ChatMessage | undefined>
  react: (id: MessageId, emoji: string, options?: { remove?: boolean }) => Promise<void>
  /** Own texts only: rejects with MalformedError otherwise. */
  edit: (id: MessageId, text: string) => Promise<void>
  /** Own lines only: for everybody. */
  delete: (id: MessageId) => Promise<void>
  /** Texts from now on, of both sides, disappear so long after they were read; 0: they stay. */
  setTimer: (seconds: number) => Promise<void>
  /** On all own devices, and for the authors when read receipts are on. */
  markRead: (ids: MessageId[]) => Promise<void>
  /** Never stored anywhere: to be said again every few seconds while it lasts. */
  typing: () => void
  /** The same on both sides: 60 digits. */
  safetyCode: () => Promise<string>
}

/** Who serves a user, resolved and verified. */
export interface Route {
  userId: UserId
  seq: Millis
  notAfter: Seconds
  /** Peer ids in order of preference. */
  nodes: string[]
  source: RouteSource
  /** How long it took. */
  ms: number
}

export interface ClientStatus {
  userId: UserId
  /** Peer ids of the user's nodes, in order of preference, and of those that have a session with us. */
  nodes: string[]
  connected: string[]
  /** Own messages that are not delivered yet. */
  queued: number
  /** Messages that have come and cannot be opened yet: their devices are asked for what opens them. */
  unopened: number
  /** The last few warnings. */
  warnings: string[]
}

export interface ClientEvents {
  /** A message of somebody else, or of oneself on another device, that came in this run; `messages` has those of all. */
  message: CustomEvent<ChatMessage>
  /** An own message moved forward, or something new stands in its way. */
  state: CustomEvent<MessageProgress>
  /** A line was edited, deleted, reacted to, read elsewhere, or has disappeared. */
  changed: CustomEvent<{ conversation: UserId, id: MessageId }>
  /** Somebody writes to us at this moment. */
  typing: CustomEvent<{ conversation: UserId, from: UserId }>
  /** Somebody has another name, or none any more ('' then): given here, or on another own device. */
  contact: CustomEvent<ContactSummary>
  /** Own devices came or went. */
  devices: CustomEvent<Device[]>
  /** History on its way to or from another device. */
  transfer: CustomEvent<TransferProgress>
  presence: CustomEvent<PresenceChange>
  /** A node (peer id) serves us now, or does not any more. */
  connection: CustomEvent<{ node: string, connected: boolean }>
  /** Something that the user should know, in one sentence. */
  warning: CustomEvent<string>
}

export interface Client extends TypedEventTarget<ClientEvents> {
  readonly userId: UserId
  /** This device's peer id. */
  readonly device: string
  /** 24 words, only in the run that made the user: whoever has them is the user, and without them nobody can be again. */
  readonly recoveryPhrase: string | undefined
  /** Connects to the user's nodes in the background. Nothing happens when it runs already. */
  start: () => Promise<void>
  /** Says goodbye, finishes what is being written, lets go of the store. Can be started again. */
  stop: () => Promise<void>
  /** Registers with these nodes (or those of the init, or whom bootstrap peers name) and publishes the route. */
  register: (options?: { nodes?: string[] } & Waiting) => Promise<{ nodes: string[], copies: number }>
  /** Throws MalformedError when it is no user id. */
  chat: (userId: string) => Promise<Chat>
  /** The last used first. */
  conversations: () => Promise<ConversationSummary[]>
  /** Everybody who is known: those with a name first, in its order; then the last used. */
  contacts: () => Promise<ContactSummary[]>
  /**
   * What this user calls somebody from now on, on all own devices, who need not have been written to; '' takes the name away. At most 64
   * characters, after trimming. Throws MalformedError. Two contacts may have the same name.
   */
  nameContact: (userId: string, name: string) => Promise<void>
  devices: () => Device[]
  /** Shows a new device how to become one of ours. Throws NotAuthenticError when this device may not. */
  invite: () => Promise<LinkInvitation>
  /** New keys for everything, a new epoch; the device is out for good. phrase: 24 words. */
  revoke: (device: string, phrase: string) => Promise<void>
  /** Everything that the user owns, encrypted under the passphrase (docs/client.md). */
  exportTo: (write: (piece: Uint8Array) => Promise<void>, passphrase: string, progress?: (progress: TransferProgress) => void) => Promise<void>
  importFrom: (pieces: AsyncIterable<Uint8Array>, passphrase: string, progress?: (progress: TransferProgress) => void) => Promise<{ contacts: number, messages: number }>
  /** Own and others', all conversations, in the order of their arrival here, after the message `since`. Throws MalformedError when there is none. */
  messages: (options?: { since?: MessageId }) => AsyncIterable<ChatMessage>
  /** An own message by its id. */
  sent: (id: MessageId) => Promise<SentMessage | undefined>
  /** Throws UserNotRoutedError or UnreachableError. fresh: asks the network even when it is known. */
  route: (userId: string, options?: { fresh?: boolean } & Waiting) => Promise<Route>
  /** Resolves when all nodes that can be reached have handed over their mail, and got our collections and marks. */
  settled: (options?: Waiting) => Promise<void>
  status: () => ClientStatus
}
