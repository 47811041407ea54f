import assert from 'node:assert/strict'
import { mock } from 'node:test'
import { systemClock, systemRandom } from '../src/system.ts'

describe('systemClock', () => {
  beforeEach(() => { mock.timers.enable({ apis: ['setTimeout'] }) })
  afterEach(() => { mock.timers.reset() })

  it('calls back once, when the time has come', () => {
    let calls = 0
    systemClock.after(100, () => { calls++ })
    mock.timers.tick(99)
    assert.equal(calls, 0)
    mock.timers.tick(1000)
    assert.equal(calls, 1)
  })

  it('takes a callback back', () => {
    const cancel = systemClock.after(100, () => { assert.fail('called back') })
    cancel()
    mock.timers.tick(1000)
    cancel()
  })

  it('waits longer than a timer can', () => {
    const days = 45 * 24 * 60 * 60 * 1000
    let calls = 0
    systemClock.after(days, () => { calls++ })
    const cancel = systemClock.after(days, () => { assert.fail('called back') })
    // The mock counts a timer that is set during a tick from the tick's end, so it stops where a timer ends.
    mock.timers.tick(2 ** 31 - 1)
    mock.timers.tick(days - 2 ** 31)
    assert.equal(calls, 0)
    cancel()
    mock.timers.tick(1)
    assert.equal(calls, 1)
  })
})

describe('systemRandom', () => {
  it('fills more bytes than the platform gives at once', () => {
    const bytes = systemRandom.bytes(200_000)
    assert.equal(bytes.byteLength, 200_000)
    assert.ok(bytes.subarray(-32).some((byte) => byte !== 0))
    assert.notDeepEqual(bytes.subarray(0, 32), systemRandom.bytes(32))
  })

  it('gives fractions in [0, 1)', () => {
    const fraction = systemRandom.fraction()
    assert.ok(fraction >= 0 && fraction < 1)
  })
})
