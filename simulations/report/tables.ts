/** The tables of the page: an overview, checks, figures, traffic, runs. */
import { html, type Html } from './html.ts'
import { written } from './quantity.ts'
import { inWords, type NamedFigure } from './words.ts'
import { figureOver, type CheckOverSeeds, type ScenarioRuns } from './scenario-runs.ts'
import type { ReportedCheck, ReportedRun, Standing } from './reported-run.ts'

const STANDING_WORDS: Readonly<Record<Standing, string>> = Object.freeze({ kept: 'kept', short: 'fell short as expected', broken: 'BROKEN' })
/** Short, to stand side by side. */
const OVERVIEW: Readonly<Record<string, string>> = Object.freeze({
  messagesWritten: 'messages',
  messagesLost: 'never shown',
  deliveryOnlineMsP50: 'delivery p50, readers online',
  deliveryMsP99: 'delivery p99',
  copiesMean: 'copies',
  reachableShare: 'reachable',
  routingSuccessShare: 'routing success',
  bytesPerNodeHour: 'traffic per node, hour'
})

export function badge (standing: Standing, words = STANDING_WORDS[standing]): Html {
  return html`<span class="badge ${standing}">${words}</span>`
}

/** The anchor of a scenario's section. */
export function anchor (scenario: string): string { return `scenario-${encodeURIComponent(scenario)}` }

/** One row a scenario; of figures the middle run's. */
export function overview (scenarios: ScenarioRuns[]): Html {
  const columns = inWords(Object.keys(OVERVIEW))
  return wide('Scenarios', html`<thead><tr><th scope="col">scenario<th scope="col">promises<th scope="col" class="number">runs
${columns.map(({ name }) => html`<th scope="col" class="number">${OVERVIEW[name]}`)}</thead>
<tbody>${scenarios.map(({ scenario, runs, standing }) => html`<tr><th scope="row"><a href="#${anchor(scenario)}">${scenario}</a><td>${badge(standing)}<td class="number">${runs.length}
${columns.map(({ name, quantity }) => {
  const figure = figureOver(runs, name)
  return html`<td class="number">${figure === undefined ? '–' : written(figure.middle, quantity)}`
})}`)}</tbody>`)
}

export function checksTable ({ checks, runs }: ScenarioRuns): Html {
  if (checks.length === 0) return html`<p class="soft">Nothing was checked.</p>`
  return wide('Checks', html`<thead><tr><th scope="col">check<th scope="col">result<th scope="col" class="number">${runs.length > 1 ? 'worst run' : 'figure'}
<th scope="col">what is known of it</thead><tbody>${checks.map(check => checkRow(check, runs.length > 1))}</tbody>`)
}

function checkRow ({ name, standing, worst, worstRun, runs, kept }: CheckOverSeeds, isMany: boolean): Html {
  const { fallsShort, examples } = worst
  const bound = fallsShort === undefined ? undefined : html`<p>${boundOf(fallsShort, worst.of)}</p>`
  const seen = examples.length === 0
    ? undefined
    : html`<details${standing === 'broken' ? html` open` : undefined}><summary>${isMany ? `examples of seed ${worstRun.seed}` : 'examples'}</summary>
<ul>${examples.map(example => html`<li>${example}`)}</ul>${replay(worstRun)}</details>`
  return html`<tr><th scope="row">${name}<td>${badge(standing)}${isMany ? html`<br><small>kept in ${kept} of ${runs}</small>` : undefined}
<td class="number">${written(worst.figure, 'count')} <small>of ${written(worst.of, 'count')} ${worst.unit}</small><td>${bound}${seen}`
}

/** A scenario that promises nothing bounds nothing: all of it may fail. */
function boundOf ({ atMost, because }: NonNullable<ReportedCheck['fallsShort']>, of: number): string {
  const why = because.charAt(0).toUpperCase() + because.slice(1)
  return atMost >= of ? `${why}.` : `${why}: at most ${written(atMost, 'count')}.`
}

export function figuresTable (runs: ReportedRun[]): Html {
  const named = inWords(new Set(runs.flatMap(({ summary }) => Object.keys(summary)))).filter(({ kind }) => kind === undefined)
  return wide('Figures', html`<thead><tr><th scope="col">figure${spreadHeads(runs)}</thead>
<tbody>${named.map(figure => html`<tr><th scope="row">${figure.words} <code>${figure.name}</code>${spreadCells(runs, figure)}`)}</tbody>`)
}

/** One row a kind of frame, those with most bytes first. */
export function trafficTable (runs: ReportedRun[]): Html | undefined {
  const named = inWords(new Set(runs.flatMap(({ summary }) => Object.keys(summary)))).filter(({ kind }) => kind !== undefined)
  if (named.length === 0) return undefined
  const middle = (kind: string, of: NamedFigure['quantity']): number => {
    const figure = named.find(it => it.kind === kind && it.quantity === of)
    return figure === undefined ? 0 : figureOver(runs, figure.name)?.middle ?? 0
  }
  const rows = [...new Set(named.map(({ kind }) => kind as string))]
    .map(kind => ({ kind, messages: middle(kind, 'count'), bytes: middle(kind, 'bytes') }))
    .sort((a, b) => b.bytes - a.bytes)
  return wide('Traffic by kind of frame', html`<thead><tr><th scope="col">frame<th scope="col" class="number">messages per node and hour<th scope="col" class="number">bytes per node and hour</thead>
<tbody>${rows.map(({ kind, messages, bytes }) => html`<tr><th scope="row"><code>${kind}</code><td class="number">${written(messages, 'count')}<td class="number">${written(bytes, 'bytes')}`)}</tbody>`)
}

export function runsTable (runs: ReportedRun[]): Html {
  return wide('Runs', html`<thead><tr><th scope="col" class="number">seed<th scope="col">replay<th scope="col">trace hash</thead>
<tbody>${runs.map(run => html`<tr><td class="number">${run.seed}<td>${replay(run)}<td><code>${run.traceHash}</code>`)}</tbody>`)
}

function replay ({ replay }: ReportedRun): Html {
  return html`<p class="replay"><code class="command">${replay}</code><button type="button" class="copy">Copy</button></p>`
}

function spreadHeads (runs: ReportedRun[]): Html {
  return runs.length === 1
    ? html`<th scope="col" class="number">value`
    : html`<th scope="col" class="number">middle run<th scope="col" class="number">lowest <small>seed</small><th scope="col" class="number">highest <small>seed</small>`
}

function spreadCells (runs: ReportedRun[], { name, quantity }: NamedFigure): Html | undefined {
  const figure = figureOver(runs, name)
  if (figure === undefined) return undefined
  const { middle, lowest, lowestRun, highest, highestRun } = figure
  return html`<td class="number">${written(middle, quantity)}${runs.length === 1
    ? undefined
    : html`<td class="number">${written(lowest, quantity)} <small>${lowestRun.seed}</small><td class="number">${written(highest, quantity)} <small>${highestRun.seed}</small>`}`
}

/** A table that scrolls by itself where the page is narrower. */
function wide (label: string, content: Html): Html {
  return html`<div class="wide" role="region" aria-label="${label}" tabindex="0"><table>${content}</table></div>`
}
