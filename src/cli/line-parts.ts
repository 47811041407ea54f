/**
 * A line of a conversation as a person is told of it, before it is known how wide the page is: what stands above it, what
 * it says, what is noted beside it, what stands below. Foreign text comes out printable.
 */
import { duration, printable } from './output.ts'
import type { ConversationLine } from './agent/calls.ts'
import type { MessageState } from '../types.ts'

export type PartStyle = 'plain' | 'dim' | 'yellow' | 'italic'
export interface Part { style: PartStyle, text: string }

export interface LineParts {
  /** Over the whole width: what is missing before it. */
  gap: string | undefined
  /** What it answers. */
  quote: string | undefined
  body: Part
  /** Behind the text: edited, late, disappearing. */
  notes: string[]
  reactions: string | undefined
}

export interface PartsContext {
  now: number
  /** How a user is called. */
  nameOf: (userId: string) => string
  /** A line that is at hand. */
  find: (id: string) => ConversationLine | undefined
}

/** What stands beside one's own message. */
export const STATE_MARKS: Readonly<Record<MessageState, string>> = Object.freeze({ queued: '○', accepted: '·', stored: '✓', delivered: '✓✓', read: '✓✓' })

/** Characters of a line that is quoted. */
const QUOTE_CHARACTERS = 60

export function partsOf (line: ConversationLine, context: PartsContext): LineParts {
  return {
    gap: gapText(line),
    quote: line.replyTo === undefined ? undefined : quoteText(line.replyTo, context),
    body: bodyOf(line),
    notes: notesOf(line, context.now),
    reactions: reactionsText(line, context)
  }
}

/** One row of it, at most so long. */
export function excerpt (line: ConversationLine, characters: number = QUOTE_CHARACTERS): string {
  const row = bodyOf(line).text.replace(/\s+/g, ' ').trim()
  const all = Array.from(row)
  return all.length > characters ? `${all.slice(0, characters - 1).join('')}…` : row
}

function bodyOf ({ kind, text, isDeleted, custom }: ConversationLine): Part {
  if (isDeleted) return { style: 'italic', text: 'deleted' }
  if (kind === 'text') return { style: 'plain', text: printable(text) }
  if (kind === 'timer') return { style: 'italic', text: printable(text) }
  if (kind === 'custom') return { style: 'italic', text: `${printable(text)} [${printable(custom?.kind ?? 'custom')}]` }
  return { style: 'italic', text: printable(text) === '' ? 'something that this version of posthouse does not know' : printable(text) }
}

function gapText ({ missing }: ConversationLine): string | undefined {
  if (missing.length === 0) return undefined
  return missing.length === 1 ? 'one message before this did not come' : `${missing.length} messages before this did not come`
}

function quoteText (id: string, { find, nameOf }: PartsContext): string {
  const line = find(id)
  return line === undefined ? '↪ an earlier message' : `↪ ${nameOf(line.from)}: ${excerpt(line)}`
}

function notesOf ({ isEdited, isDeleted, late, expiresAt }: ConversationLine, now: number): string[] {
  return [
    ...isEdited && !isDeleted ? ['edited'] : [],
    ...late ? ['came late'] : [],
    ...expiresAt !== undefined ? [`disappears in ${duration(Math.max(1, Math.ceil((expiresAt - now) / 1000)))}`] : []
  ]
}

function reactionsText ({ reactions }: ConversationLine, { nameOf }: PartsContext): string | undefined {
  if (reactions.length === 0) return undefined
  return reactions.map(({ emoji, from }) => `${printable(emoji)} ${from.length > 2 ? from.length : from.map(nameOf).join(', ')}`).join('   ')
}
