/** What the table is made of. */
import { spreadOf, type Spread } from './statistics.ts'
import type { SubjectName } from './clients/process.ts'

/** One figure, of each of those that were measured. */
export interface Row {
  what: string
  unit: string
  /** Whether more is better; ratios are ours ÷ reference either way. */
  better: 'more' | 'less'
  figures: Partial<Record<SubjectName, Spread>>
  /** What ours must reach: a value in the row's unit, or a share of the libp2p reference. All of them must hold. */
  targets: Target[]
}

export type Target = { type: 'value', value: number } | { type: 'share of libp2p', share: number }

/** Gathers the rounds of figures under their names, in the order in which they were first met. */
export class Gathering {
  readonly #rows = new Map<string, { row: Omit<Row, 'figures'>, values: Map<SubjectName, number[]> }>()

  add (row: Omit<Row, 'figures' | 'targets'> & { targets?: Target[] }, subject: SubjectName, value: number): void {
    const name = `${row.what}/${row.unit}`
    let gathered = this.#rows.get(name)
    if (gathered === undefined) this.#rows.set(name, gathered = { row: { targets: [], ...row }, values: new Map() })
    const values = gathered.values.get(subject)
    if (values === undefined) gathered.values.set(subject, [value])
    else values.push(value)
  }

  get rows (): Row[] {
    return Array.from(this.#rows.values(), ({ row, values }) => ({
      ...row,
      figures: Object.fromEntries(Array.from(values, ([subject, rounds]) => [subject, spreadOf(rounds)]))
    }))
  }
}

/** Ours ÷ a reference, by the medians. */
export function ratioTo (reference: SubjectName, { figures }: Row): number | undefined {
  const ours = figures.posthouse
  const theirs = figures[reference]
  return ours === undefined || theirs === undefined || reference === 'posthouse' ? undefined : ours.median / theirs.median
}

/** Whether every target is reached; undefined when there is none. */
export function isReached (row: Row): boolean | undefined {
  const ours = row.figures.posthouse?.median
  if (row.targets.length === 0 || ours === undefined) return undefined
  return row.targets.every(target => {
    const aim = target.type === 'value' ? target.value : target.share * (row.figures.libp2p?.median ?? NaN)
    return row.better === 'more' ? ours >= aim : ours <= aim
  })
}
