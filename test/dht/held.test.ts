import assert from 'node:assert/strict'
import { Libp2pRecord } from '@libp2p/record'
import fc from 'fast-check'
import { Key } from 'interface-datastore'
import { HeldRecords } from '../../src/dht/held.ts'
import { routeKey, routeKeys } from '../../src/dht/key.ts'
import { OpenedRecords } from '../../src/dht/opened.ts'
import { RememberedOrders } from '../../src/dht/orders.ts'
import { openRouteRecord } from '../../src/dht/index.ts'
import { makeSigned, peerIdFromPeerKey } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { Signed } from '../../src/wire/identity.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { DOMAIN } from '../../src/wire/protocols.ts'
import { RouteBody } from '../../src/wire/route.ts'
import { compare } from 'uint8arrays/compare'
import { xor } from 'uint8arrays/xor'
import { VirtualClock } from '../client/virtual-clock.ts'
import { DAY_MS, keyOf, makePerson, makeTickets, NOW, NOW_S } from '../identity/people.ts'
import { collectLogs, makeRoute, mapShelf, recordKey } from './network.ts'
import type { Bytes, RouteRecord, ServingTicket } from '../../src/types.ts'

describe('HeldRecords', () => {
  it('holds a record under its key, and gives it back as kad-dht wants it', async () => {
    const { held } = await makeHeld()
    const record = await route(1)
    const key = routeKey(record.root, 1, crypto)
    await held.keep(key, record)
    assert.deepEqual(Libp2pRecord.deserialize(held.get(recordKey(key))).value, record.bytes)
    assert.deepEqual((await held.find(key))?.order, record.order)
    assert.equal(held.has(recordKey(key)), true)
    assert.throws(() => held.get(recordKey(routeKey(record.root, 0, crypto))), { name: 'NotFoundError' })
  })

  it('replaces older by newer, never newer by older', async () => {
    const { held } = await makeHeld()
    const [older, newer] = [await route(1, { seq: NOW - 1 }), await route(1)]
    const key = routeKey(older.root, 0, crypto)
    await held.keep(key, older)
    await held.keep(key, newer)
    await assert.rejects(held.keep(key, older), { name: 'RefusedError' })
    assert.deepEqual((await held.find(key))?.order, newer.order)
    assert.equal(held.size, 1)
  })

  it('drops what nobody has published again for a day, and what has expired, without waiting to be asked', async () => {
    const { held, clock } = await makeHeld()
    const [left, kept, ending] = [await route(1), await route(2), await route(3, { notAfter: NOW / 1000 + 60 })]
    const at = (record: RouteRecord): Bytes => routeKey(record.root, 0, crypto)
    for (const record of [left, kept, ending]) await held.keep(at(record), record)
    await clock.advance(60_000)
    assert.equal(await held.find(at(ending)), undefined)
    await held.keep(at(kept), kept)
    await clock.advance(DAY_MS - 60_000)
    assert.equal(held.sweep(), 1)
    assert.deepEqual([held.has(recordKey(at(left))), held.has(recordKey(at(kept)))], [false, true])
    await clock.advance(60_000)
    assert.throws(() => held.get(recordKey(at(kept))), { name: 'NotFoundError' })
    assert.equal(held.size, 0)
  })

  it('finds no record whose last serving ticket has run out, though the record itself has not', async () => {
    const { held, clock } = await makeHeld()
    const author = await makePerson(1)
    const { bytes } = await route(1, { notAfter: NOW_S + 60, tickets: await makeTickets(author.rootKey, 1, NOW_S + 60) })
    const body = { ...RouteBody.decode(Signed.decode(bytes).body), notAfter: NOW_S + 3600 }
    const signed = await makeSigned({ name: 'the record', domain: DOMAIN.route, bytesMax: LIMITS.routeRecordBytes }, RouteBody.encode(body), author.signer)
    const record = await openRouteRecord(signed, { crypto, now: NOW })
    const key = routeKey(record.root, 0, crypto)
    await held.keep(key, record)
    await clock.advance(59_999)
    assert.deepEqual((await held.find(key))?.order, record.order)
    await clock.advance(1)
    assert.equal(await held.find(key), undefined)
    assert.equal(held.size, 0)
  })

  it('holds a named number of records: when full, those nearest to it', async () => {
    const { held, distance } = await makeHeld({ entriesMax: 20 })
    const records = await Promise.all(Array.from({ length: 40 }, async (_, number) => await route(number)))
    const keys = records.map(({ root }) => routeKey(root, 0, crypto))
    const taken = await Promise.allSettled(records.map(async (record, index) => { await held.keep(keys[index] as Bytes, record) }))
    assert.equal(held.size, 20)
    const refusals = taken.filter(({ status }) => status === 'rejected')
    assert.ok(refusals.length > 0 && refusals.every(refusal => (refusal as PromiseRejectedResult).reason.refusal.code === 18), 'noRoom')
    const nearest = keys.toSorted((a, b) => compare(distance(a), distance(b))).slice(0, 20)
    assert.ok(nearest.every(key => held.has(recordKey(key))))
  })

  it('holds nothing but route records under their own keys', async () => {
    const { held } = await makeHeld()
    const record = await route(1)
    const key = routeKey(record.root, 0, crypto)
    const stored = new Libp2pRecord(key, record.bytes, new Date(NOW)).serialize()
    await assert.rejects(held.put(new Key('/dht/provider/abc/def'), Uint8Array.of(1)), { name: 'RefusedError' })
    await assert.rejects(held.put(recordKey(routeKey(record.root, 1, crypto)), stored), { name: 'MalformedError' })
    const foreign = routeKey((await route(2)).root, 0, crypto)
    await assert.rejects(held.keep(foreign, record), { name: 'NotAuthenticError' })
    await assert.rejects(held.keep(routeKey(record.root, 3, crypto), record), { name: 'NotAuthenticError' })
    assert.equal(held.size, 0)
  })

  it('takes any bytes or says by name what is wrong', async () => {
    const { held } = await makeHeld()
    const record = await route(1)
    const key = routeKey(record.root, 0, crypto)
    const good = new Libp2pRecord(key, record.bytes, new Date(NOW)).serialize()
    const flipped = fc.tuple(fc.nat(good.byteLength - 1), fc.integer({ min: 1, max: 255 })).map(([at, bits]) => good.map((byte, index) => index === at ? byte ^ bits : byte))
    await fc.assert(fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 3000 }), flipped), async (bytes) => {
      const error = await held.put(recordKey(key), bytes).then(() => undefined, (error: Error) => error)
      if (error !== undefined) assert.match(error.name, /^(MalformedError|NotAuthenticError|ExpiredError|TooLargeError)$/)
      // A flip in the time of receipt, which nobody signs, is the only one that passes.
      else assert.deepEqual(Libp2pRecord.deserialize(held.get(recordKey(key))).value, record.bytes)
    }), { numRuns: 300 })
  })

  it('lists what it holds, for kad-dht’s own upkeep', async () => {
    const { held } = await makeHeld()
    const record = await route(1)
    for (const key of routeKeys(record.root, crypto)) await held.keep(key, record)
    assert.equal(Array.from(held.query({ prefix: '/dht/record' }) as Iterable<unknown>).length, 3)
    assert.equal(Array.from(held.queryKeys({ prefix: '/dht/provider' }) as Iterable<unknown>).length, 0)
    held.delete(recordKey(routeKey(record.root, 0, crypto)))
    assert.equal(held.size, 2)
  })
})

