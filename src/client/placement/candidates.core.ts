/**
 * Nodes off the list that might come onto it: named by other nodes, asked for a ticket, with what came of it. Bounded;
 * the one that was named longest ago is forgotten first.
 */
import { byMerit, diverse, type Candidate, type Place } from './choice.core.ts'
import type { PlacementLimits } from './defaults.ts'
import type { Millis, PeerKey } from '../../types.ts'

/** silent: it cannot be reached, or does not answer. */
export type AskedAnswer = 'promised' | 'refused' | 'silent'

interface Known extends Candidate {
  state: 'named' | 'asking' | 'promised'
  promisedAt: Millis
  /** Not asked again before; doubles with each time that it was for nothing. */
  notBefore: Millis
  failures: number
}

export class Candidates {
  readonly #limits: PlacementLimits
  readonly #known = new Map<PeerKey, Known>()
  /** Caught by audits, until when nobody asks them. */
  readonly #banned = new Map<PeerKey, Millis>()

  constructor (limits: PlacementLimits) { this.#limits = limits }

  /** Tickets that are being asked for. */
  get asking (): number { return [...this.#known.values()].filter(({ state }) => state === 'asking').length }

  /** Takes in what somebody names; returns how many are new. */
  name (candidates: Candidate[], isListed: (node: PeerKey) => boolean): number {
    let fresh = 0
    for (const candidate of candidates) {
      if (isListed(candidate.node)) continue
      const before = this.#known.get(candidate.node)
      if (before === undefined) fresh++
      this.#known.delete(candidate.node)
      this.#known.set(candidate.node, {
        ...before ?? { state: 'named', promisedAt: 0, notBefore: 0, failures: 0, latencyMs: candidate.latencyMs },
        ...{ node: candidate.node, groups: candidate.groups, load: candidate.load },
        // Who was told two ages believes the lower one.
        knownSeconds: Math.min(before?.knownSeconds ?? Infinity, candidate.knownSeconds)
      })
    }
    for (const [oldest, { state }] of this.#known) {
      if (this.#known.size <= this.#limits.candidatesMax) break
      if (state === 'named') this.#known.delete(oldest)
    }
    return fresh
  }

  /** Who is listed is no candidate any more. */
  forget (node: PeerKey): void { this.#known.delete(node) }

  ban (node: PeerKey, now: Millis): void {
    this.#known.delete(node)
    this.#banned.set(node, now + this.#limits.bannedMs)
    for (const [oldest] of this.#banned) if (this.#banned.size > this.#limits.candidatesMax) this.#banned.delete(oldest)
  }

  /** isOnline: somebody else answers, so that silence is its own fault. */
  answered (node: PeerKey, answer: AskedAnswer, { latencyMs, isOnline }: { latencyMs: number | undefined, isOnline: boolean }, now: Millis): void {
    const known = this.#known.get(node)
    if (known?.state !== 'asking') return
    known.latencyMs = latencyMs ?? known.latencyMs
    known.state = answer === 'promised' ? 'promised' : 'named'
    known.promisedAt = now
    known.failures = answer === 'promised' ? 0 : isOnline ? known.failures + 1 : 1
    if (answer !== 'promised') known.notBefore = now + Math.min(this.#limits.askAgainMsMax, this.#limits.askAgainMs * 2 ** Math.min(known.failures - 1, 30))
  }

  /** Who promised to serve lately and may stand beside these, the best first. */
  ready (beside: Place[], now: Millis): Candidate[] {
    const fresh = [...this.#known.values()].filter(known => known.state === 'promised' && known.promisedAt + this.#limits.promiseFreshMs > now && !this.#isBanned(known.node, now))
    return diverse(byMerit(fresh), beside)
  }

  /** The best that may be asked now beside these, at most so many: they count as asked. */
  ask (most: number, beside: Place[], now: Millis): PeerKey[] {
    const open = [...this.#known.values()].filter(known => this.#mayBeAsked(known, now))
    const asked = diverse(byMerit(open), [...beside, ...[...this.#known.values()].filter(({ state }) => state === 'asking')]).slice(0, Math.max(0, most))
    for (const known of asked) known.state = 'asking'
    return asked.map(({ node }) => node)
  }

  #mayBeAsked ({ node, state, promisedAt, notBefore }: Known, now: Millis): boolean {
    if (state === 'asking' || this.#isBanned(node, now)) return false
    return state === 'promised' ? promisedAt + this.#limits.promiseFreshMs <= now : notBefore <= now
  }

  #isBanned (node: PeerKey, now: Millis): boolean { return (this.#banned.get(node) ?? 0) > now }
}
