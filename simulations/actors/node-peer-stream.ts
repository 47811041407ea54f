/**
 * One relay stream with another node, whoever opened it, as src/relay/peer-stream.ts has it: it sends and takes frames;
 * what they mean is decided by the cores. The opener's Hello comes with the stream, so its acceptor has been greeted.
 */
import { Gate } from '../../src/relay/gate.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { relayFrame, type RelayFrame, type RelayWord } from './frames.ts'
import { SimAnswers, type AnswerFrames } from './node-answers.ts'
import type { SimSource } from './node-source.ts'
import type { SimProcess } from './process.ts'
import type { StreamEnd } from '../world/network.ts'
import type { Told } from '../../src/relay/reconcile/digests.core.ts'
import type { StreamTimes } from '../../src/relay/upkeep.core.ts'
import type { SourceId } from '../../src/relay/intake.core.ts'
import type { Collection, Envelope, Millis, PeerKey, StoreId } from '../../src/types.ts'

export type RelayEnd = StreamEnd<RelayFrame>

/** When a stream is looked at next, by whoever looks after many. */
export interface Watch { readonly stream: PeerStream, notBefore: Millis }

/** What a relay stream asks of the relay. */
export interface PeerStreamHost {
  storeId: StoreId
  process: SimProcess
  onDeposit: (from: PeerStream, frame: Extract<RelayFrame, { kind: 'deposit' }>) => void
  /** Receipts, refusals, newer records. */
  onAnswer: (from: PeerStream, frame: Extract<RelayFrame, { kind: 'receipts' | 'refused' | 'moved' }>) => void
  onCollection: (from: PeerStream, collection: Collection) => void
  onDigests: (from: PeerStream, digests: readonly Told[], readOnly: boolean) => void
  onAudit: (from: PeerStream, frame: Extract<RelayFrame, { kind: 'audit' }>) => void
  onAudited: (from: PeerStream, frame: Extract<RelayFrame, { kind: 'audited' }>) => void
  onLeaving: (from: PeerStream) => void
  onGreeted: (stream: PeerStream) => void
  /** Once, however it ended. */
  onEnd: (stream: PeerStream) => void
}

export interface PeerStreamInit { id: SourceId, stream: RelayEnd, isOutbound: boolean, host: PeerStreamHost }

const ANSWERS: AnswerFrames = Object.freeze({
  receipts: ({ storeId, time }, receipts) => relayFrame.receipts({ storeId, time, receipts }),
  refused: relayFrame.refused,
  moved: relayFrame.moved
} satisfies AnswerFrames)

export class PeerStream implements SimSource {
  readonly id: SourceId
  readonly node: PeerKey
  readonly isOutbound: boolean
  readonly gate: Gate
  readonly answers: SimAnswers
  readonly watch: Watch = { stream: this, notBefore: 0 }
  readonly #stream: RelayEnd
  readonly #host: PeerStreamHost
  #isGreeted: boolean
  #isOver = false
  #lastHeard: Millis
  #lastUsed: Millis
  #lastMail: Millis
  #pingedAt: Millis | undefined
  /** Deposits that the other side has not answered. */
  #inFlight = 0

  constructor ({ id, stream, isOutbound, host }: PeerStreamInit) {
    const { process, storeId } = host
    this.id = id
    this.node = stream.peer as PeerKey
    this.isOutbound = isOutbound
    this.#isGreeted = !isOutbound
    this.#stream = stream
    this.#host = host
    this.#lastHeard = this.#lastUsed = this.#lastMail = process.now()
    this.gate = new Gate(stream)
    this.answers = new SimAnswers({ process, frames: ANSWERS, gate: this.gate, send: frame => stream.send(frame as RelayFrame), sendOrAbort: frame => { this.#sendOrAbort(frame as RelayFrame) } })
    stream.onFrame = frame => { this.#onFrame(frame) }
    stream.onEnd = () => { this.#end() }
    if (!isOutbound) this.#sendOrAbort(relayFrame.hello(storeId))
  }

  get isGreeted (): boolean { return this.#isGreeted }
  get isOpen (): boolean { return !this.#isOver && this.#stream.isOpen }
  get times (): StreamTimes {
    return { lastHeard: this.#lastHeard, lastUsed: this.#lastUsed, lastMail: this.#lastMail, pingedAt: this.#pingedAt, isOutbound: this.isOutbound }
  }

  get queuedBytes (): number { return this.#stream.queuedBytes }
  get inFlight (): number { return this.#inFlight }

  /** False when there is no room, here or in what the node takes. */
  deposit (ticket: number, routeEpoch: number, routeSeq: number, envelope: Envelope): boolean {
    if (this.#inFlight >= LIMITS.inFlightDeposits || !this.#stream.send(relayFrame.deposit({ ticket, routeEpoch, routeSeq, envelope }))) return false
    this.#inFlight++
    this.#lastUsed = this.#host.process.now()
    this.#onMail(this.#lastUsed)
    return true
  }

  /** False when there is no room. */
  say (word: RelayWord): boolean {
    this.#lastUsed = this.#host.process.now()
    return this.#stream.send(word)
  }

  ping (): void {
    this.#pingedAt ??= this.#host.process.now()
    this.#sendOrAbort(relayFrame.ping())
  }

  abort (): void {
    if (this.#isOver) return
    this.#stream.abort()
    this.#end()
  }

  /** Sends what is queued. */
  close (): void {
    if (this.#isOver) return
    this.#stream.close()
    this.#end()
  }

  #onFrame (frame: RelayFrame): void {
    if (this.#isOver || this.#host.process.isOver) return
    this.#lastHeard = this.#host.process.now()
    this.#pingedAt = undefined
    switch (frame.kind) {
      case 'hello':
        if (this.#isGreeted) return this.abort()
        this.#isGreeted = true
        return this.#host.onGreeted(this)
      case 'ping': return this.#sendOrAbort(relayFrame.pong())
      case 'pong': return
      case 'deposit':
        this.#onMail(this.#lastHeard)
        this.#host.onDeposit(this, frame)
        break
      case 'receipts':
        this.#answered(frame.receipts.length)
        this.#host.onAnswer(this, frame)
        break
      case 'refused':
      case 'moved':
        this.#answered(frame.tickets.length)
        this.#host.onAnswer(this, frame)
        break
      case 'collection': this.#host.onCollection(this, frame.collection); break
      case 'leaving': this.#host.onLeaving(this); break
      case 'digests': this.#host.onDigests(this, frame.digests, frame.readOnly); break
      case 'audit': this.#host.onAudit(this, frame); break
      case 'audited': this.#host.onAudited(this, frame)
    }
    this.#lastUsed = this.#lastHeard
  }

  #answered (count: number): void {
    this.#onMail(this.#lastHeard)
    this.#inFlight = Math.max(0, this.#inFlight - count)
  }

  #onMail (at: Millis): void {
    this.#lastMail = at
    this.watch.notBefore = 0
  }

  #sendOrAbort (frame: RelayFrame): void {
    if (!this.#stream.send(frame) && this.isOpen) this.abort()
  }

  #end (): void {
    if (this.#isOver) return
    this.#isOver = true
    this.answers.close()
    if (!this.#host.process.isOver) this.#host.onEnd(this)
  }
}
