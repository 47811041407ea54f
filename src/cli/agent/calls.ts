/**
 * What a command may ask of whoever has the user's store open: each call with its parameters, its events and its result. One
 * definition gives the types, and checks what comes over the control socket.
 */
import { z } from 'zod'
import { MESSAGE_STATES } from '../../types.ts'
import { CLI_DEFAULTS } from '../defaults.ts'

const UserIdText = z.string().max(128)
const MessageIdText = z.string().regex(/^[0-9a-f]{32}$/)
const State = z.enum(MESSAGE_STATES)
const Nothing = z.strictObject({})

/** A line of a conversation, as `inbox --json` prints it. */
const Line = z.object({
  id: MessageIdText,
  from: z.string(),
  conversation: z.string(),
  text: z.string(),
  sentAt: z.number(),
  parents: z.array(z.string())
})

/** How far a message of our own is, with its evidence. */
const Progress = z.object({
  id: MessageIdText,
  state: State,
  /** Nodes of the recipient's record that have signed for it, and how many make it stored; 0 of 0 before the route is known. */
  copies: z.number().int().nonnegative(),
  w: z.number().int().nonnegative(),
  receipts: z.array(z.unknown()),
  /** Why it is not further, in words. */
  problem: z.string().optional()
})

const Settled = z.object({ settled: z.boolean(), problem: z.string().optional() })

export const AGENT_CALLS = {
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
  /** Resolves when the message is on disk: from then on it goes out whoever has the store open. */
  send: {
    params: z.strictObject({ user: UserIdText, text: z.string().max(CLI_DEFAULTS.textBytes) }),
    event: z.never(),
    result: z.object({ id: MessageIdText })
  },
  /** Waits until a message of ours is in a state; every step is an event. Past the time the result says how far it is. */
  until: { params: z.strictObject({ id: MessageIdText, state: State, timeoutMs: z.number().positive() }), event: Progress, result: Progress },
  /**
   * Every message of others after `since`, in display order. follow: goes on until it is taken back; otherwise the nodes hand
   * over what they keep, and are given up when nothing came for timeoutMs. problem: why they did not, in words.
   */
  messages: {
    params: z.strictObject({ since: MessageIdText.optional(), follow: z.boolean(), timeoutMs: z.number().positive() }),
    event: Line,
    result: Settled
  },
  /** Waits, bounded, until the nodes have handed over what they keep and taken our marks. */
  settle: { params: z.strictObject({ timeoutMs: z.number().positive() }), event: z.never(), result: Settled },
  /** The end of a conversation, own messages included. */
  history: {
    params: z.strictObject({ user: UserIdText, lines: z.number().int().positive().max(1000) }),
    event: z.never(),
    result: z.object({ lines: z.array(Line.extend({ state: State.optional() })) })
  },
  markRead: { params: z.strictObject({ user: UserIdText, ids: z.array(MessageIdText).max(1000) }), event: z.never(), result: Nothing },
  /** What happens with one user until it is taken back: where our messages are, and whether the user is there. */
  watch: {
    params: z.strictObject({ user: UserIdText }),
    event: z.discriminatedUnion('type', [
      z.object({ type: z.literal('state'), id: MessageIdText, state: State, problem: z.string().optional() }),
      z.object({ type: z.literal('presence'), state: z.string() })
    ]),
    result: Nothing
  }
} as const

export type AgentMethod = keyof typeof AGENT_CALLS
export type Params<M extends AgentMethod> = z.infer<typeof AGENT_CALLS[M]['params']>
export type Event<M extends AgentMethod> = z.infer<typeof AGENT_CALLS[M]['event']>
export type Result<M extends AgentMethod> = z.infer<typeof AGENT_CALLS[M]['result']>
export type ConversationLine = z.infer<typeof Line>
export type MessageProgress = z.infer<typeof Progress>

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
