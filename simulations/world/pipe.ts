/**
 * One direction of a stream: frames in order, each with its delay. Packets that are lost are sent again after a pause
 * that doubles; everything behind them waits, as in TCP.
 */
import { LIMITS } from '../../src/wire/limits.ts'
import type { Frame, Medium, Receiver } from './link.ts'
import type { Millis } from '../../src/types.ts'

/** The least pause before a retransmission (Linux, TCP_RTO_MIN), the longest (TCP_RTO_MAX at most; RFC 6298 allows 60 s), and when a sender gives up (Linux, tcp_retries2 = 15). */
const RETRANSMIT_MS = 200
const RETRANSMIT_MS_MAX = 60_000
const GIVE_UP_MS = 924_000

interface Travelling { frame: Frame, at: Millis }

/** own: the end that sends. into: the end that takes. */
export interface PipeInit { medium: Medium, own: Receiver, into: Receiver, notBefore: Millis }

export class Pipe {
  readonly #medium: Medium
  readonly #own: Receiver
  readonly #into: Receiver
  #queue: Travelling[] = []
  /** The next of the queue. */
  #head = 0
  #lastArrivalAt: Millis
  #isTimed = false
  #stalledSince: Millis | undefined
  #retransmitMs = RETRANSMIT_MS
  #endsAfterQueued = false
  #isDropped = false
  queuedBytes = 0

  constructor ({ medium, own, into, notBefore }: PipeInit) {
    this.#medium = medium
    this.#own = own
    this.#into = into
    this.#lastArrivalAt = notBefore
  }

  send (frame: Frame): boolean {
    if (this.#isDropped || this.queuedBytes + frame.bytes > LIMITS.streamQueueBytes) return false
    const { world } = this.#medium
    const at = Math.max(this.#lastArrivalAt, world.now() + this.#travelMs(frame))
    this.#lastArrivalAt = at
    this.queuedBytes += frame.bytes
    this.#queue.push({ frame, at })
    this.#setTimer()
    return true
  }

  endAfterQueued (): void {
    this.#endsAfterQueued = true
    if (this.#head === this.#queue.length) this.#lastArrivalAt = Math.max(this.#lastArrivalAt, this.#medium.world.now() + this.#wayMs)
    this.#setTimer()
  }

  drop (): void {
    this.#isDropped = true
    this.#queue = []
    this.#head = 0
    this.queuedBytes = 0
  }

  /** The reader takes frames again. */
  goOn (): void { this.#setTimer() }

  get #wayMs (): number { return this.#own.self.wayMs + this.#into.self.wayMs }

  /** One frame counts as one packet's chances. */
  #travelMs (frame: Frame): number {
    const { chance, conditions: { loss, repeated, reordered }, onSent, world } = this.#medium
    const wayMs = this.#wayMs
    const luck = chance.fraction()
    let ms = wayMs * (1 + luck * 0.2)
    let messages = 1
    if (luck < loss) {
      // Lost, and perhaps again: each time noticed later.
      let pauseMs = Math.max(RETRANSMIT_MS, 2 * wayMs)
      do {
        ms += pauseMs
        pauseMs = Math.min(2 * pauseMs, RETRANSMIT_MS_MAX)
        messages++
      } while (chance.happens(loss) && ms < GIVE_UP_MS)
    } else if (luck < loss + reordered) {
      ms += wayMs
    } else if (luck < loss + reordered + repeated) {
      messages++
    }
    onSent({ at: world.now(), from: this.#own.self.id, kind: frame.kind, messages, bytes: messages * frame.bytes })
    return Math.round(ms)
  }

  #setTimer (): void {
    if (this.#isTimed || this.#isDropped || this.#into.isPaused) return
    const next = this.#queue[this.#head]
    if (next === undefined && !this.#endsAfterQueued) return
    const { world } = this.#medium
    const at = next?.at ?? this.#lastArrivalAt
    this.#isTimed = true
    world.after(this.#stalledSince === undefined ? at - world.now() : this.#retransmitMs, this.#onTimer)
  }

  readonly #onTimer = (): void => {
    this.#isTimed = false
    if (this.#isDropped) return
    if (this.#isBlocked()) return this.#stall()
    this.#stalledSince = undefined
    this.#retransmitMs = RETRANSMIT_MS
    if (this.#into.isUnknown) return this.#giveUp()
    this.#deliver()
    this.#setTimer()
  }

  #deliver (): void {
    const now = this.#medium.world.now()
    const into = this.#into
    while (!into.isPaused && !this.#isDropped) {
      const next = this.#queue[this.#head]
      if (next === undefined || next.at > now) break
      this.#head++
      this.queuedBytes -= next.frame.bytes
      if (into.isOpen) into.onFrame(next.frame)
    }
    if (this.#head === this.#queue.length) {
      this.#queue = []
      this.#head = 0
      if (this.#endsAfterQueued && this.#lastArrivalAt <= now) this.#end()
    } else if (this.#head > 1024) {
      this.#queue = this.#queue.slice(this.#head)
      this.#head = 0
    }
  }

  #end (): void {
    this.#isDropped = true
    this.#into.ended()
  }

  /** The way is cut, or one of the machines is without power. */
  #isBlocked (): boolean {
    const [from, to] = [this.#own.self, this.#into.self]
    return this.#medium.isCut(from.id, to.id) || (to.isGone && this.#medium.isDark(to.id)) || (from.isGone && this.#medium.isDark(from.id))
  }

  #stall (): void {
    const now = this.#medium.world.now()
    this.#stalledSince ??= now
    if (now - this.#stalledSince >= GIVE_UP_MS) return this.#giveUp()
    this.#setTimer()
    this.#retransmitMs = Math.min(2 * this.#retransmitMs, RETRANSMIT_MS_MAX)
  }

  /** Nothing gets through, or the other machine knows of no such stream (any more). */
  #giveUp (): void {
    this.drop()
    this.#own.lose()
  }
}
