/** Lines of the history as programs see them. */
import { userIdOf } from '../identity/index.ts'
import type { MessageState } from '../types.ts'
import type { ChatMessage } from './api.ts'
import type { HistoryLine } from './history/index.ts'

/** state: of an own message that this device sent. */
export function chatMessageOf ({ message, missing, late, become, isRead, expiresAt }: HistoryLine, state: MessageState | undefined): ChatMessage {
  const { id, from, conversation, sentAt, stamp, parents, content } = message
  return {
    id,
    from: userIdOf(from),
    conversation: userIdOf(conversation),
    kind: content.type,
    text: become.text,
    sentAt,
    stamp,
    parents,
    missing,
    late,
    mentions: become.mentions.map(userIdOf),
    replyTo: become.replyTo,
    reactions: become.reactions.map(({ emoji, from: users }) => ({ emoji, from: users.map(userIdOf) })),
    isEdited: become.isEdited,
    isDeleted: become.isDeleted,
    expiresAt,
    custom: become.custom,
    isRead,
    state
  }
}
