/** From lines to rows: what stands on each row of the page, and how a page moves along them. */
import stringWidth from 'string-width'
import wrapAnsi from 'wrap-ansi'
import { cutToColumns } from '../../columns.ts'
import { STATE_MARKS, partsOf, type PartStyle } from '../../line-parts.ts'
import { calendarDate, clockTime } from '../../output.ts'
import type { ConversationLine } from '../../agent/calls.ts'
import type { Millis } from '../../../types.ts'
import type { Anchor, ChatState, Conversation, Passage } from './state.ts'

export type Style = PartStyle | 'qr' | 'cyan' | 'green' | 'blue' | 'red' | 'bold' | 'inverse'
export interface Span { style: Style, text: string }
/** Spans from left to right. */
export type Row = readonly Span[]
/** A row, and the line that it belongs to. */
export interface LineRow { id: string, row: Row }

export const plain = (text: string): Span => ({ style: 'plain', text })
export const dim = (text: string): Span => ({ style: 'dim', text })

export function rowWidth (row: Row): number {
  return row.reduce((sum, { text }) => sum + stringWidth(text), 0)
}

/** At most so wide: the rest is cut off, a wide character is never halved. */
export function fit (row: Row, columns: number): Row {
  let room = columns
  const fitting: Span[] = []
  for (const { style, text } of row) {
    const width = stringWidth(text)
    if (width <= room) {
      fitting.push({ style, text })
      room -= width
      continue
    }
    fitting.push({ style, text: cutToColumns(text, room) })
    break
  }
  return fitting
}

/** Text in rows of at most so many columns, broken between words where that is possible. */
export function wrap (text: string, columns: number): string[] {
  return text.split('\n').flatMap(line => {
    const [first = '', ...rest] = wrapAnsi(line, Math.max(1, columns), { hard: true, trim: false }).split('\n')
    // The space between two words is where the row was broken; a line's own indentation stays.
    return [first, ...rest.map(row => row.replace(/^ /, ''))]
  })
}

export interface LayoutContext {
  state: ChatState
  conversation: Conversation
  now: Millis
  columns: number
}

/** How a user is called on this screen. */
export function nameOf ({ self, names }: Pick<ChatState, 'self' | 'names'>, userId: string): string {
  return userId === self ? 'you' : names.called(userId)
}

/** The rows of the line at `index`, with the headings that stand above it. */
export function rowsOf (context: LayoutContext, index: number): LineRow[] {
  const { conversation: { timeline, firstUnread }, state } = context
  const line = timeline.lines[index]
  if (line === undefined) return []
  const before = timeline.lines[index - 1]
  const day = calendarDate(line.sentAt)
  const headings: Row[] = [
    ...before === undefined || calendarDate(before.sentAt) !== day ? [[dim(`── ${day} ──`)]] : [],
    ...line.id === firstUnread ? [[{ style: 'yellow' as const, text: '── new ──' }]] : []
  ]
  const isChosen = state.mode.name === 'choose' && state.mode.id === line.id
  const rows = messageRows(context, line).map(row => isChosen ? [{ style: 'inverse' as const, text: '▌' }, ...row] : [plain(' '), ...row])
  return [...headings, ...rows].map(row => ({ id: line.id, row }))
}

