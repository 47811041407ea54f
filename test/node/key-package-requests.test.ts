// Key packages as devices and other nodes ask for them, over real nodes.
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromString } from 'uint8arrays/from-string'
import { makeCertificate } from '../../src/identity/index.ts'
import { KeyPackageRequests } from '../../src/node/key-package-requests.ts'
import { KeyPackageSearch } from '../../src/node/key-package-search.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { systemClock as clock, systemRandom } from '../../src/system.ts'
import { REFUSAL } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import { ALL, makeTickets } from '../identity/people.ts'
import { until } from '../until.ts'
import { keepLog, keyOfNode, makeProfileOf, makeRouteOf, makeUser, rootBytes, TestHouse, type RawSession, type TestUser } from './visitors.ts'
import type { KeyPackages } from '../../src/node/key-packages.ts'
import type { PosthouseNode } from '../../src/node/index.ts'
import type { Bytes, MailboxId, PeerKey, Profile, RouteRecord } from '../../src/types.ts'
import type { DevicePackage } from '../../src/wire/mail.ts'

const LAST = Uint8Array.of(0xff)
const NONE = new Uint8Array(0)
const some = (count: number, from = 0): Bytes[] => Array.from({ length: count }, (_, n) => Uint8Array.of(1, from + n))

describe('key packages, asked for', () => {
  const house = new TestHouse()
  let node: PosthouseNode
  beforeEach(async () => { node = await house.node() })
  afterEach(async () => { await house.close() })

  async function fetch (session: RawSession, user: Pick<TestUser, 'root'>, devices: Bytes[] = []): Promise<number[][]> {
    const { keyPackages, refusal } = await session.ask({ fetchKeyPackages: { root: rootBytes(user), devices } })
    if (refusal !== undefined) throw new Error(`refused as ${refusal.code}`)
    return (keyPackages?.packages ?? []).map(({ keyPackage }) => [...keyPackage])
  }

  /** A user whom these nodes serve, with a session with each. */
  async function residentOf (nodes: PosthouseNode[]): Promise<{ user: TestUser, sessions: RawSession[] }> {
    const user = await makeUser()
    const visitor = await house.visitor(user.seed)
    const sessions = await Promise.all(nodes.map(async node => await visitor.call(node)))
    const tickets = await Promise.all(sessions.map(async (session, n) => {
      const { ticket } = await session.ask({ register: { profile: user.profile.bytes } })
      return { node: keyOfNode(nodes[n] ?? assert.fail()), root: user.root, ...ticket ?? assert.fail() }
    }))
    const { bytes } = await makeRouteOf(user, tickets as Parameters<typeof makeRouteOf>[1])
    for (const session of sessions) {
      await session.ask({ attach: { certificate: user.certificate.bytes } })
      await session.ask({ publish: bytes })
    }
    return { user, sessions }
  }

  it('are taken from attached devices, and told of when few are left', async () => {
    const { user, session, visitor } = await house.resident(node)
    const { keyPackagesLeft: atFirst } = await session.next(frame => frame.keyPackagesLeft !== undefined)
    assert.deepEqual(atFirst, { oneTime: 0, lastResort: false })
    const put = await session.ask({ putKeyPackages: { oneTime: some(NODE_DEFAULTS.keyPackagesFew), lastResort: LAST } })
    assert.deepEqual(put.keyPackagesLeft, { oneTime: NODE_DEFAULTS.keyPackagesFew, lastResort: true })
    session.received.length = 0
    const { session: reader } = await house.resident(node)
    assert.deepEqual(await fetch(reader, user), [[1, NODE_DEFAULTS.keyPackagesFew - 1]])
    const told = await session.next(({ request, keyPackagesLeft }) => request === 0 && keyPackagesLeft !== undefined)
    assert.deepEqual(told.keyPackagesLeft, { oneTime: NODE_DEFAULTS.keyPackagesFew - 1, lastResort: true })
    assert.deepEqual((await session.ask({ countKeyPackages: true })).keyPackagesLeft, told.keyPackagesLeft)
    const bare = await visitor.call(node)
    for (const question of [{ putKeyPackages: { oneTime: [], lastResort: LAST } }, { countKeyPackages: true }, { fetchKeyPackages: { root: rootBytes(user), devices: [] } }]) {
      assert.equal((await bare.ask(question)).refusal?.code, REFUSAL.notServed, 'before it is attached')
    }
  })

  it('are not told of to a device that has left enough', async () => {
    const { user, session, visitor } = await house.resident(node)
    await session.ask({ putKeyPackages: { oneTime: some(NODE_DEFAULTS.keyPackagesFew), lastResort: LAST } })
    const again = await visitor.call(node)
    await again.ask({ attach: { certificate: user.certificate.bytes } })
    await again.ask({ countKeyPackages: true })
    assert.deepEqual(again.received.filter(({ request, keyPackagesLeft }) => request === 0 && keyPackagesLeft !== undefined), [])
  })

  it('are refused by size and form, and the session goes on', async () => {
    const { session, user } = await house.resident(node)
    const tooLarge = new Uint8Array(LIMITS.keyPackageBytes + 1)
    for (const put of [{ oneTime: [tooLarge], lastResort: NONE }, { oneTime: [], lastResort: tooLarge }, { oneTime: [NONE], lastResort: NONE }]) {
      assert.equal((await session.ask({ putKeyPackages: put })).refusal?.code, REFUSAL.malformed)
    }
    for (const question of [{ root: new Uint8Array(5), devices: [] }, { root: rootBytes(user), devices: [new Uint8Array(31)] }]) {
      assert.equal((await session.ask({ fetchKeyPackages: question })).refusal?.code, REFUSAL.malformed)
    }
    assert.deepEqual((await session.ask({ countKeyPackages: true })).keyPackagesLeft, { oneTime: 0, lastResort: false })
  })

  it('end the session when there are too many in one frame', async () => {
    const { session } = await house.resident(node)
    session.say({ request: 9, putKeyPackages: { oneTime: some(LIMITS.keyPackages + 1), lastResort: NONE } })
    assert.ok(await session.ended() !== undefined)
  })

  it('come from the user’s own node by way of the asker’s, each once', async () => {
    const other = await house.node({ bootstrap: node.addrs })
    const { user, sessions: [session] } = await residentOf([node])
    await session?.ask({ putKeyPackages: { oneTime: some(12), lastResort: LAST } })
    const readers = [await house.resident(other), await house.resident(other), await house.resident(node)].map(({ session }) => session)
    const fetched = (await Promise.all(readers.map(async reader => {
      const had = []
      for (let n = 0; n < 5; n++) had.push(...await fetch(reader, user))
      return had
    }))).flat()
    assert.equal(fetched.length, 15)
    assert.equal(new Set(fetched.map(String)).size, 13, 'twelve that are had once, and the last resort')
    assert.deepEqual(await fetch(readers[0] ?? assert.fail(), await makeUser()), [], 'of nobody')
  })

  it('come from the user’s second node when the first has none, or is away', async () => {
    const second = await house.node({ bootstrap: node.addrs })
    const asked = await house.node({ bootstrap: [...node.addrs, ...second.addrs] })
    const { user, sessions: [, atSecond] } = await residentOf([node, second])
    await atSecond?.ask({ putKeyPackages: { oneTime: some(2), lastResort: NONE } })
    const { session } = await house.resident(asked)
    assert.deepEqual(await fetch(session, user), [[1, 1]])
    await node.stop()
    assert.deepEqual(await fetch(session, user, [Buffer.from(user.device.publicKey, 'hex')]), [[1, 0]])
    assert.deepEqual(await fetch(session, user), [])
  })

  it('of a device that a new profile leaves out are had by nobody', async () => {
    const { user, session } = await house.resident(node)
    await session.ask({ putKeyPackages: { oneTime: some(3), lastResort: LAST } })
    const { session: reader } = await house.resident(node)
    assert.deepEqual(await fetch(reader, user), [[1, 2]])
    const seed = systemRandom.bytes(32)
    const { publicKey: device } = await crypto.signingKey(seed)
    const certificate = await makeCertificate({ root: user.root, device, epoch: 2, capabilities: ALL, issuedAt: clock.now() }, { key: user.rootKey }, { crypto })
    const profile = await makeProfileOf(user, { epoch: 2, devices: [certificate] })
    const newcomer = await (await house.visitor(seed)).call(node)
    assert.ok((await newcomer.ask({ register: { profile: profile.bytes } })).ticket !== undefined)
    assert.deepEqual(await fetch(reader, user), [])
  })

  describe('on a disk', () => {
    let folder: string
    beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'posthouse-packages-')) })
    afterEach(async () => {
      await house.close()
      await rm(folder, { recursive: true, force: true })
    })

    it('are there after a restart, but for those that were handed out', async () => {
      const dataDir = join(folder, 'node')
      const before = await house.node({ dataDir })
      const { user, session } = await house.resident(before)
      await session.ask({ putKeyPackages: { oneTime: some(2), lastResort: LAST } })
      const { session: reader } = await house.resident(before)
      assert.deepEqual(await fetch(reader, user), [[1, 1]])
      await before.stop()
      const after = await house.node({ dataDir })
      const { session: later } = await house.resident(after)
      assert.deepEqual([...await fetch(later, user), ...await fetch(later, user), ...await fetch(later, user)], [[1, 0], [...LAST], [...LAST]])
    })
  })

  describe('too often', () => {
    let virtual: VirtualClock
    beforeEach(async () => {
      virtual = new VirtualClock(Date.now())
      node = await house.node({ clock: virtual })
    })

    it('are refused to a device, which may ask again later', async () => {
      const { user, session } = await house.resident(node)
      const { burst, perSecond } = NODE_DEFAULTS.keyPackageFetches
      for (let n = 0; n < burst; n++) await fetch(session, user)
      const { refusal } = await session.ask({ fetchKeyPackages: { root: rootBytes(user), devices: [] } })
      assert.deepEqual(refusal, { code: REFUSAL.busy, retryAfterSeconds: 1 / perSecond })
      await virtual.advance(1000 / perSecond)
      await fetch(session, user)
    })

    it('are not taken from a device', async () => {
      const { session } = await house.resident(node)
      const putKeyPackages = { oneTime: [], lastResort: LAST }
      const { burst, perSecond } = NODE_DEFAULTS.keyPackagePuts
      for (let n = 0; n < burst; n++) assert.equal((await session.ask({ putKeyPackages })).refusal, undefined)
      assert.deepEqual((await session.ask({ putKeyPackages })).refusal, { code: REFUSAL.busy, retryAfterSeconds: 1 / perSecond })
      await virtual.advance(1000 / perSecond)
      assert.equal((await session.ask({ putKeyPackages })).refusal, undefined)
    })

    it('are refused to a node, and to others of its place, and not to the rest', async () => {
      const kept = { take: async () => [] } as unknown as KeyPackages
      const requests = new KeyPackageRequests({ kept, search: undefined as never, clock: virtual, log: keepLog().forComponent('posthouse:profiles') })
      const { burst, perSecond } = NODE_DEFAULTS.keyPackageHandOuts
      const handOut = async (asker: string): Promise<unknown> => await requests.handOut(asker, 'ab'.repeat(32) as MailboxId, [])
      for (let n = 0; n < burst; n++) assert.deepEqual(await handOut('08080808'), { packages: [] })
      assert.deepEqual(await handOut('08080808'), { refusal: { code: REFUSAL.busy, retryAfterSeconds: 1 / perSecond } })
      assert.deepEqual(await handOut('08080809'), { packages: [] })
      await virtual.advance(1000 / perSecond)
      assert.deepEqual(await handOut('08080808'), { packages: [] })
    })
  })
})

