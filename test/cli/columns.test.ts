import assert from 'node:assert/strict'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { cutToColumns } from '../../src/cli/columns.ts'

describe('cli/columns', () => {
  it('what has room stays; of the rest the end is cut off, and no wide character is halved', () => {
    assert.deepEqual([5, 4, 3, 1, 0].map(columns => cutToColumns('Amély', columns)), ['Amély', 'Amé…', 'Am…', '…', ''])
    assert.deepEqual([4, 3, 2].map(columns => cutToColumns('安娜', columns)), ['安娜', '安…', '…'])
  })

  it('is never wider than there is room, whatever the text', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, columns) => {
      const cut = cutToColumns(text, columns)
      assert.ok(stringWidth(cut) <= columns, JSON.stringify(cut))
      assert.ok(cut === text || text.startsWith(cut.replace(/…$/, '')))
    }))
  })
})
