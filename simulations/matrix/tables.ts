/** The tables that CI posts, in markdown. */
import { median, sum } from 'simple-statistics'
import { isBreach } from '../command-line/main.ts'
import { boundOfZero } from '../report/bound.ts'
import { written } from '../report/quantity.ts'
import { standing } from '../report/reported-run.ts'
import { inWords } from '../report/words.ts'
import type { Difference } from './baselines.ts'
import type { Finished } from '../pool.ts'
import type { RunResult } from '../run.ts'

/** undefined: there is no baseline yet. */
export interface ScenarioDifferences { name: string, differences: Difference[] | undefined }

/** Breaches told one by one; the rest is counted. */
const BREACHES_MAX = 20

/** One row a scenario. Each of `groups` holds all runs of one. */
export function overviewTable (groups: Finished[][]): string {
  const rows = groups.map(group => {
    const results = group.flatMap(({ result }) => result ?? [])
    const middle = (name: string): string => {
      const values = results.flatMap(({ summary }) => summary[name] ?? [])
      return values.length === 0 ? '–' : written(median(values), inWords([name])[0]?.quantity ?? 'count')
    }
    const short = results.filter(result => result.standing === 'short').length
    const breaches = group.filter(isBreach).length
    const sign = breaches > 0 ? `✗ ${breaches}` : short > 0 ? `~ ${short}` : '✓'
    return [
      group[0]?.job.name ?? '', String(group.length), sign, lostText(results),
      middle('deliveryOnlineMsP50'), middle('deliveryOnlineMsP99'), middle('copiesMean'), middle('routingSuccessShare'), middle('messagesPerNodeHour'),
      written(median(group.map(({ wallMs }) => wallMs)), 'ms')
    ]
  })
  return markdown('Simulation', ['scenario', 'runs', 'promises', 'lost', 'delivery p50, reader online', 'p99', 'copies', 'routing success', 'messages per node and hour', 'wall time'], rows) +
    '\n✓ kept in all runs, ~ fell short within its known bound, ✗ broke, in so many runs. Figures are of the middle run.\n'
}

/** Of all runs together: how many were lost, or what losing none of so many supports. */
function lostText (results: RunResult[]): string {
  const total = (name: string): number => sum(results.map(({ summary }) => summary[name] ?? 0))
  const lost = total('messagesLost')
  return lost > 0 ? String(lost) : `0, ${boundOfZero(total('messagesStored'))}`
}

/** What has changed since the baselines. */
export function differencesTable (scenarios: ScenarioDifferences[]): string {
  const rows = scenarios.flatMap(({ name, differences }) => differences === undefined
    ? [[name, 'no baseline yet', '', '', '']]
    : differences.map(difference => [name, ...differenceCells(difference)]))
  if (rows.length === 0) return '### Differences from the baselines\n\nNone: every figure of every run is as it was.\n'
  return markdown('Differences from the baselines', ['scenario', 'figure (mean of its runs)', 'baseline', 'now', 'change'], rows)
}

/** unlike: runs that gave another hash than the first time. */
export function breachesTable (runs: Finished[], unlike: Finished[]): string {
  const rows = [
    ...unlike.map(({ job }) => [job.name, job.seed, 'the same seed gave two hashes', '']),
    ...runs.filter(isBreach).map(({ job, result, failure }) => [
      job.name, job.seed,
      result?.checks.filter(check => standing(check) === 'broken').map(({ name, figure, unit, examples: [first] }) => `${name}: ${figure} ${unit}; ${first ?? ''}`).join('; ') ?? failure ?? '',
      result === undefined ? '' : `\`${result.replay}\``
    ])
  ]
  if (rows.length === 0) return ''
  const more = rows.length > BREACHES_MAX ? `\n… and ${rows.length - BREACHES_MAX} more\n` : ''
  return markdown('Unexpected breaches', ['scenario', 'seed', 'what', 'replay'], rows.slice(0, BREACHES_MAX)) + more
}

function differenceCells ({ figure, before, now }: Difference): string[] {
  const [named] = inWords([figure])
  const text = (value: number | undefined): string => value === undefined ? '–' : written(value, named?.quantity ?? 'count')
  return [named?.words ?? figure, text(before), text(now), changeText(before, now)]
}

function changeText (before: number | undefined, now: number | undefined): string {
  if (before === undefined || now === undefined) return 'new or gone'
  if (before === 0) return now === 0 ? 'moved between seeds' : `+${written(now, 'count')}`
  const change = now / before - 1
  return `${change >= 0 ? '+' : '−'}${Math.abs(change * 100).toLocaleString('en', { maximumSignificantDigits: 3 })} %`
}

function markdown (title: string, header: string[], rows: string[][]): string {
  const line = (cells: string[]): string => `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return `### ${title}\n\n${[line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n')}\n`
}
