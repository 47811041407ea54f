/** What a node does for its table by itself, in an hour: self-queries that are left at once, and walks to places by chance. */
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { KAD_MODEL } from '../routing/defaults.ts'
import type { RoutingCost } from './routing.ts'

const HOUR = 3_600_000
/**
 * kad-dht looks into the other half of the key space and, since it counts a common prefix in bytes, into the quarter
 * beside it once it knows somebody who shares its first byte: as good as always from some hundred nodes on.
 */
export const REFRESHES = 2
/** A self-query has asked α peers on each path when it is left (simulations/routing/upkeep.ts). */
export const SELF_QUESTIONS = ROUTE_DEFAULTS.alpha * ROUTE_DEFAULTS.disjointPaths

/** walk: one walk to a place by chance. Of the whole network in an hour, for each node. */
export function upkeepOf (walk: RoutingCost): RoutingCost {
  const rounds = HOUR / KAD_MODEL.upkeepMs
  const each = (name: keyof RoutingCost): number => rounds * REFRESHES * walk[name]
  return {
    messages: each('messages') + rounds * SELF_QUESTIONS,
    questions: each('questions') + rounds * SELF_QUESTIONS,
    pings: each('pings'),
    dials: each('dials'),
    bytes: each('bytes') + rounds * SELF_QUESTIONS * KAD_MODEL.questionBytes,
    dialBytes: each('dialBytes')
  }
}
