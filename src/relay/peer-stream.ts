/**
 * One relay stream with another node (docs/protocol.md, "Relay"), whoever opened it: deposits go both ways, and so do
 * the answers to them. This class reads and writes frames; what they mean is decided by the cores.
 */
import { MalformedError } from '../errors.ts'
import { decodeRelayFrame } from '../wire/control.ts'
import { controlFrame, decodeFrame, depositFrame } from '../wire/frames.ts'
import { FrameStream } from '../wire/frame-stream.ts'
import { makeHello, refuseHello } from '../wire/hello.ts'
import { LIMITS } from '../wire/limits.ts'
import { RelayFrame } from '../wire/mail.ts'
import { Answers, type Answer } from './answers.ts'
import { Gate } from './gate.ts'
import type { SourceId } from './intake.core.ts'
import type { StreamTimes } from './upkeep.core.ts'
import type { Clock } from '../ports.ts'
import type { Bytes, Millis, PeerKey, StoreId } from '../types.ts'
import type { Audit, Audited, Digests, Receipts, Refused } from '../wire/mail.ts'
import type { Stream } from '@libp2p/interface'

/** What a relay stream asks of the relay. */
export interface PeerStreamHost {
  network: string
  storeId: StoreId
  clock: Clock
  onDeposit: (from: PeerStream, ticket: number, routeEpoch: number, routeSeq: number, envelope: Bytes) => void
  onReceipts: (from: PeerStream, receipts: Receipts) => void
  onRefused: (from: PeerStream, refused: Refused) => void
  /** A newer record, for the refusal that follows. */
  onMoved: (from: PeerStream, route: Bytes) => void
  onCollection: (from: PeerStream, collection: Bytes) => void
  /** What the node holds of mailboxes that it believes to share with us. */
  onDigests: (from: PeerStream, digests: Digests) => void
  onAudit: (from: PeerStream, audit: Audit) => void
  onAudited: (from: PeerStream, audited: Audited) => void
  /** An envelope that nobody stores. */
  onWhisper: (from: PeerStream, envelope: Bytes) => void
  /** It takes no more deposits, and its streams will end. */
  onLeaving: (from: PeerStream) => void
  /** The other side's Hello fits ours. */
  onGreeted: (stream: PeerStream) => void
  onEnd: (stream: PeerStream, error: Error | undefined) => void
}

/** What is said to a node beside deposits and their answers. */
export type PeerWord = Partial<Pick<RelayFrame, 'collect' | 'digests' | 'audit' | 'audited' | 'leaving' | 'whisper' | 'idle'>>

export interface PeerStreamInit { id: SourceId, node: PeerKey, stream: Stream, outbound: boolean, host: PeerStreamHost }

export class PeerStream {
  readonly id: SourceId
  readonly node: PeerKey
  readonly outbound: boolean
  readonly gate: Gate
  readonly answers: Answers
  readonly #host: PeerStreamHost
  readonly #frames: FrameStream
  #greeted = false
  #refused = false
  #isIdle = false
  #lastHeard: Millis
  #lastUsed: Millis
  #lastMail: Millis
  #pingedAt: Millis | undefined
  #pings = 0
  /** What the other side takes, as its Hello says. */
  #frameBytesMax: number = LIMITS.frameBytes
  #inFlightMax: number = LIMITS.inFlightDeposits
  #inFlight = 0

