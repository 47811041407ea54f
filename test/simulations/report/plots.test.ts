import { deepEqual, equal, ok } from 'node:assert/strict'
import { LINES_MAX, scenarioPlots, type Plot } from '../../../simulations/report/plots.ts'
import { reported } from './reported.ts'

function plotOf (title: string, plots: Plot[]): Plot {
  const plot = plots.find(plot => plot.title === title)
  ok(plot !== undefined)
  return plot
}

describe('plots of a scenario', () => {
  it('have one line a run while they are few', () => {
    const { at, runs, plots } = scenarioPlots([reported(), reported({ seed: 2, series: { at: [0.5, 1.5], deliveryMsP50: [3, null] } })])
    deepEqual(at, [0.5, 1.5])
    deepEqual(runs.map(({ seed }) => seed), ['1', '2'])
    deepEqual(plotOf('Delivery latency', plots).measures, [
      { name: 'p50', lines: [[1000, 2000], [3, null]] },
      { name: 'p99', lines: [[90_000, null], [null, null]] }
    ])
  })

  it('have a band when they are many, whose every point is a run\'s', () => {
    const values = [5, 1, 3, 2, 4, 6]
    equal(values.length, LINES_MAX + 1)
    const runs = values.map((value, seed) => reported({ seed, series: { at: [1, 2], copiesMean: [value, seed === 3 ? 9 : null] } }))
    deepEqual(plotOf('Copies per envelope', scenarioPlots(runs).plots).measures, [{
      name: 'copies',
      band: {
        lowest: { points: [1, 9], runs: [1, 3] },
        middle: { points: [3, 9], runs: [2, 3] },
        highest: { points: [6, 9], runs: [5, 3] }
      }
    }])
  })

  it('say of a step in which nothing is known that nothing is known', () => {
    const runs = Array.from({ length: LINES_MAX + 1 }, (_, seed) => reported({ seed, series: { at: [1, 2], copiesMean: [null, 2] } }))
    const [measure] = plotOf('Copies per envelope', scenarioPlots(runs).plots).measures
    ok(measure !== undefined && 'band' in measure)
    deepEqual(measure.band.middle, { points: [null, 2], runs: [null, 2] })
  })

  it('stand over the steps of all runs', () => {
    const { at, plots } = scenarioPlots([reported({ series: { at: [1, 2], copiesMean: [1, 2] } }), reported({ series: { at: [2, 3], copiesMean: [3, 4] } })])
    deepEqual(at, [1, 2, 3])
    deepEqual(plotOf('Copies per envelope', plots).measures, [{ name: 'copies', lines: [[1, 2, null], [null, 3, 4]] }])
  })

  it('have no measure of which nothing is known', () => {
    const { plots } = scenarioPlots([reported({ series: { at: [1], lookUpMsP50: [null] } })])
    ok(plots.length > 5)
    ok(plots.every(({ measures }) => measures.length === 0))
  })
})
