import assert from 'node:assert/strict'
import fc from 'fast-check'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { webCrypto } from '../../src/client/crypto.ts'
import { nodeCrypto } from '../../src/node/crypto.ts'
import { makeBeat, openBeat, readBeat, readTag, tagBytes, tagOf, type BeatInit } from '../../src/presence/beat.ts'
import { PRESENCE_STATE } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { Beat, BeatBody } from '../../src/wire/presence.ts'
import { readVectors } from '../vectors.ts'
import type { PeerKey, PresenceState } from '../../src/types.ts'

interface BeatVector { presenceKey: string, deviceSeed: string, device: PeerKey, nonce: string, state: PresenceState, counter: number, tag: string, beatKey: string, beat: string }

const vector = readVectors<BeatVector>('beat')
const bytesOf = (hex: string): Uint8Array<ArrayBuffer> => fromString(hex, 'base16')
const presenceKey = bytesOf(vector.presenceKey)
const beat = bytesOf(vector.beat)
const signingKey = await nodeCrypto.signingKey(bytesOf(vector.deviceSeed))
const opening = { presenceKey, crypto: nodeCrypto, allowedDevices: [signingKey.publicKey] }
const NAMED = new Set(['MalformedError', 'NotAuthenticError', 'TooLargeError', 'UnsupportedError'])

function init (changes: Partial<BeatInit> = {}): BeatInit {
  return { presenceKey, signingKey, state: vector.state, counter: vector.counter, random: { bytes: () => bytesOf(vector.nonce) }, ...changes }
}

/** The name of what it throws. */
async function refusal (open: () => unknown): Promise<string> {
  try {
    await open()
  } catch (error) {
    assert.ok(error instanceof Error)
    return error.name
  }
  return 'nothing was refused'
}

describe('a presence beat', () => {
  it('is made to the byte as docs/protocol.md says', async () => {
    assert.equal(toString(await makeBeat(init()), 'base16'), vector.beat)
    assert.equal(tagOf(presenceKey), vector.tag)
    assert.equal(signingKey.publicKey, vector.device)
    const { sealed, nonce, tag } = Beat.decode(beat)
    const key = await crypto.subtle.importKey('raw', bytesOf(vector.beatKey), 'AES-GCM', false, ['decrypt'])
    const body = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce, additionalData: concat([tag, new Uint8Array(4)]) }, key, sealed)
    assert.equal(BeatBody.decode(new Uint8Array(body)).state, PRESENCE_STATE[vector.state])
  })

  for (const [name, crypto] of Object.entries({ nodeCrypto, webCrypto })) {
    it(`is opened by a contact, verified by ${name}`, async () => {
      assert.deepEqual(await openBeat(beat, { ...opening, crypto }), { tag: vector.tag, device: vector.device, state: vector.state, counter: vector.counter })
    })
  }

  it('carries every state and counter, in at most 256 bytes, all of one length', async () => {
    await fc.assert(fc.asyncProperty(fc.constantFrom(...Object.keys(PRESENCE_STATE) as PresenceState[]), fc.integer({ min: 2 ** 35, max: 2 ** 42 - 1 }), async (state, counter) => {
      const bytes = await makeBeat(init({ state, counter }))
      assert.equal(bytes.byteLength, beat.byteLength)
      assert.ok(bytes.byteLength <= LIMITS.beatBytes)
      assert.deepEqual(await openBeat(bytes, opening), { tag: vector.tag, device: vector.device, state, counter })
    }), { numRuns: 30 })
  })

  it('is read by a node without a key: tag and a copy of its own', () => {
    const carried = concat([Uint8Array.of(9, 9), beat]).subarray(2)
    const read = readBeat(carried)
    carried.fill(0)
    assert.deepEqual(read, { tag: vector.tag, period: 0, bytes: beat })
    assert.deepEqual(readTag(tagBytes(read.tag)), read.tag)
  })

  it('skips fields that it does not know', async () => {
    const later = concat([beat, Uint8Array.of(0x78, 1)])
    assert.equal((await openBeat(later, opening)).state, vector.state)
  })
})

