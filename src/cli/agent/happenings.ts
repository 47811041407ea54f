/** What a watcher hears of all conversations, of the own devices and of the connection. */
import { z } from 'zod'
import { Line, MessageIdText, State } from './lines.ts'

export const DeviceObject = z.object({ id: z.string(), isThis: z.boolean(), linkedAt: z.number() })
export const TransferObject = z.object({ done: z.number(), total: z.number() })

/** Somebody has another name, or none any more: ''. */
export const ContactHappening = z.object({ type: z.literal('contact'), user: z.string(), name: z.string() })

export const HappeningObject = z.discriminatedUnion('type', [
  /** Look at everything anew: the watch begins here, or more happened than was kept for a watcher that does not read. */
  z.object({ type: z.literal('look') }),
  /** A line came, or was edited, deleted, reacted to, read. */
  z.object({ type: z.literal('line'), isNew: z.boolean(), line: Line }),
  z.object({ type: z.literal('disappeared'), conversation: z.string(), id: MessageIdText }),
  z.object({ type: z.literal('state'), conversation: z.string(), id: MessageIdText, state: State, copies: z.number(), w: z.number(), problem: z.string().optional() }),
  z.object({ type: z.literal('presence'), user: z.string(), state: z.string(), at: z.number() }),
  z.object({ type: z.literal('typing'), conversation: z.string(), from: z.string() }),
  ContactHappening,
  z.object({ type: z.literal('connection'), connected: z.number(), nodes: z.number() }),
  z.object({ type: z.literal('devices'), devices: z.array(DeviceObject).max(64) }),
  z.object({ type: z.literal('transfer'), done: z.number(), total: z.number() }),
  z.object({ type: z.literal('warning'), text: z.string() })
])

export type Happening = z.infer<typeof HappeningObject>
export type DeviceEntry = z.infer<typeof DeviceObject>
