/**
 * Whether a stream is read. Several parts of the relay may want it not to be, each for its own reason; it is read
 * again when the last of them has gone.
 */
export type GateReason = 'coordinator' | 'replica' | 'answers' | 'answers in' | 'collections' | 'digests'

/** The reading side of a framed stream, as wire/frame-stream.ts has it. */
export interface Pausable { pause: () => void, resume: () => void }

export class Gate {
  readonly #stream: Pausable
  readonly #reasons = new Set<GateReason>()

  constructor (stream: Pausable) { this.#stream = stream }

  close (reason: GateReason): void {
    if (this.#reasons.size === 0) this.#stream.pause()
    this.#reasons.add(reason)
  }

  open (reason: GateReason): void {
    if (this.#reasons.delete(reason) && this.#reasons.size === 0) this.#stream.resume()
  }
}
