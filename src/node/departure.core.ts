/**
 * When devices are sent to other nodes: each at a moment of its own, within a window that grows with their number, so
 * that the nodes that take them are not stampeded. A node that leaves sends all of them, one over its share sends some.
 */
import { NODE_DEFAULTS } from './defaults.ts'

/** For how long so many devices are sent away, one at a time. */
export function departureWindowMs (sessions: number): number {
  return Math.min(NODE_DEFAULTS.departureWindowMaxMs, sessions * NODE_DEFAULTS.departureEveryMs)
}

/** One device's moment within the window. fraction: uniform in [0, 1). */
export function departureSlotMs (sessions: number, fraction: number): number {
  return Math.floor(departureWindowMs(sessions) * fraction)
}
