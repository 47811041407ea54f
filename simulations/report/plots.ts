/**
 * What is plotted: each figure over virtual time, for all runs of a scenario together. A few runs get a line each; of
 * many, the middle one is drawn, in a band from the lowest to the highest. Every point still knows its run, so that
 * whoever wonders about a point can replay it.
 */
import type { Quantity } from './quantity.ts'
import type { ReportedRun } from './reported-run.ts'

/** More runs than this are drawn as a band: more lines cannot be told apart by their colours. */
export const LINES_MAX = 5

export type Points = Array<number | null>

/** names: what a line is, of one run or of all. Indices into the scenario's runs stand beside the points of a band. */
export type Measure = { name: string } & (
  | { lines: Points[] }
  | { band: Record<'lowest' | 'middle' | 'highest', { points: Points, runs: Points }> }
)

export interface Plot {
  title: string
  /** What exactly is shown, in one sentence. */
  about: string
  /** At the vertical axis. */
  axis: string
  quantity: Quantity
  /** durations: logarithmic. share: up to one. amount: from zero. */
  scale: 'durations' | 'share' | 'amount'
  /** Only those of which something is known. */
  measures: Measure[]
}

/** Goes into the page as JSON. at: hours of virtual time. */
export interface ScenarioPlots { runs: Array<{ seed: string, replay: string }>, at: number[], plots: Plot[] }

type PlannedPlot = Omit<Plot, 'measures'> & { figures: Array<[figure: string, name: string]> }

const DURATION = { axis: 'duration (logarithmic)', quantity: 'ms', scale: 'durations' } as const
const SHARE = { quantity: 'share', scale: 'share' } as const

const PLANNED: readonly PlannedPlot[] = Object.freeze([
  {
    ...DURATION,
    title: 'Delivery latency',
    about: 'From written to shown to the reader, by when the message was written; absent readers included.',
    figures: [['deliveryMsP50', 'p50'], ['deliveryMsP99', 'p99']]
  },
  {
    ...DURATION,
    title: 'Delivery latency, readers online',
    about: 'The same, of readers whose device was up from the writing to the showing.',
    figures: [['deliveryOnlineMsP50', 'p50'], ['deliveryOnlineMsP99', 'p99']]
  },
  {
    ...DURATION,
    title: 'Time until stored',
    about: 'From written until the sender holds enough receipts, by when the message was written.',
    figures: [['storedMsP50', 'p50'], ['storedMsP99', 'p99']]
  },
  {
    title: 'Copies per envelope',
    about: 'Nodes whose receipts were in hand when a message was first stored, on average.',
    axis: 'copies',
    quantity: 'count',
    scale: 'amount',
    figures: [['copiesMean', 'copies']]
  },
  {
    ...SHARE,
    title: 'Reachable share',
    about: 'Nodes that are up, of those that have not left for good; likewise devices.',
    axis: 'share up',
    figures: [['reachableShare', 'nodes'], ['devicesUpShare', 'devices']]
  },
  {
    ...SHARE,
    title: 'Routing success',
    about: 'Look-ups on the network that found a route, of all that had to ask it.',
    axis: 'share found',
    figures: [['routingSuccessShare', 'found']]
  },
  {
    ...DURATION,
    title: 'Look-up time',
    about: 'Of look-ups on the network that found a route.',
    figures: [['lookUpMsP50', 'p50'], ['lookUpMsP99', 'p99']]
  },
  {
    title: 'Traffic per node: messages',
    about: 'Frames that a node sends while it is up; those of the routing model (Kademlia) apart.',
    axis: 'messages per node and hour',
    quantity: 'count',
    scale: 'amount',
    figures: [['messagesPerNodeHour', 'mail and sessions'], ['kadMessagesPerNodeHour', 'kad (model)']]
  },
  {
    title: 'Traffic per node: bytes',
    about: 'Bytes that a node sends while it is up; those of the routing model (Kademlia) apart.',
    axis: 'bytes per node and hour',
    quantity: 'bytes',
    scale: 'amount',
    figures: [['bytesPerNodeHour', 'mail and sessions'], ['kadBytesPerNodeHour', 'kad (model)']]
  }
])

/** Of the runs of one scenario, in their order. */
export function scenarioPlots (runs: ReportedRun[]): ScenarioPlots {
  const at = [...new Set(runs.flatMap(({ series }) => series.at))].sort((a, b) => a - b)
  const plots = PLANNED.map(({ figures, ...plot }) => ({
    ...plot,
    measures: figures.flatMap(([figure, name]) => {
      const lines = runs.map(run => pointsAt(at, run, figure))
      const isKnown = lines.some(line => line.some(point => point !== null))
      return isKnown ? [{ name, ...lines.length <= LINES_MAX ? { lines } : { band: bandOf(lines) } }] : []
    })
  }))
  return { runs: runs.map(({ seed, replay }) => ({ seed: String(seed), replay })), at, plots }
}

function pointsAt (at: number[], { series }: ReportedRun, figure: string): Points {
  const valueAt = new Map(series.at.map((hours, step) => [hours, series[figure]?.[step] ?? null]))
  return at.map(hours => valueAt.get(hours) ?? null)
}

/** Step by step, over the runs that have a value there. The middle is a run's own value: of an even number, the lower one. */
function bandOf (lines: Points[]): Extract<Measure, { band: unknown }>['band'] {
  const ranked = (lines[0] ?? []).map((_, step) => lines
    .flatMap((line, run) => { const value = line[step]; return typeof value === 'number' ? [{ run, value }] : [] })
    .sort((a, b) => a.value - b.value))
  const pick = (place: (last: number) => number): { points: Points, runs: Points } => {
    const picked = ranked.map(step => step[place(step.length - 1)])
    return { points: picked.map(it => it?.value ?? null), runs: picked.map(it => it?.run ?? null) }
  }
  return { lowest: pick(() => 0), middle: pick(last => Math.floor(last / 2)), highest: pick(last => last) }
}
