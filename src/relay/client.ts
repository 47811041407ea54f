/**
 * Asks a node for a mailbox (docs/protocol.md, "Sync") and hands it over page by page. The node is held to the form:
 * its own store id throughout, envelopes of this mailbox only, positions that rise, pages of at most 256 KiB.
 *
 * The caller's pace is the pace: while it does not ask for the next page the stream is not read, and the node's side
 * is held back by the muxer's window.
 */
import { ConnectionLostError, MalformedError, RefusedError, TimedOutError } from '../errors.ts'
import { decodeSyncFrame } from '../wire/control.ts'
import { openEnvelope } from '../wire/envelope.ts'
import { controlFrame, decodeFrame, type Frame } from '../wire/frames.ts'
import { FrameStream } from '../wire/frame-stream.ts'
import { makeHello, refuseHello } from '../wire/hello.ts'
import { fromHex, toHex } from '../wire/hex.ts'
import { LIMITS } from '../wire/limits.ts'
import { SyncFrame } from '../wire/mail.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import type { Clock, Crypto, Page } from '../ports.ts'
import type { Bytes, Cursor, DeviceCertificate, MailboxId, RefusalCode, StoreId } from '../types.ts'
import type { DrainPosition } from '../wire/mail.ts'
import type { Stream } from '@libp2p/interface'

export interface DrainInit {
  /** The network that the Hellos must name. */
  network: string
  mailbox: MailboxId
  /** Where an earlier drain of this node ended, if there was one. */
  cursor: Cursor | undefined
  certificate: DeviceCertificate
  crypto: Pick<Crypto, 'sha256'>
  clock: Clock
}

/** A page and the store that it is of; `from`: the position that it starts after. */
export interface DrainedPage extends Page { storeId: StoreId, from: number }

/**
 * Drains over a stream that was just opened, until the mailbox holds nothing more; the stream is closed at the end,
 * and aborted when the caller stops early. Throws RefusedError, MalformedError, TimedOutError or ConnectionLostError.
 */
export async function * drainMailbox (stream: Stream, init: DrainInit): AsyncGenerator<DrainedPage> {
  const frames = new DrainFrames(stream, init.clock)
  let complete = false
  try {
    const { mailbox, cursor, certificate } = init
    frames.send({ hello: makeHello(init.network) })
    frames.send({
      drain: {
        mailbox: fromHex(mailbox),
        storeId: fromHex(cursor?.storeId ?? ''),
        position: BigInt(cursor?.position ?? 0),
        certificate: certificate.bytes
      }
    })
    const { hello } = await nextControl(frames)
    if (hello === undefined) throw new MalformedError('the node did not begin the drain with a Hello')
    const refusal = refuseHello(hello, init.network)
    if (refusal !== undefined) throw new RefusedError('the node belongs to another network or speaks another version', refusal)
    yield * readPages(frames, init)
    complete = true
  } finally {
    if (complete) stream.close().catch((error: Error) => { stream.abort(error) })
    else stream.abort(new ConnectionLostError('the drain was given up'))
  }
}

async function * readPages (frames: DrainFrames, { mailbox, cursor, crypto }: DrainInit): AsyncGenerator<DrainedPage> {
  const { start } = await nextControl(frames)
  if (start === undefined) throw new MalformedError('the node does not say where the drain starts')
  const storeId = toHex(start.storeId) as StoreId
  let position = positionOf(start, storeId)
  if (position !== 0 && (storeId !== cursor?.storeId || position !== cursor.position)) throw new MalformedError('the node starts the drain where it was not asked to')
  for (let last = false; !last;) {
    const page: DrainedPage = { storeId, from: position, envelopes: [], position, last: false }
    let bytes = 0
    let frame
    while ((frame = await frames.next()).kind === 'push') {
      const envelope = openEnvelope(frame.envelope, crypto)
      bytes += envelope.bytes.byteLength
      if (envelope.mailbox !== mailbox || frame.position <= page.position) throw new MalformedError('the node drains another mailbox or out of order')
      if (bytes > LIMITS.pageBytes && page.envelopes.length > 0) throw new MalformedError(`a page has more than ${LIMITS.pageBytes} bytes`)
      page.envelopes.push({ position: frame.position, envelope })
      page.position = frame.position
    }
    const { page: more, end } = asControl(frame)
    const mark = end ?? more
    if (mark === undefined) throw new MalformedError('a page of the drain does not end as one')
    last = page.last = end !== undefined
    if (positionOf(mark, storeId) < page.position) throw new MalformedError('a page ends before its last envelope')
    position = page.position = Number(mark.position)
    yield page
  }
}

function positionOf (mark: DrainPosition, storeId: StoreId): number {
  const position = Number(mark.position)
  if (mark.storeId.byteLength !== 16 || toHex(mark.storeId) !== storeId || !Number.isSafeInteger(position)) {
    throw new MalformedError('the node names another store or no position')
  }
  return position
}

async function nextControl (frames: DrainFrames): Promise<SyncFrame> {
  return asControl(await frames.next())
}

function asControl (frame: DrainFrame): SyncFrame {
  if (frame.kind !== 'control') throw new MalformedError('an envelope came where the drain should say what follows')
  const { refusal } = frame.control
  if (refusal !== undefined) throw new RefusedError('the node does not hand out the mailbox', { code: refusal.code as RefusalCode, retryAfterSeconds: refusal.retryAfterSeconds })
  return frame.control
}

type DrainFrame = Extract<Frame, { kind: 'push' }> | { kind: 'control', control: SyncFrame }

/** Frames as they are asked for; what comes unasked waits, within a bound. */
class DrainFrames {
  readonly #stream: FrameStream
  readonly #clock: Clock
  #queue: Bytes[] = []
  #bytes = 0
  #ended: Error | undefined
  #wake: (() => void) | undefined

  constructor (stream: Stream, clock: Clock) {
    this.#clock = clock
    this.#stream = new FrameStream(stream, {
      onFrame: bytes => {
        this.#queue.push(bytes)
        this.#bytes += bytes.byteLength
        if (this.#bytes > RELAY_DEFAULTS.drainQueueBytes) this.#stream.pause()
        this.#wake?.()
      },
      onEnd: error => {
        this.#ended = error ?? new ConnectionLostError('the node ended the drain before its end')
        this.#wake?.()
      }
    })
  }

  send (frame: Partial<SyncFrame>): void { this.#stream.sendOrAbort(...controlFrame(SyncFrame.encode(frame))) }

  async next (): Promise<DrainFrame> {
    for (;;) {
      const frame = decodeFrame(await this.#nextBytes())
      if (frame.kind === 'push') return frame
      const control = frame.kind === 'control' ? decodeSyncFrame(frame.body) : {}
      // What a later version adds is passed over.
      if (Object.keys(control).length > 0) return { kind: 'control', control }
    }
  }

  async #nextBytes (): Promise<Bytes> {
    if (this.#queue.length === 0 && this.#ended === undefined) await this.#arrival()
    const bytes = this.#queue.shift()
    if (bytes === undefined) throw this.#ended ?? new TimedOutError('the node did not go on with the drain in time')
    this.#bytes -= bytes.byteLength
    if (this.#bytes <= RELAY_DEFAULTS.drainQueueBytes / 2) this.#stream.resume()
    return bytes
  }

  async #arrival (): Promise<void> {
    await new Promise<void>(resolve => {
      const cancel = this.#clock.after(RELAY_DEFAULTS.drainAnswerMs, resolve)
      this.#wake = () => { cancel(); resolve() }
    })
    this.#wake = undefined
  }
}
