/**
 * Whom to trust with a record, and in what order: the nearest, but never more than a few of one owner. Ids can be ground
 * next to a key by the thousand, address prefixes cannot; so of the peers that share a /16 (IPv4) or /48 (IPv6) only the
 * nearest two count.
 */

/** A peer that answered, in the key space. `group`: its address prefix; undefined where an address says nothing of an owner. */
export interface Met<Peer> {
  peer: Peer
  /** Names the peer. */
  id: string
  place: bigint
  group: string | undefined
}

/**
 * The first `count` of which at most `perGroup` share a group, in the order given. When there are not that many, those
 * that were passed over fill up behind them: a network that lives in one prefix shall not have two copies of everything.
 */
export function diverse<Peer extends { group: string | undefined }> (ordered: readonly Peer[], count: number, perGroup: number): Peer[] {
  const taken: Peer[] = []
  const surplus: Peer[] = []
  const members = new Map<string, number>()
  for (const peer of ordered) {
    if (taken.length === count) return taken
    const before = peer.group === undefined ? 0 : members.get(peer.group) ?? 0
    if (peer.group !== undefined) members.set(peer.group, before + 1)
    if (before < perGroup) taken.push(peer)
    else surplus.push(peer)
  }
  return [...taken, ...surplus].slice(0, count)
}
