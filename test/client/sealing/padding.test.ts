import assert from 'node:assert/strict'
import fc from 'fast-check'
import { padmeBytes, padmeBytesWithin } from '../../../src/client/sealing/padding.ts'

describe('client/sealing padding', () => {
  it('gives the sizes of the Padmé paper, from 256 bytes on', () => {
    for (const [bytes, padded] of [[0, 256], [1, 256], [256, 256], [257, 272], [1000, 1024], [1025, 1088], [33_000, 34_816], [63_488, 63_488]] as const) {
      assert.equal(padmeBytes(bytes), padded, `${bytes}`)
    }
  })

  it('adds at most 12 % and is its own fixed point', () => {
    fc.assert(fc.property(fc.integer({ min: 256, max: 1 << 20 }), (bytes) => {
      const padded = padmeBytes(bytes)
      assert.ok(padded >= bytes && padded <= bytes * 1.12, `${bytes} became ${padded}`)
      assert.equal(padmeBytes(padded), padded)
    }))
  })

  it('finds the greatest size within a room', () => {
    fc.assert(fc.property(fc.integer({ min: 256, max: 65_536 }), (room) => {
      const within = padmeBytesWithin(room)
      assert.ok(within <= room)
      assert.equal(padmeBytes(within), within)
      assert.ok(within === room || padmeBytes(within + 1) > room, `${room}: more than ${within} fits`)
    }))
  })
})
