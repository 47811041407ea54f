// What zero in N supports.
import { equal, ok } from 'node:assert/strict'
import { boundOfZero } from '../../../simulations/report/bound.ts'

describe('the bound of zero', () => {
  it('is the rate at which seeing none has a chance of five in a hundred', () => {
    equal(boundOfZero(98_765), 'under 1 in 32,921 at 95 %')
    for (const of of [100, 10_000, 1_000_000]) {
      const chance = (1 - 3 / of) ** of
      ok(chance < 0.05 && chance > 0.04)
    }
  })

  it('says nothing of nothing', () => {
    equal(boundOfZero(0), 'too few to say')
    equal(boundOfZero(2), 'too few to say')
  })
})
