import assert from 'node:assert/strict'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { FirstLook } from '../../src/dht/first-look.ts'
import { peerIdFromPeerKey } from '../../src/identity/index.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import { until } from '../until.ts'
import { quiet, startRouteNode, type RouteNode } from './network.ts'
import { nodeKey } from '../relay/plain-values.ts'
import type { KadDHT, QueryEvent, SingleKadDHT } from '@libp2p/kad-dht'
import type { Topology } from '@libp2p/interface'

const { firstLookMs, firstLooks } = ROUTE_DEFAULTS

describe('the first look around', () => {
  const peer = peerIdFromPeerKey(nodeKey(1))
  let clock: VirtualClock
  let events: EventTarget
  let topology: Topology
  let answers: number
  let walks: number

  beforeEach(() => {
    clock = new VirtualClock()
    events = new EventTarget()
    answers = 1
    walks = 0
    const dht = {
      getClosestPeers: async function * () {
        walks++
        for (let answer = 0; answer < answers; answer++) yield { name: 'PEER_RESPONSE' } as QueryEvent
      }
    } as Pick<KadDHT, 'getClosestPeers'>
    const registrar = {
      register: async (_protocol: string, registered: Topology) => {
        topology = registered
        return 'id'
      }
    }
    new FirstLook({ peerId: peerIdFromPeerKey(nodeKey(0)), events, registrar, clock, log: quiet.forComponent('') }, dht).begin()
  })

  const connect = (): void => { void topology.onConnect?.(peer, undefined as never) }
  const disconnect = (): void => { void topology.onDisconnect?.(peer) }
  const looked = (peers: number): void => { events.dispatchEvent(new CustomEvent('kad-dht:query:self', { detail: { peers } })) }
  const pass = async (ms: number): Promise<void> => { await clock.advance(ms) }

  it('waits for the first contact, however late it comes', async () => {
    looked(0)
    await pass(60_000)
    assert.equal(walks, 0)
    connect()
    await pass(firstLookMs - 1)
    assert.equal(walks, 0)
    await pass(60_000)
    assert.equal(walks, 1)
  })

  it('is left to kad-dht when that has met somebody', async () => {
    connect()
    looked(3)
    await pass(60_000)
    assert.equal(walks, 0)
  })

  it('is taken again, but not for ever, when nobody answers', async () => {
    answers = 0
    connect()
    await pass(1.5 * firstLookMs)
    assert.equal(walks, 1)
    await pass(10 * firstLooks * firstLookMs)
    assert.equal(walks, firstLooks)
  })

  it('is taken anew after everybody had gone', async () => {
    connect()
    await pass(60_000)
    disconnect()
    await pass(60_000)
    connect()
    disconnect()
    await pass(60_000)
    assert.equal(walks, 1, 'nobody is there to be asked')
    connect()
    await pass(60_000)
    assert.equal(walks, 2)
  })
})

describe('a node that is connected late', function () {
  this.timeout(60_000)
  const nodes: RouteNode[] = []
  const size = ({ host }: RouteNode): number => (host.services.dht as SingleKadDHT).routingTable.size
  const dial = async (from: RouteNode, to: RouteNode): Promise<void> => { await from.host.dial(to.host.getMultiaddrs()) }

  before(async () => { for (let node = 0; node < 4; node++) nodes.push(await startRouteNode()) })
  after(async () => { await Promise.all(nodes.map(async ({ host }) => { await host.stop() })) })

  it('comes to know the nodes that its first contact knows', async () => {
    const [first, second, third, late] = nodes as [RouteNode, RouteNode, RouteNode, RouteNode]
    const ownLook = new Promise(resolve => { late.host.addEventListener('kad-dht:query:self' as never, resolve) })
    await dial(second, first)
    await dial(third, first)
    await until('those who are there know each other', () => size(first) >= 2)
    // kad-dht has looked around, with nobody to ask, and does so again in five minutes.
    await ownLook
    await dial(late, first)
    await until('the late one knows everybody', () => size(late) >= 3)
  })
})
