import assert from 'node:assert/strict'
import { openRouteRecord, RouteBoard } from '../../src/dht/index.ts'
import { RefusedError } from '../../src/errors.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { Lookups } from '../../src/node/lookups.ts'
import { ProfileSearch, type ProfileAnswer } from '../../src/node/profile-search.ts'
import { ticketExpiry, Users } from '../../src/node/users.ts'
import { systemClock as clock } from '../../src/system.ts'
import { REFUSAL } from '../../src/types.ts'
import { mapShelf } from '../dht/network.ts'
import { keyOf, makeTickets } from '../identity/people.ts'
import { keepLog, makeProfileOf, makeRouteOf, makeUser, type TestLog, type TestUser } from './visitors.ts'
import type { RouteFinder } from '../../src/ports.ts'
import type { RouteRecord } from '../../src/types.ts'

const OWN = 1
const CACHE = 2
const DHT = 3

interface World { lookups: Lookups, users: Users, routes: RouteFinder, log: TestLog, shelf: ReturnType<typeof mapShelf> }

/** A node of number 0 whose network is a board, and whose peers answer profile questions with `answer`. */
async function open (answer: () => ProfileAnswer = () => ({ profile: undefined, record: undefined })): Promise<World> {
  const log = keepLog()
  const scoped = log.forComponent('posthouse:users')
  const shelf = mapShelf()
  const users = new Users({ profiles: mapShelf(), routes: shelf, promises: mapShelf(), deliveryKeys: mapShelf(), crypto, openRoute: async bytes => await openRouteRecord(bytes, { crypto, now: clock.now() }), clock, log: scoped, usersMax: 10 })
  const routes = new RouteBoard(clock).join()
  const profiles = new ProfileSearch({ ask: async () => answer(), clock, log: scoped })
  const self = (await keyOf('node', 0)).publicKey
  return { lookups: new Lookups({ self, users, routes, profiles, crypto, log: scoped }), users, routes, log, shelf }
}

/** A record over nodes `from` and the one after it. */
async function routeOf (user: TestUser, { from = 0, seq = clock.now() } = {}): Promise<RouteRecord> {
  return await makeRouteOf(user, (await makeTickets(user.root, from + 2, ticketExpiry(clock.now()))).slice(from), { seq })
}

describe('lookups', () => {
  let user: TestUser
  beforeEach(async () => { user = await makeUser() })

  it('answer for users that are served here at once', async () => {
    const { lookups, users, routes } = await open()
    routes.find = async () => assert.fail('nobody need be asked')
    await users.register(user.profile, ticketExpiry(clock.now()))
    const record = await routeOf(user)
    await users.takeRoute(record)
    assert.deepEqual(await lookups.route(user.root, { fresh: true }), { record, source: OWN })
    assert.deepEqual(await lookups.profile(user.root, { fresh: true }), { profile: user.profile, record, source: OWN })
  })

  it('find others by the network, and nobody when there is nobody', async () => {
    const { lookups, users, routes } = await open(() => ({ profile: user.profile, record: undefined }))
    assert.deepEqual(await lookups.route(user.root, { fresh: false }), { record: undefined, source: CACHE })
    assert.deepEqual(await lookups.profile(user.root, { fresh: false }), { profile: undefined, record: undefined, source: CACHE })
    const record = await routeOf(user, { from: 3 })
    await routes.publish(record)
    assert.deepEqual(await lookups.profile(user.root, { fresh: false }), { profile: user.profile, record, source: DHT })
    assert.deepEqual(users.route(user.mailbox), record, 'a deposit by it needs no telling')
  })

  it('answer what senders told when the network knows nothing newer', async () => {
    const { lookups, users, routes } = await open()
    const [older, newer] = [await routeOf(user, { from: 3, seq: clock.now() - 9 }), await routeOf(user, { from: 3 })]
    await routes.publish(older)
    await users.meetRoute(newer)
    assert.deepEqual(await lookups.route(user.root, { fresh: false }), { record: newer, source: CACHE })
  })

  it('fall back on what is known when the network is busy, unless it is to be fresh', async () => {
    const { lookups, users, routes } = await open()
    const busy = new RefusedError('too many routes are being looked for', { code: REFUSAL.busy, retryAfterSeconds: 1 })
    routes.find = async () => { throw busy }
    await assert.rejects(lookups.route(user.root, { fresh: false }), busy)
    const record = await routeOf(user, { from: 3 })
    await users.meetRoute(record)
    assert.deepEqual(await lookups.route(user.root, { fresh: false }), { record, source: CACHE })
    await assert.rejects(lookups.route(user.root, { fresh: true }), busy)
  })

  it('ask the nodes of a user who has moved away, and learn from them', async () => {
    const newer = await makeProfileOf(user, { seq: user.profile.order.seq + 1 })
    const latest = await routeOf(user, { from: 3, seq: clock.now() + 60_000 })
    const { lookups, users, routes } = await open(() => ({ profile: newer, record: latest }))
    await users.register(user.profile, ticketExpiry(clock.now()))
    await users.takeRoute(await routeOf(user, { seq: clock.now() - 9 }))
    const moved = await routeOf(user, { from: 3 })
    await users.meetRoute(moved)
    await routes.publish(moved)
    assert.deepEqual(await lookups.profile(user.root, { fresh: false }), { profile: newer, record: latest, source: CACHE })
    assert.deepEqual(users.profile(user.root), newer)
    assert.deepEqual(users.route(user.mailbox), latest)
  })

  it('answer their own profile of a user who has moved when it is newer, or the only one', async () => {
    const older = await makeProfileOf(user, { seq: user.profile.order.seq - 1 })
    for (const told of [older, undefined]) {
      const { lookups, users } = await open(() => ({ profile: told, record: undefined }))
      await users.register(user.profile, ticketExpiry(clock.now()))
      await users.meetRoute(await routeOf(user, { from: 3 }))
      assert.deepEqual((await lookups.profile(user.root, { fresh: false })).profile, user.profile)
    }
  })

  it('answer also what the disk does not take', async () => {
    const { lookups, users, routes, shelf, log } = await open()
    await users.register(user.profile, ticketExpiry(clock.now()))
    shelf.put = async () => { throw new Error('the disk refused') }
    const record = await routeOf(user, { from: 3 })
    await routes.publish(record)
    assert.deepEqual(await lookups.route(user.root, { fresh: false }), { record, source: DHT })
    assert.deepEqual(log.lines, ['a route that was found was not kept: the disk refused'])
  })
})
