/** Below a plot: what its lines are, what they are at one step, and the command that replays one of them. */
import { written } from '../quantity.ts'
import { lineColour } from './palette.ts'
import type { Plot, ScenarioPlots } from '../plots.ts'
import type { Line } from './lines.ts'

export interface ReadoutInit { host: HTMLElement, plot: Plot, scenario: ScenarioPlots, lines: Line[], onChosen: (line: number) => void }

export class Readout {
  readonly #init: ReadoutInit
  readonly #time = element('p', 'time')
  readonly #values: HTMLElement[] = []
  readonly #chips: HTMLButtonElement[] = []
  readonly #seed = element('span', 'seed')
  readonly #command = element('code', 'command')
  readonly #replay = element('p', 'replay')

  constructor (init: ReadoutInit) {
    this.#init = init
    const legend = element('div', 'legend')
    init.lines.forEach((line, index) => { legend.append(this.#chip(line, index)) })
    const copy = element('button', 'copy', 'Copy')
    copy.type = 'button'
    this.#replay.append(this.#seed, this.#command, copy)
    this.#replay.hidden = true
    this.#time.textContent = 'Point at the plot, or go there with Tab and ← →, for values and the command that replays them. Click or Enter holds a point; drag zooms, a double click shows all.'
    init.host.replaceChildren(legend, this.#time, this.#replay)
  }

  /** chosen: the line whose run the command replays. Answers what it says, in words. */
  show (step: number, chosen: number, isHeld: boolean): string {
    const { plot, scenario, lines } = this.#init
    lines.forEach((line, index) => {
      const value = line.points[step]
      ;(this.#values[index] as HTMLElement).textContent = value == null ? '–' : written(value, plot.quantity)
      this.#chips[index]?.setAttribute('aria-pressed', String(index === chosen))
    })
    const hours = `${Number(scenario.at[step]?.toFixed(2))} h`
    this.#time.textContent = isHeld ? `${hours}, held: click again or press Enter to let go` : hours
    const line = lines[chosen] as Line
    const run = scenario.runs[line.runAt(step) ?? -1]
    this.#replay.hidden = run === undefined
    this.#seed.textContent = `seed ${run?.seed}`
    this.#command.textContent = run?.replay ?? ''
    const value = line.points[step]
    return `${hours}: ${line.label}: ${value == null ? 'nothing' : written(value, plot.quantity)}${run === undefined ? '' : `, seed ${run.seed}`}`
  }

  #chip ({ label, colour, style }: Line, index: number): HTMLElement {
    const chip = element('button', 'chip')
    chip.type = 'button'
    chip.setAttribute('aria-pressed', 'false')
    const swatch = element('i', `swatch ${style}`)
    swatch.style.setProperty('--line', `var(--${lineColour(colour)})`)
    const value = element('b', '')
    chip.append(swatch, label, value)
    chip.addEventListener('click', () => { this.#init.onChosen(index) })
    this.#values.push(value)
    this.#chips.push(chip)
    return chip
  }
}

function element<Name extends keyof HTMLElementTagNameMap> (name: Name, className: string, text = ''): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}
