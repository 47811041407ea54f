import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Timeline } from '../../../simulations/scale/timeline.ts'

describe('a timeline', () => {
  it('gives what was put in, in order of time, and of one moment the first first', () => {
    fc.assert(fc.property(fc.array(fc.nat(50)), times => {
      const timeline = new Timeline()
      times.forEach((at, item) => { timeline.put(at, item) })
      const taken: Array<[number, number]> = []
      for (let item = timeline.take(); item !== undefined; item = timeline.take()) taken.push([timeline.now, item])
      assert.deepEqual(taken, times.map((at, item): [number, number] => [at, item]).sort((a, b) => a[0] - b[0] || a[1] - b[1]))
    }))
  })

  it('goes on while things are put in, and never back', () => {
    const timeline = new Timeline()
    timeline.put(5, 1)
    assert.equal(timeline.take(), 1)
    timeline.put(2, 2)
    timeline.put(7.4, 3)
    assert.deepEqual([timeline.take(), timeline.now, timeline.take(), timeline.now, timeline.take()], [2, 5, 3, 7, undefined])
  })
})
