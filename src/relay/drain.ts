/**
 * A mailbox drained in pages (docs/protocol.md, "Sync"): one request, then pages as fast as the reader takes them.
 *
 * The next page is read from the store when the stream has taken the one before. Neither a reader that stops reading
 * nor one that opens its window byte by byte makes this node hold more than two pages; one that takes none for too
 * long is cut off. What a reader sends after its request is not read. Pulls of other nodes come on the same protocol, and
 * go to reconcile/answering.ts.
 */
import { messageStreamToDuplex } from '@libp2p/utils'
import { decode, encode } from 'it-length-prefixed'
import { pipe } from 'it-pipe'
import { Uint8ArrayList } from 'uint8arraylist'
import { concat } from 'uint8arrays/concat'
import { MalformedError, NotAuthenticError, TimedOutError, TooLargeError } from '../errors.ts'
import { mailboxOf, openCertificate } from '../identity/index.ts'
import { REFUSAL } from '../types.ts'
import { decodeSyncFrame } from '../wire/control.ts'
import { controlFrame, decodeFrame, pushFrame } from '../wire/frames.ts'
import { makeHello, refuseHello } from '../wire/hello.ts'
import { fromHex, toHex } from '../wire/hex.ts'
import { LIMITS } from '../wire/limits.ts'
import { SyncFrame } from '../wire/mail.ts'
import { SYNC_PROTOCOL } from '../wire/protocols.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import { answerPulls, type AnsweringComponents } from './reconcile/answering.ts'
import type { EnvelopeStore, Network } from '../ports.ts'
import type { Bytes, MailboxId, PeerKey, Refusal, RefusalCode } from '../types.ts'
import type { DrainRequest, Hello } from '../wire/mail.ts'
import type { Logger, Stream } from '@libp2p/interface'

export interface DrainServerComponents extends AnsweringComponents {
  network: Network
  networkId: string
  envelopes: EnvelopeStore
  log: Logger
}

/** One drain's stream, its reader, and the alarm that ends it when nothing moves. */
interface Reader { stream: Stream, device: PeerKey, alarm: (ms: number) => void }

export class DrainServer {
  readonly #components: DrainServerComponents
  readonly #streams = new Set<Stream>()
  /** Of those nobody has shown yet that anything is kept for them here, the oldest first: they make room for others. */
  readonly #strangers = new Set<Stream>()

  constructor (components: DrainServerComponents) { this.#components = components }

  async start (): Promise<void> {
    await this.#components.network.handle(SYNC_PROTOCOL, (stream, device) => { void this.#serve(stream, device) }, { maxInboundStreams: RELAY_DEFAULTS.drainsPerConnectionMax })
  }

  async stop (): Promise<void> {
    await this.#components.network.unhandle(SYNC_PROTOCOL)
    for (const stream of this.#streams) stream.abort(new TimedOutError('the node is stopping'))
  }

  /** Its end is the stream's: the duplex's own promise need not settle when the stream is aborted while it waits. */
  async #serve (stream: Stream, device: PeerKey): Promise<void> {
    const { clock, log } = this.#components
    let silence = (): void => {}
    const alarm = (ms: number): void => {
      silence()
      if (this.#streams.has(stream)) silence = clock.after(ms, () => { stream.abort(new TimedOutError('the reader of a drain does nothing')) })
    }
    this.#streams.add(stream)
    this.#strangers.add(stream)
    stream.addEventListener('close', ({ error }) => {
      silence()
      this.#streams.delete(stream)
      this.#strangers.delete(stream)
      if (error !== undefined) log('a drain by %s ended: %s', device.slice(0, 8), error.message)
    })
    alarm(RELAY_DEFAULTS.drainRequestMs)
    try {
      const duplex = messageStreamToDuplex(stream)
      const answer = this.#answer(decode(duplex.source, { maxDataLength: LIMITS.frameBytes }), { stream, device, alarm })
      await pipe(answer, inOneWrite, duplex.sink)
    } catch (error) {
      stream.abort(error instanceof Error ? error : new MalformedError('the drain could not go on'))
    }
  }

  /** What is written, each array of frames in one go. */
  async * #answer (frames: AsyncGenerator<Uint8ArrayList>, reader: Reader): AsyncGenerator<Uint8ArrayList[]> {
    const { networkId, envelopes } = this.#components
    const { hello } = await nextFrame(frames)
    if (hello === undefined) throw new MalformedError('the drain did not begin with a Hello')
    yield [control({ hello: makeHello(networkId, envelopes.storeId) })]
    const refusal = this.#refuse(hello, reader.stream)
    if (refusal !== undefined) {
      yield [control({ refusal })]
      return
    }
    const asked = await nextFrame(frames)
    if (asked.pull !== undefined) yield * this.#pulls(asked, frames, reader)
    else if (asked.drain !== undefined) yield * this.#drain(asked.drain, reader)
    else throw new MalformedError('the drain does not say what it wants')
  }

  async * #drain (drain: DrainRequest, reader: Reader): AsyncGenerator<Uint8ArrayList[]> {
    // From here on nothing is read: the muxer's window stops whoever goes on writing.
    if (reader.stream.readStatus === 'readable') reader.stream.pause()
    const mailbox = await this.#authorise(drain, reader.device)
    if (mailbox === undefined) {
      yield [control({ refusal: refusalOf(REFUSAL.notServed) })]
      return
    }
    this.#strangers.delete(reader.stream)
    yield * this.#pages(mailbox, drain, reader)
  }