describe('OpenedRecords', () => {
  it('verifies the same bytes once, and holds a named number of records', async () => {
    let verified = 0
    const counting = { ...crypto, verify: async (...signed: Parameters<typeof crypto.verify>) => { verified++; return await crypto.verify(...signed) } }
    const opened = new OpenedRecords({ crypto: counting, clock: new VirtualClock(NOW) }, 2)
    const [first, second, third] = [await route(1), await route(2), await route(3)]
    const record = await opened.open(first.bytes)
    const once = verified
    assert.ok(once > 0)
    assert.equal(await opened.open(new Uint8Array(first.bytes)), record)
    assert.equal(verified, once)
    for (const { bytes } of [second, third]) await opened.open(bytes)
    assert.equal(opened.size, 2)
    assert.notEqual(await opened.open(first.bytes), record)
  })

  it('opens again what may have lost a node or run out', async () => {
    const clock = new VirtualClock(NOW)
    const opened = new OpenedRecords({ crypto, clock })
    const { bytes } = await route(1, { notAfter: NOW / 1000 + 60 })
    await opened.open(bytes)
    await clock.advance(60_000)
    await assert.rejects(opened.open(bytes), { name: 'ExpiredError' })
  })
})

async function route (number: number, { seq = NOW, notAfter = undefined as number | undefined, tickets = undefined as ServingTicket[] | undefined } = {}): Promise<RouteRecord> {
  return await makeRoute(await makePerson(number), { seq, notAfter, tickets })
}

async function makeHeld ({ entriesMax = 100 } = {}): Promise<{ held: HeldRecords, clock: VirtualClock, distance: (key: Bytes) => Uint8Array }> {
  const clock = new VirtualClock(NOW)
  const peerId = peerIdFromPeerKey((await keyOf('holder', 1)).publicKey)
  const orders = await RememberedOrders.open(mapShelf(), { now: NOW, log: collectLogs().forComponent('test') })
  const held = new HeldRecords({ peerId, crypto, clock, orders, opened: new OpenedRecords({ crypto, clock }) }, { entriesMax })
  return { held, clock, distance: key => xor(crypto.sha256(key), crypto.sha256(peerId.toMultihash().bytes)) }
}
