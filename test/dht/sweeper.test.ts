// The sweep on real libp2p nodes: who holds what afterwards, and what it cost.
import assert from 'node:assert/strict'
import { ROUTE_DEFAULTS, type RouteInit } from '../../src/dht/defaults.ts'
import { kadRouteSweeper, type KadFinderComponents, type RouteSweeper } from '../../src/dht/index.ts'
import { routeKeys } from '../../src/dht/key.ts'
import { putValues } from '../../src/dht/put-value.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { systemClock } from '../../src/system.ts'
import { KAD_PROTOCOL } from '../../src/wire/protocols.ts'
import { makePerson } from '../identity/people.ts'
import { collectLogs, connect, makeRoute, startRouteNode, startStockNode, type RouteNode } from './network.ts'
import type { RefreshKey } from '../../src/dht/core.ts'
import type { RouteRecord } from '../../src/types.ts'

const PUTS = { now: Date.now(), answerMs: 3000, pipeline: 4, refusalsMax: 3 }
let person = 4000

describe('kadRouteSweeper', () => {
  let nodes: RouteNode[]
  let records: RouteRecord[]
  before(async () => {
    nodes = await Promise.all(Array.from({ length: 6 }, async () => await startRouteNode()))
    await connect(nodes.map(({ host }) => host))
    records = await Promise.all(Array.from({ length: 12 }, async () => await makeRoute(await makePerson(person++))))
  })
  after(async () => { await Promise.all(nodes.map(async ({ host }) => { await host.stop() })) })

  it('gives all records to everybody near with one walk, and holds them itself', async () => {
    const { sweeper, walks } = watched(nodes[0] as RouteNode)
    const keys = keysOf(sweeper, records)
    const swept = await sweeper.sweep({ keys, landmarks: [] })
    assert.equal(walks(), 1, 'six nodes are fewer than k: one walk meets all')
    assert.equal(swept.refreshed.length, 36)
    assert.equal(swept.puts, 36 * 5)
    assert.ok(swept.refreshed.every(({ copies }) => copies === 5))
    for (const { memory } of nodes) {
      for (const { root, order } of records) for (const key of routeKeys(root, crypto)) assert.deepEqual((await memory.held.find(key))?.order, order)
    }
    for (const { finder } of nodes) assert.deepEqual((await finder.find((records[0] as RouteRecord).root, { fresh: true }))?.order, records[0]?.order)
  })

  it('counts no copy of what was refused, and goes on behind it', async () => {
    const author = await makePerson(person++)
    const [older, newer] = [await makeRoute(author, { seq: Date.now() - 1000 }), await makeRoute(author)]
    for (const { memory } of nodes.slice(1)) for (const key of routeKeys(author.rootKey, crypto)) await memory.held.keep(key, newer)
    const { sweeper } = watched(nodes[0] as RouteNode)
    const keys = keysOf(sweeper, [records[0] as RouteRecord, older, records[1] as RouteRecord])
    const { refreshed } = await sweeper.sweep({ keys, landmarks: [] })
    for (const { record, copies } of refreshed) assert.equal(copies, record === older ? 0 : 5)
  })

  it('says that nobody was there', async () => {
    const alone = await startRouteNode()
    try {
      const { sweeper } = watched(alone)
      const keys = keysOf(sweeper, records.slice(0, 2))
      const { refreshed, asked } = await sweeper.sweep({ keys, landmarks: [] })
      assert.equal(asked, false)
      assert.deepEqual(refreshed.map(({ copies }) => copies), [0, 0, 0, 0, 0, 0])
    } finally {
      await alone.host.stop()
    }
  })

  it('is not held up by a peer that says nothing', async () => {
    const silent = await startStockNode()
    try {
      await connect([silent.host, (nodes[0] as RouteNode).host])
      await silent.host.handle(KAD_PROTOCOL, () => {}, { force: true })
      const { sweeper } = watched(nodes[0] as RouteNode, { sweepWalkMs: 200, putTimeoutMs: 100 })
      const keys = keysOf(sweeper, records.slice(0, 1))
      const { refreshed } = await sweeper.sweep({ keys, landmarks: [] })
      assert.equal(refreshed[0]?.copies, 5)
      assert.equal(refreshed.length, 1, 'a walk that was cut short proves nothing of other keys')
    } finally {
      await silent.host.stop()
    }
  })

  it('ends when its caller gives up', async () => {
    const { sweeper } = watched(nodes[0] as RouteNode)
    await assert.rejects(sweeper.sweep({ keys: keysOf(sweeper, records), landmarks: [] }, { signal: AbortSignal.abort(new Error('enough')) }), /enough/)
  })
})

