import assert from 'node:assert/strict'
import { peerIdFromPeerKey } from '../../src/identity/index.ts'
import { PLACE_BITS, placeOfPeer } from '../../src/dht/place.ts'
import { TableGuard } from '../../src/dht/table-guard.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { keyOf } from '../identity/people.ts'
import type { PeerId } from '@libp2p/interface'

describe('TableGuard', () => {
  /** Of one bucket of the table. */
  let peers: PeerId[]
  before(async () => {
    const all = await Promise.all(Array.from({ length: 500 }, async (_, number) => peerIdFromPeerKey((await keyOf('contact', number)).publicKey)))
    const bucketOf = (peer: PeerId): bigint => placeOfPeer(peer, crypto) >> BigInt(PLACE_BITS - 6)
    const [first] = all as [PeerId]
    peers = all.filter(peer => bucketOf(peer) === bucketOf(first))
    assert.ok(peers.length >= 4)
  })

  interface World { guard: TableGuard, gone: Set<string>, connected: Set<string>, pings: string[] }

  function make (groupOf: (peer: PeerId) => string | undefined = () => '203.0'): World {
    const world = { gone: new Set<string>(), connected: new Set<string>(), pings: [] as string[] }
    const ping = {
      ping: async (peer: PeerId) => {
        world.pings.push(peer.toString())
        if (world.gone.has(peer.toString())) throw new Error('nobody there')
        return 1
      }
    }
    return { ...world, guard: new TableGuard({ ping, groupOf, isConnected: peer => world.connected.has(peer.toString()), crypto, groupPeers: 2 }) }
  }

  it('lets two of a prefix into a bucket, and keeps the third out for as long as they are there', async () => {
    const { guard, connected } = make()
    for (const peer of peers.slice(0, 2)) {
      assert.equal(await guard.ping(peer), 1)
      connected.add(peer.toString())
    }
    await assert.rejects(guard.ping(peers[2] as PeerId), { name: 'RefusedError' })
    assert.equal(await guard.ping(peers[0] as PeerId), 1, 'who is in stays in')
  })

  it('asks those without a connection once, however many come', async () => {
    const { guard, pings } = make()
    for (const peer of peers.slice(0, 2)) await guard.ping(peer)
    pings.length = 0
    const outcomes = await Promise.allSettled(peers.slice(2, 4).map(async peer => await guard.ping(peer)))
    assert.deepEqual(outcomes.map(({ status }) => status), ['rejected', 'rejected'])
    assert.equal(pings.filter(id => id === peers[0]?.toString()).length, 1)
  })

  it('lets somebody in for one that is gone', async () => {
    const { guard, gone } = make()
    for (const peer of peers.slice(0, 2)) await guard.ping(peer)
    gone.add((peers[0] as PeerId).toString())
    assert.equal(await guard.ping(peers[2] as PeerId), 1)
    await assert.rejects(guard.ping(peers[3] as PeerId), { name: 'RefusedError' })
  })

  it('forgets a contact that kad-dht has asked in vain, and so lets go', async () => {
    const { guard, gone, connected } = make()
    for (const peer of peers.slice(0, 2)) {
      await guard.ping(peer)
      connected.add(peer.toString())
    }
    gone.add((peers[1] as PeerId).toString())
    await assert.rejects(guard.ping(peers[1] as PeerId), /nobody there/)
    assert.equal(await guard.ping(peers[2] as PeerId), 1)
  })

  it('lets in everybody whose address says nothing', async () => {
    const { guard } = make(() => undefined)
    for (const peer of peers) assert.equal(await guard.ping(peer), 1)
  })
})
