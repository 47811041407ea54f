/**
 * The client's end of one stream with a node, as src/client/session/session.ts has it: deposits by ticket, numbered
 * questions with a time limit each, and a bound on pushes that were not opened yet.
 */
import { SESSION_DEFAULTS } from '../../../src/client/session/defaults.ts'
import { REFUSAL } from '../../../src/types.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { deviceFrame, type DeviceFrame, type NodeFrame } from '../frames.ts'
import type { StreamEnd } from '../../world/network.ts'
import type { DeviceProcess } from './process.ts'
import type { Collection, Envelope, Order, PeerKey, Refusal, RootKey, RouteRecord, StoreId } from '../../../src/types.ts'

type FrameOf<Kind extends NodeFrame['kind']> = Extract<NodeFrame, { kind: Kind }>
export type Answer = FrameOf<'answer'>

/** What a question came to. lost: the stream ended; tooMany: too many wait on it; unreachable: there was nobody to ask. */
export type Outcome =
  | { type: 'answered', answer: Answer }
  | { type: 'refused', refusal: Refusal }
  /** notRouted: the node knows no record of the user. */
  | { type: 'timedOut' | 'lost' | 'tooMany' | 'unreachable' | 'notRouted' }
export type Asked = (outcome: Outcome) => void

/** What a node says of its own accord. */
export interface SessionEvents {
  /** The node has said Hello. */
  ready: (session: Session) => void
  /** `opened` must be called when it is dealt with: it makes room for the next. */
  push: (session: Session, envelope: Envelope, opened: () => void) => void
  /** A push is let go for want of room. */
  pushMissed: (session: Session, envelope: Envelope) => void
  pushed: (session: Session, from: number, to: number) => void
  behind: (session: Session) => void
  accepted: (session: Session, tickets: number[]) => void
  receipts: (session: Session, frame: FrameOf<'receipts'>) => void
  refused: (session: Session, tickets: number[], refusal: Refusal) => void
  /** It comes before a refusal with `moved`. */
  moved: (session: Session, record: RouteRecord) => void
  leaving: (session: Session, frame: FrameOf<'leaving'>) => void
  /** A node of the user's record did not hold what it signed for. */
  accused: (session: Session, node: PeerKey) => void
  /** A good frame; `spoken` when it is part of a conversation. */
  heard: (session: Session, spoken: boolean) => void
  /** broken: the path failed, rather than one of the two said goodbye. */
  ended: (session: Session, broken: boolean) => void
}

export interface SessionInit { stream: StreamEnd<DeviceFrame, NodeFrame>, node: PeerKey, process: DeviceProcess, events: SessionEvents }

interface Waiting { done: Asked, cancel: () => void }

const SPOKEN: ReadonlySet<NodeFrame['kind']> = new Set(['push', 'accepted', 'receipts', 'refused', 'moved', 'pushed'])

export class Session {
  readonly node: PeerKey
  /** Deposits that the node lets us have open at a time. */
  readonly depositsMax = LIMITS.inFlightDeposits
  readonly #stream: StreamEnd<DeviceFrame, NodeFrame>
  readonly #process: DeviceProcess
  readonly #events: SessionEvents
  readonly #waiting = new Map<number, Waiting>()
  #lastRequest = 0
  #storeId: StoreId | undefined
  #pushQueuedBytes = 0
  #isEnded = false

