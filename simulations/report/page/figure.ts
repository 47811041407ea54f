/** One plot on the page: the chart, its readout, and how mouse, touch and keys move through it. */
import { makeChart } from './chart.ts'
import { linesOf, type Band, type Line } from './lines.ts'
import { Readout } from './readout.ts'
import type uPlot from 'uplot'
import type { Plot, ScenarioPlots } from '../plots.ts'

/** A press that moves farther than this is a drag, px. */
const CLICK_PX_MAX = 4
/** Steps for Page Up and Page Down: an hour when steps are five minutes. */
const PAGE_STEPS = 12

export class PlotFigure {
  readonly #plot: Plot
  readonly #scenario: ScenarioPlots
  readonly #canvas: HTMLElement
  readonly #lines: Line[]
  readonly #bands: Band[]
  readonly #readout: Readout
  #chart: uPlot | undefined
  #step: number | undefined
  #chosen = 0
  #isHeld = false

  constructor (host: HTMLElement, plot: Plot, scenario: ScenarioPlots) {
    this.#plot = plot
    this.#scenario = scenario
    this.#canvas = host.querySelector('.canvas') as HTMLElement
    const { lines, bands } = linesOf(plot.measures, scenario)
    this.#lines = lines
    this.#bands = bands
    this.#readout = new Readout({ host: host.querySelector('.readout') as HTMLElement, plot, scenario, lines, onChosen: line => { this.#choose(line) } })
    this.#canvas.setAttribute('aria-valuemax', String(scenario.at.length - 1))
    this.#canvas.addEventListener('keydown', event => { this.#onKey(event) })
  }

  /** Draws it, if it is not drawn yet. */
  draw (): void {
    if (this.#chart !== undefined) return
    this.#chart = makeChart({
      plot: this.#plot,
      at: this.#scenario.at,
      lines: this.#lines,
      bands: this.#bands,
      host: this.#canvas,
      onCursor: chart => { this.#onCursor(chart) },
      isHeld: () => this.#isHeld
    })
    this.#holdOnClick(this.#chart.over)
    new ResizeObserver(() => { this.#fit() }).observe(this.#canvas)
  }

  /** Again, in the colours that hold now. */
  recolour (): void { this.#chart?.redraw() }

  #fit (): void {
    const width = this.#canvas.clientWidth
    if (this.#chart !== undefined && width > 0 && width !== this.#chart.width) this.#chart.setSize({ width, height: this.#chart.height })
  }

  #onCursor (chart: uPlot): void {
    const { idx, top } = chart.cursor
    if (idx == null || this.#isHeld) return
    this.#step = idx
    if (chart.cursor.event !== undefined) this.#chosen = this.#nearest(chart, idx, top ?? 0)
    this.#say()
  }

  /** The line whose point is nearest to the pointer. */
  #nearest (chart: uPlot, step: number, top: number): number {
    let nearest = this.#chosen
    let leastPx = Infinity
    this.#lines.forEach(({ points }, index) => {
      const value = points[step]
      const px = value == null ? Infinity : Math.abs(chart.valToPos(value, 'y') - top)
      if (px < leastPx) [nearest, leastPx] = [index, px]
    })
    return nearest
  }

  #holdOnClick (over: HTMLElement): void {
    let pressedAt = 0
    over.addEventListener('mousedown', event => { pressedAt = event.clientX })
    over.addEventListener('click', event => {
      if (Math.abs(event.clientX - pressedAt) <= CLICK_PX_MAX) this.#hold()
    })
  }

  #onKey (event: KeyboardEvent): void {
    const last = this.#scenario.at.length - 1
    const step = this.#step ?? 0
    switch (event.key) {
      case 'ArrowLeft': this.#goTo(step - 1); break
      case 'ArrowRight': this.#goTo(this.#step === undefined ? 0 : step + 1); break
      case 'PageDown': this.#goTo(step - PAGE_STEPS); break
      case 'PageUp': this.#goTo(step + PAGE_STEPS); break
      case 'Home': this.#goTo(0); break
      case 'End': this.#goTo(last); break
      case 'ArrowUp': this.#choose((this.#chosen + this.#lines.length - 1) % this.#lines.length); break
      case 'ArrowDown': this.#choose((this.#chosen + 1) % this.#lines.length); break
      case 'Enter':
      case ' ': this.#hold(); break
      default: return
    }
    event.preventDefault()
  }

  #goTo (step: number): void {
    this.#isHeld = false
    this.#step = Math.max(0, Math.min(this.#scenario.at.length - 1, step))
    const left = this.#chart?.valToPos(this.#scenario.at[this.#step] as number, 'x')
    if (left !== undefined) this.#chart?.setCursor({ left, top: 0 }, false)
    this.#say()
  }

  #choose (line: number): void {
    this.#chosen = line
    this.#say()
  }

  #hold (): void {
    this.#isHeld = !this.#isHeld
    this.#say()
  }

  #say (): void {
    if (this.#step === undefined) return
    this.#canvas.setAttribute('aria-valuenow', String(this.#step))
    this.#canvas.setAttribute('aria-valuetext', this.#readout.show(this.#step, this.#chosen, this.#isHeld))
  }
}
