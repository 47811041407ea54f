/**
 * Small worlds in which a mistake shows within a few seeds: a dozen machines, an hour or two, a hundred messages.
 * Without the mistake, today's code keeps every check that a defect names, in each of them.
 */
import { scenarioSchema, type Scenario } from '../scenarios/scenario.ts'
import type { z } from 'zod'

type Values = Omit<z.input<typeof scenarioSchema>, 'about' | 'assumes' | 'nodes' | 'hours' | 'users' | 'messages' | 'short' | 'populations'>
interface Small extends Partial<Values> { about: string, nodes?: number, hours?: number, users?: number, messages?: number, churn?: string }

/** Machines that stay, devices that are mostly on: whatever breaks here breaks by itself. */
export const crowded: Scenario = small({ about: 'a few people write to each other a lot', devices: { onHours: 2, offHours: 0.2 } })

/** Machines come and go within the hour. */
export const restless: Scenario = small({ about: 'nodes come and go', churn: 'mail-worst', nodes: 8 })

/** Mail waits in mailboxes. */
export const away: Scenario = small({ about: 'devices are mostly off', devices: { onHours: 0.3, offHours: 0.7 } })

/** Power fails everywhere, and half of the senders do not come back to send again. */
export const blackouts: Scenario = small({
  about: 'power is cut again and again, and senders leave for good',
  messages: 150,
  devices: { onHours: 0.5, offHours: 0.5, sendersGone: 0.5 },
  faults: [{ type: 'powerCuts', at: 0, hours: 1.5, nodes: 1, perNodeHour: 12 }]
})

/** Every disk is replaced while devices remember how far they have read it. */
export const replacedDisks: Scenario = small({
  about: 'all disks are replaced by empty ones',
  devices: { onHours: 0.3, offHours: 0.7 },
  faults: [{ type: 'wipedDisks', at: 0.5, nodes: 1 }]
})

function small ({ nodes = 5, hours = 1.5, users = 6, messages = 80, churn = 'steady', ...rest }: Small): Scenario {
  const size = { nodes, hours, users, messages }
  return scenarioSchema.parse({ assumes: 'nothing: it is made to show one mistake', populations: [{ share: 1, churn }], contacts: 3, ...size, ...rest, short: size })
}
