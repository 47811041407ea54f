// Devices that are rude, and what becomes of them: a closed stream or a refusal, one log line, and a node that goes on.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { concat } from 'uint8arrays/concat'
import { makeCertificate } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { REFUSAL } from '../../src/types.ts'
import { depositFrame } from '../../src/wire/frames.ts'
import { makeHello } from '../../src/wire/hello.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { type SessionFrame } from '../../src/wire/mail.ts'
import { ALL } from '../identity/people.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import { keepLog, makeProfileOf, makeRouteOf, makeUser, rootBytes, TestHouse, type RawSession, type TestLog } from './visitors.ts'
import { until } from '../until.ts'
import type { PosthouseNode } from '../../src/node/index.ts'

describe('sessions of a node', () => {
  const house = new TestHouse()
  let node: PosthouseNode
  let log: TestLog

  beforeEach(async () => {
    log = keepLog()
    node = await house.node({ logger: log })
  })
  afterEach(async () => { await house.close() })

  /** Whoever comes next is served as if nothing had been. */
  async function goesOn (): Promise<void> {
    const { session } = await house.resident(node)
    assert.deepEqual((await session.ask({ findNodes: 1 })).nodes?.nodes.length, 1)
  }

  async function cutOff (session: RawSession, line: RegExp): Promise<void> {
    assert.ok(await session.ended() !== undefined)
    await until('the log line', () => log.lines.some(text => line.test(text)))
    assert.equal(log.lines.filter(text => text.includes('session')).length, 1, log.lines.join('\n'))
    assert.match(log.lines.join('\n'), /^[^\n]{10,200}$/, 'one sentence')
    await until('the session to be gone', () => node.status().sessions === 0)
    await goesOn()
  }

  async function refusedFor (session: RawSession, question: Partial<SessionFrame>, name: keyof typeof REFUSAL): Promise<void> {
    const { refusal } = await session.ask(question)
    assert.equal(refusal?.code, REFUSAL[name])
    assert.equal(session.isOver, false)
  }

  it('end when the first frame is no Hello', async () => {
    const session = await (await house.visitor()).call(node, { hello: false })
    session.say({ ping: 1 })
    await cutOff(session, /cut off: the session did not begin with a Hello$/)
  })

  it('end when nothing is said at all', async () => {
    const clock = new VirtualClock(Date.now())
    await node.stop()
    node = await house.node({ logger: log, clock })
    const session = await (await house.visitor()).call(node, { hello: false })
    await until('the session', () => node.status().sessions === 1)
    await clock.advance(NODE_DEFAULTS.helloTimeoutMs)
    await cutOff(session, /cut off: it did not say Hello$/)
  })

  it('end when nothing is said any more', async () => {
    const clock = new VirtualClock(Date.now())
    await node.stop()
    node = await house.node({ logger: log, clock })
    const session = await (await house.visitor()).call(node)
    await session.ask({ findNodes: 1 })
    await clock.advance(NODE_DEFAULTS.sessionIdleMs - 1)
    assert.equal(session.isOver, false)
    await clock.advance(2 * NODE_DEFAULTS.silenceCheckMs)
    await cutOff(session, /cut off: it said nothing for too long$/)
  })

  it('are refused to other networks, and nothing that comes behind is read', async () => {
    const session = await (await house.visitor()).call(node, { hello: 'elsewhere' })
    session.say({ hello: makeHello('node-test') })
    session.say({ request: 1, findNodes: 1 })
    assert.equal((await session.next(frame => frame.refusal !== undefined)).refusal?.code, REFUSAL.wrongNetwork)
    await until('the end', () => !session.frames.open)
    assert.equal(session.received.some(({ nodes }) => nodes !== undefined), false)
    await until('the log line', () => log.lines.length > 0)
    assert.match(log.lines.join('\n'), /^the session with [0-9a-f]{8}… was ended: it is of another network$/)
    await until('the session to be gone', () => node.status().sessions === 0)
    await goesOn()
  })

  it('are refused to whoever needs a feature or version that is not known', async () => {
    for (const hello of [{ ...makeHello('node-test'), criticalFeatures: 1n << 40n }, { ...makeHello('node-test'), versions: [2, 3] }]) {
      const session = await (await house.visitor()).call(node, { hello: false })
      session.say({ hello })
      assert.equal((await session.next(frame => frame.refusal !== undefined)).refusal?.code, REFUSAL.unsupported)
      await until('the end', () => !session.frames.open)
    }
    await goesOn()
  })

  it('end with a deposit before attach', async () => {
    const session = await (await house.visitor()).call(node)
    session.frames.send(...depositFrame(1, 1, 1, new Uint8Array(100)))
    await cutOff(session, /cut off: a deposit came before the device was attached$/)
  })

  it('end with a push, a short deposit and a frame of unknown kind', async () => {
    for (const frame of [Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 1), Uint8Array.of(1, 2, 3), Uint8Array.of(9, 9)]) {
      const session = await (await house.visitor()).call(node)
      session.frames.send(frame)
      assert.ok(await session.ended() !== undefined)
    }
    await until('the log lines', () => log.lines.length === 3)
    await goesOn()
  })

  it('end with a control frame that cannot be read', async () => {
    const session = await (await house.visitor()).call(node)
    session.frames.send(Uint8Array.of(0, 0x0a, 0xff, 0xff, 0xff))
    await cutOff(session, /cut off: a control frame cannot be read$/)
  })

  it('end with groups nested to the full size of a frame', async () => {
    const session = await (await house.visitor()).call(node)
    session.frames.send(Uint8Array.of(0), new Uint8Array(LIMITS.frameBytes - 1).fill(0x0b))
    assert.ok(await session.ended() !== undefined)
    await goesOn()
  })

  it('end with a frame that is too large, by its length alone', async () => {
    const session = await (await house.visitor()).call(node)
    session.frames.stream.send(Uint8Array.of(0x81, 0xc0, 0x04))
    assert.ok(await session.ended() !== undefined)
    await goesOn()
  })

  it('end with a question without a number', async () => {
    const session = await (await house.visitor()).call(node)
    session.say({ findNodes: 1 })
    await cutOff(session, /cut off: a question came without its number$/)
  })

  it('pass over words of a later version, and answer its questions', async () => {
    const session = await (await house.visitor()).call(node)
    session.frames.send(Uint8Array.of(0, 0xf2, 0x3f, 1, 7))
    session.say({ pong: 3 })
    await refusedFor(session, {}, 'notServed')
    const resident = await house.resident(node)
    await refusedFor(resident.session, {}, 'unsupported')
  })

  it('let through so many questions at once, and refuse the others as busy', async () => {
    const session = await (await house.visitor()).call(node)
    const user = await makeUser()
    for (let request = 1; request <= 10_000; request++) {
      session.say({ request, find: { root: rootBytes(user), fresh: false } })
      if (request % 500 === 0) await new Promise(resolve => setImmediate(resolve))
    }
    await session.next(() => session.received.length > 10_000)
    const busy = session.received.filter(({ refusal }) => refusal?.code === REFUSAL.busy).length
    const found = session.received.filter(({ found }) => found !== undefined).length
    assert.equal(busy + found, 10_000)
    assert.ok(busy > 0 && found >= NODE_DEFAULTS.openRequestsMax, `${found} found`)
    await goesOn()
  })

  it('cut off a device that asks and does not read', async () => {
    const { user, session } = await house.resident(node)
    session.frames.stream.pause()
    // Each question of some forty bytes is answered by a profile.
    for (let request = 1; !session.isOver && request < 200_000; request++) {
      session.say({ request, findProfile: { root: rootBytes(user), fresh: false } })
      if (request % 20 === 0) await new Promise(resolve => { setTimeout(resolve, 0) })
    }
    await session.ended()
    await until('the log line', () => log.lines.some(line => line.endsWith('cut off: the peer reads too slowly: its queue is full')))
    await goesOn()
  })

  it('take a device for what its connection proves', async () => {
    const user = await makeUser()
    const session = await (await house.visitor()).call(node)
    await refusedFor(session, { attach: { certificate: user.certificate.bytes } }, 'malformed')
    await refusedFor(session, { register: { profile: user.profile.bytes } }, 'notServed')
    assert.equal(node.status().users, 0, 'nobody registers others')
  })

  it('refuse certificates and profiles that are not what they should be', async () => {
    const user = await makeUser()
    const session = await (await house.visitor(user.seed)).call(node)
    await refusedFor(session, { attach: { certificate: new Uint8Array(0) } }, 'malformed')
    await refusedFor(session, { attach: { certificate: new Uint8Array(LIMITS.certificateBytes + 1) } }, 'malformed')
    await refusedFor(session, { attach: { certificate: user.certificate.bytes } }, 'notServed')
    await refusedFor(session, { register: { profile: user.profile.bytes.subarray(1) } }, 'malformed')
    const tomorrow = await makeProfileOf(user, { seq: Date.now() + 24 * 3_600_000 }).catch(() => undefined)
    assert.ok(tomorrow !== undefined)
    await refusedFor(session, { register: { profile: tomorrow.bytes } }, 'expired')
  })

  it('ask for attach before anything that is a user’s', async () => {
    const session = await (await house.visitor()).call(node)
    for (const question of [{ publish: new Uint8Array(9) }, { route: new Uint8Array(9) }, { collect: new Uint8Array(9) }, { watch: { tags: [] } }, { beat: { now: new Uint8Array(9), will: new Uint8Array(0) } }]) {
      await refusedFor(session, question, 'notServed')
    }
  })

  it('refuse a stale profile, and give one that is known its ticket again', async () => {
    const { user, session } = await house.resident(node)
    const older = await makeProfileOf(user, { seq: user.profile.order.seq - 1 })
    await refusedFor(session, { register: { profile: older.bytes } }, 'stale')
    assert.ok((await session.ask({ register: { profile: user.profile.bytes } })).ticket !== undefined)
    assert.equal(node.status().users, 1)
  })

  it('refuse a record that does not list the node, is older, or another user’s', async () => {
    const { user, session, ticket } = await house.resident(node)
    const other = await house.node()
    const { ticket: elsewhere, user: stranger } = await house.resident(other)
    const notListed = await makeRouteOf(stranger, [elsewhere])
    await refusedFor(session, { publish: notListed.bytes }, 'malformed')
    const route = await makeRouteOf(user, [ticket])
    assert.equal((await session.ask({ publish: route.bytes })).published?.copies, 1)
    const older = await makeRouteOf(user, [ticket], { seq: route.order.seq - 1 })
    await refusedFor(session, { publish: older.bytes }, 'stale')
    await refusedFor(session, { route: older.bytes }, 'stale')
    assert.equal((await session.ask({ route: notListed.bytes })).ok, true, 'anybody’s route may be told')
  })

  it('end for a device that a new epoch leaves out, and it does not come back', async () => {
    const { user, session } = await house.resident(node)
    const phone = await makeUser()
    const certificate = await makeCertificate({ root: user.root, device: phone.device.publicKey, epoch: 2, capabilities: ALL, issuedAt: Date.now() }, { key: user.rootKey }, { crypto })
    const profile = await makeProfileOf(user, { epoch: 2, devices: [certificate] })
    const newer = await (await house.visitor(phone.seed)).call(node)
    assert.ok((await newer.ask({ register: { profile: profile.bytes } })).ticket !== undefined)
    assert.equal((await session.next(frame => frame.refusal !== undefined)).refusal?.code, REFUSAL.notServed)
    await until('the end', () => !session.frames.open)

    const again = await (await house.visitor(user.seed)).call(node)
    await refusedFor(again, { attach: { certificate: user.certificate.bytes } }, 'notServed')
    await refusedFor(again, { register: { profile: user.profile.bytes } }, 'stale')
    assert.equal((await newer.ask({ attach: { certificate: certificate.bytes } })).ok, true)
  })

  it('compare the epoch of a certificate, not only the device', async () => {
    const { user } = await house.resident(node)
    const renewed = await makeCertificate({ root: user.root, device: user.device.publicKey, epoch: 2, capabilities: ALL, issuedAt: Date.now() }, { key: user.rootKey }, { crypto })
    const profile = await makeProfileOf(user, { epoch: 2, devices: [renewed] })
    const session = await (await house.visitor(user.seed)).call(node)
    await refusedFor(session, { attach: { certificate: renewed.bytes } }, 'notServed')
    assert.ok((await session.ask({ register: { profile: profile.bytes } })).ticket !== undefined)
    await refusedFor(session, { attach: { certificate: user.certificate.bytes } }, 'notServed')
    assert.equal((await session.ask({ attach: { certificate: renewed.bytes } })).ok, true)
  })

  it('end the oldest of a device that opens too many', async () => {
    const visitor = await house.visitor()
    const sessions: RawSession[] = []
    for (let n = 0; n < NODE_DEFAULTS.sessionsPerDeviceMax; n++) sessions.push(await visitor.call(node))
    for (const session of sessions) await session.ask({ findNodes: 1 })
    // One connection carries no more; the next comes as from a device whose first connection died.
    const newest = await visitor.call(node, { anew: true })
    await newest.ask({ findNodes: 1 })
    assert.ok(await sessions[0]?.ended() !== undefined)
    assert.deepEqual(sessions.map(({ isOver }) => isOver), [true, false, false, false])
    assert.equal(node.status().sessions, NODE_DEFAULTS.sessionsPerDeviceMax)
    assert.match(log.lines.join('\n'), /^the session with [0-9a-f]{8}… was cut off: the device has newer ones$/)
  })

  it('never end a node, whatever control frames come', async () => {
    const { user, ticket, session: honest } = await house.resident(node)
    const route = await makeRouteOf(user, [ticket])
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(user.certificate.bytes, user.profile.bytes, route.bytes, rootBytes(user), new Uint8Array(0)))
    const number = fc.nat({ max: 2 ** 32 - 1 })
    const frame: fc.Arbitrary<Partial<SessionFrame>> = fc.oneof(
      fc.record({ attach: fc.record({ certificate: bytes }) }),
      fc.record({ register: fc.record({ profile: bytes }) }),
      fc.record({ publish: bytes }),
      fc.record({ find: fc.record({ root: bytes, fresh: fc.boolean() }) }),
      fc.record({ findProfile: fc.record({ root: bytes, fresh: fc.boolean() }) }),
      fc.record({ findNodes: number }),
      fc.record({ route: bytes }),
      fc.record({ collect: bytes }),
      fc.record({ watch: fc.record({ tags: fc.array(bytes, { maxLength: 5 }) }) }),
      fc.record({ beat: fc.record({ now: bytes, will: bytes }) }),
      fc.record({ ping: number }),
      fc.record({ goodbye: fc.boolean() }),
      fc.record({ refusal: fc.record({ code: number, retryAfterSeconds: number }) }),
      fc.record({ ok: fc.boolean() }),
      fc.record({ pushed: fc.record({ from: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), to: fc.constant(0n) }) })
    ) as fc.Arbitrary<Partial<SessionFrame>>
    const numbered = fc.tuple(frame, fc.constantFrom(0, 1, 1, 2, 2 ** 32 - 1)).map(([body, request]) => ({ ...body, request }))
    const visitor = await house.visitor(user.seed)
    await fc.assert(fc.asyncProperty(fc.array(numbered, { maxLength: 12 }), fc.boolean(), async (frames, isAttached) => {
      const session = await visitor.call(node)
      if (isAttached) session.say({ request: 77, attach: { certificate: user.certificate.bytes } })
      const saidAll = frames.map(body => session.say(body as Partial<SessionFrame>))
      // Either the last question is answered, or the stream has ended.
      const isAnswered = saidAll.every(Boolean) && session.say({ request: 99, findNodes: 1 })
      if (isAnswered) await until('an end', () => session.isOver || session.received.some(({ request }) => request === 99))
      session.frames.abort(new Error('done'))
    }), { numRuns: 60 })
    assert.equal((await honest.ask({ findNodes: 1 })).nodes?.nodes.length, 1)
    await goesOn()
  })

  it('never end a node, whatever bytes come', async () => {
    const visitor = await house.visitor()
    await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.boolean(), async (noise, isControl) => {
      const session = await visitor.call(node)
      session.frames.send(concat([Uint8Array.of(isControl ? 0 : 1), noise]))
      session.say({ request: 99, findNodes: 1 })
      await until('an end', () => session.isOver || session.received.some(({ request }) => request === 99))
      session.frames.abort(new Error('done'))
    }), { numRuns: 60 })
    await goesOn()
  })
})
