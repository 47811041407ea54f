/**
 * What a command may ask of whoever has the user's store open: each call with its parameters, its events and its result. One
 * definition gives the types, and checks what comes over the control socket. Whatever may be long comes as events, one line
 * or piece each, so that no frame of the socket grows with it.
 */
import { z } from 'zod'
import { CLI_DEFAULTS } from '../defaults.ts'
import { ContactHappening, DeviceObject, HappeningObject, TransferObject } from './happenings.ts'
import { Line, MessageIdText, Progress, State, UserIdText } from './lines.ts'

const Nothing = z.strictObject({})
const MessageText = z.string().max(CLI_DEFAULTS.textBytes)
const Secret = z.string().max(CLI_DEFAULTS.secretBytes)
const Settled = z.object({ settled: z.boolean(), problem: z.string().optional() })
const Piece = z.string().max(CLI_DEFAULTS.pieceCharacters)
const Token = z.string().regex(/^[0-9a-f]{32}$/)

/** name: '' when there is none. */
const Contact = z.object({ userId: z.string(), name: z.string() })

const Conversation = z.object({
  userId: z.string(),
  unread: z.number().int().nonnegative(),
  /** Seconds after which texts disappear; 0: they stay. */
  expiresAfterSeconds: z.number(),
  last: Line.optional()
})

/** Messages and conversations. */
const CHAT_CALLS = {
  /**
   * Resolves when the message is on disk: from then on it goes out whoever has the store open.
   */
  send: {
    params: z.strictObject({ user: UserIdText, text: MessageText, replyTo: MessageIdText.optional() }),
    event: z.never(),
    result: z.object({ id: MessageIdText })
  },
  /** Waits until a message of ours is in a state; every step is an event. Past the time the result says how far it is. */
  until: { params: z.strictObject({ id: MessageIdText, state: State, timeoutMs: z.number().positive() }), event: Progress, result: Progress },
  /**
   * Every message of others after `since`, in the order of arrival. follow: goes on until it is taken back, and tells what
   * becomes of lines and who has another name; otherwise the nodes hand over what they keep, and are given up when nothing came for timeoutMs.
   * problem: why they did not, in words. unopened: messages that have come, and wait for what opens them.
   */
  messages: {
    params: z.strictObject({ since: MessageIdText.optional(), follow: z.boolean(), timeoutMs: z.number().positive() }),
    event: z.discriminatedUnion('type', [
      z.object({ type: z.literal('message'), line: Line }),
      z.object({ type: z.literal('changed'), line: Line }),
      z.object({ type: z.literal('disappeared'), conversation: z.string(), id: MessageIdText }),
      ContactHappening
    ]),
    result: Settled.extend({ unopened: z.number().int().nonnegative().default(0) })
  },
  /** Waits, bounded, until the nodes have handed over what they keep and taken our marks. */
  settle: { params: z.strictObject({ timeoutMs: z.number().positive() }), event: z.never(), result: Settled },
  /** A page of a conversation, own messages included, in its order: the last ones, or those before or after a message. */
  history: {
    params: z.strictObject({ user: UserIdText, lines: z.number().int().positive().max(1000), before: MessageIdText.optional(), after: MessageIdText.optional() }),
    event: Line,
    result: Nothing
  },
  line: { params: z.strictObject({ user: UserIdText, id: MessageIdText }), event: z.never(), result: z.object({ line: Line.optional() }) },
  /** The last used first. */
  conversations: { params: Nothing, event: Conversation, result: Nothing },
  /** Everybody who is known, those with a name first, in its order. */
  contacts: { params: Nothing, event: Contact, result: Nothing },
  /** What we call somebody from now on, on all own devices; '' takes the name away. */
  nameContact: { params: z.strictObject({ user: UserIdText, name: MessageText }), event: z.never(), result: Nothing },
  react: { params: z.strictObject({ user: UserIdText, id: MessageIdText, emoji: z.string().min(1).max(64), remove: z.boolean() }), event: z.never(), result: Nothing },
  edit: { params: z.strictObject({ user: UserIdText, id: MessageIdText, text: MessageText }), event: z.never(), result: Nothing },
  delete: { params: z.strictObject({ user: UserIdText, id: MessageIdText }), event: z.never(), result: Nothing },
  timer: { params: z.strictObject({ user: UserIdText, seconds: z.number().int().nonnegative() }), event: z.never(), result: Nothing },
  typing: { params: z.strictObject({ user: UserIdText }), event: z.never(), result: Nothing },
  markRead: { params: z.strictObject({ user: UserIdText, ids: z.array(MessageIdText).max(1000) }), event: z.never(), result: Nothing },
  /** Undefined while the other's devices are not known. */
  safetyCode: { params: z.strictObject({ user: UserIdText }), event: z.never(), result: z.object({ code: z.string().optional() }) },
  /** What happens, until it is taken back. */
  watch: { params: Nothing, event: HappeningObject, result: Nothing }
} as const

