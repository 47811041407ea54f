/** Messages as a person reads them: a heading for each day, then time, author and text. */
import { calendarDate, clockTime, printable, shortId, type Output } from './output.ts'
import type { ConversationLine } from './agent/calls.ts'
import type { MessageState } from '../types.ts'

/** What stands beside one's own message. */
export const STATE_MARKS: Readonly<Record<MessageState, string>> = Object.freeze({ queued: '○', accepted: '·', stored: '✓', delivered: '✓✓', read: '✓✓' })

export class ConversationView {
  readonly #out: Output
  readonly #names = new Map<string, string>()
  #day = ''

  constructor (out: Output) {
    this.#out = out
  }

  /** Others than these go by the ends of their id. */
  call (userId: string, name: string): void {
    this.#names.set(userId, name)
  }

  async line (message: ConversationLine & { state?: MessageState | undefined }): Promise<void> {
    await this.#out.write(this.text(message))
  }

  /** With its line feed; a new day brings its heading. */
  text ({ from, text, sentAt, state }: ConversationLine & { state?: MessageState | undefined }): string {
    return this.#format(this.#names.get(from) ?? shortId(from), { text, sentAt, style: state === undefined ? 'cyan' : 'green', end: state === undefined ? '' : ` ${this.mark(state)}` })
  }

  /** A message that was entered just now. */
  own (text: string, sentAt: number): string {
    return this.#format('you', { text, sentAt, style: 'green', end: '' })
  }

  mark (state: MessageState): string {
    return this.#out.paint(state === 'read' ? 'blue' : 'dim', STATE_MARKS[state])
  }

  #format (name: string, { text, sentAt, style, end }: { text: string, sentAt: number, style: 'cyan' | 'green', end: string }): string {
    const out = this.#out
    const day = calendarDate(sentAt)
    const heading = day === this.#day ? '' : `${out.paint('dim', `── ${day} ──`)}\n`
    this.#day = day
    const left = `${clockTime(sentAt)}  ${name}  `
    const body = printable(text).replaceAll('\n', `\n${' '.repeat(left.length)}`)
    return `${heading}${out.paint('dim', clockTime(sentAt))}  ${out.paint(style, name)}  ${body}${end}\n`
  }
}
