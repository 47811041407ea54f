/** One run of a scenario under a seed, and all that is known of it afterwards. */
import { LAWS } from './churn/laws.ts'
import { direct, type OnProgress } from './run/director.ts'
import { PARTS, type Parts } from './run/parts.ts'
import { setStage } from './run/stage.ts'
import { resize, type Scenario, type Size } from './scenarios/scenario.ts'
import { standing, type ReportedCheck, type ReportedRun, type Standing } from './report/reported-run.ts'
import type { Verdict } from './checks/check.ts'

export interface RunInit {
  /** Its name, as `--scenario` takes it. */
  name: string
  scenario: Scenario
  seed: string
  /** Of the run, where it is not the scenario's own. */
  size?: Partial<Size> | undefined
  onProgress?: OnProgress | undefined
  /** Every line of the trace; slows a run down. */
  onTrace?: ((line: string) => void) | undefined
  /** Other performers, for planted defects. */
  parts?: Partial<Parts> | undefined
}

/** The same for the same scenario, size and seed; wall time is no part of it. */
export interface RunResult extends ReportedRun, Size {
  seed: string
  /** Timers set: what the run cost. */
  events: number
  standing: Standing
}

export async function runScenario ({ name, scenario, seed, size = {}, onProgress, onTrace, parts }: RunInit): Promise<RunResult> {
  const resized = resize(scenario, size)
  const stage = setStage(resized, seed, { ...PARTS, ...parts })
  stage.world.trace.onLine = onTrace
  await direct(stage, resized.faults, onProgress)
  const checks = stage.checks.map(check => judged(check.verdict(), scenario))
  return {
    scenario: name,
    seed,
    nodes: resized.nodes,
    hours: resized.hours,
    users: resized.users,
    messages: resized.messages,
    about: scenario.about,
    assumes: assumptionsOf(scenario),
    traceHash: stage.world.trace.hash(),
    replay: replayOf(name, seed, resized),
    standing: worst(checks.map(standing)),
    events: stage.world.timersSet,
    checks,
    summary: stage.figures.summary(),
    series: stage.figures.series()
  }
}

/** What the scenario assumes, and each of its laws of churn, in sentences. */
export function assumptionsOf ({ assumes, populations }: Scenario): string {
  const laws = populations.map(({ share, churn, serves }) => `Of the nodes, ${percent(share)} ${serves ? 'keep mail' : 'only route'}: ${LAWS[churn]?.assumes ?? ''}.`)
  return [`${capital(assumes)}.`, ...laws].join(' ')
}

/** The one command that repeats a run. It names the sizes, which do not say whether they are the scenario's own or its short form's. */
function replayOf (name: string, seed: string, { nodes, hours, users, messages }: Size): string {
  return `npm run simulate -- --scenario ${name} --nodes ${nodes} --hours ${hours} --users ${users} --messages ${messages} --seed ${seed}`
}

/** Beside each verdict, what the scenario says of today's code. */
function judged (verdict: Verdict, { fallsShort, promised }: Scenario): ReportedCheck {
  const known = fallsShort[verdict.name]
  if (!promised) return { ...verdict, fallsShort: { atMost: Math.max(verdict.figure, verdict.of), because: 'it goes beyond what is promised, and is reported only' } }
  if (known === undefined) return verdict
  return { ...verdict, fallsShort: { atMost: Math.ceil(known.atMostShare * verdict.of), because: known.because } }
}

function worst (standings: Standing[]): Standing {
  return standings.includes('broken') ? 'broken' : standings.includes('short') ? 'short' : 'kept'
}

function percent (share: number): string { return `${Math.round(share * 100)} %` }

function capital (text: string): string { return text.charAt(0).toUpperCase() + text.slice(1) }
