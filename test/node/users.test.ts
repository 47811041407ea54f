import assert from 'node:assert/strict'
import { makeCertificate } from '../../src/identity/index.ts'
import { openRouteRecord } from '../../src/dht/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { Strangers } from '../../src/node/strangers.ts'
import { Turns } from '../../src/node/turns.ts'
import { ticketExpiry, Users, type UsersObserver } from '../../src/node/users.ts'
import { makeEnvelope } from '../../src/wire/envelope.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { mapShelf } from '../dht/network.ts'
import { ALL, makeTickets } from '../identity/people.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import { keepLog, makeProfileOf, makeRouteOf, makeUser, type TestLog, type TestUser } from './visitors.ts'
import type { Shelf } from '../../src/ports.ts'
import type { Envelope, MailboxId, Profile, RouteRecord } from '../../src/types.ts'

interface Table { users: Users, clock: VirtualClock, log: TestLog, shelves: Record<'profiles' | 'routes' | 'promises' | 'deliveryKeys', ReturnType<typeof mapShelf>>, seen: string[] }

async function openTable ({ before, usersMax = 100, clock = new VirtualClock(Date.now()), profiles }: { before?: Table, usersMax?: number, clock?: VirtualClock, profiles?: Shelf } = {}): Promise<Table> {
  const shelves = before?.shelves ?? { profiles: mapShelf(), routes: mapShelf(), promises: mapShelf(), deliveryKeys: mapShelf() }
  const log = keepLog()
  const users = new Users({ ...shelves, ...profiles === undefined ? {} : { profiles }, crypto, openRoute: async bytes => await openRouteRecord(bytes, { crypto, now: clock.now() }), clock, log: log.forComponent('posthouse:users'), usersMax })
  await users.load()
  const seen: string[] = []
  const observer: UsersObserver = {
    onProfile: (_, profile) => { seen.push(`profile ${profile?.order.epoch ?? 'none'}`) },
    onRoute: route => { seen.push(`route ${route.order.epoch}`) },
    onForgotten: () => { seen.push('forgotten') }
  }
  users.observe(observer)
  return { users, clock, log, shelves, seen }
}

const KEY = new Uint8Array(32).fill(1)
const OTHER_KEY = new Uint8Array(32).fill(2)

/** key: that the envelope shows. */
function letterTo ({ mailbox }: TestUser, key?: Uint8Array): Envelope {
  return makeEnvelope({ mailbox, expiry: 2_000_000_000, body: Uint8Array.of(1), deliveryKey: key === undefined ? undefined : { keyEpoch: 1, key: Uint8Array.from(key) } }, crypto)
}

async function routeOf (user: TestUser, init: { epoch?: number, seq?: number } = {}): Promise<RouteRecord> {
  return await makeRouteOf(user, await makeTickets(user.root, 2, ticketExpiry(Date.now())), init)
}

async function nextEpoch (user: TestUser): Promise<Profile> {
  const certificate = await makeCertificate({ root: user.root, device: user.device.publicKey, epoch: 2, capabilities: ALL, issuedAt: Date.now() }, { key: user.rootKey }, { crypto })
  return await makeProfileOf(user, { epoch: 2, devices: [certificate] })
}

