import assert from 'node:assert/strict'
import { fromString } from 'uint8arrays/from-string'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { signCommit } from '../../src/relay/receipt.ts'
import { REFUSAL } from '../../src/types.ts'
import { openEnvelope } from '../../src/wire/envelope.ts'
import { controlFrame, decodeFrame, depositFrame, pushFrame } from '../../src/wire/frames.ts'
import { FrameStream } from '../../src/wire/frame-stream.ts'
import { makeHello } from '../../src/wire/hello.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { RelayFrame } from '../../src/wire/mail.ts'
import { RELAY_PROTOCOL } from '../../src/wire/protocols.ts'
import { NETWORK, World, type TestDevice, type TestNode, type TestUser } from './world.ts'
import { until } from '../until.ts'
import type { EnvelopeId, RouteRecord, StoreId } from '../../src/types.ts'
import type { Receipts } from '../../src/wire/mail.ts'

const HELLO = control({ hello: makeHello(NETWORK) })
const STORE_ID = 'aa'.repeat(16) as StoreId

describe('a rude peer of the relay', () => {
  let world: World
  let node: TestNode
  beforeEach(async () => {
    world = new World()
    node = await world.startNode()
  })
  afterEach(async () => { await world.stop() })

  for (const [what, frames] of Object.entries({
    'begins without a Hello': [control({ ping: 1 })],
    'deposits before its Hello': [depositFrame(1, 1, 1, new Uint8Array(100))],
    'says Hello twice': [HELLO, HELLO],
    'pushes to a node': [HELLO, pushFrame(1, new Uint8Array(100))],
    'sends a frame of unknown kind': [HELLO, [Uint8Array.of(77)]],
    'sends no protobuf': [HELLO, [Uint8Array.of(0, 0xff, 0xff, 0xff)]],
    'cuts a deposit short': [HELLO, [Uint8Array.of(1, 0, 0)]],
    'names tickets beyond number': [HELLO, control({ refused: { tickets: Array(LIMITS.inFlightDeposits + 1).fill(1), refusal: { code: 8, retryAfterSeconds: 0 } } })],
    'sends a collection that is none': [HELLO, control({ collect: new Uint8Array(500) })],
    'sends a record that is none': [HELLO, control({ moved: new Uint8Array(500) })],
    'sends receipts in another’s name': [HELLO, control({ receipts: receiptsFrame({ node: new Uint8Array(32) }) })]
  })) {
    it(`loses its stream when it ${what}, and the node says so in one line`, async () => {
      const stream = await open()
      const peer = new FrameStream(stream, { onFrame: () => {} })
      for (const frame of frames) peer.send(...frame)
      await until('the stream is gone', () => stream.status !== 'open')
      await until('it is told', () => node.log.lines.length > 0)
      assert.equal(node.log.lines.length, 1, node.log.lines.join('\n'))
      assert.match(node.log.lines[0] ?? '', /^a relay stream with .* ended: /)
      assert.equal(node.relay.status().nodes, 0)
    })
  }

  it('loses its stream when it announces a frame over the limit', async () => {
    const stream = await open()
    stream.send(Uint8Array.of(0xff, 0xff, 0xff, 0x7f))
    await until('the stream is gone', () => stream.status !== 'open')
    await until('it is told', () => node.log.lines.length === 1)
  })

  it('is refused with a reason when it belongs to another network', async () => {
    const stream = await open()
    const heard: RelayFrame[] = []
    const peer = new FrameStream(stream, { onFrame: bytes => { heard.push(relayFrame(bytes)) } })
    peer.send(...control({ hello: makeHello('elsewhere') }))
    peer.send(...depositFrame(1, 1, 1, new Uint8Array(100)))
    await until('the stream is gone', () => stream.status !== 'open')
    assert.deepEqual(heard.map(({ refused }) => refused?.refusal?.code), [undefined, REFUSAL.wrongNetwork])
  })

  it('is answered nothing but pongs for pings, and receipts that are too late are not held against it', async () => {
    const stream = await open()
    const heard: RelayFrame[] = []
    const peer = new FrameStream(stream, { onFrame: bytes => { heard.push(relayFrame(bytes)) } })
    peer.send(...HELLO)
    peer.send(...control({ receipts: receiptsFrame({ node: stream.log === undefined ? new Uint8Array(0) : dialerKey }) }))
    peer.send(...control({ pong: 3 }))
    peer.send(...control({ ping: 12 }))
    await until('it is answered', () => heard.length === 2)
    assert.equal(heard[1]?.pong, 12)
    assert.match(node.log.lines.join(), /came too late/)
    assert.equal(stream.status, 'open')
  })

  it('reads nothing: what waits for it stays under the limit, it is read no further, and is cut off in the end', async () => {
    const bob = await world.newUser([node])
    const route = await world.publish(bob, [node], { n: 1 })
    const stream = await open()
    const peer = new FrameStream(stream, { onFrame: () => { peer.pause() } })
    peer.send(...HELLO)
    // Each is answered by the newer record: 93 bytes bring some 600.
    const stale = depositFrame(1, 0, 0, world.envelope(bob.mailbox, 1, 17).bytes)
    let [worst, turns] = [0, 0]
    for (; peer.send(...stale) && turns < 100_000; turns++) {
      if (turns % 2 === 0) await new Promise(resolve => setImmediate(resolve))
      if (turns % 100 === 0) worst = Math.max(worst, node.relay.status().queuedBytes)
    }
    assert.ok(turns < 100_000, 'the node went on reading')
    assert.ok(worst > LIMITS.streamQueueBytes / 2 && worst <= LIMITS.streamQueueBytes, `${worst} bytes wait`)
    const device = await world.attach(await world.newUser([node]), node)
    device.deposit(1, route, world.envelope(bob.mailbox, 1))
    await until('others are served', () => device.storedBy(node).length === 1)
    await world.clock.advance(RELAY_DEFAULTS.answersStallMs + 2 * RELAY_DEFAULTS.answersRetryMs)
    await until('it is cut off', () => node.relay.status().nodes === 0)
    assert.match(node.log.lines.join('\n'), /^a relay stream with .* ended: the peer reads too slowly/)
  }).timeout(30_000)

  let dialerKey: Uint8Array<ArrayBuffer>
  async function open (): ReturnType<Awaited<ReturnType<World['dialer']>>['open']> {
    const dialer = await world.dialer()
    dialerKey = dialer.host.peerId.publicKey?.raw as Uint8Array<ArrayBuffer>
    return await dialer.open(node, RELAY_PROTOCOL)
  }
})

