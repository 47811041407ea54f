import assert from 'node:assert/strict'
import { nodeCrypto as crypto } from '../../../src/node/crypto.ts'
import { encodeDigest } from '../../../src/relay/reconcile/wire.ts'
import { REFUSAL } from '../../../src/types.ts'
import { controlFrame, decodeFrame, pushFrame } from '../../../src/wire/frames.ts'
import { FrameStream } from '../../../src/wire/frame-stream.ts'
import { makeHello } from '../../../src/wire/hello.ts'
import { fromHex } from '../../../src/wire/hex.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { RelayFrame, SyncFrame, type Digest } from '../../../src/wire/mail.ts'
import { RELAY_PROTOCOL, SYNC_PROTOCOL } from '../../../src/wire/protocols.ts'
import { NETWORK, World, type TestNode, type TestUser } from '../world.ts'
import { until } from '../../until.ts'
import type { Envelope, RouteRecord } from '../../../src/types.ts'
import type { Stream } from '@libp2p/interface'

const MINUTE = 60_000

describe('reconciliation with a rude node', () => {
  let world: World
  let node: TestNode
  let rude: TestNode
  let bob: TestUser
  let route: RouteRecord
  let heard: SyncFrame[]
  beforeEach(async () => {
    world = new World()
    ;[node, rude] = await world.startNodes(2) as [TestNode, TestNode]
    bob = await world.newUser([node])
    route = await world.publish(bob, [node, rude], { n: 2, knownTo: [node] })
    await rude.relay.stop()
    heard = []
  })
  afterEach(async () => { await world.stop() })

  const digest = (change: Partial<Digest> = {}): Digest => ({
    ...encodeDigest({ mailbox: bob.mailbox, envelopes: 7, fingerprint: 'ab'.repeat(16), route: route.order, profile: bob.profile.order }),
    ...change
  })

  /** Opens a relay stream to the node and says these. */
  async function say (...frames: Array<Partial<RelayFrame>>): Promise<Stream> {
    const stream = await rude.host.dialProtocol(node.host.getMultiaddrs(), RELAY_PROTOCOL)
    const peer = new FrameStream(stream, { onFrame: () => {} })
    for (const frame of [{ hello: makeHello(NETWORK) }, ...frames]) peer.send(...controlFrame(RelayFrame.encode(frame)))
    return stream
  }

  /** Answers every pull of the node with these. */
  async function answer (answers: (asked: SyncFrame) => Uint8Array[][]): Promise<void> {
    await rude.host.handle(SYNC_PROTOCOL, stream => {
      const peer = new FrameStream(stream, {
        onFrame: bytes => {
          const frame = decodeFrame(bytes)
          const asked = frame.kind === 'control' ? SyncFrame.decode(frame.body) : {}
          heard.push(asked)
          if (asked.hello === undefined) for (const parts of answers(asked)) peer.send(...parts)
        }
      })
      peer.send(...control({ hello: makeHello(NETWORK) }))
    })
  }

  for (const [what, change] of Object.entries<Partial<Digest>>({
    'of half a mailbox': { mailbox: new Uint8Array(16) },
    'with a short fingerprint': { fingerprint: new Uint8Array(3) },
    'with an order beyond all numbers': { routeSeq: 2n ** 60n }
  })) {
    it(`loses its relay stream for a digest ${what}`, async () => {
      const stream = await say({ digests: { digests: [digest(), digest(change)], readOnly: false } })
      await until('the stream is gone', () => stream.status !== 'open')
    })
  }

  it('loses its relay stream for more digests than a frame may have', async () => {
    const stream = await say({ digests: { digests: Array<Digest>(LIMITS.digests + 1).fill(digest({ fingerprint: new Uint8Array(16) })), readOnly: false } })
    await until('the stream is gone', () => stream.status !== 'open')
  })

  for (const [what, lie] of Object.entries<(own: Envelope, foreign: Envelope) => Uint8Array[][]>({
    'ids out of order': () => [control({ ids: { ids: new Uint8Array(64), more: false } })],
    'half an id': () => [control({ ids: { ids: new Uint8Array(33), more: false } })],
    'an envelope that was not asked for': own => [pushFrame(0, own.bytes)],
    'another mailbox’s envelope': (own, foreign) => [control({ ids: { ids: fromHex(own.id), more: false } }), pushFrame(0, foreign.bytes)],
    'bytes that are no envelope': () => [pushFrame(0, new Uint8Array(100))],
    'a forged collection': () => [control({ collections: { collections: [new Uint8Array(400)] } })],
    'a forged record': () => [control({ route: route.bytes.map((byte, at) => at === 60 ? byte ^ 1 : byte) })],
    'a page of a drain': () => [control({ page: { storeId: new Uint8Array(16), position: 1n } })],
    nothing: () => []
  })) {
    it(`gets nothing in by answering a pull with ${what}`, async () => {
      const [kept] = [world.envelope(bob.mailbox, 1)]
      await node.envelopes.append([kept])
      const carol = await world.newUser([node])
      const [own, foreign] = [world.envelope(bob.mailbox, 2), world.envelope(carol.mailbox, 3)]
      await answer(() => lie(own, foreign))
      await say({ digests: { digests: [digest()], readOnly: false } })
      await world.passes(MINUTE, 'the pull is given up', () => heard.some(({ pull }) => pull !== undefined) && node.relay.status().pulls === 0)
      await until('it is told', () => node.log.lines.some(line => /a pull from .* ended/.test(line)))
      assert.deepEqual([node.envelopes.usage(bob.mailbox).envelopes, node.envelopes.usage(carol.mailbox).envelopes], [1, 0])
    })
  }

  it('cannot make the node serve somebody whom it never promised to', async () => {
    const stranger = await world.newUser([])
    const strangers = await world.publish(stranger, [rude], { n: 1, knownTo: [] })
    await answer(({ pull }) => pull === undefined ? [] : [control({ route: strangers.bytes }), control({ profile: stranger.profile.bytes }), control({ ids: { ids: new Uint8Array(32), more: false } })])
    await say({ digests: { digests: [digest({ mailbox: fromHex(stranger.mailbox) })], readOnly: false } })
    await world.passes(MINUTE, 'the pull is over', () => heard.some(({ pull }) => pull !== undefined) && node.relay.status().pulls === 0)
    assert.equal(node.users.devices(stranger.mailbox), undefined)
  })

  it('is told nothing of mailboxes whose record does not list it, and of none that are not there', async () => {
    await node.envelopes.append([world.envelope(bob.mailbox, 1)])
    const outsider = await world.dialer()
    const pull = { mailbox: fromHex(bob.mailbox), route: new Uint8Array(0), profile: new Uint8Array(0), routeEpoch: route.order.epoch, routeSeq: BigInt(route.order.seq), profileEpoch: 0, profileSeq: 0n }
    const answers: SyncFrame[] = []
    const peer = new FrameStream(await outsider.open(node, SYNC_PROTOCOL), {
      onFrame: bytes => {
        const frame = decodeFrame(bytes)
        if (frame.kind === 'control') answers.push(SyncFrame.decode(frame.body))
      }
    })
    for (const frame of [{ hello: makeHello(NETWORK) }, { pull }, { pull: { ...pull, routeSeq: 1n } }, { pull: { ...pull, mailbox: crypto.sha256() } }]) peer.send(...control(frame))
    await until('all are answered', () => answers.length === 5)
    assert.deepEqual(answers.slice(1).map(({ refusal, route: told }) => told === undefined ? refusal?.code : 'route'), [REFUSAL.notServed, 'route', REFUSAL.moved, REFUSAL.notServed])
    peer.send(...control({ want: { ids: new Uint8Array(32) } }))
    await until('the stream is gone', () => peer.stream.status !== 'open')
  })
}).timeout(60_000)

function control (frame: Partial<SyncFrame>): Uint8Array[] { return controlFrame(SyncFrame.encode(frame)) }
