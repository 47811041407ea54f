import assert from 'node:assert/strict'
import { EventTypes, type QueryEvent } from '@libp2p/kad-dht'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { routeKeys } from '../../src/dht/key.ts'
import { Lookup, newest, type Answer } from '../../src/dht/lookup.ts'
import { OpenedRecords } from '../../src/dht/opened.ts'
import { peerIdFromPeerKey } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { equals } from 'uint8arrays/equals'
import { VirtualClock } from '../client/virtual-clock.ts'
import { keyOf, makePerson, NOW } from '../identity/people.ts'
import { collectLogs, makeRoute } from './network.ts'
import type { RouteInit } from '../../src/dht/defaults.ts'
import type { Bytes, RouteRecord } from '../../src/types.ts'
import type { PeerId } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'

const { settleMs, hedgeMs, findTimeoutMs } = ROUTE_DEFAULTS
/** A walk that never ends by itself. */
const FOREVER = Infinity

describe('Lookup', () => {
  /** Of no prefix, of one, and of another. */
  let holder: PeerId
  const crowd: PeerId[] = []
  let stranger: PeerId
  const groups = new Map<string, string>()
  let older: RouteRecord
  let newer: RouteRecord
  let foreign: RouteRecord
  /** Knows them all, so that no signature is verified while the virtual clock runs. */
  const opened = new OpenedRecords({ crypto, clock: new VirtualClock(NOW) })
  before(async () => {
    holder = peerIdFromPeerKey((await keyOf('holder', 1)).publicKey)
    for (let number = 10; number < 16; number++) crowd.push(peerIdFromPeerKey((await keyOf('holder', number)).publicKey))
    stranger = peerIdFromPeerKey((await keyOf('holder', 20)).publicKey)
    for (const peer of crowd) groups.set(peer.toString(), '203.0')
    groups.set(stranger.toString(), '198.51')
    const author = await makePerson(1)
    older = await makeRoute(author, { seq: NOW - 1 })
    newer = await makeRoute(author, { seq: NOW })
    foreign = await makeRoute(await makePerson(2), { seq: NOW })
    for (const { bytes } of [older, newer, foreign]) await opened.open(bytes)
  })

  it('waits a little after the first answer for fresher ones, and no longer', async () => {
    const { result, clock, ended } = start([[{ atMs: 50, value: older.bytes }, { atMs: 50 + settleMs - 1, value: newer.bytes }, { atMs: 50 + settleMs + 1, value: older.bytes }, { atMs: FOREVER }]])
    await clock.advance(50 + settleMs - 1)
    assert.equal(ended(), false)
    await clock.advance(1)
    assert.equal(ended(), true)
    assert.deepEqual((await result).map(({ record }) => record.order), [older.order, newer.order])
    assert.deepEqual(newest((await result).map(({ record }) => record))?.order, newer.order)
  })

  it('ends with the walk when that is sooner', async () => {
    const { result, clock, ended, asked } = start([[{ atMs: 50, value: newer.bytes }]])
    await clock.advance(50)
    assert.equal(ended(), true)
    assert.equal((await result).length, 1)
    assert.equal(asked(), 1)
  })

  it('asks the other keys after a while of silence', async () => {
    const { clock, asked, ended } = start([[{ atMs: FOREVER }], [{ atMs: 100, value: newer.bytes }], [{ atMs: FOREVER }]])
    await clock.advance(hedgeMs - 1)
    assert.equal(asked(), 1)
    await clock.advance(1)
    assert.equal(asked(), 3)
    await clock.advance(100 + settleMs)
    assert.equal(ended(), true)
  })

  it('asks the other keys at once when the first has nothing, and on first contact', async () => {
    const empty = start([[{ atMs: 10 }], [{ atMs: FOREVER }], [{ atMs: FOREVER }]])
    await empty.clock.advance(10)
    assert.equal(empty.asked(), 3)
    const fresh = start([[{ atMs: FOREVER }], [{ atMs: FOREVER }], [{ atMs: FOREVER }]], { fresh: true })
    await fresh.clock.advance(0)
    assert.equal(fresh.asked(), 3)
  })

  it('begins the last wait only when somebody of another prefix has answered', async () => {
    const { result, clock, ended } = start([[...crowd.slice(0, 3).map(from => ({ atMs: 50, value: older.bytes, from })), { atMs: 2000, value: newer.bytes, from: stranger }, { atMs: FOREVER }], [{ atMs: FOREVER }], [{ atMs: FOREVER }]])
    await clock.advance(50 + settleMs)
    assert.equal(ended(), false)
    await clock.advance(2000 - 50)
    assert.equal(ended(), true)
    assert.deepEqual((await result).map(({ record }) => record.order), [older.order, older.order, newer.order], 'of the crowd two count')
  })

  it('asks the other keys as long as one prefix says everything about the first', async () => {
    const stale = crowd.map(from => ({ atMs: 5, value: older.bytes, from }))
    const { result, clock, asked } = start([stale, [{ atMs: 20, value: newer.bytes, from: stranger }], []])
    await clock.advance(100)
    assert.equal(asked(), 3)
    await clock.advance(settleMs)
    assert.deepEqual(newest((await result).map(({ record }) => record))?.order, newer.order)
  })

  it('takes the word of one prefix, all of it, when there is no other', async () => {
    const answers = crowd.map((from, at) => ({ atMs: 5, value: at === 5 ? newer.bytes : older.bytes, from }))
    const { result, clock } = start([answers, [], []])
    await clock.advance(100)
    assert.equal((await result).length, crowd.length)
    assert.deepEqual(newest((await result).map(({ record }) => record))?.order, newer.order)
  })

  it('ends with nothing when nobody says anything', async () => {
    const { result, clock, ended } = start([[{ atMs: FOREVER }], [{ atMs: FOREVER }], [{ atMs: FOREVER }]])
    await clock.advance(findTimeoutMs - 1)
    assert.equal(ended(), false)
    await clock.advance(1)
    assert.deepEqual(await result, [])
  })

  it('takes no answer that does not hold for one, nor ends the wait for it', async () => {
    const { result, clock, ended, logs } = start([[{ atMs: 10, value: new Uint8Array(100) }, { atMs: 11, value: foreign.bytes }, { atMs: 10 + settleMs + 50, value: newer.bytes }]])
    await clock.advance(11 + settleMs)
    assert.equal(ended(), false)
    await clock.advance(50)
    assert.deepEqual((await result).map(({ record }) => record.order), [newer.order])
    assert.equal(logs.lines.length, 2)
  })

  it('checks a named number of answers', async () => {
    const liars = Array.from({ length: 10 }, () => ({ atMs: 10, value: new Uint8Array(3) as Bytes }))
    const { result, clock, logs } = start([[...liars, { atMs: 20, value: newer.bytes }], [], []], { init: { answersMax: 5 } })
    await clock.advance(20)
    assert.deepEqual(await result, [])
    assert.equal(logs.lines.filter(line => line.includes('does not hold')).length, 5)
  })

  it('leaves when kad-dht begins to correct holders', async () => {
    for (const name of ['DIAL_PEER', 'VALUE'] as const) {
      const { result, clock } = start([[{ atMs: 10, value: newer.bytes }, { atMs: 10, name }, { atMs: 11, value: older.bytes }]])
      await clock.advance(10)
      assert.equal((await result).length, 1)
    }
  })

  it('goes on with the other keys when a walk fails', async () => {
    const { result, clock, logs } = start([[{ atMs: 10, error: new Error('the table is on fire') }], [{ atMs: 10, value: newer.bytes }], []])
    await clock.advance(20)
    assert.equal((await result).length, 1)
    assert.equal(logs.lines.length, 1)
  })

  it('ends when its caller gives up', async () => {
    const caller = new AbortController()
    const { result, clock } = start([[{ atMs: FOREVER }]], { signal: caller.signal })
    await clock.advance(10)
    caller.abort(new Error('enough'))
    await assert.rejects(result, /enough/)
  })

  interface Step { atMs: number, value?: Bytes, from?: PeerId, name?: 'DIAL_PEER' | 'VALUE', error?: Error }
  interface Started { result: Promise<Answer[]>, clock: VirtualClock, ended: () => boolean, asked: () => number, logs: ReturnType<typeof collectLogs> }

  /** A lookup whose walks, one a salt, say and do what the script has for them, in milliseconds from their start. */
  function start (scripts: Step[][], { fresh = false, init = {} as Partial<RouteInit>, signal = new AbortController().signal } = {}): Started {
    const groupOf = (peer: PeerId): string | undefined => groups.get(peer.toString())
    const clock = new VirtualClock(NOW)
    const keys = routeKeys(newer.root, crypto)
    let asked = 0
    const get = async function * (key: Uint8Array, options: { signal?: AbortSignal } = {}): AsyncGenerator<QueryEvent> {
      asked++
      const startedAt = clock.now()
      for (const step of scripts[keys.findIndex(own => equals(own, key))] ?? []) {
        await waitUntil(clock, startedAt + step.atMs, options.signal as AbortSignal)
        if (step.error !== undefined) throw step.error
        const path = { index: step.name === undefined ? 0 : -1, queued: 0, running: 0, total: 0 }
        if (step.name === 'DIAL_PEER') yield { name: 'DIAL_PEER', type: EventTypes.DIAL_PEER, peer: holder, path }
        else if (step.name === 'VALUE') yield { name: 'VALUE', type: EventTypes.VALUE, from: holder, value: newer.bytes, path }
        else if (step.value !== undefined) yield response(step.from ?? holder, key, step.value, path)
      }
    }
    const logs = collectLogs()
    const components = { dht: { get } as Pick<KadDHT, 'get'>, groupOf, opened, crypto, clock, log: logs.forComponent('test') }
    let ended = false
    const result = new Lookup(newer.root, components, { ...ROUTE_DEFAULTS, ...init }).run({ fresh, signal }).finally(() => { ended = true })
    result.catch(() => {})
    return { result, clock, ended: () => ended, asked: () => asked, logs }
  }
})

async function waitUntil (clock: VirtualClock, at: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => { reject(new Error('aborted')) })
    if (at <= clock.now()) resolve()
    else if (at !== Infinity) clock.after(at - clock.now(), resolve)
  })
}

function response (from: PeerId, key: Uint8Array, value: Bytes, path: { index: number, queued: number, running: number, total: number }): QueryEvent {
  return { name: 'PEER_RESPONSE', type: EventTypes.PEER_RESPONSE, messageName: 'GET_VALUE', messageType: 1, from, closer: [], providers: [], record: { key, value, timeReceived: new Date(NOW) }, path } as unknown as QueryEvent
}
