import assert from 'node:assert/strict'
import { multiaddr } from '@multiformats/multiaddr'
import fc from 'fast-check'
import { Bootstrap, parseMultiaddr, type BootstrapComponents } from '../../src/node/bootstrap.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { mapShelf } from '../dht/network.ts'
import { settled, VirtualClock } from '../client/virtual-clock.ts'
import { keepLog, TestHouse, type TestLog } from './visitors.ts'
import { until } from '../until.ts'

const PEER = '/p2p/12D3KooWGnJTo3CN65kbjriJFucXdwRaA24EMjaf4xxJCvdGYEkj'
const address = (number: number): string => `/ip4/8.8.8.${number}/tcp/4501${PEER}`

interface World { bootstrap: Bootstrap, clock: VirtualClock, log: TestLog, shelf: ReturnType<typeof mapShelf>, dialled: string[], up: Set<string>, net: { connected: number, remembered: string[] } }

/** A bootstrap over a network in which the addresses in `up` answer. */
function open ({ named = [address(1)], shelf = mapShelf() } = {}): World {
  const clock = new VirtualClock()
  const log = keepLog()
  const dialled: string[] = []
  const up = new Set<string>()
  const net = { connected: 0, remembered: [] as string[] }
  const components: BootstrapComponents = {
    host: {
      dial: async target => {
        dialled.push(String(target))
        if (!up.has(String(target))) throw new Error('no answer')
        net.connected++
        return {} as never
      },
      getConnections: () => []
    },
    directory: {
      get connected () { return net.connected },
      remembered: () => net.remembered.map(text => multiaddr(text)),
      meeting: async () => {}
    },
    known: shelf,
    clock,
    random: { fraction: () => 0 },
    log: log.forComponent('posthouse:bootstrap')
  }
  return { bootstrap: new Bootstrap(components, named.map(parseMultiaddr)), clock, log, shelf, dialled, up, net }
}

