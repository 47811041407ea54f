/**
 * Who of several nodes is the better place for a mailbox, and who may stand beside whom.
 *
 * Machines that have been there for long stay longer (session lengths in KAD and in IPFS are Weibull with shape 0.6: the
 * chance to go falls with age), so age counts most; then how soon it answers, then how full it is. Merit is in whole
 * points, so that noise decides nothing: equals keep the order in which they were named.
 */
import type { PeerKey } from '../../types.ts'

/** A node that may be asked. Age and load are somebody's word; the latency is our own measure. */
export interface Candidate {
  node: PeerKey
  /** Network prefixes of its public addresses (wire/address-group.ts); none of a private one. */
  groups: string[]
  knownSeconds: number
  /** Users that it serves of those it has room for, in percent. */
  load: number
  latencyMs: number | undefined
}

/** A place in the list: a node, and where it stands. */
export type Place = Pick<Candidate, 'node' | 'groups'>

/** Age beyond a week says nothing more; hearsay least of all. */
const KNOWN_HOURS_MAX = 7 * 24
/** A point for each doubling beyond this. Nobody waits for a twentieth of a second, and a node that was not measured counts as in the middle. */
const LATENCY_MS = 50
const LATENCY_UNKNOWN_MS = 100
/** A full node is worth two points less than an empty one. */
const LOAD_PER_POINT = 50

/** Higher is better, in whole points: from -9 to 8 for what is plausible. */
export function merit ({ knownSeconds, load, latencyMs = LATENCY_UNKNOWN_MS }: Pick<Candidate, 'knownSeconds' | 'load' | 'latencyMs'>): number {
  const age = Math.log2(1 + Math.min(knownSeconds / 3600, KNOWN_HOURS_MAX))
  const distance = Math.log2(Math.max(1, latencyMs / LATENCY_MS))
  return Math.round(age - distance - load / LOAD_PER_POINT)
}

/** The best first. */
export function byMerit<T extends Pick<Candidate, 'knownSeconds' | 'load' | 'latencyMs'>> (candidates: T[]): T[] {
  return candidates.map(candidate => ({ candidate, points: merit(candidate) })).sort((a, b) => b.points - a.points).map(({ candidate }) => candidate)
}

/**
 * Those, in their order, of which no two share a network prefix with each other or with `beside`: one owner of addresses
 * should not hold a mailbox alone.
 */
export function diverse<T extends Place> (places: T[], beside: Place[] = []): T[] {
  const taken = new Set(beside.flatMap(({ groups }) => groups))
  return places.filter(({ groups }) => {
    if (groups.some(group => taken.has(group))) return false
    for (const group of groups) taken.add(group)
    return true
  })
}
