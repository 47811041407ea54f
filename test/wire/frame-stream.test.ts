// A stream as frames: whatever comes in whatever pieces, whatever the peer does not read.
import assert from 'node:assert/strict'
import { setImmediate as tick } from 'node:timers/promises'
import fc from 'fast-check'
import { concat } from 'uint8arrays/concat'
import * as varint from 'uint8-varint'
import { FrameStream, type FrameStreamInit } from '../../src/wire/frame-stream.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { LooseEnd } from './loose-end.ts'
import type { Bytes } from '../../src/types.ts'

const MIB = 1024 * 1024

describe('FrameStream, receiving', () => {
  it('finds the frames again however they were cut', () => {
    const frame = fc.uint8Array({ minLength: 1, maxLength: 300 })
    fc.assert(fc.property(fc.array(frame, { maxLength: 12 }), fc.array(fc.nat({ max: 400 }), { maxLength: 40 }), (sent, cuts) => {
      const { end, frames } = open()
      let rest = joined(sent)
      for (const cut of cuts) {
        end.onData(rest.slice(0, cut))
        rest = rest.slice(cut)
      }
      end.onData(rest)
      assert.deepEqual(frames, sent)
    }))
  })

  it('finds them at every byte boundary', () => {
    const sent = [bytesOf(1), bytesOf(127), bytesOf(128), bytesOf(16_384)]
    const all = joined(sent)
    for (const cut of [0, 1, 2, 3, 129, 130, 131, 132, 260, 261, 262, 263, 264, 265, all.byteLength - 1]) {
      const { end, frames } = open()
      end.onData(all.slice(0, cut))
      end.onData(all.slice(cut))
      assert.deepEqual(frames, sent, `cut at ${cut}`)
    }
    const { end, frames } = open()
    for (let at = 0; at < all.byteLength; at++) end.onData(all.slice(at, at + 1))
    assert.deepEqual(frames, sent, 'byte by byte')
  })

  it('hands over views that stay valid', () => {
    const { end, frames } = open()
    end.onData(joined([bytesOf(9), bytesOf(8)]))
    const [first] = frames
    end.onData(joined([bytesOf(7)]))
    assert.deepEqual(first, bytesOf(9))
  })

  it('takes the largest frame, and refuses a larger one by its length alone', () => {
    const largest = open()
    largest.end.onData(joined([bytesOf(LIMITS.frameBytes)]))
    assert.equal(largest.frames[0]?.byteLength, LIMITS.frameBytes)

    const larger = open()
    larger.end.onData(varint.encode(LIMITS.frameBytes + 1))
    assert.equal(larger.ends[0]?.name, 'TooLargeError')
    assert.equal(larger.end.status, 'aborted')
  })

  it('refuses an empty frame and every prefix that is not the shortest', () => {
    for (const prefix of [[0], [0x80, 0], [0x81, 0], [0xff, 0x80, 0], [0xff, 0xff, 0xff, 0x80], [0xff, 0xff, 0xff, 0xff, 1]]) {
      const { end, ends, frames } = open()
      end.onData(Uint8Array.from([...prefix, 1, 1, 1]))
      assert.equal(ends[0]?.name, 'MalformedError', prefix.join(' '))
      assert.deepEqual(frames, [])
    }
  })

  it('ends by name, or not at all, whatever comes', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), chunks => {
      const { end, ends } = open()
      for (const chunk of chunks) end.onData(chunk)
      assert.ok(ends.length <= 1)
      for (const error of ends) assert.ok(['MalformedError', 'TooLargeError'].includes(error?.name ?? ''), error?.name)
    }))
  })

  it('ends when a frame cannot be dealt with, and hands over nothing behind it', () => {
    const { end, ends, frames } = open({ onFrame: () => { if (frames.length === 2) throw new Error('cannot be read') } })
    end.onData(joined([bytesOf(1), bytesOf(2), bytesOf(3), bytesOf(4)]))
    assert.equal(frames.length, 2)
    assert.deepEqual(ends.map(error => error?.message), ['cannot be read'])
    assert.equal(end.status, 'aborted')
    end.onData(joined([bytesOf(5)]))
    assert.equal(frames.length, 2)
  })

  it('hands over nothing after its owner ended it', () => {
    const { end, stream, ends, frames } = open({ onFrame: () => { if (frames.length === 1) stream.abort(new Error('enough')) } })
    end.onData(joined([bytesOf(1), bytesOf(2)]))
    assert.equal(frames.length, 1)
    assert.deepEqual(ends.map(error => error?.message), ['enough'])
  })
})