describe('bootstrap', () => {
  it('dials everybody who was named, and is content with one', async () => {
    const { bootstrap, up, dialled, log, clock } = open({ named: [address(1), address(2)] })
    up.add(address(2))
    await bootstrap.start()
    assert.deepEqual(dialled, [address(1), address(2)])
    assert.deepEqual(log.lines, [])
    await clock.advance(NODE_DEFAULTS.bootstrapRetryMs)
    assert.equal(dialled.length, 2)
    await bootstrap.stop()
  })

  it('says once that nobody answers, goes on trying, and says when it is over', async () => {
    const { bootstrap, up, dialled, log, clock } = open()
    await bootstrap.start()
    await clock.advance(5 * NODE_DEFAULTS.bootstrapRetryMs)
    assert.equal(dialled.length, 6)
    assert.deepEqual(log.lines, ['no other node answers; trying again every 10 s'])
    up.add(address(1))
    await clock.advance(NODE_DEFAULTS.bootstrapRetryMs)
    assert.deepEqual(log.lines.slice(1), ['other nodes answer again'])
    await bootstrap.stop()
  })

  it('looks for the others again when it is alone, whatever devices are connected', async () => {
    const { bootstrap, up, dialled, clock, net } = open()
    up.add(address(1))
    await bootstrap.start()
    net.connected = 0
    await clock.advance(NODE_DEFAULTS.bootstrapRetryMs)
    assert.equal(dialled.length, 2)
    await bootstrap.stop()
  })

  it('dials who was named now and then all the same, so that two networks find together', async () => {
    const { bootstrap, up, dialled, clock } = open({ named: [address(1), address(2)] })
    up.add(address(1))
    await bootstrap.start()
    await clock.advance(NODE_DEFAULTS.bootstrapCheckMs + NODE_DEFAULTS.bootstrapRetryMs)
    assert.deepEqual(dialled.slice(2), [address(1), address(2)])
    await bootstrap.stop()
  })

  it('begins with some nodes of the run before, and is silent when it has none', async () => {
    const before = open()
    before.up.add(address(1))
    await before.bootstrap.start()
    before.net.remembered = Array.from({ length: 100 }, (_, n) => address(n + 100))
    await before.bootstrap.stop()
    const after = open({ named: [], shelf: before.shelf })
    await after.bootstrap.start()
    assert.equal(after.dialled.length, NODE_DEFAULTS.nodesRedialled)
    assert.ok(after.dialled.every(text => before.net.remembered.slice(0, NODE_DEFAULTS.nodesRemembered).includes(text)))
    await after.bootstrap.stop()

    const first = open({ named: [] })
    await first.bootstrap.start()
    await first.clock.advance(5 * NODE_DEFAULTS.bootstrapRetryMs)
    assert.deepEqual([first.dialled, first.log.lines], [[], []])
    await first.bootstrap.stop()
  })

  it('notes the nodes of this run down now and then, and bears a disk that refuses', async () => {
    const { bootstrap, shelf, clock, net, log } = open({ named: [] })
    await bootstrap.start()
    net.remembered = [address(7)]
    await clock.advance(NODE_DEFAULTS.rememberIntervalMs)
    assert.equal(new TextDecoder().decode(shelf.map.get('peers')), address(7))
    shelf.put = async () => { throw new Error('the disk refused') }
    await bootstrap.stop()
    assert.equal(log.lines.at(-1), 'the nodes of this run were not noted down: the disk refused')
  })

  it('goes without notes that cannot be read', async () => {
    const shelf = mapShelf()
    shelf.map.set('peers', Uint8Array.of(0xff, 0xfe, 10, 1))
    const { bootstrap, dialled, log } = open({ named: [], shelf })
    await bootstrap.start()
    await bootstrap.stop()
    assert.deepEqual([dialled, log.lines], [[], ['the nodes of earlier runs cannot be read']])
  })

  it('ends with its stop, in the middle of whatever it does', async () => {
    const { bootstrap, clock, dialled } = open()
    await bootstrap.start()
    await bootstrap.stop()
    await clock.advance(NODE_DEFAULTS.bootstrapCheckMs)
    assert.equal(dialled.length, 1)
    await bootstrap.start()
    await clock.advance(NODE_DEFAULTS.bootstrapRetryMs)
    assert.equal(dialled.length, 3, 'and begins again')
    await bootstrap.stop()
    await settled()
  })

  it('takes multiaddrs, and says in a sentence what is none', () => {
    assert.equal(parseMultiaddr(address(1)).toString(), address(1))
    fc.assert(fc.property(fc.string({ maxLength: 300 }), text => {
      try {
        parseMultiaddr(text)
      } catch (error) {
        assert.ok(error instanceof Error && error.name === 'MalformedError' && error.message.length < 250)
      }
    }))
  })

  describe('of real nodes', () => {
    const house = new TestHouse()
    afterEach(async () => { await house.close() })

    it('brings nodes together again that have all been away, without anybody naming them', async () => {
      const { memoryStores } = keptStores()
      const first = await house.node({ ...memoryStores(0), listen: ['/memory/again-0'] })
      const second = await house.node({ ...memoryStores(1), listen: ['/memory/again-1'], bootstrap: first.addrs })
      await until('both to know the other', () => first.status().nodes === 1 && second.status().nodes === 1)
      await Promise.all([first.stop(), second.stop()])
      await second.start()
      await first.start()
      await until('the first to have found the second', () => first.status().nodes === 1)
    })
  })
})

/** Stores in memory that outlive the run of a node. */
function keptStores (): { memoryStores: (number: number) => { openStore: NonNullable<Parameters<TestHouse['node']>[0]>['openStore'] } } {
  const shelves = new Map<string, ReturnType<typeof mapShelf>>()
  return {
    memoryStores: number => ({
      openStore: async components => {
        const { openMemoryStore } = await import('../../src/store/index.ts')
        const store = await openMemoryStore(components)
        return {
          ...store,
          envelopes: store.envelopes,
          close: async () => { await store.close() },
          shelf: name => {
            const key = `${number}/${name}`
            const shelf = shelves.get(key) ?? mapShelf()
            shelves.set(key, shelf)
            return shelf
          }
        }
      }
    })
  }
}
