/** What `npm run simulate` is asked for. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { loadScenario, scenarioNames, ScenarioError } from '../scenarios/load.ts'
import { NODES_MIN, USERS_MIN, type Size } from '../scenarios/scenario.ts'
import { whole } from './values.ts'
import type { Job } from '../pool.ts'

/** The command line is wrong; one sentence says how. */
export class UsageError extends Error { override readonly name = 'UsageError' }

export interface Asked {
  jobs: Job[]
  json: boolean
  report: string | undefined
  trace: string | undefined
  /** Nothing was asked for: a short run, and what else there is. */
  isDefault: boolean
}

/** The whole answer is this text. */
export interface Help { help: string }

interface Options { scenario?: string, nodes?: number, hours?: number, users?: number, messages?: number, seed: string, seeds: number, short?: true, json?: true, report?: string, trace?: string }

/** Seeds of one command: more is a night's work, and the list of runs has to fit. */
export const SEEDS_MAX = 10_000
const DEFAULT_SCENARIO = 'steady-churn'
const SEED = /^[\w.-]{1,64}$/

/** Throws UsageError. */
export function readArguments (argv: readonly string[]): Asked | Help {
  const command = describe()
  let help = ''
  command.exitOverride().configureOutput({ writeOut: text => { help += text }, writeErr: () => {} })
  try {
    command.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { help }
    throw new UsageError(error.message.replace(/^error: /, '').replace(/\n/g, ' '))
  }
  return asked(command.opts<Options>(), argv.length === 0)
}

/** Of a command line. */
export function seedsFrom (first: string, count: number): string[] {
  const begin = Number(first)
  if (count === 1) return [first]
  return Array.from({ length: count }, (_, index) => Number.isSafeInteger(begin) ? String(begin + index) : `${first}-${index + 1}`)
}

function describe (): Command {
  return new Command('npm run simulate --')
    .description('Runs the shipped cores under virtual time, and checks what they promise.')
    .helpCommand(false)
    .allowExcessArguments(false)
    .addOption(new Option('--scenario <name>', `${scenarioNames().join(', ')}, all, or a JSON file of your own`))
    .addOption(new Option('--nodes <n>', 'how many nodes (default: as the scenario has it)').argParser(whole(NODES_MIN)))
    .addOption(new Option('--hours <h>', 'virtual hours of traffic').argParser(positive))
    .addOption(new Option('--users <n>', 'how many users (default: in proportion to nodes)').argParser(whole(USERS_MIN)))
    .addOption(new Option('--messages <n>', 'how many messages (default: in proportion to users and hours)').argParser(whole(1)))
    .addOption(new Option('--seed <seed>', 'what chance is drawn from').default('1').argParser(seed))
    .addOption(new Option('--seeds <k>', 'so many runs, each with the next seed').default(1).argParser(whole(1, SEEDS_MAX)))
    .addOption(new Option('--short', 'the size that CI runs'))
    .addOption(new Option('--json', 'end with one JSON object on standard output'))
    .addOption(new Option('--report <dir>', 'write a page with plots into this directory'))
    .addOption(new Option('--trace <file>', 'write everything that happened into this file, a line each (one run only)'))
}

function asked (options: Options, isDefault: boolean): Asked {
  const { scenario = DEFAULT_SCENARIO, nodes, hours, users, messages, seed, seeds, short, json, report, trace } = options
  const given = Object.fromEntries(Object.entries({ nodes, hours, users, messages }).filter(([, value]) => value !== undefined)) as Partial<Size>
  const names = scenario === 'all' ? scenarioNames() : [scenario]
  const jobs = names.flatMap(name => {
    const form = loaded(name).short
    return seedsFrom(seed, seeds).map((seed): Job => ({ name, seed, size: { ...((short === true || isDefault) && form), ...given } }))
  })
  if (trace !== undefined && jobs.length > 1) throw new UsageError('--trace takes one run: one scenario and one seed')
  return { jobs, json: json === true, report, trace, isDefault }
}

function loaded (name: string): ReturnType<typeof loadScenario> {
  try {
    return loadScenario(name)
  } catch (error) {
    throw error instanceof ScenarioError ? new UsageError(error.message) : error
  }
}

function seed (value: string): string {
  if (!SEED.test(value)) throw new InvalidArgumentError('It must be up to 64 letters, digits, dots, dashes and underscores.')
  return value
}

function positive (value: string): number {
  const number = Number(value)
  if (!(number > 0 && number < Infinity)) throw new InvalidArgumentError('It must be a number above 0.')
  return number
}
