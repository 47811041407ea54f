/**
 * The last beats of every tag, so that a device that starts to watch is told at once, and so that a beat that came
 * before, or comes too often, is known. A node cannot tell the devices of a user apart: it keeps several beats of a
 * tag and lets the reader's counters sort them.
 */
import { equals } from 'uint8arrays/equals'
import type { Millis, PresenceTag, SealedBeat } from '../types.ts'

export interface MemoryLimits { beatsMax: number, perTagMax: number, lifeMs: number }

interface Remembered { beat: SealedBeat, origin: string, at: Millis }

export class BeatMemory {
  readonly #limits: MemoryLimits
  /** In order of each tag's last beat, the longest silent first; each list oldest first and never empty. */
  readonly #tags = new Map<PresenceTag, Remembered[]>()
  #count = 0

  constructor (limits: MemoryLimits) { this.#limits = limits }

  get count (): number { return this.#count }

  has (beat: SealedBeat): boolean {
    return this.#tags.get(beat.tag)?.some(known => equals(known.beat.bytes, beat.bytes)) ?? false
  }

  /** When this origin last sent a beat of the tag. */
  lastFrom (tag: PresenceTag, origin: string): Millis | undefined {
    return this.#tags.get(tag)?.findLast(known => known.origin === origin)?.at
  }

  /** What is remembered of the tag and still holds, newest first: a reader believes the first word of each device, and no older one. */
  recall (tag: PresenceTag, now: Millis): SealedBeat[] {
    return (this.#tags.get(tag) ?? []).filter(({ at }) => this.#holds(at, now)).map(({ beat }) => beat).reverse()
  }

  remember (beat: SealedBeat, origin: string, now: Millis): void {
    const kept = this.#remove(beat.tag).slice(1 - this.#limits.perTagMax)
    kept.push({ beat, origin, at: now })
    this.#tags.set(beat.tag, kept)
    this.#count += kept.length
    this.#forget(now)
  }

  /** The longest silent tags go when what they said no longer holds, or when there are too many beats. */
  #forget (now: Millis): void {
    for (const [tag, beats] of this.#tags) {
      const last = beats.at(-1)
      if (this.#count <= this.#limits.beatsMax && last !== undefined && this.#holds(last.at, now)) return
      this.#remove(tag)
    }
  }

  #remove (tag: PresenceTag): Remembered[] {
    const beats = this.#tags.get(tag) ?? []
    this.#tags.delete(tag)
    this.#count -= beats.length
    return beats
  }

  #holds (at: Millis, now: Millis): boolean { return now - at < this.#limits.lifeMs }
}
