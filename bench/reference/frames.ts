/**
 * The frames of the references, plain and over libp2p: a length u32, then the frame. Written for speed and nothing else, as
 * somebody would who builds the bare thing by hand: whatever is sent in one tick leaves as one write, and a
 * frame that lies in one chunk is handed over as a view of it.
 *
 *   1 deposit   ticket u32 · envelope          sender → server
 *   2 push      envelope                       server → reader
 *   3 stored    ticket u32 …                   server → sender, after the fsync
 *   4 attach    mailbox 32                     reader → server: pushes from now on
 *   5 drain     mailbox 32                     reader → server: what is kept, as pushes
 *   6 done                                     server → reader, after attach and after a drain
 */
export const KIND = Object.freeze({ deposit: 1, push: 2, stored: 3, attach: 4, drain: 5, done: 6 })

const LENGTH_BYTES = 4

/** The transport under the frames. */
export interface Duplex {
  /** False: full, and `drained` is to be called when it no longer is. */
  write: (bytes: Uint8Array) => boolean
}

/** An end of a connection that was dialled. */
export interface Dialled { link: FrameLink, close: () => Promise<void> }

export class FrameLink {
  onFrame: (frame: Buffer) => void = () => {}
  readonly #duplex: Duplex
  #rest: Buffer = Buffer.alloc(0)
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #full = false
  #flushScheduled = false
  #onRoom: Array<() => void> = []

  constructor (duplex: Duplex) { this.#duplex = duplex }

  /** Sends one frame, given in parts. */
  send (...parts: Uint8Array[]): void {
    const length = Buffer.allocUnsafe(LENGTH_BYTES)
    let bytes = 0
    for (const part of parts) bytes += part.byteLength
    length.writeUInt32BE(bytes)
    this.#queue.push(length, ...parts)
    this.#queuedBytes += LENGTH_BYTES + bytes
    if (this.#flushScheduled) return
    this.#flushScheduled = true
    setImmediate(() => {
      this.#flushScheduled = false
      this.#flush()
    })
  }

  /** Resolves when everything has been handed to the transport and it can take more. */
  async room (): Promise<void> {
    if (this.#full || this.#queuedBytes > 0) await new Promise<void>(resolve => { this.#onRoom.push(resolve) })
  }

  /** The transport has room again. */
  drained (): void {
    this.#full = false
    this.#flush()
  }

  /** Bytes came in. */
  feed (chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const input = this.#rest.byteLength === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    let at = 0
    while (input.byteLength - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + input.readUInt32BE(at)
      if (end > input.byteLength) break
      this.onFrame(input.subarray(at + LENGTH_BYTES, end))
      at = end
    }
    this.#rest = input.subarray(at)
  }

  #flush (): void {
    if (this.#full) return
    if (this.#queuedBytes > 0) {
      const bytes = Buffer.concat(this.#queue, this.#queuedBytes)
      this.#queue = []
      this.#queuedBytes = 0
      this.#full = !this.#duplex.write(bytes)
    }
    if (!this.#full) for (const resolve of this.#onRoom.splice(0)) resolve()
  }
}
