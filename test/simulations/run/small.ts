/** A world small enough for a test: a dozen machines, half an hour, a handful of messages. */
import { scenarioSchema, type Scenario } from '../../../simulations/scenarios/scenario.ts'
import type { z } from 'zod'

const SIZE = { nodes: 8, hours: 0.5, users: 5, messages: 20 }

export function small (change: Partial<z.input<typeof scenarioSchema>> = {}): Scenario {
  return scenarioSchema.parse({
    about: 'A small world.',
    assumes: 'nothing',
    populations: [{ share: 0.75, churn: 'mail-worst' }, { share: 0.25, churn: 'kad', serves: false }],
    contacts: 2,
    ...SIZE,
    ...change,
    short: SIZE
  })
}
