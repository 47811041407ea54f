/** `npm run simulate:calibrate`: builds real networks and their twins in the model, and says where they differ. */
import { readFileSync, writeFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { Chance } from '../world/chance.ts'
import { KAD_MODEL } from '../routing/defaults.ts'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { compare, comparisonText, type Row } from './comparison.ts'
import { ModelledNetwork } from './modelled.ts'
import { RealNetwork } from './real.ts'
import { ACQUAINTANCES, work, type Plan } from './workload.ts'
import { writtenInto } from './written-into.ts'
import type { TableSize } from './network.ts'

/** One pair of networks. */
export interface Setting { plan: Plan, size: TableSize }

export interface Calibrated { setting: Setting, rows: Row[], realMs: number }

export interface Streams { stdout: NodeJS.WritableStream, stderr: NodeJS.WritableStream }

interface Options { nodes: number[], seed: string, short?: true, json?: true, write?: string }

/** What the place in the file is called. */
const PLACE = 'simulate:calibrate'
const EXIT = Object.freeze({ agree: 0, differ: 1, usage: 2 })
/** Twins of a real network: chance has its part in both, and here it costs nothing. */
const MODEL_RUNS = 10
const NODES = [20, 35, 50]
/** Fewer have nobody to meet, or nobody left after the kill; more take a processor for an hour. */
const NODES_MIN = 8
const NODES_MAX = 100

/** Ours hold everybody in a network that fits one process; small ones know a third of it, as ours do of 4,000 nodes. */
const OURS: TableSize = { bucketPeers: ROUTE_DEFAULTS.bucketPeers, prefixBits: KAD_MODEL.prefixBits }
const SMALL: TableSize = { bucketPeers: 4, prefixBits: 2 }

export async function runCalibration (argv: readonly string[], { stdout, stderr }: Streams): Promise<number> {
  const options = readOptions(argv, { stdout, stderr })
  if (typeof options === 'number') return options
  const say = (text: string): void => { if (options.json !== true) stdout.write(`${text}\n`) }
  const calibrated: Calibrated[] = []
  for (const setting of settingsOf(options)) {
    say(titleOf(setting))
    const result = await calibrate(setting, options.seed)
    calibrated.push(result)
    say(`${comparisonText(result.rows)}\n(the real nodes took ${(result.realMs / 1000).toFixed(0)} s)\n`)
  }
  if (options.write !== undefined) writeFileSync(options.write, writtenInto(readFileSync(options.write, 'utf8'), PLACE, toMarkdown(calibrated)))
  const unexplained = calibrated.flatMap(({ rows }) => rows).filter(({ isUnexplained }) => isUnexplained).length
  if (options.json === true) stdout.write(`${JSON.stringify({ seed: options.seed, unexplained, calibrated })}\n`)
  else stdout.write(unexplained === 0 ? 'Nothing differs by more than a fifth without a reason.\n' : `${unexplained} figures differ by more than a fifth, and nobody says why.\n`)
  return unexplained === 0 ? EXIT.agree : EXIT.differ
}

/** A real network, and what the model makes of the same one. */
export async function calibrate ({ plan, size }: Setting, seed: string): Promise<Calibrated> {
  const chance = (): Chance => new Chance(`calibration/${seed}/${plan.nodes}`)
  const began = performance.now()
  const network = new RealNetwork(size, seed)
  try {
    const { figures: real, timetable } = await work(network, plan, chance())
    const realMs = performance.now() - began
    const models = []
    for (let run = 0; run < MODEL_RUNS; run++) models.push((await work(new ModelledNetwork(`${seed}/${run}`, size, network), plan, chance(), timetable)).figures)
    return { setting: { plan, size }, rows: compare(real, models), realMs }
  } finally {
    await network.stop()
  }
}

function toMarkdown (calibrated: readonly Calibrated[]): string {
  return calibrated.map(({ setting, rows }) => ['```', titleOf(setting), comparisonText(rows), '```'].join('\n')).join('\n\n')
}

function settingsOf ({ nodes, short }: Options): Setting[] {
  if (short === true) return [{ plan: planOf(20, 4), size: OURS }, { plan: planOf(20, 6), size: SMALL }]
  return nodes.flatMap(count => [{ plan: planOf(count, 10), size: OURS }, { plan: planOf(count, 20), size: SMALL }])
}

function planOf (nodes: number, records: number): Plan {
  return { nodes, records, findsEach: 2, newcomers: Math.ceil(nodes / 4), killedShare: 0.3 }
}

function titleOf ({ plan: { nodes, records, newcomers, killedShare }, size: { bucketPeers, prefixBits } }: Setting): string {
  return `${nodes} nodes, each told of ${ACQUAINTANCES}, tables of ${2 ** prefixBits} × ${bucketPeers}; ${records} records, ${newcomers} newcomers, ${100 * killedShare} % killed`
}

function readOptions (argv: readonly string[], { stdout, stderr }: Streams): Options | number {
  const command = new Command('npm run simulate:calibrate --')
    .description('Compares the routing model with real libp2p nodes in this process, figure by figure.')
    .allowExcessArguments(false)
    .option('--nodes <n,…>', `how many nodes (${NODES_MIN} to ${NODES_MAX})`, nodeCounts, NODES)
    .option('--seed <seed>', 'what chance is drawn from', '1')
    .option('--short', 'what CI runs: 20 nodes')
    .option('--write <file>', 'put the tables into this file, between its marks')
    .option('--json', 'one JSON object on standard output')
    .exitOverride()
    .configureOutput({ writeOut: text => { stdout.write(text) }, writeErr: () => {} })
  try {
    command.parse(argv, { from: 'user' })
    return command.opts<Options>()
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return EXIT.agree
    stderr.write(`${error.message.replace(/^error: /, '').replace(/\n/g, ' ')}\n`)
    return EXIT.usage
  }
}

function nodeCounts (list: string): number[] {
  const counts = list.split(',').map(Number)
  const isGood = counts.every(count => Number.isInteger(count) && count >= NODES_MIN && count <= NODES_MAX)
  if (!isGood) throw new InvalidArgumentError(`They must be whole numbers from ${NODES_MIN} to ${NODES_MAX}, with commas between.`)
  return counts
}
