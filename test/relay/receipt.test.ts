import assert from 'node:assert/strict'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import fc from 'fast-check'
import { webCrypto } from '../../src/client/crypto.ts'
import { nodeCrypto } from '../../src/node/crypto.ts'
import { openReceiptRun, openReceipts, signCommit } from '../../src/relay/receipt.ts'
import { receiptToJson, verifyReceipt, type ReceiptJson } from '../../src/relay/receipt-json.ts'
import { Receipts } from '../../src/wire/mail.ts'
import { readVectors } from '../vectors.ts'
import type { Crypto, SigningKey } from '../../src/ports.ts'
import type { Bytes, EnvelopeId, StoreId } from '../../src/types.ts'

interface RunVector { firstLeaf: number, tickets: number[], proof: string[] }
interface ReceiptVector {
  nodeSeed: string
  node: string
  storeId: StoreId
  time: number
  leaves: EnvelopeId[]
  signature: string
  run: RunVector
  narrowed: RunVector
  receipt: ReceiptJson
}

const hex = (bytes: Uint8Array): string => toString(bytes, 'base16')
const vector = readVectors<ReceiptVector>('receipt')
const frameOf = (run: RunVector): Receipts => ({
  node: bytesOf(vector.node),
  storeId: bytesOf(vector.storeId),
  time: BigInt(vector.time),
  leafCount: vector.leaves.length,
  firstLeaf: run.firstLeaf,
  tickets: run.tickets,
  proof: run.proof.map(bytesOf),
  signature: bytesOf(vector.signature)
})
const idsOf = (run: RunVector): EnvelopeId[] => vector.leaves.slice(run.firstLeaf, run.firstLeaf + run.tickets.length)

for (const [name, crypto] of [['node:crypto', nodeCrypto], ['WebCrypto', webCrypto]] as const) {
  describe(`receipts, with ${name}`, () => {
    let key: SigningKey
    before(async () => { key = await crypto.signingKey(bytesOf(vector.nodeSeed)) })

    it('are signed, narrowed and taken apart as docs/protocol.md shows', async () => {
      const whole = await signCommit({ time: vector.time, leaves: vector.leaves }, { storeId: vector.storeId, key, crypto })
      assert.deepEqual(whole.frame(vector.run.firstLeaf, vector.run.tickets), frameOf(vector.run))
      const run = await openReceiptRun(frameOf(vector.run), idsOf(vector.run), crypto)
      assert.deepEqual(run.frame(1, [8]), frameOf(vector.narrowed))
      const [receipt] = await openReceipts(Receipts.decode(Receipts.encode(frameOf(vector.narrowed))), () => vector.leaves[2], crypto)
      assert.ok(receipt != null)
      assert.deepEqual(receiptToJson(receipt), vector.receipt)
    })

    it('verify alone, from their JSON', async () => {
      assert.equal(await verifyReceipt(JSON.parse(JSON.stringify(vector.receipt)), crypto), true)
    })
  })
}

