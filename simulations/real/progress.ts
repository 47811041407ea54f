/** Where a run is: one line that changes, on a terminal; elsewhere a line now and then, so that a log shows it lives. */
import { SingleBar } from 'cli-progress'

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
  #line: () => string = () => ''
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
      this.#timer = setInterval(() => { this.#bar.update(Math.min(durationMs, this.#elapsedMs()), { line: this.#text() }) }, LOOK_MS)
    } else {
      this.#timer = setInterval(() => { stream.write(`${this.#text()}\n`) }, LINE_MS)
    }
  }

  /** line: where the run is, in a few figures. */
  watch (line: () => string): void { this.#line = line }

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

  #text (): string {
    const line = this.#line()
    return line === '' ? this.#last : `${line} · ${this.#last}`
  }
}
