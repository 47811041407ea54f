/**
 * `npm run bench:failover`: what a killed node costs its users, and how a thousand clients come back to a node that
 * restarted. bench/README.md says how to read it.
 */
import { readOptions } from '../options.ts'
import { Chance } from '../../simulations/world/chance.ts'
import { describeMachine } from '../machine.ts'
import { withDirectory } from '../processes.ts'
import { machineText } from '../report.ts'
import { percentile } from '../statistics.ts'
import { measureKills, type Costs } from './kills.ts'
import { stampede, worstSecond, type Stampede } from './stampede.ts'

const KILLS = { full: 60, short: 6 }
const CLIENTS = 1000
const SEEDS = 5
const TARGET_MS = { p50: 1000, p99: 3000 }
const BAR_CLIENTS = 5
/** A node that crashes and is started by its supervisor, and one that says when it will be back. */
const RESTARTS = [
  { what: 'clients of no other node; it is killed, and back after 5 s', awayMs: 5000 },
  { what: 'clients who have another link; it is killed, and back after 5 s', awayMs: 5000, others: true },
  { what: 'clients of no other node; it is killed, and back after a minute', awayMs: 60_000 },
  { what: 'clients of no other node; it leaves, asks for 30 s, and is back after 5 s', awayMs: 5000, retryAfterMs: 30_000 }
]

const options = readOptions({ short: { type: 'boolean', default: false }, stampede: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } })
const costs = options.stampede ? undefined : await measured()
if (costs !== undefined) sayCosts(costs)
const stampedes = RESTARTS.map(({ what, ...restart }) => ({ what, runs: Array.from({ length: SEEDS }, (_, seed) => stampede({ clients: CLIENTS, ...restart, chance: new Chance(`stampede/${seed}`) })) }))
for (const { what, runs } of stampedes) sayStampede(what, runs)
if (options.json) console.log(JSON.stringify({ bench: 'failover', costs, stampedes: stampedes.map(({ what, runs }) => ({ what, worstSecond: runs.map(worstSecond), attached: runs[0]?.attached })) }))

async function measured (): Promise<Costs> {
  const machine = await describeMachine()
  const kills = options.short ? KILLS.short : KILLS.full
  console.log(`posthouse failover, ${kills} kills · ${machineText(machine)}\n`)
  return await withDirectory(async directory => await measureKills({
    directory,
    kills,
    told: kill => { if (process.stderr.isTTY) process.stderr.write(`\r${kill + 1}/${kills} kills `) }
  }))
}

function sayCosts ({ calmStored, calmShown, untilStored, untilAllStored, untilShown }: Costs): void {
  console.log('milliseconds from kill -9 of a serving node'.padEnd(64), 'p50'.padStart(8), 'p99'.padStart(8), 'most'.padStart(8))
  sayFigures('(of none, for comparison: until the next message is stored)', calmStored)
  sayFigures('(of none: until the next message is shown)', calmShown)
  sayCost('of the sender’s first node: until the next message is stored', untilStored)
  sayCost('… and until all that was on its way is stored', untilAllStored)
  sayCost('of the reader’s first node: until the next message is shown', untilShown)
  console.log()
}

function sayCost (what: string, values: number[]): void {
  const isReached = percentile(values, 50) < TARGET_MS.p50 && percentile(values, 99) < TARGET_MS.p99
  sayFigures(what, values, `${isReached ? '✓' : '✗'} < ${TARGET_MS.p50}, < ${TARGET_MS.p99}`)
}

function sayFigures (what: string, values: number[], target = ''): void {
  const figures = [percentile(values, 50), percentile(values, 99), Math.max(...values)].map(value => Math.round(value).toLocaleString('en').padStart(8))
  console.log([what.padEnd(64), ...figures, target].join(' ').trimEnd())
}

function sayStampede (what: string, runs: Stampede[]): void {
  const worst = Math.max(...runs.map(worstSecond))
  console.log(`${CLIENTS} ${what}: at most ${worst} in a second over ${SEEDS} seeds`)
  const attached = runs[0]?.attached ?? []
  for (const [second, count] of attached.entries()) if (count > 0) console.log(`${String(second).padStart(5)} s ${String(count).padStart(5)} ${'▇'.repeat(Math.ceil(count / BAR_CLIENTS))}`)
  console.log()
}
