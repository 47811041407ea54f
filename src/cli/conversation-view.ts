/** Messages as a person reads them, one below the other: a heading for each day, then time, author and text. */
import stringWidth from 'string-width'
import { STATE_MARKS, excerpt, partsOf, type LineParts, type Part } from './line-parts.ts'
import { calendarDate, clockTime, type Output } from './output.ts'
import type { ConversationLine } from './agent/calls.ts'
import type { LineHappening } from './agent/lines.ts'
import type { Names } from './naming.ts'
import type { MessageState } from '../types.ts'

/** Lines that may be quoted below. */
const QUOTABLE_MAX = 1000

export class ConversationView {
  /** Who goes by “you”. */
  self: string | undefined
  readonly #out: Output
  readonly #names: Names
  readonly #shown = new Map<string, ConversationLine>()
  #day = ''

  constructor (out: Output, names: Names) {
    this.#out = out
    this.#names = names
  }

  /** With its line feed; a new day brings its heading. */
  text (line: ConversationLine): string {
    const parts = this.#partsOf(line)
    this.#remember(line)
    const out = this.#out
    const name = this.#nameOf(line.from)
    const indent = ' '.repeat(stringWidth(`${clockTime(line.sentAt)}  ${name}  `))
    const rows = [
      ...parts.gap === undefined ? [] : [out.paint('yellow', `┄┄ ${parts.gap} ┄┄`)],
      ...parts.quote === undefined ? [] : [`${indent}${out.paint('dim', parts.quote)}`],
      `${out.paint('dim', clockTime(line.sentAt))}  ${out.paint(line.state === undefined ? 'cyan' : 'green', name)}  ${this.#body(parts, indent)}${line.state === undefined ? '' : ` ${this.#mark(line.state)}`}`,
      ...parts.reactions === undefined ? [] : [`${indent}${parts.reactions}`]
    ]
    return `${this.#heading(line.sentAt)}${rows.join('\n')}\n`
  }

  /** A message that came, or what became of one. */
  happening (event: LineHappening): string {
    if (event.type === 'message') return this.text(event.line)
    const line = event.type === 'changed' ? event.line : this.#shown.get(event.id)
    if (event.type === 'disappeared') {
      this.#shown.delete(event.id)
      return `${this.#out.paint('dim', `       ${line === undefined ? 'a message' : `“${excerpt(line)}”`} has disappeared`)}\n`
    }
    const before = this.#shown.get(event.line.id)
    this.#remember(event.line)
    return `${this.#out.paint('dim', `       ${this.#changeText(event.line, before)}`)}\n`
  }

  #changeText (line: ConversationLine, before: ConversationLine | undefined): string {
    const name = this.#nameOf(line.from)
    if (line.isDeleted) return `${name} deleted ${before === undefined ? 'a message' : `“${excerpt(before)}”`}`
    if (line.isEdited && line.text !== before?.text) return `${name} edited: ${excerpt(line)}`
    const { reactions } = this.#partsOf(line)
    return `“${excerpt(line)}”: ${reactions ?? 'no reactions any more'}`
  }

  #partsOf (line: ConversationLine): LineParts {
    return partsOf(line, { now: Date.now(), nameOf: userId => this.#nameOf(userId), find: id => this.#shown.get(id) })
  }

  #nameOf (userId: string): string {
    return userId === this.self ? 'you' : this.#names.called(userId)
  }

  #remember (line: ConversationLine): void {
    this.#shown.delete(line.id)
    this.#shown.set(line.id, line)
    const [oldest] = this.#shown.keys()
    if (this.#shown.size > QUOTABLE_MAX && oldest !== undefined) this.#shown.delete(oldest)
  }

  #heading (sentAt: number): string {
    const day = calendarDate(sentAt)
    const heading = day === this.#day ? '' : `${this.#out.paint('dim', `── ${day} ──`)}\n`
    this.#day = day
    return heading
  }

  #body ({ body, notes }: LineParts, indent: string): string {
    const text = this.#styled({ ...body, text: body.text.replaceAll('\n', `\n${indent}`) })
    return notes.length === 0 ? text : `${text} ${this.#out.paint('dim', `(${notes.join(', ')})`)}`
  }

  #styled ({ style, text }: Part): string {
    return style === 'plain' ? text : this.#out.paint(style, text)
  }

  #mark (state: MessageState): string {
    return this.#out.paint(state === 'read' ? 'blue' : 'dim', STATE_MARKS[state])
  }
}
