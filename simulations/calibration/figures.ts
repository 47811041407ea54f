/**
 * `npm run simulate:routing`: the figures of docs/routing-model.md, and with `--write` into it. All of them are
 * the model's.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { EXIT, type Streams } from '../command-line/main.ts'
import { figure, tableOf, toMarkdown, type Row, type Table } from '../scale/table.ts'
import { attack, type Attack } from './attacks.ts'
import { churn } from './churned.ts'
import { measureWalks } from './sizes.ts'
import { writtenInto } from './written-into.ts'

interface Options { short?: true, write?: string, seed: string }

interface Effort { sizes: number[], walks: number, wideTables: number[], users: number, churnNodes: number, churnHours: number, laws: string[] }

const FULL: Effort = { sizes: [1000, 10_000, 100_000], walks: 500, wideTables: [6, 8, 10], users: 200, churnNodes: 1000, churnHours: 12, laws: ['steady', 'mixed', 'ipfs', 'kad', 'mail-worst'] }
const SHORT: Effort = { sizes: [200, 2000], walks: 50, wideTables: [6, 8], users: 20, churnNodes: 100, churnHours: 12, laws: ['mail-worst'] }
/** What the place in the file is called. */
const PLACE = 'simulate:routing'

export async function routingFigures (argv: readonly string[], { stdout, stderr }: Streams): Promise<number> {
  const command = new Command('npm run simulate:routing --')
    .description('What the routing model says of walks, attacks and churn, as tables in Markdown.')
    .allowExcessArguments(false)
    .option('--seed <seed>', 'what chance is drawn from', '1')
    .option('--short', 'small networks, few samples')
    .option('--write <file>', 'put the tables into this file, between its marks')
    .exitOverride()
    .configureOutput({ writeOut: text => { stdout.write(text) }, writeErr: text => { stderr.write(text) } })
  try {
    command.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? EXIT.kept : EXIT.usage
  }
  const { seed, short, write } = command.opts<Options>()
  const text = (await makeTables(short === true ? SHORT : FULL, seed)).map(toMarkdown).join('\n')
  stdout.write(text)
  if (write !== undefined) writeFileSync(write, writtenInto(readFileSync(write, 'utf8'), PLACE, text))
  return EXIT.kept
}

export async function makeTables (effort: Effort, seed: string): Promise<Table[]> {
  return [await walksTable(effort, seed), await widerTable(effort, seed), await attacksTable(effort, seed), await churnTable(effort, seed)]
}

async function walksTable ({ sizes, walks }: Effort, seed: string): Promise<Table> {
  const rows: Row[] = []
  for (const nodes of sizes) {
    const cost = await measureWalks({ nodes, walks, seed, clock: () => performance.now() })
    rows.push({
      nodes: nodes.toLocaleString('en'),
      questions: figure(cost.questions),
      'pings that follow': figure(cost.pings),
      messages: figure(cost.messages),
      kB: figure(cost.bytes / 1000),
      hops: figure(cost.hops),
      'of the 20 nearest': percent(cost.nearestMet),
      'virtual ms': figure(cost.ms),
      'hops of a find': figure(cost.findHops),
      found: percent(cost.found),
      'computed in µs': figure(cost.computedUs)
    })
  }
  return tableOf('A walk to where a record shall be held, and finds', rows)
}

async function widerTable ({ sizes, walks, wideTables }: Effort, seed: string): Promise<Table> {
  const rows: Row[] = []
  for (const nodes of sizes.slice(1)) {
    for (const prefixBits of wideTables) {
      const cost = await measureWalks({ nodes, walks: Math.ceil(walks / 5), seed, kad: { prefixBits } })
      rows.push({ nodes: nodes.toLocaleString('en'), 'prefix bits': String(prefixBits), questions: figure(cost.questions), 'pings that follow': figure(cost.pings), 'of the 20 nearest': percent(cost.nearestMet), kB: figure(cost.bytes / 1000) })
    }
  }
  return tableOf('The same, had tables longer prefixes (6 bits is kad-dht’s default)', rows)
}

async function attacksTable ({ users }: Effort, seed: string): Promise<Table> {
  const nodes = 1000
  const attacks: Array<[says: string, attack: Omit<Attack, 'nodes' | 'users' | 'seed'>]> = [
    ...[0.1, 0.2, 0.3, 0.4].map((liarShare): [string, Omit<Attack, 'nodes' | 'users' | 'seed'>] => [`${percent(liarShare)} of all peers lie`, { liarShare }]),
    ...[0.1, 0.4].map((liarShare): [string, Omit<Attack, 'nodes' | 'users' | 'seed'>] => [`${percent(liarShare)} of all peers lie, tables poisoned to 80 %`, { liarShare, poisonedTables: 0.8 }]),
    ...[[20, 1], [20, 2], [20, 3], [40, 3]].map(([peers = 0, keys = 0]): [string, Omit<Attack, 'nodes' | 'users' | 'seed'>] => [`${peers} ids ground next to ${keys} of a user’s 3 keys, did nobody look at addresses`, { ground: { peers, keys } }]),
    ...[[20, 1], [40, 1], [40, 4], [40, 8], [40, 20]].map(([peers = 0, prefixes = 0]): [string, Omit<Attack, 'nodes' | 'users' | 'seed'>] => [`${peers} ids of ${prefixes} ${prefixes === 1 ? 'prefix' : 'prefixes'} ground next to all 3 keys`, { ground: { peers, keys: 3, prefixes } }])
  ]
  const rows: Row[] = []
  for (const [says, how] of attacks) {
    const { found, of, ms } = await attack({ nodes, users: how.ground === undefined ? users : Math.ceil(users / 2), seed, ...how })
    rows.push({ attack: says, found: percent(found / of), of: String(of), 'virtual ms': figure(ms) })
  }
  return tableOf('Attacks, 1,000 peers', rows)
}

async function churnTable ({ churnNodes, churnHours, laws }: Effort, seed: string): Promise<Table> {
  const rows: Row[] = []
  for (const law of laws) {
    const outcome = await churn({ nodes: churnNodes, law, hours: churnHours, users: Math.ceil(churnNodes / 10), seed })
    rows.push({
      law,
      'up at the end': String(outcome.up),
      found: percent(outcome.found / outcome.finds),
      of: String(outcome.finds),
      'virtual ms': figure(outcome.ms),
      'copies of a publication': figure(outcome.copies),
      'asked in vain': percent(outcome.unanswered),
      'dead contacts in tables': percent(outcome.deadContacts)
    })
  }
  return tableOf(`Churn, ${churnNodes.toLocaleString('en')} machines, the second half of ${churnHours} hours; who is gone says nothing`, rows)
}

function percent (share: number): string {
  return `${figure(100 * share)} %`
}
