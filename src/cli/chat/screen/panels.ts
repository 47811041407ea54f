/** What lies over the page until a key is pressed: the help, and the safety code. */
import { STATE_MARKS } from '../../line-parts.ts'
import { qrRows } from '../../qr.ts'
import { safetyCodeRows } from '../../safety-code.ts'
import { QUICK_REACTIONS } from './choosing.ts'
import { dim, plain, rowWidth, wrap, type Row } from './layout.ts'
import type { Names } from '../../naming.ts'
import type { Panel } from './state.ts'

export function panelRows (panel: Panel, { columns, names }: { columns: number, names: Names }): Row[] {
  return panel.type === 'help' ? helpRows() : codeRows(panel, names.introduced(panel.userId), columns)
}

const HELP: ReadonlyArray<readonly [keys: string, words: string]> = [
  ['Enter · Alt-Enter', 'sends · begins a new line'],
  ['PgUp PgDn Home End', 'move through the history'],
  ['↑', 'chooses a message; then'],
  ['   r  Enter', '   answers it'],
  [`   1–${QUICK_REACTIONS.length}  +`, `   reacts: ${QUICK_REACTIONS.join(' ')}, or any; again takes it back`],
  ['   e  d', '   changes, deletes one of your own, for everybody'],
  ['   i', '   tells more of it'],
  ['Ctrl-T', 'goes to another chat, or begins one'],
  ['Ctrl-N Ctrl-P · Tab', 'next, previous chat · next one with unread messages'],
  ['/timer 1d · /timer off', 'messages disappear a day after being read · stay'],
  ['/name Anna · /name', 'calls this chat so, for you alone · takes it away'],
  ['/verify', 'shows the safety code to compare'],
  ['Ctrl-C  /quit', 'leaves; any running client sends what is queued']
]

function helpRows (): Row[] {
  return [
    [],
    ...HELP.map(([keys, words]): Row => [plain(`  ${keys.padEnd(24)}`), dim(words)]),
    [],
    [plain('  '), dim(`${STATE_MARKS.queued} queued   · 1/2 accepted, copies so far   ${STATE_MARKS.stored} stored   ${STATE_MARKS.delivered} delivered`), { style: 'blue', text: `   ${STATE_MARKS.read} read` }]
  ]
}

/** Columns of the words beside the QR code, with their margin. */
const WORDS_COLUMNS = 32

/** The words beside the QR code where there is room, above it where there is not. */
function codeRows ({ code }: Extract<Panel, { type: 'code' }>, who: string, columns: number): Row[] {
  if (code === undefined) return [[], [dim(`  Asking for the devices of ${who}…`)]]
  const squares = qrRows(code)
  const isBeside = columns >= WORDS_COLUMNS + (squares[0]?.length ?? 0)
  const words = `Compare it with what ${who} sees, by another way than this chat: when all digits are the same, nobody sits between you.`
  const text: Row[] = [
    ...safetyCodeRows(code).map((row): Row => [plain('  '), { style: 'bold', text: row }]),
    [],
    ...wrap(words, (isBeside ? WORDS_COLUMNS : columns) - 4).map((row): Row => [plain('  '), dim(row)])
  ]
  const qr = squares.map((row): Row => [{ style: 'qr', text: row }])
  if (!isBeside) return [[], ...text, [], ...qr.map((row): Row => [plain('  '), ...row])]
  return [[], ...Array.from({ length: Math.max(text.length, qr.length) }, (_, at): Row => {
    const left = text[at] ?? []
    return [...left, plain(' '.repeat(WORDS_COLUMNS - rowWidth(left))), ...qr[at] ?? []]
  })]
}
