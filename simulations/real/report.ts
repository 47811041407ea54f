/** The last lines of a run of real nodes: a table for people, one object for scripts. */
import type { Verdict } from '../checks/check.ts'
import type { RealRun } from './run.ts'
import type { Scale } from './defaults.ts'
import type { Spread } from '../report/spread.ts'

/** Shares of P50 and P99. */
const QUANTILES = [0.5, 0.99]
/** Checks that are breached say so with a few examples. */
const MARK = Object.freeze({ kept: '✓', broken: '✗' })

export interface RealReport extends Scale {
  seed: string
  /** Newcomers, and nodes that came back; leaves: killed. */
  joins: number
  returns: number
  leaves: number
  nodesUpMin: number
  stored: number
  delivered: number
  lost: number
  shownTwice: number
  lookups: number
  /** Share of those that came to an end. */
  lookupSuccess: number
  lookupMsP50: number | null
  lookupMsP99: number | null
  /** Of readers whose device was on from the writing to the showing. */
  deliveryMsP50: number | null
  deliveryMsP99: number | null
  /** Of all: how long readers are away is the plan's doing. */
  deliveryAllMsP50: number | null
  deliveryAllMsP99: number | null
  seconds: number
  checks: Verdict[]
}

/** messages: that were written, which may be fewer than were asked for. */
export function reportOf (run: RealRun, { nodes, users, minutes, seed }: Pick<RealReport, 'nodes' | 'users' | 'minutes' | 'seed'>): RealReport {
  const { counting, nodesUp, lookupsFound, lookupsFailed, seconds, checks, ...figures } = run
  const lookups = lookupsFound + lookupsFailed
  return {
    nodes,
    users,
    minutes,
    seed,
    ...figures,
    lookups,
    lookupSuccess: lookups === 0 ? 0 : Number((lookupsFound / lookups).toFixed(4)),
    ...quantiles('lookupMs', counting.lookupMs),
    ...quantiles('deliveryMs', counting.deliveryMs),
    ...quantiles('deliveryAllMs', counting.deliveryAllMs),
    seconds: Number(seconds.toFixed(1)),
    checks
  }
}

/** Whether nothing that must hold was broken. */
export function isKept ({ checks }: Pick<RealReport, 'checks'>): boolean { return checks.every(({ kept }) => kept) }

export function tableOf (report: RealReport): string {
  const { nodes, users, minutes, seed, joins, returns, leaves, nodesUpMin, messages, stored, delivered, lost, shownTwice, lookups, lookupSuccess, checks, seconds } = report
  const rows = [
    ['nodes', `${nodes} at the beginning, at least ${nodesUpMin} up; ${leaves} killed, ${returns} came back, ${joins} newcomers`],
    ['messages', `${messages} written by ${users} users, ${stored} stored, ${delivered} shown, ${lost} lost, ${shownTwice} shown twice`],
    ['delivery', `p50 ${ms(report.deliveryMsP50)}, p99 ${ms(report.deliveryMsP99)} to readers who were there; p50 ${ms(report.deliveryAllMsP50)}, p99 ${ms(report.deliveryAllMsP99)} to all`],
    ['lookups', `${lookups}, ${(lookupSuccess * 100).toFixed(1)} % found, p50 ${ms(report.lookupMsP50)}, p99 ${ms(report.lookupMsP99)}`],
    ...checks.flatMap(({ name, kept, figure, of, unit, examples }) => [
      [`${kept ? MARK.kept : MARK.broken} ${name}`, `${figure} of ${of} ${unit}`],
      ...kept ? [] : examples.map(example => ['', `  ${example}`])
    ])
  ] as Array<[string, string]>
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    `real nodes, seed ${seed}: ${minutes} min of traffic, ${seconds} s in all`,
    ...rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`.trimEnd())
  ].join('\n')
}

function quantiles<Name extends 'lookupMs' | 'deliveryMs' | 'deliveryAllMs'> (name: Name, spread: Spread): Record<`${Name}P50` | `${Name}P99`, number | null> {
  const [p50, p99] = spread.quantiles(QUANTILES) ?? []
  return { [`${name}P50`]: rounded(p50), [`${name}P99`]: rounded(p99) } as Record<`${Name}P50` | `${Name}P99`, number | null>
}

function rounded (value: number | undefined): number | null { return value === undefined ? null : Math.round(value) }

function ms (value: number | null): string { return value === null ? '–' : `${value.toLocaleString('en')} ms` }
