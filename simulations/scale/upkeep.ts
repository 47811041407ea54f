/** What a node does for its table by itself, in an hour: self-queries that are left at once, and walks to places by chance. */
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { KAD_MODEL } from '../routing/defaults.ts'

const HOUR = 3_600_000
/**
 * kad-dht looks into the other half of the key space and, since it counts a common prefix in bytes, into the quarter
 * beside it once it knows somebody who shares its first byte: as good as always from some hundred nodes on.
 */
const REFRESHES = 2
/** A self-query has asked α peers on each path when it is left (simulations/routing/upkeep.ts). */
const SELF_QUESTIONS = ROUTE_DEFAULTS.alpha * ROUTE_DEFAULTS.disjointPaths

/** walk: one walk to a place by chance. walks: how many are walked to their end. */
export function upkeepOf (walk: { messages: number, bytes: number }): { messages: number, bytes: number, walks: number } {
  const rounds = HOUR / KAD_MODEL.upkeepMs
  const questions = rounds * SELF_QUESTIONS
  const walks = rounds * REFRESHES
  return { messages: walks * walk.messages + questions, bytes: walks * walk.bytes + questions * KAD_MODEL.questionBytes, walks }
}
