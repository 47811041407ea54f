import assert from 'node:assert/strict'
import fc from 'fast-check'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { decodeSeen, RememberedOrders } from '../../src/dht/orders.ts'
import { openMemoryStore } from '../../src/store/index.ts'
import { systemClock, systemRandom } from '../../src/system.ts'
import { DAY_MS, NOW } from '../identity/people.ts'
import { collectLogs, mapShelf } from './network.ts'
import type { Order, RootKey } from '../../src/types.ts'

describe('RememberedOrders', () => {
  it('remembers the highest order over a restart', async () => {
    const store = await openMemoryStore({ clock: systemClock, random: systemRandom, logger: collectLogs() })
    const shelf = store.shelf('route-orders')
    const orders = await open(shelf)
    await orders.remember(seen('aa', 5), NOW)
    await orders.remember(seen('aa', 3), NOW)
    for (const remembered of [orders, await open(shelf)]) {
      assert.equal(remembered.size, 1)
      assert.equal(remembered.isOlder(seen('aa', 4)), true)
      assert.equal(remembered.isOlder(seen('aa', 5)), false, 'the same is not older')
      assert.equal(remembered.isOlder(seen('aa', 6)), false)
      assert.equal(remembered.isOlder(seen('aa', 1, { epoch: 2 })), false, 'a higher epoch is newer')
      assert.equal(remembered.isOlder(seen('bb', 1)), false, 'somebody else')
    }
    await store.close()
  })

  it('forgets after 60 days without seeing the user, and not before', async () => {
    const shelf = mapShelf()
    const orders = await open(shelf)
    await orders.remember(seen('aa', 5), NOW)
    await orders.remember(seen('bb', 5), NOW)
    await orders.remember(seen('aa', 5), NOW + 2 * DAY_MS)
    assert.equal(await orders.sweep(NOW + ROUTE_DEFAULTS.orderMemoryMs - 1), 0)
    assert.equal(await orders.sweep(NOW + ROUTE_DEFAULTS.orderMemoryMs), 1)
    assert.equal(orders.isOlder(seen('aa', 4)), true)
    assert.equal(orders.isOlder(seen('bb', 4)), false)
    assert.deepEqual([...shelf.map.keys()], ['aa'.repeat(32)])
    assert.equal((await open(shelf, { now: NOW + 2 * DAY_MS + ROUTE_DEFAULTS.orderMemoryMs })).size, 0)
  })

  it('writes an order that it has only just written no second time', async () => {
    const shelf = mapShelf()
    let writes = 0
    const orders = await open({ ...shelf, put: async (key, value) => { writes++; await shelf.put(key, value) } })
    for (const laterMs of [0, 1, DAY_MS - 1, DAY_MS, DAY_MS + 1]) await orders.remember(seen('aa', 5), NOW + laterMs)
    assert.equal(writes, 2)
  })

  it('remembers a named number of users; when full, those it knows', async () => {
    const orders = await open(mapShelf(), { entriesMax: 2 })
    for (const user of ['aa', 'bb', 'cc']) await orders.remember(seen(user, 5), NOW)
    assert.equal(orders.size, 2)
    assert.equal(orders.isOlder(seen('cc', 4)), false)
    await orders.remember(seen('aa', 7), NOW)
    assert.equal(orders.isOlder(seen('aa', 6)), true)
    await orders.remember(seen('cc', 5), NOW + ROUTE_DEFAULTS.orderMemoryMs)
    assert.equal(orders.isOlder(seen('cc', 4)), true, 'forgetting makes room')
  })

  it('drops what it cannot read, with a line in the log', async () => {
    const shelf = mapShelf()
    await (await open(shelf)).remember(seen('aa', 5), NOW)
    shelf.map.set('bb'.repeat(32), new Uint8Array(51))
    shelf.map.set('no key', new Uint8Array(52))
    shelf.map.set('cc'.repeat(32), new Uint8Array(52).fill(255))
    const logs = collectLogs()
    const orders = await RememberedOrders.open(shelf, { now: NOW, log: logs.forComponent('test') })
    assert.equal(orders.size, 1)
    assert.equal(logs.lines.length, 3)
    assert.deepEqual([...shelf.map.keys()], ['aa'.repeat(32)])
  })

  it('reads any bytes or says by name that it cannot', () => {
    fc.assert(fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), fc.uint8Array({ minLength: 52, maxLength: 52 })), (bytes) => {
      try {
        const { order, seenAt } = decodeSeen(new Uint8Array(bytes))
        assert.ok(Number.isSafeInteger(order.seq) && Number.isSafeInteger(seenAt) && /^[0-9a-f]{64}$/.test(order.hash))
      } catch (error) {
        assert.equal((error as Error).name, 'MalformedError')
      }
    }))
  })

  it('reads back any order', async () => {
    const order = fc.record({ epoch: fc.nat(2 ** 32 - 1), seq: fc.maxSafeNat(), hash: fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytes => Buffer.from(bytes).toString('hex')) }, { noNullPrototype: true })
    await fc.assert(fc.asyncProperty(order, async (order) => {
      const shelf = mapShelf()
      await (await open(shelf)).remember({ root: 'aa'.repeat(32) as RootKey, order }, NOW)
      assert.deepEqual([...shelf.map.values()].map(bytes => decodeSeen(bytes)), [{ order, seenAt: NOW }])
    }), { numRuns: 50 })
  })
})

async function open (shelf: Parameters<typeof RememberedOrders.open>[0], { now = NOW, entriesMax = 10 } = {}): Promise<RememberedOrders> {
  return await RememberedOrders.open(shelf, { now, entriesMax, log: collectLogs().forComponent('test') })
}

function seen (user: string, seq: number, { epoch = 1 } = {}): { root: RootKey, order: Order } {
  return { root: user.repeat(32) as RootKey, order: { epoch, seq, hash: 'ab'.repeat(32) } }
}
