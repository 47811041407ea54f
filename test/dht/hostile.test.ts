// Hostile and broken peers against real nodes, beside stock kad-dht where it has the fault: when an assertion about
// stock behaviour fails, upstream has fixed it, and what we do about it can go.
import assert from 'node:assert/strict'
import { concat } from 'uint8arrays/concat'
import { equals } from 'uint8arrays/equals'
import { systemClock } from '../../src/system.ts'
import { compareOrder } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { routeKey, routeKeys } from '../../src/dht/key.ts'
import { putValue } from '../../src/dht/put-value.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { DOMAIN, KAD_PROTOCOL } from '../../src/wire/protocols.ts'
import { Signed } from '../../src/wire/identity.ts'
import { linkDevice, makePerson, makeTickets, NOW_S } from '../identity/people.ts'
import { connect, heldValue, makeRoute, plant, startRouteNode, startStockNode, type RouteNode, type StockNode } from './network.ts'
import { until } from '../until.ts'
import type { Bytes, RouteRecord } from '../../src/types.ts'
import type { KadDHT } from '@libp2p/kad-dht'

let person = 3000

describe('hostile peers: a holder and an old record that is still valid', () => {
  let stock: StockNode[]
  let ours: RouteNode[]
  let hostile: StockNode
  before(async () => {
    stock = await Promise.all(Array.from({ length: 4 }, async () => await startStockNode()))
    ours = await Promise.all(Array.from({ length: 4 }, async () => await startRouteNode()))
    hostile = await startStockNode()
    await connect(stock.map(({ host }) => host))
    await connect([...ours, hostile].map(({ host }) => host))
  })
  after(async () => { await stop([...stock, ...ours, hostile]) })

  it('stock kad-dht: every holder rolls back to it (js-libp2p#3377)', async () => {
    const { older, newer, key } = await twoRecords()
    const [publisher, , , attacker] = stock as [StockNode, StockNode, StockNode, StockNode]
    await stockPut(publisher.host.services.dht, key, newer.bytes)
    for (const node of stock.slice(1)) assert.deepEqual(await heldValue(node, key), newer.bytes)
    await stockPut(attacker.host.services.dht, key, older.bytes)
    for (const node of stock) assert.deepEqual(await heldValue(node, key), older.bytes, 'rolled back')
  })

  it('ours: no holder does, and everybody still finds the newer one', async () => {
    const { older, newer, key } = await twoRecords()
    await (ours[0] as RouteNode).finder.publish(newer)
    await stockPut(hostile.host.services.dht, key, older.bytes)
    assert.deepEqual(await heldValue(hostile, key), older.bytes, 'the attacker did put it')
    for (const { memory } of ours) assert.deepEqual((await memory.held.find(key))?.order, newer.order)
    for (const { finder } of ours) assert.deepEqual((await finder.find(newer.root, { fresh: true }))?.order, newer.order)
  })

  it('ours: two puts at once end with the newer one, in whatever order they come', async () => {
    for (let round = 0; round < 10; round++) {
      const { older, newer, key } = await twoRecords()
      const { held } = (ours[1] as RouteNode).memory
      await Promise.allSettled(round % 2 === 0 ? [held.keep(key, older), held.keep(key, newer)] : [held.keep(key, newer), held.keep(key, older)])
      assert.deepEqual((await held.find(key))?.order, newer.order)
    }
  })

  it('ours: who has once seen a newer record answers no older one, whatever the network says', async () => {
    const { older, newer, key } = await twoRecords()
    const [first] = ours as [RouteNode]
    await first.memory.orders.remember(newer, systemClock.now())
    await plant(hostile, key, older.bytes)
    assert.equal(await first.finder.find(older.root, { fresh: true }), undefined)
    await assert.rejects(first.memory.held.keep(key, older), { name: 'RefusedError' }, 'nor holds it for others')
    await assert.rejects(first.finder.publish(older), { name: 'RefusedError' })
    assert.deepEqual((await (ours[1] as RouteNode).finder.find(older.root, { fresh: true }))?.order, older.order, 'who has not, does')
  })

  it('ours: seven holders that agree on it do not outvote one that knows better', async () => {
    const liars = await Promise.all(Array.from({ length: 7 }, async () => await startStockNode()))
    try {
      const reader = ours[2] as RouteNode
      for (const { host } of liars) await host.dial(reader.host.getMultiaddrs())
      await until('the liars in the reader’s table', () => tableSize(reader) >= ours.length + liars.length)
      const { older, newer, key } = await twoRecords()
      for (const liar of liars) await plant(liar, key, older.bytes)
      await plant(hostile, key, newer.bytes)
      assert.deepEqual((await reader.finder.find(newer.root))?.order, newer.order)
      // They are told better, and being stock and honest in this, take it.
      await until('corrected holders', async () => (await Promise.all(liars.map(async liar => await heldValue(liar, key)))).every(value => same(value, newer.bytes)))
    } finally {
      await stop(liars)
    }
  })
})

