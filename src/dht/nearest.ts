/**
 * Who is there around a key: the peers that answered on a walk. kad-dht names its own choice when the walk has ended, so
 * that a few silent peers could keep everybody from being asked; here a walk that is cut short leaves those that answered
 * until then. Whom of them to trust with a record is decided by diverse.core.ts.
 */
import { placeOf, placeOfPeer } from './place.ts'
import type { Met } from './diverse.core.ts'
import type { GroupOf } from './peer-groups.ts'
import type { Crypto } from '../ports.ts'
import type { Bytes } from '../types.ts'
import type { Logger, PeerId } from '@libp2p/interface'
import type { KadDHT } from '@libp2p/kad-dht'

export interface NearestComponents { dht: Pick<KadDHT, 'getClosestPeers'>, groupOf: GroupOf, crypto: Pick<Crypto, 'sha256'>, log: Logger }

/** `cut`: the walk was over before its time, so somebody may be missing. */
export interface Walked { met: Array<Met<PeerId>>, cut: boolean }

/** Everybody who answered, nearest first. Never rejects: a walk that fails, or that `signal` ends, met whom it met. */
export async function walkTo (key: Bytes, { signal }: { signal: AbortSignal }, { dht, groupOf, crypto, log }: NearestComponents): Promise<Walked> {
  const target = placeOf(key, crypto)
  const answered = new Map<string, Met<PeerId>>()
  let cut = false
  try {
    for await (const event of dht.getClosestPeers(key, { signal })) {
      if (event.name !== 'PEER_RESPONSE') continue
      const id = event.from.toString()
      answered.set(id, { peer: event.from, id, place: placeOfPeer(event.from, crypto), group: groupOf(event.from) })
    }
  } catch (error) {
    cut = true
    if (!signal.aborted) log.error('a walk to a route’s holders ended: %e', error)
  }
  return { met: [...answered.values()].sort((a, b) => (a.place ^ target) < (b.place ^ target) ? -1 : 1), cut: cut || signal.aborted }
}
