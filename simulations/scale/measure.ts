/** Everything that is measured, size by size, as tables: how often, a beat, an operation in the DHT, mail. */
import { LAWS, type Law } from '../churn/laws.ts'
import { World } from '../world/world.ts'
import { countBeats } from './beats.ts'
import { measureMail, MAIL_GROUPS, type MailFigures } from './mail.ts'
import { measurePresence } from './presence.ts'
import { countPublications } from './republication.ts'
import { measureRouting, type RoutingCost, type RoutingFigures } from './routing.ts'
import { figure, tableOf, type Row } from './table.ts'
import type { Measured } from './projection.ts'
import { CONNECTIONS, SHORT, THOROUGH, USERS, type Effort } from './assumptions.ts'

export interface ScaleInit {
  sizes: number[]
  seed: string
  /** Fewer samples, the same kind of figures. */
  short: boolean
  /** Told what is done now. */
  onStep?: ((step: string) => void) | undefined
}

export const TITLES = Object.freeze({
  often: 'How often',
  beat: 'One beat, sent by each node',
  operation: 'One operation in the DHT',
  mail: 'Mail, for a user and hour',
  people: 'People and their streams'
})

/** Laws under which is counted how often; figures of sizes assume `mixed`. */
export const COUNTED_LAWS = Object.freeze(['steady', 'mixed', 'mail-worst'])
export const ASSUMED_LAW = 'mixed'

export async function measure ({ sizes, seed, short, onStep = () => {} }: ScaleInit): Promise<Measured> {
  const effort = short ? SHORT : THOROUGH
  const world = (name: string): World => new World({ seed: `${seed}/${name}` })
  const often: Row[] = []
  for (const name of COUNTED_LAWS) {
    onStep(`counting beats and publications, law ${name}`)
    often.push(await countOften(name, world, effort))
  }
  const routed: RoutingFigures[] = []
  for (const nodes of sizes) {
    onStep(`walking through the tables of ${nodes} nodes`)
    routed.push(await measureRouting({ nodes, samples: effort.operations, world: world(`routing/${nodes}`) }))
  }
  const beat = sizes.flatMap(nodes => connectionsOf(nodes).map(connections => {
    onStep(`flooding beats among ${nodes} nodes with ${connections} connections`)
    return beatRow(nodes, connections, { world: world(`presence/${nodes}`), effort, counted: often })
  }))
  const mail: MailFigures[] = []
  for (const nodes of effort.mailNodes.filter(nodes => nodes <= Math.max(...sizes))) {
    onStep(`people write to each other over ${nodes} nodes`)
    mail.push(await measureMail({ nodes, users: effort.mailUsers, hours: effort.mailHours, seed: `${seed}/mail` }))
  }
  return {
    often: tableOf(TITLES.often, often),
    beat: tableOf(TITLES.beat, beat),
    operation: tableOf(TITLES.operation, routed.flatMap(operationRows)),
    mail: tableOf(TITLES.mail, mailRows(mail)),
    people: tableOf(TITLES.people, mail.map(peopleRow))
  }
}

async function countOften (name: string, world: (name: string) => World, { townUsers, townHours }: Effort): Promise<Row> {
  const law = LAWS[name] as Law
  const beats = await countBeats({ world: world(`beats/${name}`), users: townUsers, nodes: 24, listed: USERS.listed, hours: townHours, law, gossipMs: 250 })
  const routes = await countPublications({ world: world(`routes/${name}`), law, nodes: 24, users: 2 * USERS.listed, hours: 2 * townHours })
  return {
    law: name,
    'beats said': figure(beats.said),
    'beats published': figure(beats.published / (1 + beats.twiceShare)),
    'messages published': figure(beats.published),
    'by two nodes': figure(beats.twiceShare),
    'second after, ms': figure(beats.secondAfterMs),
    'route publications': figure(routes.publications),
    restarts: figure(routes.restarts),
    'time up': figure(routes.upShare)
  }
}

/** Few, as many as stand in a full table, and as many as libp2p will keep. */
function connectionsOf (nodes: number): number[] {
  return [...new Set(Object.values(CONNECTIONS).map(connections => Math.min(nodes - 1, connections)))]
}

function beatRow (nodes: number, connections: number, { world, effort, counted }: { world: World, effort: Effort, counted: Row[] }): Row {
  const often = counted.find(({ law }) => law === ASSUMED_LAW) as Row
  const beat = measurePresence({
    nodes,
    connections,
    beats: Math.max(effort.beatsMin, Math.round(effort.beatNodes / nodes)),
    chance: world.chance,
    twiceShare: Number(often['by two nodes']),
    secondAfterMs: Number(often['second after, ms'])
  })
  return {
    nodes: String(nodes),
    connections: String(beat.connections),
    mesh: figure(beat.degree),
    copies: figure(beat.copies),
    'of them asked for': figure(beat.pulled),
    'told of it': figure(beat.ihaves),
    'message bytes': figure(beat.messageBytes),
    'control bytes': figure(beat.controlBytes),
    reached: figure(beat.reached),
    'half after, ms': figure(beat.reachedP50Ms),
    '99 % after, ms': figure(beat.reachedP99Ms),
    'all after, ms': figure(beat.reachedAllMs)
  }
}

function operationRows ({ nodes, contacts, walk, publish, find }: RoutingFigures): Row[] {
  return Object.entries({ walk, publish, find }).map(([operation, cost]: [string, RoutingCost]) => ({
    nodes: String(nodes),
    'in the table': figure(contacts),
    operation,
    messages: figure(cost.messages),
    questions: figure(cost.questions),
    pings: figure(cost.pings),
    'new connections': figure(cost.dials),
    bytes: figure(cost.bytes),
    'of them for connections': figure(cost.dialBytes)
  }))
}

function mailRows (measured: MailFigures[]): Row[] {
  const rows = MAIL_GROUPS.map(group => ({ by: 'nodes', part: group, of: ({ sent }: MailFigures) => sent[group] }))
  return [...rows, { by: 'devices', part: 'all', of: ({ fromDevices }: MailFigures) => fromDevices }].map(({ by, part, of }) => ({
    'sent by': by,
    part,
    ...Object.fromEntries(measured.flatMap(mail => [
      [`messages, ${mail.nodes} nodes`, figure(of(mail).messages)],
      [`bytes, ${mail.nodes} nodes`, figure(of(mail).bytes)]
    ]))
  }))
}

function peopleRow ({ nodes, users, texts, deliveredShare, lookUps, relayStreams }: MailFigures): Row {
  return {
    nodes: String(nodes),
    users: String(users),
    'texts a user and hour': figure(texts),
    'shown by the end': figure(deliveredShare),
    'finds a user and hour': figure(lookUps),
    'streams between nodes, for a user': figure(relayStreams)
  }
}
