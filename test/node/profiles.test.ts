import assert from 'node:assert/strict'
import { memory } from '@libp2p/memory'
import { messageStreamToDuplex } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryDatastore } from 'datastore-core'
import fc from 'fast-check'
import * as lp from 'it-length-prefixed'
import { pipe } from 'it-pipe'
import { openRouteRecord } from '../../src/dht/index.ts'
import { peerKeyFromPeerId } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { BASE_SERVICES, createHost } from '../../src/node/host.ts'
import { libp2pNetwork } from '../../src/node/network.ts'
import { ProfileSearch, type ProfileAnswer } from '../../src/node/profile-search.ts'
import { Profiles } from '../../src/node/profiles.ts'
import { systemClock, systemRandom } from '../../src/system.ts'
import { REFUSAL } from '../../src/types.ts'
import { makeHello } from '../../src/wire/hello.ts'
import { ProfileFrame } from '../../src/wire/mail.ts'
import { PROFILE_PROTOCOL } from '../../src/wire/protocols.ts'
import { DAY_S, makeTickets } from '../identity/people.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import { keepLog, makeProfileOf, makeRouteOf, makeUser, NETWORK, rootBytes, TestHouse, type TestLog, type TestUser, type Visitor } from './visitors.ts'
import { until } from '../until.ts'
import type { PosthouseNode } from '../../src/node/index.ts'
import type { RouteEntry, RouteRecord } from '../../src/types.ts'

