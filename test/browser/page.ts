/**
 * What stands in the page: clients that the tests on the other side of the DevTools protocol (chromium.ts) start and
 * ask, and the conversation tests themselves. Everything is called by `page.evaluate`, so it is on `globalThis`.
 */
import { createClient } from '../../src/client/index.ts'
import { CONVERSATIONS, World } from '../contracts/conversations.ts'
import { next, soon, texts } from '../client/waiting.ts'
import type { ClientInit } from '../../src/client/index.ts'

/** What a page can be asked, beside `converse`. */
export const tools = { createClient, next, soon, texts }

/** Runs one conversation test; its failure is the answer, since errors lose their stack on the way. */
export async function converse (name: string, init: Partial<ClientInit>): Promise<string | undefined> {
  const world = new World({
    open: async (store, more) => await createClient({ ...init, ...more, store }),
    stopNodes: globalThis.stopNodes,
    startNodes: globalThis.startNodes
  })
  try {
    await CONVERSATIONS[name]?.(world)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.stack ?? error.message : String(error)
  } finally {
    await world.end()
  }
}

declare global {
  /** Of the page: what `evaluate` finds there. */
  var posthouse: typeof tools & { converse: typeof converse }
  /** Of the other side, which has the nodes. */
  var stopNodes: () => Promise<void>
  var startNodes: () => Promise<void>
}

globalThis.posthouse = { ...tools, converse }
