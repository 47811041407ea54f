/** Nodes as other nodes name them: from the wire, and as candidates for a place. */
import { multiaddr } from '@multiformats/multiaddr'
import { peerKeyFromBytes } from '../../identity/index.ts'
import { addressGroup } from '../../wire/address-group.ts'
import type { Candidate, Place } from './choice.core.ts'
import type { ListedNode } from '../session/service.ts'
import type { NodeAddress } from '../../wire/mail.ts'
import type { PeerKey } from '../../types.ts'

/** A node, where to find it, and what is said of it; see Candidate. */
export interface NamedNode extends ListedNode { knownSeconds: number, load: number }

const P2P_CODE = 421

/** From the wire: what cannot be read names nobody. */
export function readNamed ({ node, addresses, knownSeconds, load }: NodeAddress): NamedNode[] {
  try {
    return [{ node: peerKeyFromBytes(node), addressHints: addresses.map(bytes => multiaddr(bytes)).map(address => address.decapsulateCode(P2P_CODE).toString()), knownSeconds, load }]
  } catch {
    return []
  }
}

/** One of each, with all addresses that anybody names; of its age and load, what was said last. */
export function mergeNamed (nodes: NamedNode[]): NamedNode[] {
  const merged = new Map<PeerKey, NamedNode>()
  for (const named of nodes) merged.set(named.node, { ...named, addressHints: [...new Set([...merged.get(named.node)?.addressHints ?? [], ...named.addressHints])] })
  return [...merged.values()]
}

/** Where it stands. */
export function placeOf ({ node, addressHints }: ListedNode): Place {
  return { node, groups: [...new Set(addressHints.flatMap(hint => addressGroup(hint) ?? []))] }
}

export function candidateOf (named: NamedNode): Candidate {
  return { ...placeOf(named), knownSeconds: named.knownSeconds, load: named.load, latencyMs: undefined }
}
