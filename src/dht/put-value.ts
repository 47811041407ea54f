/**
 * PUT_VALUE to one peer of our choice. kad-dht's own `put` walks to the key, sends to whoever it finds there and
 * resolves even when all of them refuse; its `get` corrects stale holders and throws at the first that refuses.
 *
 * Many records go over one stream, several of them open at a time: a peer answers in the order of the questions, and
 * resets the stream when it refuses one. (libp2p/specs, kad-dht: “implementations may re-use streams”; js, go and rust do.)
 */
import { Libp2pRecord } from '@libp2p/record'
import { pbStream } from '@libp2p/utils'
import { equals } from 'uint8arrays/equals'
import { KadMessage } from '../wire/kad.ts'
import { KAD_PROTOCOL } from '../wire/protocols.ts'
import type { Bytes, Millis } from '../types.ts'
import type { PeerId, Stream } from '@libp2p/interface'

/** Value of `type` in a PUT_VALUE message and its answer. */
const PUT_VALUE = 0
/** An answer repeats the record; some implementations add twenty closer peers. */
const ANSWER_BYTES_MAX = 16 * 1024

/** What this needs of a libp2p host. */
export interface StreamOpener {
  dialProtocol: (peer: PeerId, protocol: string, options: { signal: AbortSignal }) => Promise<Stream>
}

/** What a peer is to hold. */
export interface Put { key: Bytes, value: Bytes }

export interface PutManyOptions {
  now: Millis
  /** Ends everything. */
  signal: AbortSignal
  /** The wait for the stream, and for each answer; a peer that says nothing for longer is asked nothing more. */
  answerMs: number
  /** Puts that are open at a time. */
  pipeline: number
  /** A peer that has refused so many is asked nothing more. */
  refusalsMax: number
}

/** Resolves when the peer has acknowledged the value by repeating it; rejects when it refuses, errs or says nothing. */
export async function putValue (host: StreamOpener, peer: PeerId, { key, value, now, signal }: Put & { now: Millis, signal: AbortSignal }): Promise<void> {
  const { acknowledged, failure } = await putInTurn(host, peer, [{ key, value }], { now, signal, answerMs: Infinity, pipeline: 1 })
  if (!acknowledged.has(0)) throw asError(failure ?? 'the peer acknowledged another value')
}

/** Which of the values the peer has acknowledged, by their places in `puts`. Never rejects. */
export async function putValues (host: StreamOpener, peer: PeerId, puts: readonly Put[], { refusalsMax, ...options }: PutManyOptions): Promise<Set<number>> {
  const acknowledged = new Set<number>()
  let next = 0
  for (let refusals = 0; next < puts.length && refusals < refusalsMax && !options.signal.aborted; refusals++) {
    const turn = await putInTurn(host, peer, puts.slice(next), options)
    for (const place of turn.acknowledged) acknowledged.add(next + place)
    if (turn.isOver) break
    // The one that was to be answered next is the one that was refused.
    next += turn.answered + 1
  }
  return acknowledged
}

/** isOver: nothing is left to be sent, or to be expected of this peer. */
interface Turn { acknowledged: Set<number>, answered: number, isOver: boolean, failure?: unknown }

/** On one stream, until everything is answered or the stream breaks. */
async function putInTurn (host: StreamOpener, peer: PeerId, puts: readonly Put[], { now, signal, answerMs, pipeline }: Omit<PutManyOptions, 'refusalsMax'>): Promise<Turn> {
  const turn: Turn = { acknowledged: new Set(), answered: 0, isOver: true }
  const wait = (): AbortSignal => answerMs === Infinity ? signal : AbortSignal.any([signal, AbortSignal.timeout(answerMs)])
  let within = wait()
  let stream: Stream | undefined
  try {
    stream = await host.dialProtocol(peer, KAD_PROTOCOL, { signal: within })
    const messages = pbStream(stream, { maxDataLength: ANSWER_BYTES_MAX }).pb(KadMessage)
    for (let sent = 0; turn.answered < puts.length; turn.answered++) {
      within = wait()
      for (; sent < Math.min(puts.length, turn.answered + pipeline); sent++) {
        const { key, value } = puts[sent] as Put
        await messages.write({ type: PUT_VALUE, key, record: new Libp2pRecord(key, value, new Date(now)).serialize() as Bytes }, { signal: within })
      }
      const answer = await messages.read({ signal: within })
      if (equals(Libp2pRecord.deserialize(answer.record).value, (puts[turn.answered] as Put).value)) turn.acknowledged.add(turn.answered)
    }
    await stream.close({ signal: within })
    return turn
  } catch (failure) {
    stream?.abort(asError(failure))
    // A stream that never was, or a peer that is silent: there is nobody to talk to. Else it has refused something.
    return { ...turn, failure, isOver: stream === undefined || within.aborted || turn.answered === puts.length }
  }
}

function asError (failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure))
}
