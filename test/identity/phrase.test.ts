import assert from 'node:assert/strict'
import { hkdfSync } from 'node:crypto'
import fc from 'fast-check'
import { toString } from 'uint8arrays/to-string'
import { newPhrase, rootSeedFromPhrase } from '../../src/identity/index.ts'
import { nodeCrypto } from '../../src/node/crypto.ts'
import { readVectors } from '../vectors.ts'

const { phrase } = readVectors<{ phrase: { words: string, entropy: string, rootSeed: string, rootKey: string } }>('identity')
const words = phrase.words.split(' ')

describe('the recovery phrase', () => {
  it('gives the root key of the vectors', async () => {
    const seed = rootSeedFromPhrase(phrase.words)
    assert.equal(toString(seed, 'base16'), phrase.rootSeed)
    assert.equal((await nodeCrypto.signingKey(seed)).publicKey, phrase.rootKey)
  })

  it('is HKDF-SHA-256 of the entropy, by another implementation', () => {
    const expected = hkdfSync('sha256', Buffer.from(phrase.entropy, 'hex'), new Uint8Array(), 'posthouse/root/1', 32)
    assert.equal(Buffer.from(expected).toString('hex'), phrase.rootSeed)
  })

  it('is made of the chance that it is given, 24 words', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (entropy) => {
      const made = newPhrase({ bytes: (length) => entropy.slice(0, length) })
      assert.equal(made.split(' ').length, 24)
      const expected = hkdfSync('sha256', entropy, new Uint8Array(), 'posthouse/root/1', 32)
      assert.deepEqual(rootSeedFromPhrase(made), new Uint8Array(expected))
    }))
  })

  it('does not mind case and white space', () => {
    const typed = `  ${words.join('\n ').toUpperCase()}\t`
    assert.deepEqual(rootSeedFromPhrase(typed), rootSeedFromPhrase(phrase.words))
  })

  it('says how many words are missing', () => {
    assert.throws(() => rootSeedFromPhrase(words.slice(1).join(' ')), { name: 'MalformedError', message: 'a recovery phrase has 24 words, not 23' })
    assert.throws(() => rootSeedFromPhrase(''), { name: 'MalformedError', message: 'a recovery phrase has 24 words, not 0' })
  })

  it('names the mistyped word, and the one that was meant', () => {
    const typed = words.with(4, `${words[4]?.slice(0, 4)}x`).with(7, 'qqqq').join(' ')
    const message = `the recovery phrase is mistyped: word 5 (“${words[4]?.slice(0, 4)}x”, perhaps “${words[4]}”) and word 8 (“qqqq”) are not in the word list`
    assert.throws(() => rootSeedFromPhrase(typed), { name: 'MalformedError', message })
  })

  it('keeps its sentence short when nothing fits', () => {
    assert.throws(() => rootSeedFromPhrase('x'.repeat(10_000) + ' y'.repeat(23)), ({ name, message }) => name === 'MalformedError' && message.length < 200 && message.includes('and 21 more'))
  })

  it('notices that words do not fit together', () => {
    const swapped = words.with(0, words[1] ?? '').with(1, words[0] ?? '').join(' ')
    assert.throws(() => rootSeedFromPhrase(swapped), { name: 'MalformedError', message: /do not fit together/ })
  })
})
