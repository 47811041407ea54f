import { deepEqual, equal, ok } from 'node:assert/strict'
import fc from 'fast-check'
import { Spread } from '../../../simulations/report/spread.ts'

describe('spread', () => {
  it('knows nothing of nothing', () => {
    equal(new Spread(10).quantiles([0.5]), undefined)
  })

  it('is exact while all values are kept', () => {
    const spread = new Spread(101)
    for (let value = 100; value >= 0; value--) spread.add(value)
    deepEqual(spread.quantiles([0, 0.5, 0.9, 0.99, 1]), [0, 50, 90, 99, 100])
  })

  it('never keeps more than its limit, counts all, and stays near', () => {
    fc.assert(fc.property(fc.integer({ min: 50, max: 200 }), fc.integer({ min: 1, max: 20_000 }), (keptMax, count) => {
      const spread = new Spread(keptMax)
      for (let value = 0; value < count; value++) {
        spread.add(value)
        ok(spread.kept <= keptMax)
      }
      equal(spread.count, count)
      ok(count <= keptMax ? spread.kept === count : spread.kept >= keptMax / 2 - 1)
      const [median] = spread.quantiles([0.5]) as [number]
      ok(Math.abs(median - (count - 1) / 2) <= 2 * count / keptMax + 1, `${median} of ${count}`)
    }), { numRuns: 50 })
  })
})
