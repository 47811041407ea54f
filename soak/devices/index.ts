/**
 * `npm run soak:devices`: two users with several devices each write to each other while devices are killed, leave and
 * come back. Exits with 1 when the devices do not end with the same messages in the same order, each once.
 */
import { Command } from 'commander'
import { exitForUsage, positive, whole } from '../../simulations/command-line/values.ts'
import { Progress } from '../../simulations/real/progress.ts'
import { FULL, SHORT, type DevicesScale } from './defaults.ts'
import { soakDevices, type DevicesRun } from './run.ts'

interface Options extends Partial<DevicesScale> { short: boolean, seed: string, json: boolean, keep: boolean }

const options = new Command('soak:devices')
  .description('Devices of two users, killed and coming back while they write: all must end with the same history.')
  .option('--minutes <count>', `of traffic (${FULL.minutes})`, positive)
  .option('--devices <count>', `of each user (${FULL.devices})`, whole(2))
  .option('--leave-every <seconds>', `between two devices that go (${FULL.leaveEvery})`, positive)
  .option('--rate <count>', `messages that all devices write in a second (${FULL.rate})`, positive)
  .option('--short', `the form for CI: ${SHORT.minutes} minutes`, false)
  .option('--seed <text>', 'who goes and who writes, in which order; not the exact moments', '1')
  .option('--keep', 'stores and logs stay; they do anyhow when something is found', false)
  .option('--json', 'ends with one object on stdout; everything else goes to stderr', false)
  .exitOverride(exitForUsage)
  .parse()
  .opts<Options>()

const scale: DevicesScale = { ...options.short ? SHORT : FULL, ...given(options) }
const progress = new Progress({ durationMs: scale.minutes * 60_000, stream: process.stderr })
const ending = new AbortController()
process.once('SIGINT', () => { ending.abort() })

progress.start()
try {
  const run = await soakDevices({
    ...scale,
    seed: options.seed,
    keep: options.keep,
    signal: ending.signal,
    happened: what => { progress.happened(what) },
    watch: counts => {
      progress.watch(() => {
        const { up, kills, stops, written } = counts()
        return `${up} devices up, ${kills} kills, ${stops} goodbyes · ${written} written`
      })
    }
  })
  progress.stop()
  const table = tableOf(run)
  const kept = run.verdicts.every(verdict => verdict.kept)
  if (options.json) process.stderr.write(table)
  process.stdout.write(options.json ? `${JSON.stringify({ soak: 'devices', ...scale, seed: options.seed, kept, ...run })}\n` : table)
  process.exitCode = kept ? 0 : 1
} catch (error) {
  process.stderr.write(`The soak came to no end: ${(error as Error).message}\n`)
  process.exitCode = 1
} finally {
  progress.stop()
}

function tableOf ({ counts, gaps, equalAfterMs, warnings, verdicts, folder, seconds }: DevicesRun): string {
  const equal = equalAfterMs === undefined ? 'never equal' : `equal ${(equalAfterMs / 1000).toFixed(1)} s after the last one came back`
  return [
    `${counts.written} messages and ${counts.reactions} reactions written, ${counts.uncertain} cut off by a kill; ${counts.kills} kills, ${counts.stops} goodbyes; histories ${equal}; ${gaps} gaps; ${Math.round(seconds)} s`,
    ...verdicts.flatMap(({ name, kept, figure, of, unit, examples }) => [`${kept ? '✓' : '✗'} ${name.padEnd(16)} ${figure} of ${of} ${unit}`, ...kept ? [] : examples.map(example => `    ${example}`)]),
    ...new Set(warnings.slice(0, 10).map(warning => `  warning: ${warning}`)),
    ...folder === undefined ? [] : [`everything lies in ${folder}`],
    ''
  ].join('\n')
}

/** What was asked for; the rest is the form's. */
function given ({ minutes, devices, leaveEvery, rate }: Options): Partial<DevicesScale> {
  return Object.fromEntries(Object.entries({ minutes, devices, leaveEvery, rate }).filter(([, value]) => value !== undefined))
}
