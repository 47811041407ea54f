import assert from 'node:assert/strict'
import { compare, comparisonText, DIFFERENCE_MAX } from '../../../simulations/calibration/comparison.ts'
import { writtenInto } from '../../../simulations/calibration/written-into.ts'
import type { Figures } from '../../../simulations/calibration/workload.ts'

const REAL = { hops: 2, found: 0.5, copies: 10 } as Figures

describe('the comparison of real nodes and the model', () => {
  it('says by how much the model’s runs differ from the real one, on average', () => {
    const [row] = compare(REAL, [{ ...REAL, hops: 2 }, { ...REAL, hops: 2.2 }], [{ figure: 'hops', says: 'hops', unit: '' }])
    assert.ok(row !== undefined)
    assert.deepEqual([row.real, row.modelMin, row.modelMax], [2, 2, 2.2])
    assert.ok(Math.abs(row.model - 2.1) < 1e-9 && Math.abs(row.difference - 0.05) < 1e-9)
    assert.equal(row.isUnexplained, false)
  })

  it('a difference above a fifth has to be explained, and stands in the table with its explanation', () => {
    const model = { ...REAL, hops: 2 * (1 + DIFFERENCE_MAX) + 0.01, copies: 7 }
    const rows = compare(REAL, [model], [{ figure: 'hops', says: 'hops', unit: '' }, { figure: 'copies', says: 'copies', unit: '', explains: 'left out on purpose' }])
    assert.deepEqual(rows.map(({ isUnexplained }) => isUnexplained), [true, false])
    const text = comparisonText(rows)
    assert.match(text, /\(1\) not explained/)
    assert.match(text, /\(2\) left out on purpose/)
  })

  it('what is nothing on one side differs, but a point of a share does not', () => {
    const none = { ...REAL, hops: 0, found: 0 }
    const rows = (real: Figures, model: Figures): number[] => compare(real, [model], [{ figure: 'hops', says: 'hops', unit: '' }, { figure: 'found', says: 'found', unit: '%' }]).map(({ difference }) => difference)
    assert.deepEqual(rows(none, { ...none, hops: 1, found: 0.005 }), [1, 0])
    assert.deepEqual(rows({ ...none, hops: 1, found: 0.5 }, none), [-1, -1])
  })
})

describe('figures that are written into a document', () => {
  const text = 'before\n<!-- figures: some -->\nold\n<!-- end: some -->\nafter\n'

  it('replace what stood there, and nothing else', () => {
    const once = writtenInto(text, 'some', 'new\n')
    assert.equal(once, 'before\n<!-- figures: some -->\nnew\n<!-- end: some -->\nafter\n')
    assert.equal(writtenInto(once, 'some', 'new\n'), once)
  })

  it('need their place', () => {
    assert.throws(() => writtenInto(text, 'others', 'new'), /no place for others/)
  })
})
