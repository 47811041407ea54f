/**
 * The peers that shall hold a record: the nearest to its key of those that answered on a walk there. kad-dht names
 * its own choice when the walk has ended, so that a few silent peers could keep everybody from being asked; here a
 * walk that is cut short leaves those that answered until then.
 */
import { compare } from 'uint8arrays/compare'
import { xor } from 'uint8arrays/xor'
import type { Crypto } from '../ports.ts'
import type { Bytes } from '../types.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'

export interface NearestComponents { dht: Pick<KadDHT, 'getClosestPeers'>, crypto: Pick<Crypto, 'sha256'>, log: Logger }

/** At most `count` peers, nearest first. Never rejects: a walk that fails, or that `signal` ends, met whom it met. */
export async function findNearest (key: Bytes, { count, signal }: { count: number, signal: AbortSignal }, { dht, crypto, log }: NearestComponents): Promise<PeerId[]> {
  const target = crypto.sha256(key)
  const answered = new Map<string, { peer: PeerId, distance: Uint8Array }>()
  try {
    for await (const event of dht.getClosestPeers(key, { signal })) {
      if (event.name !== 'PEER_RESPONSE') continue
      const distance = xor(crypto.sha256(event.from.toMultihash().bytes), target)
      answered.set(event.from.toString(), { peer: event.from, distance })
    }
  } catch (error) {
    if (!signal.aborted) log.error('a walk to a route’s holders ended: %e', error)
  }
  return [...answered.values()].sort((a, b) => compare(a.distance, b.distance)).slice(0, count).map(({ peer }) => peer)
}
