import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compareOrder } from '../../src/identity/index.ts'

const order = fc.record({ epoch: fc.integer({ min: 1, max: 3 }), seq: fc.integer({ min: 1, max: 3 }), hash: fc.constantFrom('0a', '0b', 'f0') })

describe('the order of signed values', () => {
  it('is by epoch, then seq, then the lower hash', () => {
    const oldestFirst = [
      { epoch: 1, seq: 9, hash: '00' }, { epoch: 2, seq: 1, hash: '00' }, { epoch: 2, seq: 2, hash: 'ff' }, { epoch: 2, seq: 2, hash: 'fe' }
    ]
    assert.deepEqual(oldestFirst.toReversed().toSorted(compareOrder), oldestFirst)
  })

  it('is total: whoever sorts, in whatever order values come, agrees', () => {
    fc.assert(fc.property(order, order, order, (a, b, c) => {
      assert.equal(Math.sign(compareOrder(a, b)), -Math.sign(compareOrder(b, a)) + 0)
      assert.equal(compareOrder(a, b) === 0, a.epoch === b.epoch && a.seq === b.seq && a.hash === b.hash)
      if (compareOrder(a, b) > 0 && compareOrder(b, c) > 0) assert.ok(compareOrder(a, c) > 0)
    }))
  })
})
