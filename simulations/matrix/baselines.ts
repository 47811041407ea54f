/**
 * Baselines: for each scenario the figures of its short form, one for each seed, as they were when somebody last looked
 * at them and agreed. Runs are deterministic, so a figure that differs says that behaviour has changed.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { mean } from 'simple-statistics'
import { packageRoot } from '../../src/cli/package-root.ts'
import { figuresOf } from './figures.ts'
import type { RunResult } from '../run.ts'

const DIRECTORY = join(packageRoot(), 'simulations', 'baselines')

const schema = z.strictObject({
  /** The figures' columns. */
  seeds: z.array(z.string()),
  /** null: nothing happened in that run that it could be taken from. */
  figures: z.record(z.string(), z.array(z.number().nullable()))
})

export type Baseline = z.output<typeof schema>

/** Means over the seeds that both have; undefined: the figure did not exist. */
export interface Difference { figure: string, before: number | undefined, now: number | undefined }

export function makeBaseline (runs: readonly RunResult[]): Baseline {
  const figures = runs.map(figuresOf)
  const names = [...new Set(figures.flatMap(each => Object.keys(each)))]
  return {
    seeds: runs.map(({ seed }) => seed),
    figures: Object.fromEntries(names.map(name => [name, figures.map(each => each[name] ?? null)]))
  }
}

/** undefined: there is none yet. */
export function readBaseline (scenario: string): Baseline | undefined {
  let text: string
  try {
    text = readFileSync(pathOf(scenario), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return schema.parse(JSON.parse(text))
}

/** One figure a line, so that a change reads well. */
export function writeBaseline (scenario: string, { seeds, figures }: Baseline): void {
  const lines = Object.entries(figures).map(([name, values]) => `    ${JSON.stringify(name)}: ${JSON.stringify(values)}`)
  writeFileSync(pathOf(scenario), `{\n  "seeds": ${JSON.stringify(seeds)},\n  "figures": {\n${lines.join(',\n')}\n  }\n}\n`)
}

/** Figures that differ in any of the seeds that both have. */
export function compare (before: Baseline, now: Baseline): Difference[] {
  const seeds = now.seeds.filter(seed => before.seeds.includes(seed))
  const valuesOf = ({ seeds: columns, figures }: Baseline, name: string): Array<number | null> => seeds.map(seed => figures[name]?.[columns.indexOf(seed)] ?? null)
  return [...new Set([...Object.keys(before.figures), ...Object.keys(now.figures)])].flatMap(figure => {
    const [then, since] = [valuesOf(before, figure), valuesOf(now, figure)]
    return then.every((value, at) => value === since[at]) ? [] : [{ figure, before: meanOf(then), now: meanOf(since) }]
  })
}

function meanOf (values: Array<number | null>): number | undefined {
  const there = values.filter(value => value !== null)
  return there.length === 0 ? undefined : mean(there)
}

function pathOf (scenario: string): string { return join(DIRECTORY, `${scenario}.json`) }
