/** One plot as uPlot draws it: lines, bands, axes with units. */
import UPlot from 'uplot'
import { ROUND_DURATIONS_MS, written } from '../quantity.ts'
import { colour, lineColour } from './palette.ts'
import type { Plot, Points } from '../plots.ts'
import type { Band, Line } from './lines.ts'

const HEIGHT_PX = 250
const FONT = '12px system-ui, sans-serif'
/** Room for the longest label: `99.9987 %`. */
const AXIS_WIDTH_PX = 66
const TIME_AXIS_HEIGHT_PX = 30

/** A band is its filling; an outline would draw every outlier twice. */
const LINE_PX = Object.freeze({ solid: 1.75, dashed: 1.25, edge: 0 })

export interface ChartInit { plot: Plot, at: number[], lines: Line[], bands: Band[], host: HTMLElement, onCursor: (chart: UPlot) => void, isHeld: () => boolean }

export function makeChart ({ plot, at, lines, bands, host, onCursor, isHeld }: ChartInit): UPlot {
  const unlessHeld = (_chart: UPlot, _target: HTMLElement, handler: (event: MouseEvent) => null) => (event: MouseEvent) => isHeld() ? null : handler(event)
  const options: UPlot.Options = {
    width: host.clientWidth,
    height: HEIGHT_PX,
    legend: { show: false },
    cursor: { bind: { mousemove: unlessHeld, mouseleave: () => () => null }, y: false, points: { size: 7 } },
    scales: { x: { time: false }, y: yScale(plot) },
    axes: [
      axis({ label: 'virtual time, hours', size: TIME_AXIS_HEIGHT_PX }),
      axis({
        label: plot.axis,
        size: AXIS_WIDTH_PX,
        values: (_chart, values) => values.map(value => value == null ? '' : written(value, plot.quantity)),
        ...plot.scale === 'durations' && { splits: (_chart, _axis, min, max) => ROUND_DURATIONS_MS.filter(ms => ms >= min && ms <= max), filter: (_chart, splits) => splits }
      })
    ],
    series: [{}, ...lines.map(drawn)],
    bands: bands.map(({ low, high, colour: index }) => ({ series: [high + 1, low + 1], fill: () => `${colour(lineColour(index))}2e` })),
    hooks: { setCursor: [onCursor] }
  }
  return new UPlot(options, [at, ...lines.map(({ points }) => drawable(points, plot))] as UPlot.AlignedData, host)
}

/** Points between gaps, which no line reaches. */
function lonely (chart: UPlot, series: number): number[] {
  const points = chart.data[series] ?? []
  return [...points.keys()].filter(at => points[at] != null && points[at - 1] == null && points[at + 1] == null)
}

/** A logarithm has no zero: what took no time is drawn as the least that is. */
function drawable (points: Points, { scale }: Plot): Points {
  return scale === 'durations' ? points.map(ms => ms === null ? null : Math.max(1, ms)) : points
}

function drawn ({ row, column, colour: index, style }: Line): UPlot.Series {
  return {
    label: `${row}, ${column}`,
    stroke: () => colour(lineColour(index)),
    width: LINE_PX[style],
    points: { show: style !== 'edge', size: 4, filter: lonely },
    ...style === 'dashed' && { dash: [5, 4] }
  }
}

function yScale ({ scale }: Plot): UPlot.Scale {
  switch (scale) {
    case 'durations': return { distr: 3, range: (_chart, min, max) => [roundBelow(min ?? 1), roundAbove(max ?? 1000)] }
    // Shares near one are told apart; the axis says that it does not begin at zero.
    case 'share': return { range: (_chart, min) => [Math.floor(Math.min(min ?? 0, 0.99) * 10) / 10, 1] }
    case 'amount': return { range: (_chart, _min, max) => UPlot.rangeNum(0, Math.max(max ?? 0, 1), { min: { pad: 0 }, max: { pad: 0.1 } }) }
  }
}

function roundBelow (ms: number): number { return ROUND_DURATIONS_MS.findLast(round => round <= ms) ?? 1 }

function roundAbove (ms: number): number { return ROUND_DURATIONS_MS.find(round => round > ms) ?? ms * 2 }

function axis (options: UPlot.Axis): UPlot.Axis {
  const line = { stroke: () => colour('line'), width: 1 }
  return { stroke: () => colour('soft'), font: FONT, labelFont: FONT, labelSize: 20, labelGap: 0, grid: line, ticks: line, ...options }
}
