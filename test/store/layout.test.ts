import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  collectionKey, decodeCollectionKey, decodeEntry, decodeEnvelope, decodeIndexKey, decodeNumber, encodeEntry, encodeEnvelope, encodeNumber,
  envelopeKey, envelopesAfter, indexKey, indexRange, placeCollection, seal, shelfKey, shelfRange, storedBytes, unseal, type KeyRange
} from '../../src/store/layout.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { letter } from './mail.ts'
import type { IndexEntry } from '../../src/store/mailbox.core.ts'
import type { EnvelopeId, MailboxId, PeerKey } from '../../src/types.ts'

const hex32 = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytes => Buffer.from(bytes).toString('hex'))
const mailboxes = hex32 as fc.Arbitrary<MailboxId>
const ids = hex32 as fc.Arbitrary<EnvelopeId>
const positions = fc.maxSafeNat()
const seconds = fc.nat(0xffffffff)
const devices = fc.array(hex32 as fc.Arbitrary<PeerKey>, { maxLength: LIMITS.profileDevices })
const plain = { noNullPrototype: true }
const entries: fc.Arbitrary<IndexEntry> = fc.oneof(
  fc.record({ type: fc.constant('kept' as const), position: positions, expiry: seconds, bytes: fc.nat(0xffffffff), isRequest: fc.boolean(), collectedBy: devices }, plain),
  fc.record({ type: fc.constant('awaited' as const), expiry: seconds, collectedBy: devices }, plain),
  fc.record({ type: fc.constant('collected' as const), expiry: seconds, wasHere: fc.boolean() }, plain)
)

describe('store layout', () => {
  it('reads what was kept before there were requests as none', () => {
    // As a version without them laid it down: kind 1, and no other byte for it.
    const old = seal(Uint8Array.from(Buffer.from('01' + '0000000100000005' + '6553f100' + '000000c8' + 'ab'.repeat(32), 'hex')))
    const entry: IndexEntry = { type: 'kept', position: 2 ** 32 + 5, expiry: 1_700_000_000, bytes: 200, isRequest: false, collectedBy: ['ab'.repeat(32) as PeerKey] }
    assert.deepEqual(decodeEntry(old), entry)
    assert.deepEqual([...encodeEntry(entry)], [...old], 'and what is none looks as before')
    assert.notDeepEqual([...encodeEntry({ ...entry, isRequest: true })], [...old])
  })

  it('gives back what it laid down', () => {
    fc.assert(fc.property(mailboxes, ids, entries, positions, fc.uint8Array(), (mailbox, id, entry, position, bytes) => {
      assert.deepEqual(decodeEntry(encodeEntry(entry)), entry)
      assert.deepEqual(decodeIndexKey(indexKey(mailbox, id)), { mailbox, id })
      assert.deepEqual([...unseal(seal(bytes)) ?? []], [...bytes])
      assert.equal(decodeNumber(encodeNumber(position)), position)
      const place = placeCollection(mailbox, 7, bytes)
      assert.deepEqual(decodeCollectionKey(collectionKey(place)), place)
      const envelope = letter(mailbox)
      const value = encodeEnvelope({ position, envelope })
      assert.equal(value.byteLength, storedBytes(envelope))
      assert.deepEqual(decodeEnvelope(mailbox, value), { position, envelope })
    }))
  })

  it('orders envelopes by mailbox, then by position', () => {
    fc.assert(fc.property(mailboxes, mailboxes, positions, positions, (one, other, a, b) => {
      const byPosition = Buffer.compare(envelopeKey(one, a), envelopeKey(one, b))
      assert.equal(byPosition, Math.sign(a - b))
      const within = isIn(envelopesAfter(one, a))
      assert.equal(within(envelopeKey(one, b)), b > a)
      assert.equal(within(envelopeKey(other, b)), one === other && b > a)
    }))
  })

  it('bounds a range by its prefix', () => {
    const last = 'ff'.repeat(32)
    for (const mailbox of ['00'.repeat(32), last] as MailboxId[]) {
      assert.ok(isIn(indexRange(mailbox))(indexKey(mailbox, last as EnvelopeId)))
      assert.ok(isIn(indexRange())(indexKey(mailbox, last as EnvelopeId)))
      assert.ok(!isIn(indexRange(mailbox))(indexKey('7f'.repeat(32) as MailboxId, last as EnvelopeId)))
    }
    assert.ok(isIn(shelfRange('a'))(shelfKey('a', 'z')))
    assert.ok(!isIn(shelfRange('a'))(shelfKey('aa', '')))
  })

  it('never takes a value with a flipped bit for one that was kept', () => {
    fc.assert(fc.property(entries, mailboxes, fc.nat(), (entry, mailbox, at) => {
      assert.equal(decodeEntry(flip(encodeEntry(entry), at)), undefined)
      assert.equal(unseal(flip(seal(Uint8Array.of(1, 2, 3)), at)), undefined)
      assert.equal(decodeEnvelope(mailbox, flip(encodeEnvelope({ position: 1, envelope: letter(mailbox) }), at)), undefined)
    }))
  })

  it('never throws on what it did not lay down', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), mailboxes, (bytes, mailbox) => {
      for (const value of [bytes, seal(bytes)]) {
        decodeEntry(value)
        decodeEnvelope(mailbox, value)
        decodeIndexKey(value)
        decodeCollectionKey(value)
        decodeNumber(value)
        unseal(value)
      }
    }), { numRuns: 1000 })
  })
})

function isIn ({ gte, lt }: KeyRange): (key: Uint8Array) => boolean {
  return key => Buffer.compare(key, gte) >= 0 && Buffer.compare(key, lt) < 0
}

function flip (bytes: Uint8Array, at: number): Uint8Array {
  const flipped = new Uint8Array(bytes)
  const bit = at % (flipped.byteLength * 8)
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return flipped
}
