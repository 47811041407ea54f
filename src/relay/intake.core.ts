/**
 * How much is in hand, by source and in all: what decides that a stream is read no further, and that a deposit is
 * refused as busy. Each role of the relay (coordinator, replica) keeps one.
 */
import { LIMITS } from '../wire/limits.ts'
import { RELAY_DEFAULTS } from './defaults.ts'

/** A stream that deposits come from, numbered by the service and never used again. */
export type SourceId = number

/** Told to the service: stop reading these streams, read those again. */
export type FlowEffect = { type: 'pause', source: SourceId } | { type: 'resume', source: SourceId }

/** Where a core gathers its effects: any of its arrays. */
interface FlowSink { push: (effect: FlowEffect) => unknown }

export type IntakeLimits = Pick<typeof RELAY_DEFAULTS, 'sourceBytesHigh' | 'totalBytesHigh' | 'totalBytesMax'> & { inFlightDeposits: number }

export const INTAKE_LIMITS: IntakeLimits = Object.freeze({ ...RELAY_DEFAULTS, inFlightDeposits: LIMITS.inFlightDeposits })

interface Held { deposits: number, bytes: number, paused: boolean }

export class Intake {
  readonly #limits: IntakeLimits
  readonly #sources = new Map<SourceId, Held>()
  readonly #paused = new Set<SourceId>()
  #bytes = 0
  #deposits = 0

  constructor (limits: IntakeLimits) { this.#limits = limits }

  get bytes (): number { return this.#bytes }
  get deposits (): number { return this.#deposits }

  /** False when the source or the whole has no room; then nothing was taken. */
  take (source: SourceId, bytes: number, effects: FlowSink): boolean {
    const { sourceBytesHigh, totalBytesHigh, totalBytesMax, inFlightDeposits } = this.#limits
    let held = this.#sources.get(source)
    if (this.#bytes + bytes > totalBytesMax || (held !== undefined && held.deposits >= inFlightDeposits)) return false
    if (held === undefined) this.#sources.set(source, held = { deposits: 0, bytes: 0, paused: false })
    held.deposits++
    held.bytes += bytes
    this.#deposits++
    this.#bytes += bytes
    if (!held.paused && (held.bytes > sourceBytesHigh || this.#bytes > totalBytesHigh)) {
      held.paused = true
      this.#paused.add(source)
      effects.push({ type: 'pause', source })
    }
    return true
  }

  /** A deposit has left; what was taken for it is free again. */
  release (source: SourceId, bytes: number, effects: FlowSink): void {
    const held = this.#sources.get(source)
    if (held === undefined) return
    held.deposits--
    held.bytes -= bytes
    this.#deposits--
    this.#bytes -= bytes
    if (held.deposits === 0) this.#sources.delete(source)
    if (this.#paused.size > 0 && this.#bytes <= this.#limits.totalBytesHigh / 2) this.#resume(effects)
  }

  /** The half below which reading goes on keeps a stream from being stopped and started with every deposit. */
  #resume (effects: FlowSink): void {
    for (const source of this.#paused) {
      const held = this.#sources.get(source)
      if (held !== undefined && held.bytes > this.#limits.sourceBytesHigh / 2) continue
      if (held !== undefined) held.paused = false
      this.#paused.delete(source)
      effects.push({ type: 'resume', source })
    }
  }
}
