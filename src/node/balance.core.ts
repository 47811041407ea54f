/**
 * When a node serves more devices than its share: those above it are sent to other nodes of their users, a few at a time,
 * so that a device that comes next finds room. Only devices that have somewhere to go, and each seldom.
 *
 *   look → the devices to be sent, chosen by chance
 */
import { NODE_DEFAULTS } from './defaults.ts'
import type { Millis, PeerKey } from '../types.ts'

/** A device's session. */
export interface Candidate {
  device: PeerKey
  /** Whether another node of its user's record is there, as far as is known. */
  hasElsewhere: boolean
}

export interface BalanceInit { sessionsMax: number, share: number, departuresMax: number, restMs: number }

const BALANCE: BalanceInit = Object.freeze({
  sessionsMax: NODE_DEFAULTS.connectionsMax,
  share: NODE_DEFAULTS.sessionsShare,
  departuresMax: NODE_DEFAULTS.departuresMax,
  restMs: NODE_DEFAULTS.departureRestMs
})

export class BalanceCore {
  readonly #init: BalanceInit
  /** Devices that were sent elsewhere, and until when they are left in peace when they come back; the oldest first. */
  readonly #resting = new Map<PeerKey, Millis>()

  constructor (init: Partial<BalanceInit> = {}) { this.#init = { ...BALANCE, ...init } }

  /** Sessions above which devices are sent elsewhere. */
  get share (): number { return Math.floor(this.#init.sessionsMax * this.#init.share) }

  /** fraction: uniform in [0, 1), anew at each call. Which of the candidates are sent, by their places in the list. */
  look (candidates: readonly Candidate[], fraction: () => number, now: Millis): number[] {
    for (const [device, until] of this.#resting) {
      if (until > now) break
      this.#resting.delete(device)
    }
    const surplus = Math.min(this.#init.departuresMax, candidates.length - this.share)
    if (surplus <= 0) return []
    const movable = [...candidates.keys()].filter(at => candidates[at]?.hasElsewhere === true && !this.#resting.has(candidates[at].device))
    const chosen: number[] = []
    while (chosen.length < surplus && movable.length > 0) {
      const [at] = movable.splice(Math.floor(fraction() * movable.length), 1)
      const device = at === undefined ? undefined : candidates[at]?.device
      if (at === undefined || device === undefined || this.#resting.has(device)) continue
      this.#resting.set(device, now + this.#init.restMs)
      chosen.push(at)
    }
    return chosen
  }
}