describe('profiles between nodes', () => {
  const house = new TestHouse()
  let node: PosthouseNode
  let asker: Visitor
  let log: TestLog

  beforeEach(async () => {
    log = keepLog()
    node = await house.node({ logger: log })
    asker = await house.visitor()
  })
  afterEach(async () => { await house.close() })

  /** Sends these bytes as frames and gives what comes back. */
  async function exchange (frames: Uint8Array[]): Promise<ProfileFrame[]> {
    const stream = await asker.host.dialProtocol(node.addrs.map(address => multiaddr(address)), PROFILE_PROTOCOL)
    const answers: ProfileFrame[] = []
    await pipe(frames, source => lp.encode(source), messageStreamToDuplex(stream), source => lp.decode(source), async source => {
      for await (const bytes of source) answers.push(ProfileFrame.decode(bytes.subarray(1)))
    }).catch(() => { /* the stream was closed on us: what came before counts */ })
    return answers
  }

  const encode = (frame: Partial<ProfileFrame>): Uint8Array => Uint8Array.from([0, ...ProfileFrame.encode(frame)])
  const hello = encode({ hello: makeHello(NETWORK) })

  it('are answered for the users that are served, with their newest route', async () => {
    const { user, session, ticket } = await house.resident(node)
    const [greeting, bare] = await exchange([hello, encode({ root: rootBytes(user) })])
    assert.equal(greeting?.hello?.network, NETWORK)
    assert.deepEqual([bare?.answer?.profile, bare?.answer?.record.byteLength], [user.profile.bytes, 0])
    const route = await makeRouteOf(user, [ticket])
    await session.ask({ publish: route.bytes })
    const [, answer] = await exchange([hello, encode({ root: rootBytes(user) })])
    assert.deepEqual(answer?.answer, { profile: user.profile.bytes, record: route.bytes })
  })

  it('are refused for strangers, without a Hello, and to other networks', async () => {
    const stranger = await makeUser()
    const refused = async (...frames: Uint8Array[]): Promise<number | undefined> => (await exchange(frames)).find(({ refusal }) => refusal !== undefined)?.refusal?.code
    assert.equal(await refused(hello, encode({ root: rootBytes(stranger) })), REFUSAL.notFound)
    assert.equal(await refused(encode({ root: rootBytes(stranger) })), REFUSAL.malformed)
    assert.equal(await refused(encode({ hello: makeHello('elsewhere') })), REFUSAL.wrongNetwork)
    assert.equal(await refused(encode({ hello: { ...makeHello(NETWORK), criticalFeatures: 4n } })), REFUSAL.unsupported)
    assert.deepEqual(log.lines, [])
  })

  it('end with one line for whoever does not keep to the protocol', async () => {
    await exchange([hello, encode({ root: new Uint8Array(5) })])
    await exchange([hello, hello, hello])
    await exchange([Uint8Array.of(0, 0xff)])
    await exchange([new Uint8Array(100_000)])
    await until('four lines', () => log.lines.length === 4)
    for (const line of log.lines) assert.match(line, /^a profile request of [0-9a-f]{8}… ended: [^\n]{5,100}$/)
    const { user } = await house.resident(node)
    assert.equal((await exchange([hello, encode({ root: rootBytes(user) })])).length, 2)
  })

  it('end when nothing is asked for too long', async () => {
    const clock = new VirtualClock(Date.now())
    node = await house.node({ logger: log, clock })
    const stream = await asker.host.dialProtocol(node.addrs.map(address => multiaddr(address)), PROFILE_PROTOCOL)
    let isOver = false
    stream.addEventListener('close', () => { isOver = true })
    await new Promise(resolve => { stream.addEventListener('message', resolve, { once: true }) })
    await clock.advance(NODE_DEFAULTS.profileTimeoutMs)
    await until('the end', () => isOver)
    await until('the line', () => log.lines.some(line => line.endsWith('ended: it took too long')))
  })

  it('never end a node, whatever bytes come', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 4 }), fc.boolean(), async (frames, isPolite) => {
      await exchange([...isPolite ? [hello] : [], ...frames.map(bytes => Uint8Array.from([0, ...bytes]))])
    }), { numRuns: 40 })
    const { user } = await house.resident(node)
    assert.equal((await exchange([hello, encode({ root: rootBytes(user) })])).length, 2)
  })

  it('are found by a device whose node does not serve the user, route included', async () => {
    const other = await house.node({ bootstrap: node.addrs })
    const { user, session, ticket } = await house.resident(node)
    const route = await makeRouteOf(user, [ticket])
    await session.ask({ publish: route.bytes })
    const device = await asker.call(other)
    const { found } = await device.ask({ findProfile: { root: rootBytes(user), fresh: false } })
    assert.deepEqual([found?.profile, found?.record, found?.source], [user.profile.bytes, route.bytes, 3])
    const own = await session.ask({ findProfile: { root: rootBytes(user), fresh: true } })
    assert.deepEqual([own.found?.profile, own.found?.source], [user.profile.bytes, 1])
    const nobody = await device.ask({ findProfile: { root: rootBytes(await makeUser()), fresh: false } })
    assert.deepEqual([nobody.found?.profile.byteLength, nobody.found?.record.byteLength], [0, 0])
  })

  it('that a node makes up are not believed', async () => {
    const [user, other] = [await makeUser(), await makeUser()]
    const lies: Array<[Partial<ProfileFrame>, RegExp]> = [
      [{ answer: { profile: other.profile.bytes, record: new Uint8Array(0) } }, /^the answer is about another user$/],
      [{ answer: { profile: user.profile.bytes.subarray(2), record: new Uint8Array(0) } }, /^the profile cannot be read$/],
      [{ answer: { profile: new Uint8Array(0), record: new Uint8Array(5) } }, /^the route record cannot be read$/],
      [{ refusal: { code: REFUSAL.notFound, retryAfterSeconds: 0 } }, /^it does not serve the user$/],
      [{}, /^it ended without an answer$/]
    ]
    const liar = await createHost({ seed: systemRandom.bytes(32), listen: ['/memory/liar'], gater: {}, transports: [memory()], datastore: new MemoryDatastore(), services: BASE_SERVICES })
    await liar.start()
    const entry = { node: peerKeyFromPeerId(liar.peerId), addressHint: '/memory/liar' } as RouteEntry
    const asking = new Profiles({
      network: libp2pNetwork(asker.host),
      users: undefined as never,
      keyPackages: undefined as never,
      crypto,
      openRoute: async bytes => await openRouteRecord(bytes, { crypto, now: Date.now() }),
      clock: systemClock,
      networkId: NETWORK,
      log: log.forComponent('posthouse:profiles')
    })
    try {
      for (const [lie, sentence] of lies) {
        await liar.handle(PROFILE_PROTOCOL, async stream => {
          await pipe([hello, encode(lie)], source => lp.encode(source), messageStreamToDuplex(stream)).catch(() => { /* the asker has heard enough */ })
          await stream.close().catch(() => { /* the same */ })
        }, { force: true })
        await assert.rejects(asking.ask(entry, user.root, { signal: AbortSignal.timeout(3000) }), ({ message }) => {
          assert.match(message, sentence)
          return true
        })
      }
      await liar.handle(PROFILE_PROTOCOL, () => {}, { force: true })
      await assert.rejects(asking.ask(entry, user.root, { signal: AbortSignal.timeout(50) }), { name: 'TimedOutError', message: 'the answer took too long' })
    } finally {
      await liar.stop()
    }
  })
})

