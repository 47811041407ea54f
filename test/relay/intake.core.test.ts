import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Intake, type FlowEffect } from '../../src/relay/intake.core.ts'

const limits = { sourceBytesHigh: 100, totalBytesHigh: 250, totalBytesMax: 400, inFlightDeposits: 5 }

describe('the intake', () => {
  let intake: Intake
  let effects: FlowEffect[]
  beforeEach(() => {
    intake = new Intake(limits)
    effects = []
  })

  it('stops reading a source over its limit, once, and goes on below half', () => {
    for (let i = 0; i < 4; i++) assert.ok(intake.take(1, 40, effects))
    assert.deepEqual(effects, [{ type: 'pause', source: 1 }])
    intake.release(1, 40, effects)
    intake.release(1, 40, effects)
    assert.equal(effects.length, 1, '80 bytes are still over half')
    intake.release(1, 40, effects)
    assert.deepEqual(effects.slice(1), [{ type: 'resume', source: 1 }])
  })

  it('stops whoever sends while the whole is over its limit, and lets all go on below half', () => {
    for (const source of [1, 2, 3, 4]) intake.take(source, 80, effects)
    assert.deepEqual(effects, [{ type: 'pause', source: 4 }])
    intake.release(1, 80, effects)
    intake.release(2, 80, effects)
    assert.equal(effects.length, 1)
    intake.release(3, 80, effects)
    assert.equal(effects.length, 1, 'its own 80 bytes are over half of its own limit')
    intake.release(4, 80, effects)
    assert.deepEqual(effects.slice(1), [{ type: 'resume', source: 4 }])
  })

  it('takes nothing over the number of deposits or the bytes of all', () => {
    for (let i = 0; i < 5; i++) assert.equal(intake.take(1, 1, effects), true)
    assert.equal(intake.take(1, 1, effects), false)
    for (let source = 2; source < 20; source++) intake.take(source, 90, effects)
    assert.equal(intake.take(30, 90, effects), false)
    assert.equal(intake.bytes, 365)
    assert.equal(intake.deposits, 9)
  })

  it('never holds more than its limits, and holds no source back that has nothing in hand', () => {
    const step = fc.record({ source: fc.integer({ min: 1, max: 6 }), bytes: fc.integer({ min: 1, max: 90 }), take: fc.boolean() })
    fc.assert(fc.property(fc.array(step, { maxLength: 200 }), steps => {
      const intake = new Intake(limits)
      const held: Array<{ source: number, bytes: number }> = []
      const paused = new Set<number>()
      const sink = { push: (effect: FlowEffect) => effect.type === 'pause' ? paused.add(effect.source) : paused.delete(effect.source) }
      const release = ({ source, bytes }: { source: number, bytes: number }): void => { intake.release(source, bytes, sink) }
      for (const { take, ...deposit } of steps) {
        if (take && intake.take(deposit.source, deposit.bytes, sink)) held.push(deposit)
        else held.splice(deposit.bytes % (held.length + 1), 1).forEach(release)
        assert.ok(intake.bytes <= limits.totalBytesMax)
        assert.equal(intake.bytes, held.reduce((sum, { bytes }) => sum + bytes, 0))
        assert.ok(held.filter(({ source }) => source === deposit.source).length <= limits.inFlightDeposits)
      }
      held.splice(0).forEach(release)
      assert.equal(intake.deposits, 0)
      assert.deepEqual([...paused], [])
    }))
  })
})
