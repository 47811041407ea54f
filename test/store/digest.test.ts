// As docs/protocol.md lays a digest out, byte for byte.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { EMPTY_DIGEST, Fingerprint } from '../../src/store/digest.ts'
import type { EnvelopeId, PeerKey } from '../../src/types.ts'

const ONE = '11'.repeat(32) as EnvelopeId
const TWO = '22'.repeat(32) as EnvelopeId
const PHONE = 'aa'.repeat(32) as PeerKey
const LAPTOP = 'bb'.repeat(32) as PeerKey

function hashOf (hex: string): string {
  return createHash('sha256').update('posthouse/digest/1\0').update(Buffer.from(hex, 'hex')).digest('hex').slice(0, 32)
}

describe('a digest', () => {
  it('is the hash of ids and marks', () => {
    const fingerprint = new Fingerprint()
    fingerprint.add(ONE, [])
    fingerprint.add(TWO, [LAPTOP, PHONE])
    assert.deepEqual(fingerprint.digest(), { envelopes: 2, fingerprint: hashOf(`${ONE}00${TWO}02${PHONE}${LAPTOP}`) })
  })

  it('of nothing is the hash of the prefix alone', () => {
    assert.deepEqual(EMPTY_DIGEST, { envelopes: 0, fingerprint: hashOf('') })
    assert.equal(EMPTY_DIGEST.fingerprint, '1c03f8b522a335b64582920237675a15')
  })
})
