import assert from 'node:assert/strict'
import { defaultLogger } from '@libp2p/logger'
import { streamPair } from '@libp2p/utils'
import { UnreachableError } from '../../../src/errors.ts'
import { Links } from '../../../src/client/session/service.ts'
import { REFUSAL } from '../../../src/types.ts'
import { makeHello } from '../../../src/wire/hello.ts'
import { VirtualClock, settled } from '../virtual-clock.ts'
import { Peer } from './peer.ts'
import { until } from '../../until.ts'
import type { LinksServiceInit } from '../../../src/client/session/service.ts'
import type { SessionFrame } from '../../../src/wire/mail.ts'
import type { PeerKey } from '../../../src/types.ts'

const [a, b, c] = ['a', 'b', 'c'].map(letter => letter.repeat(64) as PeerKey) as [PeerKey, PeerKey, PeerKey]

/** Nodes at the other ends of stream pairs. What is down refuses dials; what is mute takes them and says nothing more. */
class World {
  readonly clock = new VirtualClock()
  readonly down = new Set<PeerKey>()
  readonly mute = new Set<PeerKey>()
  readonly refusing = new Set<PeerKey>()
  /** What they answer instead. */
  readonly odd = new Map<PeerKey, Partial<SessionFrame>>()
  readonly peers = new Map<PeerKey, Peer>()
  readonly dials: PeerKey[] = []
  readonly attached: string[] = []
  readonly failures: string[] = []
  readonly links: Links

