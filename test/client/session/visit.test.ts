// A short session with a node: it ends with the question, or with whatever goes wrong before.
import assert from 'node:assert/strict'
import { streamPair } from '@libp2p/utils'
import { visit } from '../../../src/client/session/visit.ts'
import { makeHello } from '../../../src/wire/hello.ts'
import { VirtualClock } from '../virtual-clock.ts'
import { Peer } from './peer.ts'
import type { PeerKey } from '../../../src/types.ts'
import type { Stream } from '@libp2p/interface'

const NODE = { node: 'a'.repeat(64) as PeerKey, addressHints: [] }

describe('visit', () => {
  /** prepare: what happens to the stream before the visitor has it. */
  async function ask (prepare: (outbound: Stream, peer: Peer) => void, signal?: AbortSignal): Promise<unknown[]> {
    const network = {
      open: async () => {
        const [outbound, inbound] = await streamPair()
        const peer = new Peer(inbound, ({ request, findNodes }) => { if (findNodes !== undefined) peer.send({ request, nodes: { nodes: [] } }) })
        prepare(outbound, peer)
        return outbound
      }
    }
    const options = signal === undefined ? {} : { signal }
    return await visit({ network, clock: new VirtualClock(), networkId: 'test' }, NODE, async session => await session.findNodes(1, options), options)
  }

  it('asks and closes', async () => {
    assert.deepEqual(await ask((_outbound, peer) => { peer.send({ hello: makeHello('test') }) }), [])
  })

  it('ends when the stream was reset before it was looked at', async () => {
    await assert.rejects(ask(outbound => { outbound.abort(new Error('the node was killed')) }), { name: 'ConnectionLostError' })
  })

  it('ends when it was given up while the stream was opened', async () => {
    const giving = new AbortController()
    await assert.rejects(ask(() => { giving.abort(new Error('enough')) }, giving.signal), { message: 'enough' })
  })
})
