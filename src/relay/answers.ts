/**
 * What goes back on a stream that deposits come from: small control frames, gathered per tick, that must not be lost.
 *
 * While the peer leaves no room for them they are held here, the stream is not read any further (so that no more
 * answers come to be owed) and no envelope is pushed past them. A peer that leaves no room for too long is cut off.
 */
import { REFUSAL } from '../types.ts'
import { LIMITS } from '../wire/limits.ts'
import { controlFrame } from '../wire/frames.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import type { Gate } from './gate.ts'
import type { Clock } from '../ports.ts'
import type { Bytes, Millis, Refusal } from '../types.ts'
import type { Behind, Pushed, Receipts, Refused, Tickets } from '../wire/mail.ts'

/** The writing side of a framed stream, as wire/frame-stream.ts has it. */
export interface FrameSink {
  /** False: no room, and nothing was queued. */
  send: (...parts: Uint8Array[]) => boolean
  /** Cuts the peer off when there is no room. */
  sendOrAbort: (...parts: Uint8Array[]) => void
}

/** One of these, as the protocol of the stream spells it. */
export interface Answer {
  accepted?: Tickets
  receipts?: Receipts
  refused?: Refused
  /** A newer route record. */
  route?: Bytes
  pushed?: Pushed
  behind?: Behind
}

type Progress = { type: 'pushed', from: number, to: number } | { type: 'behind', position: number }

const MOVED: Refusal = Object.freeze({ code: REFUSAL.moved, retryAfterSeconds: 0 })

export interface AnswersInit {
  sink: FrameSink
  encode: (answer: Answer) => Bytes
  gate: Gate
  clock: Clock
}

export class Answers {
  readonly #init: AnswersInit
  #accepted: number[] = []
  #refused = new Map<string, { refusal: Refusal, tickets: number[] }>()
  /** By the newer record's bytes. */
  #moved = new Map<Bytes, number[]>()
  #progress: Progress | undefined
  /** Encoded, in order, waiting for room. */
  #held: Bytes[] = []
  #heldSince: Millis = 0
  #flushScheduled = false
  #cancelRetry: (() => void) | undefined
  #closed = false

  constructor (init: AnswersInit) { this.#init = init }

  accept (ticket: number): void {
    this.#accepted.push(ticket)
    this.#flushSoon()
  }

  refuse (ticket: number, refusal: Refusal): void {
    const kind = `${refusal.code}/${refusal.retryAfterSeconds}`
    const group = this.#refused.get(kind)
    if (group === undefined) this.#refused.set(kind, { refusal, tickets: [ticket] })
    else group.tickets.push(ticket)
    this.#flushSoon()
  }

  /** Everything in (from, to] was shown on this stream and is on disk. */
  pushed (from: number, to: number): void {
    const before = this.#progress
    if (before === undefined) this.#progress = { type: 'pushed', from, to }
    else if (before.type === 'pushed' && before.to === from) before.to = to
    else this.#progress = { type: 'behind', position: to }
    this.#flushSoon()
  }

  /** Something was left out: to be drained. */
  behind (position: number): void {
    this.#progress = { type: 'behind', position }
    this.#flushSoon()
  }

  /** What was gathered goes first: `accepted` before its receipts. */
  receipts (receipts: Receipts): void {
    this.#flush()
    this.#write({ receipts })
  }

  /** There is a newer record: it goes before the refusal, and once for all tickets of one go. */
  moved (ticket: number, route: Bytes): void {
    const tickets = this.#moved.get(route)
    if (tickets === undefined) this.#moved.set(route, [ticket])
    else tickets.push(ticket)
    this.#flushSoon()
  }

  /** An envelope frame: may be left out, and is when answers are waiting. */
  push (...parts: Uint8Array[]): boolean {
    return this.#held.length === 0 && this.#init.sink.send(...parts)
  }

  close (): void {
    this.#closed = true
    this.#cancelRetry?.()
    this.#held = []
  }

  /** After the frames that came in one go, before the stream's own write. */
  #flushSoon (): void {
    if (this.#flushScheduled) return
    this.#flushScheduled = true
    queueMicrotask(() => {
      this.#flushScheduled = false
      this.#flush()
    })
  }

  #flush (): void {
    const accepted = this.#accepted
    this.#accepted = []
    for (const tickets of inFrames(accepted)) this.#write({ accepted: { tickets } })
    const refused = this.#refused
    this.#refused = new Map()
    for (const group of refused.values()) {
      for (const tickets of inFrames(group.tickets)) this.#write({ refused: { tickets, refusal: group.refusal } })
    }
    const moved = this.#moved
    this.#moved = new Map()
    for (const [route, all] of moved) {
      this.#write({ route })
      for (const tickets of inFrames(all)) this.#write({ refused: { tickets, refusal: MOVED } })
    }
    // Told last, and only when there is room: until then it changes, and must not pile up.
    if (this.#progress === undefined || this.#held.length > 0) return
    const { type, ...progress } = this.#progress
    this.#progress = undefined
    this.#write({ [type]: 'position' in progress ? { position: BigInt(progress.position) } : { from: BigInt(progress.from), to: BigInt(progress.to) } })
  }

  #write (answer: Answer): void {
    if (this.#closed) return
    const frame = this.#init.encode(answer)
    if (this.#held.length === 0 && this.#init.sink.send(...controlFrame(frame))) return
    if (this.#held.length === 0) {
      this.#heldSince = this.#init.clock.now()
      this.#init.gate.close('answers')
      this.#retryLater()
    }
    this.#held.push(frame)
  }

  #retryLater (): void {
    this.#cancelRetry = this.#init.clock.after(RELAY_DEFAULTS.answersRetryMs, () => {
      const { sink, gate, clock } = this.#init
      const stalled = clock.now() - this.#heldSince > RELAY_DEFAULTS.answersStallMs
      for (let frame; (frame = this.#held[0]) !== undefined;) {
        if (stalled) sink.sendOrAbort(...controlFrame(frame))
        else if (!sink.send(...controlFrame(frame))) return this.#retryLater()
        this.#held.shift()
      }
      gate.open('answers')
      this.#flush()
    })
  }
}

function * inFrames (tickets: number[]): Iterable<number[]> {
  for (let at = 0; at < tickets.length; at += LIMITS.inFlightDeposits) yield tickets.slice(at, at + LIMITS.inFlightDeposits)
}
