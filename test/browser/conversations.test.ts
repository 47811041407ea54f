// The conversation tests in the installed Chromium: stores are in IndexedDB, nodes are reached over WebSocket.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { CONVERSATIONS } from '../contracts/conversations.ts'
import { TestNetwork } from '../client/network.ts'
import { Chromium, findChromium } from './chromium.ts'
import type { BrowserContext, Page } from 'playwright-core'

describe('a conversation in Chromium', function () {
  this.timeout(40_000)
  let network: TestNetwork
  let chromium: Chromium
  let context: BrowserContext
  let page: Page
  /** What a page needs to know of the nodes. */
  let init: { nodes: string[], network: string }

  before(async function () {
    if (findChromium() === undefined) {
      console.log('      skipped: there is no Chromium on this machine, and CHROME_BIN names none')
      return this.skip()
    }
    [network, chromium] = await Promise.all([TestNetwork.start(0), Chromium.start()])
    const folder = await network.folder()
    for (const name of ['one', 'two']) await network.addNode({ dataDir: join(folder, name), webSocket: true })
    init = { nodes: network.addrs.filter(address => address.includes('/ws/')), network: 'test' }
    context = await chromium.context()
    await context.exposeFunction('stopNodes', async () => { await network.stopNodes() })
    await context.exposeFunction('startNodes', async () => { await network.startNodes() })
    page = await chromium.open(context)
  })

  after(async () => {
    await chromium?.stop()
    await network?.stop()
  })

  for (const name of Object.keys(CONVERSATIONS)) {
    it(name, async () => {
      const failure = await page.evaluate(async ([name, init]) => await posthouse.converse(name, init), [name, init] as const)
      if (failure !== undefined) assert.fail(failure)
    })
  }
})
