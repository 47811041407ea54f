import assert from 'node:assert/strict'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { upkeepOf, type StreamTimes } from '../../src/relay/upkeep.core.ts'

const { heartbeatMs, quietAfterMs, quietHeartbeatMs, pongMs, idleCloseMs } = RELAY_DEFAULTS
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
})
