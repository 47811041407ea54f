/**
 * A libp2p stream as frames: a varint length, then the frame (frames.ts). One long-lived FrameStream per pair of
 * peers carries everything; a stream per request is twenty times slower.
 *
 * Outbound, whatever is sent in one tick leaves as one write, and what waits while the peer reads nothing is
 * bounded: `send` answers false instead of queueing more. Inbound, frames are handed over as they come; the owner
 * pauses the stream when its own queues are full, and the muxer's window then stops the peer.
 */
import { LengthPrefixedDecoder } from '@libp2p/utils'
import * as varint from 'uint8-varint'
import { ConnectionLostError, MalformedError, TooLargeError } from '../errors.ts'
import { LIMITS } from './limits.ts'
import type { Bytes } from '../types.ts'
import type { Stream } from '@libp2p/interface'

/** The most that the decoder holds: the libp2p stream's own read buffer (4 MiB) plus one frame. */
const DECODER_BYTES = 5 * 1024 * 1024

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
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #flushScheduled = false
  #refusedForRoom = false
  #ended = false
  #pauseWanted = false

  constructor (stream: Stream, init: FrameStreamInit) {
    this.stream = stream
    this.#init = init
    this.#queueBytesMax = init.queueBytesMax ?? LIMITS.streamQueueBytes
    const decoder = new LengthPrefixedDecoder({ maxDataLength: init.frameBytesMax ?? LIMITS.frameBytes, maxBufferSize: DECODER_BYTES })
    stream.addEventListener('message', event => {
      try {
        // Transports read into ArrayBuffers only; libp2p's types do not say so.
        for (const frame of decoder.decode(event.data)) this.#init.onFrame(frame.subarray() as Bytes)
      } catch (error) {
        stream.abort(error instanceof Error ? error : new MalformedError(String(error)))
      }
    })
    stream.addEventListener('drain', () => { this.#flush() })
    stream.addEventListener('remoteCloseWrite', () => { void stream.close().catch(() => stream.abort(new ConnectionLostError('the stream could not be closed'))) })
    stream.addEventListener('close', event => { this.#end(event.error) })
  }

  /** Bytes that wait for the peer to read. */
  get queuedBytes (): number { return this.#queuedBytes + this.stream.writeBufferLength }

  get open (): boolean { return !this.#ended && this.stream.writeStatus === 'writable' }

  /** Queues one frame, given in parts. False: no room (or no stream), and nothing was queued. */
  send (...parts: Uint8Array[]): boolean {
    if (!this.open) return false
    const length = parts.reduce((sum, part) => sum + part.byteLength, 0)
    if (this.queuedBytes + length > this.#queueBytesMax) {
      this.#refusedForRoom = true
      return false
    }
    const prefix = varint.encode(length)
    this.#queue.push(prefix, ...parts)
    this.#queuedBytes += prefix.byteLength + length
    if (!this.#flushScheduled) {
      this.#flushScheduled = true
      setImmediateOrSoon(() => { this.#flushScheduled = false; this.#flush() })
    }
    return true
  }

  /** For frames that must not be left out: a peer that leaves no room for them is cut off. */
  sendOrAbort (...parts: Uint8Array[]): void {
    if (!this.send(...parts) && this.open) this.stream.abort(new TooLargeError('the peer reads too slowly: its queue is full'))
  }

  /** Stops reading; the peer is held back by the muxer's window. In a microtask: inside a listener it is undone. */
  pause (): void {
    this.#pauseWanted = true
    queueMicrotask(() => { if (this.#pauseWanted && this.stream.readStatus === 'readable') this.stream.pause() })
  }

  resume (): void {
    this.#pauseWanted = false
    if (this.stream.readStatus === 'paused') this.stream.resume()
  }

  /** Sends what is queued, then closes this side. */
  async close (options?: { signal?: AbortSignal }): Promise<void> {
    this.#flush()
    if (!this.#ended) await this.stream.close(options)
  }

  abort (error: Error): void {
    this.stream.abort(error)
  }

  #flush (): void {
    if (this.#queuedBytes === 0 || this.stream.writableNeedsDrain || !this.open) return
    const bytes = new Uint8Array(this.#queuedBytes)
    let at = 0
    for (const part of this.#queue) {
      bytes.set(part, at)
      at += part.byteLength
    }
    this.#queue = []
    this.#queuedBytes = 0
    try {
      this.stream.send(bytes)
    } catch (error) {
      this.stream.abort(error instanceof Error ? error : new ConnectionLostError(String(error)))
      return
    }
    if (this.#refusedForRoom) {
      this.#refusedForRoom = false
      this.#init.onRoom?.()
    }
  }

  #end (error?: Error): void {
    if (this.#ended) return
    this.#ended = true
    this.#queue = []
    this.#queuedBytes = 0
    this.#init.onEnd?.(error)
  }
}

/** After this tick's I/O in Node; browsers have no setImmediate and take the next task. */
function setImmediateOrSoon (callback: () => void): void {
  if (typeof setImmediate === 'function') setImmediate(callback)
  else setTimeout(callback, 0)
}
