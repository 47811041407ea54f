import assert from 'node:assert/strict'
import { Libp2pRecord } from '@libp2p/record'
import { pbStream } from '@libp2p/utils'
import { routeKey } from '../../src/dht/key.ts'
import { putValue } from '../../src/dht/put-value.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { KadMessage } from '../../src/wire/kad.ts'
import { KAD_PROTOCOL } from '../../src/wire/protocols.ts'
import { makePerson } from '../identity/people.ts'
import { heldValue, makeRoute, startStockNode, type StockNode } from './network.ts'
import type { Bytes } from '../../src/types.ts'
import type { Stream } from '@libp2p/interface'

describe('putValue', () => {
  let sender: StockNode
  let holder: StockNode
  let key: Bytes
  let value: Bytes
  before(async () => {
    sender = await startStockNode()
    holder = await startStockNode()
    await sender.host.dial(holder.host.getMultiaddrs())
    const record = await makeRoute(await makePerson(4000))
    key = routeKey(record.root, 0, crypto)
    value = record.bytes
  })
  after(async () => { await Promise.all([sender.host.stop(), holder.host.stop()]) })

  it('is understood by a stock node, and understands its answer', async () => {
    await put()
    assert.deepEqual(await heldValue(holder, key), value)
  })

  it('takes no other value for an acknowledgement', async () => {
    await answer({ type: 0, key, record: new Libp2pRecord(key, value.subarray(1), new Date()).serialize() as Bytes })
    await assert.rejects(put(), /acknowledged another value/)
  })

  it('reads at most 16 KiB of an answer', async () => {
    await answer({ type: 0, key, record: new Uint8Array(16 * 1024) })
    await assert.rejects(put(), { name: 'InvalidDataLengthError' })
  })

  it('reads what is no answer as a refusal', async () => {
    await handle(stream => { stream.send(Uint8Array.of(3, 255, 255, 255)) })
    await assert.rejects(put())
    await handle(stream => { stream.abort(new Error('no')) })
    await assert.rejects(put())
  })

  it('gives up on a peer that says nothing', async () => {
    await handle(() => {})
    await assert.rejects(put(50))
  })

  async function put (timeoutMs = 3000): Promise<void> {
    await putValue(sender.host, holder.host.peerId, { key, value, now: Date.now(), signal: AbortSignal.timeout(timeoutMs) })
  }

  async function answer (message: KadMessage): Promise<void> {
    await handle(async stream => { await pbStream(stream).write(message, KadMessage) })
  }

  async function handle (handler: (stream: Stream) => void | Promise<void>): Promise<void> {
    await holder.host.handle(KAD_PROTOCOL, handler, { force: true })
  }
})
