/**
 * One device's session with its node, from Hello to the end of the stream (docs/protocol.md, "Session"). This class
 * reads frames, knows whether the device is attached, and answers requests; what the requests mean is in
 * session-requests.ts, and envelopes go straight to the relay.
 */
import { ConnectionLostError, MalformedError, RefusedError, TimedOutError, TooLargeError } from '../errors.ts'
import { REFUSAL } from '../types.ts'
import { decodeSessionFrame } from '../wire/control.ts'
import { FrameStream } from '../wire/frame-stream.ts'
import { controlFrame, decodeFrame } from '../wire/frames.ts'
import { makeHello, refuseHello } from '../wire/hello.ts'
import { fromHex } from '../wire/hex.ts'
import { SessionFrame, type KeyPackagesLeft, type Leaving } from '../wire/mail.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { Reach } from './reach.ts'
import type { Clock } from '../ports.ts'
import type { DeviceLink } from '../relay/index.ts'
import type { Bytes, DeviceCertificate, MailboxId, Millis, PeerKey, Refusal, StoreId } from '../types.ts'
import type { Logger, Stream } from '@libp2p/interface'

/** What a session asks of its node. */
export interface SessionHost {
  network: string
  storeId: StoreId
  log: Logger
  clock: Clock
  /** The relay takes the device's envelopes; the result takes the link back. */
  attach: (link: DeviceLink) => () => void
  /** Shown to whoever is there, or to nobody. */
  whisper: (link: DeviceLink, envelope: Bytes) => void
  submit: (link: DeviceLink, ticket: number, routeEpoch: number, routeSeq: number, envelope: Bytes) => void
  /** Answers one request. A throw becomes a refusal. */
  answer: (session: Session, frame: SessionFrame) => Promise<Answer>
  /** So many bytes more may wait for this device to read them. */
  queued: (session: Session, bytes: number) => void
  ended: (session: Session, goodbye: boolean) => void
}

export interface SessionInit {
  /** Unlike every other session's of this run. */
  id: string
  stream: Stream
  /** Proven by the connection. */
  device: PeerKey
  /** The place on the Internet that the device speaks from; undefined for one without limits. */
  place: string | undefined
  /** Which addresses the device can dial. */
  reach: Reach
}

export interface Attached { certificate: DeviceCertificate, mailbox: MailboxId }

export type Answer = Partial<SessionFrame>

/** What a device may ask. Whatever else comes with a number is of a later version. */
const QUESTIONS = ['attach', 'register', 'publish', 'find', 'findProfile', 'findNodes', 'route', 'collect', 'watch', 'beat', 'putKeyPackages', 'countKeyPackages', 'fetchKeyPackages'] as const

export class Session {
  readonly id: string
  readonly device: PeerKey
  readonly place: string | undefined
  readonly reach: Reach
  readonly #host: SessionHost
  readonly #frames: FrameStream
  #greeted = false
  #goodbye = false
  /** Set when the stream is at its end or near it: what still comes is not looked at. */
  #over = false
  /** Set when the end has been explained in the log. */
  #explained = false
  #openRequests = 0
  #lastHeard: Millis
  #attached: Attached | undefined
  #link: DeviceLink | undefined
  #detach: (() => void) | undefined
  #cancelTimer: () => void

  constructor ({ id, stream, device, place, reach }: SessionInit, host: SessionHost) {
    this.id = id
    this.device = device
    this.place = place
    this.reach = reach
    this.#host = host
    this.#lastHeard = host.clock.now()
    this.#frames = new FrameStream(stream, {
      onFrame: bytes => { this.#onFrame(bytes) },
      onEnd: error => { this.#onEnd(error) }
    })
    this.#cancelTimer = host.clock.after(NODE_DEFAULTS.helloTimeoutMs, () => { this.abort(new TimedOutError('it did not say Hello')) })
    this.#send({ hello: makeHello(host.network, host.storeId) })
  }

