// What every device may ask together: limits of a place on the Internet, and of all devices that do not read. On
// loopback no place counts, so the parts are put together here with a place that does.
import assert from 'node:assert/strict'
import { memory } from '@libp2p/memory'
import { MemoryDatastore } from 'datastore-core'
import { kadRouteFinder, kadService, openRouteMemory } from '../../src/dht/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { connectionGate } from '../../src/node/connection-gate.ts'
import { Directory } from '../../src/node/directory.ts'
import { BASE_SERVICES, createHost } from '../../src/node/host.ts'
import { KeyPackageRequests } from '../../src/node/key-package-requests.ts'
import { KeyPackageSearch } from '../../src/node/key-package-search.ts'
import { KeyPackages } from '../../src/node/key-packages.ts'
import { Lookups } from '../../src/node/lookups.ts'
import { libp2pNetwork } from '../../src/node/network.ts'
import { ProfileSearch } from '../../src/node/profile-search.ts'
import { SessionRequests } from '../../src/node/session-requests.ts'
import { Sessions, type SessionsComponents } from '../../src/node/sessions.ts'
import { Users } from '../../src/node/users.ts'
import { nodePresence, presencePubsub } from '../../src/presence/index.ts'
import { openMemoryStore } from '../../src/store/index.ts'
import { systemRandom as random } from '../../src/system.ts'
import { REFUSAL } from '../../src/types.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import { keepLog, makeUser, NETWORK, rootBytes, TestHouse, type RawSession, type TestLog } from './visitors.ts'
import { until } from '../until.ts'
import type { PosthouseNode } from '../../src/node/index.ts'
import type { Libp2p } from '@libp2p/interface'

let hosts = 0

interface SmallNode { host: Libp2p, sessions: Sessions, clock: VirtualClock, log: TestLog, node: PosthouseNode, stop: () => Promise<void> }

/** A node without relay; `node` is what a visitor needs to know of it. */
async function startSmallNode (init: Pick<SessionsComponents, 'place' | 'queuedBytesMax'> & { usersMax?: number, draining?: boolean }): Promise<SmallNode> {
  const clock = new VirtualClock(Date.now())
  const log = keepLog()
  const logger = log
  const seed = random.bytes(32)
  const signingKey = await crypto.signingKey(seed)
  const store = await openMemoryStore({ clock, random, logger })
  const routeMemory = await openRouteMemory({ self: signingKey.publicKey, shelf: store.shelf('orders'), crypto, clock, logger })
  const openRoute = routeMemory.opened.open.bind(routeMemory.opened)
  const host = await createHost({
    seed,
    listen: [`/memory/small-${hosts++}`],
    transports: [memory()],
    gater: connectionGate({ perPlaceMax: 10, isPublic: false, named: [] }),
    datastore: new MemoryDatastore(),
    services: { ...BASE_SERVICES, dht: kadService({ memory: routeMemory, privateAddresses: true }), pubsub: presencePubsub() }
  })
  await host.start()
  const presence = nodePresence()({ pubsub: host.services.pubsub, clock, logger })
  const routes = kadRouteFinder({ hedgeMs: 1, settleMs: 1 })({ host, dht: host.services.dht, memory: routeMemory, crypto, clock, logger })
  const users = new Users({ profiles: store.shelf('a'), routes: store.shelf('b'), promises: store.shelf('c'), deliveryKeys: store.shelf('d'), crypto, openRoute, clock, log: logger.forComponent('posthouse:users'), usersMax: init.usersMax ?? 1000 })
  const profiles = new ProfileSearch({ ask: async () => ({ profile: undefined, record: undefined }), clock, log: logger.forComponent('posthouse:profiles') })
  const scoped = logger.forComponent('posthouse:users')
  const lookups = new Lookups({ self: signingKey.publicKey, users, routes, profiles, crypto, log: scoped })
  const kept = new KeyPackages({ packages: store.shelf('d'), owners: store.shelf('e'), users, log: scoped, onFew: () => {} })
  const search = new KeyPackageSearch({ self: signingKey.publicKey, lookups, kept, ask: async () => [], crypto, clock, random, log: scoped })
  const requests = new SessionRequests({
    users,
    lookups,
    keyPackages: new KeyPackageRequests({ kept, search, clock, log: scoped }),
    directory: new Directory({ host, clock, random }),
    routes,
    presence,
    crypto,
    openRoute,
    clock,
    signingKey,
    collect: async () => {},
    draining: () => init.draining === true
  })
  const sessions = new Sessions({
    network: libp2pNetwork(host),
    clock,
    random,
    host: {
      network: NETWORK,
      storeId: store.envelopes.storeId,
      log: logger.forComponent('posthouse:session'),
      clock,
      attach: () => () => {},
      submit: () => {},
      whisper: () => {},
      answer: async (session, frame) => await requests.answer(session, frame),
      ended: () => {}
    },
    ...init
  })
  await sessions.start()
  const stop = async (): Promise<void> => {
    await sessions.stop()
    await host.stop()
    await store.close()
  }
  return { host, sessions, clock, log, stop, node: { addrs: host.getMultiaddrs().map(String) } as PosthouseNode }
}

