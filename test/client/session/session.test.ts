import assert from 'node:assert/strict'
import { once } from 'node:events'
import { streamPair } from '@libp2p/utils'
import { Session } from '../../../src/client/session/session.ts'
import { keyPackageFrames } from '../../../src/client/session/values.ts'
import { pushFrame } from '../../../src/wire/frames.ts'
import { makeHello } from '../../../src/wire/hello.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { VirtualClock, settled } from '../virtual-clock.ts'
import { Peer } from './peer.ts'
import type { SessionEvents, SessionInit } from '../../../src/client/session/session.ts'
import type { PeerKey, StoreId } from '../../../src/types.ts'

const NODE = 'a'.repeat(64) as PeerKey
const STORE = '0123456789abcdef'.repeat(2) as StoreId

describe('session', () => {
  it('says Hello first, learns the node’s store and limits, and pairs answers by number', async () => {
    const { session, node } = await open()
    await session.ready
    assert.equal(session.storeId, STORE)
    assert.equal(session.depositsMax, 4096)
    const slow = session.register({ profile: { bytes: Uint8Array.of(1) } })
    const quick = session.publish(Uint8Array.of(2))
    await node.received(3)
    const [hello, register, publish] = node.controls()
    assert.equal(hello?.hello?.network, 'test')
    node.send({ request: publish?.request, published: { copies: 7 } })
    node.send({ request: register?.request, ticket: { expiry: 9, signature: Uint8Array.of(3) } })
    assert.equal(await quick, 7)
    assert.equal((await slow).expiry, 9)
  })

  it('turns a refusal into a RefusedError with its sentence', async () => {
    const { session, node } = await open()
    const attached = session.attach(Uint8Array.of(1))
    await node.received(2)
    node.send({ request: 1, refusal: { code: 14, retryAfterSeconds: 3 } })
    await assert.rejects(attached, { name: 'RefusedError', message: 'the node does not serve this user', refusal: { code: 14, retryAfterSeconds: 3 } })
  })

  it('gives up a question after its time, and passes over an answer that comes later', async () => {
    const { session, node, clock } = await open()
    const question = session.findNodes(4)
    const refused = assert.rejects(question, { name: 'TimedOutError' })
    await clock.advance(2000)
    await refused
    node.send({ request: 1, nodes: { nodes: [] } })
    const next = session.findNodes(4)
    await node.received(3)
    node.send({ request: 2, nodes: { nodes: [] } })
    assert.deepEqual(await next, [])
  })

  it('asks no more than its limit at a time', async () => {
    const { session } = await open({ requestsMax: 2 })
    const waiting = [session.beat(Uint8Array.of(1), Uint8Array.of(2)), session.findNodes(1)].map(async question => await assert.rejects(question, { name: 'ConnectionLostError' }))
    await assert.rejects(session.findNodes(1), { name: 'TooLargeError' })
    session.abort(new Error('enough'))
    await Promise.all(waiting)
  })

  it('can be given up by a signal', async () => {
    const { session } = await open()
    const controller = new AbortController()
    const question = session.findNodes(1, { signal: controller.signal })
    controller.abort(new Error('no longer wanted'))
    await assert.rejects(question, { message: 'no longer wanted' })
  })

  it('lets pushes go that there is no room for, and takes them again when there is', async () => {
    const { session, node, events } = await open({ pushQueueBytes: 100 })
    await session.ready
    for (let position = 1; position <= 3; position++) node.frames.send(...pushFrame(position, new Uint8Array(50)))
    await events.count('pushMissed', 1)
    assert.deepEqual(events.of('push').map(([position]) => position), [1, 2])
    const [, , opened] = events.of('push')[0] as [number, Uint8Array, () => void]
    opened()
    opened()
    node.frames.send(...pushFrame(4, new Uint8Array(50)))
    node.frames.send(...pushFrame(5, new Uint8Array(50)))
    await events.count('pushMissed', 2)
    assert.deepEqual(events.of('push').map(([position]) => position), [1, 2, 4], 'room is given back once')
  })

  it('hands on what the node says of its own accord', async () => {
    const { session, node, events } = await open()
    await session.ready
    node.send({ accepted: { tickets: [1, 2] } })
    node.send({ refused: { tickets: [3], refusal: { code: 7, retryAfterSeconds: 0 } } })
    node.send({ pushed: { from: 4n, to: 9n } })
    node.send({ behind: { position: 12n } })
    node.send({ pong: 1 })
    await events.count('behind', 1)
    assert.deepEqual(events.of('accepted'), [[[1, 2]]])
    assert.deepEqual(events.of('refused'), [[[3], { code: 7, retryAfterSeconds: 0 }]])
    assert.deepEqual(events.of('pushed'), [[4, 9]])
    assert.deepEqual(events.of('heard').map(([spoken]) => spoken), [true, true, true, false, false])
  })

  it('brings key packages in as many frames as they need, and hears what is left', async () => {
    const { session, node } = await open()
    await session.ready
    const last = new Uint8Array(5000)
    const put = session.putKeyPackages(Array.from({ length: 30 }, (_, n) => new Uint8Array(4000).fill(n)), last)
    const frames = []
    for (let request = 1; frames.flatMap(({ oneTime }) => oneTime).length < 30; request++) {
      await node.received(1 + request)
      frames.push(node.controls()[request]?.putKeyPackages ?? assert.fail())
      node.send({ request, keyPackagesLeft: { oneTime: 20, lastResort: true } })
    }
    assert.deepEqual(await put, { oneTime: 20, lastResort: true })
    assert.deepEqual(frames.map(({ oneTime, lastResort }) => [oneTime.length, lastResort.byteLength]), [[15, 5000], [15, 0]])
    const few = session.putKeyPackages([], undefined)
    await node.received(4)
    node.send({ request: 3, keyPackagesLeft: { oneTime: 0, lastResort: false } })
    assert.deepEqual(await few, { oneTime: 0, lastResort: false })
    await assert.rejects(session.putKeyPackages([new Uint8Array(LIMITS.keyPackageBytes + 1)], undefined), { name: 'TooLargeError' })
  })

  it('puts at most so many key packages into one frame, however small', () => {
    const frames = keyPackageFrames(Array.from({ length: 45 }, () => Uint8Array.of(1)), undefined)
    assert.deepEqual(frames.map(({ oneTime }) => oneTime.length), [LIMITS.keyPackages, LIMITS.keyPackages, 5])
  })

  it('asks for key packages of all devices of a user, or of some', async () => {
    const { session, node } = await open()
    await session.ready
    const all = session.fetchKeyPackages(Uint8Array.of(7))
    const some = session.fetchKeyPackages(Uint8Array.of(7), { devices: [Uint8Array.of(8)] })
    await node.received(3)
    assert.deepEqual(node.controls().slice(1).map(({ fetchKeyPackages }) => fetchKeyPackages), [{ root: Uint8Array.of(7), devices: [] }, { root: Uint8Array.of(7), devices: [Uint8Array.of(8)] }])
    node.send({ request: 1, keyPackages: { packages: [{ device: Uint8Array.of(8), keyPackage: Uint8Array.of(1) }, { device: Uint8Array.of(9), keyPackage: Uint8Array.of(2) }] } })
    node.send({ request: 2, refusal: { code: 8, retryAfterSeconds: 10 } })
    assert.deepEqual(await all, [Uint8Array.of(1), Uint8Array.of(2)])
    await assert.rejects(some, { name: 'RefusedError', refusal: { code: 8, retryAfterSeconds: 10 } })
  })

  it('whispers what is small enough, and hands on what is whispered', async () => {
    const { session, node, events } = await open()
    await session.ready
    assert.equal(session.whisper(new Uint8Array(LIMITS.whisperBytes + 1)), false)
    assert.equal(session.whisper(Uint8Array.of(1, 2)), true)
    await node.received(2)
    assert.deepEqual(node.controls()[1], { request: 0, whisper: Uint8Array.of(1, 2) })
    node.send({ whispered: Uint8Array.of(3) })
    node.send({ keyPackagesLeft: { oneTime: 4, lastResort: false } })
    await events.count('keyPackagesFew', 1)
    assert.deepEqual([events.of('whispered'), events.of('keyPackagesFew')], [[[Uint8Array.of(3)]], [[{ oneTime: 4, lastResort: false }]]])
  })

  it('says "still here?" in at most ten bytes', async () => {
    const { session, node } = await open()
    await session.ready
    await node.received(1)
    session.ping()
    await node.received(2)
    assert.ok((node.lengths.at(-1) ?? Infinity) + 1 <= 10)
  })

  for (const [what, send, name] of [
    ['a Hello of another network', (node: Peer) => { node.send({ hello: makeHello('elsewhere') }) }, 'UnsupportedError'],
    ['a refusal in place of Hello', (node: Peer) => { node.send({ refusal: { code: 3, retryAfterSeconds: 0 } }) }, 'UnsupportedError'],
    ['anything before Hello', (node: Peer) => { node.send({ pong: 1 }) }, 'MalformedError'],
    ['a push before Hello', (node: Peer) => { node.frames.send(...pushFrame(1, new Uint8Array(9))) }, 'MalformedError']
  ] as const) {
    it(`ends at ${what}`, async () => {
      const { session, node, events } = await open({}, false)
      send(node)
      await assert.rejects(session.ready, { name })
      await events.count('ended', 1)
    })
  }

  for (const [what, send] of [
    ['a frame of unknown kind', (node: Peer) => { node.frames.send(Uint8Array.of(9, 9)) }],
    ['a deposit', (node: Peer) => { node.frames.send(Uint8Array.of(1), new Uint8Array(30)) }],
    ['control bytes that are no protobuf', (node: Peer) => { node.frames.send(Uint8Array.of(0, 0xff, 0xff, 0xff)) }],
    ['a position beyond 2^53', (node: Peer) => { node.send({ behind: { position: 2n ** 60n } }) }],
    ['a frame over the limit', (node: Peer) => { node.frames.send(new Uint8Array(73 * 1024)) }]
  ] as const) {
    it(`ends at ${what}, and waiting questions with it`, async () => {
      const { session, node, events } = await open()
      await session.ready
      const question = assert.rejects(session.findNodes(1), { name: 'ConnectionLostError' })
      send(node)
      await question
      await events.count('ended', 1)
      assert.equal(session.open, false)
      await assert.rejects(session.findNodes(1), { name: 'ConnectionLostError' })
    })
  }

  it('says goodbye when it is closed', async () => {
    const { session, node } = await open()
    await session.ready
    await session.close()
    await node.received(2)
    assert.equal(node.controls().at(-1)?.goodbye, true)
  })
})

/** Every event of a session, in order. */
class Recorder {
  readonly #events: Array<[string, unknown[]]> = []
  readonly #arrival = new EventTarget()

  readonly events = new Proxy({} as SessionEvents, {
    get: (_, name: string) => (...[, ...rest]: unknown[]) => {
      this.#events.push([name, rest])
      this.#arrival.dispatchEvent(new Event('event'))
    }
  })

  of (name: keyof SessionEvents): unknown[][] { return this.#events.filter(([event]) => event === name).map(([, rest]) => rest) }

  async count (name: keyof SessionEvents, count: number): Promise<void> {
    while (this.of(name).length < count) await once(this.#arrival, 'event')
    await settled()
  }
}

async function open (init: Partial<SessionInit> = {}, hello = true): Promise<{ session: Session, node: Peer, events: Recorder, clock: VirtualClock }> {
  const [outbound, inbound] = await streamPair()
  const node = new Peer(inbound)
  const events = new Recorder()
  const clock = new VirtualClock()
  const session = new Session({ stream: outbound, node: NODE, network: 'test', clock, events: events.events, ...init })
  if (hello) node.send({ hello: makeHello('test', STORE) })
  return { session, node, events, clock }
}