  constructor ({ stream, node, process, events }: SessionInit) {
    this.node = node
    this.#stream = stream
    this.#process = process
    this.#events = events
    stream.onFrame = frame => { if (!this.#isEnded && !process.isOver) this.#onFrame(frame) }
    stream.onEnd = why => { if (!process.isOver) this.#end(why === 'lost') }
  }

  get isOpen (): boolean { return !this.#isEnded }
  /** The node's store, by which cursors are kept; undefined before its Hello. */
  get storeId (): StoreId | undefined { return this.#storeId }
  get queuedBytes (): number { return this.#stream.queuedBytes }
  get pushQueuedBytes (): number { return this.#pushQueuedBytes }
  get questions (): number { return this.#waiting.size }

  attach (root: RootKey, mailbox: Envelope['mailbox'], device: PeerKey, done: Asked): void {
    this.#ask(request => deviceFrame.attach({ request, root, mailbox, device }), done)
  }

  register (root: RootKey, mailbox: Envelope['mailbox'], device: PeerKey, done: Asked): void {
    this.#ask(request => deviceFrame.register({ request, root, mailbox, devices: [device] }), done)
  }

  publish (record: RouteRecord, done: Asked): void {
    this.#ask(request => deviceFrame.publish({ request, record }), done, SESSION_DEFAULTS.lookupTimeoutMs)
  }

  /** Record and profile in one: a profile has no part in a simulation. */
  find (root: RootKey, fresh: boolean, done: Asked): void {
    this.#ask(request => deviceFrame.find({ request, root, fresh }), done, SESSION_DEFAULTS.lookupTimeoutMs)
  }

  route (record: RouteRecord, done: Asked): void { this.#ask(request => deviceFrame.route({ request, record }), done) }

  collect (collection: Collection, done: Asked): void { this.#ask(request => deviceFrame.collect({ request, collection }), done) }

  ping (): void { this.#stream.send(deviceFrame.ping()) }

  /** False: no room now. */
  deposit (ticket: number, { epoch, seq }: Order, envelope: Envelope): boolean {
    return this.#stream.send(deviceFrame.deposit({ ticket, routeEpoch: epoch, routeSeq: seq, envelope }))
  }

  /** Says goodbye and closes. */
  close (): void {
    if (this.#isEnded) return
    this.#stream.send(deviceFrame.goodbye())
    this.#stream.close()
    this.#end(false)
  }

  abort (): void {
    if (this.#isEnded) return
    this.#stream.abort()
    this.#end(true)
  }

  #ask (question: (request: number) => DeviceFrame, done: Asked, timeoutMs: number = SESSION_DEFAULTS.requestTimeoutMs): void {
    if (this.#isEnded) return done({ type: 'lost' })
    if (this.#waiting.size >= SESSION_DEFAULTS.requestsMax) return done({ type: 'tooMany' })
    do this.#lastRequest = this.#lastRequest % 0xffff + 1; while (this.#waiting.has(this.#lastRequest))
    const request = this.#lastRequest
    if (!this.#stream.send(question(request))) return done({ type: 'lost' })
    const cancel = this.#process.after(timeoutMs, () => { this.#settle(request, { type: 'timedOut' }) })
    this.#waiting.set(request, { done, cancel })
  }

  /** An answer that came too late has nobody waiting. */
  #settle (request: number, outcome: Outcome): void {
    const waiting = this.#waiting.get(request)
    if (waiting === undefined) return
    this.#waiting.delete(request)
    waiting.cancel()
    waiting.done(outcome)
  }

  #onFrame (frame: NodeFrame): void {
    if (this.#storeId === undefined) return this.#onHello(frame)
    const events = this.#events
    events.heard(this, SPOKEN.has(frame.kind))
    if (this.#isEnded) return
    switch (frame.kind) {
      case 'answer': return this.#settle(frame.request, frame.refusal === undefined ? { type: 'answered', answer: frame } : { type: 'refused', refusal: frame.refusal })
      case 'accepted': return events.accepted(this, frame.tickets)
      case 'receipts': return events.receipts(this, frame)
      case 'refused': return events.refused(this, frame.tickets, frame.refusal)
      case 'moved':
        events.moved(this, frame.record)
        return events.refused(this, frame.tickets, { code: REFUSAL.moved, retryAfterSeconds: 0 })
      case 'push': return this.#onPush(frame.envelope)
      case 'pushed': return events.pushed(this, frame.from, frame.to)
      case 'behind': return events.behind(this)
      case 'leaving': return events.leaving(this, frame)
      case 'accused': return events.accused(this, frame.node)
      case 'hello':
      case 'pong':
      case 'goodbye':
    }
  }

  #onHello (frame: NodeFrame): void {
    if (frame.kind !== 'hello') return this.abort()
    this.#storeId = frame.storeId
    this.#events.ready(this)
  }

  #onPush (envelope: Envelope): void {
    const bytes = envelope.bytes.byteLength
    if (this.#pushQueuedBytes + bytes > SESSION_DEFAULTS.pushQueueBytes) return this.#events.pushMissed(this, envelope)
    this.#pushQueuedBytes += bytes
    let waits = true
    this.#events.push(this, envelope, () => {
      if (waits) this.#pushQueuedBytes -= bytes
      waits = false
    })
  }

  #end (broken: boolean): void {
    if (this.#isEnded) return
    this.#isEnded = true
    for (const request of [...this.#waiting.keys()]) this.#settle(request, { type: 'lost' })
    this.#events.ended(this, broken)
  }
}
