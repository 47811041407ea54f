import assert from 'node:assert/strict'
import { Allowance } from '../../src/node/allowance.ts'

const NOW = 1_800_000_000_000

describe('allowance', () => {
  it('gives a burst, then one after each refill, and says when', () => {
    const allowance = new Allowance({ burst: 3, refillMs: 2000, placesMax: 10 })
    const take = (afterMs: number): number => allowance.take('08080808', NOW + afterMs)
    assert.deepEqual([take(0), take(0), take(0), take(0)], [0, 0, 0, 2])
    assert.deepEqual([take(1500), take(2000), take(2000)], [1, 0, 2])
    assert.deepEqual([take(60_000), take(60_000), take(60_000), take(60_000)], [0, 0, 0, 2], 'no more than a burst after a long rest')
  })

  it('counts each place for itself, and none that says nothing', () => {
    const allowance = new Allowance({ burst: 1, refillMs: 1000, placesMax: 10 })
    assert.deepEqual([allowance.take('a', NOW), allowance.take('a', NOW), allowance.take('b', NOW)], [0, 1, 0])
    for (let n = 0; n < 100; n++) assert.equal(allowance.take(undefined, NOW), 0)
  })

  it('neither gives nor takes when the clock is set back', () => {
    const allowance = new Allowance({ burst: 1, refillMs: 1000, placesMax: 10 })
    assert.equal(allowance.take('a', NOW), 0)
    assert.equal(allowance.take('a', NOW - 3_600_000), 1)
    assert.equal(allowance.take('a', NOW - 3_600_000 + 1000), 0)
  })

  it('remembers so many places, the longest unused go first', () => {
    const allowance = new Allowance({ burst: 1, refillMs: 1e9, placesMax: 2 })
    for (const place of ['a', 'b', 'a', 'c']) allowance.take(place, NOW)
    assert.equal(allowance.size, 2)
    assert.ok(allowance.take('a', NOW) > 0)
    assert.equal(allowance.take('b', NOW), 0, 'forgotten')
  })
})
