import assert from 'node:assert/strict'
import { nodeCrypto } from '../../src/node/crypto.ts'
import { cryptoContract } from '../contracts/crypto.ts'
import type { PeerKey } from '../../src/types.ts'

cryptoContract('nodeCrypto', nodeCrypto)

describe('nodeCrypto', () => {
  it('goes on after more keys than it keeps', async () => {
    const key = await nodeCrypto.signingKey(new Uint8Array(32).fill(1))
    const signature = await key.sign(Uint8Array.of(1))
    const strangers = Array.from({ length: 5000 }, (_, n) => n.toString(16).padStart(64, '1') as PeerKey)
    const answers = await Promise.all(strangers.map(async (stranger) => await nodeCrypto.verify(stranger, Uint8Array.of(1), signature)))
    assert.ok(answers.every((valid) => !valid))
    assert.equal(await nodeCrypto.verify(key.publicKey, Uint8Array.of(1), signature), true)
  })
})
