/** Which content is shown, which changes what is shown, and which stays between clients. */
import type { AmendmentContent, LineContent, Message, MessageContent, SignalContent } from '../../types.ts'

/** A message that is a line, or one that changes a line. */
export type LineMessage = Message & { content: LineContent }
export type AmendmentMessage = Message & { content: AmendmentContent }

/** Shown, and answered by later messages. An unknown kind is a line when it says what to show. */
export function isLine (content: MessageContent): content is LineContent {
  return content.type === 'text' || content.type === 'timer' || content.type === 'custom' || (content.type === 'unknown' && content.fallback !== '')
}

/** Changes a line. */
export function isAmendment (content: MessageContent): content is AmendmentContent {
  return content.type === 'reaction' || content.type === 'edit' || content.type === 'delete'
}

/** Between clients only. */
export function isSignal (content: MessageContent): content is SignalContent {
  return content.type === 'read' || content.type === 'repair' || content.type === 'sync'
}

/** True when it is shown. */
export function isLineMessage (message: Message): message is LineMessage {
  return isLine(message.content)
}

/** True when it changes a line. */
export function isAmendmentMessage (message: Message): message is AmendmentMessage {
  return isAmendment(message.content)
}