  async * #pulls (first: SyncFrame, frames: AsyncGenerator<Uint8ArrayList>, { stream, device: peer, alarm }: Reader): AsyncGenerator<Uint8ArrayList[]> {
    const reader = {
      peer,
      listed: () => { this.#strangers.delete(stream) },
      next: async () => {
        alarm(RELAY_DEFAULTS.drainStallMs)
        return await nextFrameOrEnd(frames)
      },
      room: async () => {
        alarm(RELAY_DEFAULTS.drainStallMs)
        await room(stream)
      }
    }
    for await (const parts of answerPulls(first, reader, this.#components)) yield parts.map(part => new Uint8ArrayList(part))
  }

  async * #pages (mailbox: MailboxId, drain: DrainRequest, { stream, device, alarm }: Reader): AsyncGenerator<Uint8ArrayList[]> {
    const { envelopes } = this.#components
    const storeId = fromHex(envelopes.storeId)
    let position = toHex(drain.storeId) === envelopes.storeId ? positionOf(drain) : 0
    yield [control({ start: { storeId, position: BigInt(position) } })]
    for (let last = false; !last;) {
      alarm(RELAY_DEFAULTS.drainStallMs)
      await room(stream)
      const page = await envelopes.page(mailbox, position, LIMITS.pageBytes, device)
      position = page.position
      last = page.last
      yield [
        ...page.envelopes.map(({ position, envelope }) => new Uint8ArrayList(...pushFrame(position, envelope.bytes))),
        control({ [last ? 'end' : 'page']: { storeId, position: BigInt(position) } })
      ]
    }
  }

  #refuse (hello: Hello, stream: Stream): Refusal | undefined {
    const refusal = refuseHello(hello, this.#components.networkId)
    if (refusal !== undefined) return refusal
    return this.#streams.size > RELAY_DEFAULTS.drainsMax && !this.#makeRoom(stream) ? refusalOf(REFUSAL.busy, RELAY_DEFAULTS.busyRetrySeconds) : undefined
  }

  /** Whoever holds a place and was given nothing for the longest time loses it. */
  #makeRoom (stream: Stream): boolean {
    const [oldest] = this.#strangers
    if (oldest === undefined || oldest === stream) return false
    this.#strangers.delete(oldest)
    oldest.abort(new TooLargeError('no room for who reads nothing that is kept here'))
    return true
  }

  /** The mailbox, when the reader is a device of its user; an unknown mailbox is not told apart. */
  async #authorise (drain: DrainRequest, device: PeerKey): Promise<MailboxId | undefined> {
    const { crypto, users } = this.#components
    const certificate = await openCertificate(drain.certificate, { crypto })
    if (certificate.device !== device) throw new NotAuthenticError('the certificate names another device')
    const mailbox = mailboxOf(certificate.root, crypto)
    if (toHex(drain.mailbox) !== mailbox) throw new NotAuthenticError('the certificate is for another mailbox')
    return users.devices(mailbox)?.includes(device) === true ? mailbox : undefined
  }
}

async function nextFrame (frames: AsyncGenerator<Uint8ArrayList>): Promise<SyncFrame> {
  const frame = await nextFrameOrEnd(frames)
  if (frame === undefined) throw new MalformedError('the drain ended before it said what it wants')
  return frame
}

/** What a later version adds is passed over. */
async function nextFrameOrEnd (frames: AsyncGenerator<Uint8ArrayList>): Promise<SyncFrame | undefined> {
  for (;;) {
    const { value, done } = await frames.next()
    if (done === true) return undefined
    const frame = decodeFrame(value.subarray() as Bytes)
    if (frame.kind !== 'control') throw new MalformedError('a drain’s opener sends no envelopes')
    const control = decodeSyncFrame(frame.body)
    if (Object.keys(control).length > 0) return control
  }
}

function positionOf ({ position }: DrainRequest): number {
  if (position > BigInt(Number.MAX_SAFE_INTEGER)) throw new MalformedError('the drain’s position is larger than 2^53')
  return Number(position)
}

function control (frame: Partial<SyncFrame>): Uint8ArrayList {
  return new Uint8ArrayList(...controlFrame(SyncFrame.encode(frame)))
}

/** A write per frame would be a cipher text per frame. */
async function * inOneWrite (source: AsyncIterable<Uint8ArrayList[]>): AsyncGenerator<Uint8Array> {
  for await (const frames of source) yield concat([...encode(frames)])
}

/** Resolves when what was written before has gone, so that at most the next page waits in the stream. */
async function room (stream: Stream): Promise<void> {
  while (stream.writeBufferLength > 0 && stream.status === 'open') await happens(stream, 'drain', 'idle', 'close')
}

async function happens (stream: Stream, ...events: Array<'drain' | 'idle' | 'close'>): Promise<void> {
  await new Promise<void>(resolve => {
    const done = (): void => {
      for (const event of events) stream.removeEventListener(event, done)
      resolve()
    }
    for (const event of events) stream.addEventListener(event, done)
  })
}

function refusalOf (code: RefusalCode, retryAfterSeconds = 0): Refusal { return { code, retryAfterSeconds } }
