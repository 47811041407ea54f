import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Timeline } from '../../../../src/cli/chat/screen/timeline.ts'
import { idOf, lineOf } from '../../lines.ts'
import type { ConversationLine } from '../../../../src/cli/agent/calls.ts'

const lines = (from: number, to: number): ConversationLine[] => Array.from({ length: to - from + 1 }, (_, at) => lineOf(from + at, `line ${from + at}`))
const numbers = (timeline: Timeline): number[] => timeline.lines.map(({ id }) => parseInt(id, 16))
const range = (from: number, to: number): number[] => lines(from, to).map(({ id }) => parseInt(id, 16))

describe('cli/chat/screen/timeline', () => {
  it('grows at both ends, in the order of the history', () => {
    const timeline = new Timeline()
    timeline.putNewest(lines(6, 9), false)
    timeline.putOlder(lines(1, 5), true)
    assert.ok(timeline.put(lineOf(10, 'new')))
    assert.deepEqual(numbers(timeline), range(1, 10))
    assert.deepEqual([timeline.hasOlder, timeline.hasNewer], [false, false])
  })

  it('lets go of the other end, and says so', () => {
    const timeline = new Timeline(5)
    timeline.putNewest(lines(6, 10), false)
    timeline.putOlder(lines(3, 5), false)
    assert.deepEqual([numbers(timeline), timeline.hasOlder, timeline.hasNewer], [range(3, 7), true, true])
    assert.equal(timeline.put(lineOf(11, 'beyond')), false)
    timeline.putNewer(lines(8, 11), true)
    assert.deepEqual([numbers(timeline), timeline.hasOlder, timeline.hasNewer], [range(7, 11), true, false])
  })

  it('what comes late goes to its place, what lies before the window stays out', () => {
    const timeline = new Timeline()
    timeline.putNewest([lineOf(5, ''), lineOf(8, '')], false)
    assert.ok(timeline.put(lineOf(6, 'late')))
    assert.equal(timeline.put(lineOf(2, 'old')), false)
    assert.deepEqual(numbers(timeline), [5, 6, 8])
  })

  it('a line that changed is in its place; one that disappeared is gone', () => {
    const timeline = new Timeline()
    timeline.putNewest(lines(1, 3), true)
    timeline.put(lineOf(2, 'edited'))
    timeline.remove(idOf(3))
    assert.deepEqual(timeline.lines.map(({ text }) => text), ['line 1', 'edited'])
  })

  it('the newest page joins what is at hand, takes out what disappeared, and replaces what is too far away', () => {
    const timeline = new Timeline()
    timeline.putNewest(lines(1, 5), true)
    timeline.putNewest([lineOf(4, ''), lineOf(6, '')], false)
    assert.deepEqual(numbers(timeline), [1, 2, 3, 4, 6])
    timeline.putNewest(lines(20, 22), false)
    assert.deepEqual([numbers(timeline), timeline.hasOlder], [range(20, 22), true])
  })

  it('whatever is put in, it is in order, without doubles and within its bound', () => {
    const some = fc.array(fc.integer({ min: 1, max: 60 }).map(at => lineOf(at, '')), { maxLength: 12 })
    const action = fc.tuple(fc.constantFrom('putNewest', 'putOlder', 'putNewer', 'put'), some, fc.boolean())
    fc.assert(fc.property(fc.array(action), actions => {
      const timeline = new Timeline(10)
      for (const [name, page, isEnd] of actions) {
        const sorted = [...new Map(page.map(line => [line.id, line])).values()].sort((a, b) => a.stamp - b.stamp)
        if (name === 'put') for (const line of page) timeline.put(line)
        else timeline[name](sorted, isEnd)
      }
      const found = numbers(timeline)
      return found.length <= 10 && found.every((at, place) => place === 0 || at > (found[place - 1] ?? 0))
    }))
  })
})
