/** What the chat on a screen knows, hears, and has done for it. */
import type { ContactEntry, ConversationEntry, ConversationLine, Happening } from '../../agent/calls.ts'
import type { Names } from '../../naming.ts'
import type { MessageState, Millis } from '../../../types.ts'
import type { Draft } from './draft.core.ts'
import type { Key } from './keys.ts'
import type { Timeline } from './timeline.ts'

/** The row at the bottom of the page: of this line, so many rows of which are below. Undefined: the end, whatever comes. */
export interface Anchor { id: string, below: number }

export interface Conversation {
  userId: string
  unread: number
  expiresAfterSeconds: number
  last: ConversationLine | undefined
  presence: string
  /** Until when its writing is shown. */
  typingUntil: Millis
  timeline: Timeline
  loading: 'older' | 'newer' | 'newest' | undefined
  draft: Draft
  anchor: Anchor | undefined
  /** The message that is answered, or changed, by what is being typed. */
  answering: string | undefined
  editing: string | undefined
  /** The first line that had not been read when the conversation was opened. */
  firstUnread: string | undefined
}

/** Of an own message on its way. */
export interface Passage { state: MessageState, copies: number, w: number, problem: string | undefined }

export type Mode =
  | { name: 'write' }
  /** A message is chosen. isSure: the next `d` deletes it. emoji: what to react with is being typed. */
  | { name: 'choose', id: string, isSure: boolean, emoji: string | undefined }
  | { name: 'switch', filter: string, at: number }
  /** Something to read over the whole page, until a key. */
  | { name: 'panel', panel: Panel }

export type Panel = { type: 'help' } | { type: 'code', userId: string, code: string | undefined }

export interface Notice { text: string, style: 'plain' | 'yellow' | 'red', until: Millis }

export type ChatEvent =
  | { type: 'key', key: Key }
  | { type: 'paste', text: string }
  | { type: 'resize', columns: number, rows: number }
  | { type: 'focus', isFocused: boolean }
  | { type: 'tick' }
  | { type: 'happening', happening: Happening }
  /** All of them, the last used first. */
  | { type: 'conversations', entries: ConversationEntry[] }
  /** Everybody who is known. */
  | { type: 'contacts', entries: ContactEntry[] }
  | { type: 'page', user: string, side: 'older' | 'newer' | 'newest', lines: ConversationLine[], isEnd: boolean }
  | { type: 'line', line: ConversationLine }
  | { type: 'sent', line: ConversationLine }
  | { type: 'safetyCode', user: string, code: string | undefined }
  /** Others' lines that were on the page when it was painted. */
  | { type: 'shown', user: string, ids: string[] }
  /** Something did not work. draft: what was typed for it; loading: whose lines did not come. */
  | { type: 'failed', text: string, draft?: { user: string, text: string }, loading?: string }

export type ChatEffect =
  | { type: 'load', user: string, side: 'older' | 'newer' | 'newest', id?: string }
  /** Names come with them. */
  | { type: 'conversations' }
  | { type: 'name', user: string, name: string }
  | { type: 'send', user: string, text: string, replyTo: string | undefined }
  | { type: 'edit', user: string, id: string, text: string }
  | { type: 'delete', user: string, id: string }
  | { type: 'react', user: string, id: string, emoji: string, remove: boolean }
  | { type: 'timer', user: string, seconds: number }
  | { type: 'read', user: string, ids: string[] }
  | { type: 'typing', user: string }
  | { type: 'verify', user: string }
  /** An own message that was written elsewhere. */
  | { type: 'look', user: string, id: string }
  | { type: 'bell' }
  | { type: 'redraw' }
  | { type: 'leave' }

export interface ChatState {
  readonly self: string
  readonly names: Names
  columns: number
  rows: number
  isFocused: boolean
  /** The last used first. */
  conversations: Conversation[]
  open: Conversation
  mode: Mode
  notice: Notice | undefined
  passages: Map<string, Passage>
  connection: { connected: number, nodes: number } | undefined
}

/** What keys may do with the chat. */
export interface ChatHands {
  readonly state: ChatState
  /** Shown for a while. */
  say: (text: string, style: Notice['style'], now: Millis) => void
  /** Into the text of the open conversation. */
  type: (text: string, now: Millis) => ChatEffect[]
  sendTyped: (text: string) => ChatEffect[]
  /** Goes to this user's conversation, a new one if need be. */
  open: (userId: string) => ChatEffect[]
  /** By so many rows, downwards when positive. */
  scroll: (rows: number, now: Millis) => ChatEffect[]
  /** One page at a time. */
  load: (conversation: Conversation, side: 'older' | 'newer' | 'newest') => ChatEffect[]
}
