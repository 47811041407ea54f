/**
 * The lines of one conversation that are at hand: a window on its history, in the history's own order. It grows at either end
 * by pages, is bounded, and lets go of the end that is farther from what was asked for.
 */
import { CLI_DEFAULTS } from '../../defaults.ts'
import type { ConversationLine } from '../../agent/calls.ts'

export class Timeline {
  readonly #linesMax: number
  #lines: ConversationLine[] = []
  /** There may be more before the first, after the last. */
  hasOlder = true
  hasNewer = false

  constructor (linesMax: number = CLI_DEFAULTS.chatLinesMax) {
    this.#linesMax = linesMax
  }

  get lines (): readonly ConversationLine[] { return this.#lines }

  find (id: string): ConversationLine | undefined {
    return this.#lines.find(line => line.id === id)
  }

  indexOf (id: string): number {
    return this.#lines.findIndex(line => line.id === id)
  }

  /** The newest lines there are. What is held stays when the page reaches it, and makes room when there is a gap between. */
  putNewest (page: readonly ConversationLine[], isWhole: boolean): void {
    const [first] = page
    const last = this.#lines.at(-1)
    const hasGap = first === undefined || last === undefined || comesAfter(first, last)
    // Whatever is not in the page any more has disappeared.
    this.#lines = isWhole || hasGap ? [...page] : [...this.#lines.filter(line => comesAfter(first, line)), ...page]
    this.hasOlder = !isWhole && (hasGap || this.hasOlder)
    this.hasNewer = false
    this.#trim('oldest')
  }

  /** isEnd: there is nothing before it. */
  putOlder (page: readonly ConversationLine[], isEnd: boolean): void {
    this.#merge(page)
    this.hasOlder = !isEnd
    this.#trim('newest')
  }

  /** isEnd: there is nothing after it. */
  putNewer (page: readonly ConversationLine[], isEnd: boolean): void {
    this.#merge(page)
    this.hasNewer = !isEnd
    this.#trim('oldest')
  }

  /** A line that came, or changed. Returns false where it lies outside of the window. */
  put (line: ConversationLine): boolean {
    const at = this.indexOf(line.id)
    if (at !== -1) {
      this.#lines[at] = line
      return true
    }
    const [first] = this.#lines
    const last = this.#lines.at(-1)
    if (this.hasNewer && (last === undefined || comesAfter(line, last))) return false
    if (this.hasOlder && first !== undefined && comesAfter(first, line)) return false
    this.#merge([line])
    this.#trim('oldest')
    return true
  }

  remove (id: string): void {
    this.#lines = this.#lines.filter(line => line.id !== id)
  }

  #merge (page: readonly ConversationLine[]): void {
    const all = new Map(this.#lines.map(line => [line.id, line]))
    for (const line of page) all.set(line.id, line)
    this.#lines = [...all.values()].sort((a, b) => comesAfter(a, b) ? 1 : -1)
  }

  #trim (side: 'oldest' | 'newest'): void {
    if (this.#lines.length <= this.#linesMax) return
    if (side === 'oldest') {
      this.#lines = this.#lines.slice(-this.#linesMax)
      this.hasOlder = true
    } else {
      this.#lines = this.#lines.slice(0, this.#linesMax)
      this.hasNewer = true
    }
  }
}

function comesAfter (a: ConversationLine, b: ConversationLine): boolean {
  return a.stamp > b.stamp || (a.stamp === b.stamp && a.id > b.id)
}
