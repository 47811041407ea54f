/** The figures of a tally under the names that summaries, baselines and plots know them by; units last. */
import { ratio, type Tally } from './tally.ts'
import type { Spread } from './spread.ts'

export type Named = Record<string, number | undefined>

const HOUR_MS = 3_600_000
const QUANTILES = Object.freeze({ P50: 0.5, P90: 0.9, P99: 0.99 })

/** Rounded so that two runs compare as text. Undefined: nothing happened that it could be taken from. */
export function namedFigures (tally: Tally): Named {
  return {
    messagesWritten: tally.written,
    messagesStored: tally.stored,
    messagesDelivered: tally.delivered,
    ...quantiles('deliveryMs', tally.deliveryMs),
    ...quantiles('deliveryOnlineMs', tally.deliveryOnlineMs),
    ...quantiles('storedMs', tally.storedMs),
    copiesMean: known(ratio(tally.copies, tally.stored), 3),
    reachableShare: share(tally.nodeUpMs, tally.nodeMs),
    devicesUpShare: share(tally.deviceUpMs, tally.deviceMs),
    lookUps: tally.lookUps,
    routingSuccessShare: share(tally.found, tally.lookUps),
    ...quantiles('lookUpMs', tally.lookUpMs),
    messagesPerNodeHour: perHour(tally.messages, tally.nodeUpMs),
    bytesPerNodeHour: perHour(tally.bytes, tally.nodeUpMs),
    kadMessagesPerNodeHour: perHour(tally.kadMessages, tally.nodeUpMs),
    kadBytesPerNodeHour: perHour(tally.kadBytes, tally.nodeUpMs),
    messagesPerDeviceHour: perHour(tally.deviceMessages, tally.deviceUpMs),
    bytesPerDeviceHour: perHour(tally.deviceBytes, tally.deviceUpMs)
  }
}

/** Six decimals: of 100,000 messages, one shows. */
export function share (part: number, whole: number): number | undefined { return known(ratio(part, whole), 6) }

/** Per hour of machine time. */
export function perHour (amount: number, machineMs: number): number | undefined {
  return known(ratio(amount, machineMs / HOUR_MS), 1)
}

function quantiles (name: string, spread: Spread): Named {
  const values = spread.quantiles(Object.values(QUANTILES))
  return Object.fromEntries(Object.keys(QUANTILES).map((suffix, at) => [`${name}${suffix}`, known(values?.[at], 0)]))
}

export function rounded (value: number, decimals: number): number { return Number(value.toFixed(decimals)) }

function known (value: number | undefined, decimals: number): number | undefined {
  return value === undefined ? undefined : rounded(value, decimals)
}
