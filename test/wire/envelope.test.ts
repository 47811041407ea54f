// Envelopes: what a node reads at fixed places, and what it takes for an envelope at all.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { ENVELOPE_HEADER_BYTES, envelopeBody, idBytes, makeEnvelope, openEnvelope, reopenEnvelope } from '../../src/wire/envelope.ts'
import { fromHex, toHex } from '../../src/wire/hex.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { readVectors } from '../vectors.ts'
import { hostileBytes } from './hostile-bytes.ts'
import type { Bytes, EnvelopeId, MailboxId } from '../../src/types.ts'

const MAILBOX = 'ab'.repeat(32) as MailboxId
const EXPIRY = 1_769_817_600
const REFUSALS = ['MalformedError', 'TooLargeError', 'UnsupportedError']
const good = makeEnvelope({ mailbox: MAILBOX, expiry: EXPIRY, body: Uint8Array.from({ length: 40 }, (_, at) => at) }, crypto)

describe('an envelope', () => {
  it('is laid out as docs/protocol.md shows', () => {
    const vector = readVectors<{ mailbox: MailboxId, expiry: number, body: string, id: string, bytes: string }>('envelope')
    const made = makeEnvelope({ mailbox: vector.mailbox, expiry: vector.expiry, body: fromHex(vector.body) }, crypto)
    assert.equal(toHex(made.bytes), vector.bytes)
    const opened = openEnvelope(fromHex(vector.bytes), crypto)
    assert.deepEqual(opened, made)
    assert.deepEqual([opened.id, opened.mailbox, opened.expiry, toHex(envelopeBody(opened))], [vector.id, vector.mailbox, vector.expiry, vector.body])
    assert.equal(toHex(idBytes(opened.id)), vector.id)
  })

  it('opens as it was made, wherever its bytes lie', () => {
    const mailbox = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytes => toHex(bytes) as MailboxId)
    fc.assert(fc.property(mailbox, fc.nat({ max: 0xffff_ffff }), fc.uint8Array({ maxLength: 500 }), fc.nat({ max: 7 }), (mailbox, expiry, body, shift) => {
      const made = makeEnvelope({ mailbox, expiry, body }, crypto)
      const among = new Uint8Array(shift + made.bytes.byteLength + 3).fill(0xee)
      among.set(made.bytes, shift)
      const opened = openEnvelope(among.subarray(shift, shift + made.bytes.byteLength), crypto)
      assert.deepEqual([opened.id, opened.mailbox, opened.expiry], [made.id, mailbox, expiry])
      assert.deepEqual(envelopeBody(opened), body)
      assert.deepEqual(reopenEnvelope(made.id, mailbox, made.bytes), made)
    }))
  })

  it('has another id with another mailbox, expiry or body, and the same with another admission', () => {
    const idOf = (at: number): EnvelopeId => openEnvelope(flipped(good.bytes, at), crypto).id
    for (let at = 4; at < 40; at++) assert.notEqual(idOf(at), good.id, `byte ${at}`)
    for (let at = 40; at < 72; at++) assert.equal(idOf(at), good.id, `byte ${at}`)
    for (let at = ENVELOPE_HEADER_BYTES; at < good.bytes.byteLength; at++) assert.notEqual(idOf(at), good.id, `byte ${at}`)
  })

  it('of another version, or with a critical bit, is not supported', () => {
    for (let bit = 0; bit < 32; bit++) assert.throws(() => openEnvelope(flipped(good.bytes, bit >> 3, bit & 7), crypto), { name: 'UnsupportedError' }, `bit ${bit}`)
  })

  it('has as many bytes as it says', () => {
    for (let at = 72; at < ENVELOPE_HEADER_BYTES; at++) assert.throws(() => openEnvelope(flipped(good.bytes, at), crypto), { name: 'MalformedError' })
    assert.throws(() => openEnvelope(Uint8Array.from([...good.bytes, 0]), crypto), { name: 'MalformedError' })
    for (let length = 0; length < good.bytes.byteLength; length++) assert.throws(() => openEnvelope(good.bytes.subarray(0, length), crypto), { name: 'MalformedError' }, `${length} bytes`)
  })

  it('may be empty, and may have 64 KiB but not a byte more', () => {
    const make = (bytes: number): Bytes => makeEnvelope({ mailbox: MAILBOX, expiry: EXPIRY, body: new Uint8Array(bytes) }, crypto).bytes
    assert.equal(make(0).byteLength, ENVELOPE_HEADER_BYTES)
    assert.equal(make(LIMITS.envelopeBytes - ENVELOPE_HEADER_BYTES).byteLength, LIMITS.envelopeBytes)
    assert.throws(() => make(LIMITS.envelopeBytes - ENVELOPE_HEADER_BYTES + 1), { name: 'TooLargeError' })
  })

  it('is refused by its size before anything is hashed', () => {
    const noCrypto = { sha256: () => assert.fail('hashed') }
    assert.throws(() => openEnvelope(new Uint8Array(LIMITS.envelopeBytes + 1), noCrypto), { name: 'TooLargeError' })
  })

  it('opens or is refused by name, whatever stands in its place', () => {
    fc.assert(fc.property(hostileBytes(good.bytes), bytes => {
      try {
        const opened = openEnvelope(bytes as Bytes, crypto)
        assert.equal(opened.bytes.byteLength, bytes.byteLength)
        assert.match(`${opened.id}${opened.mailbox}`, /^[0-9a-f]{128}$/)
      } catch (error) {
        assert.ok(REFUSALS.includes((error as Error).name), String(error))
      }
    }), { numRuns: 500 })
  })

  it('that was kept comes back from any bytes as long as a header', () => {
    fc.assert(fc.property(hostileBytes(good.bytes), bytes => {
      const reopen = (): unknown => reopenEnvelope(good.id, MAILBOX, bytes as Bytes).expiry
      if (bytes.byteLength < ENVELOPE_HEADER_BYTES) assert.throws(reopen, { name: 'MalformedError' })
      else assert.ok(Number.isInteger(reopen()))
    }))
  })
})

function flipped (bytes: Uint8Array, at: number, bit = 0): Bytes {
  const changed = Uint8Array.from(bytes)
  changed[at]! ^= 1 << bit
  return changed
}
