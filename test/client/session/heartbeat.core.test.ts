import assert from 'node:assert/strict'
import { HeartbeatCore } from '../../../src/client/session/heartbeat.core.ts'
import type { HeartbeatEffect, HeartbeatEvent } from '../../../src/client/session/heartbeat.core.ts'
import type { Millis } from '../../../src/types.ts'

const S = 1000

/** A path between the core and a node that answers at once unless the silence was longer than the path survives. */
class Path {
  readonly core = new HeartbeatCore()
  readonly pings: number[] = []
  now: Millis = 1_000_000
  survivesMs = Infinity
  answers = true
  dead = false
  #lastFrame: Millis = this.now
  #wakeAt: Millis = Infinity

  handle (event: HeartbeatEvent): void {
    for (const effect of this.core.handle(event, this.now)) this.#perform(effect)
  }

  open (): void {
    this.dead = false
    this.#lastFrame = this.now
    this.handle({ type: 'opened' })
  }

  run (ms: number): void {
    const until = this.now + ms
    while (!this.dead && this.#wakeAt <= until) {
      this.now = this.#wakeAt
      this.#wakeAt = Infinity
      this.handle({ type: 'wake' })
    }
    this.now = Math.max(this.now, until)
  }

  #perform (effect: HeartbeatEffect): void {
    switch (effect.type) {
      case 'wake':
        this.#wakeAt = effect.at
        break
      case 'dead':
        this.dead = true
        this.handle({ type: 'ended', broken: true })
        break
      case 'ping':
        this.pings.push((this.now - this.#lastFrame) / S)
        if (!this.answers || this.now - this.#lastFrame > this.survivesMs) return
        this.#lastFrame = this.now
        this.handle({ type: 'heard', spoken: false })
    }
  }
}

describe('heartbeat core', () => {
  it('beats every 15 s while active and stretches to 270 s when idle', () => {
    const path = new Path()
    path.open()
    path.run(60 * S)
    assert.deepEqual(path.pings, [15, 15, 15, 15])
    path.pings.length = 0
    path.run(3600 * S)
    assert.deepEqual(path.pings.slice(0, 3).map(Math.round), [23, 34, 51])
    assert.equal(path.pings.at(-1), 270)
  })

  it('is short again as soon as somebody speaks', () => {
    const path = new Path()
    path.open()
    path.run(3600 * S)
    path.handle({ type: 'said' })
    assert.equal(path.core.intervalMs, 15 * S)
    path.pings.length = 0
    path.run(16 * S)
    assert.equal(path.pings.length, 2, 'at once, because the path was silent for long, and 15 s later')
  })

  it('gives up after three unanswered beats, two seconds each', () => {
    const path = new Path()
    path.open()
    path.answers = false
    path.run(15 * S + 3 * 2 * S - 1)
    assert.equal(path.dead, false)
    path.run(1)
    assert.equal(path.dead, true)
    assert.equal(path.pings.length, 3)
  })

  it('remembers over reconnects the longest silence that the path survives', () => {
    const path = new Path()
    path.survivesMs = 60 * S
    path.open()
    path.run(3600 * S)
    assert.equal(path.dead, true)
    path.open()
    path.pings.length = 0
    path.run(3600 * S)
    assert.equal(path.dead, false, 'never so long again')
    assert.ok(Math.max(...path.pings) <= 60 && Math.max(...path.pings) > 30, String(path.pings))
  })

  it('does nothing when no stream is open', () => {
    const core = new HeartbeatCore()
    assert.deepEqual(core.handle({ type: 'wake' }, 1), [])
    assert.deepEqual(core.handle({ type: 'heard', spoken: true }, 1), [])
    assert.deepEqual(core.handle({ type: 'said' }, 1), [])
  })
})
