import assert from 'node:assert/strict'
import { streamPair } from '@libp2p/utils'
import { concat } from 'uint8arrays/concat'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { drainMailbox, type DrainedPage, type DrainInit } from '../../src/relay/client.ts'
import { SyncFrames } from '../../src/relay/sync-frames.ts'
import { REFUSAL } from '../../src/types.ts'
import { controlFrame, decodeFrame, pushFrame } from '../../src/wire/frames.ts'
import { FrameStream } from '../../src/wire/frame-stream.ts'
import { makeHello } from '../../src/wire/hello.ts'
import { fromHex } from '../../src/wire/hex.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { SyncFrame } from '../../src/wire/mail.ts'
import { SYNC_PROTOCOL } from '../../src/wire/protocols.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import { NETWORK, World, type TestNode, type TestUser } from './world.ts'
import { until } from '../until.ts'
import type { Stream } from '@libp2p/interface'

describe('draining a mailbox', () => {
  let world: World
  let node: TestNode
  let bob: TestUser
  let open: (protocol?: string) => Promise<Stream>
  beforeEach(async () => {
    world = new World()
    node = await world.startNode()
    bob = await world.newUser([node])
    const dialer = await world.dialer(bob.seed)
    open = async (protocol = SYNC_PROTOCOL) => await dialer.open(node, protocol)
  })
  afterEach(async () => { await world.stop() })

  const init = (change: Partial<DrainInit> = {}): DrainInit => ({ network: NETWORK, mailbox: bob.mailbox, cursor: undefined, certificate: bob.certificate, crypto, clock: world.clock, ...change })
  const fill = async (count: number, bodyBytes = 100, first = 0): Promise<string[]> => {
    const envelopes = Array.from({ length: count }, (_, number) => world.envelope(bob.mailbox, first + number, bodyBytes))
    await node.envelopes.append(envelopes)
    return envelopes.map(({ id }) => id)
  }
  const drain = async (change?: Partial<DrainInit>): Promise<DrainedPage[]> => {
    const pages = []
    for await (const page of drainMailbox(await open(), init(change))) pages.push(page)
    return pages
  }
  const idsOf = (pages: DrainedPage[]): string[] => pages.flatMap(({ envelopes }) => envelopes.map(({ envelope }) => envelope.id))

  it('gives everything in order, in pages, and goes on from a cursor', async () => {
    const ids = await fill(300, 3000)
    const pages = await drain()
    assert.ok(pages.length > 3)
    assert.deepEqual(idsOf(pages), ids)
    const last = pages.at(-1)!
    assert.deepEqual(pages.map(({ last }) => last), pages.map(page => page === last))
    assert.equal(last.position, node.envelopes.lastPosition(bob.mailbox))
    assert.deepEqual(pages.slice(1).map(({ from }) => from), pages.slice(0, -1).map(({ position }) => position))
    const more = await fill(2, 100, 1000)
    const rest = await drain({ cursor: { storeId: last.storeId, position: last.position } })
    assert.deepEqual(idsOf(rest), more)
    assert.equal(rest[0]?.from, last.position)
  })

  it('begins anew when the cursor is of another store, and gives an empty mailbox as one empty page', async () => {
    assert.deepEqual((await drain()).map(({ envelopes, last }) => [envelopes.length, last]), [[0, true]])
    const ids = await fill(3)
    const pages = await drain({ cursor: { storeId: 'ee'.repeat(16) as DrainedPage['storeId'], position: 2 } })
    assert.deepEqual(idsOf(pages), ids)
    assert.equal(pages[0]?.from, 0)
  })

  it('passes over what a later version adds', async () => {
    await fill(1)
    const stream = await open()
    const heard: string[] = []
    const frames = new FrameStream(stream, { onFrame: bytes => { heard.push(decodeFrame(bytes).kind) } })
    const later = controlFrame(Uint8Array.of(0xf8, 0x7f, 1))
    for (const parts of [control({ hello: makeHello(NETWORK) }), later, control({ drain: request(bob) })]) frames.send(...parts)
    await until('it is drained', () => heard.length === 4)
    assert.deepEqual(heard, ['control', 'control', 'push', 'control'])
    const at = { storeId: new Uint8Array(16), position: 0n }
    await drainFrom(world, bob, [later, control({ start: at }), later, control({ end: at })])
  })

  it('leaves out what this device has collected', async () => {
    const laptop = await world.newUser([])
    const ids = await fill(3)
    await node.envelopes.collect(await world.collection(bob, [ids[1]! as never]), [bob.key.publicKey, laptop.key.publicKey])
    assert.deepEqual(idsOf(await drain()), [ids[0], ids[2]])
  })

  it('is at the reader’s pace: neither side holds more than its limit', async () => {
    const ids = await fill(4000, 2000)
    const stream = await open()
    const seen: string[] = []
    let pages = 0
    for await (const page of drainMailbox(stream, init())) {
      seen.push(...page.envelopes.map(({ envelope }) => envelope.id))
      if (++pages % 5 === 0) await new Promise(resolve => setTimeout(resolve, 30))
      assert.ok(stream.readBufferLength <= 1024 * 1024 + LIMITS.pageBytes, `${stream.readBufferLength} bytes unread`)
      assert.ok(served(node) <= 2 * LIMITS.pageBytes, `${served(node)} bytes wait in the node`)
    }
    assert.deepEqual(seen, ids)
  })

  it('holds two pages at most for a reader that reads nothing, and cuts it off in the end', async () => {
    await fill(4000, 2000)
    const stream = await open()
    const frames = new FrameStream(stream, { onFrame: () => { frames.pause() } })
    frames.send(...control({ hello: makeHello(NETWORK) }))
    frames.send(...control({ drain: request(bob) }))
    await until('the node has no more room', () => served(node) > 0)
    await new Promise(resolve => setTimeout(resolve, 100))
    assert.ok(served(node) <= 2 * LIMITS.pageBytes, `${served(node)} bytes wait in the node`)
    await world.clock.advance(RELAY_DEFAULTS.drainStallMs)
    await until('the stream is gone', () => stream.status !== 'open')
    await until('it is told', () => node.log.lines.length === 1)
    assert.match(node.log.lines[0] ?? '', /a drain by .* ended: the reader of a drain does nothing/)
  })

  it('refuses strangers, other users’ mailboxes and other networks', async () => {
    const mallory = await world.newUser([])
    const dialer = await world.dialer(mallory.seed)
    const as = async (change: Partial<DrainInit>): Promise<void> => {
      for await (const page of drainMailbox(await dialer.open(node, SYNC_PROTOCOL), init({ mailbox: mallory.mailbox, certificate: mallory.certificate, ...change }))) assert.fail(`a page of ${page.envelopes.length}`)
    }
    await assert.rejects(as({}), refusedWith(REFUSAL.notServed))
    await assert.rejects(as({ certificate: bob.certificate }), { name: 'StreamResetError' })
    await assert.rejects(as({ mailbox: bob.mailbox }), { name: 'StreamResetError' })
    await assert.rejects(as({ network: 'elsewhere' }), refusedWith(REFUSAL.wrongNetwork))
  })

  it('keeps nothing of streams that were reset while their protocol was agreed on', async () => {
    await fill(1)
    const rude = await world.dialer()
    const { muxer } = await rude.host.dial(node.host.getMultiaddrs()) as unknown as { muxer: { createStream: (init: object) => Promise<Stream> } }
    const lines = ['/multistream/1.0.0\n', `${SYNC_PROTOCOL}\n`].map(line => new TextEncoder().encode(line))
    const agreement = concat(lines.flatMap(line => [Uint8Array.of(line.byteLength), line]))
    for (let turn = 0; turn <= RELAY_DEFAULTS.drainsMax; turn++) {
      const stream = await muxer.createStream({})
      const agreed = new Promise<void>(resolve => {
        let bytes = 0
        stream.addEventListener('message', ({ data }) => { if ((bytes += data.byteLength) === agreement.byteLength) resolve() })
      })
      stream.send(agreement)
      await agreed
      stream.abort(new Error('gone'))
    }
    await rude.host.stop()
    await world.clock.advance(RELAY_DEFAULTS.drainRequestMs)
    assert.equal((await drain()).length, 1)
  })

  /** As many streams as there are places, each of which says this. seed: of a device, which does not read on. */
  async function occupy (frames: Uint8Array[][], seed?: Uint8Array): Promise<Stream[]> {
    const streams: Stream[] = []
    while (streams.length < RELAY_DEFAULTS.drainsMax) {
      const dialer = await world.dialer(seed)
      for (let nth = 0; nth < RELAY_DEFAULTS.drainsPerConnectionMax; nth++) {
        const stream = await dialer.open(node, SYNC_PROTOCOL)
        const opener = new FrameStream(stream, { onFrame: () => {} })
        if (seed !== undefined) opener.pause()
        for (const frame of frames) opener.send(...frame)
        streams.push(stream)
      }
    }
    await until('all places are taken', () => drainsOf(node) === RELAY_DEFAULTS.drainsMax)
    return streams
  }

  it('refuses as busy beyond its number of drains', async () => {
    await fill(12, 60_000)
    const request = control({ drain: { mailbox: fromHex(bob.mailbox), storeId: new Uint8Array(0), position: 0n, certificate: bob.certificate.bytes } })
    const reading = await occupy([control({ hello: makeHello(NETWORK) }), request], bob.seed)
    await until('all are being given their mail', () => reading.every(({ readBufferLength }) => readBufferLength > 1000))
    await assert.rejects(drain(), refusedWith(REFUSAL.busy))
    reading[0]?.abort(new Error('enough'))
    await until('there is room again', () => drainsOf(node) < RELAY_DEFAULTS.drainsMax)
    assert.ok((await drain()).length > 0)
  }).timeout(30_000)

  it('has room for devices though strangers, who pull what is not theirs, have taken all places', async () => {
    await fill(1)
    const pull = control({ pull: { mailbox: new Uint8Array(32), route: new Uint8Array(0), profile: new Uint8Array(0), routeEpoch: 0, routeSeq: 0n, profileEpoch: 0, profileSeq: 0n } })
    const strangers = await occupy([control({ hello: makeHello(NETWORK) }), pull])
    assert.deepEqual((await Promise.all([drain(), drain(), drain()])).map(({ length }) => length), [1, 1, 1])
    const left = (): number => strangers.filter(({ status }) => status === 'open').length
    await until('some had to go', () => left() < strangers.length)
    assert.ok(left() >= strangers.length - 3)
  }).timeout(30_000)

  for (const [what, frames] of Object.entries({
    'no Hello': [control({ drain: { mailbox: new Uint8Array(32), storeId: new Uint8Array(0), position: 0n, certificate: new Uint8Array(0) } })],
    'no request': [control({ hello: makeHello(NETWORK) }), control({ end: { storeId: new Uint8Array(0), position: 0n } })],
    'no certificate': [control({ hello: makeHello(NETWORK) }), control({ drain: { mailbox: new Uint8Array(32), storeId: new Uint8Array(0), position: 0n, certificate: new Uint8Array(7) } })],
    'an envelope': [pushFrame(1, new Uint8Array(100))],
    'an unknown kind': [[Uint8Array.of(9)]],
    'no protobuf': [[Uint8Array.of(0, 0xff, 0xff, 0xff)]]
  })) {
    it(`ends a drain that begins with ${what}, with one line`, async () => {
      const stream = await open()
      const frameStream = new FrameStream(stream, { onFrame: () => {} })
      for (const frame of frames) frameStream.send(...frame)
      await until('the stream is gone', () => stream.status !== 'open')
      await until('it is told', () => node.log.lines.length === 1)
    })
  }

  it('ends a drain that announces a frame over the limit, or says nothing', async () => {
    const stream = await open()
    stream.send(Uint8Array.of(0xff, 0xff, 0xff, 0x7f))
    await until('the stream is gone', () => stream.status !== 'open')
    const silent = await open()
    silent.send(Uint8Array.of(5))
    await until('the node waits', () => drainsOf(node) === 1)
    await world.clock.advance(RELAY_DEFAULTS.drainRequestMs)
    await until('the stream is gone', () => silent.status !== 'open')
    await until('both are told', () => node.log.lines.length === 2)
  })
})

