// Admission: what an envelope shows of its right to a mailbox.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { webCrypto } from '../../src/client/crypto.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { deliveryKeyOf, isOpen, showsKey } from '../../src/wire/admission.ts'
import { makeEnvelope, openEnvelope } from '../../src/wire/envelope.ts'
import { fromHex, toHex } from '../../src/wire/hex.ts'
import { readVectors } from '../vectors.ts'
import type { MailboxId } from '../../src/types.ts'

const MAILBOX = 'ab'.repeat(32) as MailboxId
const init = { mailbox: MAILBOX, expiry: 1_769_817_600, body: Uint8Array.from({ length: 40 }, (_, at) => at) }
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const ADMISSION = { from: 40, to: 72 }

describe('an envelope’s admission', () => {
  it('is laid out as docs/protocol.md shows', () => {
    const vector = readVectors<{ presenceKey: string, epoch: number, deliveryKey: string, mailbox: MailboxId, expiry: number, body: string, id: string, admission: string }>('admission')
    const deliveryKey = deliveryKeyOf(fromHex(vector.presenceKey), vector.epoch)
    assert.equal(toHex(deliveryKey.key), vector.deliveryKey)
    const { mailbox, expiry, body } = vector
    const envelope = makeEnvelope({ mailbox, expiry, body: fromHex(body), deliveryKey }, crypto)
    assert.deepEqual([envelope.id, toHex(envelope.bytes.subarray(ADMISSION.from, ADMISSION.to))], [vector.id, vector.admission])
    assert.equal(showsKey(envelope, deliveryKey.key), true)
  })

  it('is the HMAC that the libraries compute, in nodes and in clients', () => {
    fc.assert(fc.property(bytes32, fc.nat({ max: 0xffff_ffff }), (presenceKey, epoch) => {
      const { key, keyEpoch } = deliveryKeyOf(presenceKey, epoch)
      assert.equal(toHex(key), createHmac('sha256', presenceKey).update('posthouse/delivery-key/1\0').digest('hex'))
      const { id, bytes } = makeEnvelope({ ...init, deliveryKey: { key, keyEpoch } }, crypto)
      const tag = createHmac('sha256', key).update('posthouse/admission/1\0').update(fromHex(id)).digest('hex').slice(0, 60)
      assert.equal(toHex(bytes.subarray(ADMISSION.from, ADMISSION.to)), `01${toHex(Uint8Array.of(epoch))}${tag}`)
      assert.deepEqual(makeEnvelope({ ...init, deliveryKey: deliveryKeyOf(presenceKey, epoch) }, webCrypto).bytes, bytes)
    }), { numRuns: 20 })
  })

  it('shows one key only, on one envelope only, and no bit of its tag can be changed', () => {
    fc.assert(fc.property(bytes32, bytes32, fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 8 * 30 - 1 }), (key, other, body, bit) => {
      fc.pre(toHex(key) !== toHex(other))
      const made = makeEnvelope({ ...init, body, deliveryKey: { keyEpoch: 3, key: Uint8Array.from(key) } }, crypto)
      assert.equal(showsKey(made, key), true)
      assert.equal(showsKey(made, other), false)
      const moved = makeEnvelope({ ...init, body: Uint8Array.from([...body, 0]) }, crypto)
      moved.bytes.set(made.bytes.subarray(ADMISSION.from, ADMISSION.to), ADMISSION.from)
      assert.equal(showsKey(moved, key), false)
      made.bytes[ADMISSION.from + 2 + (bit >> 3)]! ^= 1 << (bit & 7)
      assert.equal(showsKey(made, key), false)
    }))
  })

  it('without a key is open, and shows none whatever it says its kind is', () => {
    const open = makeEnvelope(init, crypto)
    assert.deepEqual([isOpen(open), showsKey(open, new Uint8Array(32))], [true, false])
    const key = new Uint8Array(32).fill(7)
    const made = makeEnvelope({ ...init, deliveryKey: { keyEpoch: 0, key } }, crypto)
    assert.deepEqual([isOpen(made), openEnvelope(made.bytes, crypto).id], [false, open.id])
    for (let kind = 0; kind < 256; kind++) {
      made.bytes[ADMISSION.from] = kind
      assert.equal(showsKey(made, key), kind === 1, `kind ${kind}`)
    }
  })
})
