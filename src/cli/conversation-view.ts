/** Messages as a person reads them: a heading for each day, then time, author and text. */
import { calendarDate, clockTime, printable, shortId, type Output } from './output.ts'
import type { ConversationLine } from './agent/calls.ts'
import type { MessageState } from '../types.ts'

/** What stands beside one's own message. */
export const STATE_MARKS: Readonly<Record<MessageState, string>> = Object.freeze({ queued: '○', accepted: '·', stored: '✓', delivered: '✓✓', read: '✓✓' })

export class ConversationView {
  readonly #out: Output
  readonly #names: ReadonlyMap<string, string>
  #day = ''

  /** names: how to call a user; others go by the ends of their id. */
  constructor (out: Output, names: ReadonlyMap<string, string> = new Map()) {
    this.#out = out
    this.#names = names
  }

  async line (message: ConversationLine & { state?: MessageState | undefined }): Promise<void> {
    await this.#out.write(this.text(message))
  }

  /** With its line feed; a new day brings its heading. */
  text ({ from, text, sentAt, state }: ConversationLine & { state?: MessageState | undefined }): string {
    const out = this.#out
    const day = calendarDate(sentAt)
    const heading = day === this.#day ? '' : `${out.paint('dim', `── ${day} ──`)}\n`
    this.#day = day
    const name = this.#names.get(from) ?? shortId(from)
    const left = `${clockTime(sentAt)}  ${name}  `
    const body = printable(text).replaceAll('\n', `\n${' '.repeat(left.length)}`)
    const mark = state === undefined ? '' : ` ${this.mark(state)}`
    return `${heading}${out.paint('dim', clockTime(sentAt))}  ${out.paint(state === undefined ? 'cyan' : 'green', name)}  ${body}${mark}\n`
  }

  mark (state: MessageState): string {
    return this.#out.paint(state === 'read' ? 'blue' : 'dim', STATE_MARKS[state])
  }
}
