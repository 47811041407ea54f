/**
 * A file on its way through the control socket towards an import. Whoever brings a piece waits until the import has taken the
 * one before, so there is never more than one in memory; and neither waits for ever for the other.
 */
import { MalformedError, TimedOutError } from '../../../errors.ts'
import { CLI_DEFAULTS } from '../../defaults.ts'
import { Signpost } from '../signpost.ts'

export class Pieces {
  readonly #timeoutMs: number
  readonly #changed = { byBringer: new Signpost(), byTaker: new Signpost() }
  #next: Uint8Array | 'end' | undefined

  constructor (timeoutMs: number = CLI_DEFAULTS.pieceTimeoutMs) {
    this.#timeoutMs = timeoutMs
  }

  /** undefined: that was all. */
  async bring (piece: Uint8Array | undefined, signal: AbortSignal): Promise<void> {
    if (this.#next === 'end') throw new MalformedError('a piece came after the end of the file')
    while (this.#next !== undefined) await this.#wait(this.#changed.byTaker, signal)
    this.#next = piece ?? 'end'
    this.#changed.byBringer.point()
  }

  async * take (signal: AbortSignal): AsyncGenerator<Uint8Array> {
    for (;;) {
      while (this.#next === undefined) await this.#wait(this.#changed.byBringer, signal)
      if (this.#next === 'end') return
      yield this.#next
      this.#next = undefined
      this.#changed.byTaker.point()
    }
  }

  async #wait (change: Signpost, signal: AbortSignal): Promise<void> {
    if (await change.pointed(AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]))) return
    signal.throwIfAborted()
    throw new TimedOutError('the file did not go on')
  }
}

/** The imports of one process, by the token that their caller chose. */
export class Imports {
  readonly #pieces = new Map<string, Pieces>()

  begin (token: string): Pieces {
    if (this.#pieces.has(token) || this.#pieces.size >= CLI_DEFAULTS.importsMax) throw new MalformedError('there are too many imports at once')
    const pieces = new Pieces()
    this.#pieces.set(token, pieces)
    return pieces
  }

  /** Throws MalformedError when it is over, or never was. */
  get (token: string): Pieces {
    const pieces = this.#pieces.get(token)
    if (pieces === undefined) throw new MalformedError('no import waits for this piece')
    return pieces
  }

  end (token: string): void { this.#pieces.delete(token) }
}
