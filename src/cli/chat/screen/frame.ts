/** How the screen is divided: header, page, a row for what happens, the text being typed, a row of hints; beside it the chats. */
import stringWidth from 'string-width'
import { graphemes } from '../../graphemes.core.ts'
import { excerpt } from '../../line-parts.ts'
import { nameOf, type LayoutContext, type Row } from './layout.ts'
import type { Millis } from '../../../types.ts'
import type { Draft } from './draft.core.ts'
import type { ChatState, Conversation } from './state.ts'

export const PROMPT = '› '
/** Rows that the text being typed may take; above that it scrolls. */
const INPUT_ROWS_MAX = 6
/** Columns of the list of chats, and from which width on it is there. */
const SIDEBAR_COLUMNS = 26
const SIDEBAR_FROM_COLUMNS = 90

export interface InputRows {
  rows: string[]
  /** Where the cursor stands in them. */
  cursor: { row: number, column: number }
}

export interface Frame {
  /** 0: the list of chats is not there. */
  sidebarColumns: number
  pageColumns: number
  pageRows: number
  input: InputRows
  /** What is being answered or changed. */
  subject: Row | undefined
}

export function frameOf (state: ChatState): Frame {
  const { open, columns } = state
  const sidebarColumns = columns >= SIDEBAR_FROM_COLUMNS && state.conversations.length > 1 ? SIDEBAR_COLUMNS : 0
  const input = inputRows(typed(state), columns)
  const subject = subjectOf(state, open)
  const others = FIXED_ROWS + input.rows.length + (subject === undefined ? 0 : 1)
  return { sidebarColumns, pageColumns: columns - sidebarColumns, pageRows: Math.max(1, state.rows - others), input, subject }
}

/** Header, what happens, hints. */
const FIXED_ROWS = 3

export function layoutOf (state: ChatState, now: Millis): LayoutContext {
  return { state, conversation: state.open, now, columns: frameOf(state).pageColumns }
}

/** An emoji, or a part of a name, is typed in the same place as a message. */
function typed ({ mode, open }: ChatState): Draft {
  if (mode.name === 'choose' && mode.emoji !== undefined) return { text: mode.emoji, at: mode.emoji.length }
  if (mode.name === 'switch') return { text: mode.filter, at: mode.filter.length }
  return open.draft
}

function subjectOf (state: ChatState, { answering, editing, timeline }: Conversation): Row | undefined {
  const id = editing ?? answering
  if (id === undefined) return undefined
  const line = timeline.find(id)
  const what = editing !== undefined ? 'changing' : `answering ${line === undefined ? '' : nameOf(state, line.from)}`
  return [{ style: 'cyan', text: `${what} ` }, { style: 'dim', text: `${line === undefined ? 'a message' : `“${excerpt(line)}”`}   Esc gives it up` }]
}

/** Broken wherever a row is full, so that the cursor is easily found. */
export function inputRows ({ text, at }: Draft, columns: number): InputRows {
  const room = Math.max(1, columns - PROMPT.length - 1)
  const rows: string[] = ['']
  let cursor = { row: 0, column: 0 }
  let width = 0
  let index = 0
  for (const grapheme of graphemes(text)) {
    if (index === at) cursor = { row: rows.length - 1, column: width }
    index += grapheme.length
    const next = stringWidth(grapheme)
    if (grapheme === '\n' || width + next > room) {
      rows.push('')
      width = 0
      if (grapheme === '\n') continue
      if (index - grapheme.length === at) cursor = { row: rows.length - 1, column: 0 }
    }
    rows[rows.length - 1] += grapheme
    width += next
  }
  if (index === at) cursor = { row: rows.length - 1, column: width }
  const from = Math.max(0, Math.min(cursor.row - INPUT_ROWS_MAX + 1, rows.length - INPUT_ROWS_MAX))
  const first = Math.max(from, cursor.row - INPUT_ROWS_MAX + 1)
  return { rows: rows.slice(first, first + INPUT_ROWS_MAX), cursor: { row: cursor.row - first, column: cursor.column + PROMPT.length } }
}