describe('FrameStream, paused', () => {
  it('hands over no frame more, not even of what came in one piece', async () => {
    const { end, stream, frames } = open({ onFrame: () => { stream.pause() } })
    const sent = [bytesOf(1), bytesOf(2), bytesOf(3), bytesOf(4)]
    end.onData(joined(sent.slice(0, 3)))
    await tick()
    assert.equal(end.readStatus, 'paused')
    end.onData(joined(sent.slice(3)))
    for (let count = 1; count <= sent.length; count++) {
      await tick()
      assert.deepEqual(frames, sent.slice(0, count))
      stream.resume()
    }
    assert.deepEqual(frames, sent)
  })

  it('goes on in order when it is resumed in the midst of a frame', () => {
    const { end, stream, frames } = open({
      onFrame: () => {
        stream.pause()
        stream.resume()
      }
    })
    const sent = [bytesOf(1), bytesOf(2), bytesOf(3)]
    end.onData(joined(sent))
    assert.deepEqual(frames, sent)
    assert.equal(end.readStatus, 'readable')
  })

  it('reads on when it was resumed at once', async () => {
    const { end, stream, frames } = open()
    stream.pause()
    stream.resume()
    await tick()
    end.onData(joined([bytesOf(1)]))
    assert.equal(frames.length, 1)
  })

  it('hears the rest of a peer that has said all before it ends', async () => {
    const { end, stream, ends, frames } = open()
    stream.pause()
    await tick()
    const sent = [bytesOf(1), bytesOf(2)]
    end.onData(joined(sent))
    end.onRemoteCloseWrite()
    await tick()
    assert.deepEqual([frames.length, ends.length], [0, 0])
    assert.ok(stream.send(bytesOf(3)), 'it can still be answered')
    stream.resume()
    await tick()
    assert.deepEqual(frames, sent)
    assert.deepEqual(end.writes, [joined([bytesOf(3)])])
    assert.deepEqual(ends, [undefined])
    assert.equal(end.closedWrite, true)
  })

  it('hands over nothing after a reset, also when bytes were waiting', async () => {
    const { end, stream, ends, frames } = open()
    stream.pause()
    await tick()
    end.onData(joined([bytesOf(1)]))
    end.onRemoteReset()
    assert.equal(ends.length, 1)
    stream.resume()
    await tick()
    assert.deepEqual([frames.length, ends.length], [0, 1])
  })

  it('holds a bounded number of bytes for the pause to take effect', () => {
    const { end, stream, ends } = open()
    stream.pause()
    for (let mib = 0; mib < 5; mib++) end.onData(new Uint8Array(MIB))
    assert.equal(ends.length, 0)
    end.onData(new Uint8Array(1))
    assert.equal(ends[0]?.name, 'TooLargeError')
  })
})

