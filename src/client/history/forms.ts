/** What stands in the history, by form. Words are encrypted; which message stands where is not. */
import * as z from 'zod'
import { bytes, count, hex, MESSAGE, messageId, NUMBER, root, schema, type Schema } from '../store/schemas.ts'
import type { LineMessage } from '../messages/index.ts'
import type { Bytes, ConversationId, MessageId, Millis, RootKey } from '../../types.ts'

/** A line as it was shown here first. */
export interface KeptLine {
  message: LineMessage
  missing: MessageId[]
  late: boolean
  /** Of an own one: when it disappears. One of somebody else disappears so long after it was read. */
  expiresAt?: Millis | undefined
}

/** A line on disk. sealed: the KeptLine; undefined: it has disappeared, and only its place is known. */
export interface LineRecord { conversation: ConversationId, id: MessageId, stamp: Millis, sealed?: Bytes | undefined }

/** Where a line is found. */
export interface Place { position: number, stamp: Millis, isGone: boolean }

/** What must be known of an unread line to mark it read without opening it. */
export interface Unread { from: RootKey, expiresAfterSeconds: number }

export const KEPT_LINE = keptLine()
export const LINE = schema<LineRecord>(z.object({ conversation: root, id: messageId, stamp: count, sealed: bytes.optional() }))
export const PLACE = schema<Place>(z.object({ position: count, stamp: count, isGone: z.boolean() }))
export const UNREAD = schema<Unread>(z.object({ from: root, expiresAfterSeconds: count }))
export const KEY = schema<string>(z.string().max(1024))
export { MESSAGE, NUMBER }

/** Around a message, whose own form is the store's. */
function keptLine (): Schema<KeptLine> {
  const rest = z.object({ missing: z.array(hex<MessageId>(32)), late: z.boolean(), expiresAt: count.optional() })
  const whole = z.object({ message: z.unknown() }).extend(rest.shape)
  return {
    encode: ({ message, ...line }) => ({ ...z.encode(rest, line), message: MESSAGE.encode(message) }),
    decode: stored => {
      const { message, ...line } = whole.parse(stored)
      return { ...line, message: MESSAGE.decode(message) as LineMessage }
    }
  }
}
