/** What nodes write to their standard error, sorted: what peers that went away bring about, and what only a bug does. */

/** An error that no peer, disk or operator explains. */
const BUG = /\b(uncaught|unhandled|TypeError|ReferenceError|RangeError|SyntaxError|AssertionError|something went wrong in posthouse itself)\b/i
const BAD_LEVELS: ReadonlySet<unknown> = new Set(['error', 'fatal'])

export type Complaint = 'nothing' | 'warning' | 'bug'

/** line: of a process that logs in JSON. Anything else that it says there, nobody meant to. */
export function judge (line: string): Complaint {
  if (line.trim() === '') return 'nothing'
  try {
    const { level, msg } = JSON.parse(line) as { level?: unknown, msg?: unknown }
    if (BAD_LEVELS.has(level) || BUG.test(String(msg))) return 'bug'
    return level === 'warn' ? 'warning' : 'nothing'
  } catch {
    return 'bug'
  }
}

/** Makes lines of what comes in pieces. */
export class Lines {
  readonly #line: (line: string) => void
  #rest = ''

  constructor (line: (line: string) => void) { this.#line = line }

  add (text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#line(line)
  }

  /** What has no line end yet is a line too. */
  end (): void {
    if (this.#rest !== '') this.#line(this.#rest)
    this.#rest = ''
  }
}
