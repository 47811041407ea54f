import assert from 'node:assert/strict'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { longestIdle, needsNothingUntil, upkeepOf, type Restable, type StreamTimes } from '../../src/relay/upkeep.core.ts'

const { letGoAfterMs, heartbeatMs, quietAfterMs, quietHeartbeatMs, pongMs, idleCloseMs } = RELAY_DEFAULTS
const NOW = 1_800_000_000_000

describe('the upkeep of a relay stream', () => {
  const upkeep = (times: Partial<StreamTimes>): ReturnType<typeof upkeepOf> => upkeepOf({ lastHeard: NOW, lastUsed: NOW, lastMail: NOW, pingedAt: undefined, isOutbound: true, ...times }, NOW)

  it('asks a stream with mail on it soon, one without only when digests stay out', () => {
    assert.equal(upkeep({ lastHeard: NOW - heartbeatMs + 1 }), undefined)
    assert.equal(upkeep({ lastHeard: NOW - heartbeatMs }), 'ping')
    assert.equal(upkeep({ lastHeard: NOW - heartbeatMs, lastMail: NOW - quietAfterMs }), undefined)
    assert.equal(upkeep({ lastHeard: NOW - quietHeartbeatMs, lastMail: NOW - quietAfterMs }), 'ping')
  })

  it('gives up what does not answer, and asks but once', () => {
    assert.equal(upkeep({ lastHeard: NOW - 2 * heartbeatMs, pingedAt: NOW - pongMs + 1 }), undefined)
    assert.equal(upkeep({ lastHeard: NOW - 2 * heartbeatMs, pingedAt: NOW - pongMs }), 'cut')
  })

  it('closes what nobody uses, by the side that opened it', () => {
    assert.equal(upkeep({ lastUsed: NOW - idleCloseMs }), 'close')
    assert.equal(upkeep({ lastUsed: NOW - idleCloseMs, isOutbound: false }), undefined)
  })

  it('lets go of whom it was quiet with for longest, of both streams, and of nobody who has something on the way', () => {
    const stream = (usedAgo: number, { inFlight = 0, queuedBytes = 0 } = {}): Restable => ({ times: { lastHeard: NOW, lastUsed: NOW - usedAgo, lastMail: NOW, pingedAt: undefined, isOutbound: true }, inFlight, queuedBytes })
    const quiet = [stream(3 * letGoAfterMs), stream(2 * letGoAfterMs)]
    const others = [[stream(letGoAfterMs - 1)], [stream(letGoAfterMs)], [stream(4 * letGoAfterMs), stream(0)], [stream(5 * letGoAfterMs, { inFlight: 1 })], [stream(5 * letGoAfterMs, { queuedBytes: 1 })]]
    assert.equal(longestIdle([...others, quiet], NOW), quiet)
    assert.equal(longestIdle(others, NOW), others[1])
    assert.equal(longestIdle([others[0] as Restable[]], NOW), undefined)
    assert.equal(longestIdle([], NOW), undefined)
  })

  it('is none before the moment that is told, and is due then', () => {
    const ages = [0, 1, heartbeatMs - 1, heartbeatMs, quietAfterMs, quietHeartbeatMs - 1, quietHeartbeatMs, idleCloseMs - 1, idleCloseMs]
    for (const heard of ages) {
      for (const used of ages) {
        for (const mail of ages) {
          for (const isOutbound of [true, false]) {
            const times = { lastHeard: NOW - heard, lastUsed: NOW - used, lastMail: NOW - mail, pingedAt: undefined, isOutbound }
            const until = needsNothingUntil(times, NOW)
            assert.equal(until <= NOW, upkeepOf(times, NOW) !== undefined)
            for (const at of [NOW, Math.floor((NOW + until) / 2), until - 1]) if (at >= NOW && at < until) assert.equal(upkeepOf(times, at), undefined)
          }
        }
      }
    }
    assert.equal(needsNothingUntil({ lastHeard: NOW, lastUsed: NOW, lastMail: NOW, pingedAt: NOW - 1, isOutbound: true }, NOW), NOW)
  })
})
