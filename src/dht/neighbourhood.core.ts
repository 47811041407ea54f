/**
 * What some walks have shown of a part of the key space: who is there, and of which parts it is certain that nobody else is.
 *
 * A walk that ends with the k nearest of its target has met everybody who is nearer than the k-th of them. In the XOR
 * metric that ball contains a whole subtree of the key space (all places with the target's first bits), and so the k
 * nearest of *another* key are known as well, as long as the ball around that key which they fill lies in such subtrees.
 *
 * Pure: places are numbers of `bits` bits, peers are whatever the caller calls them.
 */
import { diverse, type Met } from './diverse.core.ts'

/** All places that share everything but the last `shift` bits with this one. */
export interface Subtree { place: bigint, shift: number }

export interface NeighbourhoodInit {
  /** Of a place: 256 in the network, 32 in the model. */
  bits: number
  /** k: the peers that shall hold a record. */
  bucketPeers: number
  /** Of these, how many may share a group. */
  groupPeers: number
}

export class Neighbourhood<Peer> {
  readonly #init: NeighbourhoodInit
  readonly #met = new Map<string, Met<Peer>>()
  readonly #known: Subtree[] = []
  readonly #targets = new Set<bigint>()

  constructor (init: NeighbourhoodInit) {
    this.#init = init
  }

  /**
   * A walk to `target` has ended with these answers. With `cut` it was ended before its time: they are who there is to
   * take for the target, and prove nothing of its surroundings. Returns the smallest subtree that holds the target's k
   * nearest: the keys in there have nearly the same holders.
   */
  learn (target: bigint, met: ReadonlyArray<Met<Peer>>, { cut = false } = {}): Subtree {
    const { bits } = this.#init
    for (const peer of met) this.#met.set(peer.id, peer)
    this.#targets.add(target)
    if (cut) return { place: target, shift: 0 }
    const reachedAt = this.#reach(target, met)
    if (reachedAt === undefined) {
      this.#known.push({ place: target, shift: bits })
      return { place: target, shift: bits }
    }
    const shift = bitLength(reachedAt)
    this.#known.push({ place: target, shift: Math.max(0, shift - 1) })
    return { place: target, shift }
  }

  /** The peers that shall hold what lies at a place, nearest first; `gap`: somebody nearer may be there, where nobody has looked. */
  nearest (place: bigint): { peers: Array<Met<Peer>>, gap: Subtree | undefined } {
    const ordered = this.#ordered(place, [...this.#met.values()])
    const peers = diverse(ordered, this.#init.bucketPeers, this.#init.groupPeers)
    if (this.#targets.has(place)) return { peers, gap: undefined }
    const farthest = this.#farthest(place, peers)
    return { peers, gap: this.#gapIn(place, farthest) }
  }

  /** How far from the target a walk has met everybody; undefined: everywhere, since there were fewer than k. */
  #reach (target: bigint, met: ReadonlyArray<Met<Peer>>): bigint | undefined {
    const { bucketPeers, groupPeers } = this.#init
    if (met.length < bucketPeers) return undefined
    const chosen = diverse(this.#ordered(target, met), bucketPeers, groupPeers)
    // Peers of one group that only fill up say nothing of how far the walk went; the nearest k of all do.
    const counted = isDiverse(chosen, groupPeers) ? chosen : this.#ordered(target, met).slice(0, bucketPeers)
    return (counted.at(-1) as Met<Peer>).place ^ target
  }

  #farthest (place: bigint, peers: ReadonlyArray<Met<Peer>>): bigint {
    const everywhere = (1n << BigInt(this.#init.bits)) - 1n
    return peers.length < this.#init.bucketPeers ? everywhere : peers.reduce((most, peer) => max(most, peer.place ^ place), 0n)
  }

  #ordered (place: bigint, peers: ReadonlyArray<Met<Peer>>): Array<Met<Peer>> {
    return peers.map(peer => ({ peer, distance: peer.place ^ place }))
      .sort((a, b) => a.distance < b.distance ? -1 : a.distance > b.distance ? 1 : 0)
      .map(({ peer }) => peer)
  }

  /**
   * The first subtree, nearest first, of the ball around `place` that no walk has shown. The ball of radius r is the
   * subtree of its highest bit, and the rest of r around the place on the other side of that bit.
   */
  #gapIn (place: bigint, radius: bigint): Subtree | undefined {
    const shift = bitLength(radius)
    if (this.#isKnown(place, shift)) return undefined
    if (shift === 0) return { place, shift }
    const half = 1n << BigInt(shift - 1)
    return this.#gapInTree(place, shift - 1) ?? this.#gapIn(place ^ half, radius ^ half)
  }

  #gapInTree (place: bigint, shift: number): Subtree | undefined {
    if (this.#isKnown(place, shift)) return undefined
    if (!this.#known.some(known => known.shift < shift && holds({ place, shift }, known.place))) return { place, shift }
    return this.#gapInTree(place, shift - 1) ?? this.#gapInTree(place ^ (1n << BigInt(shift - 1)), shift - 1)
  }

  #isKnown (place: bigint, shift: number): boolean {
    return this.#known.some(known => known.shift >= shift && holds(known, place))
  }
}

/** Whether a place lies in the subtree. */
export function holds (tree: Subtree, place: bigint): boolean {
  return (tree.place ^ place) >> BigInt(tree.shift) === 0n
}

function isDiverse (peers: ReadonlyArray<{ group: string | undefined }>, perGroup: number): boolean {
  const members = new Map<string, number>()
  for (const { group } of peers) if (group !== undefined) members.set(group, (members.get(group) ?? 0) + 1)
  return [...members.values()].every(count => count <= perGroup)
}

function bitLength (value: bigint): number {
  return value === 0n ? 0 : value.toString(2).length
}

function max (a: bigint, b: bigint): bigint {
  return a > b ? a : b
}