describe('users of a node', () => {
  it('are served again when the node has forgotten them and its own ticket is shown, with a profile that is not too old', async () => {
    const { users, clock, seen, shelves } = await openTable({ usersMax: 1 })
    const user = await makeUser()
    const route = await routeOf(user)
    const [{ node: self }, { node: other }] = route.entries as [RouteRecord['entries'][0], RouteRecord['entries'][0]]
    assert.equal(await users.adopt(route, user.profile, 'ff'.repeat(32) as typeof self), false, 'a node without a ticket')
    assert.equal(await users.adopt(route, (await makeUser()).profile, self), false, 'another user’s profile')
    const newer = await nextEpoch(user)
    const byNewer = { ...route, profile: newer.order } as RouteRecord
    assert.equal(await users.adopt(byNewer, user.profile, self), false, 'a profile from before the record')
    const runOut = { ...route, entries: route.entries.map(entry => ({ ...entry, ticket: { ...entry.ticket, expiry: Math.floor(clock.now() / 1000) } })) } as RouteRecord
    assert.equal(await users.adopt(runOut, user.profile, self), false, 'a ticket that has run out')
    assert.deepEqual([users.count, seen], [0, []])
    assert.equal(await users.adopt(route, user.profile, self), true)
    assert.deepEqual([users.profileOf(user.mailbox)?.order, users.route(user.mailbox)?.order], [user.profile.order, route.order])
    assert.deepEqual([shelves.profiles.map.size, shelves.routes.map.size, shelves.promises.map.size], [1, 1, 1])
    assert.deepEqual(seen, ['profile 1', 'route 1'])
    const second = await makeUser()
    assert.equal(await users.adopt(await routeOf(second), second.profile, other), false, 'no room')
  })

  it('are served from the moment that their profile is on disk', async () => {
    const { users, clock, shelves, seen } = await openTable()
    const user = await makeUser()
    assert.equal(users.devices(user.mailbox), undefined)
    assert.equal(await users.register(user.profile, ticketExpiry(clock.now())), 'new')
    assert.deepEqual(users.devices(user.mailbox), [user.device.publicKey])
    assert.deepEqual(users.certificate(user.mailbox, user.device.publicKey)?.bytes, user.certificate.bytes)
    assert.deepEqual([...users.mailboxes()], [user.mailbox])
    assert.deepEqual([shelves.profiles.map.size, shelves.promises.map.size], [1, 1])
    assert.deepEqual(seen, ['profile 1'])
    assert.equal(await users.register(user.profile, ticketExpiry(clock.now())), 'known')
  })

  it('come back after a restart with profile, route and promise', async () => {
    const before = await openTable()
    const user = await makeUser()
    await before.users.register(user.profile, ticketExpiry(before.clock.now()))
    const route = await routeOf(user)
    assert.equal(await before.users.takeRoute(route), 'new')
    const { users } = await openTable({ before })
    assert.deepEqual(users.profile(user.root)?.bytes, user.profile.bytes)
    assert.deepEqual([...users.served()].map(({ bytes }) => bytes), [route.bytes])
    assert.deepEqual(users.route(user.mailbox)?.bytes, route.bytes)
  })

  it('come back even while the clock is behind', async () => {
    const before = await openTable()
    const user = await makeUser()
    await before.users.register(user.profile, ticketExpiry(before.clock.now()))
    const { users, log } = await openTable({ before, clock: new VirtualClock(1000) })
    assert.equal(users.count, 1)
    assert.deepEqual(log.lines, [])
  })

  it('whose values are damaged are left out, with a line each, and left as they are', async () => {
    const before = await openTable()
    const [user, other] = [await makeUser(), await makeUser()]
    for (const { profile } of [user, other]) await before.users.register(profile, ticketExpiry(before.clock.now()))
    await before.users.takeRoute(await routeOf(user))
    const bytes = before.shelves.profiles.map.get(user.mailbox) ?? assert.fail()
    before.shelves.profiles.map.set(user.mailbox, bytes.subarray(1))
    before.shelves.profiles.map.set('00'.repeat(32), before.shelves.profiles.map.get(other.mailbox) ?? assert.fail())
    before.shelves.promises.map.set(other.mailbox, Uint8Array.of(1))
    const { users, log } = await openTable({ before })
    assert.deepEqual([...users.mailboxes()], [other.mailbox])
    assert.equal(log.lines.length, 3)
    for (const line of log.lines) assert.match(line, /^what is kept of mailbox [0-9a-f]{8}… cannot be used: [^\n]+$/)
    assert.equal(before.shelves.profiles.map.size, 3)
    assert.equal(await users.sweep(Date.now() + NODE_DEFAULTS.ticketLifeMs), 0, 'a lost promise counts as given at the start')
  })

  it('are as many as there is room for, also when they come at once', async () => {
    const { users, clock } = await openTable({ usersMax: 3 })
    const people = await Promise.all(Array.from({ length: 5 }, async () => await makeUser()))
    const taken = await Promise.all(people.map(async ({ profile }) => await users.register(profile, ticketExpiry(clock.now()))))
    assert.deepEqual(taken, ['new', 'new', 'new', 'noRoom', 'noRoom'])
    assert.equal(users.hasRoom, false)
    assert.equal(await users.register(people[0]?.profile ?? assert.fail(), ticketExpiry(clock.now())), 'known', 'who is in stays in')
  })

  it('keep their newest profile, whatever order they come in', async () => {
    const { users, clock, seen } = await openTable()
    const user = await makeUser()
    const second = await nextEpoch(user)
    const taken = await Promise.all([second, user.profile].map(async profile => await users.register(profile, ticketExpiry(clock.now()))))
    assert.deepEqual(taken, ['new', 'stale'])
    assert.equal(users.profile(user.root)?.order.epoch, 2)
    await users.learnProfile(user.profile)
    assert.equal(users.profile(user.root)?.order.epoch, 2)
    assert.deepEqual(seen, ['profile 2'])
  })

  it('have a newer profile learnt from others only when they are served', async () => {
    const { users, clock, seen } = await openTable()
    const user = await makeUser()
    await users.learnProfile(user.profile)
    assert.equal(users.count, 0)
    await users.register(user.profile, ticketExpiry(clock.now()))
    await users.learnProfile(await nextEpoch(user))
    assert.deepEqual(seen, ['profile 1', 'profile 2'])
  })

  it('keep their newest route, whatever order writes end in', async () => {
    const { users, clock, shelves } = await openTable()
    const user = await makeUser()
    await users.register(user.profile, ticketExpiry(clock.now()))
    const now = Date.now()
    const [older, newer, newest] = [await routeOf(user, { seq: now - 2 }), await routeOf(user, { seq: now - 1 }), await routeOf(user, { seq: now })]
    // The first write is the slowest.
    const { put } = shelves.routes
    shelves.routes.put = async (key, value) => {
      shelves.routes.put = put
      await new Promise(resolve => setImmediate(resolve))
      await put(key, value)
    }
    assert.deepEqual(await Promise.all([newer, older, newest].map(async route => await users.takeRoute(route))), ['new', 'stale', 'new'])
    assert.deepEqual(shelves.routes.map.get(user.mailbox), newest.bytes)
    assert.deepEqual(users.route(user.mailbox)?.bytes, newest.bytes)
    assert.equal(await users.takeRoute(newest), 'known')
  })

  it('take no route of an epoch that is over', async () => {
    const { users, clock } = await openTable()
    const user = await makeUser()
    await users.register(await nextEpoch(user), ticketExpiry(clock.now()))
    assert.equal(await users.takeRoute(await routeOf(user, { seq: Date.now() + 1000 })), 'stale')
    assert.equal(users.route(user.mailbox), undefined)
    assert.equal(await users.takeRoute(await routeOf(user, { epoch: 2 })), 'new')
  })

  it('tell of routes that others bring, not of those that their own devices publish', async () => {
    const { users, clock, seen } = await openTable()
    const now = Date.now()
    const [user, stranger] = [await makeUser(), await makeUser()]
    await users.register(user.profile, ticketExpiry(clock.now()))
    await users.takeRoute(await routeOf(user, { seq: now - 5 }))
    assert.equal(await users.meetRoute(await routeOf(stranger)), 'new')
    assert.deepEqual(seen, ['profile 1'])
    const newer = await routeOf(user)
    assert.deepEqual((await users.learnRoute(newer.bytes)).bytes, newer.bytes)
    await users.learnRoute(newer.bytes)
    assert.deepEqual(seen, ['profile 1', 'route 1'])
    const older = await routeOf(user, { seq: now - 9 })
    assert.deepEqual((await users.learnRoute(older.bytes)).bytes, newer.bytes, 'the newest that is known')
    await assert.rejects(users.learnRoute(older.bytes.subarray(1)), { name: 'MalformedError' })
  })

  it('have their routes used even when the disk does not take them', async () => {
    const { users, clock, shelves, log } = await openTable()
    const user = await makeUser()
    await users.register(user.profile, ticketExpiry(clock.now()))
    shelves.routes.put = async () => { throw new Error('the disk refused') }
    const route = await routeOf(user)
    assert.deepEqual((await users.learnRoute(route.bytes)).bytes, route.bytes)
    assert.deepEqual(log.lines, ['a user’s newer route was not kept: the disk refused'])
    await assert.rejects(users.takeRoute(route), /the disk refused/)
    assert.equal(users.route(user.mailbox), undefined, 'nothing is promised by it')
  })

  it('are not promised anything that the disk does not have', async () => {
    const shelf = mapShelf()
    const { users, clock } = await openTable({ profiles: { ...shelf, put: async () => { throw new Error('the disk refused') } } })
    const user = await makeUser()
    await assert.rejects(users.register(user.profile, ticketExpiry(clock.now())), /the disk refused/)
    assert.equal(users.devices(user.mailbox), undefined)
    assert.equal(users.hasRoom, true)
  })

  it('who told no delivery key have all mail admitted, and with one only what shows it', async () => {
    const before = await openTable()
    const [user, other] = [await makeUser(), await makeUser()]
    for (const { profile } of [user, other]) await before.users.register(profile, ticketExpiry(before.clock.now()))
    const open = letterTo(user)
    assert.equal(before.users.admits(open), true)
    assert.equal(await before.users.register(user.profile, ticketExpiry(before.clock.now()), KEY), 'known')
    for (const { users } of [before, await openTable({ before })]) {
      assert.deepEqual([open, letterTo(user, OTHER_KEY), letterTo(user, KEY)].map(envelope => users.admits(envelope)), [false, false, true])
      assert.equal(users.admits(letterTo(other)), true)
    }
    await before.users.register(user.profile, ticketExpiry(before.clock.now()))
    assert.equal(before.users.admits(letterTo(user, KEY)), true, 'a device that does not have it leaves it as it is')
    await before.users.register(user.profile, ticketExpiry(before.clock.now()), OTHER_KEY)
    assert.deepEqual([KEY, OTHER_KEY].map(key => before.users.admits(letterTo(user, key))), [false, true])
  })

  it('have no mail admitted by the key of an earlier epoch, and nobody of it brings that key back', async () => {
    const { users, clock, shelves } = await openTable()
    const user = await makeUser()
    const register = async (profile: Profile, key?: Uint8Array): Promise<string> => await users.register(profile, ticketExpiry(clock.now()), key)
    const admitted = (): boolean[] => [KEY, OTHER_KEY].map(key => users.admits(letterTo(user, key)))
    await register(user.profile, KEY)
    const second = await nextEpoch(user)
    await users.learnProfile(second)
    assert.deepEqual(admitted(), [false, false], 'until a device of the new epoch has brought its key')
    assert.equal(await register(user.profile, KEY), 'stale')
    assert.deepEqual(admitted(), [false, false])
    await register(second, OTHER_KEY)
    assert.equal(await register(user.profile, KEY), 'stale')
    assert.deepEqual(admitted(), [false, true])
    const again = await openTable({ before: { users, clock, shelves, log: keepLog(), seen: [] } })
    assert.deepEqual([KEY, OTHER_KEY].map(key => again.users.admits(letterTo(user, key))), [false, true])
  })

  it('whose delivery key is damaged have all mail admitted, with a line', async () => {
    const before = await openTable()
    const user = await makeUser()
    await before.users.register(user.profile, ticketExpiry(before.clock.now()), KEY)
    before.shelves.deliveryKeys.map.set(user.mailbox, Uint8Array.of(1, 2, 3))
    const { users, log } = await openTable({ before })
    assert.deepEqual([users.admits(letterTo(user)), log.lines.length], [true, 1])
  })

  it('are forgotten when the last mail of their last ticket is gone', async () => {
    const before = await openTable()
    const user = await makeUser()
    const expiry = ticketExpiry(before.clock.now())
    await before.users.register(user.profile, expiry, KEY)
    await before.users.takeRoute(await routeOf(user))
    const end = expiry * 1000 + NODE_DEFAULTS.forgetUserMs
    assert.ok(end >= expiry * 1000 + LIMITS.retentionMs + LIMITS.expirySlackMs + LIMITS.expiryGraceMs)
    assert.equal(await before.users.sweep(end - 1), 0)
    const { users, shelves, seen } = await openTable({ before })
    assert.equal(await users.sweep(end), 1)
    assert.deepEqual(seen, ['profile none', 'forgotten'])
    assert.equal(users.devices(user.mailbox), undefined)
    assert.deepEqual([shelves.profiles, shelves.routes, shelves.promises, shelves.deliveryKeys].map(({ map }) => map.size), [0, 0, 0, 0])
    assert.equal(await users.sweep(end), 0)
  })

  it('stay when they renew, and the renewal is written once a day', async () => {
    const { users, clock, shelves } = await openTable()
    const user = await makeUser()
    const expiry = ticketExpiry(clock.now())
    let writes = 0
    const { put } = shelves.promises
    shelves.promises.put = async (...given) => { writes++; await put(...given) }
    await users.register(user.profile, expiry)
    for (let hour = 0; hour < 48; hour++) await users.register(user.profile, expiry + hour * 3600)
    assert.equal(writes, 2)
    assert.equal(await users.sweep(expiry * 1000 + NODE_DEFAULTS.forgetUserMs), 0)
  })

  it('that a crash left half forgotten are forgotten at the next sweep', async () => {
    const before = await openTable()
    const user = await makeUser()
    const expiry = ticketExpiry(before.clock.now())
    await before.users.register(user.profile, expiry)
    await before.users.takeRoute(await routeOf(user))
    before.shelves.profiles.map.delete(user.mailbox)
    const { users, shelves } = await openTable({ before })
    assert.equal(users.count, 0)
    assert.deepEqual([...users.served()], [])
    assert.equal(await users.sweep(expiry * 1000 + NODE_DEFAULTS.forgetUserMs), 1)
    assert.deepEqual([shelves.routes.map.size, shelves.promises.map.size], [0, 0])
  })

  it('that have an expired route have none', async () => {
    const { users, clock } = await openTable()
    const user = await makeUser()
    const route = await routeOf(user)
    await users.takeRoute(route)
    assert.ok(users.route(user.mailbox) !== undefined)
    await clock.advance(route.notAfter * 1000 - clock.now())
    assert.equal(users.route(user.mailbox), undefined)
  })
})