describe('a node that drains wrongly', () => {
  let world: World
  let bob: TestUser
  beforeEach(async () => {
    world = new World()
    bob = await world.newUser([])
  })
  afterEach(async () => { await world.stop() })

  const STORE = new Uint8Array(16).fill(1)
  const at = (position: number, storeId = STORE): { storeId: Uint8Array<ArrayBuffer>, position: bigint } => ({ storeId, position: BigInt(position) })
  const envelope = (number: number, bytes = 100): Uint8Array => world.envelope(bob.mailbox, number, bytes).bytes
  const cases: Array<[string, () => Uint8Array[][]]> = [
    ['says nothing of where it starts', () => [control({ end: at(0) })]],
    ['starts where it was not asked to', () => [control({ start: at(5) })]],
    ['changes its store', () => [control({ start: at(0) }), control({ end: at(0, new Uint8Array(16)) })]],
    ['goes back', () => [control({ start: at(0) }), pushFrame(2, envelope(1)), pushFrame(1, envelope(2))]],
    ['repeats a position', () => [control({ start: at(0) }), pushFrame(2, envelope(1)), pushFrame(2, envelope(2))]],
    ['sends mail of others', () => [control({ start: at(0) }), pushFrame(2, world.envelope('11'.repeat(32) as never, 1).bytes)]],
    ['sends what is no envelope', () => [control({ start: at(0) }), pushFrame(2, new Uint8Array(70))]],
    ['makes pages without end', () => [control({ start: at(0) }), ...Array.from({ length: 6 }, (_, number) => pushFrame(number + 1, envelope(number, 60_000)))]],
    ['ends a page before its last envelope', () => [control({ start: at(0) }), pushFrame(2, envelope(1)), control({ page: at(1) })]],
    ['makes a page that does not go on', () => [control({ start: at(0) }), control({ page: at(0) })]],
    ['ends a page with something else', () => [control({ start: at(0) }), control({ hello: makeHello(NETWORK) })]]
  ]
  for (const [what, answer] of cases) {
    it(`is left when it ${what}`, async () => {
      await assert.rejects(drainFrom(world, bob, answer()), { name: 'MalformedError' })
    })
  }

  it('is left when it says nothing more, or ends too soon', async () => {
    let left = false
    const waiting = assert.rejects(drainFrom(world, bob, []), { name: 'TimedOutError' }).finally(() => { left = true })
    await until('the client has lost patience', async () => {
      await world.clock.advance(RELAY_DEFAULTS.drainAnswerMs)
      return left
    })
    await waiting
    await assert.rejects(drainFrom(world, bob, [control({ start: at(0) })], true), { name: 'ConnectionLostError' })
  })
})

