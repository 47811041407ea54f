/**
 * What stands in the page: clients that the tests on the other side of the DevTools protocol (chromium.ts) start and
 * ask, and the conversation tests themselves. Everything is called by `page.evaluate`, so it is on `globalThis`.
 */
import { createClient } from '../../src/client/index.ts'
import { CONVERSATIONS, World } from '../contracts/conversations/index.ts'
import { until } from '../until.ts'
import type { Client, ClientInit } from '../../src/client/index.ts'

/** Runs one conversation test; its failure is the answer, since errors lose their stack on the way. */
export async function converse (name: string, init: Partial<ClientInit>): Promise<string | undefined> {
  const world = new World({
    open: async (store, more) => await createClient({ ...init, ...more, store }),
    stopNodes: globalThis.stopNodes,
    startNodes: globalThis.startNodes
  })
  try {
    const conversation = CONVERSATIONS[name]
    if (conversation === undefined) throw new Error(`no conversation test is called “${name}”`)
    await conversation(world)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.stack ?? error.message : String(error)
  } finally {
    await world.end()
  }
}

declare global {
  /** What `evaluate` finds in the page. */
  var posthouse: { createClient: typeof createClient, converse: typeof converse, until: typeof until }
  /** The client that a test goes on with in its next call. */
  var client: Client | undefined
  /** Of the other side, which has the nodes. */
  var stopNodes: () => Promise<void>
  var startNodes: () => Promise<void>
}

globalThis.posthouse = { createClient, converse, until }
