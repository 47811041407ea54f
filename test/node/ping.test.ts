import assert from 'node:assert/strict'
import { noise } from '@chainsafe/libp2p-noise'
import { yamux } from '@libp2p/yamux'
import { identify } from '@libp2p/identify'
import { ping } from '@libp2p/ping'
import { tcp } from '@libp2p/tcp'
import { createLibp2p } from 'libp2p'

describe('two real nodes', () => {
  it('ping each other over TCP, Noise and Yamux, and stop cleanly', async () => {
    const alice = await startNode()
    const bob = await startNode()
    try {
      const there = await alice.services.ping.ping(bob.getMultiaddrs())
      const back = await bob.services.ping.ping(alice.peerId)
      assert.ok(there >= 0 && back >= 0)
      assert.deepEqual(alice.getPeers().map(String), [bob.peerId.toString()])

      const [connection] = alice.getConnections()
      assert.ok(connection != null)
      assert.match(connection.encryption ?? '', /noise/)
      assert.match(connection.multiplexer ?? '', /yamux/)
    } finally {
      await Promise.all([alice.stop(), bob.stop()])
    }
    assert.deepEqual([...alice.getConnections(), ...bob.getConnections()], [])
  })
})

async function startNode () {
  return await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), ping: ping() }
  })
}
