/**
 * Frames between the pieces that a stream carries and the parts that a frame is made of: the copying and cutting of frame-stream.ts.
 * A frame is a varint length and that many bytes; pieces are cut anywhere.
 */
import { Uint8ArrayList } from 'uint8arraylist'
import * as varint from 'uint8-varint'
import { MalformedError, TooLargeError } from '../errors.ts'
import type { Bytes } from '../types.ts'

/** A longer prefix would announce more than 256 MiB. */
const PREFIX_BYTES_MAX = 4
/** Pieces are joined up to here; of more (a pause was long) each frame is taken on its own, so that nothing is copied again and again. */
const JOINED_BYTES_MAX = 256 * 1024
/** What is gathered begins with no more than this: about what noise encrypts in one go. */
const FIRST_PIECE_BYTES_MAX = 64 * 1024
const NOTHING = new Uint8Array(0)

/** Cuts frames out of what came. */
export class FrameCutter {
  readonly #frameBytesMax: number
  /** Comes after nothing else: either this or `#pieces` is empty. */
  #joined: Uint8Array = NOTHING
  #joinedAt = 0
  readonly #pieces = new Uint8ArrayList()

  constructor (frameBytesMax: number) { this.#frameBytesMax = frameBytesMax }

  get byteLength (): number { return this.#joined.byteLength - this.#joinedAt + this.#pieces.byteLength }

  append (bytes: Uint8Array | Uint8ArrayList): void {
    this.#separate()
    if (this.#pieces.byteLength === 0) this.#joined = bytes.subarray()
    else this.#pieces.append(bytes)
  }

  /** The next frame as a view that stays valid, or undefined while bytes of it are missing. Throws MalformedError or TooLargeError. */
  next (): Bytes | undefined {
    // Transports read into ArrayBuffers only; libp2p's types do not say so.
    return (this.#joined.byteLength > 0 ? this.#nextOfJoined() : this.#nextOfPieces()) as Bytes | undefined
  }

  clear (): void {
    this.#joined = NOTHING
    this.#joinedAt = 0
    this.#pieces.consume(this.#pieces.byteLength)
  }

  /** The usual way: a piece holds dozens of frames, and all but the last are whole. */
  #nextOfJoined (): Uint8Array | undefined {
    const length = this.#lengthAt(this.#joined, this.#joinedAt)
    const end = length === undefined ? Infinity : this.#joinedAt + varint.encodingLength(length) + length
    if (length === undefined || end > this.#joined.byteLength) {
      this.#separate()
      return undefined
    }
    this.#joinedAt = end
    return this.#joined.subarray(end - length, end)
  }

  #nextOfPieces (): Uint8Array | undefined {
    const length = this.#lengthAt(this.#pieces.subarray(0, Math.min(PREFIX_BYTES_MAX, this.#pieces.byteLength)), 0)
    const end = length === undefined ? Infinity : varint.encodingLength(length) + length
    if (length === undefined || end > this.#pieces.byteLength) return undefined
    const frame = this.#pieces.subarray(end - length, end)
    this.#pieces.consume(end)
    if (this.#pieces.byteLength <= JOINED_BYTES_MAX) {
      this.#joined = this.#pieces.subarray()
      this.#joinedAt = 0
      this.#pieces.consume(this.#pieces.byteLength)
    }
    return frame
  }

  /** What is left of the joined piece becomes the first of pieces. */
  #separate (): void {
    if (this.#joinedAt < this.#joined.byteLength) this.#pieces.append(this.#joined.subarray(this.#joinedAt))
    this.#joined = NOTHING
    this.#joinedAt = 0
  }

  /**
   * The length in front of a frame; undefined while bytes of it are missing. It has one spelling, the shortest varint,
   * and is not zero: a frame has a kind.
   */
  #lengthAt (bytes: Uint8Array, from: number): number | undefined {
    let length = 0
    for (let at = 0; at < PREFIX_BYTES_MAX; at++) {
      const byte = bytes[from + at]
      if (byte === undefined) return undefined
      length |= (byte & 0x7f) << 7 * at
      if (byte > 0x7f) continue
      if (byte === 0) throw new MalformedError('a frame is empty, or its length is not written the shortest way')
      if (length > this.#frameBytesMax) throw new TooLargeError(`a frame of ${length} bytes was announced, more than ${this.#frameBytesMax}`)
      return length
    }
    throw new MalformedError('a frame’s length has more bytes than any')
  }
}

/** Gathers frames into one piece: each further piece would be a write of its own on the socket. */
export class FrameGatherer {
  #piece = NOTHING
  #byteLength = 0
  #takenBytes = 0

  get byteLength (): number { return this.#byteLength }

  /** length: of all parts together. */
  append (length: number, parts: Uint8Array[]): void {
    const prefixBytes = varint.encodingLength(length)
    this.#makeRoom(prefixBytes + length)
    varint.encode(length, this.#piece, this.#byteLength)
    let at = this.#byteLength + prefixBytes
    for (const part of parts) {
      this.#piece.set(part, at)
      at += part.byteLength
    }
    this.#byteLength = at
  }

  /** Everything gathered so far, which is then the taker's. */
  take (): Uint8Array {
    const taken = this.#piece.subarray(0, this.#byteLength)
    this.#takenBytes = this.#byteLength
    this.clear()
    return taken
  }

  clear (): void {
    this.#piece = NOTHING
    this.#byteLength = 0
  }

  /** A quiet stream takes what its one frame needs; a busy one begins with as much as it took last, and doubles. */
  #makeRoom (bytes: number): void {
    const needed = this.#byteLength + bytes
    if (needed <= this.#piece.byteLength) return
    const larger = new Uint8Array(Math.max(needed, 2 * this.#piece.byteLength, Math.min(this.#takenBytes, FIRST_PIECE_BYTES_MAX)))
    larger.set(this.#piece.subarray(0, this.#byteLength))
    this.#piece = larger
  }
}
