/**
 * One device's session with its node, from Hello to the end of the stream (docs/protocol.md, "Session"). This class
 * reads frames, knows whether the device is attached, and answers requests; what the requests mean is in
 * session-requests.ts, and envelopes go straight to the relay.
 */
import { MalformedError, RefusedError, TooLargeError } from '../errors.ts'
import { REFUSAL } from '../types.ts'
import { FrameStream } from '../wire/frame-stream.ts'
import { controlFrame, decodeFrame } from '../wire/frames.ts'
import { makeHello, refuseHello } from '../wire/hello.ts'
import { SessionFrame } from '../wire/mail.ts'
import { NODE_DEFAULTS } from './defaults.ts'
import type { DeviceLink } from '../relay/index.ts'
import type { Bytes, DeviceCertificate, MailboxId, Millis, PeerKey, Refusal, StoreId } from '../types.ts'
import type { Logger, Stream } from '@libp2p/interface'

/** What a session asks of its node. */
export interface SessionHost {
  network: string
  storeId: StoreId
  log: Logger
  now: () => Millis
  /** The relay takes the device's envelopes; `lost` takes the link back. */
  attach: (link: DeviceLink) => () => void
  submit: (link: DeviceLink, ticket: number, routeEpoch: number, routeSeq: number, envelope: Bytes) => void
  /** Answers one request. A throw becomes a refusal. */
  answer: (session: Session, frame: SessionFrame) => Promise<Answer>
  ended: (session: Session, goodbye: boolean) => void
}

export interface Attached { certificate: DeviceCertificate, mailbox: MailboxId }

export type Answer = Partial<SessionFrame>

export class Session {
  /** Unlike every other session's of this run. */
  readonly id: string
  readonly device: PeerKey
  readonly #host: SessionHost
  readonly #frames: FrameStream
  #greeted = false
  #goodbye = false
  #openRequests = 0
  #lastHeard: Millis
  #attached: Attached | undefined
  #link: DeviceLink | undefined
  #detach: (() => void) | undefined

  constructor (id: string, stream: Stream, device: PeerKey, host: SessionHost) {
    this.id = id
    this.device = device
    this.#host = host
    this.#lastHeard = host.now()
    this.#frames = new FrameStream(stream, {
      onFrame: bytes => { this.#onFrame(bytes) },
      onEnd: error => { this.#onEnd(error) }
    })
    this.#send({ hello: makeHello(host.network, host.storeId) })
  }

  /** Set once the device has shown whose it is. */
  get attached (): Attached | undefined { return this.#attached }

  /** When the device was last heard. */
  get lastHeard (): Millis { return this.#lastHeard }

  abort (error: Error): void { this.#frames.abort(error) }

  /** From now on the device deposits, and gets what arrives for its mailbox. */
  attach (certificate: DeviceCertificate, mailbox: MailboxId): void {
    this.#detach?.()
    this.#attached = { certificate, mailbox }
    this.#link = {
      device: this.device,
      mailbox,
      send: (...parts) => this.#frames.send(...parts),
      sendOrAbort: (...parts) => { this.#frames.sendOrAbort(...parts) },
      pause: () => { this.#frames.pause() },
      resume: () => { this.#frames.resume() }
    }
    this.#detach = this.#host.attach(this.#link)
  }

  /** A beat of somebody whom the device watches. Left out when the device reads too slowly: the next one tells. */
  presence (beat: Bytes): void {
    this.#frames.send(...controlFrame(SessionFrame.encode({ presence: beat })))
  }

  async close (): Promise<void> {
    await this.#frames.close({ signal: AbortSignal.timeout(NODE_DEFAULTS.dialTimeoutMs) })
  }

  #onFrame (bytes: Bytes): void {
    this.#lastHeard = this.#host.now()
    const frame = decodeFrame(bytes)
    switch (frame.kind) {
      case 'deposit':
        if (this.#link === undefined) throw new MalformedError('a deposit came before the device was attached')
        this.#host.submit(this.#link, frame.ticket, frame.routeEpoch, frame.routeSeq, frame.envelope)
        break
      case 'control':
        this.#onControl(SessionFrame.decode(frame.body))
        break
      case 'push':
        throw new MalformedError('a device does not push')
    }
  }

  #onControl (frame: SessionFrame): void {
    if (!this.#greeted) this.#greet(frame)
    else if (frame.ping !== undefined) this.#send({ pong: frame.ping })
    else if (frame.goodbye !== undefined) this.#goodbye = true
    else this.#onRequest(frame)
  }

  #greet (frame: SessionFrame): void {
    if (frame.hello === undefined) throw new MalformedError('the session did not begin with a Hello')
    const refusal = refuseHello(frame.hello, this.#host.network)
    if (refusal !== undefined) {
      this.#send({ refusal })
      this.close().catch(error => { this.#frames.abort(error) })
      return
    }
    this.#greeted = true
  }

  #onRequest (frame: SessionFrame): void {
    if (this.#openRequests >= NODE_DEFAULTS.openRequestsMax) {
      this.#send({ request: frame.request, refusal: { code: REFUSAL.busy, retryAfterSeconds: 1 } })
      return
    }
    this.#openRequests++
    this.#host.answer(this, frame)
      .catch((error: Error): Answer => ({ refusal: refusalOf(error, this.#host.log) }))
      .then(answer => { this.#send({ request: frame.request, ...answer }) })
      .finally(() => { this.#openRequests-- })
      .catch(error => { this.#frames.abort(error) })
  }

  #send (frame: Partial<SessionFrame>): void {
    this.#frames.sendOrAbort(...controlFrame(SessionFrame.encode(frame)))
  }

  #onEnd (error?: Error): void {
    if (error !== undefined) this.#host.log('a session ended: %s', error.message)
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
  if (code === undefined) log.error('a request failed: %s', error.message)
  return { code: code ?? REFUSAL.busy, retryAfterSeconds: code === undefined ? 5 : 0 }
}

const REFUSED_ERRORS: Record<string, Refusal['code']> = {
  [MalformedError.name]: REFUSAL.malformed,
  [TooLargeError.name]: REFUSAL.malformed,
  NotAuthenticError: REFUSAL.malformed,
  ExpiredError: REFUSAL.expired,
  UnsupportedError: REFUSAL.unsupported,
  StoreFailedError: REFUSAL.storeFailed
}
