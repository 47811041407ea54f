// A node that drains, as its devices and its operator's program see it.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { departureSlotMs, departureWindowMs } from '../../src/node/departure.core.ts'
import { REFUSAL } from '../../src/types.ts'
import { TestHouse } from './visitors.ts'
import { until } from '../until.ts'

describe('a node that drains', () => {
  const house = new TestHouse()
  afterEach(async () => { await house.close() })

  it('tells each device that it leaves, gives it time, and takes no other meanwhile', async () => {
    const node = await house.node()
    const residents = [await house.resident(node), await house.resident(node)]
    const stranger = await house.visitor()
    const report = node.drain()
    await until('it says so', () => node.status().state === 'draining')
    for (const { session } of residents) {
      const { leaving } = await session.next(frame => frame.leaving !== undefined)
      assert.equal(leaving?.retryAfterSeconds, NODE_DEFAULTS.retryLeftSeconds)
      assert.ok(session.frames.open, 'it may bring its work elsewhere first')
    }
    const session = await stranger.call(node)
    const { refusal } = await session.ask({ attach: { certificate: residents[0]?.user.certificate.bytes ?? new Uint8Array(0) } })
    assert.equal(refusal?.code, REFUSAL.draining)
    const { nodes } = await session.ask({ findNodes: 12 })
    assert.deepEqual(nodes?.nodes, [], 'it does not name itself')
    assert.equal((await report).devices, 2)
    for (const { session } of residents) await until('the end', () => !session.frames.open)
  })

  it('ends sooner when its devices have gone by themselves, and at once when it is stopped', async () => {
    const node = await house.node()
    const { session } = await house.resident(node)
    const startedMs = performance.now()
    const drained = node.drain()
    await session.next(frame => frame.leaving !== undefined)
    await session.frames.close()
    assert.equal((await drained).devices, 1)
    await node.start()
    await house.resident(node)
    const second = node.drain()
    await until('it drains', () => node.status().state === 'draining')
    await node.stop()
    await second
    assert.ok(performance.now() - startedMs < 2 * NODE_DEFAULTS.departureGraceMs + 4000)
    assert.equal(node.status().state, 'stopped')
  })

  it('sends its devices away within a window that grows with their number, up to its bound', () => {
    assert.equal(departureWindowMs(1), NODE_DEFAULTS.departureEveryMs)
    assert.equal(departureWindowMs(1e6), NODE_DEFAULTS.departureWindowMaxMs)
    fc.assert(fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (sessions, fraction) => {
      const slotMs = departureSlotMs(sessions, fraction)
      assert.ok(slotMs >= 0 && slotMs <= departureWindowMs(sessions))
    }))
  })
})
