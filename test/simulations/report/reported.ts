/** Runs as a report takes them, with whatever a test cares about. */
import type { ReportedCheck, ReportedRun } from '../../../simulations/report/reported-run.ts'

export function reported (init: Partial<ReportedRun> = {}): ReportedRun {
  const { scenario = 'steady-churn', seed = 1 } = init
  return {
    scenario,
    seed,
    about: 'Nodes come and go.',
    assumes: 'Sessions as measured.',
    traceHash: `hash of ${seed}`,
    replay: `npm run simulate -- --scenario ${scenario} --seed ${seed}`,
    checks: [],
    summary: { deliveryMsP50: 1200, reachableShare: 0.75 },
    series: { at: [0.5, 1.5], deliveryMsP50: [1000, 2000], deliveryMsP99: [90_000, null], reachableShare: [0.5, 1] },
    ...init
  }
}

export function check (init: Partial<ReportedCheck> = {}): ReportedCheck {
  return { name: 'shown-once', kept: true, figure: 0, of: 100, unit: 'messages', examples: [], ...init }
}
