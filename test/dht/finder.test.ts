import assert from 'node:assert/strict'
import { systemClock } from '../../src/system.ts'
import { routeFinderContract, type FinderNetwork } from '../contracts/route-finder.ts'
import { makePerson } from '../identity/people.ts'
import { collectLogs, connect, makeRoute, mapShelf, startRouteNode, type RouteNode, type RouteNodeInit } from './network.ts'
import type { RouteInit } from '../../src/dht/defaults.ts'
import type { KadFinderComponents } from '../../src/dht/index.ts'
import { kadRouteFinder } from '../../src/dht/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'

routeFinderContract('kadRouteFinder', async () => await kadNetwork(3), async () => await kadNetwork(1))

describe('kadRouteFinder', () => {
  let nodes: [RouteNode, RouteNode, RouteNode]
  before(async () => {
    nodes = [await startRouteNode(), await startRouteNode(), await startRouteNode()]
    await connect(nodes.map(({ host }) => host))
  })
  after(async () => { await Promise.all(nodes.map(async ({ host }) => { await host.stop() })) })

  it('asks the DHT once for the same user, and not at all for ten minutes', async () => {
    const record = await makeRoute(await makePerson(2000))
    await nodes[0].finder.publish(record)
    const { finder, asked, advance } = watched(nodes[1])
    const found = await Promise.all(Array.from({ length: 20 }, async () => await finder.find(record.root)))
    assert.equal(found.filter(found => found?.order.hash === record.order.hash).length, 20)
    assert.equal(asked(), 1, 'one walk, to salt 0')
    await finder.find(record.root)
    assert.equal(asked(), 1)
    await finder.find(record.root, { fresh: true })
    assert.equal(asked(), 4, 'three walks on first contact')
    advance(10 * 60_000)
    await finder.find(record.root)
    assert.equal(asked(), 5)
  })

  it('asks the other keys when the first leads nowhere', async () => {
    const { finder, asked } = watched(nodes[1])
    assert.equal(await finder.find((await makePerson(2001)).rootKey), undefined)
    assert.equal(asked(), 3)
  })

  it('refuses more finds than it has room for, by name', async () => {
    const { finder } = watched(nodes[1], { findsMax: 1, findQueueMax: 2 })
    const roots = await Promise.all([2010, 2011, 2012].map(async number => (await makePerson(number)).rootKey))
    const finds = await Promise.allSettled(roots.map(async root => await finder.find(root)))
    assert.deepEqual(finds.map(({ status }) => status), ['fulfilled', 'fulfilled', 'rejected'])
    assert.equal(finds[2]?.status === 'rejected' && finds[2].reason.name, 'RefusedError')
    assert.equal(await finder.find(roots[2] as typeof roots[0] & string), undefined, 'and has room again later')
  })

  it('refuses more publications than it has room for, by name', async () => {
    const { finder } = watched(nodes[0], { publicationsMax: 1, publishQueueMax: 2 })
    const records = await Promise.all([2040, 2041, 2042].map(async number => await makeRoute(await makePerson(number))))
    const results = await Promise.allSettled(records.map(async record => await finder.publish(record)))
    assert.deepEqual(results.map(({ status }) => status), ['fulfilled', 'fulfilled', 'rejected'])
    assert.equal(results[2]?.status === 'rejected' && results[2].reason.name, 'RefusedError')
  })

  it('goes on for the others when one of them gives up', async () => {
    const { finder } = watched(nodes[1])
    const { rootKey } = await makePerson(2020)
    const impatient = new AbortController()
    const gone = finder.find(rootKey, { signal: impatient.signal })
    const stays = finder.find(rootKey)
    impatient.abort(new Error('enough'))
    await assert.rejects(gone)
    assert.equal(await stays, undefined)
  })

  it('answers although its disk remembers nothing, with a line in the log', async () => {
    const logger = collectLogs()
    const shelf = { ...mapShelf(), put: async () => { throw new Error('the disk is full') } }
    const node = await startRouteNode({ shelf, logger })
    try {
      await connect([node.host, nodes[0].host])
      const record = await makeRoute(await makePerson(2030))
      assert.ok((await node.finder.publish(record)).copies > 0)
      assert.ok(logger.lines.some(line => line.includes('is not remembered on disk')))
    } finally {
      await node.host.stop()
    }
  })
})

/** The node's DHT behind another finder, with a count of its walks and a clock to move. */
function watched (node: RouteNode, init: Partial<RouteInit> = {}): { finder: ReturnType<ReturnType<typeof kadRouteFinder>>, asked: () => number, advance: (ms: number) => void } {
  let asked = 0
  let aheadMs = 0
  const { dht } = node.host.services
  const counting: KadFinderComponents['dht'] = {
    get: (key, options) => { asked++; return dht.get(key, options) },
    getClosestPeers: (key, options) => dht.getClosestPeers(key, options)
  }
  const clock = { ...systemClock, now: () => Date.now() + aheadMs }
  const finder = kadRouteFinder(init)({ host: node.host, dht: counting, memory: node.memory, crypto, clock, logger: collectLogs() })
  return { finder, asked: () => asked, advance: ms => { aheadMs += ms } }
}

async function kadNetwork (count: number): Promise<FinderNetwork> {
  let aheadMs = 0
  const init: RouteNodeInit = { clock: { ...systemClock, now: () => Date.now() + aheadMs } }
  const nodes = await Promise.all(Array.from({ length: count }, async () => await startRouteNode(init)))
  await connect(nodes.map(({ host }) => host))
  return {
    finders: nodes.map(({ finder }) => finder),
    advance: ms => { aheadMs += ms },
    stop: async () => { await Promise.all(nodes.map(async ({ host }) => { await host.stop() })) }
  }
}
