/** The table for people, and the object for scripts. */
import { isReached, ratioTo, type Row, type Target } from './rows.ts'
import { SUBJECTS } from './subjects.ts'
import type { Machine } from './machine.ts'
import type { Spread } from './statistics.ts'

const HEADER = ['', 'posthouse', 'libp2p', 'plain', '÷ libp2p', '÷ plain', 'target']

/** Aligned; rows that measure the same thing in other units stand under one heading. */
export function tableOf (rows: readonly Row[]): string {
  const lines: string[][] = [HEADER]
  let heading: string | undefined
  for (const row of rows) {
    if (row.what !== heading) lines.push([heading = row.what])
    lines.push([
      `  ${row.unit}`,
      ...SUBJECTS.map(subject => spreadText(row.figures[subject])),
      ratioText(ratioTo('libp2p', row)),
      ratioText(ratioTo('plain', row)),
      targetText(row)
    ])
  }
  const widths = HEADER.map((_, column) => Math.max(...lines.map(line => line.length > 1 ? line[column]?.length ?? 0 : 0)))
  return lines.map(line => line.map((cell, column) => column === 0 || column === line.length - 1 ? cell.padEnd(line.length > 1 ? widths[column] ?? 0 : 0) : cell.padStart(widths[column] ?? 0)).join('  ').trimEnd()).join('\n')
}

export function machineText ({ node, cores, processor, fsyncMs }: Machine): string {
  return `node ${node} · ${cores} cores, ${processor} · fsync ${figureText(fsyncMs)} ms`
}

/** Everything that the table says, unrounded. */
export function objectOf (plan: string, rounds: number, machine: Machine, rows: readonly Row[]): unknown {
  return {
    bench: 'posthouse',
    plan,
    rounds,
    machine,
    rows: rows.map(row => ({
      what: row.what,
      unit: row.unit,
      better: row.better,
      ...row.figures,
      ratios: { libp2p: ratioTo('libp2p', row), plain: ratioTo('plain', row) },
      targets: row.targets,
      reached: isReached(row)
    }))
  }
}

function spreadText (spread: Spread | undefined): string {
  if (spread === undefined) return '–'
  const { median, min, max } = spread
  return min === max ? figureText(median) : `${figureText(median)} (${figureText(min)}–${figureText(max)})`
}

/** Three significant digits, or whole numbers with their thousands apart. */
function figureText (value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en')
  return value.toLocaleString('en', { minimumSignificantDigits: 2, maximumSignificantDigits: 3 })
}

function ratioText (ratio: number | undefined): string {
  return ratio === undefined ? '–' : ratio.toFixed(2)
}

function targetText (row: Row): string {
  const reached = isReached(row)
  if (reached === undefined) return ''
  const sign = row.better === 'more' ? '≥' : '≤'
  const aim = (target: Target): string => target.type === 'value' ? figureText(target.value) : `${target.share * 100} % of libp2p`
  return `${reached ? '✓' : '✗'} ${sign} ${row.targets.map(aim).join(', ')}`
}