describe('a beat that is refused', () => {
  const parts = Beat.decode(beat)

  it('has another version or period, a part of a wrong length, or too many bytes', async () => {
    assert.equal(await refusal(() => readBeat(Beat.encode({ ...parts, version: 2 }))), 'UnsupportedError')
    assert.equal(await refusal(() => readBeat(Beat.encode({ ...parts, period: 1 }))), 'UnsupportedError')
    assert.equal(await refusal(() => readBeat(Beat.encode({ ...parts, tag: parts.tag.subarray(1) }))), 'MalformedError')
    assert.equal(await refusal(() => readBeat(Beat.encode({ ...parts, nonce: new Uint8Array(13) }))), 'MalformedError')
    assert.equal(await refusal(() => readBeat(Beat.encode({ ...parts, sealed: new Uint8Array(16) }))), 'MalformedError')
    assert.equal(await refusal(() => readBeat(new Uint8Array(LIMITS.beatBytes + 1))), 'TooLargeError')
    assert.equal(await refusal(() => readTag(new Uint8Array(15))), 'MalformedError')
  })

  it('is of another presence key, or has the right tag and another seal', async () => {
    const otherKey = presenceKey.map(byte => byte ^ 1)
    assert.equal(await refusal(() => openBeat(beat, { ...opening, presenceKey: otherKey })), 'NotAuthenticError')
    const other = Beat.decode(await makeBeat(init({ presenceKey: otherKey })))
    assert.equal(await refusal(() => openBeat(Beat.encode({ ...other, tag: parts.tag }), opening)), 'NotAuthenticError')
  })

  it('was made by a contact: it holds the key, but no device of the user signs for it', async () => {
    const contact = await nodeCrypto.signingKey(new Uint8Array(32).fill(7))
    assert.equal(await refusal(async () => openBeat(await makeBeat(init({ signingKey: contact })), opening)), 'NotAuthenticError')
    const claimant = { publicKey: signingKey.publicKey, sign: contact.sign }
    assert.equal(await refusal(async () => openBeat(await makeBeat(init({ signingKey: claimant })), opening)), 'NotAuthenticError')
  })

  it('says what is not known here', async () => {
    const later = init({ state: 'busy' as PresenceState })
    assert.equal(await refusal(async () => openBeat(await makeBeat(later), opening)), 'UnsupportedError')
  })

  it('was asked for with a key of a wrong length', async () => {
    assert.equal(await refusal(() => makeBeat(init({ presenceKey: new Uint8Array(31) }))), 'MalformedError')
    assert.equal(await refusal(() => tagOf(new Uint8Array(33))), 'MalformedError')
  })

  it('is any other bytes: none crashes, none opens', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: LIMITS.beatBytes + 8 }), async bytes => {
      assert.ok(NAMED.has(await refusal(() => openBeat(bytes, opening))))
    }))
  })

  it('is truncated', async () => {
    for (let length = 0; length < beat.byteLength; length++) {
      assert.ok(NAMED.has(await refusal(() => openBeat(beat.subarray(0, length), opening))), `${length} bytes`)
    }
  })

  it('has one flipped bit, unless the flip changes nothing that is said', async () => {
    const honest = await openBeat(beat, opening)
    // Four bytes are protobuf field headers, whose three bits of wire type the decoder does not look at.
    let opened = 0
    for (let bit = 0; bit < beat.byteLength * 8; bit++) {
      const flipped = Uint8Array.from(beat)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const said = await openBeat(flipped, opening).catch((error: Error) => { assert.ok(NAMED.has(error.name), error.stack) })
      if (said === undefined) continue
      assert.deepEqual(said, honest)
      opened++
    }
    assert.ok(opened <= 4 * 3, `${opened} flips`)
  })

  it('has any body under a good seal', async () => {
    const key = await crypto.subtle.importKey('raw', bytesOf(vector.beatKey), 'AES-GCM', false, ['encrypt'])
    await fc.assert(fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 150 }), async body => {
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: parts.nonce, additionalData: concat([parts.tag, new Uint8Array(4)]) }, key, Uint8Array.from(body))
      assert.ok(NAMED.has(await refusal(() => openBeat(Beat.encode({ ...parts, sealed: new Uint8Array(sealed) }), opening))))
    }))
  })
})
