/** A plot's measures as uPlot takes them: aligned columns, and for each what it shows and whose run it is. */
import type { Measure, Points, ScenarioPlots } from '../plots.ts'

export interface Line {
  /** Where the readout's table has it. */
  row: string
  column: string
  points: Points
  /** The run behind a point: an index into the scenario's runs. */
  runAt: (step: number) => number | null
  /** Index into the palette. */
  colour: number
  /** edge: of a band. */
  style: 'solid' | 'dashed' | 'edge'
}

/** low, high: the places of a band's edges among the lines. */
export interface Band { low: number, high: number, colour: number }

export function linesOf (measures: Measure[], { runs }: ScenarioPlots): { lines: Line[], bands: Band[] } {
  const lines: Line[] = []
  const bands: Band[] = []
  measures.forEach((measure, index) => {
    if ('band' in measure) {
      bands.push({ low: lines.length, high: lines.length + 2, colour: index })
      lines.push(...bandLines(measure, index))
    } else {
      lines.push(...runLines(measure, index, runs))
    }
  })
  return { lines, bands }
}

/** Lowest, middle, highest; a colour for each measure. */
function bandLines ({ name, band }: Extract<Measure, { band: unknown }>, index: number): Line[] {
  return (['lowest', 'middle', 'highest'] as const).map(column => ({
    row: name,
    column,
    points: band[column].points,
    runAt: step => band[column].runs[step] ?? null,
    colour: index,
    style: column === 'middle' ? 'solid' : 'edge'
  }))
}

/** One run: a colour for each measure. Several: a colour for each run, and the second measure is dashed. */
function runLines ({ name, lines }: Extract<Measure, { lines: unknown }>, index: number, runs: ScenarioPlots['runs']): Line[] {
  const isOne = runs.length === 1
  return lines.map((points, run) => ({
    row: `seed ${runs[run]?.seed}`,
    column: name,
    points,
    runAt: step => points[step] == null ? null : run,
    colour: isOne ? index : run,
    style: isOne || index === 0 ? 'solid' : 'dashed'
  }))
}