function messageRows ({ state, conversation: { timeline }, now, columns }: LayoutContext, line: ConversationLine): Row[] {
  const parts = partsOf(line, { now, nameOf: userId => nameOf(state, userId), find: id => timeline.find(id) })
  const name = nameOf(state, line.from)
  const own = line.from === state.self
  const margin = columns < NARROW_COLUMNS ? 2 : stringWidth(`${clockTime(line.sentAt)}  ${name}  `)
  const indent = plain(' '.repeat(margin))
  const room = columns - margin - 1
  const head: Span[] = [dim(clockTime(line.sentAt)), plain('  '), { style: own ? 'green' : 'cyan', text: name }, plain('  ')]
  const mark = own ? markOf(line, state.passages.get(line.id)) : []
  const notes = parts.notes.length === 0 ? [] : [dim(` (${parts.notes.join(', ')})`)]
  const body = wrap(parts.body.text, room).map((text): Row => [{ style: parts.body.style, text }])
  const tail = [...notes, ...mark]
  const last = body.at(-1) ?? []
  const closed = rowWidth(last) + rowWidth(tail) <= room ? [...body.slice(0, -1), [...last, ...tail]] : [...body, tail.map(trimmedStart)]
  const [first = [], ...rest] = closed
  return [
    ...parts.gap === undefined ? [] : [[{ style: 'yellow' as const, text: `┄┄ ${parts.gap} ┄┄` }]],
    ...parts.quote === undefined ? [] : [[indent, dim(parts.quote)]],
    ...columns < NARROW_COLUMNS ? [head, [indent, ...first]] : [[...head, ...first]],
    ...rest.map((row): Row => [indent, ...row]),
    ...parts.reactions === undefined ? [] : [[indent, plain(parts.reactions)]]
  ]
}

/** Below it names stand on rows of their own. */
const NARROW_COLUMNS = 48

/** How far an own message is. */
function markOf ({ state }: ConversationLine, passage: Passage | undefined): Span[] {
  if (state === undefined) return []
  if (state === 'accepted' && passage !== undefined && passage.w > 0) return [dim(` · ${passage.copies}/${passage.w}`)]
  return [{ style: state === 'read' ? 'blue' : 'dim', text: ` ${STATE_MARKS[state]}` }]
}

function trimmedStart (span: Span, at: number): Span {
  return at === 0 ? { ...span, text: span.text.trimStart() } : span
}

/** Rows from the anchor upwards, at most `height`, top first; and the anchor itself when the lines above do not fill the page. */
export function pageOf (context: LayoutContext, height: number): LineRow[] {
  const { timeline, anchor } = context.conversation
  const at = anchor === undefined ? -1 : timeline.indexOf(anchor.id)
  let rows: LineRow[] = []
  for (let index = at === -1 ? timeline.lines.length - 1 : at; index >= 0 && rows.length < height; index--) {
    const own = rowsOf(context, index)
    const visible = index === at && anchor !== undefined ? own.slice(0, Math.max(1, own.length - anchor.below)) : own
    rows = [...visible, ...rows]
  }
  return rows.slice(-height)
}

/** Every row of what is at hand. */
export function allRows (context: LayoutContext): LineRow[] {
  return context.conversation.timeline.lines.flatMap((_, index) => rowsOf(context, index))
}

/** The anchor after moving so many rows, downwards when positive. Undefined: the end. */
export function moved (context: LayoutContext, height: number, by: number): Anchor | undefined {
  const rows = allRows(context)
  return anchorAt(rows, Math.max(bottomOf(context, rows) + by, height - 1))
}

/** The anchor that has this line on the page, moving no farther than needed. */
export function revealing (context: LayoutContext, height: number, id: string): Anchor | undefined {
  const rows = allRows(context)
  const bottom = bottomOf(context, rows)
  const [first, last] = [rows.findIndex(row => row.id === id), rows.findLastIndex(row => row.id === id)]
  if (first === -1) return context.conversation.anchor
  if (last > bottom) return anchorAt(rows, last)
  return first <= bottom - height ? anchorAt(rows, first + height - 1) : context.conversation.anchor
}

function bottomOf ({ conversation: { anchor } }: LayoutContext, rows: readonly LineRow[]): number {
  if (anchor === undefined) return rows.length - 1
  const last = rows.findLastIndex(({ id }) => id === anchor.id)
  return last === -1 ? rows.length - 1 : last - anchor.below
}

function anchorAt (rows: readonly LineRow[], bottom: number): Anchor | undefined {
  const row = rows[bottom]
  if (row === undefined || bottom >= rows.length - 1) return undefined
  return { id: row.id, below: rows.findLastIndex(({ id }) => id === row.id) - bottom }
}