describe('hostile peers: a stale holder that refuses to be corrected', () => {
  let stock: StockNode[]
  let ours: RouteNode[]
  let stubborn: StockNode
  before(async () => {
    stock = await Promise.all(Array.from({ length: 3 }, async () => await startStockNode()))
    ours = await Promise.all(Array.from({ length: 3 }, async () => await startRouteNode()))
    stubborn = await startStockNode()
    await connect([...stock, stubborn].map(({ host }) => host))
    await connect([...ours, stubborn].map(({ host }) => host))
  })
  after(async () => { await stop([...stock, ...ours, stubborn]) })

  it('stock kad-dht: get() throws although the newer record was found', async () => {
    const { older, newer, key } = await twoRecords()
    const [publisher, reader] = stock as [StockNode, StockNode]
    await stockPut(publisher.host.services.dht, key, newer.bytes)
    const restore = await refuseToForget(stubborn, key, older)
    await assert.rejects(async () => {
      // The reader itself holds a copy as well; it learns of the stubborn one and gives up on everything.
      for await (const event of reader.host.services.dht.get(key, { signal: AbortSignal.timeout(5000) })) assert.notEqual(event.name, 'VALUE')
    }, { name: 'QueryError', message: 'Could not send correction' })
    restore()
  })

  it('ours: finds it, every time, and corrects whoever lets it', async () => {
    const { older, newer, key } = await twoRecords()
    const [publisher, reader] = ours as [RouteNode, RouteNode]
    const restore = await refuseToForget(stubborn, key, older)
    await publisher.finder.publish(newer)
    for (let round = 0; round < 5; round++) assert.deepEqual((await reader.finder.find(newer.root, { fresh: true }))?.order, newer.order)
    assert.deepEqual(await heldValue(stubborn, key), older.bytes)
    restore()
    await reader.finder.find(newer.root, { fresh: true })
    await until('the correction', async () => same(await heldValue(stubborn, key), newer.bytes))
  })
})

describe('hostile peers: records that do not hold', () => {
  let honest: RouteNode
  let liar: StockNode
  before(async () => {
    honest = await startRouteNode()
    liar = await startStockNode({ checked: false })
    await connect([honest.host, liar.host])
  })
  after(async () => { await stop([honest, liar]) })

  const cases: Array<[string, () => Promise<{ root: RouteRecord['root'], value: Bytes, key?: Bytes }>]> = [
    ['expired', async () => {
      const author = await makePerson(person++)
      const past = Date.now() - 60_000
      const { root, bytes: value } = await makeRoute(author, { seq: past, notAfter: Math.floor(Date.now() / 1000) - 1 })
      return { root, value }
    }],
    ['without a serving ticket that still holds', async () => {
      const author = await makePerson(person++)
      const seq = Date.UTC(2026, 0, 1)
      const { root, bytes: value } = await makeRoute(author, { seq, tickets: await makeTickets(author.rootKey, 2, NOW_S + 60) })
      return { root, value }
    }],
    ['signed too far ahead of now', async () => {
      const { root, bytes: value } = await makeRoute(await makePerson(person++), { seq: Date.now() + 20 * 60_000 })
      return { root, value }
    }],
    ['oversized', async () => {
      const { root, bytes } = await makeRoute(await makePerson(person++))
      const value = new Uint8Array(LIMITS.routeRecordBytes + 1)
      value.set(bytes)
      return { root, value }
    }],
    ['of three megabytes', async () => ({ root: (await makePerson(person++)).rootKey, value: new Uint8Array(3 * 1024 * 1024) })],
    ['empty', async () => ({ root: (await makePerson(person++)).rootKey, value: new Uint8Array() })],
    ['changed after it was signed', async () => {
      const { root, bytes } = await makeRoute(await makePerson(person++))
      const value = new Uint8Array(bytes)
      value[20] = (value[20] as number) ^ 1
      return { root, value }
    }],
    ['signed by a device without the right to', async () => {
      const author = await makePerson(person++)
      const { root, bytes } = await makeRoute(author)
      const weak = await linkDevice(author, person++, author.root, { capabilities: 0 })
      const { body } = Signed.decode(bytes)
      const signature = await weak.key.sign(concat([DOMAIN.route, body]))
      return { root, value: Signed.encode({ body, signature, certificate: weak.certificate.bytes }) }
    }],
    ['of another user, under this user’s key', async () => {
      const { rootKey: root } = await makePerson(person++)
      return { root, value: (await makeRoute(await makePerson(person++))).bytes }
    }]
  ]

  for (const [name, make] of cases) {
    it(`${name}: refused at put, and passed over at get`, async () => {
      const { root, value } = await make()
      for (const key of routeKeys(root, crypto)) {
        await assert.rejects(putValue(liar.host, honest.host.peerId, { key, value, now: Date.now(), signal: AbortSignal.timeout(3000) }))
        await plant(liar, key, value)
      }
      assert.equal(honest.memory.held.size, 0)
      assert.equal(await honest.finder.find(root, { fresh: true }), undefined)
    })
  }

  it('a good record under a key of no salt of its user, or in another namespace: refused at put', async () => {
    const { root, bytes: value } = await makeRoute(await makePerson(person++))
    for (const key of [routeKey(root, 3, crypto), new TextEncoder().encode('/posthouse-route/short'), new TextEncoder().encode('/pk/anything'), new TextEncoder().encode('/other/anything')]) {
      await assert.rejects(putValue(liar.host, honest.host.peerId, { key, value, now: Date.now(), signal: AbortSignal.timeout(3000) }))
    }
    assert.equal(honest.memory.held.size, 0)
  })

  it('a good record is taken the same way, so that the refusals above mean something', async () => {
    const { root, bytes: value } = await makeRoute(await makePerson(person++))
    for (const key of routeKeys(root, crypto)) await putValue(liar.host, honest.host.peerId, { key, value, now: Date.now(), signal: AbortSignal.timeout(3000) })
    assert.equal(honest.memory.held.size, 3)
  })
})

