/** The line being typed, and how other lines come above it; or, on a pipe, just lines. */
import { createInterface, type Interface } from 'node:readline'
import { STATE_MARKS } from '../conversation-view.ts'
import type { Io } from '../io.ts'
import type { Output } from '../output.ts'
import type { MessageState } from '../../types.ts'

const CLEAR_TO_END = '\r\u001b[J'
/** Characters that certainly take one column each. */
const NARROW = /^[\u0020-\u007e\u00a1-\u024f]*$/

export class Typing {
  readonly isTerminal: boolean
  readonly #io: Io
  readonly #out: Output
  #lines: Interface | undefined
  #prompt = '› '
  #promptColumns = 2

  constructor (io: Io, out: Output) {
    this.#io = io
    this.#out = out
    this.isTerminal = out.isTerminal && io.stdin.isTTY === true && !out.json
  }

  /** Ends at the end of the input, at Ctrl-C or Ctrl-D in a terminal, and with the signal. */
  async * lines (signal: AbortSignal): AsyncGenerator<string> {
    const lines = createInterface({ input: this.#io.stdin, terminal: this.isTerminal, ...this.isTerminal && { output: this.#out.stream } })
    this.#lines = lines
    const close = (): void => { lines.close() }
    signal.addEventListener('abort', close, { once: true })
    // In a terminal, readline takes Ctrl-C for itself.
    lines.on('SIGINT', close)
    this.#draw()
    for await (const line of lines) {
      yield line
      this.#draw()
    }
    signal.removeEventListener('abort', close)
    if (this.isTerminal) await this.#out.line()
  }

  close (): void { this.#lines?.close() }

  /** How far the last own message is, in the prompt. */
  say (state: MessageState): void {
    const status = `${STATE_MARKS[state]} ${state} `
    this.#prompt = `${this.#out.paint('dim', status)}› `
    this.#promptColumns = status.length + 2
    this.#draw(true)
  }

  /** Writes above the line that is being typed. */
  async above (text: string): Promise<void> {
    if (this.isTerminal) this.#out.stream.write(CLEAR_TO_END)
    await this.#out.write(text)
    this.#draw(true)
  }

  /** The line that was just entered stands there with its prompt: what it became takes its place. */
  replaceTyped (typed: string, text: string): void {
    const { columns } = this.#out.stream
    if (columns === undefined || !NARROW.test(typed)) return
    const rows = Math.floor((this.#promptColumns + typed.length) / columns) + 1
    this.#out.stream.write(`\u001b[${rows}A${CLEAR_TO_END}${text}`)
  }

  #draw (keepCursor = false): void {
    if (!this.isTerminal) return
    this.#lines?.setPrompt(this.#prompt)
    this.#lines?.prompt(keepCursor)
  }
}
