import assert from 'node:assert/strict'
import { nodeCrypto } from '../../../src/node/crypto.ts'
import { KnownCollections } from '../../../src/relay/reconcile/known-collections.ts'

describe('collections that are known', () => {
  it('are so many at most, the first to come forgotten first', () => {
    const known = new KnownCollections(nodeCrypto, 3)
    const all = [1, 2, 3, 4].map(byte => Uint8Array.of(byte))
    for (const bytes of all) known.note(bytes)
    assert.deepEqual(all.map(bytes => known.has(bytes)), [false, true, true, true])
    known.note(Uint8Array.of(4))
    assert.equal(known.size, 3)
  })
})
