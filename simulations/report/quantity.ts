/** Figures as people read them: in tables, at axes, in the readout beside a plot. Runs in browsers too. */

/** What a figure's number counts. */
export type Quantity = 'ms' | 'share' | 'bytes' | 'count'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export function written (value: number, quantity: Quantity): string {
  switch (quantity) {
    case 'ms': return duration(value)
    // Of 100,000 messages, one shows.
    case 'share': return `${shortest(value * 100, Math.abs(value) > 0.99 ? 4 : 2)} %`
    case 'bytes': return bytes(value)
    case 'count': return amount(value)
  }
}

/** Counted numbers that people would say, for the axis of durations: every one is a round number of its unit. */
export const ROUND_DURATIONS_MS = Object.freeze([
  1, 10, 100, SECOND, 10 * SECOND, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, DAY, 7 * DAY, 30 * DAY
])

function duration (ms: number): string {
  if (ms < SECOND) return `${shortest(ms, 0)} ms`
  if (ms < MINUTE) return `${significant(ms / SECOND)} s`
  if (ms < HOUR) return `${significant(ms / MINUTE)} min`
  return ms < 2 * DAY && ms !== DAY ? `${significant(ms / HOUR)} h` : `${significant(ms / DAY)} d`
}

function bytes (value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const unit = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3))
  return `${significant(value / 1000 ** unit)} ${units[unit]}`
}

function amount (value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 10 ? 2 : Math.abs(value) < 1000 ? 1 : 0 })
}

/** Three digits, without zeros that say nothing. */
function significant (value: number): string { return shortest(value, value < 10 ? 2 : value < 100 ? 1 : 0) }

function shortest (value: number, decimalsMax: number): string { return String(Number(value.toFixed(decimalsMax))) }
