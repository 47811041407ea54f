/**
 * One device's session with its node, as src/node/session.ts has it: it takes frames, knows whether the device is
 * attached, and answers requests; what these mean is in node-requests.ts, and envelopes go straight to the relay.
 */
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { REFUSAL } from '../../src/types.ts'
import { nodeFrame, type DeviceFrame, type NodeFrame } from './frames.ts'
import type { AttachedDevice, DeviceLink } from './node-relay.ts'
import type { SimProcess } from './process.ts'
import type { StreamEnd } from '../world/network.ts'
import type { MailboxId, Millis, PeerKey, Refusal, RootKey, RouteRecord, Seconds, StoreId } from '../../src/types.ts'

export type SessionEnd = StreamEnd<NodeFrame, DeviceFrame>

/** A numbered question. */
export type DeviceRequest = Extract<DeviceFrame, { request: number }>

/** Fields of the answering frame; none of them for a yes. */
export interface Answer { refusal?: Refusal, record?: RouteRecord, expiry?: Seconds, copies?: number }

export interface SessionHost {
  process: SimProcess
  storeId: StoreId
  attach: (link: DeviceLink) => AttachedDevice
  answer: (session: SimSession, request: DeviceRequest, done: (answer: Answer) => void) => void
  /** So many bytes more may wait for this device to read them. */
  queued: (bytes: number) => void
  ended: (session: SimSession) => void
}

export interface Attached { root: RootKey, mailbox: MailboxId }

export class SimSession {
  /** Proven by the connection. */
  readonly device: PeerKey
  readonly #stream: SessionEnd
  readonly #host: SessionHost
  #attached: Attached | undefined
  #link: AttachedDevice | undefined
  #openRequests = 0
  #lastHeard: Millis
  #isGreeted = false
  #isOver = false
  #cancelTimer: () => void

  constructor (stream: SessionEnd, host: SessionHost) {
    this.device = stream.peer as PeerKey
    this.#stream = stream
    this.#host = host
    this.#lastHeard = host.process.now()
    stream.onFrame = frame => { this.#onFrame(frame) }
    stream.onEnd = () => { this.#end() }
    this.#cancelTimer = host.process.after(NODE_DEFAULTS.helloTimeoutMs, () => { this.abort() })
    this.#send(nodeFrame.hello(host.storeId))
  }

  /** Set once the device has shown whose it is. */
  get attached (): Attached | undefined { return this.#attached }
  get lastHeard (): Millis { return this.#lastHeard }
  get openRequests (): number { return this.#openRequests }
  /** Bytes that wait for the device to read them. */
  get queuedBytes (): number { return this.#stream.queuedBytes }

  abort (): void {
    if (this.#isOver) return
    this.#stream.abort()
    this.#end()
  }

  /** Tells the device to go elsewhere; the session ends when it had time for that. */
  leave (): void {
    if (this.#isOver) return
    this.#send(nodeFrame.leaving({ retryAfterSeconds: NODE_DEFAULTS.retryLeftSeconds, nodes: [] }))
    this.#cancelTimer()
    this.#cancelTimer = this.#host.process.after(NODE_DEFAULTS.departureGraceMs, () => { this.close() })
  }

  /** Sends what is queued and ends. */
  close (): void {
    if (this.#isOver) return
    this.#stream.close()
    this.#end()
  }

  /** From now on the device deposits, and gets what arrives for its mailbox. */
  attach (attached: Attached): void {
    if (this.#isOver) return
    this.#link?.detach()
    this.#attached = attached
    this.#link = this.#host.attach({
      device: this.device,
      mailbox: attached.mailbox,
      send: frame => this.#stream.send(frame) && this.#count(frame),
      sendOrAbort: frame => { this.#send(frame) },
      pause: () => { this.#stream.pause() },
      resume: () => { this.#stream.resume() }
    })
    this.#host.process.note(`session of ${this.device}`)
  }

  #onFrame (frame: DeviceFrame): void {
    const { process } = this.#host
    if (this.#isOver || process.isOver) return
    this.#lastHeard = process.now()
    if (!this.#isGreeted) {
      this.#isGreeted = true
      this.#cancelTimer()
    }
    switch (frame.kind) {
      case 'deposit':
        if (this.#link === undefined) return this.abort()
        return this.#link.submit(frame.ticket, frame.envelope, frame.routeEpoch, frame.routeSeq)
      case 'ping': return this.#send(nodeFrame.pong())
      // Whoever says so has nothing else to say; there is no will to leave out here.
      case 'goodbye': return
      default: return this.#onRequest(frame)
    }
  }

  #onRequest (frame: DeviceRequest): void {
    const { request } = frame
    if (this.#openRequests >= NODE_DEFAULTS.openRequestsMax) {
      return this.#send(nodeFrame.answer({ request, refusal: { code: REFUSAL.busy, retryAfterSeconds: 1 } }))
    }
    this.#openRequests++
    this.#host.answer(this, frame, answer => {
      this.#openRequests--
      if (!this.#isOver) this.#send(nodeFrame.answer({ request, ...answer }))
    })
  }

  #send (frame: NodeFrame): void {
    if (this.#stream.send(frame)) this.#count(frame)
    else this.abort()
  }

  #count ({ bytes }: NodeFrame): true {
    this.#host.queued(bytes)
    return true
  }

  #end (): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#cancelTimer()
    this.#link?.detach()
    this.#link = undefined
    if (!this.#host.process.isOver) this.#host.ended(this)
  }
}
