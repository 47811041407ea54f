import assert from 'node:assert/strict'
import { toString } from 'uint8arrays/to-string'
import { routeKey, routeKeys } from '../../src/dht/key.ts'
import { nodeCrypto as crypto } from '../../src/node/crypto.ts'
import { readVectors } from '../vectors.ts'
import type { RootKey } from '../../src/types.ts'

describe('route keys', () => {
  it('are those of docs/protocol.md', () => {
    const { rootKey, keys } = readVectors<{ rootKey: RootKey, keys: string[] }>('routing')
    assert.deepEqual(routeKeys(rootKey, crypto).map(key => toString(key, 'base16')), keys)
    assert.equal(toString(routeKey(rootKey, 2, crypto), 'base16'), keys[2])
  })
})