describe('the search for key packages', () => {
  let user: TestUser
  let record: RouteRecord
  let profile: Profile
  let devices: PeerKey[]
  before(async () => {
    user = await makeUser()
    const others = await Promise.all([1, 2].map(async () => (await crypto.signingKey(systemRandom.bytes(32))).publicKey))
    devices = [user.device.publicKey, ...others]
    const certificates = await Promise.all(devices.map(async device => await makeCertificate({ root: user.root, device, epoch: 1, capabilities: ALL, issuedAt: clock.now() }, { key: user.rootKey }, { crypto })))
    profile = await makeProfileOf(user, { devices: certificates })
    record = await makeRouteOf(user, await makeTickets(user.root, 3, Math.floor(Date.now() / 1000) + 50 * 86_400))
  })

  const packageOf = (at: number, bytes = 1): DevicePackage => ({ device: fromString(devices[at] ?? 'ee'.repeat(32), 'base16'), keyPackage: new Uint8Array(bytes) })

  interface Desk { search: KeyPackageSearch, asked: string[], log: ReturnType<typeof keepLog>, clock: VirtualClock }
  function open (ask: (node: number, devices: number[], signal: AbortSignal) => Promise<DevicePackage[]>, { own = [] as DevicePackage[], first = 0, known = true } = {}): Desk {
    const asked: string[] = []
    const log = keepLog()
    const clock = new VirtualClock(Date.now())
    const search = new KeyPackageSearch({
      self: 'aa'.repeat(32) as PeerKey,
      lookups: { route: async () => ({ record, source: 3 }), profile: async () => ({ record, profile: known ? profile : undefined, source: 3 }) },
      kept: { take: async () => own },
      ask: async (entry, _, wanted, { signal }) => {
        const at = record.entries.indexOf(entry)
        const wantedAt = wanted.map(device => devices.indexOf(device))
        asked.push(`${at}: ${wantedAt.join()}`)
        return await ask(at, wantedAt, signal)
      },
      crypto,
      clock,
      random: { fraction: () => first },
      log: log.forComponent('posthouse:profiles')
    })
    return { search, asked, log, clock }
  }

  it('is over when every device’s is there', async () => {
    const { search, asked } = open(async () => devices.map((_, at) => packageOf(at)))
    assert.equal((await search.find(user.root, [])).length, 3)
    assert.deepEqual(asked, ['0: 0,1,2'])
  })

  it('begins anywhere, and asks each node for what is missing only', async () => {
    const { search, asked } = open(async node => node === 2 ? [packageOf(2)] : node === 0 ? [packageOf(0)] : [], { own: [packageOf(1)], first: 0.99 })
    assert.deepEqual(await search.find(user.root, []), [packageOf(1), packageOf(2), packageOf(0)])
    assert.deepEqual(asked, ['2: 0,2', '0: 0'])
    assert.deepEqual((await open(async () => []).search.find(user.root, [])), [])
  })

  it('asks for those that it is told, and needs no profile then', async () => {
    const { search, asked } = open(async (_, wanted) => wanted.map(at => packageOf(at)), { known: false })
    assert.deepEqual(await search.find(user.root, devices.slice(2)), [packageOf(2)])
    assert.deepEqual(asked, ['0: 2'])
    assert.deepEqual(await search.find(user.root, []), [], 'without one nothing is known to ask for')
  })

  it('goes on past nodes that fail or make things up', async () => {
    const lies: Array<[DevicePackage[], number]> = [[[packageOf(9)], 2], [[packageOf(0), packageOf(0)], 1], [[packageOf(0, LIMITS.keyPackageBytes + 1)], 2], [[packageOf(0, 0)], 2]]
    for (const [lie, lines] of lies) {
      const { search, log } = open(async node => {
        if (node === 0) return lie
        if (node === 1) throw new Error('it is away')
        return [packageOf(0)]
      })
      assert.deepEqual((await search.find(user.root, devices.slice(0, 1))), [packageOf(0)])
      assert.equal(log.lines.length, lines)
    }
  })

  it('ends, whoever says nothing', async () => {
    const { search, asked, clock } = open(async (_, __, signal) => await new Promise((resolve, reject) => { signal.addEventListener('abort', () => { reject(new Error('too slow')) }) }))
    const found = search.find(user.root, [])
    for (let n = 1; n <= record.entries.length; n++) {
      await until('the next is asked', () => asked.length === n)
      await clock.advance(NODE_DEFAULTS.profileTimeoutMs)
    }
    assert.deepEqual(await found, [])
  })

  it('is refused when too many run', async () => {
    const { promise, resolve } = Promise.withResolvers<DevicePackage[]>()
    const { search } = open(async () => await promise)
    const running = Array.from({ length: NODE_DEFAULTS.keyPackageSearchesMax }, async () => await search.find(user.root, []))
    await assert.rejects(search.find(user.root, []), { name: 'RefusedError', refusal: { code: REFUSAL.busy, retryAfterSeconds: 1 } })
    resolve([])
    await Promise.all(running)
    assert.deepEqual(await search.find(user.root, []), [])
  })
})
