/**
 * How long something lasts, by chance: a session, an absence, a life. Whoever looks at a process that has been running
 * for ever meets it somewhere inside a stretch, and long stretches more often: what is left then is drawn by `rest`.
 */
import { gamma } from 'simple-statistics'
import type { Chance } from '../world/chance.ts'

/** Times are in milliseconds. */
export type Duration =
  | { type: 'exponential', meanMs: number }
  | { type: 'weibull', shape: number, scaleMs: number }

export function meanOf (duration: Duration): number {
  return duration.type === 'exponential' ? duration.meanMs : duration.scaleMs * gamma(1 + 1 / duration.shape)
}

export function medianOf (duration: Duration): number {
  return duration.type === 'exponential' ? duration.meanMs * Math.LN2 : duration.scaleMs * Math.LN2 ** (1 / duration.shape)
}

/** A whole stretch, from its beginning. */
export function draw (duration: Duration, chance: Chance): number {
  return duration.type === 'exponential' ? chance.exponential(duration.meanMs) : chance.weibull(duration.shape, duration.scaleMs)
}

/**
 * What is left of a stretch that is met at any moment of a process in equilibrium. The stretch is drawn weighted by its
 * length (a Weibull of shape k so weighted is scale · G^(1/k), G gamma distributed with shape 1 + 1/k), and the moment
 * lies anywhere in it. An exponential one does not age.
 */
export function rest (duration: Duration, chance: Chance): number {
  if (duration.type === 'exponential') return chance.exponential(duration.meanMs)
  const stretch = duration.scaleMs * drawGamma(1 + 1 / duration.shape, chance) ** (1 / duration.shape)
  return stretch * chance.fraction()
}

/** Marsaglia and Tsang 2000, “A simple method for generating gamma variables”; shape at least 1, scale 1. */
function drawGamma (shape: number, chance: Chance): number {
  const d = shape - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const x = drawNormal(chance)
    const v = (1 + c * x) ** 3
    if (v > 0 && Math.log(1 - chance.fraction()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v
  }
}

/** Box and Muller 1958; the second of the pair is let go. */
function drawNormal (chance: Chance): number {
  return Math.sqrt(-2 * Math.log(1 - chance.fraction())) * Math.cos(2 * Math.PI * chance.fraction())
}
