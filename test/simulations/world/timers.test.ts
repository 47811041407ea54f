import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Timers } from '../../../simulations/world/timers.ts'

describe('timers of the simulated world', () => {
  it('ring in the order of their moments, and of their setting within one, however near or far', () => {
    fc.assert(fc.property(fc.array(fc.nat(40_000), { maxLength: 200 }), fc.array(fc.nat(20_000), { maxLength: 50 }), (first, then) => {
      const timers = new Timers()
      const rung: Array<{ at: number, due: number, order: number }> = []
      const set = (ms: number, order: number): void => {
        const due = timers.now + ms
        timers.add(ms, () => {
          rung.push({ at: timers.now, due, order })
          const next = then[order]
          if (next !== undefined) set(next, order + 10_000)
        })
      }
      first.forEach(set)
      for (const until of [5_000, 5_000, 9_000, 100_000]) {
        for (let callback = timers.take(until); callback !== undefined; callback = timers.take(until)) callback()
        assert.equal(timers.now, until)
      }
      assert.equal(rung.length, first.length + Math.min(then.length, first.length))
      assert.ok(rung.every(({ at, due }) => at === due), 'at their moment')
      const ofFirst = rung.filter(({ order }) => order < 10_000)
      assert.deepEqual(ofFirst, [...ofFirst].sort((a, b) => a.due - b.due || a.order - b.order))
    }), { numRuns: 30 })
  })

  it('one that was taken back does not ring, on the wheel or beyond it', () => {
    const timers = new Timers()
    for (const ms of [1, 20_000]) timers.add(ms, () => {}).callback = undefined
    assert.equal(timers.take(30_000), undefined)
    assert.equal(timers.now, 30_000)
  })
})