describe('a replica that lies', () => {
  let world: World
  let home: TestNode
  let honest: TestNode
  let liar: TestNode
  let device: TestDevice
  let bob: TestUser
  let route: RouteRecord
  beforeEach(async () => {
    world = new World()
    ;[home, honest, liar] = await world.startNodes(3) as [TestNode, TestNode, TestNode]
    const alice = await world.newUser([home])
    bob = await world.newUser([honest, liar])
    route = await world.publish(bob, [liar, honest], { n: 1 })
    device = await world.attach(alice, home)
  })
  afterEach(async () => { await world.stop() })

  /** Replaces the liar's relay by one that answers each deposit like this. */
  async function answers (lie: (ticket: number, id: EnvelopeId) => Promise<Uint8Array[][]>): Promise<void> {
    await liar.relay.stop()
    await liar.host.handle(RELAY_PROTOCOL, stream => {
      const frames = new FrameStream(stream, {
        onFrame: bytes => {
          const frame = decodeFrame(bytes)
          if (frame.kind !== 'deposit') return
          void lie(frame.ticket, openEnvelope(frame.envelope, crypto).id).then(answer => { for (const parts of answer) frames.send(...parts) })
        }
      })
      frames.send(...HELLO)
    })
  }

  async function signed (ticket: number, id: EnvelopeId, change: Partial<Receipts> = {}): Promise<Uint8Array[][]> {
    const run = await signCommit({ time: world.clock.now(), leaves: [id] }, { storeId: STORE_ID, key: liar.key, crypto })
    return [control({ receipts: { ...run.frame(0, [ticket]), ...change } })]
  }

  it('is believed as long as its signatures are good', async () => {
    await answers(signed)
    device.deposit(1, route, world.envelope(bob.mailbox, 1))
    await until('its receipt is there', () => device.storedBy(liar).length === 1)
  })

  for (const [what, lie] of Object.entries<(ticket: number, id: EnvelopeId) => Promise<Uint8Array[][]>>({
    'signs nothing': async (ticket, id) => await signed(ticket, id, { signature: new Uint8Array(64) }),
    'signs another envelope': async ticket => await signed(ticket, 'cd'.repeat(32) as EnvelopeId),
    'answers with a proof that fits no tree': async (ticket, id) => await signed(ticket, id, { leafCount: 9, proof: [new Uint8Array(32)] }),
    'says that the user has moved, without a record': async ticket => [control({ refused: { tickets: [ticket], refusal: { code: REFUSAL.moved, retryAfterSeconds: 0 } } })],
    'says that the user has moved, with the record that we have': async ticket => [control({ moved: route.bytes }), control({ refused: { tickets: [ticket], refusal: { code: REFUSAL.moved, retryAfterSeconds: 0 } } })],
    'says that the user has moved, with a forged record': async () => [control({ moved: route.bytes.map((byte, index) => index === 60 ? byte ^ 1 : byte) })],
    'ends the stream': async () => [[Uint8Array.of(99)]]
  })) {
    it(`is passed over when it ${what}`, async () => {
      await answers(lie)
      device.deposit(1, route, world.envelope(bob.mailbox, 1))
      await until('the honest node has it', () => device.storedBy(honest).length === 1)
      assert.deepEqual([device.storedBy(liar), device.refused, device.routes], [[], [], []])
    })
  }

  it('answers for no other node, and no ticket twice', async () => {
    await answers(async (ticket, id) => [...await signed(ticket, id), ...await signed(ticket, id), ...await signed(ticket + 1, id), ...await signed(ticket - 1, id)])
    route = await world.publish(bob, [liar, honest], { n: 2, seq: 1 })
    device.deposit(1, route, world.envelope(bob.mailbox, 1))
    device.deposit(2, route, world.envelope(bob.mailbox, 2))
    await until('both are at two nodes', () => device.receipts.flatMap(({ tickets }) => tickets).length === 4)
    assert.deepEqual([device.storedBy(liar).toSorted(), device.storedBy(honest)], [[1, 2], [1, 2]])
  })
})

function control (frame: Partial<RelayFrame>): Uint8Array[] { return controlFrame(RelayFrame.encode(frame)) }

function relayFrame (bytes: Uint8Array<ArrayBuffer>): RelayFrame {
  const frame = decodeFrame(bytes)
  assert.equal(frame.kind, 'control')
  return RelayFrame.decode(frame.kind === 'control' ? frame.body : new Uint8Array(0))
}

function receiptsFrame (change: Partial<Receipts>): Receipts {
  return { node: new Uint8Array(0), storeId: fromString(STORE_ID, 'base16'), time: 1n, leafCount: 1, firstLeaf: 0, tickets: [4], proof: [], signature: new Uint8Array(64), ...change }
}
