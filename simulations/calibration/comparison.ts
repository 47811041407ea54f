/**
 * The table of the calibration: each figure of the real network beside the model's. A difference above a fifth has an
 * explanation here, next to its row, or the calibration fails: look for the cause, and put the model right, before
 * anything is explained.
 */
import { mean } from 'simple-statistics'
import type { Figures } from './workload.ts'

/** Above this share of the real figure a difference has to be explained. */
export const DIFFERENCE_MAX = 0.2
/** Shares this near to each other are the same: a handful of questions. */
const POINT = 0.01

export type Unit = '' | '%'

interface RowInit {
  figure: keyof Figures
  /** What it is, for the table. */
  says: string
  unit: Unit
  /** Why the model differs by more than a fifth, on purpose; stands in the table only when it does. */
  explains?: string
}

export interface Row extends RowInit {
  real: number
  /** On average over the model's runs, and the least and the most. */
  model: number
  modelMin: number
  modelMax: number
  /** Share of the real figure; of the whole when that is zero. */
  difference: number
  /** Differs by more than a fifth, and nobody says why. */
  isUnexplained: boolean
}

const ROWS: readonly RowInit[] = [
  { figure: 'contactsAfterJoining', says: 'contacts in a table, after joining', unit: '' },
  { figure: 'pingsPerNode', says: 'pings a node sent while joining', unit: '' },
  { figure: 'contactsAfterPublishing', says: 'contacts in a table, after publishing', unit: '' },
  { figure: 'questionsPerPublishingWalk', says: 'questions of a publishing walk', unit: '' },
  {
    figure: 'repeatedQuestions',
    says: '… asked of a peer who had been asked',
    unit: '%',
    explains: 'kad-dht reads two answers at the same time and asks whom both name twice, since it awaits between looking whether somebody was seen and noting it; between nodes that share a processor answers come in bursts'
  },
  { figure: 'holdersPerKey', says: 'holders of a record, for each key', unit: '' },
  { figure: 'nearestThatHold', says: '… among the k nearest there are', unit: '' },
  { figure: 'copies', says: 'peers that acknowledged a publication', unit: '' },
  { figure: 'questionsPerFind', says: 'questions of a find', unit: '' },
  { figure: 'hops', says: 'questions in a row to the first answer', unit: '' },
  { figure: 'found', says: 'found', unit: '%' },
  { figure: 'newcomersQuestions', says: 'questions of a newcomer’s find', unit: '' },
  { figure: 'newcomersHops', says: '… in a row to the first answer', unit: '' },
  { figure: 'newcomersFound', says: '… found', unit: '%' },
  { figure: 'questionsAfterKill', says: 'questions of a find, with a part killed', unit: '' },
  { figure: 'unansweredAfterKill', says: '… that nobody answered', unit: '%' },
  { figure: 'foundAfterKill', says: '… found', unit: '%' },
  { figure: 'holdersAfterKill', says: 'holders of a record published then', unit: '' }
]

/** One real run beside several of the model. */
export function compare (real: Figures, models: readonly Figures[], rows: readonly RowInit[] = ROWS): Row[] {
  return rows.map(row => {
    const figures = models.map(model => model[row.figure])
    const model = mean(figures)
    const difference = differenceOf(real[row.figure], model, row.unit)
    return {
      ...row,
      real: real[row.figure],
      model,
      modelMin: Math.min(...figures),
      modelMax: Math.max(...figures),
      difference,
      isUnexplained: Math.abs(difference) > DIFFERENCE_MAX && row.explains === undefined
    }
  })
}

/** For a person; explanations below, by number. */
export function comparisonText (rows: readonly Row[]): string {
  const notes: string[] = []
  const lines = rows.map(row => {
    const { says, real, model, modelMin, modelMax, difference, unit, explains } = row
    const isLarge = Math.abs(difference) > DIFFERENCE_MAX
    if (isLarge) notes.push(explains ?? 'not explained: the calibration fails')
    const figures = [written(real, unit), written(model, unit), `${written(modelMin, unit)}–${written(modelMax, unit)}`, `${difference < 0 ? '−' : '+'}${Math.abs(100 * difference).toFixed(0)} %`]
    return [says.padEnd(44), ...figures.map((figure, at) => figure.padStart([8, 8, 16, 8][at] as number)), isLarge ? `  (${notes.length})` : ''].join('')
  })
  const head = ['', 'real', 'model', 'its runs', 'differs'].map((title, at) => at === 0 ? title.padEnd(44) : title.padStart([8, 8, 16, 8][at - 1] as number)).join('')
  return [head, ...lines.map(line => line.trimEnd()), ...notes.map((note, at) => `(${at + 1}) ${note}`)].join('\n')
}

function differenceOf (real: number, model: number, unit: Unit): number {
  if (real === model || (unit === '%' && Math.abs(real - model) < POINT)) return 0
  return real === 0 ? Math.sign(model) : model / real - 1
}

function written (figure: number, unit: Unit): string {
  return unit === '%' ? `${(100 * figure).toFixed(0)} %` : figure.toFixed(2)
}
