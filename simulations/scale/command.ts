/** `npm run simulate:scale`: from arguments to tables (docs/scale.md). */
import { readFileSync, writeFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { EXIT, type Streams } from '../command-line/main.ts'
import { forecast } from './forecast.ts'
import { NODES_MAX } from './gossip.ts'
import { ASSUMED_LAW, measure, type ScaleInit } from './measure.ts'
import { toMarkdown, withTable, type Table } from './table.ts'

interface Options { sizes: number[], seed: string, short?: true, json?: true, document?: string }

/** Of docs/scale.md: what the short form prints stands behind it, everything else before. */
export const SHORT_FORM = '## The short form'

/** Below this a routing table is not what it is in a network. */
const SIZE_MIN = 100
const DEFAULT_SIZES = Object.freeze([1000, 10_000, 100_000])

export async function scale (argv: readonly string[], { stdout, stderr }: Streams): Promise<number> {
  const command = describe().configureOutput({ writeOut: text => { stdout.write(text) }, writeErr: text => { stderr.write(text) } })
  try {
    command.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? EXIT.kept : EXIT.usage
  }
  const { sizes, seed, short = false, json = false, document } = command.opts<Options>()
  const tables = await makeTables({ sizes, seed, short, onStep: step => { stderr.write(`${step}\n`) } })
  stdout.write(json ? `${JSON.stringify({ seed, sizes, short, tables })}\n` : `${tables.map(toMarkdown).join('\n')}`)
  if (document !== undefined) writeFileSync(document, withTables(readFileSync(document, 'utf8'), tables, short))
  return EXIT.kept
}

/** The page with the tables that it has under these titles made anew. */
function withTables (page: string, tables: Table[], short: boolean): string {
  const [thorough = '', ...shortForm] = page.split(SHORT_FORM)
  const parts = [thorough, shortForm.join(SHORT_FORM)]
  const at = short ? 1 : 0
  parts[at] = tables.reduce(withTable, parts[at] as string)
  return parts.join(SHORT_FORM)
}

/** What is measured, and what follows from it. The same for the same sizes, seed and effort. */
export async function makeTables (init: ScaleInit): Promise<Table[]> {
  const measured = await measure(init)
  return [...Object.values(measured) as Table[], ...forecast(measured, ASSUMED_LAW)]
}

function describe (): Command {
  return new Command('simulate:scale')
    .description('What routing, republication, presence and mail cost a node, by the size of the network.')
    .option('--sizes <list>', 'numbers of nodes', readSizes, [...DEFAULT_SIZES])
    .option('--seed <text>', 'whatever is left to chance depends on it', '1')
    .option('--short', 'fewer samples: half a minute for a thousand nodes')
    .option('--json', 'one object on one line')
    .option('--document <file>', 'puts the tables into this page as well, in the place of those that it has')
    .helpOption('--help', 'this text')
    .allowExcessArguments(false)
    .exitOverride()
}

function readSizes (list: string): number[] {
  return list.split(',').map(text => {
    const size = Number(text)
    if (!/^\d+$/.test(text) || size < SIZE_MIN || size > NODES_MAX) throw new InvalidArgumentError(`A size is a whole number from ${SIZE_MIN} to ${NODES_MAX}.`)
    return size
  }).sort((a, b) => a - b)
}
