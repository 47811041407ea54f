// The conversation tests in Node: stores are folders, nodes are reached over TCP.
import { join } from 'node:path'
import { CONVERSATIONS, declareConversations, World } from '../contracts/conversations/index.ts'
import { TestNetwork } from './network.ts'

describe('a conversation in Node', function () {
  this.timeout(120_000)
  let network: TestNetwork
  let folder: string
  /** Of the nodes, also while they are stopped. */
  let nodes: string[]

  before(async () => {
    network = await TestNetwork.start(0)
    folder = await network.folder()
    for (const name of ['one', 'two']) await network.addNode({ dataDir: join(folder, name) })
    nodes = network.addrs
  })

  after(async () => { await network.stop() })

  declareConversations(async name => {
    const world = new World({
      open: async (store, init) => await network.client({ nodes, ...init, store: join(folder, store) }),
      stopNodes: async () => { await network.stopNodes() },
      startNodes: async () => { await network.startNodes() }
    })
    try {
      await CONVERSATIONS[name]?.(world)
    } finally {
      await world.end()
    }
  })
})
