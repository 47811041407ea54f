/**
 * One session stream with one node: Hello, then questions and answers by number, deposits by ticket, pushes and
 * beats as they come. It knows frames and limits and nothing of mail: what arrives is handed on.
 *
 * Everything is bounded. A question has a time-out and only so many wait; deposits keep to what the node's Hello
 * allows; pushes that are not opened yet are counted, and beyond the limit let go: they are on the node's disk, and
 * the next drain brings them.
 */
import { ConnectionLostError, MalformedError, RefusedError, TimedOutError, TooLargeError, UnsupportedError } from '../../errors.ts'
import { decodeSessionFrame } from '../../wire/control.ts'
import { FrameStream } from '../../wire/frame-stream.ts'
import { controlFrame, decodeFrame, depositFrame } from '../../wire/frames.ts'
import { helloStoreId, makeHello, refuseHello } from '../../wire/hello.ts'
import { LIMITS } from '../../wire/limits.ts'
import { SessionFrame } from '../../wire/mail.ts'
import { refusalOf, refusalSentence } from '../refusals.ts'
import { SESSION_DEFAULTS } from './defaults.ts'
import { keyPackageFrames, own, required, safe } from './values.ts'
import type { Stream } from '@libp2p/interface'
import type { Abortable, Clock } from '../../ports.ts'
import type { DeliveryKey } from '../../wire/admission.ts'
import type { Bytes, Order, PeerKey, Profile, Refusal, StoreId } from '../../types.ts'
import type { KeyPackagesLeft, Leaving, NodeAddress, Receipts } from '../../wire/mail.ts'

/** What a node says of its own accord. A throw ends the session, never the process. */
export interface SessionEvents {
  /** An envelope of ours. `opened` must be called when it is dealt with: it makes room for the next. */
  push: (session: Session, position: number, envelope: Bytes, opened: () => void) => void
  /** A push is let go for want of room. */
  pushMissed: (session: Session, envelope: Bytes) => void
  pushed: (session: Session, from: number, to: number) => void
  behind: (session: Session, position: number) => void
  presence: (session: Session, beat: Bytes) => void
  accepted: (session: Session, tickets: number[]) => void
  receipts: (session: Session, receipts: Receipts) => void
  refused: (session: Session, tickets: number[], refusal: Refusal) => void
  /** A newer route record of somebody; it comes before a refusal with `moved`. */
  moved: (session: Session, record: Bytes) => void
  /** The node is about to leave; others that take users, and when to try it again. */
  leaving: (session: Session, leaving: Leaving) => void
  /** A node of the user's record did not hold what it signed for, the key as it came. */
  accused: (session: Session, node: Bytes) => void
  /** An ephemeral envelope of ours: never stored anywhere, and perhaps shown by another node too. */
  whispered: (session: Session, envelope: Bytes) => void
  /** The node has few key packages of this device, or none. */
  keyPackagesFew: (session: Session, left: KeyPackagesLeft) => void
  /** There is room again after `deposit` answered false. */
  room: (session: Session) => void
  /** A good frame; `spoken` when it is part of a conversation. */
  heard: (session: Session, spoken: boolean) => void
  ended: (session: Session, error?: Error) => void
}

export interface SessionInit {
  stream: Stream
  node: PeerKey
  network: string
  clock: Clock
  events: SessionEvents
  requestTimeoutMs?: number
  lookupTimeoutMs?: number
  requestsMax?: number
  pushQueueBytes?: number
}

/** Who registers: an account. Without its delivery key the node takes everybody’s mail alike, or goes on by the one that it has. */
export interface Registrant { profile: Pick<Profile, 'bytes'>, deliveryKey?: DeliveryKey | undefined }

type Answered = keyof SessionFrame & ('ok' | 'ticket' | 'published' | 'found' | 'nodes' | 'keyPackagesLeft' | 'keyPackages')
interface Waiting { answer: Answered, resolve: (frame: SessionFrame) => void, reject: (error: Error) => void }

