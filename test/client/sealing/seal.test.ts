import assert from 'node:assert/strict'
import fc from 'fast-check'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { chooseSealingKey, newSealingKeys, type SealingKeyPair } from '../../../src/client/sealing/keys.ts'
import { decodeFragment, openSealed, sealMessage, type SealInit } from '../../../src/client/sealing/seal.ts'
import { FragmentsCore } from '../../../src/client/sealing/fragments.core.ts'
import { padmeBytes } from '../../../src/client/sealing/padding.ts'
import { MalformedError, TooLargeError, UnsupportedError } from '../../../src/errors.ts'
import { nodeCrypto } from '../../../src/node/crypto.ts'
import { systemRandom } from '../../../src/system.ts'
import { SEALING_SUITE } from '../../../src/types.ts'
import { envelopeBody, makeEnvelope, openEnvelope } from '../../../src/wire/envelope.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { readVectors } from '../../vectors.ts'
import type { Bytes, Envelope, MailboxId, MessageId } from '../../../src/types.ts'

const EXPIRY = 1_900_000_000
const MAILBOX = 'ab'.repeat(32) as MailboxId
const MESSAGE_ID = '0f'.repeat(16) as MessageId
const HEADER_AND_TAG = 76 + 2 + 16

describe('client/sealing seal', () => {
  let xWing: SealingKeyPair
  let x25519: SealingKeyPair
  let keys: SealingKeyPair[]

  before(async () => {
    keys = await newSealingKeys({ keyEpoch: 3, notAfter: EXPIRY }, systemRandom)
    xWing = keys.find(({ suite }) => suite === SEALING_SUITE.xWing) ?? assert.fail()
    x25519 = keys.find(({ suite }) => suite === SEALING_SUITE.x25519) ?? assert.fail()
  })

  const init = (key: SealingKeyPair): SealInit => ({ format: 1, messageId: MESSAGE_ID, key, mailbox: MAILBOX, expiry: EXPIRY })
  const seal = async (whole: Uint8Array, key = xWing): Promise<Envelope[]> => await sealMessage(whole, init(key), nodeCrypto)

  async function reopen (envelopes: Envelope[]): Promise<Uint8Array | undefined> {
    const fragments = new FragmentsCore(nodeCrypto.sha256)
    for (const envelope of envelopes) {
      const opening = await openSealed(envelope, keys)
      if (opening.type !== 'fragment') assert.fail(opening.type)
      const [effect] = fragments.handle({ type: 'fragment', envelope: envelope.id, expiry: envelope.expiry, fragment: opening.fragment }, 0)
      if (effect?.type === 'whole') return effect.whole
    }
    return undefined
  }

  it('opens what it sealed, in both suites, whatever the length', async () => {
    for (const key of [xWing, x25519]) {
      for (const bytes of [0, 1, 201, 202, 5000, 63_433, 63_434, 200_000]) {
        const whole = systemRandom.bytes(bytes)
        assert.deepEqual(await reopen(await seal(whole, key)), whole, `suite ${key.suite}, ${bytes} bytes`)
      }
    }
  })

  it('shows a node padded sizes only', async () => {
    const sizes = async (bytes: number): Promise<number[]> => (await seal(new Uint8Array(bytes), x25519)).map((envelope) => envelope.bytes.byteLength - HEADER_AND_TAG - 32)
    assert.deepEqual(await sizes(0), [256])
    assert.deepEqual(await sizes(201), [256])
    assert.deepEqual(await sizes(202), [272])
    for (const bytes of [300, 1500, 63_433, 100_000]) {
      const padded = await sizes(bytes)
      assert.equal(new Set(padded).size, 1, 'pieces look alike')
      for (const size of padded) assert.equal(padmeBytes(size), size)
    }
  })

  it('fills sixteen envelopes at the most, and says so beyond', async () => {
    const most = await seal(new Uint8Array(16 * 63_433))
    assert.equal(most.length, LIMITS.fragments)
    for (const { bytes } of most) assert.ok(bytes.byteLength <= LIMITS.envelopeBytes)
    await assert.rejects(seal(new Uint8Array(16 * 63_433 + 1)), (error: Error) =>
      error instanceof TooLargeError && error.message === 'the message has 1014929 bytes when sealed, more than the 1014928 that fit into 16 envelopes')
  })

  it('says which key it lacks', async () => {
    const [envelope] = await seal(new Uint8Array(9))
    assert.deepEqual(await openSealed(envelope ?? assert.fail(), [x25519, { ...xWing, keyEpoch: 4 }]), { type: 'unknownKey', suite: 2, keyEpoch: 3 })
    const future = makeEnvelope({ mailbox: MAILBOX, expiry: EXPIRY, body: Uint8Array.of(9, 1, 2, 3) }, nodeCrypto)
    assert.deepEqual(await openSealed(future, keys), { type: 'unknownKey', suite: 9, keyEpoch: 1 })
  })

  it('does not open for anybody else', async () => {
    const others = await newSealingKeys({ keyEpoch: 3, notAfter: EXPIRY }, systemRandom)
    for (const key of keys) {
      const [envelope] = await seal(new Uint8Array(9), key)
      assert.equal((await openSealed(envelope ?? assert.fail(), others)).type, 'malformed')
    }
  })

  it('opens nothing that was changed on the way', async () => {
    const sealed = await Promise.all(keys.map(async (key) => (await seal(new Uint8Array(40), key))[0] ?? assert.fail()))
    await fc.assert(fc.asyncProperty(fc.constantFrom(...sealed), fc.nat(), fc.nat(7), async (envelope, at, bit) => {
      // Version and feature bits are refused by openEnvelope; admission is not sealed, it is for the nodes.
      const places = [...range(4, 40), ...range(76, envelope.bytes.byteLength)]
      const changed = envelope.bytes.slice()
      const place = places[at % places.length] ?? assert.fail()
      changed[place] = (changed[place] ?? 0) ^ (1 << bit)
      const opening = await openSealed(openEnvelope(changed, nodeCrypto), keys)
      assert.notEqual(opening.type, 'fragment')
    }), { numRuns: 60 })
  })

  it('takes any body without throwing', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(0, 1, 2), fc.uint8Array({ maxLength: 1600 }), async (suite, rest) => {
      const body = Uint8Array.from([suite, 3, ...rest]).subarray(0, rest.length === 0 ? 1 : undefined)
      assert.notEqual((await openSealed(makeEnvelope({ mailbox: MAILBOX, expiry: EXPIRY, body }, nodeCrypto), keys)).type, 'fragment')
    }), { numRuns: 50 })
  })

  it('takes any plaintext without throwing, and no fragment out of range', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(20), fc.nat(20), fc.nat(400), (plaintext, index, count, length) => {
      if (plaintext.byteLength >= 55) plaintext.set([index, count], 17)
      if (plaintext.byteLength >= 55) new DataView(plaintext.buffer, plaintext.byteOffset).setUint32(51, length)
      const opening = decodeFragment(plaintext)
      if (opening.type !== 'fragment') return
      assert.ok(index < count && count <= 16)
      assert.equal(opening.fragment.chunk.byteLength, length)
    }))
    const padded = new Uint8Array(256)
    padded[18] = 1
    assert.equal(decodeFragment(padded).type, 'fragment')
    padded[255] = 1
    assert.deepEqual(decodeFragment(padded), { type: 'malformed', reason: 'the padding is not zero' })
  })

  it('refuses a recipient’s key that is none', async () => {
    await assert.rejects(seal(new Uint8Array(1), { ...xWing, publicKey: new Uint8Array(5) }), MalformedError)
    await assert.rejects(seal(new Uint8Array(1), { ...xWing, suite: 9 }), UnsupportedError)
    await assert.rejects(newSealingKeys({ keyEpoch: 256, notAfter: EXPIRY }, systemRandom), MalformedError)
  })

  it('chooses X-Wing, then the newest, and a key that has run out last', () => {
    const at = (suite: number, keyEpoch: number, notAfter: number): SealingKeyPair => ({ ...xWing, suite, keyEpoch, notAfter })
    const chosen = (...offered: SealingKeyPair[]): unknown => {
      const key = chooseSealingKey(offered, 1000_000)
      return key == null ? undefined : [key.suite, key.keyEpoch]
    }
    assert.deepEqual(chosen(at(1, 5, 2000), at(2, 4, 2000), at(2, 3, 2000)), [2, 4])
    assert.deepEqual(chosen(at(1, 5, 2000), at(2, 6, 999)), [1, 5])
    assert.deepEqual(chosen(at(1, 5, 999), at(2, 6, 999), at(9, 1, 2000)), [2, 6])
    assert.equal(chosen(at(9, 1, 2000)), undefined)
  })

  it('opens the vectors of docs/protocol.md', async () => {
    const vectors = readVectors<SealVectors>('seal')
    assert.deepEqual(vectors.suites.map(({ suite }) => suite), [2, 1])
    for (const { suite, privateKey, envelopeId, envelope } of vectors.suites) {
      const opened = openEnvelope(bytesOf(envelope), nodeCrypto)
      assert.equal(opened.id, envelopeId)
      assert.equal(envelopeBody(opened)[0], suite)
      const opening = await openSealed(opened, [{ suite, keyEpoch: vectors.keyEpoch, notAfter: 0, publicKey: new Uint8Array(), privateKey: bytesOf(privateKey) }])
      if (opening.type !== 'fragment') assert.fail(opening.type)
      assert.equal(opening.fragment.messageId, vectors.messageId)
      assert.equal(opening.fragment.format, vectors.format)
      assert.equal(toString(opening.fragment.chunk, 'base16'), vectors.whole)
    }
  })

  it('makes the keys of the vectors', async () => {
    let next = 0
    const made = await newSealingKeys({ keyEpoch: 7, notAfter: EXPIRY }, { bytes: (length) => Uint8Array.from({ length }, () => next++) })
    const vectors = readVectors<SealVectors>('seal')
    for (const { suite, privateKey, publicKeySha256 } of vectors.suites) {
      const key = made.find((candidate) => candidate.suite === suite) ?? assert.fail()
      assert.equal(toString(key.privateKey, 'base16'), privateKey)
      assert.equal(toString(nodeCrypto.sha256(key.publicKey), 'base16'), publicKeySha256)
    }
  })
})

interface SealVectors {
  messageId: string
  format: number
  whole: string
  keyEpoch: number
  suites: Array<{ suite: number, privateKey: string, publicKeySha256: string, envelopeId: string, envelope: string }>
}

function bytesOf (hex: string): Bytes {
  return fromString(hex, 'base16')
}

function range (from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
}
