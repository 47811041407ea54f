import assert from 'node:assert/strict'
import { graphemes } from '../../src/cli/graphemes.core.ts'

describe('cli/graphemes.core', () => {
  it('a character is what a person takes for one', () => {
    assert.deepEqual(graphemes('a👩‍👩‍👧e\u0301'), ['a', '👩‍👩‍👧', 'e\u0301'])
  })
})
