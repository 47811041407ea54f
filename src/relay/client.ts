/**
 * Asks a node for a mailbox (docs/protocol.md, "Sync") and hands it over page by page. The node is held to the form:
 * its own store id throughout, envelopes of this mailbox only, positions that rise, pages of at most 256 KiB, each of
 * which goes on.
 *
 * The caller's pace is the pace: while it does not ask for the next page the stream is not read, and the node's side
 * is held back by the muxer's window.
 */
import { ConnectionLostError, MalformedError, RefusedError } from '../errors.ts'
import { openEnvelope } from '../wire/envelope.ts'
import { makeHello, refuseHello } from '../wire/hello.ts'
import { fromHex, toHex } from '../wire/hex.ts'
import { LIMITS } from '../wire/limits.ts'
import { SyncFrames, type SyncWord } from './sync-frames.ts'
import type { Clock, Crypto, Page } from '../ports.ts'
import type { Cursor, DeviceCertificate, MailboxId, RefusalCode, StoreId } from '../types.ts'
import type { DrainPosition, SyncFrame } from '../wire/mail.ts'
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
export interface DrainedPage extends Omit<Page, 'damaged'> { storeId: StoreId, from: number }

/**
 * Drains over a stream that was just opened, until the mailbox holds nothing more; the stream is closed at the end,
 * and aborted when the caller stops early. Throws RefusedError, MalformedError, TimedOutError or ConnectionLostError.
 */
export async function * drainMailbox (stream: Stream, init: DrainInit): AsyncGenerator<DrainedPage> {
  const frames = new SyncFrames(stream, init.clock)
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
    if (complete) frames.close()
    else frames.abort(new ConnectionLostError('the drain was given up'))
  }
}

async function * readPages (frames: SyncFrames, { mailbox, cursor, crypto }: DrainInit): AsyncGenerator<DrainedPage> {
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
    if (!last && position === page.from) throw new MalformedError('a page of the drain does not go on')
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

async function nextControl (frames: SyncFrames): Promise<SyncFrame> {
  return asControl(await frames.next())
}

function asControl (frame: SyncWord): SyncFrame {
  if (frame.kind !== 'control') throw new MalformedError('an envelope came where the drain should say what follows')
  const { refusal } = frame.control
  if (refusal !== undefined) throw new RefusedError('the node does not hand out the mailbox', { code: refusal.code as RefusalCode, retryAfterSeconds: refusal.retryAfterSeconds })
  return frame.control
}
