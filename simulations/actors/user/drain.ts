/**
 * One drain of a replica's mailbox, page by page, as src/relay/client.ts reads it: the reader's pace is the pace, the
 * node is held to the form, and silence ends it.
 */
import { CLIENT_DEFAULTS } from '../../../src/client/defaults.ts'
import { RELAY_DEFAULTS } from '../../../src/relay/defaults.ts'
import { SYNC, syncFrame, type SyncFrame } from '../frames.ts'
import type { StreamEnd } from '../../world/network.ts'
import type { Account } from './account.ts'
import type { Alarm, DeviceProcess } from './process.ts'
import type { Cursor, Envelope, Millis, PeerKey, Refusal, StoreId } from '../../../src/types.ts'

export interface DrainInit {
  process: DeviceProcess
  account: Account
  node: PeerKey
  /** Where an earlier drain of this node ended. */
  cursor: Cursor | undefined
  /** The node has said which store it drains. */
  started: (storeId: StoreId) => void
  /** A page, from one position to another. goOn: called when everything of it is dealt with; false gives the drain up. */
  page: (envelopes: Envelope[], range: { from: number, to: number }, goOn: (more: boolean) => void) => void
  /** Once. failure: why it did not come to its end; undefined also when it was given up on purpose. refusal: when the node said no. */
  ended: (failure: string | undefined, refusal: Refusal | undefined) => void
}

export class Drain {
  readonly #init: DrainInit
  #stream: StreamEnd<SyncFrame> | undefined
  /** Frames that wait for the page before them. */
  readonly #queue: SyncFrame[] = []
  #queuedBytes = 0
  #store: StoreId | undefined
  #position = 0
  #isBusy = false
  #isOver = false
  #refusal: Refusal | undefined
  /** When it began to wait for the next frame. */
  #waitsSince: Millis = 0
  readonly #silence: Alarm

  constructor (init: DrainInit) {
    this.#init = init
    const { process, account, node, cursor } = init
    this.#silence = process.alarm(() => { this.#onSilence() })
    process.host.open(node, SYNC, CLIENT_DEFAULTS.drainStallMs, stream => {
      if (this.#isOver) return stream?.abort()
      if (stream === undefined) return this.#end('the node cannot be reached')
      this.#read(stream as StreamEnd as StreamEnd<SyncFrame>)
      this.#stream?.send(syncFrame.drain({ mailbox: account.mailbox, device: account.device, storeId: cursor?.storeId, position: cursor?.position ?? 0 }))
    })
  }

  get queuedBytes (): number { return this.#queuedBytes }

  stop (): void { this.#end('the client is stopping') }

  #read (stream: StreamEnd<SyncFrame>): void {
    this.#stream = stream
    stream.onFrame = frame => {
      if (this.#init.process.isOver || this.#isOver) return
      this.#queue.push(frame)
      this.#queuedBytes += frame.bytes
      if (this.#queuedBytes > RELAY_DEFAULTS.drainQueueBytes) stream.pause()
      this.#next()
    }
    stream.onEnd = () => {
      if (this.#init.process.isOver) return
      this.#stream = undefined
      // What came before the end is still read.
      if (!this.#isBusy && this.#queue.length === 0) this.#end('the node ended the drain before its end')
    }
    this.#awaitFrame()
  }

  #awaitFrame (): void {
    this.#waitsSince = this.#init.process.now()
    if (!this.#silence.isSet) this.#silence.set(this.#waitsSince + RELAY_DEFAULTS.drainAnswerMs)
  }

  /** No timer is moved per frame: it finds out by itself that it is early, or that nothing is waited for. */
  #onSilence (): void {
    if (this.#isBusy) return
    const until = this.#waitsSince + RELAY_DEFAULTS.drainAnswerMs
    if (until > this.#init.process.now()) this.#silence.set(until)
    else this.#end('the node did not go on in time')
  }

  #next (): void {
    if (this.#isBusy || this.#isOver) return
    const frame = this.#queue.shift()
    if (frame === undefined) return this.#stream === undefined ? this.#end('the node ended the drain before its end') : this.#awaitFrame()
    this.#queuedBytes -= frame.bytes
    if (this.#queuedBytes <= RELAY_DEFAULTS.drainQueueBytes / 2) this.#stream?.resume()
    switch (frame.kind) {
      case 'start': return this.#onStart(frame.storeId, frame.position)
      case 'page': return this.#onPage(frame)
      case 'refusal':
        this.#refusal = frame.refusal
        return this.#end(`refused with ${frame.refusal.code}`)
      default: return this.#end('a node says this to nodes only')
    }
  }

  #onStart (storeId: StoreId, position: number): void {
    const { cursor, started } = this.#init
    const isAsked = position === 0 || (storeId === cursor?.storeId && position === cursor.position)
    if (!isAsked || this.#store !== undefined) return this.#end('the node starts the drain where it was not asked to')
    this.#store = storeId
    this.#position = position
    started(storeId)
    this.#next()
  }

  #onPage ({ storeId, envelopes, position, last }: Extract<SyncFrame, { kind: 'page' }>): void {
    const { account, page, process } = this.#init
    const isOurs = envelopes.every(({ envelope }) => envelope.mailbox === account.mailbox)
    if (storeId !== this.#store || position < this.#position || !isOurs) return this.#end('the node drains something else')
    const from = this.#position
    this.#position = position
    this.#isBusy = true
    page(envelopes.map(({ envelope }) => envelope), { from, to: position }, more => {
      // Whoever says so is in the middle of something.
      process.soon(() => {
        this.#isBusy = false
        if (last || !more) this.#end(undefined, last)
        else this.#next()
      })
    })
  }

  /** isComplete: both sides know that it is over. */
  #end (failure: string | undefined, isComplete = false): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#silence.stop()
    if (isComplete) this.#stream?.close()
    else this.#stream?.abort()
    this.#init.ended(failure, this.#refusal)
  }
}
