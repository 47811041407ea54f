import assert from 'node:assert/strict'
import { Chance } from '../../../simulations/world/chance.ts'

const many = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw)
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN

describe('chance under a seed', () => {
  it('draws the same for the same seed, and something else for another', () => {
    const draw = (seed: string): number[] => many(5, new Chance(seed).fraction)
    assert.deepEqual(draw('1'), draw('1'))
    assert.notDeepEqual(draw('1'), draw('2'))
  })

  it('one actor’s draws change nothing for another', () => {
    const [busy, quiet] = [new Chance('1'), new Chance('1')]
    many(100, busy.split('other').fraction)
    many(100, busy.fraction)
    assert.deepEqual(many(5, busy.split('actor').fraction), many(5, quiet.split('actor').fraction))
  })

  it('fractions are uniform in [0, 1)', () => {
    const drawn = many(20_000, new Chance('uniform').fraction)
    assert.ok(drawn.every(value => value >= 0 && value < 1))
    assert.ok(Math.abs(mean(drawn) - 0.5) < 0.01)
    const tenths = new Set(drawn.map(value => Math.floor(value * 10)))
    assert.equal(tenths.size, 10)
  })

  it('exponential and Weibull have the means and medians of their laws', () => {
    const chance = new Chance('laws')
    assert.ok(Math.abs(mean(many(40_000, () => chance.exponential(30))) - 30) < 1)
    // Median of Weibull: λ (ln 2)^(1/k); the 30-minute sessions of the mail model.
    const sessions = many(40_000, () => chance.weibull(0.6, 0.921))
    assert.ok(Math.abs(median(sessions) - 0.921 * Math.LN2 ** (1 / 0.6)) < 0.02)
  })

  it('samples different ones, and no more than there are', () => {
    const chance = new Chance('sample')
    const sample = chance.sample([1, 2, 3, 4, 5], 3)
    assert.equal(new Set(sample).size, 3)
    assert.deepEqual(chance.sample([1, 2, 3], 9).sort(), [1, 2, 3])
  })
})