export class Session {
  readonly node: PeerKey
  /** Resolves with the node's Hello; rejects when the node cannot be talked to. */
  readonly ready: Promise<void>
  readonly #init: Required<SessionInit>
  readonly #frames: FrameStream
  readonly #waiting = new Map<number, Waiting>()
  #settleReady!: { resolve: () => void, reject: (error: Error) => void }
  #helloSeen = false
  #storeId: StoreId | undefined
  #lastRequest = 0
  #depositsMax = 0
  #pushQueuedBytes = 0

  constructor (init: SessionInit) {
    this.#init = { ...SESSION_DEFAULTS, ...init }
    this.node = init.node
    this.ready = new Promise((resolve, reject) => { this.#settleReady = { resolve, reject } })
    this.ready.catch(() => { /* whoever opens the session awaits it; an end before that is told by `ended` */ })
    this.#frames = new FrameStream(init.stream, {
      onFrame: frame => { this.#onFrame(frame) },
      onRoom: () => { this.#init.events.room(this) },
      onEnd: error => { this.#onEnd(error) }
    })
    this.#frames.send(...controlFrame(SessionFrame.encode({ hello: makeHello(init.network) })))
  }

  get open (): boolean { return this.#frames.open }
  /** The node's store, by which cursors are kept; undefined before its Hello. */
  get storeId (): StoreId | undefined { return this.#storeId }
  /** Deposits that the node lets us have open at a time; 0 before its Hello. */
  get depositsMax (): number { return this.#depositsMax }

  async attach (certificate: Uint8Array, options?: Abortable): Promise<void> {
    await this.#ask({ attach: { certificate: own(certificate) } }, 'ok', options)
  }

  /** What the node is to serve us by: its profile, and the key by which it tells contacts from strangers. */
  async register ({ profile, deliveryKey }: Registrant, options?: Abortable): Promise<{ expiry: number, signature: Bytes }> {
    return required((await this.#ask({ register: { profile: profile.bytes, deliveryKey: deliveryKey?.key } }, 'ticket', options)).ticket)
  }

  /** Resolves with the number of copies on the network. */
  async publish (record: Uint8Array, options?: Abortable): Promise<number> {
    return required((await this.#ask({ publish: own(record) }, 'published', options, this.#init.lookupTimeoutMs)).published).copies
  }

  async find (root: Uint8Array, fresh: boolean, options?: Abortable): Promise<{ record: Bytes, source: number }> {
    return required((await this.#ask({ find: { root: own(root), fresh } }, 'found', options, this.#init.lookupTimeoutMs)).found)
  }

  async findProfile (root: Uint8Array, fresh: boolean, options?: Abortable): Promise<{ record: Bytes, profile: Bytes, source: number }> {
    return required((await this.#ask({ findProfile: { root: own(root), fresh } }, 'found', options, this.#init.lookupTimeoutMs)).found)
  }

  async findNodes (count: number, options?: Abortable): Promise<NodeAddress[]> {
    return required((await this.#ask({ findNodes: count }, 'nodes', options)).nodes).nodes.slice(0, LIMITS.nodesAnswer)
  }

  /** Gives the node somebody's route record, so that it may deposit by it. */
  async route (record: Uint8Array, options?: Abortable): Promise<void> {
    await this.#ask({ route: own(record) }, 'ok', options)
  }

  async watch (tags: Uint8Array[], options?: Abortable): Promise<void> {
    await this.#ask({ watch: { tags: tags.slice(0, LIMITS.presenceTags).map(own) } }, 'ok', options)
  }

  async beat (now: Uint8Array, will: Uint8Array, options?: Abortable): Promise<void> {
    await this.#ask({ beat: { now: own(now), will: own(will) } }, 'ok', options)
  }

  /** Resolves when the collection is durable at the node. */
  async collect (collection: Uint8Array, options?: Abortable): Promise<void> {
    await this.#ask({ collect: own(collection) }, 'ok', options)
  }

  /**
   * Gives the node key packages of this device, to be handed out once each, and one for when none is left. The node keeps the
   * newest `LIMITS.keyPackages`. Resolves with what it has then. Rejects with TooLargeError when one is above
   * `LIMITS.keyPackageBytes`.
   */
  async putKeyPackages (packages: Uint8Array[], lastResort: Uint8Array | undefined, options?: Abortable): Promise<KeyPackagesLeft> {
    let left: KeyPackagesLeft | undefined
    for (const putKeyPackages of keyPackageFrames(packages, lastResort)) {
      left = (await this.#ask({ putKeyPackages }, 'keyPackagesLeft', options)).keyPackagesLeft
    }
    return required(left)
  }

  /** What the node has of this device. */
  async keyPackagesLeft (options?: Abortable): Promise<KeyPackagesLeft> {
    return required((await this.#ask({ countKeyPackages: true }, 'keyPackagesLeft', options)).keyPackagesLeft)
  }

  /**
   * Key packages of a user's devices, by which they can be added to a group: at most one of each device, none verified.
   * `devices` asks for those of these only, since each one-time package can be had once. A device of which none was to be had,
   * or that found no room in the answer, is missing, and may be asked for again.
   */
  async fetchKeyPackages (root: Uint8Array, { devices = [], ...options }: Abortable & { devices?: Uint8Array[] } = {}): Promise<Bytes[]> {
    const fetchKeyPackages = { root: own(root), devices: devices.map(own) }
    return required((await this.#ask({ fetchKeyPackages }, 'keyPackages', options, this.#init.lookupTimeoutMs)).keyPackages).packages.map(({ keyPackage }) => keyPackage as Bytes)
  }

  /** Shows an envelope to those of its reader's devices that are there, if all goes well; nobody stores it or answers. False: it was not said. */
  whisper (envelope: Uint8Array): boolean {
    return envelope.byteLength <= LIMITS.whisperBytes && this.#frames.send(...controlFrame(SessionFrame.encode({ whisper: own(envelope) })))
  }

  /** "Still here?" in five bytes; the pong is told by `heard`. */
  ping (): void {
    this.#frames.send(...controlFrame(SessionFrame.encode({ ping: 1 })))
  }

  /** False: no room now; `room` tells when there is. */
  deposit (ticket: number, order: Pick<Order, 'epoch' | 'seq'>, envelope: Uint8Array): boolean {
    return this.#frames.send(...depositFrame(ticket, order.epoch, order.seq, envelope))
  }

  /** Says goodbye, so that the will is not sent, and closes. */
  async close (options?: Abortable): Promise<void> {
    this.#frames.send(...controlFrame(SessionFrame.encode({ goodbye: true })))
    await this.#frames.close(options)
  }

  abort (error: Error): void { this.#frames.abort(error) }

  async #ask (question: Partial<SessionFrame>, answer: Answered, { signal }: Abortable = {}, timeoutMs = this.#init.requestTimeoutMs): Promise<SessionFrame> {
    signal?.throwIfAborted()
    if (!this.open) throw new ConnectionLostError('the connection to the node has ended')
    if (this.#waiting.size >= this.#init.requestsMax) throw new TooLargeError('too many questions wait for this node')
    const request = this.#nextRequest()
    return await new Promise<SessionFrame>((resolve, reject) => {
      const settle = (): void => {
        this.#waiting.delete(request)
        cancel()
        signal?.removeEventListener('abort', onAbort)
      }
      const waiting: Waiting = { answer, resolve: frame => { settle(); resolve(frame) }, reject: error => { settle(); reject(error) } }
      const onAbort = (): void => { waiting.reject(signal?.reason instanceof Error ? signal.reason : new TimedOutError('the question was given up')) }
      const cancel = this.#init.clock.after(timeoutMs, () => { waiting.reject(new TimedOutError(`the node did not answer within ${timeoutMs / 1000} s`)) })
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiting.set(request, waiting)
      if (!this.#frames.send(...controlFrame(SessionFrame.encode({ ...question, request })))) waiting.reject(new ConnectionLostError('the node reads too slowly'))
    })
  }

  /** Numbers go round, so that they stay short on the wire; those that still wait are passed over. */
  #nextRequest (): number {
    do this.#lastRequest = this.#lastRequest % 0xffff + 1; while (this.#waiting.has(this.#lastRequest))
    return this.#lastRequest
  }

  #onFrame (bytes: Bytes): void {
    const frame = decodeFrame(bytes)
    if (!this.#helloSeen) return this.#onHello(frame.kind === 'control' ? decodeSessionFrame(frame.body) : undefined)
    switch (frame.kind) {
      case 'deposit': throw new MalformedError('a node sends no deposits')
      case 'push':
        this.#init.events.heard(this, true)
        return this.#onPush(frame.position, frame.envelope)
      case 'control': return this.#onControl(decodeSessionFrame(frame.body))
    }
  }

  #onHello (frame: SessionFrame | undefined): void {
    const refusal = frame?.refusal !== undefined ? refusalOf(frame.refusal) : frame?.hello !== undefined ? refuseHello(frame.hello, this.#init.network) : undefined
    if (refusal !== undefined) throw new UnsupportedError(refusalSentence(refusal))
    if (frame?.hello === undefined) throw new MalformedError('the node did not say Hello first')
    this.#helloSeen = true
    this.#storeId = helloStoreId(frame.hello)
    this.#depositsMax = Math.min(LIMITS.inFlightDeposits, frame.hello.limits?.inFlightDeposits || LIMITS.inFlightDeposits)
    this.#settleReady.resolve()
  }

  #onPush (position: number, envelope: Bytes): void {
    const bytes = envelope.byteLength
    if (this.#pushQueuedBytes + bytes > this.#init.pushQueueBytes) return this.#init.events.pushMissed(this, envelope)
    this.#pushQueuedBytes += bytes
    let waits = true
    this.#init.events.push(this, position, envelope, () => {
      if (waits) this.#pushQueuedBytes -= bytes
      waits = false
    })
  }

  #onControl (frame: SessionFrame): void {
    const { events } = this.#init
    const spoken = frame.accepted !== undefined || frame.receipts !== undefined || frame.refused !== undefined || frame.pushed !== undefined
    events.heard(this, spoken)
    if (frame.request > 0) return this.#onAnswer(frame)
    if (frame.ping !== undefined) this.#frames.sendOrAbort(...controlFrame(SessionFrame.encode({ pong: frame.ping })))
    else if (frame.accepted !== undefined) events.accepted(this, frame.accepted.tickets)
    else if (frame.receipts !== undefined) events.receipts(this, frame.receipts)
    else if (frame.refused !== undefined) events.refused(this, frame.refused.tickets, refusalOf(frame.refused.refusal))
    else if (frame.pushed !== undefined) events.pushed(this, safe(frame.pushed.from), safe(frame.pushed.to))
    else if (frame.behind !== undefined) events.behind(this, safe(frame.behind.position))
    else if (frame.presence !== undefined) events.presence(this, frame.presence)
    else if (frame.route !== undefined) events.moved(this, frame.route)
    else if (frame.leaving !== undefined) events.leaving(this, frame.leaving)
    else if (frame.accused !== undefined) events.accused(this, frame.accused)
    else if (frame.whispered !== undefined) events.whispered(this, frame.whispered)
    else if (frame.keyPackagesLeft !== undefined) events.keyPackagesFew(this, frame.keyPackagesLeft)
    else if (frame.refusal !== undefined) throw new RefusedError(refusalSentence(refusalOf(frame.refusal)), refusalOf(frame.refusal))
    // Anything else is from a later version of the protocol, and may be passed over.
  }

  #onAnswer (frame: SessionFrame): void {
    // An answer that came too late has nobody waiting.
    const waiting = this.#waiting.get(frame.request)
    if (waiting === undefined) return
    if (frame.refusal !== undefined) {
      const refusal = refusalOf(frame.refusal)
      return waiting.reject(new RefusedError(refusalSentence(refusal), refusal))
    }
    if (frame[waiting.answer] === undefined) return waiting.reject(new MalformedError('the node gave another kind of answer'))
    waiting.resolve(frame)
  }

  #onEnd (error?: Error): void {
    const lost = error ?? new ConnectionLostError('the node ended the connection')
    this.#settleReady.reject(lost)
    for (const waiting of [...this.#waiting.values()]) waiting.reject(new ConnectionLostError('the connection ended before the answer came', { cause: error }))
    this.#init.events.ended(this, error)
  }
}