/** The user, its route and its devices. */
const ACCOUNT_CALLS = {
  whoami: { params: Nothing, event: z.never(), result: z.object({ userId: z.string() }) },
  status: {
    params: Nothing,
    event: z.never(),
    result: z.object({ userId: z.string(), connected: z.array(z.string()), nodes: z.array(z.string()), queued: z.number(), pid: z.number() })
  },
  route: {
    params: z.strictObject({ user: UserIdText, fresh: z.boolean() }),
    event: z.never(),
    result: z.object({ userId: z.string(), seq: z.number(), notAfter: z.number(), nodes: z.array(z.string()), source: z.string(), ms: z.number() })
  },
  devices: { params: Nothing, event: z.never(), result: z.object({ devices: z.array(DeviceObject).max(64) }) },
  /** Shows a code, then waits for a device to come in by it, with all history. Taken back, the code is worth nothing. */
  invite: {
    params: Nothing,
    event: z.discriminatedUnion('type', [
      z.object({ type: z.literal('code'), code: z.string(), expiresAt: z.number() }),
      z.object({ type: z.literal('transfer'), done: z.number(), total: z.number() })
    ]),
    result: z.object({ device: DeviceObject })
  },
  revoke: { params: z.strictObject({ device: z.string().max(128), phrase: Secret }), event: z.never(), result: Nothing },
  /** Pieces of the encrypted file, base64, in order. */
  export: {
    params: z.strictObject({ passphrase: Secret }),
    event: z.union([z.object({ piece: Piece }), TransferObject]),
    result: Nothing
  },
  /** Takes the pieces of a file that `piece` brings under the same token meanwhile. */
  import: {
    params: z.strictObject({ token: Token, passphrase: Secret }),
    event: TransferObject,
    result: z.object({ contacts: z.number(), messages: z.number() })
  },
  /** Resolves when the import has taken it: one waits for the one before. Without a piece: that was all. */
  piece: { params: z.strictObject({ token: Token, piece: Piece.optional() }), event: z.never(), result: Nothing }
} as const

export const AGENT_CALLS = { ...CHAT_CALLS, ...ACCOUNT_CALLS } as const

export type AgentMethod = keyof typeof AGENT_CALLS
export type Params<M extends AgentMethod> = z.infer<typeof AGENT_CALLS[M]['params']>
export type Event<M extends AgentMethod> = z.infer<typeof AGENT_CALLS[M]['event']>
export type Result<M extends AgentMethod> = z.infer<typeof AGENT_CALLS[M]['result']>
export type ContactEntry = z.infer<typeof Contact>
export type ConversationEntry = z.infer<typeof Conversation>
export type { ConversationLine, MessageProgress } from './lines.ts'
export type { DeviceEntry, Happening } from './happenings.ts'

export interface AgentCallOptions<M extends AgentMethod> {
  signal?: AbortSignal | undefined
  /** The next event comes when it resolves. It must not wait for another call. */
  onEvent?: ((event: Event<M>) => void | Promise<void>) | undefined
}

/** The user's store at work: in this process, or in the one that opened it first. */
export interface Agent {
  call: <M extends AgentMethod>(method: M, params: Params<M>, options?: AgentCallOptions<M>) => Promise<Result<M>>
  close: () => Promise<void>
}
