import assert from 'node:assert/strict'
import { multiaddr } from '@multiformats/multiaddr'
import { peerIdFromPeerKey, peerKeyFromBytes } from '../../src/identity/index.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { Directory, type DirectoryComponents } from '../../src/node/directory.ts'
import { SESSION_PROTOCOL } from '../../src/wire/protocols.ts'
import { VirtualClock } from '../client/virtual-clock.ts'
import { TestHouse } from './visitors.ts'
import { until } from '../until.ts'
import type { IdentifyResult, PeerId } from '@libp2p/interface'

const PUBLIC = '/ip4/8.8.8.8/tcp/4501'

/** The part of a host that a directory sees: who says hello, and who is connected. */
class Meetings extends EventTarget {
  readonly peerId: PeerId
  readonly connected = new Set<string>()
  addresses: string[] = []

  constructor (peerId: PeerId) {
    super()
    this.peerId = peerId
  }

  getMultiaddrs (): ReturnType<typeof multiaddr>[] { return this.addresses.map(text => multiaddr(`${text}/p2p/${this.peerId.toString()}`)) }
  getConnections (peerId?: PeerId): never[] { return (peerId !== undefined && this.connected.has(peerId.toString()) ? [{}] : []) as never[] }

  meet (peerId: PeerId, listenAddrs: string[], protocols = [SESSION_PROTOCOL]): void {
    const detail = { peerId, protocols, listenAddrs: listenAddrs.map(text => multiaddr(text)) } as IdentifyResult
    this.dispatchEvent(new CustomEvent('peer:identify', { detail }))
  }
}

async function peer (number: number): Promise<PeerId> {
  const { publicKey } = await crypto.signingKey(crypto.sha256(Uint8Array.of(number, number >> 8)))
  return peerIdFromPeerKey(publicKey)
}

async function open (): Promise<{ directory: Directory, host: Meetings, clock: VirtualClock }> {
  const host = new Meetings(await peer(0))
  const clock = new VirtualClock()
  const directory = new Directory({ host: host as unknown as DirectoryComponents['host'], clock, random: { fraction: () => 0 } })
  directory.start()
  return { directory, host, clock }
}

function told (directory: Directory, asker: 'machine' | 'lan' | 'internet', { self = true, count = 12 } = {}): string[][] {
  return directory.find(count, { asker, self }).map(({ node, addresses }) => [peerIdFromPeerKey(node).toString().slice(-4), ...addresses.map(bytes => multiaddr(bytes).toString())])
}

