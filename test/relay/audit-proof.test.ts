import assert from 'node:assert/strict'
import fc from 'fast-check'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { decodeAuditState, encodeAuditState, isProof, makeAudit, openAudit, proofOf } from '../../src/relay/audit-proof.ts'
import type { AuditState } from '../../src/relay/audit.core.ts'
import type { EnvelopeId, MailboxId } from '../../src/types.ts'

const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytes => Buffer.from(bytes).toString('hex'))
const ids = fc.array(id.map(text => text as EnvelopeId), { minLength: 1, maxLength: 16 })
const mailbox = id.map(text => text as MailboxId)
const integer = fc.nat()

describe('what an audit says', () => {
  it('is read as it was written', () => {
    fc.assert(fc.property(integer, fc.uint8Array({ minLength: 16, maxLength: 16 }), mailbox, ids, (number, nonce, mailbox, ids) => {
      assert.deepEqual(openAudit(makeAudit({ number, nonce, mailbox, ids })), { number, nonce, mailbox, ids })
    }))
  })

  it('is proven by the envelope’s bytes and the nonce, and by nothing else', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.uint8Array({ minLength: 1 }), fc.uint8Array(), (nonce, envelope, other) => {
      assert.equal(isProof(proofOf(nonce, envelope, crypto), nonce, envelope, crypto), true)
      assert.equal(isProof(other, nonce, envelope, crypto), false)
      assert.equal(isProof(proofOf(nonce, envelope.subarray(1), crypto), nonce, envelope, crypto), false)
    }))
    assert.equal(isProof(undefined, new Uint8Array(16), new Uint8Array(1), crypto), false)
  })

  it('is remembered as it was, and anything else is refused', () => {
    const draw = fc.record({ mailbox, ids, at: integer }, { noNullPrototype: true })
    const state: fc.Arbitrary<AuditState> = fc.record({ nextAt: integer, lies: integer, silences: integer, caughtUntil: integer, draw: fc.option(draw, { nil: undefined }) }, { noNullPrototype: true })
    fc.assert(fc.property(state, state => { assert.deepEqual(decodeAuditState(encodeAuditState(state)), state) }))
    fc.assert(fc.property(fc.oneof(fc.uint8Array(), fc.json().map(text => new TextEncoder().encode(text))), bytes => {
      assert.throws(() => decodeAuditState(bytes), { name: 'MalformedError' })
    }))
    const good = { nextAt: 1, lies: 0, silences: 0, caughtUntil: 0 }
    for (const draw of [null, 1, {}, { mailbox: 'x', ids: ['00'.repeat(32)], at: 1 }, { mailbox: '00'.repeat(32), ids: [], at: 1 }, { mailbox: '00'.repeat(32), ids: Array(17).fill('00'.repeat(32)), at: 1 }, { mailbox: '00'.repeat(32), ids: ['00'.repeat(32)], at: 'now' }]) {
      assert.throws(() => decodeAuditState(new TextEncoder().encode(JSON.stringify({ ...good, draw }))), { name: 'MalformedError' })
    }
  })
})
