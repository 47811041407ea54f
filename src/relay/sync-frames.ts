/** The asking side of a sync stream: frames as they are asked for; what comes unasked waits, within a bound. */
import { ConnectionLostError, TimedOutError } from '../errors.ts'
import { decodeSyncFrame } from '../wire/control.ts'
import { controlFrame, decodeFrame, type Frame } from '../wire/frames.ts'
import { FrameStream } from '../wire/frame-stream.ts'
import { SyncFrame } from '../wire/mail.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import type { Clock } from '../ports.ts'
import type { Bytes, Millis } from '../types.ts'
import type { Stream } from '@libp2p/interface'

/** What a node answers: an envelope, or what is said about envelopes. */
export type SyncWord = Extract<Frame, { kind: 'push' }> | { kind: 'control', control: SyncFrame }

export class SyncFrames {
  readonly #stream: FrameStream
  readonly #clock: Clock
  #queue: Bytes[] = []
  #bytes = 0
  #ended: Error | undefined
  #wake: (() => void) | undefined

  constructor (stream: Stream, clock: Clock) {
    this.#clock = clock
    this.#stream = new FrameStream(stream, {
      onFrame: bytes => {
        this.#queue.push(bytes)
        this.#bytes += bytes.byteLength
        if (this.#bytes > RELAY_DEFAULTS.drainQueueBytes) this.#stream.pause()
        this.#wake?.()
      },
      onEnd: error => {
        this.#ended = error ?? new ConnectionLostError('the node ended the stream before its end')
        this.#wake?.()
      }
    })
  }

  get open (): boolean { return this.#stream.open }

  send (frame: Partial<SyncFrame>): void { this.#stream.sendOrAbort(...controlFrame(SyncFrame.encode(frame))) }

  close (): void {
    this.#stream.close().catch((error: Error) => { this.#stream.abort(error) })
  }

  abort (error: Error): void { this.#stream.abort(error) }

  /** The next one, within one time-out whatever comes that is none. Throws MalformedError, TimedOutError or ConnectionLostError. */
  async next (): Promise<SyncWord> {
    const until = this.#clock.now() + RELAY_DEFAULTS.drainAnswerMs
    for (;;) {
      const frame = decodeFrame(await this.#nextBytes(until))
      if (frame.kind === 'push') return frame
      const control = frame.kind === 'control' ? decodeSyncFrame(frame.body) : {}
      if (Object.keys(control).length > 0) return { kind: 'control', control }
      // What a later version adds is passed over.
      if (this.#clock.now() >= until) throw new TimedOutError('the node did not go on in time')
    }
  }

  async #nextBytes (until: Millis): Promise<Bytes> {
    if (this.#queue.length === 0 && this.#ended === undefined) await this.#arrival(until)
    const bytes = this.#queue.shift()
    if (bytes === undefined) throw this.#ended ?? new TimedOutError('the node did not go on in time')
    this.#bytes -= bytes.byteLength
    if (this.#bytes <= RELAY_DEFAULTS.drainQueueBytes / 2) this.#stream.resume()
    return bytes
  }

  async #arrival (until: Millis): Promise<void> {
    await new Promise<void>(resolve => {
      const cancel = this.#clock.after(Math.max(0, until - this.#clock.now()), resolve)
      this.#wake = () => { cancel(); resolve() }
    })
    this.#wake = undefined
  }
}
