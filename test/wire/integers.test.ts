// Integers as DataView has them.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { readUint32, readUint64, writeUint32, writeUint64 } from '../../src/wire/integers.ts'

describe('big-endian integers', () => {
  it('are those of a DataView', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), fc.maxSafeNat(), (bytes, number) => {
      const view = new DataView(bytes.slice().buffer)
      assert.equal(readUint32(bytes, 2), view.getUint32(2))
      assert.equal(readUint64(bytes, 0), Number(view.getBigUint64(0)))
      writeUint64(bytes, 0, number)
      view.setBigUint64(0, BigInt(number))
      assert.deepEqual(bytes, new Uint8Array(view.buffer))
      writeUint32(bytes, 1, number % 2 ** 32)
      view.setUint32(1, number % 2 ** 32)
      assert.deepEqual(bytes, new Uint8Array(view.buffer))
    }))
  })

  it('say what they cannot hold', () => {
    assert.equal(Number.isSafeInteger(readUint64(new Uint8Array(8).fill(0xff), 0)), false)
    assert.equal(readUint64(Uint8Array.of(0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff), 0), Number.MAX_SAFE_INTEGER)
  })
})