  constructor () {
    const ignore = (): void => {}
    const init: LinksServiceInit = {
      networkId: 'test',
      attach: async (session, options) => { await session.attach(Uint8Array.of(1), options) },
      events: { push: ignore, pushMissed: ignore, pushed: ignore, behind: ignore, presence: ignore, accepted: ignore, receipts: ignore, refused: ignore, moved: ignore, room: ignore, leaving: (session, { retryAfterSeconds }) => { this.links.leaving(session.node, retryAfterSeconds) }, accused: ignore, whispered: ignore, keyPackagesFew: ignore },
      attached: session => { this.attached.push(`+${session.node[0]}`) },
      detached: session => { this.attached.push(`-${session.node[0]}`) },
      failed: (_node, error) => { this.failures.push(error.name) }
    }
    this.links = new Links({ network: { open: async node => await this.#open(node) }, clock: this.clock, random: { fraction: () => 0.999_999 }, log: defaultLogger().forComponent('test') }, init)
  }

  async listed (...nodes: PeerKey[]): Promise<void> {
    this.links.list(nodes.map(node => ({ node, addressHints: [] })))
    await this.until(() => this.dials.length > 0 && this.attached.length + this.failures.length >= Math.min(2, this.dials.length))
  }

  async until (holds: () => boolean): Promise<void> {
    await until('it has come so far', holds)
    await settled()
  }

  pings (node: PeerKey): number { return this.peers.get(node)?.controls().filter(({ ping }) => ping !== undefined).length ?? 0 }

  asked (node: PeerKey): number { return this.peers.get(node)?.controls().filter(({ findNodes }) => findNodes !== undefined).length ?? 0 }

  connected (...nodes: PeerKey[]): boolean { return JSON.stringify(this.links.sessions.map(({ node }) => node)) === JSON.stringify(nodes) }

  async #open (node: PeerKey): Promise<Awaited<ReturnType<typeof streamPair>>[0]> {
    this.dials.push(node)
    if (this.down.has(node)) throw new UnreachableError('it is down')
    const [outbound, inbound] = await streamPair()
    const peer = new Peer(inbound, frame => { this.#answer(node, peer, frame) })
    this.peers.set(node, peer)
    peer.send({ hello: makeHello('test') })
    return outbound
  }

  #answer (node: PeerKey, peer: Peer, { request, attach, findNodes }: SessionFrame): void {
    if (attach !== undefined) peer.send(this.refusing.has(node) ? { request, refusal: { code: 18, retryAfterSeconds: 600 } } : { request, ok: true })
    if (findNodes !== undefined && !this.mute.has(node)) peer.send({ request, ...this.odd.get(node) ?? { nodes: { nodes: [] } } })
  }
}

describe('links', () => {
  let world: World

  beforeEach(() => { world = new World() })
  afterEach(async () => { await world.links.stop() })

  it('attaches to the first two, and to the next when one cannot be reached', async () => {
    world.down.add(a)
    await world.listed(a, b, c)
    await world.until(() => world.connected(b, c))
    assert.deepEqual(world.failures, ['UnreachableError'])
    world.down.clear()
    await world.clock.advance(2000)
    // The preferred one is back in its place.
    await world.until(() => world.connected(a, b))
    assert.deepEqual(world.attached.slice(0, 2).sort(), ['+b', '+c'])
    assert.deepEqual(world.attached.slice(2).sort(), ['+a', '-c'])
  })

  it('asks the second node when the first does not answer', async () => {
    world.mute.add(a)
    await world.listed(a, b)
    await world.until(() => world.connected(a, b))
    const answer = world.links.ask(async session => await session.findNodes(1))
    await world.until(() => world.asked(a) === 1)
    await world.clock.advance(2000)
    assert.deepEqual(await answer, [])
    world.mute.add(b)
    const nobody = assert.rejects(world.links.ask(async session => await session.findNodes(1)), { name: 'TimedOutError' })
    await world.until(() => world.asked(a) === 2)
    await world.clock.advance(2000)
    await world.until(() => world.asked(b) === 2)
    await world.clock.advance(2000)
    await nobody
  })

  for (const [what, answer, isFinal] of [
    ['another kind of answer', { ok: true }, false],
    ['“unsupported”', { refusal: { code: REFUSAL.unsupported, retryAfterSeconds: 0 } }, false],
    ['“malformed”', { refusal: { code: REFUSAL.malformed, retryAfterSeconds: 0 } }, false],
    ['a refusal of a later version', { refusal: { code: 99, retryAfterSeconds: 0 } }, false],
    ['that it is out of date', { refusal: { code: REFUSAL.stale, retryAfterSeconds: 0 } }, true]
  ] as const) {
    it(`${isFinal ? 'asks nobody else' : 'asks the second node'} when the first answers ${what}`, async () => {
      const world = new World()
      world.odd.set(a, answer)
      await world.listed(a, b)
      await world.until(() => world.connected(a, b))
      const question = world.links.ask(async session => await session.findNodes(1))
      if (isFinal) await assert.rejects(question, { name: 'RefusedError' })
      else assert.deepEqual(await question, [])
      assert.deepEqual([world.asked(a), world.asked(b)], [1, isFinal ? 0 : 1])
      await world.links.stop()
    })
  }

  it('moves to another node when one says that it leaves, before its stream breaks', async () => {
    await world.listed(a, b, c)
    await world.until(() => world.connected(a, b))
    world.peers.get(a)?.send({ leaving: { retryAfterSeconds: 60, nodes: [] } })
    await world.until(() => world.connected(b, c))
    assert.deepEqual(world.attached.slice(2).sort(), ['+c', '-a'])
    await world.clock.advance(59_000)
    assert.equal(world.dials.filter(node => node === a).length, 1)
  })

  it('comes back after a stream broke, with a pause', async () => {
    await world.listed(a)
    world.peers.get(a)?.frames.abort(new Error('pulled'))
    await world.until(() => world.attached.length === 2)
    assert.deepEqual(world.attached, ['+a', '-a'])
    assert.deepEqual(world.dials, [a])
    await world.clock.advance(2000)
    await world.until(() => world.attached.length === 3)
    assert.deepEqual(world.attached, ['+a', '-a', '+a'])
  })

  it('gives a node that refuses the time that it asks for', async () => {
    world.refusing.add(a)
    await world.listed(a)
    assert.deepEqual(world.failures, ['RefusedError'])
    await world.clock.advance(599_000)
    assert.equal(world.dials.length, 1)
    const arrival = world.links.arrival()
    world.refusing.clear()
    world.links.hurry()
    assert.equal((await arrival).node, a)
  })

  it('notices by its heartbeat that nobody is there any more', async () => {
    await world.listed(a)
    world.down.add(a)
    await world.clock.advance(15_000)
    for (let ping = 1; ping <= 3; ping++) {
      await world.until(() => world.pings(a) === ping)
      assert.deepEqual(world.attached, ['+a'])
      await world.clock.advance(2000)
    }
    await world.until(() => world.attached.length === 2)
    assert.equal(world.pings(a), 3)
  })

  it('says goodbye when it stops, and dials nobody again', async () => {
    await world.listed(a, b)
    await world.until(() => world.connected(a, b))
    const peers = [...world.peers.values()]
    await world.links.stop()
    for (const peer of peers) await world.until(() => peer.controls().at(-1)?.goodbye === true)
    await world.clock.advance(600_000)
    assert.deepEqual(world.dials, [a, b])
    assert.deepEqual(world.links.sessions, [])
  })

  it('waits for an arrival no longer than its signal', async () => {
    world.down.add(a)
    await world.listed(a)
    const controller = new AbortController()
    const waiting = assert.rejects(world.links.arrival({ signal: controller.signal }), { message: 'enough' })
    controller.abort(new Error('enough'))
    await waiting
    await assert.rejects(world.links.arrival({ signal: controller.signal }), { message: 'enough' })
    await assert.rejects(world.links.ask(async () => {}), { name: 'UnreachableError' })
  })
})
