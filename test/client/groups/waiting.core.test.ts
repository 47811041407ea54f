import assert from 'node:assert/strict'
import fc from 'fast-check'
import { GROUPS_DEFAULTS } from '../../../src/client/groups/defaults.ts'
import { WAITING } from '../../../src/client/groups/records.ts'
import { dueAsks, dueIds, makeRoom, nextAskAt, nextDueAt } from '../../../src/client/groups/waiting.core.ts'
import type { WaitingRecord } from '../../../src/client/groups/records.ts'
import type { MessageId, PeerKey, RootKey } from '../../../src/types.ts'

const NOW = 1_800_000_000_000
const user = (number: number): RootKey => String(number).padStart(64, '0') as RootKey
const device = (number: number): PeerKey => `d${String(number).padStart(63, '0')}` as PeerKey

function record (number: number, { from = 1, by = 1, bytes = 10, ...rest }: { from?: number, by?: number, bytes?: number } & Partial<Pick<WaitingRecord, 'askAt' | 'asks'>> = {}): [string, WaitingRecord] {
  const id = String(number).padStart(32, '0') as MessageId
  return [`${id}/${by}`, { id, from: user(from), device: device(by), group: undefined, epoch: 0, isCommit: false, mls: new Uint8Array(bytes), forgetAt: NOW, askAt: NOW, asks: 0, ...rest }]
}

describe('frames that wait', () => {
  it(`are at most ${GROUPS_DEFAULTS.waitingPerUser} of a user, whoever that is`, () => {
    const full = new Map(Array.from({ length: GROUPS_DEFAULTS.waitingPerUser }, (_, at) => record(at)))
    const [first] = full.keys()
    assert.deepEqual(makeRoom(full, record(9999)[1]), { drop: [first], empty: [] })
    assert.deepEqual(makeRoom(full, record(9999, { from: 2 })[1]), { drop: [], empty: [] })
  })

  it(`are at most ${GROUPS_DEFAULTS.waitingMax}, the oldest go`, () => {
    const full = new Map(Array.from({ length: GROUPS_DEFAULTS.waitingMax }, (_, at) => record(at, { from: at % 10 })))
    assert.deepEqual(makeRoom(full, record(9999, { from: 99 })[1]).drop, [record(0)[0]])
  })

  it(`have at most ${GROUPS_DEFAULTS.waitingBytes} bytes; those of the oldest go, and they are asked for`, () => {
    const bytes = GROUPS_DEFAULTS.waitingBytes / 8
    const full = new Map(Array.from({ length: 8 }, (_, at) => record(at, { bytes })))
    assert.deepEqual(makeRoom(full, record(9999, { bytes })[1]), { drop: [], empty: [record(0)[0]] })
  })

  it('are asked for in one note a device, at most one a minute', () => {
    const records = new Map([record(1), record(2), record(3, { by: 2 }), record(4, { askAt: NOW + GROUPS_DEFAULTS.gatherMs + 1 }), record(5, { asks: GROUPS_DEFAULTS.asksMax })])
    const asks = dueAsks(records, new Map(), NOW)
    assert.deepEqual(asks.map(({ device: of, ids }) => [of, ids.length]), [[device(1), 2], [device(2), 1]])
    const asked = new Map([[device(1), NOW], [device(2), NOW]])
    assert.deepEqual(dueAsks(records, asked, NOW + 59_999), [])
    assert.equal(dueAsks(records, asked, NOW + 60_000).length, 2)
    assert.equal(nextAskAt(records, asked, NOW), NOW + 60_000)
  })

  it(`of at most ${GROUPS_DEFAULTS.asksAtOnce} devices a minute, and a device is of one user`, () => {
    const records = new Map(Array.from({ length: 40 }, (_, at) => record(at, { by: at })))
    assert.equal(dueAsks(records, new Map(), NOW).length, GROUPS_DEFAULTS.asksAtOnce)
    const asked = new Map(Array.from({ length: GROUPS_DEFAULTS.asksAtOnce }, (_, at) => [device(at), NOW]))
    assert.deepEqual(dueAsks(records, asked, NOW + 1), [])
    assert.deepEqual(dueAsks(new Map([record(1), record(2, { from: 2 })]), new Map(), NOW).map(({ ids }) => ids.length), [1])
  })

  it('are asked for together with what is due soon after, and not before the first is due', () => {
    const records = new Map([record(1, { askAt: NOW + 1000 }), record(2, { askAt: NOW }), record(3, { askAt: NOW + GROUPS_DEFAULTS.gatherMs }), record(4, { askAt: NOW + GROUPS_DEFAULTS.gatherMs + 1 })])
    assert.deepEqual(dueAsks(records, new Map(), NOW - 1), [])
    assert.deepEqual(dueAsks(records, new Map(), NOW).map(({ ids }) => ids.map(Number)), [[1, 2, 3]])
  })

  it('are asked for of other own devices when they are due, as many as go into one word', () => {
    const records = new Map([record(1), record(2, { by: 2 }), record(3, { askAt: NOW + 1 }), record(4, { asks: GROUPS_DEFAULTS.asksMax, askAt: NOW - 1 })])
    assert.deepEqual(dueIds(records, NOW).map(([, { id }]) => Number(id)), [1, 2])
    assert.equal(nextDueAt(records), NOW)
    assert.equal(dueIds(records, NOW + 1, { ...GROUPS_DEFAULTS, lostIds: 2 }).length, 2)
    assert.equal(nextDueAt(new Map([record(4, { asks: GROUPS_DEFAULTS.asksMax })])), undefined)
  })

  it('stay within all bounds, whatever comes', () => {
    const limits = { ...GROUPS_DEFAULTS, waitingMax: 8, waitingPerUser: 3, waitingBytes: 100 }
    fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 60 })), { maxLength: 40 }), frames => {
      const records = new Map<string, WaitingRecord>()
      for (const [at, [from, bytes]] of frames.entries()) {
        const [key, next] = record(at, { from, bytes })
        const { drop, empty } = makeRoom(records, next, limits)
        for (const other of drop) records.delete(other)
        for (const other of empty) records.set(other, { ...records.get(other) as WaitingRecord, mls: new Uint8Array(0) })
        records.set(key, next)
        const all = [...records.values()]
        assert.ok(all.length <= 8 && all.reduce((sum, { mls }) => sum + mls.byteLength, 0) <= 100)
        for (const { from: of } of all) assert.ok(all.filter(other => other.from === of).length <= 3)
      }
    }))
  })

  it('are read as an earlier version kept them', () => {
    const [, kept] = record(1)
    const { isCommit: _, ...before } = WAITING.encode(kept) as Record<string, unknown>
    assert.deepEqual(WAITING.decode(before), kept)
  })
})
