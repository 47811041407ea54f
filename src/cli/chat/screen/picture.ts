/** The whole screen as rows, made of the state alone. */
import { fit, dim, nameOf, pageOf, plain, rowWidth, wrap, type Row, type Span } from './layout.ts'
import { QUICK_REACTIONS } from './choosing.ts'
import { PROMPT, frameOf, layoutOf, type Frame } from './frame.ts'
import { filtered } from './pressing.ts'
import { panelRows } from './panels.ts'
import { duration, printable, shortId } from '../../output.ts'
import { sentence } from '../../failures.ts'
import type { Millis } from '../../../types.ts'
import type { ChatState, Conversation } from './state.ts'

export interface Picture {
  /** As many as the screen has, none wider than it. */
  rows: Row[]
  cursor: { row: number, column: number }
  /** Lines of the open conversation that can be seen. */
  shown: string[]
}

/** Fewer rows or columns than this are not laid out. */
const COLUMNS_MIN = 20
const ROWS_MIN = 6

export function pictureOf (state: ChatState, now: Millis): Picture {
  const { columns, rows } = state
  if (columns < COLUMNS_MIN || rows < ROWS_MIN) return { rows: [fit([plain('too small')], columns)], cursor: { row: 0, column: 0 }, shown: [] }
  const frame = frameOf(state)
  const page = pageRows(state, frame, now)
  const input = inputArea(state, frame)
  const all: Row[] = [
    headerRow(state),
    ...beside(sidebarRows(state, frame), page.rows, frame),
    happeningRow(state, now),
    ...frame.subject === undefined ? [] : [frame.subject],
    ...input,
    hintRow(state)
  ]
  return {
    rows: all.map(row => fit(row, columns)),
    cursor: { row: all.length - 1 - input.length + frame.input.cursor.row, column: frame.input.cursor.column },
    shown: page.shown
  }
}

/** The header lies inverted over the whole width. */
function headerRow (state: ChatState): Row {
  const { open, columns } = state
  const presence = open.presence === 'online' ? ' ● online' : open.presence === 'away' ? ' ◐ away' : open.presence === 'offline' ? ' ○ offline' : ''
  const timer = open.expiresAfterSeconds === 0 ? '' : ` · disappearing after ${duration(open.expiresAfterSeconds)}`
  const others = state.conversations.filter(conversation => conversation !== open && conversation.unread > 0)
  const unread = others.reduce((sum, conversation) => sum + conversation.unread, 0)
  const left = ` ${titleOf(state, open.userId)}${presence}${timer}`
  const right = unread === 0 ? '' : `${unread} unread elsewhere (Tab) `
  const room = columns - rowWidth([plain(left)]) - rowWidth([plain(right)])
  return [{ style: 'inverse', text: room < 1 ? left.padEnd(columns) : `${left}${' '.repeat(room)}${right}` }]
}

/** What can be seen of the conversation, at the bottom of its place. */
function pageRows (state: ChatState, { pageColumns, pageRows: height }: Frame, now: Millis): { rows: Row[], shown: string[] } {
  const { mode, open } = state
  if (mode.name === 'panel') return { rows: filled(panelRows(mode.panel, { columns: pageColumns, names: state.names }), height, 'above'), shown: [] }
  if (mode.name === 'switch') return { rows: filled(switchRows(state, mode), height, 'below'), shown: [] }
  const rows = pageOf(layoutOf(state, now), height)
  if (rows.length > 0) return { rows: filled(rows.map(({ row }) => row), height, 'below'), shown: [...new Set(rows.map(({ id }) => id))] }
  const words = open.loading !== undefined ? 'loading…' : 'Nothing was written here yet: the first message is yours.'
  return { rows: filled(wrap(words, pageColumns - 2).map(text => [plain(' '), dim(text)]), height, 'below'), shown: [] }
}

function switchRows (state: ChatState, { filter, at }: { filter: string, at: number }): Row[] {
  const { conversations, names, self, columns } = state
  const found = filtered(conversations, filter, names)
  const rows = found.map((conversation, index): Row => [
    { style: index === at ? 'inverse' : 'plain', text: ` ${label(state, conversation)} ` },
    ...conversation.userId !== self && names.of(conversation.userId) !== '' ? [dim(` ${shortId(conversation.userId)}`)] : [],
    ...unreadSpans(conversation),
    dim(`  ${lastWords(conversation, columns)}`)
  ])
  return [[{ style: 'bold', text: ' Go to a chat' }, dim('   ↑ ↓, a part of its name, or a did:key:… for a new one')], [], ...rows, ...found.length === 0 ? [[dim(' none: Enter begins one when this is a whole did:key:…, or a name')]] : []]
}

