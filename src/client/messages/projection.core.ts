/**
 * What a line has become by all that was said about it. Pure, and a function of the set: in whatever order and however
 * often amendments came, every device shows the same.
 *
 * A line's author may edit and delete it, anybody may react. Of several edits the last by (stamp, id) counts, and of
 * one user's reactions with one emoji likewise; a delete is final, whatever was said before or after it.
 */
import type { AmendmentContent, Bytes, LineContent, Message, MessageId, RootKey } from '../../types.ts'
import type { AmendmentMessage, LineMessage } from './kinds.core.ts'

/** As programs see it (ChatMessage), but for the spelling of users. */
export interface Become {
  text: string
  mentions: RootKey[]
  replyTo: MessageId | undefined
  /** Emojis and users in the order in which they came to be, by (stamp, id). */
  reactions: Array<{ emoji: string, from: RootKey[] }>
  isEdited: boolean
  isDeleted: boolean
  custom: { kind: string, body: Bytes } | undefined
}

type Of<Type extends AmendmentContent['type']> = Message & { content: Extract<AmendmentContent, { type: Type }> }

const DELETED: Become = Object.freeze({ text: '', mentions: [], replyTo: undefined, reactions: [], isEdited: false, isDeleted: true, custom: undefined })

/** amendments: those that name the line, of its conversation. */
export function project (line: LineMessage, amendments: readonly AmendmentMessage[]): Become {
  const { content } = line
  const ofAuthor = amendments.filter(({ from }) => from === line.from)
  if (ofAuthor.some(amendment => amendment.content.type === 'delete')) return { ...DELETED, mentions: [], reactions: [] }
  const edit = content.type === 'text' ? last(ofAuthor.filter(isEdit)) : undefined
  return {
    text: edit?.content.text ?? shownText(content),
    mentions: edit?.content.mentions ?? (content.type === 'text' ? content.mentions : []),
    replyTo: content.type === 'text' ? content.replyTo : undefined,
    reactions: reactionsOf(amendments.filter(isReaction)),
    isEdited: edit !== undefined,
    isDeleted: false,
    custom: content.type === 'custom' ? { kind: content.kind, body: content.body } : undefined
  }
}

/** The order of a conversation on every device: below zero when a comes before b. */
export function compareStamps (a: Pick<Message, 'stamp' | 'id'>, b: Pick<Message, 'stamp' | 'id'>): number {
  if (a.stamp !== b.stamp) return a.stamp - b.stamp
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

function reactionsOf (reactions: Array<Of<'reaction'>>): Become['reactions'] {
  const latest = new Map<string, Of<'reaction'>>()
  for (const reaction of reactions) {
    const key = `${reaction.from}/${reaction.content.emoji}`
    const known = latest.get(key)
    if (known === undefined || compareStamps(known, reaction) < 0) latest.set(key, reaction)
  }
  const standing = [...latest.values()].filter(({ content }) => !content.isRemoved).sort(compareStamps)
  const groups = Map.groupBy(standing, ({ content }) => content.emoji)
  return [...groups].map(([emoji, by]) => ({ emoji, from: by.map(({ from }) => from) }))
}

function shownText (content: LineContent): string {
  switch (content.type) {
    case 'text': return content.text
    case 'timer': return content.seconds === 0 ? 'From now on messages stay.' : `From now on messages disappear ${content.seconds} s after they were read.`
    case 'custom':
    case 'unknown': return content.fallback
  }
}

function last<T extends Message> (messages: T[]): T | undefined {
  return messages.reduce<T | undefined>((latest, message) => latest === undefined || compareStamps(latest, message) < 0 ? message : latest, undefined)
}

function isEdit (message: AmendmentMessage): message is Of<'edit'> { return message.content.type === 'edit' }
function isReaction (message: AmendmentMessage): message is Of<'reaction'> { return message.content.type === 'reaction' }
