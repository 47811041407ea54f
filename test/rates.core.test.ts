import assert from 'node:assert/strict'
import { RateTable } from '../src/rates.core.ts'

describe('a rate table', () => {
  it('gives the burst, then the rate, each key its own', () => {
    const table = new RateTable({ perSecond: 2, burst: 3, keysMax: 10 })
    const take = (key: string, now: number): boolean => table.take(key, now)
    assert.deepEqual([0, 0, 0, 0].map(now => take('a', now)), [true, true, true, false])
    assert.equal(take('b', 0), true)
    assert.equal(take('a', 499), false)
    assert.equal(take('a', 500), true)
    assert.deepEqual([60_000, 60_000, 60_000, 60_000].map(now => take('a', now)), [true, true, true, false])
  })

  it('gives nothing for a clock that was set back, and goes on from there', () => {
    const table = new RateTable({ perSecond: 1, burst: 1, keysMax: 10 })
    assert.equal(table.take('a', 10_000), true)
    assert.equal(table.take('a', 0), false)
    assert.equal(table.take('a', 1000), true)
  })

  it('forgets the longest silent key beyond its bound', () => {
    const table = new RateTable({ perSecond: 0, burst: 1, keysMax: 2 })
    for (const key of ['a', 'b', 'a', 'c']) table.take(key, 0)
    assert.equal(table.size, 2)
    assert.equal(table.take('a', 0), false, 'used after b, so it stayed')
    assert.equal(table.take('b', 0), true, 'started afresh')
  })
})
