/**
 * `npm run simulate:real`: real nodes in one process, killed and brought back while real clients write to each other.
 * The seed decides who comes, goes and writes, in which order; real time is not deterministic, and no two runs are alike
 * to the millisecond. Exits with 1 when a promise was broken.
 */
import { Command, Option } from 'commander'
import { exitForUsage, positive, whole } from '../command-line/values.ts'
import { lineOf } from '../real/counts.ts'
import { FULL, SHORT, type Scale } from '../real/defaults.ts'
import { makePlan } from '../real/plan.ts'
import { Progress } from '../real/progress.ts'
import { isKept, reportOf, tableOf, type RealReport } from '../real/report.ts'
import { runReal } from '../real/run.ts'

interface Options extends Partial<Scale> { short: boolean, seed: string, json: boolean }

const options = new Command('simulate:real')
  .description('Real nodes in one process: killed and brought back while mail is delivered and routes are resolved.')
  .option('--short', `the form for CI: ${SHORT.nodes} nodes, ${SHORT.users} users, ${SHORT.minutes} minutes, ${SHORT.messages} messages`, false)
  .option('--nodes <count>', `nodes at a time, away or not (${FULL.nodes})`, whole(4))
  .option('--users <count>', `users who write to each other (${FULL.users})`, whole(2))
  .option('--messages <count>', `messages that they write (${FULL.messages})`, whole(1))
  .addOption(new Option('--minutes <count>', `of traffic; what comes before and after is not counted (${FULL.minutes})`).argParser(positive))
  .option('--seed <text>', 'who comes, goes and writes, and in which order; not the exact moments', '1')
  .option('--json', 'ends with one object on stdout; everything else goes to stderr', false)
  .exitOverride(exitForUsage)
  .parse()
  .opts<Options>()

const scale: Scale = { ...options.short ? SHORT : FULL, ...pick(options) }
const durationMs = scale.minutes * 60_000
const progress = new Progress({ durationMs, stream: process.stderr })
const ending = new AbortController()
// Once: the traffic ends early and the run is judged as far as it came. A second Ctrl-C ends it at once.
process.once('SIGINT', () => { ending.abort() })

progress.start()
try {
  const run = await runReal({
    plan: makePlan({ ...scale, seed: options.seed, durationMs }),
    seed: options.seed,
    signal: ending.signal,
    happened: what => { progress.happened(what) },
    watch: counts => { progress.watch(() => lineOf(counts())) }
  })
  const report = reportOf(run, { ...scale, seed: options.seed })
  progress.stop()
  const table = `${tableOf(report)}\n`
  if (options.json) process.stderr.write(table)
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : table)
  if (!isKept(report)) process.stderr.write(`The same plan again, in another real time: npm run simulate:real -- ${asArguments(report)}\n`)
  process.exitCode = isKept(report) ? 0 : 1
} finally {
  progress.stop()
}

/** What was given; the rest is the form's. */
function pick ({ nodes, users, messages, minutes }: Options): Partial<Scale> {
  return Object.fromEntries(Object.entries({ nodes, users, messages, minutes }).filter(([, value]) => value !== undefined))
}

function asArguments ({ nodes, users, minutes, seed }: RealReport): string {
  return `--nodes ${nodes} --users ${users} --minutes ${minutes} --messages ${scale.messages} --seed ${seed}`
}