describe('FrameStream, sending', () => {
  it('sends what is given in one tick as one write', async () => {
    const { end, stream } = open()
    const sent = Array.from({ length: 1000 }, (_, at) => bytesOf(at % 200 + 1))
    for (const frame of sent) assert.ok(stream.send(frame.subarray(0, 1), frame.subarray(1)))
    assert.equal(end.writes.length, 0)
    await tick()
    assert.deepEqual(end.writes, [joined(sent)])
  })

  it('is read as it was sent', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { minLength: 1, maxLength: 3 }), { maxLength: 10 }), async sent => {
      const { end, stream } = open()
      const reader = open()
      for (const parts of sent) stream.send(...parts)
      await tick()
      for (const bytes of end.writes) reader.end.onData(bytes)
      assert.deepEqual(reader.frames, sent.map(parts => concat(parts)))
    }), { numRuns: 50 })
  })

  it('says false when its queue is full, queues nothing more, and tells of room once', async () => {
    let room = 0
    const { end, stream } = open({ queueBytesMax: 1000, onRoom: () => { room++ } })
    await fill(end, stream)
    for (let count = 0; count < 9; count++) assert.ok(stream.send(bytesOf(100)))
    assert.equal(stream.queuedBytes, 9 * 101)
    assert.equal(stream.send(bytesOf(100)), false)
    assert.equal(stream.send(bytesOf(2000)), false)
    assert.ok(stream.send(bytesOf(50)), 'a smaller one fits')
    await tick()
    assert.deepEqual([end.writes.length, room], [1, 0])
    end.drain()
    assert.equal(stream.queuedBytes, 0)
    assert.deepEqual([end.writes.length, room], [2, 1])
    assert.equal(end.writes[1]?.byteLength, 9 * 101 + 51)
    stream.send(bytesOf(1))
    await tick()
    assert.equal(room, 1)
  })

  it('counts what libp2p has not got rid of', async () => {
    const { end, stream } = open({ queueBytesMax: 300 })
    end.sendData = data => ({ sentBytes: 0 * data.byteLength, canSendMore: false })
    stream.send(bytesOf(199))
    await tick()
    assert.equal(stream.queuedBytes, 201)
    assert.equal(stream.send(bytesOf(100)), false)
  })

  it('cuts a peer off that leaves no room for what must be said', async () => {
    const { end, stream, ends } = open({ queueBytesMax: 100 })
    await fill(end, stream)
    stream.sendOrAbort(bytesOf(60))
    assert.equal(ends.length, 0)
    stream.sendOrAbort(bytesOf(60))
    assert.equal(ends[0]?.name, 'TooLargeError')
    stream.sendOrAbort(bytesOf(1))
    assert.equal(ends.length, 1)
  })

  it('sends what is queued before it closes, also when there was no room', async () => {
    const { end, stream, ends } = open()
    await fill(end, stream)
    stream.send(bytesOf(10))
    const closed = stream.close()
    assert.equal(stream.send(bytesOf(11)), false)
    assert.equal(end.closedWrite, false)
    end.drain()
    await closed
    assert.deepEqual(end.writes.slice(1), [joined([bytesOf(10)])])
    assert.equal(end.closedWrite, true)
    assert.deepEqual(ends, [], 'the peer may still talk')
    end.onRemoteCloseWrite()
    assert.deepEqual(ends, [undefined])
  })

  it('answers a peer that has said all, then ends', async () => {
    const { end, stream, ends, frames } = open({ onFrame: frame => { stream.send(frame) } })
    end.onData(joined([bytesOf(4)]))
    end.onRemoteCloseWrite()
    await tick()
    assert.equal(frames.length, 1)
    assert.deepEqual(end.writes, [joined([bytesOf(4)])])
    assert.deepEqual([end.closedWrite, ends], [true, [undefined]])
  })

  it('sends nothing after its end, and ends once', async () => {
    const { end, stream, ends } = open()
    stream.send(bytesOf(1))
    end.onRemoteReset()
    assert.equal(stream.open, false)
    assert.equal(stream.send(bytesOf(2)), false)
    stream.sendOrAbort(bytesOf(3))
    stream.abort(new Error('late'))
    await stream.close()
    await tick()
    assert.deepEqual(end.writes, [])
    assert.equal(stream.queuedBytes, 0)
    assert.deepEqual(ends.map(error => error?.name), ['StreamResetError'])
  })

  it('ends when libp2p cannot send', async () => {
    const { end, stream, ends } = open()
    end.sendData = () => { throw new Error('the cable is cut') }
    stream.send(bytesOf(1))
    await tick()
    assert.deepEqual(ends.map(error => error?.message), ['the cable is cut'])
  })
})

describe('FrameStream, over a stream that has ended before anybody listened', () => {
  const late = async (ending: (end: LooseEnd) => void): Promise<Pick<Opened, 'frames' | 'ends'> & { open: boolean }> => {
    const end = new LooseEnd()
    end.onData(joined([bytesOf(4)]))
    ending(end)
    const { stream, frames, ends } = open({}, end)
    assert.deepEqual(ends, [], 'its owner has it first')
    await tick()
    return { frames, ends, open: stream.open }
  }

  it('ends all the same', async () => {
    const { ends, open } = await late(end => { end.onRemoteReset() })
    assert.deepEqual([ends.map(error => error?.name), open], [['ConnectionLostError'], false])
    assert.deepEqual((await late(end => { end.abort(new Error('cut')) })).ends.map(error => error?.name), ['ConnectionLostError'])
  })

  it('hands over what came before the end', async () => {
    const { frames, ends } = await late(end => { end.onTransportClosed() })
    assert.deepEqual([frames.length, ends], [1, [undefined]])
  })

  it('answers a peer that had said all', async () => {
    const { frames, ends } = await late(end => { end.onRemoteCloseWrite() })
    assert.deepEqual([frames.length, ends], [1, [undefined]])
  })
})

interface Opened { end: LooseEnd, stream: FrameStream, frames: Bytes[], ends: Array<Error | undefined> }

function open (init: Partial<FrameStreamInit> = {}, end = new LooseEnd()): Opened {
  const frames: Bytes[] = []
  const ends: Array<Error | undefined> = []
  const stream = new FrameStream(end, {
    ...init,
    onFrame: frame => {
      frames.push(frame)
      init.onFrame?.(frame)
    },
    onEnd: error => { ends.push(error) }
  })
  return { end, stream, frames, ends }
}

/** Uses the window up with one byte. */
async function fill (end: LooseEnd, stream: FrameStream): Promise<void> {
  end.full = true
  stream.send(bytesOf(1))
  await tick()
  assert.equal(end.writableNeedsDrain, true)
}

function joined (frames: Uint8Array[]): Uint8Array {
  return concat(frames.flatMap(frame => [varint.encode(frame.byteLength), frame]))
}

function bytesOf (length: number): Uint8Array {
  return new Uint8Array(length).fill(length % 251 + 1)
}
