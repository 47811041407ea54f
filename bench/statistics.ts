/** What many measurements come to. */

/** Median of the rounds, and between which values they lay. */
export interface Spread { median: number, min: number, max: number }

export function spreadOf (values: readonly number[]): Spread {
  return { median: percentile(values, 50), min: Math.min(...values), max: Math.max(...values) }
}

/** The smallest value that `percent` of the values do not exceed; for the median of an even number, the mean of the middle two. */
export function percentile (values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (index: number): number => sorted[Math.min(Math.max(index, 0), sorted.length - 1)] ?? NaN
  if (percent === 50 && sorted.length % 2 === 0) return (at(sorted.length / 2 - 1) + at(sorted.length / 2)) / 2
  return at(Math.ceil(sorted.length * percent / 100) - 1)
}
