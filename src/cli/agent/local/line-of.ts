/** What the library gives, as it goes to commands: plain JSON, nothing undefined. */
import { toString } from 'uint8arrays/to-string'
import { receiptToJson, type ChatMessage, type Client, type MessageId, type SentMessage } from '../../../client/index.ts'
import type { ConversationLine, MessageProgress } from '../lines.ts'

export function lineOf ({ replyTo, expiresAt, custom, state, ...message }: ChatMessage): ConversationLine {
  return {
    ...message,
    ...replyTo !== undefined && { replyTo },
    ...expiresAt !== undefined && { expiresAt },
    ...custom !== undefined && { custom: { kind: custom.kind, body: toString(custom.body, 'base64pad') } },
    ...state !== undefined && { state }
  }
}

export function progressOf ({ id, state, copies, w, receipts, problem }: SentMessage): MessageProgress {
  return { id, state, copies, w, receipts: receipts.map(receiptToJson), ...problem !== undefined && { problem } }
}

/** Undefined when there is no such line, or not any more. */
export async function findLine (client: Client, conversation: string, id: string): Promise<ConversationLine | undefined> {
  const message = await (await client.chat(conversation)).message(id as MessageId)
  return message === undefined ? undefined : lineOf(message)
}
