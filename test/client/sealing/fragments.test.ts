import assert from 'node:assert/strict'
import fc from 'fast-check'
import { toString } from 'uint8arrays/to-string'
import { concat } from 'uint8arrays/concat'
import { FragmentsCore, type Fragment, type FragmentsEffect } from '../../../src/client/sealing/fragments.core.ts'
import { nodeCrypto } from '../../../src/node/crypto.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import type { EnvelopeId, MessageId } from '../../../src/types.ts'

const NOW = 1_800_000_000_000
const EXPIRY = NOW / 1000 + 3600

describe('client/sealing fragments', () => {
  it('puts pieces together in any order, however often they come', () => {
    fc.assert(fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 16 }).chain((chunks) =>
        fc.tuple(fc.constant(chunks), fc.shuffledSubarray(chunks.map((_, index) => index), { minLength: chunks.length }), fc.array(fc.nat(chunks.length - 1)))),
      ([chunks, order, extra]) => {
        const pieces = cut('aa', chunks)
        const fragments = new FragmentsCore(nodeCrypto.sha256)
        const arrivals = [...extra.slice(0, 5), ...order]
        const wholes = arrivals.flatMap((index, at) => give(fragments, pieces[index] ?? assert.fail(), at)).filter(({ type }) => type === 'whole')
        assert.ok(wholes.length >= 1)
        for (const whole of wholes) if (whole.type === 'whole') assert.deepEqual(whole.whole, concat(chunks))
      }))
  })

  it('names every envelope that brought a piece', () => {
    const [a, b] = cut('aa', [bytes(1), bytes(2)])
    const fragments = new FragmentsCore(nodeCrypto.sha256)
    assert.deepEqual(give(fragments, a, 1).map(({ type }) => type), ['hold'])
    assert.deepEqual(give(fragments, a, 2), [{ type: 'drop', envelopes: [id(2)], reason: 'redundant' }])
    const [effect] = give(fragments, b, 3)
    assert.deepEqual(effect?.type === 'whole' && effect.envelopes, [id(1), id(3)])
  })

  it('is not poisoned by forged pieces before, between or after the true ones', () => {
    fc.assert(fc.property(
      fc.array(fc.record({ index: fc.nat(2), chunk: fc.uint8Array({ minLength: 1, maxLength: 8 }) }), { maxLength: 4 }),
      fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), fc.array(fc.nat(6), { minLength: 4, maxLength: 4 }),
      (forged, order, places) => {
        const pieces = cut('aa', [bytes(1, 10), bytes(2, 10), bytes(3, 10)])
        const arrivals = order.map((index) => pieces[index] ?? assert.fail())
        for (const [at, { index, chunk }] of forged.entries()) arrivals.splice(places[at] ?? 0, 0, { ...pieces[index] ?? assert.fail(), chunk })
        const fragments = new FragmentsCore(nodeCrypto.sha256)
        const effects = arrivals.flatMap((piece, at) => give(fragments, piece, at))
        const wholes = effects.filter(({ type }) => type === 'whole')
        assert.equal(wholes.length, 1)
        assert.deepEqual(wholes[0]?.type === 'whole' && wholes[0].whole, concat([bytes(1, 10), bytes(2, 10), bytes(3, 10)]))
      }))
  })

  it('refuses contradictions beyond their limit, and a single piece with another hash', () => {
    const fragments = new FragmentsCore(nodeCrypto.sha256, { contradictions: 1 })
    const [piece] = cut('aa', [bytes(1), bytes(2)])
    give(fragments, piece, 1)
    assert.equal(give(fragments, { ...piece, chunk: bytes(3) }, 2)[0]?.type, 'hold')
    assert.deepEqual(give(fragments, { ...piece, chunk: bytes(4) }, 3), [{ type: 'drop', envelopes: [id(3)], reason: 'malformed' }])
    assert.deepEqual(give(fragments, { ...cut('bb', [bytes(1)])[0], chunk: bytes(9) }, 4), [{ type: 'drop', envelopes: [id(4)], reason: 'malformed' }])
  })

  it('keeps strangers apart: other hash, count or format never mix', () => {
    const fragments = new FragmentsCore(nodeCrypto.sha256)
    const [a, b] = cut('aa', [bytes(1), bytes(2)])
    give(fragments, a, 1)
    for (const [at, strange] of [{ ...b, wholeHash: '00'.repeat(32) }, { ...b, count: 3 }, { ...b, format: 2 }].entries()) {
      assert.deepEqual(give(fragments, strange, 10 + at).map(({ type }) => type), ['hold'])
    }
    assert.deepEqual(give(fragments, b, 20).map(({ type }) => type), ['whole'])
  })

  it('forgets the one that waited longest when there are too many, by number and by bytes', () => {
    const byNumber = new FragmentsCore(nodeCrypto.sha256, { incompleteMessages: 2 })
    const [a, b, c] = ['aa', 'bb', 'cc'].map((name) => cut(name, [bytes(1), bytes(2), bytes(3)]))
    give(byNumber, a?.[0], 1)
    give(byNumber, b?.[0], 2)
    give(byNumber, a?.[1], 3)
    assert.deepEqual(give(byNumber, c?.[0], 4).at(-1), { type: 'drop', envelopes: [id(2)], reason: 'evicted' })
    assert.equal(give(byNumber, a?.[2], 5)[0]?.type, 'whole')

    const byBytes = new FragmentsCore(nodeCrypto.sha256, { incompleteBytes: 100 })
    give(byBytes, cut('aa', [bytes(1, 60), bytes(2)])[0], 1)
    assert.deepEqual(give(byBytes, cut('bb', [bytes(1, 60), bytes(2)])[0], 2).at(-1), { type: 'drop', envelopes: [id(1)], reason: 'evicted' })
  })

  it('forgets what never became whole, a day after its expiry or what nodes would keep at the most', () => {
    const fragments = new FragmentsCore(nodeCrypto.sha256)
    give(fragments, cut('aa', [bytes(1), bytes(2)])[0], 1)
    give(fragments, cut('bb', [bytes(1), bytes(2)])[0], 2, 0xffffffff)
    assert.deepEqual(fragments.handle({ type: 'tick' }, EXPIRY * 1000 + LIMITS.expiryGraceMs - 1), [])
    assert.deepEqual(fragments.handle({ type: 'tick' }, EXPIRY * 1000 + LIMITS.expiryGraceMs), [{ type: 'drop', envelopes: [id(1)], reason: 'expired' }])
    assert.deepEqual(fragments.handle({ type: 'tick' }, NOW + LIMITS.retentionMs + LIMITS.expiryGraceMs), [{ type: 'drop', envelopes: [id(2)], reason: 'expired' }])
  })
})

type Pieces = [Fragment, ...Fragment[]] & { 1: Fragment }

function cut (name: string, chunks: Uint8Array[]): Pieces {
  const wholeHash = toString(nodeCrypto.sha256(...chunks), 'base16')
  return chunks.map((chunk, index) => ({ format: 1, messageId: name.repeat(16) as MessageId, index, count: chunks.length, wholeHash, chunk })) as Pieces
}

function give (fragments: FragmentsCore, fragment: Fragment | undefined, envelope: number, expiry = EXPIRY): FragmentsEffect[] {
  return fragments.handle({ type: 'fragment', envelope: id(envelope), expiry, fragment: fragment ?? assert.fail() }, NOW)
}

function id (number: number): EnvelopeId {
  return String(number).padStart(64, '0') as EnvelopeId
}

function bytes (fill: number, length = 3): Uint8Array {
  return new Uint8Array(length).fill(fill)
}
