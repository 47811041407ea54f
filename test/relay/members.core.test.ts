import assert from 'node:assert/strict'
import fc from 'fast-check'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { MembersCore } from '../../src/relay/members.core.ts'
import { nodeKey, plainRoute } from './plain-values.ts'
import type { RouteEntry } from '../../src/types.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const START = 1_800_000_000_000
const RECORD = plainRoute({ nodes: [1, 2, 3, 4, 5], n: 3 })

describe('members of a mailbox', () => {
  let members: MembersCore
  let now: number
  beforeEach(() => {
    members = new MembersCore()
    now = START
  })

  const say = (type: 'reached' | 'lost' | 'unreachable', node: number): void => { members.handle({ type, node: nodeKey(node) }, now) }
  const tell = (node: number, readOnly: boolean): void => { members.handle({ type: 'told', node: nodeKey(node), readOnly }, now) }
  const numbers = (entries: RouteEntry[]): number[] => entries.map(({ node }) => parseInt(node, 16))

  it('are the first n of the record while nobody has been met: a node that has just started takes nobody for gone', () => {
    assert.deepEqual(numbers(members.members(RECORD, now)), [1, 2, 3])
    assert.equal(members.isMember(RECORD, nodeKey(3), now), true)
    assert.equal(members.isMember(RECORD, nodeKey(4), now), false)
    assert.equal(members.isMember(RECORD, nodeKey(9), now), false)
  })

  it('are joined by the next listed node when one could not be reached for an hour, and left by it when that one is back', () => {
    say('reached', 2)
    now += 5 * HOUR
    say('lost', 2)
    now += MINUTE
    say('unreachable', 2)
    now += HOUR - 2 * MINUTE
    assert.deepEqual(numbers(members.members(RECORD, now)), [1, 2, 3])
    now += MINUTE
    assert.deepEqual(numbers(members.members(RECORD, now)), [1, 3, 4])
    assert.deepEqual(numbers(members.watched(RECORD, now)), [1, 2, 3, 4], 'who has gone is still asked for')
    say('reached', 2)
    assert.deepEqual(numbers(members.members(RECORD, now)), [1, 2, 3])
  })

  it('do not change because a stream ended: only a failed dial says that its node is away', () => {
    say('reached', 1)
    say('lost', 1)
    now += 10 * HOUR
    assert.equal(members.isGone(nodeKey(1), now), false)
  })

  it('do not change while failures are broken by successes', () => {
    for (let turn = 0; turn < 10; turn++) {
      say('unreachable', 1)
      now += 50 * MINUTE
      assert.equal(members.isGone(nodeKey(1), now), false)
      say('reached', 1)
      now += 3 * HOUR
    }
  })

  it('change after a quarter of an hour when the node’s sessions are short, and after an hour again when they get long', () => {
    const session = (ms: number): void => {
      say('reached', 1)
      now += ms
      say('unreachable', 1)
    }
    session(30 * MINUTE)
    now += 15 * MINUTE
    assert.equal(members.isGone(nodeKey(1), now), false, 'it may have been there for long before we met it')
    session(30 * MINUTE)
    now += 15 * MINUTE
    assert.equal(members.isGone(nodeKey(1), now), true)
    for (let turn = 0; turn < RELAY_DEFAULTS.sessionsRemembered; turn++) session(3 * HOUR)
    now += 15 * MINUTE
    assert.equal(members.isGone(nodeKey(1), now), false)
    now += 45 * MINUTE
    assert.equal(members.isGone(nodeKey(1), now), true)
  })

  it('are not those that audits have caught, who are not asked for either, until their time is over', () => {
    members.handle({ type: 'caught', node: nodeKey(1), until: now + HOUR }, now)
    say('reached', 1)
    assert.deepEqual(numbers(members.members(RECORD, now)), [2, 3, 4])
    assert.deepEqual(numbers(members.watched(RECORD, now)), [2, 3, 4])
    assert.deepEqual(numbers(members.members(RECORD, now + HOUR)), [1, 2, 3])
  })

  it('are joined by the next listed node when one has told for an hour that its disk refuses writes, until it tells otherwise', () => {
    say('reached', 2)
    tell(2, true)
    now += HOUR - MINUTE
    tell(2, true)
    assert.deepEqual(numbers(members.members(RECORD, now)), [1, 2, 3])
    now += MINUTE
    assert.deepEqual(numbers(members.members(RECORD, now)), [1, 3, 4])
    assert.deepEqual(numbers(members.watched(RECORD, now)), [1, 2, 3, 4], 'it is told what is here')
    say('unreachable', 2)
    say('reached', 2)
    assert.deepEqual(numbers(members.members(RECORD, now)), [1, 3, 4], 'that it is there says nothing of its disk')
    tell(2, false)
    assert.deepEqual(numbers(members.members(RECORD, now)), [1, 2, 3])
  })

  it('are fewer than n when too many have gone', () => {
    for (const node of [1, 2, 3]) say('unreachable', node)
    now += HOUR
    assert.deepEqual(numbers(members.members(RECORD, now)), [4, 5])
  })

  it('are remembered of so many nodes at most, the longest unheard of forgotten first', () => {
    members = new MembersCore({ peersMax: 3 })
    for (const node of [1, 2, 3]) say('unreachable', node)
    say('unreachable', 1)
    say('unreachable', 4)
    assert.equal(members.size, 3)
    now += HOUR
    assert.deepEqual([1, 2, 3, 4].map(node => members.isGone(nodeKey(node), now)), [true, false, true, true])
  })

  it('are not those that were caught, however many others are met in their week', () => {
    members = new MembersCore({ peersMax: 3 })
    members.handle({ type: 'caught', node: nodeKey(1), until: now + HOUR }, now)
    for (let node = 2; node < 20; node++) say('reached', node)
    assert.equal(members.isGone(nodeKey(1), now), true)
    assert.equal(members.size, 3)
    for (const node of [2, 3, 4]) members.handle({ type: 'caught', node: nodeKey(node), until: now + HOUR }, now)
    assert.equal(members.size, 3, 'whoever is caught when all are is not remembered')
    assert.deepEqual([1, 2, 3].map(node => members.isGone(nodeKey(node), now)), [true, true, true])
  })

  it('are at most n of the record, in its order, and all watched, whatever happens', () => {
    const event = fc.record({ type: fc.constantFrom('reached' as const, 'lost' as const, 'unreachable' as const, 'readOnly' as const, 'takesMail' as const), node: fc.integer({ min: 1, max: 6 }), ms: fc.integer({ min: 0, max: 2 * HOUR }) })
    fc.assert(fc.property(fc.array(event, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (events, n) => {
      members = new MembersCore()
      const record = plainRoute({ nodes: [1, 2, 3, 4, 5], n })
      for (const { type, node, ms } of events) {
        now += ms
        if (type === 'readOnly' || type === 'takesMail') tell(node, type === 'readOnly')
        else say(type, node)
      }
      const is = members.members(record, now)
      assert.ok(is.length <= n)
      assert.deepEqual(is, record.entries.filter(entry => is.includes(entry)))
      const watched = members.watched(record, now)
      assert.deepEqual(watched.filter(({ node }) => !members.isGone(node, now)), is)
      const gone = record.entries.filter(({ node }) => members.isGone(node, now)).length
      assert.equal(is.length, Math.min(n, 5 - gone))
    }))
  })
})
