/**
 * `npm run bench:conversations`: what the steps of a chat between two users cost, by how many devices they have
 * together, and how many texts a client seals and opens. bench/README.md says how to read it.
 */
import { readOptions } from '../options.ts'
import { describeMachine } from '../machine.ts'
import { machineText } from '../report.ts'
import { percentile } from '../statistics.ts'
import { makeCompany } from './company.ts'
import { measureFlow, measureSteps, type Cost, type Step } from './costs.ts'

const SIZES = { full: [2, 4, 8, 12, 20], short: [2, 4] }
const ROUNDS = { full: 7, short: 2 }
const TEXTS = { full: 500, short: 50 }

interface Row extends Cost { devices: number, step: Step }

const options = readOptions({ short: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } })
const extent = options.short ? 'short' : 'full'
console.log(`posthouse conversations, medians of ${ROUNDS[extent]} rounds · ${machineText(await describeMachine())}\n`)
const rows: Row[] = []
console.log('devices  step            CPU ms   … of a hearer   bytes on the wire   bytes on disk')
for (const devices of SIZES[extent]) for (const row of await measureSize(devices)) rows.push(sayRow(row))
const flow = await measureFlow(await makeCompany(4), TEXTS[extent])
console.log(`\ntexts a CPU second, 2 users with 2 devices each: ${Math.round(flow.seals)} sealed (for both users), ${Math.round(flow.opens)} opened`)
if (options.json) console.log(JSON.stringify({ bench: 'conversations', rows, flow }))

async function measureSize (devices: number): Promise<Row[]> {
  // The first round warms up.
  const rounds: Array<Map<Step, Cost>> = []
  for (let round = 0; round <= ROUNDS[extent]; round++) {
    const { devices: made, keys } = await makeCompany(devices + 1)
    const [newcomer] = made.splice(-1)
    if (newcomer === undefined) throw new Error('a company has devices')
    rounds.push(await measureSteps({ devices: made, keys }, newcomer))
  }
  const steps = [...rounds[0]?.keys() ?? []]
  return steps.map(step => {
    const costs = rounds.slice(1).flatMap(round => round.get(step) ?? [])
    const median = (of: keyof Cost): number => percentile(costs.map(cost => cost[of]), 50)
    return { devices, step, cpuMs: median('cpuMs'), heardCpuMs: median('heardCpuMs'), wireBytes: median('wireBytes'), diskBytes: median('diskBytes') }
  })
}

function sayRow (row: Row): Row {
  const { devices, step, cpuMs, heardCpuMs, wireBytes, diskBytes } = row
  console.log([String(devices).padStart(7), ` ${step.padEnd(14)}`, cpuMs.toFixed(1).padStart(7), heardCpuMs.toFixed(1).padStart(15), wireBytes.toLocaleString('en').padStart(19), diskBytes.toLocaleString('en').padStart(15)].join(' '))
  return row
}
