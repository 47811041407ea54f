/** Lines of conversations as they go over the control socket and out of `--json`: what a script reads, field by field. */
import { z } from 'zod'
import { MESSAGE_STATES } from '../../types.ts'

export const UserIdText = z.string().max(128)
export const MessageIdText = z.string().regex(/^[0-9a-f]{32}$/)
export const State = z.enum(MESSAGE_STATES)

/** A line of a conversation, as `inbox --json` prints it. */
export const Line = z.object({
  id: MessageIdText,
  from: z.string(),
  /** The other side. */
  conversation: z.string(),
  /** text, timer, custom, or unknown (of a newer client). */
  kind: z.string(),
  /** As it was last edited; what to show instead of other kinds; empty when it was deleted. */
  text: z.string(),
  sentAt: z.number(),
  /** Its place in the history: (stamp, id). */
  stamp: z.number(),
  parents: z.array(z.string()),
  /** Parents that did not come in time: a gap before it. */
  missing: z.array(z.string()),
  /** Something that answers it was shown before. */
  late: z.boolean(),
  mentions: z.array(z.string()),
  replyTo: MessageIdText.optional(),
  reactions: z.array(z.object({ emoji: z.string(), from: z.array(z.string()) })),
  isEdited: z.boolean(),
  isDeleted: z.boolean(),
  /** When it disappears here, ms. */
  expiresAt: z.number().optional(),
  /** Of a program's own kind; body: base64. */
  custom: z.object({ kind: z.string(), body: z.string() }).optional(),
  isRead: z.boolean(),
  /** Of an own message. */
  state: State.optional()
})

/** How far a message of our own is, with its evidence. */
export const Progress = z.object({
  id: MessageIdText,
  state: State,
  /** Nodes of the recipient's record that have signed for it, and how many make it stored; 0 of 0 before the route is known. */
  copies: z.number().int().nonnegative(),
  w: z.number().int().nonnegative(),
  receipts: z.array(z.unknown()),
  /** Why it is not further, in words. */
  problem: z.string().optional()
})

export type ConversationLine = z.infer<typeof Line>
export type MessageProgress = z.infer<typeof Progress>

/** What is heard of a message after it came: by whoever follows. */
export type LineHappening =
  | { type: 'message', line: ConversationLine }
  | { type: 'changed', line: ConversationLine }
  | { type: 'disappeared', conversation: string, id: string }

/** For scripts: a message is its line as it is, with its author's name if there is one; what became of one since says so by `event`. */
export function messageObject (happening: LineHappening, nameOf: (userId: string) => string): object {
  if (happening.type === 'disappeared') return { event: 'disappeared', conversation: happening.conversation, id: happening.id }
  const name = nameOf(happening.line.from)
  const line = name === '' ? happening.line : { ...happening.line, name }
  return happening.type === 'message' ? line : { event: 'changed', ...line }
}