describe('putValues', () => {
  let ours: RouteNode
  let other: RouteNode
  let records: RouteRecord[]
  before(async () => {
    [ours, other] = [await startRouteNode(), await startRouteNode()]
    await connect([ours.host, other.host])
    records = await Promise.all(Array.from({ length: 20 }, async () => await makeRoute(await makePerson(person++))))
  })
  after(async () => { await Promise.all([ours, other].map(async ({ host }) => { await host.stop() })) })

  it('sends many over one stream', async () => {
    const opened = counted(ours)
    const taken = await putValues(opened.host, other.host.peerId, puts(records), { ...PUTS, signal: AbortSignal.timeout(10_000) })
    assert.equal(taken.size, 20)
    assert.equal(opened.streams(), 1)
    assert.equal(other.memory.held.size, 20)
  })

  it('passes over what is refused, and stops after so many refusals', async () => {
    const bad = puts(records).map((put, at) => [2, 7].includes(at) ? { ...put, value: new Uint8Array(10) } : put)
    const taken = await putValues(ours.host, other.host.peerId, bad, { ...PUTS, signal: AbortSignal.timeout(10_000) })
    assert.ok(!taken.has(2) && !taken.has(7))
    assert.ok(taken.size >= 16, `${taken.size}: what was answered while the stream broke may count as refused`)
    const opened = counted(ours)
    const none = await putValues(opened.host, other.host.peerId, puts(records).map(put => ({ ...put, value: new Uint8Array(10) })), { ...PUTS, signal: AbortSignal.timeout(10_000) })
    assert.equal(none.size, 0)
    assert.equal(opened.streams(), PUTS.refusalsMax)
  })

  it('asks a peer that says nothing, or is not there, for nothing more', async () => {
    const silent = await startStockNode()
    await connect([silent.host, ours.host])
    await silent.host.handle(KAD_PROTOCOL, () => {}, { force: true })
    const opened = counted(ours)
    assert.equal((await putValues(opened.host, silent.host.peerId, puts(records), { ...PUTS, answerMs: 50, signal: AbortSignal.timeout(10_000) })).size, 0)
    assert.equal(opened.streams(), 1)
    await silent.host.stop()
    assert.equal((await putValues(ours.host, silent.host.peerId, puts(records), { ...PUTS, signal: AbortSignal.timeout(10_000) })).size, 0)
  })
})

function puts (records: RouteRecord[]): Array<{ key: ReturnType<typeof routeKeys>[number], value: RouteRecord['bytes'] }> {
  return records.map(({ root, bytes }) => ({ key: routeKeys(root, crypto)[0] as ReturnType<typeof routeKeys>[number], value: bytes }))
}

function counted ({ host }: RouteNode): { host: Pick<RouteNode['host'], 'dialProtocol'>, streams: () => number } {
  let streams = 0
  return {
    streams: () => streams,
    host: { dialProtocol: async (...call) => { streams++; return await host.dialProtocol(...call) } }
  }
}

function keysOf (sweeper: RouteSweeper, records: RouteRecord[]): [RefreshKey, ...RefreshKey[]] {
  return records.flatMap(record => sweeper.placesOf(record.root).map((place, salt) => ({ record, salt, place }))) as [RefreshKey, ...RefreshKey[]]
}

/** A sweeper of the node, with a count of its walks. */
function watched ({ host, memory }: RouteNode, init: Partial<RouteInit> = {}): { sweeper: RouteSweeper, walks: () => number } {
  let walks = 0
  const dht: KadFinderComponents['dht'] = {
    get: (key, options) => host.services.dht.get(key, options),
    getClosestPeers: (key, options) => { walks++; return host.services.dht.getClosestPeers(key, options) }
  }
  const sweeper = kadRouteSweeper({ ...ROUTE_DEFAULTS, ...init })({ host, dht, memory, crypto, clock: systemClock, logger: collectLogs() })
  return { sweeper, walks: () => walks }
}
