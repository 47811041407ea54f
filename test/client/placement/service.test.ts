import assert from 'node:assert/strict'
import { defaultLogger } from '@libp2p/logger'
import { streamPair } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { makeAccount } from '../../../src/client/origin.ts'
import { Placement } from '../../../src/client/placement/service.ts'
import { Registration } from '../../../src/client/registration.ts'
import { ClientStore } from '../../../src/client/store/store.ts'
import { UnreachableError } from '../../../src/errors.ts'
import { keyBytes, makeTicket, peerIdFromPeerKey } from '../../../src/identity/index.ts'
import { systemRandom } from '../../../src/system.ts'
import { REFUSAL } from '../../../src/types.ts'
import { makeHello } from '../../../src/wire/hello.ts'
import { makePerson, NOW } from '../../identity/people.ts'
import { memoryStore } from '../network.ts'
import { Peer } from '../session/peer.ts'
import { settled, VirtualClock } from '../virtual-clock.ts'
import type { Account } from '../../../src/client/account.ts'
import type { Session } from '../../../src/client/session/session.ts'
import type { SigningKey } from '../../../src/ports.ts'
import type { PeerKey } from '../../../src/types.ts'
import type { NodeAddress, SessionFrame } from '../../../src/wire/mail.ts'

const MINUTE = 60_000
const STEP_MS = 1500

interface TestNode { key: SigningKey, port: number, published: number }

/** A client's registration and placement, real down to the streams; nodes are spoken by hand, and sign real tickets. */
class World {
  readonly clock = new VirtualClock(NOW)
  readonly nodes = new Map<PeerKey, TestNode>()
  readonly down = new Set<PeerKey>()
  readonly draining = new Set<PeerKey>()
  readonly #under = new Set<Promise<unknown>>()
  account!: Account
  registration!: Registration
  placement!: Placement

