/**
 * The terminal under the screen: its other page, raw keys, pastes and focus as it tells them. Only rows that changed are
 * written. Whatever happens, it is given back as it was.
 */
import { emitKeypressEvents } from 'node:readline'
import { paintedQrRow } from '../../qr.ts'
import { keyOf, typedText, type Keypress } from './keys.ts'
import type { Io } from '../../io.ts'
import type { Output } from '../../output.ts'
import type { Span } from './layout.ts'
import type { Picture } from './picture.ts'
import type { ChatEvent } from './state.ts'

/** The other page, bracketed paste, focus reports; and all of it taken back. */
const ENTER = '\u001b[?1049h\u001b[?2004h\u001b[?1004h\u001b[2J'
const LEAVE = '\u001b[?1004l\u001b[?2004l\u001b[?1049l\u001b[?25h'
/** Half-painted screens are not shown by terminals that know these. */
const BEGIN = '\u001b[?2026h\u001b[?25l'
const END = '\u001b[?25h\u001b[?2026l'
const FOCUS_IN = '\u001b[I'
const FOCUS_OUT = '\u001b[O'
/** A lone Escape is one when nothing follows it for so long; terminals send sequences at once. */
const ESCAPE_TIMEOUT_MS = 50
/** Where a terminal does not say how large it is. */
const COLUMNS = 80
const ROWS = 24

export class Terminal {
  readonly #io: Io
  readonly #out: Output
  readonly #hear: (event: ChatEvent) => void
  #painted: string[] = []
  #pasted: string | undefined
  #isOpen = false
  readonly #onKeypress = (typed: string | undefined, key: Keypress | undefined): void => { this.#take(typed, key ?? {}) }
  readonly #onResize = (): void => {
    this.#painted = []
    this.#hear({ type: 'resize', ...this.size })
  }

  constructor (io: Io, out: Output, hear: (event: ChatEvent) => void) {
    this.#io = io
    this.#out = out
    this.#hear = hear
  }

  /** True where a screen can be painted and keys can be read one by one. */
  static fits ({ stdin, env }: Io, out: Output): boolean {
    return out.isTerminal && stdin.isTTY === true && stdin.setRawMode !== undefined && env['TERM'] !== 'dumb' && !out.json
  }

  get size (): { columns: number, rows: number } {
    const { columns, rows } = this.#out.stream
    return { columns: columns ?? COLUMNS, rows: rows ?? ROWS }
  }

  open (): void {
    const { stdin } = this.#io
    this.#isOpen = true
    this.#out.stream.write(ENTER)
    stdin.setRawMode?.(true)
    emitKeypressEvents(stdin, { escapeCodeTimeout: ESCAPE_TIMEOUT_MS } as never)
    stdin.on('keypress', this.#onKeypress)
    stdin.resume()
    this.#out.stream.on('resize', this.#onResize)
  }

  /** Can be done twice. */
  close (): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    const { stdin } = this.#io
    this.#out.stream.off('resize', this.#onResize)
    stdin.off('keypress', this.#onKeypress)
    stdin.setRawMode?.(false)
    stdin.pause()
    this.#out.stream.write(LEAVE)
  }

  paint ({ rows, cursor }: Picture): void {
    if (!this.#isOpen) return
    const texts = rows.map(row => row.map(span => this.#span(span)).join(''))
    const changed = texts.flatMap((text, at) => text === this.#painted[at] ? [] : [`\u001b[${at + 1};1H\u001b[2K${text}`])
    const below = this.#painted.length === 0 || texts.length < this.#painted.length ? [`\u001b[${texts.length + 1};1H\u001b[J`] : []
    this.#painted = texts
    this.#out.stream.write(`${BEGIN}${changed.join('')}${this.size.rows > texts.length ? below.join('') : ''}\u001b[${cursor.row + 1};${cursor.column + 1}H${END}`)
  }

  /** Everything is painted the next time. */
  forget (): void { this.#painted = [] }

  bell (): void { this.#out.stream.write('\u0007') }

  #span ({ style, text }: Span): string {
    if (style === 'qr') return paintedQrRow(text)
    return style === 'plain' ? text : this.#out.paint(style, text)
  }

  #take (typed: string | undefined, key: Keypress): void {
    if (key.name === 'paste-start') this.#pasted = ''
    else if (key.name === 'paste-end') this.#endPaste()
    else if (this.#pasted !== undefined) this.#pasted += key.sequence ?? typed ?? ''
    else if (key.sequence === FOCUS_IN || key.sequence === FOCUS_OUT) this.#hear({ type: 'focus', isFocused: key.sequence === FOCUS_IN })
    else {
      const known = keyOf(typed, key)
      if (known !== undefined) this.#hear({ type: 'key', key: known })
    }
  }

  #endPaste (): void {
    const text = typedText(this.#pasted ?? '')
    this.#pasted = undefined
    this.#hear({ type: 'paste', text })
  }
}
