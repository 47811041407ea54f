/**
 * What a conversation is, from the outside: the same tests for a client in Node with LevelDB and TCP
 * (test/client/conversations.test.ts) and for one in a browser's page with IndexedDB and WebSocket (test/browser).
 * So nothing here may know where it runs; `node:assert/strict` is chai in a page (test/browser/assert.ts).
 */
import { DEVICES } from './devices.ts'
import { KINDS } from './kinds.ts'
import { MESSAGES } from './messages.ts'
import { OUTAGES } from './outages.ts'
import type { Conversations } from './world.ts'

export { World } from './world.ts'

const UNDISTURBED: Conversations = { ...DEVICES, ...MESSAGES, ...KINDS }

export const CONVERSATIONS: Conversations = { ...UNDISTURBED, ...OUTAGES }

/** Those in which store and network have most to do: for where the same client runs on another platform. */
export const BASICS: readonly string[] = Object.freeze(Object.keys({ ...MESSAGES, ...OUTAGES }))

/** Much of a conversation is waiting for somebody else. More than two starve in one thread on a busy machine: nodes are asked again after 2 s. */
const AT_ONCE = 2

/** Declares a test for each of the names, which `converse` performs. */
export function declareConversations (converse: (name: string) => Promise<void>, names: readonly string[] = Object.keys(CONVERSATIONS)): void {
  const undisturbed = Object.keys(UNDISTURBED).filter(name => names.includes(name))
  const outcomes = new Map<string, Promise<void>>()

  before(() => {
    const free = Array.from({ length: AT_ONCE }, async () => {})
    for (const [at, name] of undisturbed.entries()) {
      const outcome = (free[at % AT_ONCE] ?? Promise.resolve()).then(async () => { await converse(name) })
      // Told by the test of this name, and no reason for the next one not to run.
      free[at % AT_ONCE] = outcome.catch(() => {})
      outcomes.set(name, outcome)
    }
  })

  for (const name of undisturbed) it(name, async () => { await outcomes.get(name) })
  for (const name of Object.keys(OUTAGES).filter(name => names.includes(name))) it(name, async () => { await converse(name) })
}
