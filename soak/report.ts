/** The last lines of a soak: a table for people, one object for scripts. */
import { tell, type Finding } from './inquest.ts'
import type { Verdict } from '../simulations/checks/check.ts'
import type { Spread } from '../simulations/report/spread.ts'
import type { Scale } from './defaults.ts'
import type { SoakRun } from './run.ts'

/** Milliseconds; null when there was nothing to measure. */
export interface Quantiles { p50: number | null, p99: number | null, max: number | null }

export interface SoakReport extends Scale {
  seed: string
  kept: boolean
  kills: number
  /** From the start of a killed node's process until it is ready. */
  readyMs: Quantiles
  /** Of clients, during the traffic. */
  clientRestarts: number
  /** Letters that were due and not written: the machine was too slow for the rate. */
  skipped: number
  written: number
  stored: number
  shown: number
  /** Stored and not shown. */
  lost: number
  /** How often a message was shown again. */
  twice: number
  /** Shown with a visible gap before them; shown after what answers them. Both are allowed, and said. */
  gaps: number
  late: number
  storedMs: Quantiles
  /** To readers whose client ran all the while, and to all. */
  deliveryMs: Quantiles
  deliveryAllMs: Quantiles
  /** The longest time during the traffic in which no message became stored. */
  storedPauseMs: number
  /** Of nodes, in their logs. */
  warnings: number
  trafficSeconds: number
  seconds: number
  checks: Verdict[]
  findings: Finding[]
  /** Where everything lies; null when it is gone. */
  folder: string | null
}

export function reportOf (run: SoakRun, { nodes, users, minutes, killEvery, rate, seed }: Scale & { seed: string }): SoakReport {
  const { ledger, killing, verdicts, findings, folder } = run
  const { written, stored, shown, lost, shownTwice, gaps, late } = ledger.counts()
  return {
    nodes,
    users,
    minutes,
    killEvery,
    rate,
    seed,
    kept: verdicts.every(({ kept }) => kept),
    kills: killing.kills,
    readyMs: quantiles(killing.readyMs),
    clientRestarts: run.restarts,
    skipped: run.skipped,
    written,
    stored,
    shown,
    lost,
    twice: shownTwice,
    gaps,
    late,
    storedMs: quantiles(ledger.storedMs),
    deliveryMs: quantiles(ledger.deliveryMs),
    deliveryAllMs: quantiles(ledger.deliveryAllMs),
    storedPauseMs: Math.round(ledger.storedPauseMs),
    warnings: run.warnings,
    trafficSeconds: rounded(run.trafficSeconds),
    seconds: rounded(run.seconds),
    checks: verdicts,
    findings,
    folder: folder ?? null
  }
}

export function tableOf (report: SoakReport): string {
  const { kills, nodes, users, written, stored, shown, lost, twice, gaps, late, checks, findings, folder } = report
  const rows: Array<[string, string]> = [
    ['nodes', `${nodes} processes, ${kills} killed with SIGKILL, one every ${per(report.trafficSeconds, kills)} s; ready again ${words(report.readyMs)}`],
    ['messages', `${written} written by ${users} users (${report.clientRestarts} restarts of clients${report.skipped === 0 ? '' : `, ${report.skipped} letters fewer than asked for`}), ${stored} stored, ${shown} shown`],
    ['', `${lost} lost, ${twice} shown twice, ${gaps} with a gap before them, ${late} late`],
    ['stored', `${words(report.storedMs)}; longest time without one ${ms(report.storedPauseMs)}`],
    ['delivery', `${words(report.deliveryMs)} to readers who were there; ${words(report.deliveryAllMs)} to all`],
    ['logs', `${report.warnings} warnings`],
    ...checks.flatMap(({ name, kept, figure, of, unit, examples }): Array<[string, string]> => [
      [`${kept ? '✓' : '✗'} ${name}`, `${figure} of ${of} ${unit}`],
      ...kept ? [] : examples.map((example): [string, string] => ['', `  ${example}`])
    ])
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    `soak, seed ${report.seed}: ${report.trafficSeconds} s of traffic, ${report.seconds} s in all`,
    ...rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`.trimEnd()),
    ...findings.flatMap(tell),
    ...folder === null ? [] : [`disks, stores and logs: ${folder}`]
  ].join('\n')
}

function quantiles (spread: Spread): Quantiles {
  const [p50, p99, max] = spread.quantiles([0.5, 0.99, 1])?.map(Math.round) ?? []
  return { p50: p50 ?? null, p99: p99 ?? null, max: max ?? null }
}

function words ({ p50, p99, max }: Quantiles): string { return `p50 ${ms(p50)}, p99 ${ms(p99)}, max ${ms(max)}` }

function ms (value: number | null): string { return value === null ? '–' : `${value.toLocaleString('en')} ms` }

function per (seconds: number, count: number): string { return count === 0 ? '–' : (seconds / count).toFixed(1) }

function rounded (seconds: number): number { return Number(seconds.toFixed(1)) }
