/**
 * `npm run soak`: real node processes are killed and come back while real clients write to each other. Exits with 1 when
 * a message was lost, shown twice or out of order, or a process showed a bug. The seed decides who is killed and who
 * writes to whom; real time does not repeat itself.
 */
import { Command } from 'commander'
import { exitForUsage, positive, whole } from '../simulations/command-line/values.ts'
import { Progress } from '../simulations/real/progress.ts'
import { FULL, SHORT, type Scale } from './defaults.ts'
import { reportOf, tableOf } from './report.ts'
import { soak } from './run.ts'

interface Options extends Partial<Scale> { short: boolean, seed: string, json: boolean, keep: boolean }

const options = new Command('soak')
  .description('Real node processes, killed with SIGKILL one after the other, while users write to each other: what was stored must arrive once.')
  .option('--minutes <count>', `of traffic; what comes before and after is not counted (${FULL.minutes})`, positive)
  .option('--nodes <count>', `processes of posthouse node (${FULL.nodes})`, whole(3))
  .option('--users <count>', `users, each with a client and a store on disk (${FULL.users})`, whole(2))
  .option('--kill-every <seconds>', `between two kills, if the last one is ready by then (${FULL.killEvery})`, positive)
  .option('--rate <count>', `messages that all users write in a second (${FULL.rate})`, positive)
  .option('--short', `the form for CI: ${SHORT.nodes} nodes, ${SHORT.users} users, ${SHORT.minutes} minutes, ${SHORT.rate} messages a second`, false)
  .option('--seed <text>', 'who is killed and who writes to whom, in which order; not the exact moments', '1')
  .option('--keep', 'disks, stores and logs stay; they do anyhow when something is found', false)
  .option('--json', 'ends with one object on stdout; everything else goes to stderr', false)
  .exitOverride(exitForUsage)
  .parse()
  .opts<Options>()

const scale: Scale = { ...options.short ? SHORT : FULL, ...given(options) }
const progress = new Progress({ durationMs: scale.minutes * 60_000, stream: process.stderr })
const ending = new AbortController()
// Once: the traffic ends early and the soak is judged as far as it came. A second Ctrl-C ends it at once.
process.once('SIGINT', () => { ending.abort() })

progress.start()
try {
  const run = await soak({
    ...scale,
    seed: options.seed,
    keep: options.keep,
    signal: ending.signal,
    happened: what => { progress.happened(what) },
    watch: ({ ledger, killing }) => {
      progress.watch(() => {
        const { written, stored, shown } = ledger.counts()
        return `${killing.nodesUp} nodes up, ${killing.kills} kills · ${written} written, ${stored} stored, ${shown} shown`
      })
    }
  })
  progress.stop()
  const report = reportOf(run, { ...scale, seed: options.seed })
  const table = `${tableOf(report)}\n`
  if (options.json) process.stderr.write(table)
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : table)
  process.exitCode = report.kept ? 0 : 1
} catch (error) {
  progress.stop()
  process.stderr.write(`The soak came to no end: ${(error as Error).message}\n`)
  process.exitCode = 1
} finally {
  progress.stop()
}

/** What was asked for; the rest is the form's. */
function given ({ nodes, users, minutes, killEvery, rate }: Options): Partial<Scale> {
  return Object.fromEntries(Object.entries({ nodes, users, minutes, killEvery, rate }).filter(([, value]) => value !== undefined))
}
