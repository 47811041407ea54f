/** The page as a whole: what was run and how it went first, then a section for each scenario. */
import { html, Html, json } from './html.ts'
import { anchor, badge, checksTable, figuresTable, overview, runsTable, trafficTable } from './tables.ts'
import { byScenario, worstOf, type ScenarioRuns } from './scenario-runs.ts'
import { LINES_MAX, scenarioPlots, type ScenarioPlots } from './plots.ts'
import type { ReportedRun, Standing } from './reported-run.ts'

/** Nothing is loaded, not even by mistake; the page's own script and style are part of it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

const LEADS: Readonly<Record<Standing, string>> = Object.freeze({
  kept: 'Every promise was kept in every run.',
  short: 'Every promise was kept, but for those of which the scenario says that they are not kept yet; these stayed within their bounds.',
  broken: 'A promise that should hold was broken; the command that replays it stands beside it.'
})

export function reportDocument (runs: ReportedRun[], { script, style }: { script: string, style: string }): string {
  const scenarios = byScenario(runs)
  const plots = scenarios.map(({ runs }) => scenarioPlots(runs))
  const standing = worstOf(scenarios)
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>Posthouse: simulation report</title>
<style>${new Html(style)}</style>
<main>
<header>
<h1>Posthouse under simulation</h1>
<p class="lead">${runs.length === 0 ? 'Nothing was run.' : html`${badge(standing)} ${LEADS[standing]}`}</p>
<p class="soft">${counted(runs.length, 'run')} of ${counted(scenarios.length, 'scenario')}: the cores that nodes and clients run, under virtual time, with faults chosen by a seed.
The network, the disks and the routing (Kademlia) are models. A seed replays exactly under the pinned runtime.</p>
</header>
${runs.length === 0 ? undefined : overview(scenarios)}
${scenarios.map((scenario, index) => section(scenario, plots[index] as ScenarioPlots, index))}
<footer>Drawn with uPlot, © Leon Sorokin, under the MIT License; its text is in this file.</footer>
</main>
<script type="application/json" id="plots">${json(plots)}</script>
<script>${new Html(script)}</script>
</html>
`.text
}

function section (scenario: ScenarioRuns, { plots }: ScenarioPlots, index: number): Html {
  const { runs, first, standing } = scenario
  return html`<section id="${anchor(scenario.scenario)}">
<h2>${scenario.scenario} ${badge(standing)}</h2>
<p class="about">${first.about}</p>
<dl class="soft"><dt>Assumes</dt><dd>${first.assumes}</dd></dl>
<h3>Checks</h3>
${checksTable(scenario)}
<h3>Over virtual time</h3>
<p class="soft">${whatIsDrawn(scenario)} Point at a plot, or reach it with Tab and walk with the arrow keys: below it stand the values and the command that replays them.
A click or Enter holds the point; dragging zooms, a double click shows all again.</p>
<noscript><p class="soft">The plots need the page's script. The tables do not.</p></noscript>
<div class="plots">${plots.map((plot, at) => html`<figure data-scenario="${index}" data-plot="${at}">
<figcaption><h4>${plot.title}</h4><p>${plot.about}</p></figcaption>
${plot.measures.length === 0
  ? html`<p class="nothing">Nothing happened that this could be taken from.</p>`
  : html`<div class="canvas" tabindex="0" role="slider" aria-label="${plot.title}: ${scenario.scenario}" aria-valuemin="0" aria-valuenow="0" aria-valuetext="use the arrow keys"></div><div class="readout"></div>`}
</figure>`)}</div>
${more('All figures', figuresTable(runs))}
${more('Traffic by kind of frame', trafficTable(runs))}
${more(runs.length === 1 ? 'The run, and how to replay it' : 'The runs, and how to replay them', runsTable(runs))}
</section>`
}

function whatIsDrawn ({ runs, first }: ScenarioRuns): string {
  if (runs.length === 1) return `The run of seed ${first.seed}.`
  return runs.length <= LINES_MAX ? 'A line for each seed.' : `The middle one of ${runs.length} runs, in a band from the lowest to the highest.`
}

function more (title: string, content: Html | undefined): Html | undefined {
  return content === undefined ? undefined : html`<details class="more"><summary>${title}</summary>${content}</details>`
}

function counted (count: number, noun: string): string { return `${count} ${noun}${count === 1 ? '' : 's'}` }
