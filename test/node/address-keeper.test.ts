// A network that has been up for hours must go on introducing peers to each other. Real nodes; only the date moves.
import assert from 'node:assert/strict'
import { memory } from '@libp2p/memory'
import { MemoryDatastore } from 'datastore-core'
import { kadService, openRouteMemory } from '../../src/dht/index.ts'
import { AddressKeeper } from '../../src/node/address-keeper.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { BASE_SERVICES, createHost } from '../../src/node/host.ts'
import { systemClock } from '../../src/system.ts'
import { mapShelf, quiet } from '../dht/network.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import { until } from '../until.ts'
import type { Libp2p } from '@libp2p/interface'
import type { KadDHT, SingleKadDHT } from '@libp2p/kad-dht'

type Host = Libp2p<{ dht: KadDHT }>

const HOUR = 3_600_000
let hosts = 0

describe('peers of a node that has been up for long', () => {
  const { now } = Date
  let aheadMs = 0
  let asker: Host
  let middle: Host
  let third: Host

  beforeEach(async () => {
    aheadMs = 0
    Date.now = () => now() + aheadMs
    ;[asker, middle, third] = [await start(), await start(), await start()]
    for (const other of [asker, third]) await other.dial(middle.getMultiaddrs())
    await until('a table of two', () => (middle.services.dht as SingleKadDHT).routingTable.size === 2)
  })
  afterEach(async () => {
    Date.now = now
    await Promise.all([asker, middle, third].map(async host => { await host.stop() }))
  })

  it('libp2p by itself: after an hour it names nobody any more, though all are connected', async () => {
    assert.deepEqual(await named(), [third.peerId.toString()])
    aheadMs = 1.1 * HOUR
    assert.deepEqual(await named(), [], 'when this fails, upstream has fixed it, and the keeper can go')
  })

  it('with their addresses kept, it goes on naming them, for as long as they are connected', async () => {
    const keeper = keeperOf(middle)
    for (; aheadMs < 5 * HOUR; aheadMs += NODE_DEFAULTS.addressRefreshMs) await keeper.refresh()
    assert.deepEqual(await named(), [third.peerId.toString()])
    await third.stop()
    await until('a connection that is gone', () => middle.getPeers().length === 1)
    for (let hours = 0; hours < 2; hours++) {
      await keeper.refresh()
      aheadMs += HOUR
    }
    assert.deepEqual(await named(), [])
  })

  it('who comes back after hours is named again', async () => {
    const keeper = keeperOf(middle)
    keeper.start()
    await middle.hangUp(third.peerId)
    aheadMs = 3 * HOUR
    await keeper.refresh()
    assert.deepEqual(await named(), [])
    await third.dial(middle.getMultiaddrs())
    await until('one that is named', async () => (await named()).length === 1)
    keeper.stop()
  })

  it('leaves alone what is known of a newcomer, whom kad-dht looks at in the same moment', async () => {
    const keeper = keeperOf(middle)
    let emptied = 0
    const { peerStore } = middle
    const patch = peerStore.patch.bind(peerStore)
    peerStore.patch = async (peer, change, ...rest) => {
      if (change.addresses?.length === 0) emptied++
      return await patch(peer, change, ...rest)
    }
    keeper.start()
    await third.hangUp(middle.peerId)
    const identified = new Promise(resolve => { middle.addEventListener('peer:identify', resolve, { once: true }) })
    await third.dial(middle.getMultiaddrs())
    await identified
    await until('what is known has been looked at', async () => (await peerStore.get(third.peerId)).addresses.length > 0)
    keeper.stop()
    peerStore.patch = patch
    assert.equal(emptied, 0)
  })

  it('refreshes in time, again and again, and not after a stop', async () => {
    const clock = new VirtualClock()
    const asked: number[] = []
    const peerStore = { get: async () => { asked.push(clock.now()); throw new Error('unknown') } } as unknown as Libp2p['peerStore']
    const host = { getPeers: () => [middle.peerId], peerStore, addEventListener: () => {}, removeEventListener: () => {} }
    const keeper = new AddressKeeper({ host, clock, log: quiet.forComponent('test') })
    const began = clock.now()
    keeper.start()
    for (let time = 0; time < 3; time++) await clock.advance(NODE_DEFAULTS.addressRefreshMs)
    keeper.stop()
    await clock.advance(HOUR)
    assert.deepEqual(asked.map(at => (at - began) / NODE_DEFAULTS.addressRefreshMs), [1, 2, 3])
  })

  /** Whom the node in the middle names when it is asked. */
  async function named (): Promise<string[]> {
    const names: string[] = []
    for await (const event of asker.services.dht.getClosestPeers(new TextEncoder().encode('/posthouse-route/somewhere'), { signal: AbortSignal.timeout(5000) })) {
      if (event.name === 'PEER_RESPONSE' && event.from.equals(middle.peerId)) names.push(...event.closer.map(({ id }) => id.toString()))
    }
    return names
  }
})

function keeperOf (host: Host): AddressKeeper {
  return new AddressKeeper({ host, clock: systemClock, log: quiet.forComponent('test') })
}

async function start (): Promise<Host> {
  const number = hosts++
  const seed = crypto.sha256(new TextEncoder().encode(`kept ${number}`))
  const { publicKey: self } = await crypto.signingKey(seed)
  const routes = await openRouteMemory({ self, shelf: mapShelf(), crypto, clock: systemClock, logger: quiet })
  const host = await createHost({
    seed,
    listen: [`/memory/kept-${number}`],
    datastore: new MemoryDatastore(),
    gater: {},
    transports: [memory()],
    services: { ...BASE_SERVICES, dht: kadService({ memory: routes, privateAddresses: true }) }
  })
  await host.start()
  return host
}
