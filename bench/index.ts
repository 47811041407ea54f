/**
 * `npm run bench`: a posthouse node beside what it costs to do the bare thing by hand, in one run and in turn. README.md says
 * how to read it.
 */
import { readOptions } from './options.ts'
import { Process, withDirectory } from './processes.ts'
import { measureIdle, measureLatency } from './quiet.ts'
import { PLANS, type Plan } from './plan.ts'
import { describeMachine } from './machine.ts'
import { machineText, objectOf, tableOf } from './report.ts'
import { Gathering } from './rows.ts'
import { benchRoutes, ROUTES_PLANS } from './routes/command.ts'
import { measureStartup } from './startup.ts'
import { Subject, SUBJECTS } from './subjects.ts'
import { measureThroughput } from './throughput.ts'
import type { ClientCalls } from './clients/process.ts'

const PARTS = ['online', 'deposit', 'drain', 'latency', 'idle', 'startup', 'client'] as const
type Part = typeof PARTS[number]

const options = readOptions({
  short: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  routes: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true, default: [] },
  profile: { type: 'string' }
})
if (options.routes) {
  console.log(await benchRoutes(ROUTES_PLANS[options.short ? 'short' : 'full'], text => { process.stderr.write(`${text}\n`) }))
  process.exit(0)
}
const unknown = options.only.find(part => !PARTS.includes(part as Part))
if (unknown !== undefined) {
  process.stderr.write(`--only takes one of ${PARTS.join(', ')}, not “${unknown}”.\n`)
  process.exit(2)
}
const isWanted = (...parts: Part[]): boolean => options.only.length === 0 || parts.some(part => options.only.includes(part))
const planName = options.short ? 'short' : 'full'
const plan: Plan = PLANS[planName]
const gathering = new Gathering()
const begunAt = performance.now()

const machine = await describeMachine()
if (isWanted('online', 'deposit', 'drain', 'latency')) await measureBusy()
if (isWanted('idle')) {
  say('idle connections')
  await measureIdle(plan, gathering)
}
if (isWanted('startup')) {
  say('starts')
  await measureStartup(plan, gathering)
}
if (isWanted('client')) await measureClient()

console.log(`posthouse bench, ${planName}: medians of ${plan.rounds} rounds in turn (lowest–highest), ${plan.window.toLocaleString('en')} deposits in flight`)
console.log(`${machineText(machine)} · ${Math.round((performance.now() - begunAt) / 1000)} s\n`)
console.log(tableOf(gathering.rows))
if (options.json) console.log(JSON.stringify(objectOf(planName, plan.rounds, machine, gathering.rows)))

/** On servers that live for the whole run. */
async function measureBusy (): Promise<void> {
  await withDirectory(async directory => {
    const profile = options.profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-interval', '250', '--cpu-prof-dir', options.profile]
    const subjects: Subject[] = []
    for (const name of SUBJECTS) subjects.push(await Subject.start(name, directory, profile))
    const kinds = (['online', 'deposit', 'drain'] as const).filter(kind => isWanted(kind))
    say('throughput')
    await measureThroughput(subjects, plan, gathering, kinds)
    say('latency')
    if (isWanted('latency')) await measureLatency(subjects, plan, gathering)
    for (const subject of subjects) await subject.stop()
  })
}

async function measureClient (): Promise<void> {
  say('the client’s own cost')
  const clients = new Process<ClientCalls>('clients/process', ['plain'])
  const { sealsPerCpuSecond, opensPerCpuSecond, envelopeBytes } = await clients.call('sealing', plan.sealings)
  await clients.end()
  const what = `client, X-Wing envelope of ${envelopeBytes} B`
  gathering.add({ what, unit: 'sealed per core and second', better: 'more' }, 'posthouse', sealsPerCpuSecond)
  gathering.add({ what, unit: 'opened per core and second', better: 'more' }, 'posthouse', opensPerCpuSecond)
}

/** Where it is, for somebody who waits. */
function say (part: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${((performance.now() - begunAt) / 1000).toFixed(0).padStart(4)} s  ${part}\n`)
}
