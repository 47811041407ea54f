/**
 * A libp2p stream as frames: a varint length, then the frame (frames.ts). One long-lived FrameStream per pair of
 * peers carries everything; a stream per request is twenty times slower.
 *
 * Outbound, whatever is sent in one tick leaves as one write, and what waits while the peer reads nothing is
 * bounded: `send` answers false instead of queueing more. Inbound, frames are handed over as they come, until the owner
 * pauses the stream because its own queues are full; the muxer's window then stops the peer. What is not such a frame
 * (none at all, too long a one, a prefix that is not the shortest) ends the stream before it is waited for.
 */
import { ConnectionLostError, MalformedError, TooLargeError } from '../errors.ts'
import { FrameCutter, FrameGatherer } from './frame-pieces.ts'
import { LIMITS } from './limits.ts'
import type { Bytes } from '../types.ts'
import type { Stream } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'

/** The most that is held of a stream that is paused: what libp2p gives in one go (4 MiB), and what the same tick adds. */
const UNREAD_BYTES_MAX = 5 * 1024 * 1024

export interface FrameStreamInit {
  /** A throw here ends the stream, never the process. The frame is a view that stays valid. */
  onFrame: (frame: Bytes) => void
  /** Called once, when nothing more can be received or sent. */
  onEnd?: (error?: Error) => void
  /** Called when a stream that answered false has room again. */
  onRoom?: () => void
  frameBytesMax?: number
  queueBytesMax?: number
}

export class FrameStream {
  readonly stream: Stream
  readonly #init: FrameStreamInit
  readonly #queueBytesMax: number
  readonly #queue = new FrameGatherer()
  /** Received and not handed over: less than a frame, unless paused. */
  readonly #unread: FrameCutter
  #flushScheduled = false
  #refusedForRoom = false
  #delivering = false
  #paused = false
  #remoteIsDone = false
  #closing = false
  #ended = false

  constructor (stream: Stream, init: FrameStreamInit) {
    this.stream = stream
    this.#init = init
    this.#unread = new FrameCutter(init.frameBytesMax ?? LIMITS.frameBytes)
    this.#queueBytesMax = init.queueBytesMax ?? LIMITS.streamQueueBytes
    stream.addEventListener('message', event => { this.#onBytes(event.data) })
    stream.addEventListener('drain', () => { if (!stream.writableNeedsDrain) this.#flush() })
    stream.addEventListener('remoteCloseWrite', () => {
      this.#remoteIsDone = true
      this.#closeBack()
    })
    stream.addEventListener('close', event => { this.#end(event.error) })
    // Behind the bytes that were waiting, which libp2p hands over in a microtask, and when our owner has us.
    queueMicrotask(() => { this.#catchUp() })
  }

  /** Bytes that wait for the peer to read. */
  get queuedBytes (): number { return this.#queue.byteLength + this.stream.writeBufferLength }

  get open (): boolean { return !this.#ended && !this.#closing && this.stream.writeStatus === 'writable' }

  /** Queues one frame, given in parts. False: no room (or no stream), and nothing was queued. */
  send (...parts: Uint8Array[]): boolean {
    if (!this.open) return false
    let length = 0
    for (const part of parts) length += part.byteLength
    if (this.queuedBytes + length > this.#queueBytesMax) {
      this.#refusedForRoom = true
      return false
    }
    this.#queue.append(length, parts)
    if (!this.#flushScheduled) {
      this.#flushScheduled = true
      setImmediateOrSoon(() => {
        this.#flushScheduled = false
        if (!this.stream.writableNeedsDrain) this.#flush()
      })
    }
    return true
  }

  /** For frames that must not be left out: a peer that leaves no room for them is cut off. */
  sendOrAbort (...parts: Uint8Array[]): void {
    if (!this.send(...parts) && this.open) this.stream.abort(new TooLargeError('the peer reads too slowly: its queue is full'))
  }

  /**
   * No frame is handed over from now on, and the peer is held back by the muxer's window. In a microtask: libp2p undoes
   * a pause that is made while it hands over bytes.
   */
  pause (): void {
    this.#paused = true
    queueMicrotask(() => { if (this.#paused && this.stream.readStatus === 'readable') this.stream.pause() })
  }

  /** Frames that came meanwhile are handed over before this returns, or until the next pause. */
  resume (): void {
    this.#paused = false
    if (this.#delivering) return
    this.#deliver()
    if (!this.#paused && this.stream.readStatus === 'paused') this.stream.resume()
    this.#closeBack()
  }

  /** Sends what is queued, then closes this side; nothing can be sent any more. */
  async close (options?: { signal?: AbortSignal }): Promise<void> {
    this.#closing = true
    this.#flush()
    if (!this.#ended) await this.stream.close(options)
  }

  abort (error: Error): void {
    this.stream.abort(error)
  }

  #onBytes (bytes: Uint8Array | Uint8ArrayList): void {
    if (this.#ended) return
    this.#unread.append(bytes)
    if (this.#unread.byteLength > UNREAD_BYTES_MAX) this.stream.abort(new TooLargeError('more came than can be held'))
    else this.#deliver()
  }

  #deliver (): void {
    if (this.#delivering) return
    this.#delivering = true
    try {
      for (let frame; !this.#paused && !this.#ended && (frame = this.#unread.next()) !== undefined;) this.#init.onFrame(frame)
    } catch (error) {
      this.stream.abort(error instanceof Error ? error : new MalformedError(String(error)))
    } finally {
      this.#delivering = false
    }
  }

  #flush (): void {
    if (this.#queue.byteLength === 0 || this.stream.writeStatus !== 'writable') return
    try {
      this.stream.send(this.#queue.take())
    } catch (error) {
      this.stream.abort(error instanceof Error ? error : new ConnectionLostError(String(error)))
      return
    }
    if (this.#refusedForRoom && !this.#closing) {
      this.#refusedForRoom = false
      this.#init.onRoom?.()
    }
  }

  /** What happened to the stream before we listened is told by no event: its peer may be killed while it is opened. */
  #catchUp (): void {
    if (this.stream.status !== 'open') return this.#end(this.stream.status === 'closed' ? undefined : new ConnectionLostError('the stream ended while it was opened'))
    this.#remoteIsDone ||= this.stream.remoteWriteStatus === 'closed'
    this.#closeBack()
  }

  /** A peer that has said all gets our rest and our end, once everything it said has been heard. */
  #closeBack (): void {
    if (!this.#remoteIsDone || this.#paused || this.#ended) return
    this.close().catch(() => { this.stream.abort(new ConnectionLostError('the stream could not be closed')) })
  }

  #end (error?: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#queue.clear()
    this.#unread.clear()
    this.#init.onEnd?.(error)
  }
}

/** After this tick's I/O in Node; browsers have no setImmediate and take the next task. */
function setImmediateOrSoon (callback: () => void): void {
  if (typeof setImmediate === 'function') setImmediate(callback)
  else setTimeout(callback, 0)
}
