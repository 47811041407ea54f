/** The client as programs see it: what they give, what they get, what they hear. */
import type { Clock, Crypto, Random } from '../ports.ts'
import type { MessageId, MessageState, Millis, Receipt, Seconds, UserId } from '../types.ts'
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

/** A message on the screen. */
export interface ChatMessage {
  id: MessageId
  from: UserId
  /** The other side's user id. */
  conversation: UserId
  text: string
  sentAt: Millis
  /** Messages that its author had seen last. */
  parents: MessageId[]
  /** Parents that did not come in time: a gap before it. */
  missing: MessageId[]
  /** True when something that answers it was shown before. */
  late: boolean
  /** Of an own message: how far it is. */
  state: MessageState | undefined
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
  send: (text: string) => Promise<SentMessage>
  /** In the order of display; limit: only so many of the last ones. */
  history: (options?: { limit?: number }) => Promise<ChatMessage[]>
  /** Tells the author that these were shown. */
  markRead: (ids: MessageId[]) => Promise<void>
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
  /** The last few warnings. */
  warnings: string[]
}

export interface ClientEvents {
  /** A message of somebody else. */
  message: CustomEvent<ChatMessage>
  /** An own message moved forward, or something new stands in its way. */
  state: CustomEvent<MessageProgress>
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
  /** Own and others', all conversations, in the order of display, after the message `since`. Throws MalformedError when there is none. */
  messages: (options?: { since?: MessageId }) => AsyncIterable<ChatMessage>
  /** An own message by its id. */
  sent: (id: MessageId) => Promise<SentMessage | undefined>
  /** Throws UserNotRoutedError or UnreachableError. fresh: asks the network even when it is known. */
  route: (userId: string, options?: { fresh?: boolean } & Waiting) => Promise<Route>
  /** Resolves when all nodes that can be reached have handed over their mail, and got our collections and marks. */
  settled: (options?: Waiting) => Promise<void>
  status: () => ClientStatus
}
