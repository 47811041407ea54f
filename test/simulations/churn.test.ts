// Each law draws what it says: medians and means of samples, and an equilibrium that stays one.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { mean, median } from 'simple-statistics'
import { draw, meanOf, medianOf, rest, type Duration } from '../../simulations/churn/durations.ts'
import { drawClass, LAWS, shareUp } from '../../simulations/churn/laws.ts'
import { Chance } from '../../simulations/world/chance.ts'

const HOUR = 3_600_000
const DRAWS = 20_000

const near = (actual: number, expected: number, within: number, what: string): void => {
  assert.ok(Math.abs(actual / expected - 1) <= within, `${what}: ${actual} instead of ${expected}`)
}

/** Integrals of the tail give what a sampler of the rest must draw: E[X²] / 2E[X]. */
const meanRestOf = (duration: Duration): number => {
  if (duration.type === 'exponential') return duration.meanMs
  const step = duration.scaleMs / 2000
  let area = 0
  let moment = 0
  for (let t = step / 2; t < duration.scaleMs * 400; t += step) {
    const longer = Math.exp(-((t / duration.scaleMs) ** duration.shape))
    area += longer * step
    moment += t * longer * step
  }
  return moment / area
}

describe('durations', () => {
  const durations: fc.Arbitrary<Duration> = fc.oneof(
    fc.record({ type: fc.constant('exponential' as const), meanMs: fc.double({ min: 1000, max: 1e9, noNaN: true }) }),
    fc.record({ type: fc.constant('weibull' as const), shape: fc.double({ min: 0.6, max: 3, noNaN: true }), scaleMs: fc.double({ min: 1000, max: 1e9, noNaN: true }) })
  )

  it('have the median and the mean that they say', () => {
    fc.assert(fc.property(durations, fc.integer(), (duration, seed) => {
      const chance = new Chance(`durations/${seed}`)
      const drawn = Array.from({ length: DRAWS }, () => draw(duration, chance))
      near(median(drawn), medianOf(duration), 0.08, 'median')
      near(mean(drawn), meanOf(duration), 0.12, 'mean')
    }), { numRuns: 40, seed: 1 })
  })

  it('leave a rest that is longer than a stretch when most stretches are short', () => {
    const session: Duration = { type: 'weibull', shape: 0.615, scaleMs: 2.8 * HOUR }
    const chance = new Chance('rests')
    const rests = Array.from({ length: DRAWS * 5 }, () => rest(session, chance))
    near(mean(rests), meanRestOf(session), 0.05, 'mean rest')
    assert.ok(mean(rests) > 1.5 * meanOf(session))
    const steady: Duration = { type: 'exponential', meanMs: HOUR }
    near(mean(Array.from({ length: DRAWS }, () => rest(steady, chance))), HOUR, 0.05, 'an exponential rest')
  })
})

describe('churn laws', () => {
  it('are those of the sources', () => {
    const up = (name: string): Duration => LAWS[name]?.classes.at(-1)?.up as Duration
    near(medianOf(up('mail-worst')), HOUR / 2, 0.001, 'half of the mail nodes’ sessions')
    near(medianOf(up('ipfs')), 2 * HOUR, 0.001, 'half of the IPFS sessions')
    near(meanOf(up('kad')), 4.119 * HOUR, 0.001, 'mean KAD session')
    near(meanOf(LAWS['kad']?.classes[0]?.down as Duration), 15.165 * HOUR, 0.001, 'mean KAD absence')
  })

  for (const law of Object.values(LAWS)) {
    it(`${law.name} says what it assumes and shares its machines out`, () => {
      assert.match(law.assumes, /[^.]$/, 'one sentence, without its full stop')
      assert.ok(law.source.length > 0)
      near(law.classes.reduce((sum, { share }) => sum + share, 0), 1, 1e-9, 'shares')
      for (const one of law.classes) assert.ok(shareUp(one) > 0 && shareUp(one) <= 1)
      const chance = new Chance(`classes of ${law.name}`)
      const first = Array.from({ length: DRAWS }, () => drawClass(law, chance)).filter(one => one === law.classes[0])
      near(first.length / DRAWS, law.classes[0]?.share ?? 0, 0.03, 'drawn shares')
    })
  }
})
