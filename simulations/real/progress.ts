/** Where a run is: one line that changes, on a terminal; elsewhere a line now and then, so that a log shows it lives. */
import { SingleBar } from 'cli-progress'
import type { Counts } from './counts.ts'

/** How often the line changes, and how often a log gets one. */
const LOOK_MS = 250
const LINE_MS = 15_000

export interface ProgressInit {
  /** How long the traffic is planned to take, ms. */
  durationMs: number
  /** stderr: results go elsewhere. */
  stream: NodeJS.WriteStream
}

export class Progress {
  readonly #init: ProgressInit
  readonly #bar: SingleBar
  #counts: (() => Counts) | undefined
  #last = 'begins'
  #trafficAt: number | undefined
  #timer: NodeJS.Timeout | undefined

  constructor (init: ProgressInit) {
    this.#init = init
    this.#bar = new SingleBar({
      stream: init.stream,
      clearOnComplete: true,
      hideCursor: true,
      barsize: 20,
      // The run's own timer draws.
      synchronousUpdate: false,
      format: '{bar} {line}'
    })
  }

  start (): void {
    const { stream, durationMs } = this.#init
    if (stream.isTTY) {
      this.#bar.start(durationMs, 0, { line: '' })
      this.#timer = setInterval(() => { this.#bar.update(Math.min(durationMs, this.#elapsedMs()), { line: this.#line() }) }, LOOK_MS)
    } else {
      this.#timer = setInterval(() => { stream.write(`${this.#line()}\n`) }, LINE_MS)
    }
  }

  watch (counts: () => Counts): void { this.#counts = counts }

  /** Of a node or of the whole run. */
  happened (what: string): void {
    this.#last = what
    if (what === 'traffic') this.#trafficAt = performance.now()
  }

  stop (): void {
    clearInterval(this.#timer)
    if (this.#init.stream.isTTY) this.#bar.stop()
  }

  #elapsedMs (): number { return this.#trafficAt === undefined ? 0 : performance.now() - this.#trafficAt }

  #line (): string {
    const counts = this.#counts?.()
    if (counts === undefined) return this.#last
    const { nodesUp, messages, stored, delivered, lookupsFound, lookupsFailed } = counts
    return `${nodesUp} nodes up · ${messages} written, ${stored} stored, ${delivered} shown · lookups ${lookupsFound} ok, ${lookupsFailed} failed · ${this.#last}`
  }
}