describe('directory', () => {
  it('tells of this node first, and of each only what the asker can dial', async () => {
    const { directory, host } = await open()
    const one = await peer(1)
    host.addresses = ['/ip4/127.0.0.1/tcp/4501', '/ip4/10.0.0.5/tcp/4501', PUBLIC]
    host.meet(one, ['/ip4/0.0.0.0/tcp/4501', '/ip4/127.0.0.1/tcp/7', '/ip4/192.168.1.9/tcp/7'])
    const [self, other] = [host.peerId.toString().slice(-4), one.toString().slice(-4)]
    assert.deepEqual(told(directory, 'machine'), [[self, '/ip4/127.0.0.1/tcp/4501', '/ip4/10.0.0.5/tcp/4501', PUBLIC], [other, '/ip4/127.0.0.1/tcp/7', '/ip4/192.168.1.9/tcp/7']])
    assert.deepEqual(told(directory, 'lan'), [[self, '/ip4/10.0.0.5/tcp/4501', PUBLIC], [other, '/ip4/192.168.1.9/tcp/7']])
    assert.deepEqual(told(directory, 'internet'), [[self, PUBLIC]])
    assert.deepEqual(told(directory, 'internet', { self: false }), [])
    assert.deepEqual(told(directory, 'machine', { count: 0 }), [])
    assert.equal(told(directory, 'machine', { count: 1 }).length, 1)
  })

  it('knows nodes only: who speaks the session protocol and listens', async () => {
    const { directory, host } = await open()
    const one = await peer(1)
    host.meet(one, [PUBLIC])
    host.meet(await peer(2), [PUBLIC], ['/ipfs/ping/1.0.0'])
    host.meet(await peer(3), [])
    assert.deepEqual(told(directory, 'internet').length, 1)
    host.meet(one, [PUBLIC], ['/ipfs/ping/1.0.0'])
    assert.deepEqual(told(directory, 'internet'), [], 'who serves no more is told no more')
  })

  it('tells of connected nodes before others, and forgets who has not been heard for an hour', async () => {
    const { directory, host, clock } = await open()
    const [one, two] = [await peer(1), await peer(2)]
    host.meet(one, [PUBLIC])
    host.meet(two, [PUBLIC])
    host.connected.add(two.toString())
    assert.deepEqual(told(directory, 'internet', { self: false }).map(([id]) => id), [two, one].map(id => id.toString().slice(-4)))
    assert.equal(directory.connected, 1)
    await clock.advance(NODE_DEFAULTS.nodeFreshMs)
    assert.deepEqual(told(directory, 'internet', { self: false }).map(([id]) => id), [two.toString().slice(-4)])
    assert.deepEqual(directory.remembered().map(String), [`${PUBLIC}/p2p/${two.toString()}`])
  })

  it('tells for how long it has known each, and how full it is itself', async () => {
    const { directory, host, clock } = await open()
    const [one, two] = [await peer(1), await peer(2)]
    const ages = (): Array<[number, number]> => directory.find(12, { asker: 'internet', self: true, load: 40 }).map(({ knownSeconds, load }) => [knownSeconds, load])
    host.addresses = [PUBLIC]
    host.meet(one, [PUBLIC])
    await clock.advance(600_000)
    host.meet(two, [PUBLIC])
    host.meet(one, [PUBLIC])
    await clock.advance(10_000)
    assert.deepEqual(ages().sort(([a], [b]) => a - b), [[10, 0], [610, 40], [610, 0]])
    await clock.advance(NODE_DEFAULTS.nodeFreshMs)
    host.meet(one, [PUBLIC])
    assert.deepEqual(ages(), [[4210, 40], [0, 0]], 'who was away for an hour begins anew')
  })

  it('holds so many nodes, and so many addresses of each', async () => {
    const { directory, host } = await open()
    for (let number = 1; number <= NODE_DEFAULTS.nodesKnownMax + 5; number++) host.meet(await peer(number), [PUBLIC])
    assert.equal(directory.remembered().length, NODE_DEFAULTS.nodesKnownMax)
    host.meet(await peer(1), Array.from({ length: 1000 }, (_, n) => `/ip4/8.8.8.8/tcp/${n + 1}`))
    const [node] = directory.find(NODE_DEFAULTS.nodesKnownMax, { asker: 'internet', self: false }).filter(({ addresses }) => addresses.length > 1)
    assert.equal(node?.addresses.length, NODE_DEFAULTS.nodeAddresses)
  })

  it('waits for the first meeting, but not for ever', async () => {
    const { directory, host, clock } = await open()
    const late = directory.meeting(1000)
    await clock.advance(1000)
    await late
    const soon = directory.meeting(1000)
    host.meet(await peer(1), [PUBLIC])
    await soon
    await directory.meeting(1000)
    const stopping = (await open()).directory
    const waiting = stopping.meeting(1000)
    stopping.stop()
    await waiting
  })

  it('hears nothing after its stop', async () => {
    const { directory, host } = await open()
    directory.stop()
    host.meet(await peer(1), [PUBLIC])
    assert.deepEqual(told(directory, 'internet'), [])
  })

  describe('in a small network', () => {
    const house = new TestHouse()
    afterEach(async () => { await house.close() })

    it('knows the node through which it joined as soon as it is ready, and the others soon after', async () => {
      const first = await house.node()
      for (let n = 0; n < 3; n++) await house.node({ bootstrap: first.addrs })
      const newest = await house.node({ bootstrap: first.addrs })
      const session = await (await house.visitor()).call(newest)
      const names = async (): Promise<string[]> => {
        const { nodes } = await session.ask({ findNodes: 12 })
        return (nodes?.nodes ?? []).map(({ node, addresses }) => {
          assert.equal(addresses.length, 1)
          return peerIdFromPeerKey(peerKeyFromBytes(node)).toString()
        })
      }
      assert.deepEqual((await names()).slice(0, 2), [newest.peerId, first.peerId])
      let known = 0
      await until('everybody to be known', () => {
        void names().then(({ length }) => { known = length })
        return known === 5
      })
    })
  })
})
