/**
 * What goes back on a stream that deposits come from, as src/relay/answers.ts has it: small frames, gathered until what
 * came in one go is dealt with, never lost. While the peer leaves no room they are held here and the stream is not read.
 */
import { LIMITS } from '../../src/wire/limits.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import type { Gate } from '../../src/relay/gate.ts'
import type { SimProcess } from './process.ts'
import type { Frame } from '../world/network.ts'
import type { Envelope, EnvelopeId, Millis, PeerKey, Refusal, RouteRecord, StoreId } from '../../src/types.ts'

/** The stored envelopes of one append, in order, as their node signed them. */
export interface ReceiptRun { node: PeerKey, storeId: StoreId, time: Millis, ids: EnvelopeId[] }

/** Where the leaves of receipts stand: leaf `first` of the run belongs to the first ticket. */
export interface Leaves { run: ReceiptRun, first: number }

/** How the stream's protocol spells each answer; nodes say less to each other than to devices. */
export interface AnswerFrames {
  receipts: (run: ReceiptRun, receipts: Array<{ ticket: number, envelope: EnvelopeId }>) => Frame
  refused: (said: { tickets: number[], refusal: Refusal }) => Frame
  moved: (said: { tickets: number[], record: RouteRecord }) => Frame
  accepted?: (tickets: number[]) => Frame
  push?: (envelope: Envelope) => Frame
  pushed?: (from: number, to: number) => Frame
  behind?: (position: number) => Frame
}

export interface AnswersInit {
  process: SimProcess
  frames: AnswerFrames
  gate: Gate
  send: (frame: Frame) => boolean
  /** Cuts the peer off when there is no room. */
  sendOrAbort: (frame: Frame) => void
}

type Progress = { type: 'pushed', from: number, to: number } | { type: 'behind', position: number }

export class SimAnswers {
  readonly #init: AnswersInit
  #accepted: number[] = []
  #refused = new Map<number, { refusal: Refusal, tickets: number[] }>()
  #moved = new Map<RouteRecord, number[]>()
  #progress: Progress | undefined
  /** In order, waiting for room. */
  #held: Frame[] = []
  #heldSince: Millis = 0
  #isFlushScheduled = false
  #cancelRetry: (() => void) | undefined
  #isClosed = false

  constructor (init: AnswersInit) { this.#init = init }

  accept (ticket: number): void {
    this.#accepted.push(ticket)
    this.#flushSoon()
  }

  refuse (ticket: number, refusal: Refusal): void {
    const kind = refusal.code + refusal.retryAfterSeconds * 1024
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
  receipts ({ run, first }: Leaves, tickets: number[]): void {
    this.#flush()
    this.#write(this.#init.frames.receipts(run, tickets.map((ticket, at) => ({ ticket, envelope: run.ids[first + at] as EnvelopeId }))))
  }

  /** There is a newer record: once for all tickets of one go. */
  moved (ticket: number, record: RouteRecord): void {
    const tickets = this.#moved.get(record)
    if (tickets === undefined) this.#moved.set(record, [ticket])
    else tickets.push(ticket)
    this.#flushSoon()
  }

  /** May be left out, and is when answers are waiting. */
  push (envelope: Envelope): boolean {
    const frame = this.#init.frames.push?.(envelope)
    return frame !== undefined && this.#held.length === 0 && this.#init.send(frame)
  }

  close (): void {
    this.#isClosed = true
    this.#cancelRetry?.()
    this.#held = []
  }

  #flushSoon (): void {
    if (this.#isFlushScheduled) return
    this.#isFlushScheduled = true
    this.#init.process.soon(this.#flushNow)
  }

  readonly #flushNow = (): void => {
    this.#isFlushScheduled = false
    this.#flush()
  }

  #flush (): void {
    const { frames } = this.#init
    if (this.#accepted.length > 0) {
      const accepted = this.#accepted
      this.#accepted = []
      for (const tickets of inFrames(accepted)) this.#write(frames.accepted?.(tickets))
    }
    if (this.#refused.size > 0) {
      const refused = this.#refused
      this.#refused = new Map()
      for (const { tickets: all, refusal } of refused.values()) for (const tickets of inFrames(all)) this.#write(frames.refused({ tickets, refusal }))
    }
    if (this.#moved.size > 0) {
      const moved = this.#moved
      this.#moved = new Map()
      for (const [record, all] of moved) for (const tickets of inFrames(all)) this.#write(frames.moved({ tickets, record }))
    }
    // Told last, and only when there is room: until then it changes, and must not pile up.
    const progress = this.#progress
    if (progress === undefined || this.#held.length > 0) return
    this.#progress = undefined
    this.#write(progress.type === 'behind' ? frames.behind?.(progress.position) : frames.pushed?.(progress.from, progress.to))
  }

  #write (frame: Frame | undefined): void {
    if (this.#isClosed || frame === undefined) return
    const { send, gate, process } = this.#init
    if (this.#held.length === 0 && send(frame)) return
    if (this.#held.length === 0) {
      this.#heldSince = process.now()
      gate.close('answers')
      this.#retryLater()
    }
    this.#held.push(frame)
  }

  #retryLater (): void {
    const { process, gate, send, sendOrAbort } = this.#init
    this.#cancelRetry = process.after(RELAY_DEFAULTS.answersRetryMs, () => {
      const isStalled = process.now() - this.#heldSince > RELAY_DEFAULTS.answersStallMs
      for (let frame; (frame = this.#held[0]) !== undefined;) {
        if (isStalled) sendOrAbort(frame)
        else if (!send(frame)) return this.#retryLater()
        this.#held.shift()
      }
      gate.open('answers')
      this.#flush()
    })
  }
}

function * inFrames (tickets: number[]): Iterable<number[]> {
  if (tickets.length <= LIMITS.inFlightDeposits) yield tickets
  else for (let at = 0; at < tickets.length; at += LIMITS.inFlightDeposits) yield tickets.slice(at, at + LIMITS.inFlightDeposits)
}