function sidebarRows (state: ChatState, { sidebarColumns, pageRows: height }: Frame): Row[] {
  if (sidebarColumns === 0) return []
  const { conversations, open } = state
  const at = conversations.indexOf(open)
  const from = Math.max(0, Math.min(at - Math.floor(height / 2), conversations.length - height))
  return conversations.slice(from, from + height).map((conversation): Row => {
    const name: Span = { style: conversation === open ? 'bold' : 'plain', text: `${conversation === open ? '▸' : ' '}${label(state, conversation)}` }
    return fit([name, ...unreadSpans(conversation)], sidebarColumns - 2)
  })
}

function titleOf ({ self, names }: ChatState, userId: string): string {
  return userId === self ? 'notes to yourself' : names.called(userId)
}

function label (state: ChatState, { userId, presence }: Conversation): string {
  return `${titleOf(state, userId)}${presence === 'online' ? ' ●' : ''}`
}

function unreadSpans ({ unread }: Conversation): Span[] {
  return unread === 0 ? [] : [{ style: 'yellow', text: ` ${unread}` }]
}

function lastWords ({ last }: Conversation, columns: number): string {
  return last === undefined ? '' : printable(last.text).replace(/\s+/g, ' ').slice(0, Math.max(0, columns - 30))
}

/** The list of chats left of the page. */
function beside (sidebar: Row[], page: Row[], { sidebarColumns, pageColumns }: Frame): Row[] {
  if (sidebarColumns === 0) return page
  return page.map((row, at): Row => {
    const left = sidebar[at] ?? []
    return [...left, plain(' '.repeat(Math.max(0, sidebarColumns - 2 - rowWidth(left)))), dim('│ '), ...fit(row, pageColumns)]
  })
}

/** One row for what is being said about the conversation: the most pressing alone. */
function happeningRow (state: ChatState, now: Millis): Row {
  const { open, notice } = state
  if (notice !== undefined) return [{ style: notice.style, text: ` ${sentence(printable(notice.text))}` }]
  if (open.anchor !== undefined || open.timeline.hasNewer) return [{ style: 'yellow', text: ' ↓ there is more below' }, dim(' (Esc goes there)')]
  if (open.typingUntil > now) return [{ style: 'italic', text: ` ${nameOf(state, open.userId)} is writing…` }]
  const newest = open.timeline.lines.findLast(({ from }) => from === state.self)
  const passage = newest === undefined ? undefined : state.passages.get(newest.id)
  if (newest?.state === 'queued' && passage?.problem !== undefined) return [{ style: 'yellow', text: ` ${sentence(passage.problem)}` }]
  return []
}

function inputArea ({ mode }: ChatState, { input }: Frame): Row[] {
  const prompt: Span = mode.name === 'choose' && mode.emoji === undefined ? dim('  ') : { style: 'green', text: PROMPT }
  return input.rows.map((text, at): Row => [at === 0 ? prompt : plain(' '.repeat(PROMPT.length)), plain(text)])
}

function hintRow ({ mode, connection, columns }: ChatState): Row {
  const hint = hintOf(mode)
  const left = ` ${hint}`
  const right = connection === undefined ? '' : connection.connected === 0 ? 'offline ' : `${connection.connected} of ${connection.nodes} nodes `
  const room = columns - rowWidth([plain(left)]) - rowWidth([plain(right)])
  if (room < 1) return [dim(left)]
  return [dim(left), plain(' '.repeat(room)), connection?.connected === 0 ? { style: 'yellow', text: right } : dim(right)]
}

function hintOf (mode: ChatState['mode']): string {
  if (mode.name === 'panel') return 'any key goes back'
  if (mode.name === 'switch') return 'Enter opens, Esc goes back'
  if (mode.name === 'write') return 'Enter sends · ↑ chooses a message · Ctrl-T goes to a chat · /help'
  if (mode.emoji !== undefined) return 'type or paste an emoji, Enter reacts with it'
  return `r answers · 1–${QUICK_REACTIONS.length} ${QUICK_REACTIONS.join('')} + · e changes · d deletes · i tells more`
}

/** Empty rows on this side of them; what is too much is cut off there. */
function filled (rows: Row[], height: number, side: 'above' | 'below'): Row[] {
  const empty = Array.from({ length: Math.max(0, height - rows.length) }, (): Row => [])
  return side === 'above' ? [...rows.slice(0, height), ...empty] : [...empty, ...rows.slice(-height)]
}
