// The conversation tests in the installed Chromium: stores are in IndexedDB, nodes are reached over WebSocket.
import assert from 'node:assert/strict'
import { BASICS, CONVERSATIONS, declareConversations } from '../contracts/conversations/index.ts'
import { FULL } from '../full.ts'
import { Stage } from './stage.ts'
import type { Page } from 'playwright-core'

describe('a conversation in Chromium', function () {
  this.timeout(120_000)
  let stage: Stage
  let page: Page

  before(async function () {
    stage = await Stage.build(this)
    page = await stage.chromium.open(await stage.context())
  })

  afterEach(() => { assert.deepEqual(stage.chromium.uncaught.splice(0), []) })
  after(async () => { await stage?.clear() })

  /** What went wrong in the page, or undefined. */
  async function converse (name: string, init = stage.init): Promise<string | undefined> {
    return await page.evaluate(async ([name, init]) => await posthouse.converse(name, init), [name, init] as const)
  }

  declareConversations(async name => {
    const failure = await converse(name)
    if (failure !== undefined) assert.fail(failure)
  }, FULL ? Object.keys(CONVERSATIONS) : BASICS)

  it('would be told to have failed', async () => {
    const [name] = Object.keys(CONVERSATIONS)
    assert.match(await converse(name ?? '', { ...stage.init, nodes: [] }) ?? '', /^UnreachableError: no node is known/)
    assert.match(await converse('a test that does not exist') ?? '', /no conversation test is called/)
  })
})
