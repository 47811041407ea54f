/** What the spectator sees: numbered acts with short lines, or with --json one object an event. */
import { setTimeout as delay } from 'node:timers/promises'
import { withProgress } from '../progress.ts'
import type { Io } from '../io.ts'
import type { Output } from '../output.ts'

/** A person reads along: between two acts the stage rests for a moment. */
const ACT_PAUSE_MS = 400

export class Stage {
  readonly out: Output
  readonly #io: Io
  readonly #startedMs = performance.now()
  #act = 0

  constructor (io: Io, out: Output) {
    this.#io = io
    this.out = out
  }

  get seconds (): string { return ((performance.now() - this.#startedMs) / 1000).toFixed(1) }

  async title (text: string): Promise<void> {
    if (!this.out.json) await this.out.line(`\n${this.out.paint('bold', text)}`)
  }

  async act (title: string): Promise<void> {
    this.#act++
    if (this.out.json) return
    if (this.#act > 1 && this.out.isTerminal) await delay(ACT_PAUSE_MS)
    await this.out.line(`\n${this.out.paint('cyan', String(this.#act).padStart(2))}  ${this.out.paint('bold', title)}  ${this.out.paint('dim', `${this.seconds} s`)}`)
  }

  /** What takes its time shows that it goes on. */
  async during<T> (text: string, work: () => Promise<T>): Promise<T> {
    return this.out.json ? await work() : await withProgress(this.#io, text, work)
  }

  /** line: for a person. event: the same for a script. */
  async say (line: string, event?: Record<string, unknown>): Promise<void> {
    if (!this.out.json) await this.out.line(`    ${line}`)
    else if (event !== undefined) await this.out.object({ act: this.#act, ...event })
  }

  async end (line: string, event: Record<string, unknown>): Promise<void> {
    if (this.out.json) await this.out.object({ ...event, seconds: Number(this.seconds) })
    else await this.out.line(`\n${line}  ${this.faint(`${this.seconds} s`)}`)
  }

  letter (text: string): string {
    return this.out.paint('italic', `“${text}”`)
  }

  good (text: string): string { return this.out.paint('green', text) }
  bad (text: string): string { return this.out.paint('red', text) }
  faint (text: string): string { return this.out.paint('dim', text) }
}
