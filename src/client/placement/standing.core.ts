/**
 * How one listed node has behaved, as seen from here. Its silence is counted in *online time*: time in which somebody
 * else answered, so that an outage of our own network accuses nobody.
 */
import type { PlacementLimits } from './defaults.ts'
import type { Millis, PeerKey } from '../../types.ts'

export class Standing {
  readonly groups: string[]
  readonly #limits: PlacementLimits
  attached = false
  /** It says that it leaves, until it has been away and is back. */
  leaving = false
  readonly accusers = new Set<PeerKey>()
  /** In online time; undefined while it answers. */
  #silentSince: number | undefined
  #lastFailure = 0
  #refusedSince: Millis | undefined
  #refusals = 0
  #lastRefusal: Millis = 0
  /** Lengths of its last sessions; the one that is on began at `upSince`. */
  readonly #sessions: number[] = []
  #isShortLived = false
  #upSince: Millis | undefined
  #heardAt: Millis = 0

  constructor (groups: string[], limits: PlacementLimits) {
    this.groups = groups
    this.#limits = limits
  }

  get isFailing (): boolean { return this.#silentSince !== undefined }

  answered (now: Millis): void {
    if (this.isFailing) this.leaving = false
    this.#upSince ??= now
    this.#heardAt = now
    this.#silentSince = undefined
    this.#refusedSince = undefined
    this.#refusals = 0
  }

  failed (onlineMs: number): void {
    if (this.#upSince !== undefined) {
      this.#sessions.push(this.#heardAt - this.#upSince)
      if (this.#sessions.length > this.#limits.sessionsKept) this.#sessions.shift()
      this.#upSince = undefined
      this.#isShortLived = this.#medianIsShort()
    }
    this.#silentSince ??= onlineMs
    this.#lastFailure = onlineMs
  }

  refused (now: Millis): void {
    this.#refusedSince ??= now
    this.#refusals++
    this.#lastRefusal = now
  }

  /** A stream to it is there, or was until now. */
  heard (now: Millis): void { this.#heardAt = now }

  /** How long it had been silent when it failed last, in online time. */
  get silentMs (): number { return this.#silentSince === undefined ? 0 : this.#lastFailure - this.#silentSince }

  /** Shown by a failure after all that time, not by the time alone. */
  get isGone (): boolean { return this.isFailing && this.silentMs >= (this.#isShortLived ? this.#limits.goneShortMs : this.#limits.goneMs) }

  get isRefusing (): boolean {
    return this.#refusedSince !== undefined && this.#refusals >= 2 && this.#lastRefusal - this.#refusedSince >= this.#limits.refusedMs
  }

  get isCaught (): boolean { return this.accusers.size >= this.#limits.accusersMin }

  #medianIsShort (): boolean {
    if (this.#sessions.length < this.#limits.sessionsJudged) return false
    const sorted = this.#sessions.toSorted((a, b) => a - b)
    return (sorted[Math.floor((sorted.length - 1) / 2)] ?? Infinity) < this.#limits.shortSessionMs
  }
}
