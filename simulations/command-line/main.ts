/** `npm run simulate`: from arguments to an exit code. */
import { closeSync, openSync, writeSync } from 'node:fs'
import { runAll, type Finished } from '../pool.ts'
import { makeReportFolder, writeReport } from '../report/report.ts'
import { runScenario } from '../run.ts'
import { loadScenario, scenarioNames } from '../scenarios/load.ts'
import { readArguments, UsageError, type Asked } from './arguments.ts'
import { withProgress } from './progress.ts'
import { painter, runLine, runObject, runText } from './text.ts'

export interface Streams { stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream & { isTTY?: boolean } }

export const EXIT = Object.freeze({ kept: 0, broken: 1, usage: 2 })

/** A promise that should hold does not, or a run did not come to its end. */
export function isBreach ({ result }: Finished): boolean { return result === undefined || result.standing === 'broken' }

export async function main (argv: readonly string[], streams: Streams): Promise<number> {
  try {
    const asked = readArguments(argv)
    if (!('help' in asked)) return await perform(asked, streams)
    streams.stdout.write(asked.help)
    return EXIT.kept
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    streams.stderr.write(`${error.message}\n`)
    return EXIT.usage
  }
}

async function perform (asked: Asked, streams: Streams): Promise<number> {
  if (asked.report !== undefined) await makeReportFolder(asked.report).catch((error: Error) => { throw new UsageError(`--report cannot write into ${asked.report}: ${reasonOf(error)}`) })
  const all = asked.trace === undefined ? await runJobs(asked, streams) : [await runTraced(asked, asked.trace)]
  if (asked.report !== undefined) {
    const said = await writeReport(asked.report, all.flatMap(({ result }) => result ?? [])).then(
      page => `the report is in ${page}`,
      (error: Error) => `the report was not written: ${reasonOf(error)}`
    )
    streams.stderr.write(`${said}\n`)
  }
  streams.stdout.write(asked.json ? `${JSON.stringify(objectOf(all))}\n` : textOf(all, asked, streams))
  return all.some(isBreach) ? EXIT.broken : EXIT.kept
}

async function runJobs ({ jobs }: Asked, { stderr }: Streams): Promise<Finished[]> {
  return await withProgress(stderr, jobs.length, async ({ onProgress, onFinished }) => await runAll(jobs, { onProgress, onFinished }))
}

/** In this thread, since a trace has its order. */
async function runTraced ({ jobs: [job] }: Asked, path: string): Promise<Finished> {
  if (job === undefined) throw new UsageError('there is nothing to trace')
  const file = openTrace(path)
  const begunAt = performance.now()
  try {
    const result = await runScenario({ ...job, scenario: loadScenario(job.name), onTrace: line => { writeSync(file, line) } })
    return { job, wallMs: performance.now() - begunAt, result }
  } finally {
    closeSync(file)
  }
}

/** What the system says, without its code, call and path. */
function reasonOf ({ message }: Error): string { return message.replace(/^[A-Z]+: /, '').replace(/, \w+ '.*'$/, '') }

function openTrace (path: string): number {
  try {
    return openSync(path, 'w')
  } catch (error) {
    throw new UsageError(`--trace cannot write ${path}: ${reasonOf(error as Error)}`)
  }
}

/** One run is its own object; several are a list in one. */
function objectOf (all: Finished[]): object {
  const objects = all.map(({ job, result, failure }) => result === undefined ? { scenario: job.name, seed: job.seed, failure } : runObject(result))
  return objects.length === 1 ? objects[0] as object : { runs: objects, breaches: all.filter(isBreach).length }
}

function textOf (all: Finished[], { isDefault }: Asked, { stdout }: Streams): string {
  const paint = painter(stdout)
  const [only, ...others] = all
  const text = only?.result !== undefined && others.length === 0
    ? runText(only.result, only.wallMs, paint)
    : [...all.map(finished => runLine(finished, paint)), '', countsText(all)].join('\n')
  return `${text}\n${isDefault ? scenariosText() : ''}`
}

/** `N runs, N unexpected breaches`. */
export function countsText (all: Finished[]): string {
  return `${all.length} runs, ${all.filter(isBreach).length} unexpected breaches`
}

function scenariosText (): string {
  const lines = scenarioNames().map(name => `  ${name.padEnd(24)}${loadScenario(name).about}`)
  return `\nThat was a short form. Scenarios for npm run simulate -- --scenario NAME (--help says more):\n${lines.join('\n')}\n`
}
