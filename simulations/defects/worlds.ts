/**
 * Small worlds in which a mistake shows within a few seeds: a dozen machines, an hour or two, a hundred messages.
 * Without the mistake, today's code keeps every check that a defect names, in each of them.
 */
import { scenarioSchema, type Scenario } from '../scenarios/scenario.ts'
import type { z } from 'zod'

type Values = Omit<z.input<typeof scenarioSchema>, 'about' | 'assumes' | 'nodes' | 'hours' | 'users' | 'messages' | 'short'>
interface Small extends Partial<Values> { about: string, nodes?: number, hours?: number, users?: number, messages?: number, churn?: string }

/** Machines that stay, devices that are mostly on: whatever breaks here breaks by itself. */
export const crowded: Scenario = small({ about: 'a few people write to each other a lot', devices: { onHours: 2, offHours: 0.2 } })

/** Answers take their time, so that a talk without an end has few enough words to simulate. */
export const distant: Scenario = small({ about: 'a few people far away from their nodes', nodes: 3, hours: 0.5, users: 3, messages: 30, contacts: 2, network: { latencyMs: 300 }, devices: { onHours: 2, offHours: 0.2 } })

/** Machines come and go within the hour. */
export const restless: Scenario = small({ about: 'nodes come and go', churn: 'mail-worst', nodes: 8 })

/** The same, and half of the senders leave for good. */
export const parting: Scenario = small({ about: 'nodes come and go, and senders leave for good', churn: 'mail-worst', nodes: 8, devices: { sendersGone: 0.5 } })

/** Devices start again every few minutes, among nodes of which most do not serve them: they ask, and are told what somebody remembers. */
export const hasty: Scenario = small({ about: 'devices come and go within minutes', churn: 'mail-worst', nodes: 24, hours: 2, users: 8, messages: 400, contacts: 7, devices: { onHours: 0.04, offHours: 0.04 } })

/** Days in which mail waits for hours and is collected then: long enough for audits. */
export const unhurried: Scenario = small({ about: 'people look for their mail now and then', hours: 60, messages: 150, devices: { onHours: 0.5, offHours: 2.5 } })

/** Mail waits in mailboxes. */
export const away: Scenario = small({ about: 'devices are mostly off', devices: { onHours: 0.3, offHours: 0.7 } })

export const blackouts: Scenario = small({
  about: 'power is cut again and again',
  faults: [{ type: 'powerCuts', at: 0, hours: 1.5, nodes: 1, perNodeHour: 4 }]
})

/** For a while too few nodes are left, and those that are say so. */
export const deserted: Scenario = small({
  about: 'most nodes are gone for a while',
  faults: [{ type: 'departure', at: 0.5, nodes: 0.8, backAfterHours: 0.3 }]
})

/**
 * Two nodes keep all mail. They start a few times, which moves positions far up; then now and then one's disk is replaced,
 * long after what waited on it was read from the other, and positions begin anew.
 */
export const replacedDisks: Scenario = small({
  about: 'nodes start again, and then one disk after another is replaced by an empty one',
  nodes: 3,
  populations: [{ share: 2 / 3, churn: 'steady' }, { share: 1 / 3, churn: 'steady', serves: false }],
  hours: 3,
  messages: 200,
  devices: { onHours: 0.05, offHours: 0.05 },
  faults: [{ type: 'powerCuts', at: 0, hours: 0.3, nodes: 1, perNodeHour: 10 }, ...Array.from({ length: 9 }, (_, nth) => 0.5 + 0.25 * nth).map(at => ({ type: 'wipedDisks', at, nodes: 1 / 3 } as const))]
})

/** One disk after another is replaced by an empty one, with time between for repair, and some mail waits for people who never come back. */
export const worn: Scenario = small({
  about: 'disks wear out one after the other, and half of the people leave for good',
  hours: 4,
  messages: 150,
  devices: { sendersGone: 0.5 },
  faults: Array.from({ length: 7 }, (_, nth) => ({ type: 'wipedDisks', at: 0.5 + 0.5 * nth, nodes: 0.2 } as const))
})

function small ({ nodes = 5, hours = 1.5, users = 6, messages = 80, churn = 'steady', ...rest }: Small): Scenario {
  const size = { nodes, hours, users, messages }
  return scenarioSchema.parse({ assumes: 'nothing: it is made to show one mistake', populations: [{ share: 1, churn }], contacts: 3, ...size, ...rest, short: size })
}