describe('the search for a profile', () => {
  const nodes = 6
  let user: TestUser
  let record: RouteRecord
  before(async () => {
    user = await makeUser()
    record = await makeRouteOf(user, await makeTickets(user.root, nodes, Math.floor(Date.now() / 1000) + 50 * DAY_S))
  })

  function search (ask: (at: number, signal: AbortSignal) => Promise<Partial<ProfileAnswer>>): { search: ProfileSearch, clock: VirtualClock, asked: number[], log: TestLog } {
    const asked: number[] = []
    const clock = new VirtualClock(Date.now())
    const log = keepLog()
    const find = new ProfileSearch({
      clock,
      log: log.forComponent('posthouse:profiles'),
      ask: async (entry, _, { signal }) => {
        const at = record.entries.indexOf(entry)
        asked.push(at)
        return { profile: undefined, record: undefined, ...await ask(at, signal) }
      }
    })
    return { search: find, clock, asked, log }
  }

  it('asks two nodes and takes the newest of each', async () => {
    const newer = await makeProfileOf(user, { seq: user.profile.order.seq + 1 })
    const moved = await makeRouteOf(user, record.entries.map(({ ticket }) => ticket), { seq: record.order.seq + 1 })
    const { search: find, asked } = search(async at => at === 0 ? { profile: newer } : { profile: user.profile, record: moved })
    const known = await find.find(record)
    assert.deepEqual([known.profile, known.record, asked], [newer, moved, [0, 1]])
  })

  it('goes on to the next two while nobody has it', async () => {
    const { search: find, asked, log } = search(async at => {
      if (at < 4) throw new Error('it is away')
      return { profile: user.profile }
    })
    assert.equal((await find.find(record)).profile, user.profile)
    assert.deepEqual(asked, [0, 1, 2, 3, 4, 5])
    assert.equal(log.lines.length, 4)
  })

  it('is shared, and remembered for a minute, but not when it is to be fresh', async () => {
    const { search: find, asked, clock } = search(async () => ({ profile: user.profile }))
    await Promise.all([find.find(record), find.find(record, { fresh: true }), find.find(record)])
    assert.equal(asked.length, 2)
    await clock.advance(NODE_DEFAULTS.profileFreshMs - 1)
    const moved = await makeRouteOf(user, record.entries.map(({ ticket }) => ticket), { seq: record.order.seq + 1 })
    assert.equal((await find.find(moved)).record, moved, 'with the newest record that is known by then')
    assert.equal(asked.length, 2)
    await find.find(record, { fresh: true })
    assert.equal(asked.length, 4)
    await clock.advance(NODE_DEFAULTS.profileFreshMs)
    await find.find(record)
    assert.equal(asked.length, 6)
  })

  it('does not remember that nobody had it', async () => {
    let isThere = false
    const { search: find } = search(async () => isThere ? { profile: user.profile } : {})
    assert.equal((await find.find(record)).profile, undefined)
    isThere = true
    assert.equal((await find.find(record)).profile, user.profile)
  })

  it('ends, whoever says nothing', async () => {
    const { search: find, clock, asked } = search(async (_, signal) => await new Promise((_resolve, reject) => { signal.addEventListener('abort', () => { reject(new Error('cut')) }) }))
    let known: object | undefined
    const finding = find.find(record).then(answer => { known = answer })
    await clock.advance(NODE_DEFAULTS.profileSearchMs - 1)
    assert.equal(known, undefined)
    await clock.advance(1)
    await finding
    assert.deepEqual(asked, [0, 1, 2, 3, 4, 5], 'three pairs of three seconds')
  })

  it('runs for so many users at once', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { search: find } = search(async () => { await promise; return {} })
    const other = (n: number): RouteRecord => ({ ...record, root: n.toString(16).padStart(64, '0') }) as RouteRecord
    const running = Array.from({ length: NODE_DEFAULTS.profileSearchesMax }, async (_, n) => await find.find(other(n)))
    await assert.rejects(find.find(other(1000)), { name: 'RefusedError', refusal: { code: REFUSAL.busy, retryAfterSeconds: 1 } })
    resolve()
    await Promise.all(running)
    await find.find(other(1000))
  })

  it('remembers so many profiles', async () => {
    const { search: find, asked } = search(async () => ({ profile: user.profile }))
    const other = (n: number): RouteRecord => ({ ...record, root: n.toString(16).padStart(64, '0') }) as RouteRecord
    for (let n = 0; n <= NODE_DEFAULTS.profilesRememberedMax; n++) await find.find(other(n))
    const before = asked.length
    await find.find(other(NODE_DEFAULTS.profilesRememberedMax))
    assert.equal(asked.length, before)
    await find.find(other(0))
    assert.equal(asked.length, before + 2)
  })
})
