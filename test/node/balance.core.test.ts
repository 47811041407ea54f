import assert from 'node:assert/strict'
import fc from 'fast-check'
import { BalanceCore, type Candidate } from '../../src/node/balance.core.ts'
import type { PeerKey } from '../../src/types.ts'

const candidate = (number: number, hasElsewhere = true): Candidate => ({ device: number.toString(16).padStart(64, '0') as PeerKey, hasElsewhere })
const crowd = (count: number): Candidate[] => Array.from({ length: count }, (_, at) => candidate(at))
const first = (): number => 0

describe('a node over its share', () => {
  const init = { sessionsMax: 100, share: 0.9, departuresMax: 8, restMs: 1000 }

  it('sends nobody while it is within its share', () => {
    assert.deepEqual(new BalanceCore(init).look(crowd(90), first, 0), [])
  })

  it('sends as many as are above it, and no more at once than it may', () => {
    assert.equal(new BalanceCore(init).look(crowd(93), first, 0).length, 3)
    assert.equal(new BalanceCore(init).look(crowd(100), first, 0).length, 8)
  })

  it('sends only those that have somewhere to go', () => {
    const stuck = [...crowd(99).map(({ device }) => ({ device, hasElsewhere: false })), candidate(99)]
    assert.deepEqual(new BalanceCore(init).look(stuck, first, 0), [99])
  })

  it('leaves a device in peace that came back, for its time', () => {
    const core = new BalanceCore(init)
    assert.deepEqual(core.look(crowd(91), first, 0), [0])
    assert.deepEqual(core.look(crowd(91), first, 999), [1])
    assert.deepEqual(core.look(crowd(91), first, 1000), [0])
  })

  it('never sends one device twice at once, nor more than its surplus', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(50), fc.boolean()), { maxLength: 120 }), fc.infiniteStream(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), (drawn, chances) => {
      const candidates = drawn.map(([number, hasElsewhere]) => candidate(number, hasElsewhere))
      const sent = new BalanceCore(init).look(candidates, () => chances.next().value as number, 0).map(at => candidates[at])
      assert.equal(new Set(sent.map(one => one?.device)).size, sent.length)
      assert.ok(sent.every(one => one?.hasElsewhere === true))
      assert.ok(sent.length <= Math.max(0, Math.min(8, candidates.length - 90)))
    }))
  })
})
