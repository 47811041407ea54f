import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { memory } from '@libp2p/memory'
import { tcp } from '@libp2p/tcp'
import { MemoryDatastore } from 'datastore-core'
import { peerKeyFromPeerId } from '../../src/identity/index.ts'
import { BASE_SERVICES, createHost } from '../../src/node/host.ts'
import { libp2pNetwork } from '../../src/node/network.ts'
import { systemRandom } from '../../src/system.ts'
import { keyOf } from '../identity/people.ts'
import type { PeerKey } from '../../src/types.ts'
import type { AddressInfo } from 'node:net'
import type { Libp2p } from '@libp2p/interface'

const PROTOCOL = '/test/1'
const ONE_SENTENCE = /^node 12D3KooW\w+ cannot be reached: [^\n:]{5,60}$/

async function startHost (): Promise<Libp2p> {
  const host = await createHost({ seed: systemRandom.bytes(32), listen: ['/ip4/127.0.0.1/tcp/0'], gater: {}, transports: [tcp(), memory()], datastore: new MemoryDatastore(), services: BASE_SERVICES })
  await host.start()
  return host
}

function hint (host: Libp2p): string {
  const [address] = host.getMultiaddrs()
  return address?.decapsulate('/p2p').toString() ?? assert.fail()
}

describe('network port on libp2p', () => {
  let one: Libp2p
  let two: Libp2p
  before(async () => { [one, two] = await Promise.all([startHost(), startHost()]) })
  after(async () => { await Promise.all([one.stop(), two.stop()]) })
  afterEach(async () => { await one.hangUp(two.peerId) })

  const open = async (peer: PeerKey, hints: string[], protocol = PROTOCOL, timeoutMs = 5000) => await libp2pNetwork(one).open(peer, hints, protocol, { signal: AbortSignal.timeout(timeoutMs) })

  it('opens a stream by a hint, and tells the other side whose it is and from where', async () => {
    const met = new Promise<[PeerKey, string | undefined]>(resolve => {
      void libp2pNetwork(two).handle(PROTOCOL, (_, peer, from) => { resolve([peer, from]) })
    })
    const stream = await open(peerKeyFromPeerId(two.peerId), [hint(two)])
    const [peer, from] = await met
    assert.equal(peer, peerKeyFromPeerId(one.peerId))
    assert.match(from ?? '', /^\/ip4\/127\.0\.0\.1\/tcp\/\d+/)
    stream.abort(new Error('done'))
    await libp2pNetwork(two).unhandle(PROTOCOL)
  })

  it('tries what else is known when the hint leads nowhere, or to somebody else', async () => {
    await libp2pNetwork(two).handle(PROTOCOL, stream => { stream.abort(new Error('done')) })
    await one.peerStore.merge(two.peerId, { multiaddrs: two.getMultiaddrs() })
    const three = await startHost()
    for (const wrong of ['/ip4/127.0.0.1/tcp/1', hint(three)]) {
      await open(peerKeyFromPeerId(two.peerId), [wrong])
      await one.hangUp(two.peerId)
    }
    const silent = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => silent.once('listening', resolve))
    await open(peerKeyFromPeerId(two.peerId), [`/ip4/127.0.0.1/tcp/${(silent.address() as AddressInfo).port}`])
    silent.close()
    const { addresses } = await one.peerStore.get(two.peerId)
    assert.deepEqual(addresses.map(({ multiaddr }) => multiaddr.toString()), [hint(two)], 'a hint is not remembered before it proved itself')
    await three.stop()
    await one.peerStore.delete(two.peerId)
    await libp2pNetwork(two).unhandle(PROTOCOL)
  })

  it('says in one sentence of its own why a node cannot be reached', async () => {
    const nobody = (await keyOf('nobody', 1)).publicKey
    const silent = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => silent.once('listening', resolve))
    const silentHint = `/ip4/127.0.0.1/tcp/${(silent.address() as AddressInfo).port}`
    const attempts: Array<[PeerKey, string[], RegExp, number?]> = [
      [nobody, [], /no address of it is known$/],
      [nobody, ['/ip4/127.0.0.1/tcp/1'], /nobody answers at its addresses$/],
      [nobody, ['not a multiaddr'], /nobody answers at its addresses$/],
      [nobody, [silentHint], /it did not answer in time$/, 200],
      [peerKeyFromPeerId(two.peerId), [hint(two)], /it does not speak \/test\/1$/],
      [peerKeyFromPeerId(one.peerId), [hint(one)], /nobody answers at its addresses$/]
    ]
    for (const [peer, hints, reason, timeoutMs] of attempts) {
      await assert.rejects(open(peer, hints, PROTOCOL, timeoutMs), ({ name, message }) => {
        assert.equal(name, 'UnreachableError')
        assert.match(message, reason)
        assert.match(message, ONE_SENTENCE)
        return true
      })
    }
    silent.close()
  })
})
