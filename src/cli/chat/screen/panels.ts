/** What lies over the page until a key is pressed: the help, and the safety code. */
import { STATE_MARKS } from '../../line-parts.ts'
import { shortId } from '../../output.ts'
import { qrRows } from '../../qr.ts'
import { safetyCodeRows } from '../../safety-code.ts'
import { QUICK_REACTIONS } from './choosing.core.ts'
import { dim, plain, wrap, type Row } from './layout.core.ts'
import type { Panel } from './state.ts'

export function panelRows (panel: Panel, columns: number): Row[] {
  return panel.type === 'help' ? helpRows() : codeRows(panel, columns)
}

const HELP: ReadonlyArray<readonly [keys: string, words: string]> = [
  ['Enter · Alt-Enter', 'sends · begins a new line'],
  ['PgUp PgDn Home End', 'move through the history'],
  ['↑', 'chooses a message; then'],
  ['   r  Enter', '   answers it'],
  [`   1–${QUICK_REACTIONS.length}  +`, `   reacts with ${QUICK_REACTIONS.join(' ')}, or with any emoji; again takes it back`],
  ['   e  d', '   changes, deletes one of your own, for everybody'],
  ['   i', '   tells more of it'],
  ['Ctrl-T', 'goes to another chat, or begins one'],
  ['Ctrl-N Ctrl-P · Tab', 'next and previous chat · next one with something unread'],
  ['/timer 1d · /timer off', 'messages disappear a day after they were read · stay'],
  ['/verify', 'shows the safety code to compare'],
  ['Ctrl-C  /quit', 'leaves; what is queued goes out whenever a client of yours runs']
]

function helpRows (): Row[] {
  const marks = `${STATE_MARKS.queued} queued on this device   · 1/2 accepted, copies so far   ${STATE_MARKS.stored} stored on enough nodes   ${STATE_MARKS.delivered} delivered`
  return [
    [],
    ...HELP.map(([keys, words]): Row => [plain(`  ${keys.padEnd(24)}`), dim(words)]),
    [],
    [plain('  '), dim(marks), { style: 'blue', text: `   ${STATE_MARKS.read} read` }]
  ]
}

function codeRows ({ userId, code }: Extract<Panel, { type: 'code' }>, columns: number): Row[] {
  if (code === undefined) return [[], [dim(`  Asking for the devices of ${shortId(userId)}…`)]]
  const words = `Compare it with what ${shortId(userId)} sees, on another way than this chat: when all digits are the same, nobody sits between you.`
  return [
    [],
    ...safetyCodeRows(code).map((row): Row => [plain('  '), { style: 'bold', text: row }]),
    [],
    ...wrap(words, columns - 4).map((row): Row => [plain('  '), dim(row)]),
    [],
    ...qrRows(code).map((row): Row => [plain('  '), { style: 'qr', text: row }])
  ]
}
