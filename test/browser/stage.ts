/** Real nodes that listen for browsers too, and a browser beside them: what every test in this folder begins with. */
import { join } from 'node:path'
import { TestNetwork } from '../client/network.ts'
import { Chromium, findChromium } from './chromium.ts'
import type { Context } from 'mocha'
import type { BrowserContext } from 'playwright-core'

const NODES = ['one', 'two']

export class Stage {
  readonly network: TestNetwork
  readonly chromium: Chromium
  /** What a page needs to know of the nodes, which it also knows when they are stopped. */
  readonly init: { nodes: string[], network: string }

  private constructor (network: TestNetwork, chromium: Chromium) {
    this.network = network
    this.chromium = chromium
    this.init = { nodes: network.addrs.filter(address => address.includes('/ws/')), network: 'test' }
  }

  /** Skips what called it where there is no browser. */
  static async build (test: Context): Promise<Stage> {
    if (findChromium() === undefined) {
      console.log('      skipped: there is no Chromium on this machine, and CHROME_BIN names none')
      test.skip()
    }
    const [network, chromium] = await Promise.all([TestNetwork.start(0), Chromium.start()])
    const folder = await network.folder()
    for (const name of NODES) await network.addNode({ dataDir: join(folder, name), webSocket: true })
    return new Stage(network, chromium)
  }

  /** A browser profile of its own, whose pages can stop and start the nodes (page.ts). */
  async context (): Promise<BrowserContext> {
    const context = await this.chromium.context()
    await context.exposeFunction('stopNodes', async () => { await this.network.stopNodes() })
    await context.exposeFunction('startNodes', async () => { await this.network.startNodes() })
    return context
  }

  async clear (): Promise<void> {
    await this.chromium.stop()
    await this.network.stop()
  }
}
