import { once } from 'node:events'
import { FrameStream } from '../../../src/wire/frame-stream.ts'
import { controlFrame, decodeFrame } from '../../../src/wire/frames.ts'
import { SessionFrame } from '../../../src/wire/mail.ts'
import type { Stream } from '@libp2p/interface'
import type { Frame } from '../../../src/wire/frames.ts'

/** The node's end of the stream, spoken by hand. */
export class Peer {
  readonly frames: FrameStream
  readonly lengths: number[] = []
  readonly #received: Frame[] = []
  readonly #arrival = new EventTarget()

  constructor (stream: Stream, onFrame: (frame: SessionFrame) => void = () => {}) {
    this.frames = new FrameStream(stream, {
      onFrame: bytes => {
        this.lengths.push(bytes.byteLength)
        const frame = decodeFrame(bytes)
        this.#received.push(frame)
        if (frame.kind === 'control') onFrame(SessionFrame.decode(frame.body))
        this.#arrival.dispatchEvent(new Event('frame'))
      },
      frameBytesMax: 1 << 20
    })
  }

  send (frame: Partial<SessionFrame>): void { this.frames.send(...controlFrame(SessionFrame.encode(frame))) }

  controls (): SessionFrame[] { return this.#received.flatMap(frame => frame.kind === 'control' ? [SessionFrame.decode(frame.body)] : []) }

  async received (count: number): Promise<void> {
    while (this.#received.length < count) await once(this.#arrival, 'frame')
  }
}
