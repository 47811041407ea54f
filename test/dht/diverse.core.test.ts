import assert from 'node:assert/strict'
import fc from 'fast-check'
import { diverse } from '../../src/dht/diverse.core.ts'

const peer = (id: number, group?: string): { id: number, group: string | undefined } => ({ id, group })

describe('diverse', () => {
  it('takes the nearest, but of one group no more than two', () => {
    const ordered = [peer(1, 'a'), peer(2, 'a'), peer(3, 'a'), peer(4, 'b'), peer(5, 'a'), peer(6, 'c')]
    assert.deepEqual(diverse(ordered, 4, 2).map(({ id }) => id), [1, 2, 4, 6])
  })

  it('counts peers without a group as alone', () => {
    assert.deepEqual(diverse([1, 2, 3, 4].map(id => peer(id)), 3, 2).map(({ id }) => id), [1, 2, 3])
  })

  it('fills up with the surplus, nearest first, where there is nobody else', () => {
    const ordered = [peer(1, 'a'), peer(2, 'a'), peer(3, 'a'), peer(4, 'a'), peer(5, 'b')]
    assert.deepEqual(diverse(ordered, 4, 2).map(({ id }) => id), [1, 2, 5, 3])
  })

  it('takes as many as there are, nobody twice, and the surplus only behind everybody else', () => {
    const groups = fc.array(fc.constantFrom('a', 'b', 'c', undefined), { maxLength: 60 })
    fc.assert(fc.property(groups, fc.integer({ min: 0, max: 30 }), (named, count) => {
      const ordered = named.map((group, id) => peer(id, group))
      const taken = diverse(ordered, count, 2)
      assert.equal(taken.length, Math.min(count, ordered.length))
      assert.equal(new Set(taken).size, taken.length)
      const members = (group: string): number => taken.filter(other => other.group === group).length
      const crowded = ['a', 'b', 'c'].some(group => members(group) > 2)
      const first = ordered.filter(({ group }, at) => group === undefined || ordered.slice(0, at).filter(other => other.group === group).length < 2)
      if (crowded) assert.ok(first.every(other => taken.includes(other)), 'everybody of few is taken before anybody of many')
    }))
  })
})
