/** A stream between two processes: two ends, and a pipe each way. */
import { Pipe } from './pipe.ts'
import type { Frame, Leavable, Machine, Medium, Receiver, StreamEnd } from './link.ts'

export interface StreamInit { medium: Medium, protocol: string, opener: Machine, acceptor: Machine }

export class Stream implements Leavable {
  readonly openerEnd: End
  readonly acceptorEnd: End
  /** Until the opener knows that the stream stands. */
  readonly openedInMs: number
  readonly #medium: Medium

  constructor ({ medium, protocol, opener, acceptor }: StreamInit) {
    this.#medium = medium
    const wayMs = opener.wayMs + acceptor.wayMs
    this.openedInMs = Math.ceil(wayMs)
    this.openerEnd = new End(this, opener, acceptor, protocol)
    this.acceptorEnd = new End(this, acceptor, opener, protocol)
    this.openerEnd.out = new Pipe({ medium, own: this.openerEnd, into: this.acceptorEnd, notBefore: medium.world.now() })
    this.acceptorEnd.out = new Pipe({ medium, own: this.acceptorEnd, into: this.openerEnd, notBefore: medium.world.now() + this.openedInMs })
    opener.streams.add(this)
    acceptor.streams.add(this)
  }

  /** Whether it is one with that process. */
  joins (machine: Machine): boolean { return this.openerEnd.self === machine || this.acceptorEnd.self === machine }

  otherEnd (end: End): End { return end === this.openerEnd ? this.acceptorEnd : this.openerEnd }

  /** A process of one end is gone: its end is silent, and the other is reset unless the machine cannot say so. */
  vanished (machine: Machine, how: 'crash' | 'power'): void {
    const end = this.openerEnd.self === machine ? this.openerEnd : this.acceptorEnd
    const other = this.otherEnd(end)
    end.fallSilent()
    if (how === 'crash' && !this.#medium.isCut(machine.id, other.self.id)) this.#resetLater(other)
  }

  /** An end has given the stream up, or was told to: the other hears of it when the network lets it. */
  aborted (end: End): void {
    const other = this.otherEnd(end)
    if (!this.#medium.isCut(end.self.id, other.self.id)) this.#resetLater(other)
  }

  forget (end: End): void { end.self.streams.delete(this) }

  #resetLater (end: End): void {
    const { wayMs } = end.self
    this.#medium.world.after(wayMs + this.otherEnd(end).self.wayMs, () => { end.lose() })
  }
}

/** What an actor holds of a stream. */
export class End implements StreamEnd, Receiver {
  readonly self: Machine
  readonly protocol: string
  readonly peer: string
  readonly #stream: Stream
  /** Set by the stream as soon as both ends are there. */
  out!: Pipe
  isOpen = true
  isPaused = false
  /** Over without a goodbye: whoever still sends to it is reset. */
  isUnknown = false
  onFrame: (frame: Frame) => void = () => {}
  onEnd: (why: 'closed' | 'lost') => void = () => {}

  constructor (stream: Stream, self: Machine, peer: Machine, protocol: string) {
    this.#stream = stream
    this.self = self
    this.peer = peer.id
    this.protocol = protocol
  }

  get queuedBytes (): number { return this.out.queuedBytes }

  send (frame: Frame): boolean { return this.isOpen && this.out.send(frame) }

  close (): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.#stream.forget(this)
    this.out.endAfterQueued()
  }

  abort (): void {
    if (!this.isOpen) return
    this.fallSilent()
    this.#stream.aborted(this)
    this.#stream.forget(this)
  }

  pause (): void { this.isPaused = true }

  resume (): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.#stream.otherEnd(this).out.goOn()
  }

  /** Nothing more is sent or taken in here, and nobody is told. */
  fallSilent (): void {
    this.isOpen = false
    this.isUnknown = true
    this.out.drop()
  }

  /** The peer has closed. */
  ended (): void {
    if (!this.isOpen) return
    this.fallSilent()
    this.#stream.forget(this)
    this.onEnd('closed')
  }

  /** Reset by the peer's system, or given up by ours. */
  lose (): void {
    if (!this.isOpen) return
    this.fallSilent()
    this.#stream.forget(this)
    this.onEnd('lost')
  }
}
