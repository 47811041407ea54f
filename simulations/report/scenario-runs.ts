/** All runs of one scenario, seen together: how each check stands over its seeds, and between what its figures lie. */
import { standing, type ReportedCheck, type ReportedRun, type Standing } from './reported-run.ts'

const STANDINGS: readonly Standing[] = ['kept', 'short', 'broken']

export interface CheckOverSeeds {
  name: string
  /** The worst over the seeds. */
  standing: Standing
  /** Of the run that stands worst; of several, the one with most breaches. */
  worst: ReportedCheck
  worstRun: ReportedRun
  /** In how many runs it was made, and in how many of them kept. */
  runs: number
  kept: number
}

export interface FigureOverSeeds { middle: number, lowest: number, lowestRun: ReportedRun, highest: number, highestRun: ReportedRun }

/** At least one run; all of one scenario. */
export interface ScenarioRuns { scenario: string, runs: ReportedRun[], first: ReportedRun, standing: Standing, checks: CheckOverSeeds[] }

/** In the order in which the scenarios first appear. */
export function byScenario (runs: ReportedRun[]): ScenarioRuns[] {
  return [...Map.groupBy(runs, ({ scenario }) => scenario)].map(([scenario, runs]) => {
    const checks = checksOver(runs)
    return { scenario, runs, first: runs[0] as ReportedRun, standing: worstOf(checks), checks }
  })
}

export function worstOf (all: Array<{ standing: Standing }>): Standing {
  return STANDINGS[Math.max(0, ...all.map(({ standing }) => STANDINGS.indexOf(standing)))] as Standing
}

/** Undefined when no run has the figure. The middle is a run's own value: of an even number, the lower one. */
export function figureOver (runs: ReportedRun[], name: string): FigureOverSeeds | undefined {
  const ranked = runs.flatMap(run => { const value = run.summary[name]; return value === undefined ? [] : [{ run, value }] })
    .sort((a, b) => a.value - b.value)
  const [lowest, middle, highest] = [ranked[0], ranked[Math.floor((ranked.length - 1) / 2)], ranked.at(-1)]
  if (lowest === undefined || middle === undefined || highest === undefined) return undefined
  return { middle: middle.value, lowest: lowest.value, lowestRun: lowest.run, highest: highest.value, highestRun: highest.run }
}

/** The worst first. */
function checksOver (runs: ReportedRun[]): CheckOverSeeds[] {
  const made = runs.flatMap(run => run.checks.map(check => ({ run, check, standing: standing(check) })))
  const overSeeds = [...Map.groupBy(made, ({ check }) => check.name)].map(([name, ofName]) => {
    const [worst] = ofName.toSorted((a, b) => STANDINGS.indexOf(b.standing) - STANDINGS.indexOf(a.standing) || b.check.figure - a.check.figure)
    const { check, run, standing } = worst as typeof ofName[number]
    return { name, standing, worst: check, worstRun: run, runs: ofName.length, kept: ofName.filter(({ check }) => check.kept).length }
  })
  return overSeeds.sort((a, b) => STANDINGS.indexOf(b.standing) - STANDINGS.indexOf(a.standing))
}