describe('frames of a drain', () => {
  it('are waited for once, whatever comes that a later version would say', async () => {
    const clock = new VirtualClock()
    const [ours, theirs] = await streamPair()
    const frames = new SyncFrames(ours, clock)
    const node = new FrameStream(theirs, { onFrame: () => {} })
    let failure: Error | undefined
    void frames.next().catch((error: Error) => { failure = error })
    // Field 2047, which nobody knows.
    const later = Uint8Array.from([0xfa, 0x7f, 0x00])
    for (let ms = 0; ms <= RELAY_DEFAULTS.drainAnswerMs; ms += 1000) {
      node.send(...controlFrame(later))
      await new Promise(resolve => { setImmediate(resolve) })
      await clock.advance(1000)
    }
    await until('patience is lost', () => failure !== undefined)
    assert.equal(failure?.name, 'TimedOutError')
    frames.abort(new Error('over'))
  })
})

/** A rude node that answers a drain with these frames. */
async function drainFrom (world: World, bob: TestUser, answer: Uint8Array[][], close = false): Promise<void> {
  const { host } = await world.startNode({ networkId: 'unused' })
  await host.unhandle(SYNC_PROTOCOL)
  await host.handle(SYNC_PROTOCOL, stream => {
    const frames = new FrameStream(stream, {
      onFrame: bytes => {
        const frame = decodeFrame(bytes)
        if (frame.kind !== 'control' || SyncFrame.decode(frame.body).drain === undefined) return
        world.served++
        frames.send(...control({ hello: makeHello(NETWORK) }))
        for (const parts of answer) frames.send(...parts)
        if (close) void frames.close()
      }
    })
  })
  const dialer = await world.dialer()
  const stream = await dialer.host.dialProtocol(host.getMultiaddrs(), SYNC_PROTOCOL)
  for await (const page of drainMailbox(stream, { network: NETWORK, mailbox: bob.mailbox, cursor: undefined, certificate: bob.certificate, crypto, clock: world.clock })) void page
}

function control (frame: Partial<SyncFrame>): Uint8Array[] { return controlFrame(SyncFrame.encode(frame)) }

function request ({ mailbox, certificate }: TestUser): NonNullable<SyncFrame['drain']> {
  return { mailbox: Uint8Array.from(Buffer.from(mailbox, 'hex')), storeId: new Uint8Array(0), position: 0n, certificate: certificate.bytes }
}

/** Bytes that wait in the node's drain streams. */
function served ({ host }: TestNode): number {
  return host.getConnections().flatMap(({ streams }) => streams).filter(({ protocol }) => protocol === SYNC_PROTOCOL).reduce((sum, { writeBufferLength }) => sum + writeBufferLength, 0)
}

function drainsOf ({ host }: TestNode): number {
  return host.getConnections().flatMap(({ streams }) => streams).filter(({ protocol }) => protocol === SYNC_PROTOCOL).length
}

function refusedWith (code: number): (error: Error & { refusal?: { code: number } }) => boolean {
  return error => error.name === 'RefusedError' && error.refusal?.code === code
}
