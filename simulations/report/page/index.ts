/**
 * The report's script: it draws the plots when they come into view and copies commands. Everything else of the page is
 * there without it. Bundled into the page by ../bundle.ts.
 */
import { PlotFigure } from './figure.ts'
import type { ScenarioPlots } from '../plots.ts'

/** How far below the window a plot is drawn already. */
const AHEAD = '400px'
const COPIED_MS = 1500

const scenarios = JSON.parse(document.getElementById('plots')?.textContent ?? '[]') as ScenarioPlots[]
const figures = new Map<Element, PlotFigure>()
let opened: HTMLDetailsElement[] = []

for (const host of document.querySelectorAll<HTMLElement>('figure[data-plot]')) {
  const scenario = scenarios[Number(host.dataset.scenario)]
  const plot = scenario?.plots[Number(host.dataset.plot)]
  if (scenario !== undefined && plot !== undefined && plot.measures.length > 0) figures.set(host, new PlotFigure(host, plot, scenario))
}

const inView = new IntersectionObserver(entries => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) figures.get(target)?.draw()
}, { rootMargin: AHEAD })
for (const host of figures.keys()) inView.observe(host)

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', recolour)
addEventListener('beforeprint', () => { forPaper(true) })
addEventListener('afterprint', () => { forPaper(false) })

document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLButtonElement>('button.copy') : null
  const command = button?.parentElement?.querySelector('code')
  if (button != null && command != null) void copy(command, button)
})

function recolour (): void {
  for (const figure of figures.values()) figure.recolour()
}

function forPaper (isPaper: boolean): void {
  document.documentElement.toggleAttribute('data-paper', isPaper)
  recolour()
  if (isPaper) {
    for (const figure of figures.values()) figure.draw()
    // Paper cannot be opened.
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')]
  }
  for (const details of opened) details.open = isPaper
}

/** Where the browser gives no clipboard to a page from a file, the command is selected for the reader to copy. */
async function copy (command: Element, button: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(command.textContent)
    button.textContent = 'Copied'
  } catch {
    getSelection()?.selectAllChildren(command)
    button.textContent = 'Selected'
  }
  setTimeout(() => { button.textContent = 'Copy' }, COPIED_MS)
}