  /** So many nodes, and a user whom the first of them got to know. */
  static async start (count: number): Promise<World> {
    const world = new World()
    for (let number = 1; number <= count; number++) await world.join(number)
    const store = await ClientStore.open({ store: memoryStore(), onDamaged: () => assert.fail('nothing is damaged') })
    const { clock } = world
    world.account = (await makeAccount({ store, crypto, clock, random: systemRandom }, {})).account
    const { account } = world
    const network = { open: async (node: PeerKey) => await world.#open(node) }
    const shared = { account, network, networkId: 'test', clock }
    const [first] = world.keys
    const address = `/ip4/127.0.0.1/tcp/1/p2p/${peerIdFromPeerKey(first as PeerKey).toString()}`
    const registration = new Registration({ ...shared, crypto, session: () => undefined, offer: async () => {}, warn: () => {} }, { nodes: undefined, bootstrap: [address] })
    world.registration = registration
    world.placement = new Placement({
      ...shared,
      registration: { ask: async (node, options) => await world.#track(registration.ask(node, options)) },
      sessions: () => [],
      others: [{ node: first as PeerKey, addressHints: ['/ip4/127.0.0.1/tcp/1'] }],
      random: { fraction: () => 0.5 },
      log: defaultLogger().forComponent('test'),
      publish: async (nodes, newcomers) => {
        await world.#track(registration.place(nodes, newcomers))
        world.placement.listed()
      }
    })
    await registration.register()
    world.placement.listed()
    return world
  }

  get keys (): PeerKey[] { return [...this.nodes.keys()] }
  get listed (): PeerKey[] { return this.account.nodes.map(({ node }) => node) }

  async join (number: number): Promise<PeerKey> {
    const { device: key } = await makePerson(100 + number)
    this.nodes.set(key.publicKey, { key, port: number, published: 0 })
    return key.publicKey
  }

  /** Time passes; every two minutes each listed node is tried, as links and drains do. */
  async pass (minutes: number): Promise<void> {
    for (let at = 0; at < minutes; at += 2) {
      for (const node of this.listed) this.placement.tried(node, this.down.has(node) ? new UnreachableError('it is down') : undefined)
      // In steps that are shorter than any time-out: what streams bring is taken in between.
      for (let ms = 0; ms < 2 * MINUTE; ms += STEP_MS) {
        await this.clock.advance(STEP_MS)
        await this.#idle()
      }
    }
  }

  async stop (): Promise<void> { await this.placement.stop() }

  async #idle (): Promise<void> {
    while (this.#under.size > 0) {
      await Promise.allSettled(this.#under)
      await settled()
    }
  }

  async #track<T> (task: Promise<T>): Promise<T> {
    const under = task.catch(() => { /* told to whoever asked */ }).finally(() => { this.#under.delete(under) })
    this.#under.add(under)
    return await task
  }

  async #open (node: PeerKey): Promise<Awaited<ReturnType<typeof streamPair>>[0]> {
    const there = this.nodes.get(node)
    if (there === undefined || this.down.has(node)) throw new UnreachableError('it is down')
    const [outbound, inbound] = await streamPair()
    // A visit is over when its stream is.
    void this.#track(new Promise<void>(resolve => { inbound.addEventListener('close', () => { resolve() }) }))
    const peer = new Peer(inbound, frame => { void this.#track(this.#answer(there, peer, frame)) })
    inbound.addEventListener('remoteCloseWrite', () => { void inbound.close() })
    peer.send({ hello: makeHello('test') })
    return outbound
  }

  async #answer (node: TestNode, peer: Peer, { request, register, attach, publish, findNodes }: SessionFrame): Promise<void> {
    if (attach !== undefined) peer.send({ request, ok: true })
    if (findNodes !== undefined) peer.send({ request, nodes: { nodes: findNodes === 0 ? [] : this.#named() } })
    if (publish !== undefined) {
      node.published++
      peer.send({ request, published: { copies: 1 } })
    }
    if (register === undefined) return
    if (this.draining.has(node.key.publicKey)) return peer.send({ request, refusal: { code: REFUSAL.draining, retryAfterSeconds: 3600 } })
    const { expiry, signature } = await makeTicket(node.key, this.account.root, Math.floor(this.clock.now() / 1000) + 60 * 86_400)
    peer.send({ request, ticket: { expiry, signature } })
  }

  #named (): NodeAddress[] {
    return [...this.nodes].filter(([node]) => !this.down.has(node)).map(([node, { port }]) => ({ node: keyBytes(node), addresses: [multiaddr(`/ip4/127.0.0.1/tcp/${port}`).bytes as Uint8Array<ArrayBuffer>], knownSeconds: 0, load: 0 }))
  }
}

describe('placement', function () {
  this.timeout(30_000)
  let world: World

  afterEach(async () => { await world.stop() })

  it('replaces a node that is gone for an hour, publishes the new record, and remembers the old place', async () => {
    world = await World.start(12)
    const [first, , gone] = world.keys as [PeerKey, PeerKey, PeerKey]
    assert.equal(world.listed.length, 12)
    const { order } = world.account.record ?? assert.fail()
    world.placement.attached(first)
    const newcomer = await world.join(13)
    world.down.add(gone)
    await world.pass(56)
    assert.equal(world.account.record?.order.seq, order.seq)
    await world.pass(20)
    assert.equal(world.listed.includes(gone), false)
    assert.equal(world.listed.at(-1), newcomer)
    assert.deepEqual(world.listed.slice(0, 2), world.keys.slice(0, 2), 'the others keep their places')
    assert.deepEqual(world.account.unpublished, [])
    assert.equal(world.nodes.get(newcomer)?.published, 1)
    assert.deepEqual(world.account.former.map(({ node }) => node), [gone])
    const { seq } = world.account.record.order
    await world.pass(60)
    assert.equal(world.account.record.order.seq, seq)
  })

  it('grows the list within minutes when nodes join', async () => {
    world = await World.start(1)
    assert.deepEqual([world.listed.length, world.account.record?.w], [1, 1])
    world.placement.attached(world.keys[0] as PeerKey)
    await world.join(2)
    await world.join(3)
    await world.pass(6)
    assert.deepEqual(world.listed, world.keys)
    assert.deepEqual([world.account.record?.n, world.account.record?.w, world.account.chosen], [3, 2, 0])
  })

  it('changes nothing while our own network is down', async () => {
    world = await World.start(4)
    const { seq } = world.account.record?.order ?? assert.fail()
    world.placement.attached(world.keys[0] as PeerKey)
    await world.pass(4)
    world.placement.detached(world.keys[0] as PeerKey)
    for (const node of world.keys) world.down.add(node)
    await world.pass(180)
    assert.equal(world.account.record?.order.seq, seq)
    world.down.clear()
    await world.join(5)
    world.placement.attached(world.keys[0] as PeerKey)
    await world.pass(6)
    assert.deepEqual(new Set(world.listed), new Set(world.keys), 'nobody is held to account for it')
  })

  it('takes candidates from a node that leaves, and refuses a key that is none', async () => {
    world = await World.start(2)
    const [leaving, other] = world.keys as [PeerKey, PeerKey]
    for (const node of world.keys) world.placement.attached(node)
    await world.join(3)
    world.down.add(other)
    world.placement.detached(other)
    world.placement.tried(other, new UnreachableError('it is down'))
    world.draining.add(leaving)
    world.placement.leaving({ node: leaving } as Session, { retryAfterSeconds: 60, nodes: [] })
    await world.pass(4)
    assert.deepEqual(world.listed, [other, world.keys[2]])
    assert.throws(() => { world.placement.accused({ node: leaving } as Session, new Uint8Array(5)) }, { name: 'MalformedError' })
  })
})