describe('hostile peers: nobody says anything', () => {
  let ours: RouteNode[]
  let silent: StockNode[]
  before(async () => {
    ours = await Promise.all(Array.from({ length: 3 }, async () => await startRouteNode({ init: { settleMs: 100, publishWalkMs: 300, putTimeoutMs: 200 } })))
    silent = await Promise.all(Array.from({ length: 3 }, async () => await startStockNode()))
    await connect([...ours, ...silent].map(({ host }) => host))
    for (const { host } of silent) await host.handle(KAD_PROTOCOL, () => {}, { force: true })
  })
  after(async () => { await stop([...ours, ...silent]) })

  it('a find is not held up: it ends soon after the first answer, stock kad-dht much later', async () => {
    const record = await makeRoute(await makePerson(person++))
    const [publisher, reader, third] = ours as [RouteNode, RouteNode, RouteNode]
    for (const { memory } of [publisher, third]) await memory.held.keep(routeKey(record.root, 0, crypto), record)
    const stock = new AbortController()
    const said: string[] = []
    const stockGet = (async () => {
      for await (const { name } of publisher.host.services.dht.get(routeKey(record.root, 0, crypto), { signal: stock.signal })) said.push(name)
    })().catch(() => {})
    assert.deepEqual((await reader.finder.find(record.root))?.order, record.order)
    assert.ok(!said.includes('QUERY_ERROR') && !said.includes('VALUE'), 'get() began earlier, and still waits for the first of the silent, even with our short waits')
    stock.abort()
    await stockGet
  })

  it('a publication is not lost on them either: whoever answers is asked to hold it', async () => {
    const record = await makeRoute(await makePerson(person++))
    assert.deepEqual(await (ours[0] as RouteNode).finder.publish(record), { copies: 2 })
  })

  it('a publication nobody acknowledges has 0 copies, where stock put() just resolves', async () => {
    const quiet = await startRouteNode({ init: { publishWalkMs: 300 } })
    const wall = await startStockNode()
    try {
      await connect([quiet.host, wall.host])
      await wall.host.handle(KAD_PROTOCOL, (stream) => { stream.abort(new Error('no')) }, { force: true })
      const record = await makeRoute(await makePerson(person++))
      assert.deepEqual(await quiet.finder.publish(record), { copies: 0 })
      await stockPut(quiet.host.services.dht, routeKey(record.root, 0, crypto), record.bytes)
    } finally {
      await stop([quiet, wall])
    }
  })
})

async function twoRecords (): Promise<{ older: RouteRecord, newer: RouteRecord, key: Bytes }> {
  const author = await makePerson(person++)
  const older = await makeRoute(author, { seq: Date.now() - 1000 })
  const newer = await makeRoute(author)
  assert.ok(compareOrder(newer.order, older.order) > 0)
  return { older, newer, key: routeKey(author.rootKey, 0, crypto) }
}

/** The node holds the record and lets nobody overwrite it, until the returned function is called. */
async function refuseToForget (node: StockNode, key: Bytes, record: RouteRecord): Promise<() => void> {
  await plant(node, key, record.bytes)
  const { put } = node.datastore
  node.datastore.put = (name, value) => {
    if (name.toString().startsWith('/dht/record/')) throw new Error('the disk is full')
    return put.call(node.datastore, name, value)
  }
  return () => { node.datastore.put = put }
}

/** put() as its users call it. */
async function stockPut (dht: KadDHT, key: Bytes, value: Bytes): Promise<void> {
  await drain(dht.put(key, value, { signal: AbortSignal.timeout(5000) }))
}

async function drain (events: AsyncIterable<unknown>): Promise<void> {
  for await (const event of events) void event
}

function tableSize ({ host }: RouteNode): number {
  return (host.services.dht as KadDHT & { routingTable: { size: number } }).routingTable.size
}

function same (a: Uint8Array | undefined, b: Uint8Array): boolean {
  return a !== undefined && equals(a, b)
}

async function stop (nodes: Array<{ host: { stop: () => void | Promise<void> } }>): Promise<void> {
  await Promise.all(nodes.map(async ({ host }) => { await host.stop() }))
}
