/** The page as a whole: what was run and how it went first, then a section for each scenario. */
import { html, Html, json } from './html.ts'
import { anchor, badge, checksTable, figuresTable, overview, runsTable, trafficTable } from './tables.ts'
import { byScenario, worstOf, type ScenarioRuns } from './scenario-runs.ts'
import { scenarioPlots, type ScenarioPlots } from './plots.ts'
import type { ReportedRun, Standing } from './reported-run.ts'

/** Nothing is loaded, not even by mistake; the page's own script and style are part of it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"

const LEADS: Readonly<Record<Standing, string>> = Object.freeze({
  kept: 'Every promise was kept in every run.',
  short: 'Every promise was kept, but for those of which the scenario says that they are not kept yet; these stayed within their bounds.',
  broken: 'A promise that should hold was broken. The seeds and the commands that replay it are beside it.'
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
<p class="soft">${runs.length === 1 ? `Seed ${first.seed}.` : plots.some(({ measures }) => measures.some(measure => 'band' in measure)) ? `The middle of ${runs.length} runs, in the band from the lowest to the highest.` : 'One line for each seed.'}</p>
<noscript><p class="soft">The plots need the page's script. The tables do not.</p></noscript>
<div class="plots">${plots.map((plot, at) => html`<figure data-scenario="${index}" data-plot="${at}">
<figcaption><h4>${plot.title}</h4><p>${plot.about}</p></figcaption>
${plot.measures.length === 0
  ? html`<p class="nothing">Nothing happened that this could be taken from.</p>`
  : html`<div class="canvas" tabindex="0" role="slider" aria-label="${plot.title}: ${scenario.scenario}" aria-valuemin="0" aria-valuenow="0" aria-valuetext="use the arrow keys"></div><div class="readout"></div>`}
</figure>`)}</div>
<h3>Figures</h3>
${figuresTable(runs)}
${trafficTable(runs)}
<h3>Runs</h3>
${runsTable(runs)}
</section>`
}

function counted (count: number, noun: string): string { return `${count} ${noun}${count === 1 ? '' : 's'}` }
