/** What a person reads after a run: what was assumed, what was promised and kept, in figures, and how to see it again. */
import { styleText } from 'node:util'
import { boundOfZero } from '../report/bound.ts'
import { written } from '../report/quantity.ts'
import { standing, type ReportedCheck, type Standing } from '../report/reported-run.ts'
import { inWords } from '../report/words.ts'
import type { Finished } from '../pool.ts'
import type { RunResult } from '../run.ts'

const SIGNS: Readonly<Record<Standing, string>> = Object.freeze({ kept: '✓', short: '~', broken: '✗' })
const STYLES: Readonly<Record<Standing, 'green' | 'yellow' | 'red'>> = Object.freeze({ kept: 'green', short: 'yellow', broken: 'red' })
const VIRTUAL_MS_A_SECOND = 1000
/** Checks that count messages, so that none of N says how many there may be. */
const BOUNDED: ReadonlySet<string> = new Set(['stored-is-shown', 'lost-sender-gone', 'shown-once', 'causal-order'])

/** stream: decides about colours. */
export type Paint = (standing: Standing, text: string) => string

export function painter (stream: NodeJS.WritableStream): Paint {
  return (standing, text) => styleText(STYLES[standing], text, { stream })
}

/** Everything about one run. */
export function runText (result: RunResult, wallMs: number, paint: Paint): string {
  const { scenario, seed, about, assumes, checks, traceHash, replay } = result
  return [
    `${scenario}, seed ${seed}: ${sizeText(result)}`,
    about,
    `Assumed: ${assumes}`,
    '',
    table(checks.map(check => checkRow(check, paint))),
    ...checks.filter(check => !check.kept).flatMap(exampleLines),
    '',
    table(figureRows(result)),
    '',
    `trace ${traceHash}`,
    paceText(result, wallMs),
    ...(result.standing === 'broken' ? [`replay: ${replay}`] : [])
  ].join('\n')
}

/** One line a run, and for what broke how to see it again. */
export function runLine ({ job, wallMs, result, failure }: Finished, paint: Paint): string {
  const name = `${job.name}, seed ${job.seed}`
  if (failure !== undefined) return `${paint('broken', SIGNS.broken)} ${name}: the run did not come to its end: ${failure}`
  const unkept = result.checks.filter(({ kept }) => !kept)
  const said = unkept.map(check => `${paint(standing(check), check.name)} ${countText(check)}`).join(', ')
  const line = `${paint(result.standing, SIGNS[result.standing])} ${name}: ${said === '' ? 'every promise kept' : said}  (${written(wallMs, 'ms')})`
  return result.standing === 'broken' ? `${line}\n  replay: ${result.replay}` : line
}

/** For a script: the run without its plots. */
export function runObject ({ series, checks, ...result }: RunResult): object {
  return { ...result, checks: checks.map(check => ({ ...check, standing: standing(check) })) }
}

export function sizeText ({ nodes, users, messages, hours }: Pick<RunResult, 'nodes' | 'users' | 'messages' | 'hours'>): string {
  const counted = [[nodes, 'nodes'], [users, 'users'], [messages, 'messages'], [hours, 'virtual hours']] as const
  return counted.map(([count, what]) => `${count.toLocaleString('en')} ${what}`).join(', ')
}

function checkRow (check: ReportedCheck, paint: Paint): string[] {
  const known = check.fallsShort
  const bound = check.figure === 0 && BOUNDED.has(check.name) ? boundOfZero(check.of) : check.kept || known === undefined ? '' : `at most ${known.atMost.toLocaleString('en')} known: ${known.because}`
  return [`  ${paint(standing(check), SIGNS[standing(check)])} ${check.name}`, countText(check), bound]
}

function countText ({ figure, of, unit }: ReportedCheck): string {
  return `${figure.toLocaleString('en')} of ${of.toLocaleString('en')} ${unit}`
}

function exampleLines ({ name, examples }: ReportedCheck): string[] {
  return examples.map(example => `    ${name}: ${example}`)
}

/** Without the traffic by kind of frame, which the report has. */
function figureRows ({ summary }: RunResult): string[][] {
  return inWords(Object.keys(summary))
    .filter(({ kind }) => kind === undefined)
    .map(({ name, words, quantity }) => [`  ${words}`, written(summary[name] as number, quantity)])
}

function paceText ({ events, hours }: RunResult, wallMs: number): string {
  const pace = hours * 3600 * VIRTUAL_MS_A_SECOND / wallMs
  return `${written(wallMs, 'ms')} for ${written(hours * 3600 * VIRTUAL_MS_A_SECOND, 'ms')} of traffic: ${Math.round(pace).toLocaleString('en')} times as fast as life, ${events.toLocaleString('en')} events`
}

/** Columns aligned; colours do not count. */
function table (rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => width(row[column] ?? ''))))
  return rows.map(row => row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - width(cell))).join('  ').trimEnd()).join('\n')
}

function width (text: string): number {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[\d+m/g, '').length
}