describe('openReceipts', () => {
  const idOf = (ticket: number): EnvelopeId | undefined => vector.leaves[ticket - 6]

  it('refuses a frame whose signature is over anything else', async () => {
    const good = frameOf(vector.run)
    const wrong: Array<Partial<Receipts>> = [
      { time: good.time + 1n },
      { node: bytesOf('00'.repeat(32)) },
      { storeId: bytesOf('00'.repeat(16)) },
      { signature: bytesOf('00'.repeat(64)) },
      { proof: [...good.proof].reverse() },
      { tickets: [7, 9, 8] },
      { leafCount: 6 },
      { firstLeaf: 2 }
    ]
    for (const change of wrong) {
      await assert.rejects(openReceipts({ ...good, ...change }, idOf, nodeCrypto), ({ name }: Error) => name === 'NotAuthenticError' || name === 'MalformedError', JSON.stringify(Object.keys(change)))
    }
    await assert.rejects(openReceipts({ ...good, time: 1n }, idOf, nodeCrypto), { name: 'NotAuthenticError' })
  })

  it('refuses a frame without its form, whatever the form is', async () => {
    const good = frameOf(vector.run)
    const wrong: Array<Partial<Receipts>> = [
      { node: bytesOf('00') }, { storeId: bytesOf('00') }, { signature: bytesOf('00') }, { time: 1n << 60n },
      { tickets: [] }, { tickets: [7, 8, 99] }, { leafCount: 0 }, { leafCount: 2 ** 31 }, { firstLeaf: 4 }, { proof: [] }
    ]
    for (const change of wrong) await assert.rejects(openReceipts({ ...good, ...change }, idOf, nodeCrypto), { name: 'MalformedError' })
    const crowd = Array.from({ length: 4097 }, () => 7)
    await assert.rejects(openReceipts({ ...good, leafCount: 4097, firstLeaf: 0, tickets: crowd, proof: [] }, idOf, nodeCrypto), { name: 'MalformedError' })
  })

  it('opens what any signer made, for any part of any commit', async () => {
    const key = await nodeCrypto.signingKey(bytesOf(vector.nodeSeed))
    await fc.assert(fc.asyncProperty(fc.integer({ min: 1, max: 40 }), fc.nat(), fc.nat(), fc.nat(), async (count, a, b, c) => {
      const leaves = Array.from({ length: count }, (_, index) => hex(nodeCrypto.sha256(Uint8Array.of(index))) as EnvelopeId)
      const signed = await signCommit({ time: c, leaves }, { storeId: vector.storeId, key, crypto: nodeCrypto })
      const first = a % count
      const tickets = leaves.slice(first, first + 1 + b % (count - first)).map((_, index) => index)
      const carried = Receipts.decode(Receipts.encode(signed.frame(first, tickets)))
      const receipts = await openReceipts(carried, ticket => leaves[first + ticket], nodeCrypto)
      assert.equal(receipts.length, tickets.length)
      for (const receipt of receipts) assert.equal(await verifyReceipt(receiptToJson(receipt), nodeCrypto), true)
    }), { numRuns: 50 })
  })

  it('asks for one verification of a commit, however many frames speak of it', async () => {
    let verified = 0
    const counting: Crypto = { ...nodeCrypto, verify: async (...given) => { verified++; return await nodeCrypto.verify(...given) } }
    await openReceipts(frameOf(vector.run), idOf, counting)
    await openReceipts(frameOf(vector.narrowed), idOf, counting)
    assert.equal(verified, 1)
    await assert.rejects(openReceipts({ ...frameOf(vector.narrowed), time: 5n }, idOf, counting), { name: 'NotAuthenticError' })
    assert.equal(verified, 2)
  })
})

describe('verifyReceipt', () => {
  it('is false when anything in a receipt is changed', async () => {
    const { receipt } = vector
    const wrong: Array<Partial<Record<keyof ReceiptJson, unknown>>> = [
      { envelope: vector.leaves[0] }, { envelope: receipt.envelope.toUpperCase() }, { node: '12D3KooWGRUVh3bDGAJfFqGoM9mSF4ENPdpCxPLBrVrTEjrhDBPN' }, { node: 'nobody' },
      { storeId: '00'.repeat(16) }, { time: receipt.time + 1 }, { time: -1 }, { time: 1.5 }, { leafCount: 4 }, { leafIndex: 3 }, { leafIndex: -1 },
      { path: receipt.path.slice(1) }, { path: [] }, { path: 'x' }, { path: undefined }, { signature: '00'.repeat(64) }, { signature: receipt.signature.slice(2) }
    ]
    for (const change of wrong) assert.equal(await verifyReceipt({ ...receipt, ...change }, nodeCrypto), false, JSON.stringify(change))
  })

  it('is false for any other value', async () => {
    await fc.assert(fc.asyncProperty(fc.anything(), async value => {
      assert.equal(await verifyReceipt(value, nodeCrypto), false)
    }))
  })
})

function bytesOf (digits: string): Bytes { return fromString(digits, 'base16') }