  constructor ({ id, node, stream, outbound, host }: PeerStreamInit) {
    this.id = id
    this.node = node
    this.outbound = outbound
    this.#host = host
    this.#lastHeard = this.#lastUsed = this.#lastMail = host.clock.now()
    this.#frames = new FrameStream(stream, {
      onFrame: bytes => { this.#onFrame(bytes) },
      onEnd: error => {
        this.answers.close()
        host.onEnd(this, error)
      }
    })
    this.gate = new Gate(this.#frames)
    this.answers = new Answers({ sink: this.#frames, encode: encodeAnswer, gate: this.gate, clock: host.clock })
    this.#send({ hello: makeHello(host.network, host.storeId) })
  }

  /** Whether the other side has said a Hello that fits ours. */
  get greeted (): boolean { return this.#greeted }
  get open (): boolean { return this.#frames.open }
  /** Whether the other side has said that it ends the stream only for want of room. */
  get isIdle (): boolean { return this.#isIdle }
  /** What its upkeep depends on. */
  get times (): StreamTimes {
    return { lastHeard: this.#lastHeard, lastUsed: this.#lastUsed, lastMail: this.#lastMail, pingedAt: this.#pingedAt, isOutbound: this.outbound }
  }

  get queuedBytes (): number { return this.#frames.queuedBytes }
  /** Deposits that the other side has not answered. */
  get inFlight (): number { return this.#inFlight }

  /** False when there is no room, here or in what the node takes: it counts as busy. */
  deposit (ticket: number, routeEpoch: number, routeSeq: number, envelope: Bytes): boolean {
    const parts = depositFrame(ticket, routeEpoch, routeSeq, envelope)
    const bytes = parts.reduce((sum, part) => sum + part.byteLength, 0)
    if (this.#inFlight >= this.#inFlightMax || bytes > this.#frameBytesMax || !this.#frames.send(...parts)) return false
    this.#inFlight++
    this.#lastUsed = this.#lastMail = this.#host.clock.now()
    return true
  }

  /** False when there is no room. */
  say (word: PeerWord): boolean {
    this.#lastUsed = this.#host.clock.now()
    return this.#frames.send(...controlFrame(RelayFrame.encode(word)))
  }

  ping (): void {
    this.#pingedAt ??= this.#host.clock.now()
    this.#send({ ping: ++this.#pings >>> 0 })
  }

  abort (error: Error): void { this.#frames.abort(error) }

  async close (options?: { signal?: AbortSignal }): Promise<void> { await this.#frames.close(options) }

  #onFrame (bytes: Bytes): void {
    if (this.#refused) return
    this.#lastHeard = this.#host.clock.now()
    this.#pingedAt = undefined
    const frame = decodeFrame(bytes)
    switch (frame.kind) {
      case 'control': return this.#onControl(decodeRelayFrame(frame.body))
      case 'push': throw new MalformedError('a node does not push to a node')
      case 'deposit':
        if (!this.#greeted) throw new MalformedError('the relay stream did not begin with a Hello')
        this.#lastUsed = this.#lastMail = this.#lastHeard
        this.#host.onDeposit(this, frame.ticket, frame.routeEpoch, frame.routeSeq, frame.envelope)
    }
  }

  #onControl (frame: RelayFrame): void {
    if (!this.#greeted) return this.#greet(frame)
    if (frame.ping !== undefined) return this.#send({ pong: frame.ping })
    if (frame.pong !== undefined) return
    this.#lastUsed = this.#lastHeard
    if (frame.receipts !== undefined) {
      this.#answered(frame.receipts.tickets)
      this.#host.onReceipts(this, frame.receipts)
    } else if (frame.refused !== undefined) {
      this.#answered(frame.refused.tickets)
      this.#host.onRefused(this, frame.refused)
    } else if (frame.moved !== undefined) this.#host.onMoved(this, frame.moved)
    else if (frame.collect !== undefined) this.#host.onCollection(this, frame.collect)
    else if (frame.digests !== undefined) this.#host.onDigests(this, frame.digests)
    else if (frame.audit !== undefined) this.#host.onAudit(this, frame.audit)
    else if (frame.audited !== undefined) this.#host.onAudited(this, frame.audited)
    else if (frame.whisper !== undefined) this.#host.onWhisper(this, frame.whisper)
    else if (frame.leaving === true) this.#host.onLeaving(this)
    else if (frame.idle === true) this.#isIdle = true
    else if (frame.hello !== undefined) throw new MalformedError('a second Hello came on a relay stream')
  }

  #greet (frame: RelayFrame): void {
    if (frame.refused !== undefined) throw new MalformedError(`the other node refuses to talk: reason ${frame.refused.refusal?.code ?? 0}`)
    if (frame.hello === undefined) throw new MalformedError('the relay stream did not begin with a Hello')
    const refusal = refuseHello(frame.hello, this.#host.network)
    if (refusal === undefined) {
      const { frameBytes = 0, inFlightDeposits = 0 } = frame.hello.limits ?? {}
      if (frameBytes > 0) this.#frameBytesMax = frameBytes
      if (inFlightDeposits > 0) this.#inFlightMax = inFlightDeposits
      this.#greeted = true
      this.#host.onGreeted(this)
      return
    }
    this.#refused = true
    this.#send({ refused: { tickets: [], refusal } })
    this.close().catch(error => { this.#frames.abort(error) })
  }

  #answered (tickets: number[]): void {
    this.#lastMail = this.#lastHeard
    this.#inFlight = Math.max(0, this.#inFlight - tickets.length)
  }

  #send (frame: Partial<RelayFrame>): void {
    this.#frames.sendOrAbort(...controlFrame(RelayFrame.encode(frame)))
  }
}

function encodeAnswer ({ receipts, refused, route }: Answer): Bytes {
  return RelayFrame.encode({ receipts, refused, moved: route })
}
