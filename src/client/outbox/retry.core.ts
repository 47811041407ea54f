/**
 * What to make of a refusal, and how long to pause before another try.
 */
import { REFUSAL } from '../../types.ts'
import type { RefusalCode } from '../../types.ts'

/** The reason lies with the node that was asked: another one may do. */
const NODE_REFUSALS: ReadonlySet<RefusalCode> = new Set([
  REFUSAL.malformed, REFUSAL.unsupported, REFUSAL.wrongNetwork, REFUSAL.expired, REFUSAL.expiryTooFar, REFUSAL.busy, REFUSAL.storeFailed, REFUSAL.notServed, REFUSAL.draining
])

/**
 * collected: a device has it · noRoute: the node lacks the record · moved: it knows a newer one · node: try the other
 * link · recipient: whoever is asked, the recipient's nodes cannot take it now, or they are not the recipient's any more.
 */
export type RefusalKind = 'collected' | 'noRoute' | 'moved' | 'node' | 'recipient'

/** Every code has a kind, and none ends a message. */
export function kindOfRefusal (code: RefusalCode): RefusalKind {
  switch (code) {
    case REFUSAL.collected: return 'collected'
    case REFUSAL.noRoute: return 'noRoute'
    case REFUSAL.moved: return 'moved'
    default: return NODE_REFUSALS.has(code) ? 'node' : 'recipient'
  }
}

/** first, doubled with each attempt (from 1), at most `max`. */
export function pauseMs (attempt: number, first: number, max: number): number {
  return Math.min(first * 2 ** Math.min(attempt - 1, 30), max)
}