  /** Set once the device has shown whose it is. */
  get attached (): Attached | undefined { return this.#attached }
  /** When the device was last heard. */
  get lastHeard (): Millis { return this.#lastHeard }
  /** Bytes that wait for the device to read them. */
  get queuedBytes (): number { return this.#frames.queuedBytes }

  abort (error: Error): void {
    this.#over = true
    this.#frames.abort(error)
  }

  /** From now on the device deposits, and gets what arrives for its mailbox. False: the session has ended meanwhile. */
  attach (certificate: DeviceCertificate, mailbox: MailboxId): boolean {
    if (this.#over) return false
    this.#detach?.()
    this.#attached = { certificate, mailbox }
    this.#link = {
      device: this.device,
      mailbox,
      send: (...parts) => this.#frames.send(...parts) && this.#count(parts),
      sendOrAbort: (...parts) => {
        this.#frames.sendOrAbort(...parts)
        this.#count(parts)
      },
      pause: () => { this.#frames.pause() },
      resume: () => { this.#frames.resume() },
      accused: node => { this.#send({ accused: fromHex(node) }) }
    }
    this.#detach = this.#host.attach(this.#link)
    return true
  }

  /** A beat of somebody whom the device watches. Left out when the device reads too slowly: the next one tells. */
  presence (beat: Bytes): void {
    const parts = controlFrame(SessionFrame.encode({ presence: beat }))
    if (this.#frames.send(...parts)) this.#count(parts)
  }

  /** Time to bring key packages. */
  keyPackagesFew (left: KeyPackagesLeft): void {
    if (!this.#over) this.#send({ keyPackagesLeft: left })
  }

  /** Tells the device by number and the log in words why the session ends. */
  dismiss (refusal: Refusal, reason: string): void {
    if (this.#over) return
    this.#host.log('the session with %s was ended: %s', shortKey(this.device), reason)
    this.#send({ refusal })
    this.close().catch(error => { this.abort(error) })
  }

  /** Tells the device where else to go. The session ends when it had time for that, unless the device has ended it before. */
  leave (leaving: Leaving): void {
    if (this.#over) return
    this.#send({ leaving })
    this.#cancelTimer()
    this.#cancelTimer = this.#host.clock.after(NODE_DEFAULTS.departureGraceMs, () => { this.close().catch(error => { this.abort(error) }) })
  }

  /** Sends what is queued and ends; a device that does not read it, or does not end too, is cut off. */
  async close (): Promise<void> {
    this.#over = true
    this.#explained = true
    this.#cancelTimer()
    this.#cancelTimer = this.#host.clock.after(NODE_DEFAULTS.closeMs, () => { this.abort(new ConnectionLostError('it did not end its side')) })
    await this.#frames.close({ signal: AbortSignal.timeout(NODE_DEFAULTS.closeMs) })
  }

  #onFrame (bytes: Bytes): void {
    if (this.#over) return
    this.#lastHeard = this.#host.clock.now()
    const frame = decodeFrame(bytes)
    switch (frame.kind) {
      case 'deposit':
        if (this.#link === undefined) throw new MalformedError('a deposit came before the device was attached')
        this.#host.submit(this.#link, frame.ticket, frame.routeEpoch, frame.routeSeq, frame.envelope)
        break
      case 'control':
        this.#onControl(decodeSessionFrame(frame.body))
        break
      case 'push':
        throw new MalformedError('a device does not push')
    }
  }

  #onControl (frame: SessionFrame): void {
    if (!this.#greeted) this.#greet(frame)
    else if (frame.ping !== undefined) this.#send({ pong: frame.ping })
    else if (frame.goodbye !== undefined) this.#goodbye = true
    else if (frame.whisper !== undefined) this.#onWhisper(frame.whisper)
    else this.#onRequest(frame)
  }

  #greet (frame: SessionFrame): void {
    if (frame.hello === undefined) throw new MalformedError('the session did not begin with a Hello')
    const refusal = refuseHello(frame.hello, this.#host.network)
    if (refusal !== undefined) return this.dismiss(refusal, refusal.code === REFUSAL.wrongNetwork ? 'it is of another network' : 'it speaks another version')
    this.#greeted = true
    this.#cancelTimer()
  }

  #onWhisper (envelope: Bytes): void {
    if (this.#link !== undefined) this.#host.whisper(this.#link, envelope)
  }

  #onRequest (frame: SessionFrame): void {
    if (frame.request === 0) {
      if (QUESTIONS.some(question => frame[question] !== undefined)) throw new MalformedError('a question came without its number')
      // A word that this version does not know, and that nobody waits for an answer to.
      return
    }
    if (this.#openRequests >= NODE_DEFAULTS.openRequestsMax) {
      this.#send({ request: frame.request, refusal: { code: REFUSAL.busy, retryAfterSeconds: 1 } })
      return
    }
    this.#openRequests++
    this.#host.answer(this, frame)
      .catch((error: Error): Answer => ({ refusal: refusalOf(error, this.#host.log) }))
      .then(answer => { this.#send({ request: frame.request, ...answer }) })
      .finally(() => { this.#openRequests-- })
      .catch(error => { this.abort(error) })
  }

  #send (frame: Partial<SessionFrame>): void {
    const parts = controlFrame(SessionFrame.encode(frame))
    this.#frames.sendOrAbort(...parts)
    this.#count(parts)
  }

  #count (parts: Uint8Array[]): true {
    let bytes = 0
    for (const part of parts) bytes += part.byteLength
    this.#host.queued(this, bytes)
    return true
  }

  #onEnd (error?: Error): void {
    this.#over = true
    this.#cancelTimer()
    // A device that goes without a word is nothing to tell of.
    if (error !== undefined && !this.#explained && !GONE.has(error.name)) this.#host.log('the session with %s was cut off: %s', shortKey(this.device), error.message)
    this.#detach?.()
    this.#detach = undefined
    this.#link = undefined
    this.#host.ended(this, this.#goodbye)
  }
}

/** What went wrong with a device's value is told to it by number; everything else stays here as one log line. */
function refusalOf (error: Error, log: Logger): Refusal {
  if (error instanceof RefusedError) return error.refusal
  const code = REFUSED_ERRORS[error.name]
  if (code !== undefined) return { code, retryAfterSeconds: 0 }
  log.error('a request failed: %s', error.message)
  return { code: REFUSAL.busy, retryAfterSeconds: NODE_DEFAULTS.retryFailedSeconds }
}

/** How libp2p names the end of a stream that its peer or the network brought about. */
const GONE = new Set(['StreamResetError', 'ConnectionClosedError', 'MuxerClosedError', 'AbortError'])

const REFUSED_ERRORS: Record<string, Refusal['code']> = {
  [MalformedError.name]: REFUSAL.malformed,
  [TooLargeError.name]: REFUSAL.malformed,
  NotAuthenticError: REFUSAL.malformed,
  ExpiredError: REFUSAL.expired,
  UnsupportedError: REFUSAL.unsupported,
  StoreFailedError: REFUSAL.storeFailed
}

function shortKey (device: PeerKey): string {
  return `${device.slice(0, 8)}…`
}
