import assert from 'node:assert/strict'
import { figure, findTable, numberIn, tableOf, toMarkdown, withTable } from '../../../simulations/scale/table.ts'

describe('a table', () => {
  const table = tableOf('Heights', [{ name: 'one', metres: figure(1234.5) }, { name: 'two', metres: figure(0.00123456) }])

  it('is found again as it was written', () => {
    const page = `# A page\n\n${toMarkdown(tableOf('Other', [{ a: '1' }]))}\ntext\n\n${toMarkdown(table)}\nmore text\n`
    assert.deepEqual(findTable(page, 'Heights'), table)
    assert.equal(findTable(page, 'Other').rows.length, 1)
  })

  it('has figures of three digits', () => {
    assert.deepEqual(table.rows.map(row => numberIn(row, 'metres')), [1230, 0.00123])
  })

  it('takes the place of an older one, and nothing else changes', () => {
    const page = `before\n\n${toMarkdown(table)}\nafter\n`
    const other = tableOf('Heights', [{ name: 'three', feet: '3' }])
    assert.equal(withTable(page, other), `before\n\n${toMarkdown(other)}\nafter\n`)
    assert.equal(withTable(withTable(page, other), table), page)
  })

  it('is missed by name, and so is a number', () => {
    assert.throws(() => findTable('nothing', 'Heights'), /there is no table “Heights”/)
    assert.throws(() => withTable('nothing', table), /there is no table “Heights”/)
    assert.throws(() => numberIn(table.rows[0], 'name'), /“one” in column name is no number/)
    assert.throws(() => numberIn(undefined, 'name'), /nothing/)
  })
})
