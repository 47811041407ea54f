// Cutting and gathering by themselves: whatever was gathered is cut out again, however much came before anybody asked.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { FrameCutter, FrameGatherer } from '../../src/wire/frame-pieces.ts'
import { LIMITS } from '../../src/wire/limits.ts'

const frames = fc.array(fc.integer({ min: 1, max: 40_000 }).map(length => new Uint8Array(length).map((_, at) => at + length)), { minLength: 1, maxLength: 60 })

function gather (frames: Uint8Array[], parts: number): Uint8Array {
  const gatherer = new FrameGatherer()
  for (const frame of frames) {
    const size = Math.ceil(frame.byteLength / parts)
    gatherer.append(frame.byteLength, Array.from({ length: parts }, (_, at) => frame.subarray(at * size, (at + 1) * size)))
  }
  const { byteLength } = gatherer
  const gathered = gatherer.take()
  assert.equal(gathered.byteLength, byteLength)
  assert.equal(gatherer.byteLength, 0)
  return gathered
}

describe('frames in pieces', () => {
  it('come out as they went in, also of a backlog that is not joined', () => {
    fc.assert(fc.property(frames, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 100_000 }), fc.boolean(), (sent, parts, pieceBytes, isBacklog) => {
      const bytes = gather(sent, parts)
      const cutter = new FrameCutter(LIMITS.frameBytes)
      const received: Uint8Array[] = []
      const cut = (): void => { for (let frame; (frame = cutter.next()) !== undefined;) received.push(frame) }
      for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
        cutter.append(bytes.subarray(at, at + pieceBytes))
        if (!isBacklog) cut()
      }
      cut()
      assert.equal(cutter.byteLength, 0)
      assert.deepEqual(received, sent)
    }), { numRuns: 30 })
  })

  it('count what waits, and forget it', () => {
    const cutter = new FrameCutter(LIMITS.frameBytes)
    cutter.append(Uint8Array.of(3, 1, 2))
    cutter.append(Uint8Array.of(3, 5))
    assert.equal(cutter.byteLength, 5)
    assert.deepEqual(cutter.next(), Uint8Array.of(1, 2, 3))
    assert.equal(cutter.next(), undefined)
    assert.equal(cutter.byteLength, 1)
    cutter.clear()
    assert.equal(cutter.byteLength, 0)
    cutter.append(Uint8Array.of(1, 9))
    assert.deepEqual(cutter.next(), Uint8Array.of(9))
  })

  it('are gathered apart from what was taken', () => {
    const gatherer = new FrameGatherer()
    gatherer.append(1, [Uint8Array.of(7)])
    const first = gatherer.take()
    gatherer.append(1, [Uint8Array.of(8)])
    gatherer.clear()
    gatherer.append(2, [Uint8Array.of(9), Uint8Array.of(10)])
    assert.deepEqual(gatherer.take(), Uint8Array.of(2, 9, 10))
    assert.deepEqual(first, Uint8Array.of(1, 7))
  })
})
