/**
 * PUT_VALUE to one peer of our choice. kad-dht's own `put` walks to the key, sends to whoever it finds there and
 * resolves even when all of them refuse; its `get` corrects stale holders and throws at the first that refuses.
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

/** Resolves when the peer has acknowledged the value by repeating it; rejects when it refuses, errs or says nothing. */
export async function putValue (host: StreamOpener, peer: PeerId, { key, value, now, signal }: { key: Bytes, value: Bytes, now: Millis, signal: AbortSignal }): Promise<void> {
  const stream = await host.dialProtocol(peer, KAD_PROTOCOL, { signal })
  try {
    const messages = pbStream(stream, { maxDataLength: ANSWER_BYTES_MAX }).pb(KadMessage)
    await messages.write({ type: PUT_VALUE, key, record: new Libp2pRecord(key, value, new Date(now)).serialize() as Bytes }, { signal })
    const answer = await messages.read({ signal })
    if (!equals(Libp2pRecord.deserialize(answer.record).value, value)) throw new Error('the peer acknowledged another value')
    await stream.close({ signal })
  } catch (error) {
    stream.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}
