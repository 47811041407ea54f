/** A plot's measures as uPlot takes them: aligned columns, and for each what it shows and whose run it is. */
import type { Measure, Points, ScenarioPlots } from '../plots.ts'

export interface Line {
  /** As the legend and the readout name it. */
  label: string
  points: Points
  /** The run behind a point: an index into the scenario's runs. */
  runAt: (step: number) => number | null
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
      const { lowest, middle, highest } = measure.band
      bands.push({ low: lines.length, high: lines.length + 2, colour: index })
      for (const [label, { points, runs: behind }] of Object.entries({ lowest, middle, highest })) {
        lines.push({
          label: `${measure.name}, ${label}`,
          points,
          runAt: step => behind[step] ?? null,
          colour: index,
          style: label === 'middle' ? 'solid' : 'edge'
        })
      }
    } else {
      measure.lines.forEach((points, run) => {
        const seed = runs.length > 1 ? `, seed ${runs[run]?.seed}` : ''
        lines.push({
          label: `${measure.name}${seed}`,
          points,
          runAt: step => points[step] == null ? null : run,
          // One run: a colour for each measure. Several: a colour for each run, and the second measure is dashed.
          colour: runs.length > 1 ? run : index,
          style: index === 0 || runs.length === 1 ? 'solid' : 'dashed'
        })
      })
    }
  })
  return { lines, bands }
}
