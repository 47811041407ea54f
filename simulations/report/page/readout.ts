/** Below a plot: what its lines are, what they are at one step, and the command that replays one of them. */
import { written } from '../quantity.ts'
import { lineColour } from './palette.ts'
import type { Plot, ScenarioPlots } from '../plots.ts'
import type { Line } from './lines.ts'

export interface ReadoutInit { host: HTMLElement, plot: Plot, scenario: ScenarioPlots, lines: Line[], onChosen: (line: number) => void }

export class Readout {
  readonly #init: ReadoutInit
  /** One for each line. */
  readonly #buttons: HTMLButtonElement[]
  readonly #values: HTMLElement[]
  readonly #time = element('th', 'time')
  readonly #seed = element('span', 'seed')
  readonly #command = element('code', 'command')
  readonly #replay = element('p', 'replay')

  constructor (init: ReadoutInit) {
    this.#init = init
    this.#values = init.lines.map(() => element('b', ''))
    this.#buttons = init.lines.map((line, index) => this.#button(line, index))
    const copy = element('button', 'copy', 'Copy')
    copy.type = 'button'
    this.#replay.append(this.#seed, this.#command, copy)
    this.#replay.classList.add('waiting')
    this.#seed.textContent = 'seed'
    init.host.replaceChildren(this.#table(), this.#replay)
  }

  /** chosen: the line whose run the command replays. Answers what it says, in words. */
  show (step: number, chosen: number, isHeld: boolean): string {
    const { plot, scenario, lines } = this.#init
    const said = lines.map(({ points }) => { const value = points[step]; return value == null ? '–' : written(value, plot.quantity) })
    said.forEach((text, index) => {
      (this.#values[index] as HTMLElement).textContent = text
      this.#buttons[index]?.setAttribute('aria-pressed', String(index === chosen))
    })
    const hours = `${scenario.at[step]?.toFixed(2)} h`
    this.#time.textContent = isHeld ? `${hours}, held` : hours
    const line = lines[chosen] as Line
    const run = scenario.runs[line.runAt(step) ?? -1]
    this.#replay.classList.toggle('waiting', run === undefined)
    this.#seed.textContent = `seed ${run?.seed}`
    this.#command.textContent = run?.replay ?? ' '
    return [`${hours}: ${line.row}`, `${line.column}: ${said[chosen]}`, ...run === undefined ? [] : [`replayed by seed ${run.seed}`]].join(', ')
  }

  #table (): HTMLElement {
    const { lines } = this.#init
    const columns = [...new Set(lines.map(({ column }) => column))]
    const head = element('tr', '')
    head.append(this.#time, ...columns.map(column => element('th', '', column)))
    const rows = [...new Set(lines.map(({ row }) => row))].map(name => {
      const row = element('tr', '')
      row.append(element('th', '', name), ...columns.map(column => {
        const cell = element('td', '')
        cell.append(...this.#buttons.filter((_, index) => lines[index]?.row === name && lines[index]?.column === column))
        return cell
      }))
      return row
    })
    const table = element('table', 'values')
    table.append(head, ...rows)
    return table
  }

  #button ({ row, column, colour, style }: Line, index: number): HTMLButtonElement {
    const button = element('button', 'value')
    button.type = 'button'
    button.setAttribute('aria-pressed', 'false')
    button.setAttribute('aria-label', `${row}, ${column}`)
    const swatch = element('i', `swatch ${style}`)
    swatch.style.setProperty('--line', `var(--${lineColour(colour)})`)
    button.append(swatch, this.#values[index] as HTMLElement)
    button.addEventListener('click', () => { this.#init.onChosen(index) })
    return button
  }
}

function element<Name extends keyof HTMLElementTagNameMap> (name: Name, className: string, text = ''): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}
