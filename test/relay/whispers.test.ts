// Ephemeral words between real relays: shown to who is there, kept by nobody, answered never.
import assert from 'node:assert/strict'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { ENVELOPE_HEADER_BYTES } from '../../src/wire/envelope.ts'
import { controlFrame, decodeFrame } from '../../src/wire/frames.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { RelayFrame, SessionFrame } from '../../src/wire/mail.ts'
import { FrameStream } from '../../src/wire/frame-stream.ts'
import { makeHello } from '../../src/wire/hello.ts'
import { RELAY_PROTOCOL } from '../../src/wire/protocols.ts'
import { until } from '../until.ts'
import { NETWORK, World, type TestDevice, type TestNode, type TestUser } from './world.ts'
import type { Bytes, Envelope } from '../../src/types.ts'

function relayWord (bytes: Bytes): RelayFrame {
  const frame = decodeFrame(bytes)
  return frame.kind === 'control' ? RelayFrame.decode(frame.body) : {}
}

describe('a whisper', () => {
  let world: World
  let nodes: TestNode[]
  let [own, first, second] = [] as unknown as [TestNode, TestNode, TestNode]
  let reader: TestUser
  let alice: TestDevice
  let bob: TestDevice
  let written: number

  /** Alice's node serves her alone; Bob is served by two others, and attached to the second. */
  beforeEach(async () => {
    world = new World()
    written = 0
    const envelopes: NonNullable<Parameters<World['startNode']>[0]>['envelopes'] = store => new Proxy(store, {
      get: (target, name) => {
        if (name === 'append') written++
        const value: unknown = Reflect.get(target, name, target)
        return typeof value === 'function' ? value.bind(target) : value
      }
    })
    nodes = [await world.startNode({ envelopes }), await world.startNode({ envelopes }), await world.startNode({ envelopes })]
    ;[own, first, second] = nodes as [TestNode, TestNode, TestNode]
    const writer = await world.newUser([own])
    reader = await world.newUser([first, second])
    await world.publish(reader, [first, second], { n: 2 })
    alice = await world.attach(writer, own)
    bob = await world.attach(reader, second)
  })
  afterEach(async () => { await world.stop() })

  const word = (number: number, { bodyBytes = 100, lifeSeconds = 30 } = {}): Envelope => world.envelope(reader.mailbox, number, bodyBytes, lifeSeconds)

  /** What was said before it has come by now, if it was to come at all: the way is one of ordered streams. */
  async function isHeard (...expected: Envelope[]): Promise<void> {
    const last = word(0xffff)
    alice.whisper(last)
    await until('the last word', () => bob.whispers.includes(last.id))
    assert.deepEqual(bob.whispers, [...expected, last].map(({ id }) => id))
  }

  it('reaches a device at another node, and nothing of it is kept or answered', async () => {
    const said = [word(1), word(2), word(3, { bodyBytes: LIMITS.whisperBytes - ENVELOPE_HEADER_BYTES })]
    for (const envelope of said) alice.whisper(envelope)
    await isHeard(...said)
    assert.equal(written, 0)
    for (const { envelopes } of nodes) assert.equal(envelopes.usage(reader.mailbox).envelopes, 0)
    assert.deepEqual([alice.accepted, alice.refused, alice.receipts, bob.pushes, bob.said], [[], [], [], [], []])
  })

  it('reaches a device at the writer’s own node', async () => {
    const local = await world.newUser([own])
    await world.publish(local, [own], { n: 1 })
    const device = await world.attach(local, own)
    const said = world.envelope(local.mailbox, 1, 100, 30)
    alice.whisper(said)
    await until('the word', () => device.whispers.length === 1)
    assert.deepEqual(device.whispers, [said.id])
    assert.equal(written, 0)
  })

  it('is dropped without a word when it is too large, too old, too young, malformed or for somebody unknown', async () => {
    alice.whisper(word(1, { bodyBytes: LIMITS.whisperBytes - ENVELOPE_HEADER_BYTES + 1 }))
    alice.whisper(word(2, { lifeSeconds: 0 }))
    alice.whisper(word(3, { lifeSeconds: LIMITS.whisperLifeMs / 1000 + 1 }))
    alice.whisper({ bytes: word(4).bytes.subarray(1) })
    alice.whisper({ bytes: new Uint8Array(0) })
    alice.whisper(world.envelope('ab'.repeat(32) as Envelope['mailbox'], 5, 100, 30))
    await isHeard()
    assert.equal(alice.ended, false)
    assert.deepEqual(nodes.flatMap(({ log }) => log.lines), [])
  })

  it('is dropped beyond the rate of its session, which then recovers', async () => {
    // While the stream to the other node is being opened only so many words wait.
    const before = word(0)
    alice.whisper(before)
    await until('the stream to the other node', () => bob.whispers.length === 1)
    const { burst } = RELAY_DEFAULTS.deviceWhispers
    const said = Array.from({ length: burst + 10 }, (_, n) => word(n + 1))
    for (const envelope of said) alice.whisper(envelope)
    await until('what the rate allows', () => bob.whispers.length === burst)
    await world.clock.advance(1000)
    await isHeard(before, ...said.slice(0, burst - 1))
  })

  describe('of another node', () => {
    let stream: FrameStream
    let pongs: number
    beforeEach(async () => {
      pongs = 0
      const dialer = await world.dialer()
      stream = new FrameStream(await dialer.open(second, RELAY_PROTOCOL), { onFrame: bytes => { if (relayWord(bytes).pong !== undefined) pongs++ } })
      stream.send(...controlFrame(RelayFrame.encode({ hello: makeHello(NETWORK) })))
    })
    const say = (whisper: Envelope['bytes']): void => { stream.send(...controlFrame(RelayFrame.encode({ whisper }))) }

    it('is shown within the rate of a mailbox, and not passed on', async () => {
      const { burst } = RELAY_DEFAULTS.mailboxWhispers
      const other = await world.attach(reader, first)
      for (let n = 0; n < burst + 10; n++) say(word(n).bytes)
      await until('what the rate allows', () => bob.whispers.length === burst)
      say(world.envelope('ab'.repeat(32) as Envelope['mailbox'], 1, 100, 30).bytes)
      say(new Uint8Array(LIMITS.whisperBytes + 1))
      say(Uint8Array.of(1, 2, 3))
      await world.clock.advance(1000)
      say(word(1000).bytes)
      await until('the next', () => bob.whispers.length === burst + 1)
      assert.deepEqual([stream.open, other.whispers], [true, []])
    })

    it('is dropped beyond the rate of its node, which then recovers', async () => {
      const { burst } = RELAY_DEFAULTS.nodeWhispers
      const stranger = world.envelope('ab'.repeat(32) as Envelope['mailbox'], 1, 100, 30).bytes
      for (let n = 0; n < burst; n++) say(stranger)
      say(word(1).bytes)
      stream.send(...controlFrame(RelayFrame.encode({ ping: 1 })))
      await until('all of it was read', () => pongs === 1)
      assert.deepEqual(bob.whispers, [])
      await world.clock.advance(1000)
      say(word(2).bytes)
      await until('the next', () => bob.whispers.length === 1)
      assert.deepEqual(bob.whispers, [word(2).id])
    })

    it('is not shown to a device that the profile does not list any more', async () => {
      const stranger = await world.newUser([second])
      const left = { ...reader, seed: stranger.seed }
      const device = await world.attach(left, second)
      say(word(1).bytes)
      await until('the word', () => bob.whispers.length === 1)
      assert.deepEqual(device.whispers, [])
    })
  })

  it('is left out for a device that reads too slowly', async () => {
    bob.frames.pause()
    const served = bob.served ?? assert.fail()
    for (const bytes of [60_000, 10]) {
      const frame = controlFrame(SessionFrame.encode({ presence: new Uint8Array(bytes) }))
      await until('no room', () => {
        let sent = 0
        while (served.send(...frame)) sent++
        return sent === 0
      })
    }
    const other = await world.attach(reader, second)
    alice.whisper(word(1))
    await until('the word elsewhere', () => other.whispers.length === 1)
    bob.frames.resume()
    await until('room again', () => bob.served?.queuedBytes === 0)
    await isHeard()
  })
})
