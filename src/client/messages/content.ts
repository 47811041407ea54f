/**
 * The kinds of content, between memory and the wire. Kinds are only ever added: what a reader does not know it shows
 * by its fallback, and one without a fallback says nothing to people.
 */
import { MalformedError, TooLargeError } from '../../errors.ts'
import { keyBytes, rootKeyFromBytes } from '../../identity/index.ts'
import { LIMITS } from '../../wire/limits.ts'
import { idBytes, messageIdFrom } from './ids.ts'
import type { ChatBody } from '../../wire/message.ts'
import type { MessageContent, RootKey } from '../../types.ts'

type ContentBody = Pick<ChatBody, 'fallback' | 'text' | 'reaction' | 'edit' | 'delete' | 'timer' | 'custom' | 'read' | 'repair' | 'sync'>

const encoder = new TextEncoder()

/** Throws MalformedError or TooLargeError for what nobody would read. */
export function contentToBody (content: MessageContent): ContentBody {
  checkContent(content)
  switch (content.type) {
    case 'text': return {
      fallback: '',
      text: {
        text: content.text,
        mentions: content.mentions.map(keyBytes),
        replyTo: content.replyTo === undefined ? new Uint8Array(0) : idBytes(content.replyTo),
        expiresAfterSeconds: content.expiresAfterSeconds
      }
    }
    case 'reaction': return { fallback: '', reaction: { target: idBytes(content.target), emoji: content.emoji, isRemoved: content.isRemoved } }
    case 'edit': return { fallback: '', edit: { target: idBytes(content.target), text: content.text, mentions: content.mentions.map(keyBytes) } }
    case 'delete': return { fallback: '', delete: { target: idBytes(content.target) } }
    case 'timer': return { fallback: '', timer: { seconds: content.seconds } }
    case 'custom': return { fallback: content.fallback, custom: { kind: content.kind, body: content.body } }
    case 'read': return { fallback: '', read: { ids: content.ids.map(idBytes) } }
    case 'repair': return { fallback: '', repair: { ids: content.ids.map(idBytes) } }
    case 'sync': return { fallback: '', sync: { body: content.body } }
    case 'unknown': return { fallback: content.fallback }
  }
}

/** Throws MalformedError or TooLargeError. */
export function contentFromBody (body: ContentBody): MessageContent {
  const content = readContent(body)
  checkContent(content)
  return content
}

/** Of several contents protobuf keeps the last. */
function readContent (body: ContentBody): MessageContent {
  const { fallback, text, reaction, edit, timer, custom, read, repair, sync } = body
  if (text !== undefined) {
    const { replyTo, expiresAfterSeconds } = text
    return { type: 'text', text: text.text, mentions: users(text.mentions), replyTo: replyTo.byteLength === 0 ? undefined : messageIdFrom(replyTo), expiresAfterSeconds }
  }
  if (reaction !== undefined) return { type: 'reaction', target: messageIdFrom(reaction.target), emoji: reaction.emoji, isRemoved: reaction.isRemoved }
  if (edit !== undefined) return { type: 'edit', target: messageIdFrom(edit.target), text: edit.text, mentions: users(edit.mentions) }
  if (body.delete !== undefined) return { type: 'delete', target: messageIdFrom(body.delete.target) }
  if (timer !== undefined) return { type: 'timer', seconds: timer.seconds }
  if (custom !== undefined) return { type: 'custom', kind: custom.kind, body: custom.body, fallback }
  if (read !== undefined) return { type: 'read', ids: read.ids.map(messageIdFrom) }
  if (repair !== undefined) return { type: 'repair', ids: repair.ids.map(messageIdFrom) }
  if (sync !== undefined) return { type: 'sync', body: sync.body }
  return { type: 'unknown', fallback }
}

function checkContent (content: MessageContent): void {
  switch (content.type) {
    case 'text':
      checkMentions(content.mentions)
      checkSeconds(content.expiresAfterSeconds)
      return checkText('the text', content.text)
    case 'edit':
      checkMentions(content.mentions)
      return checkText('the text', content.text)
    case 'reaction':
      if (content.emoji === '') throw new MalformedError('the reaction is empty')
      return checkText('the reaction', content.emoji, LIMITS.messageEmojiBytes)
    case 'delete': return
    case 'timer': return checkSeconds(content.seconds)
    case 'custom':
      checkText('the kind’s name', content.kind, LIMITS.messageCustomKindBytes)
      if (content.kind === '') throw new MalformedError('the kind has no name')
      checkBytes('the message', content.body, LIMITS.messageCustomBytes)
      return checkText('the fallback', content.fallback)
    case 'unknown': return checkText('the fallback', content.fallback)
    case 'read':
    case 'repair': return checkIds(content.ids)
    case 'sync': return checkBytes('the word between devices', content.body, LIMITS.messageSyncBytes)
  }
}

function checkText (name: string, text: string, bytesMax: number = LIMITS.messageTextBytes): void {
  // No character takes less than one byte: a long text is refused before it is encoded to be measured.
  const bytes = text.length > bytesMax ? text.length : encoder.encode(text).byteLength
  if (bytes > bytesMax) throw new TooLargeError(`${name} has ${bytes} bytes, more than the ${bytesMax} that it may have`)
}

function checkBytes (name: string, { byteLength }: Uint8Array, bytesMax: number): void {
  if (byteLength > bytesMax) throw new TooLargeError(`${name} has ${byteLength} bytes, more than the ${bytesMax} that it may have`)
}

function checkMentions ({ length }: unknown[]): void {
  if (length > LIMITS.messageMentions) throw new TooLargeError(`the text mentions ${length} users, more than ${LIMITS.messageMentions}`)
}

function checkIds ({ length }: unknown[]): void {
  if (length === 0) throw new MalformedError('the mark names no message')
  if (length > LIMITS.messageMarks) throw new TooLargeError(`the mark names ${length} messages, more than ${LIMITS.messageMarks}`)
}

function checkSeconds (seconds: number): void {
  if (!Number.isInteger(seconds) || seconds < 0) throw new MalformedError('a message’s time to disappear is a number of seconds')
  if (seconds > LIMITS.messageExpirySecondsMax) throw new TooLargeError(`a message disappears after ${LIMITS.messageExpirySecondsMax} seconds at most, not ${seconds}`)
}

function users (keys: Uint8Array[]): RootKey[] {
  return keys.map(rootKeyFromBytes)
}
