/**
 * Mailboxes drained in pages, as src/relay/drain.ts serves them: one request, then pages as fast as the reader takes
 * them. A reader that takes none for too long is cut off.
 */
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { REFUSAL, type Refusal } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { SYNC, syncFrame, type SyncFrame } from './frames.ts'
import { SimAnswering } from './node-answering.ts'
import type { SimUsers } from './node-users.ts'
import type { SimProcess } from './process.ts'
import type { StorePerformer } from './store-performer.ts'
import type { Host, StreamEnd } from '../world/network.ts'
import type { Millis, PeerKey } from '../../src/types.ts'

export interface DrainParts { process: SimProcess, network: Host, store: StorePerformer, users: SimUsers }

type SyncEnd = StreamEnd<SyncFrame>
type DrainRequest = Extract<SyncFrame, { kind: 'drain' }>

/** What the network takes before the node's side of a stream waits: the muxer's largest window. */
const WINDOW_BYTES = 1024 * 1024
/** How often a stream that was full is looked at again: about a round trip. */
const ROOM_MS = 100

/** deadline: until when something must have moved. */
interface Reader { stream: SyncEnd, deadline: Millis, isServed: boolean, isOver: boolean, answering: SimAnswering | undefined }

export class SimDrains {
  readonly #parts: DrainParts
  readonly #readers = new Set<Reader>()
  readonly #byPeer = new Map<PeerKey, number>()
  /** One timer for all readers, since most are gone before any is due. */
  #timer: { at: Millis, cancel: () => void } | undefined

  constructor (parts: DrainParts) {
    this.#parts = parts
    parts.network.handle(SYNC, stream => { if (!parts.process.isOver) this.#serve(stream as SyncEnd) })
  }

  /** Those that get pages. */
  get count (): number {
    let count = 0
    for (const { isServed } of this.#readers) if (isServed) count++
    return count
  }

  stop (): void {
    for (const reader of [...this.#readers]) this.#cutOff(reader)
  }

  #serve (stream: SyncEnd): void {
    const peer = stream.peer as PeerKey
    const count = (this.#byPeer.get(peer) ?? 0) + 1
    if (count > RELAY_DEFAULTS.drainsPerConnectionMax) return stream.abort()
    this.#byPeer.set(peer, count)
    const reader: Reader = { stream, deadline: 0, isServed: false, isOver: false, answering: undefined }
    this.#readers.add(reader)
    let isAsked = false
    stream.onEnd = () => { this.#end(reader) }
    stream.onFrame = frame => {
      if (reader.answering !== undefined || (!isAsked && frame.kind === 'pull')) return this.#pull(reader, frame)
      // What a reader sends after its request is not read.
      if (reader.isOver || isAsked || frame.kind !== 'drain') return
      isAsked = true
      this.#answer(reader, frame)
    }
    this.#alarm(reader, RELAY_DEFAULTS.drainRequestMs)
  }

  /** Another node's: one after the other, until it closes. */
  #pull (reader: Reader, frame: SyncFrame): void {
    if (reader.isOver) return
    if (reader.answering === undefined && this.#readers.size > RELAY_DEFAULTS.drainsMax) return this.#refuse(reader, { code: REFUSAL.busy, retryAfterSeconds: RELAY_DEFAULTS.busyRetrySeconds })
    reader.answering ??= new SimAnswering(reader.stream, this.#parts)
    this.#alarm(reader, RELAY_DEFAULTS.drainStallMs)
    reader.answering.take(frame)
    if (!reader.stream.isOpen) this.#end(reader)
  }

  #answer (reader: Reader, request: DrainRequest): void {
    const { store, users } = this.#parts
    if (this.#readers.size > RELAY_DEFAULTS.drainsMax) return this.#refuse(reader, { code: REFUSAL.busy, retryAfterSeconds: RELAY_DEFAULTS.busyRetrySeconds })
    // An unknown mailbox is not told apart.
    if (users.devices(request.mailbox)?.includes(request.device) !== true) return this.#refuse(reader, { code: REFUSAL.notServed, retryAfterSeconds: 0 })
    reader.isServed = true
    const position = request.storeId === store.storeId ? request.position : 0
    reader.stream.send(syncFrame.start(store.storeId, position))
    this.#alarm(reader, RELAY_DEFAULTS.drainStallMs)
    this.#pages(reader, request, position)
  }

  #pages (reader: Reader, request: DrainRequest, from: number): void {
    const { store, process } = this.#parts
    const { stream } = reader
    for (let position = from, last = false; !last;) {
      if (reader.isOver) return
      if (stream.queuedBytes > WINDOW_BYTES) {
        process.after(ROOM_MS, () => { this.#pages(reader, request, position) })
        return
      }
      const page = store.page(request.mailbox, position, LIMITS.pageBytes, request.device)
      position = page.position
      last = page.last
      stream.send(syncFrame.page({ storeId: store.storeId, envelopes: page.envelopes, position, last }))
      this.#alarm(reader, RELAY_DEFAULTS.drainStallMs)
    }
    stream.close()
    this.#end(reader)
  }

  #refuse (reader: Reader, refusal: Refusal): void {
    reader.stream.send(syncFrame.refusal(refusal))
    reader.stream.close()
    this.#end(reader)
  }

  #alarm (reader: Reader, ms: number): void {
    reader.deadline = this.#parts.process.now() + ms
    if (this.#timer === undefined || reader.deadline < this.#timer.at) this.#watchUntil(reader.deadline)
  }

  #watchUntil (at: Millis): void {
    const { process } = this.#parts
    this.#timer?.cancel()
    const cancel = process.after(at - process.now(), () => {
      this.#timer = undefined
      for (const reader of [...this.#readers]) if (reader.deadline <= process.now()) this.#cutOff(reader)
      let next = Infinity
      for (const { deadline } of this.#readers) next = Math.min(next, deadline)
      if (next < Infinity) this.#watchUntil(next)
    })
    this.#timer = { at, cancel }
  }

  #cutOff (reader: Reader): void {
    reader.stream.abort()
    this.#end(reader)
  }

  #end (reader: Reader): void {
    if (reader.isOver) return
    reader.isOver = true
    this.#readers.delete(reader)
    const peer = reader.stream.peer as PeerKey
    const left = (this.#byPeer.get(peer) ?? 1) - 1
    if (left === 0) this.#byPeer.delete(peer)
    else this.#byPeer.set(peer, left)
  }
}
