import assert from 'node:assert/strict'
import { libp2pNetwork } from '../../src/node/network.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { PeerLinks, type PeerLinksHost } from '../../src/relay/peer-links.ts'
import { controlFrame, decodeFrame, type Frame } from '../../src/wire/frames.ts'
import { FrameStream } from '../../src/wire/frame-stream.ts'
import { makeHello } from '../../src/wire/hello.ts'
import { RelayFrame } from '../../src/wire/mail.ts'
import { RELAY_PROTOCOL } from '../../src/wire/protocols.ts'
import { logOf } from './test-log.ts'
import { NETWORK, World } from './world.ts'
import { until } from '../until.ts'
import type { Hello } from '../../src/wire/mail.ts'
import type { PeerStream } from '../../src/relay/peer-stream.ts'
import type { Bytes, PeerKey, RouteEntry, StoreId } from '../../src/types.ts'
import type { Stream } from '@libp2p/interface'

const ENVELOPE = new Uint8Array(100)

describe('links between nodes', () => {
  let world: World
  beforeEach(() => { world = new World() })
  afterEach(async () => {
    for (const { links } of sides.splice(0)) await ending(world, links.stop())
    await world.stop()
  })

  interface Side { links: PeerLinks, key: PeerKey, entry: RouteEntry, deposits: number[], collections: number, lost: PeerKey[], unreachable: PeerKey[], unsent: number[], streams: PeerStream[], dials: number, host: Awaited<ReturnType<World['dialer']>>['host'], lines: string[] }
  const sides: Side[] = []

  /** Links on a host of their own, that only note what they hear. */
  async function startSide ({ network = NETWORK, peersMax = RELAY_DEFAULTS.peersMax as number } = {}): Promise<Side> {
    const { host, key } = await world.listener()
    const { logger, lines } = logOf(host.logger)
    const side = { key, entry: { node: key, addressHint: undefined } as RouteEntry, deposits: [], collections: 0, lost: [], unreachable: [], unsent: [], streams: [], dials: 0, host, lines } as Partial<Side> as Side
    const real = libp2pNetwork(host)
    let sources = 0
    const notes: PeerLinksHost = {
      network,
      storeId: 'aa'.repeat(16) as StoreId,
      clock: world.clock,
      newSource: () => --sources,
      onOpen: stream => { side.streams.push(stream) },
      onEnd: stream => { side.streams.splice(side.streams.indexOf(stream), 1) },
      onLost: node => { side.lost.push(node) },
      onUnsent: (_, ticket) => { side.unsent.push(ticket) },
      onDeposit: (_, ticket) => { side.deposits.push(ticket) },
      onReceipts: () => {},
      onRefused: () => {},
      onMoved: () => {},
      onCollection: () => { side.collections++ },
      onWhisper: () => {},
      onDigests: () => {},
      onAudit: () => {},
      onAudited: () => {},
      onReached: () => {},
      onUnreachable: node => { side.unreachable.push(node) }
    }
    side.links = new PeerLinks({
      network: { ...real, open: async (...given) => { side.dials++; return await real.open(...given) } },
      clock: world.clock,
      log: logger.forComponent('posthouse:relay'),
      host: notes,
      peersMax
    })
    await side.links.start()
    sides.push(side)
    return side
  }
  const deposit = (from: Side, to: Side, ticket: number, envelope: Bytes = ENVELOPE): boolean => from.links.deposit(to.entry, ticket, 1, 1, envelope)

  it('dials once, keeps what is deposited meanwhile, and uses the stream in both directions', async () => {
    const [one, other] = [await startSide(), await startSide()]
    for (const ticket of [1, 2, 3]) assert.ok(deposit(one, other, ticket))
    one.links.say(other.entry, { collect: ENVELOPE })
    await until('they are there', () => other.deposits.length === 3 && other.collections === 1)
    assert.ok(deposit(other, one, 9))
    await until('the way back works', () => one.deposits.length === 1)
    assert.deepEqual([one.dials, other.dials, one.links.count, other.links.count], [1, 0, 1, 1])
  })

  it('keeps both streams when both sides open at once', async () => {
    const [one, other] = [await startSide(), await startSide()]
    for (let ticket = 0; ticket < 10; ticket++) {
      deposit(one, other, ticket)
      deposit(other, one, ticket)
      await new Promise(resolve => setImmediate(resolve))
    }
    await until('all are there', () => one.deposits.length === 10 && other.deposits.length === 10)
    await until('both streams stand', () => one.streams.length === 2 && other.streams.length === 2)
    assert.deepEqual([one.lost, other.lost], [[], []])
    one.streams[0]?.abort(new Error('cut'))
    await until('one is gone', () => other.streams.length === 1)
    deposit(one, other, 99)
    deposit(other, one, 99)
    await until('the other one serves', () => one.deposits.includes(99) && other.deposits.includes(99))
    assert.deepEqual([one.dials, other.dials], [1, 1])
  })

  it('leaves a node alone that cannot be reached, twice as long each time, and asks it again when it calls', async () => {
    const [one, other] = [await startSide(), await startSide()]
    await one.host.peerStore.delete(other.host.peerId)
    let waitMs: number = RELAY_DEFAULTS.redialFirstMs
    for (let dials = 1; dials <= 8; dials++) {
      assert.ok(deposit(one, other, dials))
      await until('the dial has failed', () => one.lost.length === dials)
      assert.equal(deposit(one, other, dials), false, 'it is left alone')
      await world.clock.advance(waitMs - 1)
      assert.equal(deposit(one, other, dials), false, `still after ${waitMs - 1} ms`)
      await world.clock.advance(1)
      assert.equal(one.dials, dials)
      waitMs = Math.min(waitMs * 2, RELAY_DEFAULTS.redialMaxMs)
    }
    deposit(one, other, 20)
    await until('the dial has failed', () => one.lost.length === 9)
    assert.equal(one.lines.length, 9)
    for (const line of one.lines) assert.match(line, /^node 12D3KooW\w+ cannot be reached: [^:]+$/)
    deposit(other, one, 1)
    await until('it has called', () => one.deposits.length === 1)
    assert.ok(deposit(one, other, 21))
    await until('it is served', () => other.deposits.includes(21))
  })

  it('takes no node for away that has called meanwhile', async () => {
    const a = await startSide()
    const other = await world.listener()
    // It takes our stream and says nothing on it, as one does that is being restarted; then it calls us itself.
    const taken: Stream[] = []
    await other.host.handle(RELAY_PROTOCOL, stream => { taken.push(stream) })
    deposit(a, { entry: { node: other.key, addressHint: undefined } } as Side, 1)
    await until('our stream is there', () => taken.length === 1)
    const peer = new FrameStream(await other.host.dialProtocol(a.host.getMultiaddrs(), RELAY_PROTOCOL), { onFrame: () => {} })
    peer.send(...controlFrame(RelayFrame.encode({ hello: makeHello(NETWORK, 'bb'.repeat(16) as StoreId) })))
    await until('it has called', () => a.links.isLinked(other.key))
    taken[0]?.abort(new Error('the old process is gone'))
    await until('we notice', () => a.streams.length === 1)
    assert.deepEqual([a.links.isLinked(other.key), a.unreachable, a.lost], [true, [], []])
  })

  it('leaves a node of another network alone as one that cannot be reached', async () => {
    const [one, other] = [await startSide(), await startSide({ network: 'elsewhere' })]
    deposit(one, other, 1)
    await until('it is refused', () => one.lost.length === 1)
    assert.equal(deposit(one, other, 2), false)
    assert.deepEqual(other.deposits, [])
    await world.clock.advance(RELAY_DEFAULTS.redialFirstMs)
    deposit(one, other, 3)
    await until('it is refused again', () => one.lost.length === 2)
    await world.clock.advance(RELAY_DEFAULTS.redialFirstMs)
    assert.equal(deposit(one, other, 4), false, 'twice as long')
  })

  it('gives a dial up in time, and holds a bounded queue for it', async () => {
    const [one, other] = [await startSide(), await startSide()]
    await other.host.unhandle(RELAY_PROTOCOL)
    // A host that never answers the protocol negotiation.
    await other.host.stop()
    const silent = new Uint8Array(1024 * 1024)
    const taken = Array.from({ length: 6 }, (_, ticket) => deposit(one, other, ticket, silent))
    assert.deepEqual(taken, [true, true, true, true, false, false])
    await world.clock.advance(RELAY_DEFAULTS.dialTimeoutMs)
    await until('it is given up', () => one.lost.length === 1)
  })

  /** A node that says this Hello, or none, and notes what it is sent. */
  async function startRude (hello: Hello | undefined, onFrame: (frame: Frame, frames: FrameStream) => void = () => {}): Promise<{ entry: RouteEntry, kinds: string[] }> {
    const { host, key } = await world.listener()
    const kinds: string[] = []
    await host.handle(RELAY_PROTOCOL, stream => {
      const frames = new FrameStream(stream, {
        onFrame: bytes => {
          const frame = decodeFrame(bytes)
          kinds.push(frame.kind)
          onFrame(frame, frames)
        }
      })
      if (hello !== undefined) frames.send(...control({ hello }))
    })
    return { entry: { node: key, addressHint: undefined } as RouteEntry, kinds }
  }

  it('deposits nothing before the other node’s Hello, and does not wait for it for ever', async () => {
    const one = await startSide()
    const { entry, kinds } = await startRude(undefined)
    assert.ok(one.links.deposit(entry, 1, 1, 1, ENVELOPE))
    await until('the stream stands', () => kinds.length === 1)
    assert.ok(one.links.deposit(entry, 2, 1, 1, ENVELOPE))
    await world.clock.advance(RELAY_DEFAULTS.dialTimeoutMs)
    await until('it is given up', () => one.lost.length === 1)
    assert.deepEqual(kinds, ['control'])
    assert.equal(one.links.deposit(entry, 3, 1, 1, ENVELOPE), false)
  })

  it('keeps to what the other node’s Hello says that it takes', async () => {
    const one = await startSide()
    const tickets: number[] = []
    const { entry } = await startRude({ ...makeHello(NETWORK), limits: { frameBytes: 500, inFlightDeposits: 2 } }, (frame, frames) => {
      if (frame.kind !== 'deposit') return
      tickets.push(frame.ticket)
      if (frame.ticket === 2) frames.send(...control({ refused: { tickets: [1, 2], refusal: { code: 8, retryAfterSeconds: 1 } } }))
    })
    for (const ticket of [0, 1, 2]) one.links.deposit(entry, ticket, 1, 1, ticket === 0 ? new Uint8Array(500) : ENVELOPE)
    await until('two are there, and the large one is not sent', () => tickets.length === 2 && one.unsent.length === 1)
    assert.deepEqual([tickets, one.unsent], [[1, 2], [0]])
    await until('their answers are here', () => one.links.deposit(entry, 3, 1, 1, ENVELOPE))
    assert.ok(one.links.deposit(entry, 4, 1, 1, ENVELOPE))
    assert.equal(one.links.deposit(entry, 5, 1, 1, ENVELOPE), false)
  })

  it('asks a silent node whether it lives, and gives it up when it does not answer', async () => {
    const one = await startSide()
    let heard = 0
    // The first two are answered, and in between comes what a later version may add.
    const rude = await startRude(makeHello(NETWORK), (frame, frames) => {
      if (frame.kind !== 'control' || RelayFrame.decode(frame.body).ping === undefined || ++heard > 2) return
      frames.send(...controlFrame(Uint8Array.of(0xf8, 0x7f, 1)))
      frames.send(...control({ pong: heard }))
    })
    one.links.deposit(rude.entry, 1, 1, 1, ENVELOPE)
    await until('the stream stands', () => one.streams[0]?.greeted === true)
    for (const pings of [1, 2]) {
      await world.clock.advance(RELAY_DEFAULTS.heartbeatMs)
      await until('it is asked', () => heard === pings)
      await until('its answer is there', () => one.streams[0]?.times.lastHeard === world.clock.now())
    }
    await world.clock.advance(RELAY_DEFAULTS.heartbeatMs + RELAY_DEFAULTS.pongMs + RELAY_DEFAULTS.heartbeatMs)
    assert.equal(one.links.count, 0)
    assert.match(one.lines.join(), /has been silent for too long/)
  })

  it('closes a stream that carried nothing but heartbeats for long, on the side that opened it', async () => {
    const [one, other] = [await startSide(), await startSide()]
    deposit(one, other, 1)
    await until('it is there', () => other.deposits.length === 1)
    for (let ms = 0; ms <= RELAY_DEFAULTS.idleCloseMs && one.links.count > 0; ms += RELAY_DEFAULTS.heartbeatMs) {
      await world.clock.advance(RELAY_DEFAULTS.heartbeatMs)
      await until('both were answered', () => [one, other].every(({ streams: [stream] }) => stream?.times.pingedAt === undefined))
    }
    await until('both have let go', () => one.links.count === 0 && other.links.count === 0)
    assert.deepEqual([one.lines, other.lines], [[], []])
    deposit(one, other, 2)
    await until('it is opened again', () => other.deposits.length === 2)
  })

  it('has room for so many nodes, and for so many streams of each', async () => {
    const [crowded, ...others] = [await startSide({ peersMax: 2 }), await startSide(), await startSide(), await startSide()]
    const [a, b, c] = others as [Side, Side, Side]
    for (const side of [a, b]) deposit(side, crowded, 1)
    await until('two are in', () => crowded.links.count === 2)
    deposit(c, crowded, 1)
    await until('the third is turned away', () => c.lost.length === 1)
    assert.equal(deposit(crowded, c, 1), false)
    // A node that comes again and again loses its oldest stream, never those of others.
    const streams: Stream[] = []
    for (let i = 0; i < 3; i++) {
      streams.push(await a.host.dialProtocol(crowded.host.getMultiaddrs(), RELAY_PROTOCOL).catch(() => streams[0] as Stream))
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    assert.ok(crowded.streams.filter(({ node }) => node === a.key).length <= RELAY_DEFAULTS.streamsPerPeerMax)
    assert.ok(crowded.streams.some(({ node }) => node === b.key))
  })

  it('lets go of the node with which all was quiet for longest when another is to be spoken to, and nobody takes it for lost', async () => {
    const [crowded, a, b, c] = [await startSide({ peersMax: 2 }), await startSide(), await startSide(), await startSide()] as [Side, Side, Side, Side]
    for (const side of [a, b]) crowded.links.say(side.entry, { collect: ENVELOPE })
    await until('two are in', () => crowded.links.count === 2 && a.collections === 1 && b.collections === 1)
    await world.clock.advance(RELAY_DEFAULTS.letGoAfterMs - 1)
    b.links.say(crowded.entry, { collect: ENVELOPE })
    await until('one was used', () => crowded.collections === 1)
    await world.clock.advance(1)
    assert.ok(deposit(crowded, c, 1))
    await until('the third has it', () => c.deposits.length === 1)
    await until('the first was let go', () => a.links.count === 0)
    assert.deepEqual([crowded.links.isLinked(a.key), crowded.links.isLinked(b.key), b.links.count], [false, true, 1])
    assert.deepEqual([crowded.lost, a.lost, b.lost], [[], [], []])

    await world.clock.advance(RELAY_DEFAULTS.letGoAfterMs)
    assert.ok(deposit(a, crowded, 2), 'whoever comes finds room as well')
    await until('it is there', () => crowded.deposits.includes(2))
    assert.ok(crowded.links.count <= 2)
    assert.deepEqual([a.lost, crowded.lost], [[], []])
  })

  it('keeps a node whose answer is waited for, however long', async () => {
    const [crowded, a, b] = [await startSide({ peersMax: 1 }), await startSide(), await startSide()] as [Side, Side, Side]
    deposit(crowded, a, 1)
    await until('it is on its way', () => a.deposits.length === 1)
    await world.clock.advance(2 * RELAY_DEFAULTS.letGoAfterMs)
    assert.equal(deposit(crowded, b, 2), false)
    assert.ok(crowded.links.isLinked(a.key))
  })

  it('takes no more than a stream’s queue holds, until there is room again', async () => {
    const [one, other] = [await startSide(), await startSide()]
    deposit(one, other, 1)
    await until('the stream stands', () => one.streams[0]?.greeted === true)
    const big = new Uint8Array(60_000)
    let taken = 0
    // In one go, so that nothing can leave.
    while (deposit(one, other, 2, big)) taken++
    assert.ok(taken * big.byteLength <= 4 * 1024 * 1024)
    await until('there is room again', () => one.streams[0]?.queuedBytes === 0)
    assert.ok(deposit(one, other, 3))
  })
})

function control (frame: Partial<RelayFrame>): Uint8Array[] { return controlFrame(RelayFrame.encode(frame)) }

/** Ends what ends by itself or by its time. */
async function ending (world: World, ended: Promise<void>): Promise<void> {
  const over = ended.then(() => 'over')
  while (await Promise.race([over, world.clock.advance(RELAY_DEFAULTS.closeMs)]) !== 'over');
}
