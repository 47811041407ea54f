import assert from 'node:assert/strict'
import fc from 'fast-check'
import { Census } from '../../../simulations/routing/census.ts'
import { KAD_MODEL } from '../../../simulations/routing/defaults.ts'
import { Peers } from '../../../simulations/routing/peers.ts'
import { Tables } from '../../../simulations/routing/tables.ts'
import { Chance } from '../../../simulations/world/chance.ts'
import { peerKeyOf } from '../../../simulations/actors/values.ts'

const BUCKET_PEERS = 4
const OLD_S = KAD_MODEL.oldContactMs / 1000

/** Running servers with these ids, and everybody's tables, empty. */
function setUp (ids: number[], prefixBits = 2): { peers: Peers, tables: Tables } {
  const peers = new Peers(new Chance('tables'), 40)
  const tables = new Tables(peers, { ...KAD_MODEL, prefixBits, bucketPeers: BUCKET_PEERS, groupPeers: 2 })
  for (const [at, id] of ids.entries()) {
    const number = peers.numberOf(peerKeyOf(`peer ${at}`), { id })
    peers.begin(number, { server: true, lies: false, now: 0 })
    tables.clear(number)
  }
  return { peers, tables }
}

/** So many ids in one bucket. */
function inBucket (bucket: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => ((bucket << 30) >>> 0) + at + 1)
}

describe('Tables', () => {
  it('gives the nearest contacts, nearest first, whatever the ids and the target', () => {
    fc.assert(fc.property(fc.uniqueArray(fc.nat(2 ** 32 - 1), { minLength: 2, maxLength: 40 }), fc.nat(2 ** 32 - 1), fc.integer({ min: 0, max: BUCKET_PEERS }), (ids, target, count) => {
      const { peers, tables } = setUp(ids)
      for (let other = 1; other < ids.length; other++) tables.learn(0, other, 0)
      const distance = (peer: number): number => ((peers.ids[peer] as number) ^ target) >>> 0
      const contacts = [...tables.contacts(0)]
      const expected = contacts.filter(contact => contact !== 1).sort((a, b) => distance(a) - distance(b)).slice(0, count)
      const found = tables.nearest(0, target, count, 1)
      assert.deepEqual([...tables.found.subarray(0, found)], expected)
      for (const contact of contacts) assert.equal(tables.knownSince(0, contact), 0)
    }))
  })

  it('takes in who answers a ping, once, and not itself', () => {
    const { peers, tables } = setUp(inBucket(1, 3))
    peers.end(2, 0)
    assert.deepEqual([tables.learn(0, 0, 0), tables.learn(0, 1, 0), tables.learn(0, 1, 0), tables.learn(0, 2, 0)], [false, true, false, false])
    assert.deepEqual([...tables.contacts(0)], [1])
    assert.deepEqual([tables.pings, tables.pongs], [2, 1])
  })

  it('a full bucket takes nobody while its three oldest are there, though the fourth is gone', () => {
    const { peers, tables } = setUp([...inBucket(0, 1), ...inBucket(3, 6)])
    for (const other of [1, 2, 3, 4]) tables.learn(0, other, 0)
    peers.end(4, 0)
    assert.equal(tables.learn(0, 5, OLD_S), false)
    assert.deepEqual([...tables.contacts(0)], [1, 2, 3, 4], 'the dead stay')
  })

  it('when one of the three oldest is gone, somebody new comes in behind the others', () => {
    const { peers, tables } = setUp([...inBucket(0, 1), ...inBucket(3, 6)])
    for (const other of [1, 2, 3, 4]) tables.learn(0, other, 0)
    peers.end(2, 0)
    assert.equal(tables.learn(0, 5, OLD_S - 1), false, 'who came in less than ten minutes ago is not asked')
    assert.equal(tables.learn(0, 5, OLD_S), true)
    assert.deepEqual([...tables.contacts(0)], [1, 3, 4, 5])
    assert.equal(tables.knownSince(0, 5), OLD_S)
  })

  it('updates at once share the pings of a full bucket', () => {
    const { tables } = setUp([...inBucket(0, 1), ...inBucket(3, 4 + 2 * KAD_MODEL.updatesAtOnce)])
    for (const other of [1, 2, 3, 4]) tables.learn(0, other, 0)
    const before = tables.pings
    for (let other = 5; other < 5 + 2 * KAD_MODEL.updatesAtOnce; other++) tables.learn(0, other, OLD_S)
    assert.equal(tables.pings - before, 2 * KAD_MODEL.oldContactsPinged)
  })

  it('a process that begins again knows nobody, and what it had can be used again', () => {
    const { tables } = setUp([...inBucket(0, 1), ...inBucket(1, 3)])
    for (let round = 0; round < 100; round++) {
      for (const other of [1, 2, 3]) tables.learn(0, other, 0)
      assert.equal(tables.size(0), 3)
      tables.clear(0)
      assert.equal(tables.size(0), 0)
    }
    const { bytes } = tables
    for (const other of [1, 2, 3]) tables.learn(0, other, 0)
    assert.equal(tables.bytes, bytes)
  })

  it('tables that have been there for long hold of each prefix all there are, or as many as there is room for', () => {
    const ids = [...inBucket(0, 3), ...inBucket(1, 4), ...inBucket(2, 50)]
    const { peers, tables } = setUp(ids)
    const census = new Census(peers, { prefixBits: 2, seed: 7, sinceS: 5, poisonedTables: 0 })
    for (let owner = 0; owner < ids.length; owner++) tables.fill(owner, census)
    const contacts = [...tables.contacts(0)]
    assert.deepEqual(contacts.filter(contact => contact < 7).sort(), [1, 2, 3, 4, 5, 6])
    assert.equal(new Set(contacts).size, 6 + BUCKET_PEERS)
    assert.equal(tables.knownSince(0, 1), 5)
  })

  it('in which each has the same chance to be', () => {
    const owners = 500
    const crowd = 50
    const { peers, tables } = setUp([...inBucket(0, owners), ...inBucket(2, crowd)])
    const census = new Census(peers, { prefixBits: 2, seed: 7, sinceS: 5, poisonedTables: 0 })
    const known = new Map<number, number>()
    for (let owner = 0; owner < owners; owner++) {
      tables.fill(owner, census)
      for (const contact of tables.contacts(owner)) if (contact >= owners) known.set(contact, (known.get(contact) ?? 0) + 1)
    }
    // 40 each on average, with a deviation of 6.
    assert.equal(known.size, crowd)
    for (const times of known.values()) assert.ok(times > 15 && times < 65, `${times} of ${owners} know one`)
  })

  it('poisoned tables name liars, and the honest as far as they were left', () => {
    const { peers, tables } = setUp([...inBucket(0, 1), ...inBucket(1, 200)])
    for (let liar = 101; liar < 201; liar++) peers.lies[liar] = 1
    const census = new Census(peers, { prefixBits: 2, seed: 7, sinceS: 0, poisonedTables: 0.75 })
    let lying = 0
    let total = 0
    for (let owner = 1; owner < 101; owner++) {
      tables.fill(owner, census)
      for (const contact of tables.contacts(owner)) {
        total++
        if (peers.lies[contact] === 1) lying++
      }
    }
    assert.ok(total > 100 * BUCKET_PEERS)
    assert.ok(Math.abs(lying / total - 0.75) < 0.08, `${lying} of ${total}`)
  })
})