describe('session requests of one place', () => {
  const house = new TestHouse()
  let small: SmallNode

  afterEach(async () => {
    await house.close()
    await small.stop()
  })

  async function register (): Promise<{ code: number | undefined, retryAfterSeconds: number }> {
    const user = await makeUser()
    const session = await (await house.visitor(user.seed)).call(small.node)
    const { refusal, ticket } = await session.ask({ register: { profile: user.profile.bytes } })
    assert.equal(ticket === undefined, refusal !== undefined)
    return { code: refusal?.code, retryAfterSeconds: refusal?.retryAfterSeconds ?? 0 }
  }

  it('bring so many new users, and one more an hour', async () => {
    small = await startSmallNode({ place: () => '08080808' })
    for (let n = 0; n < NODE_DEFAULTS.newUsersBurst; n++) assert.equal((await register()).code, undefined)
    const refused = await register()
    assert.equal(refused.code, REFUSAL.busy)
    assert.ok(refused.retryAfterSeconds > 3500 && refused.retryAfterSeconds <= 3600)
    await small.clock.advance(NODE_DEFAULTS.newUsersRefillMs)
    assert.equal((await register()).code, undefined)
    assert.equal((await register()).code, REFUSAL.busy)
  }).timeout(30_000)

  it('ask so many questions that cost a walk, and one more a second', async () => {
    small = await startSmallNode({ place: () => '08080808' })
    const user = await makeUser()
    const session = await (await house.visitor()).call(small.node)
    const find = async (): Promise<number | undefined> => (await session.ask({ find: { root: rootBytes(user), fresh: false } })).refusal?.code
    for (let n = 0; n < NODE_DEFAULTS.walksBurst; n++) assert.equal(await find(), undefined)
    assert.equal(await find(), REFUSAL.busy)
    const other = await (await house.visitor()).call(small.node)
    assert.equal((await other.ask({ findProfile: { root: rootBytes(user), fresh: false } })).refusal?.code, REFUSAL.busy, 'another key from the same place')
    await small.clock.advance(NODE_DEFAULTS.walksRefillMs)
    assert.equal(await find(), undefined)
  })

  it('ask so many questions of any kind', async () => {
    small = await startSmallNode({ place: () => '08080808' })
    const session = await (await house.visitor()).call(small.node)
    for (let n = 0; n < NODE_DEFAULTS.questionsBurst; n++) assert.equal((await session.ask({ findNodes: 1 })).refusal, undefined)
    assert.equal((await session.ask({ findNodes: 1 })).refusal?.code, REFUSAL.busy)
  })

  it('have no limit where an address says nothing', async () => {
    small = await startSmallNode({})
    const user = await makeUser()
    const session = await (await house.visitor()).call(small.node)
    for (let n = 0; n < NODE_DEFAULTS.walksBurst + 5; n++) assert.equal((await session.ask({ find: { root: rootBytes(user), fresh: false } })).refusal, undefined)
  })

  it('are sent on when there is no room, or the node is about to leave', async () => {
    small = await startSmallNode({ usersMax: 2 })
    assert.deepEqual([(await register()).code, (await register()).code], [undefined, undefined])
    assert.deepEqual(await register(), { code: REFUSAL.noRoom, retryAfterSeconds: NODE_DEFAULTS.retryElsewhereSeconds })
    await small.stop()
    small = await startSmallNode({ draining: true })
    assert.deepEqual(await register(), { code: REFUSAL.draining, retryAfterSeconds: NODE_DEFAULTS.retryElsewhereSeconds })
  })

  it('cut off those that hold most when too much waits for all devices together', async () => {
    const queuedBytesMax = 1024 * 1024
    small = await startSmallNode({ queuedBytesMax })
    const user = await makeUser()
    const owner = await (await house.visitor(user.seed)).call(small.node)
    await owner.ask({ register: { profile: user.profile.bytes } })
    const greedy: RawSession[] = []
    for (let n = 0; n < 6; n++) greedy.push(await (await house.visitor()).call(small.node))
    await until('all sessions', () => small.sessions.count === 7)
    for (const { frames } of greedy) frames.stream.pause()
    for (let request = 1; request < 20_000 && small.log.lines.length === 0; request++) {
      for (const session of greedy) session.say({ request, findProfile: { root: rootBytes(user), fresh: false } })
      if (request % 16 === 0) await new Promise(resolve => { setTimeout(resolve, 0) })
    }
    assert.match(small.log.lines[0] ?? '', /cut off: it reads too slowly, and too much waits for all devices together$/)
    assert.ok((await owner.ask({ findNodes: 1 })).nodes !== undefined, 'who reads stays')
  }).timeout(30_000)
})
