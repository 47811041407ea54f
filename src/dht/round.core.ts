/** Where the sweep's hand is, and which part in it a node has: the arithmetic of core.ts. */
import type { Millis, PeerKey, RouteRecord } from '../types.ts'

/** One round of the hand over the whole key space. phaseMs: how far into a round time 0 is. */
export interface Round { roundMs: number, bits: number, phaseMs: number }

/** A place as a share of the key space is told to so many bits: a thousandth of a second in a round of 50 days. */
const SHARE_BITS = 32

/** When the hand passes a place first, not before `at`. */
export function slotAfter (place: bigint, at: Millis, { roundMs, bits, phaseMs }: Round): Millis {
  const share = Number(place >> BigInt(Math.max(0, bits - SHARE_BITS))) / 2 ** Math.min(bits, SHARE_BITS)
  const into = (((share * roundMs - at - phaseMs) % roundMs) + roundMs) % roundMs
  return at + Math.round(into)
}

/** When this node has no more business publishing the record; in the past when it is not listed. */
export function endOf (record: RouteRecord, self: PeerKey): Millis {
  const entry = record.entries.find(({ node }) => node === self)
  return entry === undefined ? 0 : Math.min(record.notAfter, entry.ticket.expiry) * 1000
}

/** How many are listed before this node. */
export function rankOf (record: RouteRecord, self: PeerKey): number {
  return record.entries.findIndex(({ node }) => node === self)
}
