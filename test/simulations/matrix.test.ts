// Baselines remember figures seed by seed; what differs shows, and what broke is told with its replay.
import assert from 'node:assert/strict'
import { compare, makeBaseline } from '../../simulations/matrix/baselines.ts'
import { breachesTable, differencesTable, overviewTable } from '../../simulations/matrix/tables.ts'
import type { Finished } from '../../simulations/pool.ts'
import type { RunResult } from '../../simulations/run.ts'

const run = (seed: string, lost: number, p50: number | undefined, standing: RunResult['standing'] = 'kept'): RunResult => ({
  scenario: 's',
  seed,
  standing,
  replay: `npm run simulate -- --scenario s --seed ${seed}`,
  checks: [{ name: 'stored-is-shown', kept: lost === 0, figure: lost, of: 100, unit: 'messages lost', examples: ['m1 | is\ngone'] }],
  summary: { ...(p50 !== undefined && { deliveryMsP50: p50 }), unremembered: 7 }
} as Partial<RunResult> as RunResult)
const finished = (result: RunResult): Finished => ({ job: { name: 's', seed: result.seed, size: {} }, wallMs: 1, result })

describe('baselines', () => {
  it('have a column a seed', () => {
    assert.deepEqual(makeBaseline([run('1', 0, 200), run('2', 3, undefined)]), {
      seeds: ['1', '2'],
      figures: { 'stored-is-shown': [0, 3], deliveryMsP50: [200, null] }
    })
  })

  it('are compared over the seeds that both have', () => {
    const before = makeBaseline([run('1', 0, 200), run('2', 0, 300), run('3', 9, 900)])
    assert.deepEqual(compare(before, makeBaseline([run('1', 0, 200), run('2', 0, 300)])), [])
    assert.deepEqual(compare(before, makeBaseline([run('2', 4, 300), run('1', 0, 200)])), [{ figure: 'stored-is-shown', before: 0, now: 2 }])
    assert.deepEqual(compare(before, makeBaseline([run('1', 0, 300), run('2', 0, 200)])), [{ figure: 'deliveryMsP50', before: 250, now: 250 }], 'the mean hides a change, the seeds do not')
    assert.deepEqual(compare(before, makeBaseline([run('1', 0, undefined), run('2', 0, 300)])), [{ figure: 'deliveryMsP50', before: 250, now: 300 }])
  })
})

describe('tables of CI', () => {
  it('show what differs, and how much', () => {
    const text = differencesTable([
      { name: 's', differences: [{ figure: 'deliveryMsP50', before: 200, now: 250 }, { figure: 'stored-is-shown', before: 0, now: 2 }, { figure: 'new-check', before: undefined, now: 1 }] },
      { name: 't', differences: undefined }
    ])
    assert.match(text, /\| s \| delivery latency, p50 \| 200 ms \| 250 ms \| \+25 % \|/)
    assert.match(text, /\| s \| stored-is-shown \| 0 \| 2 \| \+2 \|/)
    assert.match(text, /\| s \| new-check \| – \| 1 \| new or gone \|/)
    assert.match(text, /\| t \| no baseline yet \|/)
    assert.match(differencesTable([{ name: 's', differences: [] }]), /None: every figure/)
  })

  it('tell each breach with its first example and its replay, in one row', () => {
    const text = breachesTable([finished(run('1', 0, 1)), finished(run('2', 3, 1, 'broken'))], [finished(run('7', 0, 1))])
    assert.match(text, /\| s \| 2 \| stored-is-shown: 3 messages lost; m1 \\\| is gone \| `npm run simulate -- --scenario s --seed 2` \|/)
    assert.match(text, /\| s \| 7 \| the same seed gave two hashes/)
    assert.equal(breachesTable([finished(run('1', 0, 1))], []), '')
    assert.match(breachesTable(Array.from({ length: 30 }, (_, at) => finished(run(String(at), 1, 1, 'broken'))), []), /… and 10 more/)
  })

  it('sum each scenario up in a row', () => {
    const text = overviewTable([[finished(run('1', 0, 100)), finished(run('2', 1, 300, 'broken'))], [finished(run('1', 2, 1, 'short'))]])
    assert.match(text, /\| s \| 2 \| ✗ 1 \|/)
    assert.match(text, /\| s \| 1 \| ~ 1 \|/)
  })
})
