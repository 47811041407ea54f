/**
 * What mail costs, for a user and hour: the world of the scenarios, nodes and devices with the shipped cores, without
 * faults and without the epilogue. Nodes do not go, so that what is counted is service and not repair.
 */
import { scenarioSchema, type Scenario } from '../scenarios/scenario.ts'
import { PARTS } from '../run/parts.ts'
import { setStage } from '../run/stage.ts'
import { USERS } from './assumptions.ts'

export interface MailInit {
  nodes: number
  users: number
  hours: number
  seed: string
}

/** Frames and their bytes, by what they are for, as `GROUPS` has them; whatever is in none of them is `requests`. */
export type MailGroup = 'drains' | 'heartbeats' | 'deposits' | 'answers' | 'pushes' | 'collections' | 'requests'
export interface MailTraffic { messages: number, bytes: number }

/** For a user, on or off, and hour. */
export interface MailFigures {
  nodes: number
  users: number
  texts: number
  /** Of the texts: shown to their reader within the time. */
  deliveredShare: number
  /** Streams between nodes, each with two ends, for a user. */
  relayStreams: number
  /** Questions that went to the network. */
  lookUps: number
  /** Sent by nodes, to devices and to each other. */
  sent: Record<MailGroup, MailTraffic>
  /** Sent by devices, all together. */
  fromDevices: MailTraffic
}

const GROUPS: Readonly<Record<Exclude<MailGroup, 'requests'>, readonly string[]>> = Object.freeze({
  drains: ['start', 'page', 'refusal'],
  heartbeats: ['ping', 'pong'],
  deposits: ['deposit'],
  answers: ['accepted', 'receipts', 'moved', 'refused'],
  pushes: ['push', 'pushed', 'behind'],
  collections: ['collection']
})
export const MAIL_GROUPS = Object.freeze([...Object.keys(GROUPS), 'requests'] as MailGroup[])

/** What the figures call one kind's messages. */
const KIND = /^([a-z]+)MessagesPerNodeHour$/
/** Looks at the nodes' streams while people write. */
const LOOKS = 10
/** What a node calls them (simulations/actors/node-process.ts). */
const RELAY_PEERS = 'relay peers'
/** Sums over kinds and groups, and what the routing model sends. */
const SUMS = Object.freeze(['kad'])

export async function measureMail ({ nodes, users, hours, seed }: MailInit): Promise<MailFigures> {
  const { world, nodes: machines, routing, users: people, traffic, figures, trafficAt, epilogueAt } = setStage(scenarioOf(nodes, users, hours), seed, PARTS)
  machines.begin()
  routing.settle()
  people.begin()
  await world.run(trafficAt)
  people.trafficBegins()
  traffic.begin(people)
  let ends = 0
  for (let look = 1; look <= LOOKS; look++) {
    await world.run(trafficAt + (epilogueAt - trafficAt) * look / LOOKS)
    for (const { node } of machines.machines) ends += node.samples().find(({ name }) => name === RELAY_PEERS)?.value ?? 0
  }
  return { ...figuresOf(figures.summary(), { nodes, users, hours }), relayStreams: ends / LOOKS / 2 / users }
}

function figuresOf (summary: Record<string, number>, { nodes, users, hours }: Omit<MailInit, 'seed'>): Omit<MailFigures, 'relayStreams'> {
  const named = (name: string): number => summary[name] ?? 0
  // All nodes are up all the time, and devices for some of theirs.
  const ofNodes = nodes / users
  const sent = Object.fromEntries(MAIL_GROUPS.map(group => [group, { messages: 0, bytes: 0 }])) as Record<MailGroup, MailTraffic>
  for (const name of Object.keys(summary)) {
    const kind = KIND.exec(name)?.[1]
    if (kind === undefined || SUMS.includes(kind)) continue
    const traffic = sent[groupOf(kind)]
    traffic.messages += named(name) * ofNodes
    traffic.bytes += named(`${kind}BytesPerNodeHour`) * ofNodes
  }
  return {
    nodes,
    users,
    texts: named('messagesWritten') / users / hours,
    deliveredShare: named('messagesDelivered') / named('messagesWritten'),
    lookUps: named('lookUps') / users / hours,
    sent,
    fromDevices: {
      messages: named('messagesPerDeviceHour') * named('devicesUpShare'),
      bytes: named('bytesPerDeviceHour') * named('devicesUpShare')
    }
  }
}

function groupOf (kind: string): MailGroup {
  const found = Object.entries(GROUPS).find(([, kinds]) => kinds.includes(kind))
  return found === undefined ? 'requests' : found[0] as MailGroup
}

function scenarioOf (nodes: number, users: number, hours: number): Scenario {
  const messages = Math.max(1, Math.round(users * hours * USERS.textsPerHour))
  return scenarioSchema.parse({
    about: 'Nobody goes, and everybody writes.',
    assumes: 'no faults',
    nodes,
    hours,
    users,
    messages,
    contacts: USERS.contacts,
    devices: { onHours: USERS.onHours, offHours: USERS.offHours },
    populations: [{ share: 1, churn: 'steady' }],
    short: { nodes, hours, users, messages }
  })
}
