/**
 * `npm run simulate:ci`: the short form of every scenario under many seeds, a table of what differs from the baselines,
 * and one seed of each scenario run twice. A figure that changed is a difference to be looked at; a promise that broke,
 * or a seed that gave two hashes, is a failure.
 */
import { appendFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { SEEDS_MAX, seedsFrom } from '../command-line/arguments.ts'
import { whole } from '../command-line/values.ts'
import { countsText, EXIT, isBreach, type Streams } from '../command-line/main.ts'
import { withProgress } from '../command-line/progress.ts'
import { runAll, type Finished, type Job } from '../pool.ts'
import { loadScenario, scenarioNames } from '../scenarios/load.ts'
import { compare, makeBaseline, readBaseline, writeBaseline } from './baselines.ts'
import { breachesTable, differencesTable, overviewTable, type ScenarioDifferences } from './tables.ts'
import type { RunResult } from '../run.ts'

/** Every planted defect is caught within so many seeds. */
const SEEDS = 20

interface Options { seeds: number, updateBaselines?: true, scenario?: string[] }

/** env: GITHUB_STEP_SUMMARY names a file that the tables are added to. */
export async function runMatrix (argv: readonly string[], streams: Streams, env: NodeJS.ProcessEnv): Promise<number> {
  const options = readOptions(argv, streams)
  if (typeof options === 'number') return options
  const names = options.scenario ?? scenarioNames()
  const jobs = names.flatMap(name => seedsFrom('1', options.seeds).map((seed): Job => ({ name, seed, size: loadScenario(name).short })))
  // The first seed of each once more, at the end, when workers have other runs behind them.
  const again = names.map((name): Job => ({ name, seed: '1', size: loadScenario(name).short }))
  const all = await withProgress(streams.stderr, jobs.length + again.length, async ({ onProgress, onFinished }) => await runAll([...jobs, ...again], { onProgress, onFinished }))
  const runs = all.slice(0, jobs.length)
  const unlike = all.slice(jobs.length).filter(({ job, result }) => result?.traceHash !== traceOf(runs, job))
  const differences = names.map((name): ScenarioDifferences => differencesOf(name, runs))
  if (options.updateBaselines === true) names.forEach(name => { writeBaseline(name, makeBaseline(resultsOf(runs, name))) })
  const text = [overviewTable(names.map(name => runs.filter(({ job }) => job.name === name))), differencesTable(differences), breachesTable(runs, unlike)].join('\n')
  if (env['GITHUB_STEP_SUMMARY'] !== undefined) appendFileSync(env['GITHUB_STEP_SUMMARY'], `${text}\n`)
  streams.stdout.write(`${text}\n${countsText(runs)}\n`)
  return runs.some(isBreach) || unlike.length > 0 ? EXIT.broken : EXIT.kept
}

function readOptions (argv: readonly string[], { stdout, stderr }: Streams): Options | number {
  const command = new Command('npm run simulate:ci --')
    .description('Runs the short form of every scenario, and compares with simulations/baselines.')
    .allowExcessArguments(false)
    .option('--seeds <k>', 'runs of each scenario', whole(1, SEEDS_MAX), SEEDS)
    .option('--scenario <names...>', 'only these')
    .option('--update-baselines', 'these figures are the ones to compare with from now on')
    .exitOverride()
    .configureOutput({ writeOut: text => { stdout.write(text) }, writeErr: () => {} })
  try {
    command.parse(argv, { from: 'user' })
    const options = command.opts<Options>()
    options.scenario?.forEach(loadScenario)
    return options
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.kept
    stderr.write(`${(error as Error).message.replace(/^error: /, '').replace(/\n/g, ' ')}\n`)
    return EXIT.usage
  }
}

function differencesOf (name: string, runs: Finished[]): ScenarioDifferences {
  const baseline = readBaseline(name)
  return { name, differences: baseline === undefined ? undefined : compare(baseline, makeBaseline(resultsOf(runs, name))) }
}

function resultsOf (runs: Finished[], name: string): RunResult[] {
  return runs.flatMap(({ job, result }) => job.name === name && result !== undefined ? [result] : [])
}

function traceOf (runs: Finished[], { name, seed }: Job): string | undefined {
  return runs.find(({ job }) => job.name === name && job.seed === seed)?.result?.traceHash
}
