// Hexadecimal as uint8arrays has it, faster; and nothing else is taken for it.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { fromHex, toHex } from '../../src/wire/hex.ts'

describe('hexadecimal', () => {
  it('is what any other library writes and reads', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      assert.equal(toHex(bytes), toString(bytes, 'base16'))
      assert.deepEqual(fromHex(toHex(bytes)), fromString(toHex(bytes), 'base16'))
    }))
  })

  it('refuses whatever is not pairs of lower-case digits', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 80 }), text => {
      if (/^([0-9a-f]{2})*$/.test(text)) assert.equal(toHex(fromHex(text)), text)
      else assert.throws(() => fromHex(text), { name: 'MalformedError' })
    }))
    for (const text of ['0', '0G', 'AB', '0x', ' 00', '00\n', '\u01300', 'é0']) assert.throws(() => fromHex(text), { name: 'MalformedError' }, text)
  })
})
