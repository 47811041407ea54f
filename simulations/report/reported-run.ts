/** What a report is made of: one run of one scenario under one seed, and how each of its checks stands. */
import type { Verdict } from '../checks/check.ts'

/** One figure a step of virtual time; null: nothing happened then that it could be taken from. `at`: the steps' middles, hours. */
export interface Series { at: number[], [figure: string]: Array<number | null> }

/** fallsShort: what the scenario says of today's code (scenario.ts): so many breaches are known, and why. */
export interface ReportedCheck extends Verdict { fallsShort?: { atMost: number, because: string } | undefined }

export interface ReportedRun {
  scenario: string
  seed: number | string
  /** What happens, in one sentence. */
  about: string
  /** Where the scenario's assumptions come from. */
  assumes: string
  traceHash: string
  /** The one command that repeats this run. */
  replay: string
  checks: ReportedCheck[]
  /** Of `Figures.summary()`. */
  summary: Record<string, number>
  /** Of `Figures.series()`. */
  series: Series
}

/** kept; short: fell short as the scenario expects, within its bound; broken: a promise that should hold does not. */
export type Standing = 'kept' | 'short' | 'broken'

export function standing ({ kept, figure, fallsShort }: ReportedCheck): Standing {
  if (kept) return 'kept'
  return fallsShort !== undefined && figure <= fallsShort.atMost ? 'short' : 'broken'
}
