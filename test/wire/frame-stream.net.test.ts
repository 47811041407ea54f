// Frames between two hosts over noise and yamux: what holds a fast peer back, and what one bad stream costs the others.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setImmediate as tick } from 'node:timers/promises'
import { noise } from '@chainsafe/libp2p-noise'
import { memory } from '@libp2p/memory'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import { FrameStream } from '../../src/wire/frame-stream.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import type { Connection, Stream } from '@libp2p/interface'

const PROTOCOL = '/frames/1'
const QUIET_TICKS = 200
const FRAME = new Uint8Array(LIMITS.frameBytes).fill(7)

describe('FrameStream between two hosts', () => {
  let hosts: Libp2p[]
  let connection: Connection
  let accept: (stream: Stream) => void

  before(async () => {
    hosts = await Promise.all([[], ['/memory/frame-stream']].map(async listen => await createLibp2p({
      addresses: { listen },
      transports: [memory()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionMonitor: { enabled: false }
    })))
    await hosts[1]?.handle(PROTOCOL, stream => { accept(stream) })
    connection = await hosts[0]!.dial(hosts[1]!.getMultiaddrs())
  })

  after(async () => { await Promise.all(hosts.map(async host => { await host.stop() })) })

  it('holds a peer back that is not read, within the bound of its queue, and loses nothing', async () => {
    const { near, far, frames, room } = await open()
    far.pause()
    let sent = 0
    for (let quiet = 0; quiet < QUIET_TICKS; quiet++) {
      while (near.send(FRAME)) {
        sent++
        quiet = 0
      }
      assert.ok(near.queuedBytes <= LIMITS.streamQueueBytes)
      await tick()
    }
    assert.ok(sent * FRAME.byteLength > LIMITS.streamQueueBytes, 'queue and window are full')
    assert.ok(sent * FRAME.byteLength < 4 * LIMITS.streamQueueBytes, 'and no more than these')
    assert.deepEqual(frames.lengths, [])
    const roomBefore = room()
    far.resume()
    await frames.count(sent)
    assert.deepEqual(frames.lengths, Array.from({ length: sent }, () => FRAME.byteLength))
    assert.equal(room(), roomBefore + 1)
    near.abort(new Error('done'))
  })

  it('carries every frame of a side that says all and closes at once', async () => {
    const { near, frames, ended } = await open()
    for (let count = 0; count < 50; count++) assert.ok(near.send(FRAME))
    await near.close()
    assert.equal(await ended, undefined)
    assert.equal(frames.lengths.length, 50)
  })

  it('ends the stream whose frame cannot be dealt with, and no other', async () => {
    const good = await open()
    const bad = await open(() => { throw new Error('a frame that nobody understands') })
    bad.near.send(Uint8Array.of(1))
    assert.equal((await bad.ended)?.message, 'a frame that nobody understands')
    assert.equal((await bad.nearEnded)?.name, 'StreamResetError')
    assert.equal(connection.status, 'open')
    good.near.send(Uint8Array.of(1))
    await good.frames.count(1)
    good.near.abort(new Error('done'))
  })

  /** near sends, far receives. */
  async function open (onFrame: () => void = () => {}): Promise<{ near: FrameStream, far: FrameStream, frames: Received, room: () => number, ended: Promise<Error | undefined>, nearEnded: Promise<Error | undefined> }> {
    const accepted = Promise.withResolvers<Stream>()
    const ended = Promise.withResolvers<Error | undefined>()
    const nearEnded = Promise.withResolvers<Error | undefined>()
    accept = accepted.resolve
    let room = 0
    const near = new FrameStream(await connection.newStream(PROTOCOL), { onFrame: () => {}, onRoom: () => { room++ }, onEnd: nearEnded.resolve })
    const frames = new Received()
    const far = new FrameStream(await accepted.promise, {
      onFrame: frame => {
        onFrame()
        frames.add(frame.byteLength)
      },
      onEnd: ended.resolve
    })
    return { near, far, frames, room: () => room, ended: ended.promise, nearEnded: nearEnded.promise }
  }
})

/** Frames by their lengths, in order. */
class Received {
  readonly lengths: number[] = []
  readonly #arrival = new EventTarget()

  add (length: number): void {
    this.lengths.push(length)
    this.#arrival.dispatchEvent(new Event('frame'))
  }

  async count (count: number): Promise<void> {
    while (this.lengths.length < count) await once(this.#arrival, 'frame')
  }
}
