/**
 * Puts envelopes into the user's own mailbox, at the nodes that keep it, and counts who has them on disk. Nodes take mail by
 * what an envelope carries and not by who brings it (docs/protocol.md, "Relay"): so a device that belongs to nobody yet
 * can do so too, on a stream as nodes open it.
 */
import { ConnectionLostError, MalformedError, RefusedError, TimedOutError, UnreachableError } from '../../errors.ts'
import { openReceipts } from '../../relay/receipt.ts'
import { REFUSAL } from '../../types.ts'
import { decodeRelayFrame } from '../../wire/control.ts'
import { FrameStream } from '../../wire/frame-stream.ts'
import { controlFrame, decodeFrame, depositFrame } from '../../wire/frames.ts'
import { makeHello, refuseHello } from '../../wire/hello.ts'
import { RelayFrame } from '../../wire/mail.ts'
import { RELAY_PROTOCOL } from '../../wire/protocols.ts'
import { refusalOf, refusalSentence } from '../refusals.ts'
import { DEVICES_DEFAULTS } from './defaults.ts'
import type { Abortable, Clock, Crypto, Network } from '../../ports.ts'
import type { Bytes, Envelope, PeerKey, RouteRecord } from '../../types.ts'
import type { Stream } from '@libp2p/interface'

export interface PostingComponents { network: Pick<Network, 'open'>, networkId: string, crypto: Crypto, clock: Clock }

/**
 * Resolves when as many nodes of the record as make "stored" have signed for all envelopes; rejects with UnreachableError
 * when fewer did, whatever kept the others from it. An envelope that a node knows as collected is where it should be.
 */
export async function post (components: PostingComponents, record: RouteRecord, envelopes: Envelope[], { signal }: Abortable = {}): Promise<void> {
  const waiting = [...record.entries]
  let stored = 0
  let failure: unknown
  const postNext = async (): Promise<void> => {
    for (let entry = waiting.shift(); entry !== undefined && stored < record.n; entry = waiting.shift()) {
      try {
        await postTo(components, entry, record, envelopes, signal)
        stored++
      } catch (error) {
        signal?.throwIfAborted()
        failure = error
      }
    }
  }
  await Promise.all(Array.from({ length: record.n }, postNext))
  if (stored < record.w) throw new UnreachableError(`only ${stored} of the ${record.w} nodes that should keep it took it`, { cause: failure })
}

async function postTo ({ network, networkId, crypto, clock }: PostingComponents, { node, addressHint }: RouteRecord['entries'][number], record: RouteRecord, envelopes: Envelope[], signal: AbortSignal | undefined): Promise<void> {
  const late = new AbortController()
  const cancel = clock.after(DEVICES_DEFAULTS.postTimeoutMs, () => { late.abort(new TimedOutError('the node did not take it in time')) })
  const either = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal])
  try {
    const stream = await network.open(node, addressHint === undefined ? [] : [addressHint], RELAY_PROTOCOL, { signal: either })
    await deposit(stream, { node, networkId, crypto, record, envelopes, signal: either })
  } finally {
    cancel()
  }
}

interface Deposit { node: PeerKey, networkId: string, crypto: Crypto, record: RouteRecord, envelopes: Envelope[], signal: AbortSignal }

async function deposit (stream: Stream, init: Deposit): Promise<void> {
  const { networkId, record, envelopes, signal } = init
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const unanswered = new Set(envelopes.keys())
  let greeted = false
  const onAnswer = async (frame: RelayFrame): Promise<void> => {
    const answered = await ticketsOf(frame, init)
    for (const ticket of answered) unanswered.delete(ticket)
    if (unanswered.size === 0) resolve()
  }
  const frames = new FrameStream(stream, {
    onFrame: bytes => {
      const frame = controlOf(bytes)
      if (greeted) {
        onAnswer(frame).catch(reject)
        return
      }
      checkHello(frame, networkId)
      greeted = true
      for (const [ticket, { bytes: envelope }] of envelopes.entries()) {
        if (!frames.send(...depositFrame(ticket, record.order.epoch, record.order.seq, envelope))) throw new ConnectionLostError('the node reads too slowly')
      }
    },
    onEnd: error => { reject(error ?? new ConnectionLostError('the node ended the stream before it answered')) }
  })
  const onAbort = (): void => { reject(signal.reason as Error) }
  signal.addEventListener('abort', onAbort, { once: true })
  frames.send(...controlFrame(RelayFrame.encode({ hello: makeHello(networkId) })))
  try {
    await promise
    await frames.close({ signal })
  } catch (error) {
    frames.abort(error as Error)
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function controlOf (bytes: Bytes): RelayFrame {
  const frame = decodeFrame(bytes)
  if (frame.kind !== 'control') throw new MalformedError('a node answers a deposit with words')
  return decodeRelayFrame(frame.body)
}

function checkHello ({ hello, refused }: RelayFrame, networkId: string): void {
  const refusal = refused !== undefined ? refusalOf(refused.refusal) : hello === undefined ? { code: REFUSAL.malformed, retryAfterSeconds: 0 } : refuseHello(hello, networkId)
  if (refusal !== undefined) throw new RefusedError(refusalSentence(refusal), refusal)
}

/** Of what the node has on its disk, by its signature. Whatever else it says is not for us. */
async function ticketsOf ({ receipts, refused }: RelayFrame, { node, crypto, envelopes }: Deposit): Promise<number[]> {
  if (receipts !== undefined) {
    const opened = await openReceipts(receipts, ticket => envelopes[ticket]?.id, crypto)
    if (opened.some(receipt => receipt.node !== node)) throw new MalformedError('the receipts name another node')
    return receipts.tickets
  }
  if (refused === undefined) return []
  const refusal = refusalOf(refused.refusal)
  if (refusal.code !== REFUSAL.collected) throw new RefusedError(refusalSentence(refusal), refusal)
  return refused.tickets
}