describe('strangers', () => {
  const met = (mailbox: string, seq: number): RouteRecord => ({ mailbox: mailbox as MailboxId, order: { epoch: 1, seq, hash: '00' } }) as RouteRecord

  it('are remembered by their newest route, the longest unused forgotten first', () => {
    const strangers = new Strangers(2)
    assert.equal(strangers.meet(met('a', 2)), 1)
    assert.ok(strangers.meet(met('a', 1)) < 0)
    assert.equal(strangers.meet(met('a', 2)), 0)
    strangers.meet(met('b', 1))
    assert.equal(strangers.route('a' as MailboxId)?.order.seq, 2)
    strangers.meet(met('c', 1))
    assert.equal(strangers.size, 2)
    assert.equal(strangers.route('b' as MailboxId), undefined)
    strangers.forget('a' as MailboxId)
    assert.equal(strangers.route('a' as MailboxId), undefined)
  })
})

describe('turns', () => {
  it('run work on one thing in order, on different things side by side, and go on after a failure', async () => {
    const turns = new Turns<string>()
    const done: string[] = []
    const { promise, resolve } = Promise.withResolvers<void>()
    const all = [
      turns.take('a', async () => { await promise; done.push('a1'); throw new Error('no') }),
      turns.take('a', async () => { done.push('a2') }),
      turns.take('b', async () => { done.push('b1'); resolve() })
    ]
    assert.deepEqual((await Promise.allSettled(all)).map(({ status }) => status), ['rejected', 'fulfilled', 'fulfilled'])
    assert.deepEqual(done, ['b1', 'a1', 'a2'])
    assert.equal(turns.size, 0)
  })
})
