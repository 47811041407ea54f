// The values of docs/protocol.md, "Devices": bytes are a promise to other implementations.
import assert from 'node:assert/strict'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { backupKeyPair } from '../../../src/client/devices/phrase-key.ts'
import { decodeLinkCode, encodeLinkCode } from '../../../src/client/devices/link-code.ts'
import { safetyCode } from '../../../src/client/devices/safety-code.ts'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { backupSeedFromPhrase } from '../../../src/identity/index.ts'
import { readVectors } from '../../vectors.ts'
import type { RootKey } from '../../../src/types.ts'

interface DeviceVectors {
  rootKeys: [RootKey, RootKey]
  safetyCode: string
  linkCode: string
  linkSecret: string
  linkAddress: string
  phrase: string
  backupSeed: string
  backupPublicKeySha256: string
}

describe('the device vectors of docs/protocol.md', () => {
  const vectors = readVectors<DeviceVectors>('devices')

  it('are made again', async () => {
    const [root, other] = vectors.rootKeys
    assert.equal(safetyCode(root, other, crypto), vectors.safetyCode)
    const code = { root, secret: fromString(vectors.linkSecret, 'base16'), address: vectors.linkAddress }
    assert.equal(encodeLinkCode(code, crypto), vectors.linkCode)
    assert.deepEqual(decodeLinkCode(vectors.linkCode, crypto), code)
    const seed = backupSeedFromPhrase(vectors.phrase)
    assert.equal(toString(seed, 'base16'), vectors.backupSeed)
    assert.equal(toString(crypto.sha256((await backupKeyPair(seed)).publicKey), 'base16'), vectors.backupPublicKeySha256)
  })
})
