/**
 * One stroke of the sweep: the records whose keys lie together in the key space are published together.
 *
 * Republishing U users must not cost U lookups, for most of a lookup's answers are about peers that the lookup before has
 * met. So keys are taken in the order of the key space: one walk to the first that is due, and from what it has shown, the
 * k nearest of every other key that lies in the same region, a subtree with k peers or a few more. Where that leaves a
 * gap, another key that lies in the gap is walked to, be it one whose time has not come. So there are never more walks
 * than keys that get their records, and for a single key everything is as it was without a sweep. What go-libp2p-kad-dht calls “reprovide
 * sweep” (its pull request 1095) does this with provider records.
 *
 * Pure. When a stroke is due is core.ts's business; walking and putting is service.ts's.
 */
import { holds, Neighbourhood, type NeighbourhoodInit, type Subtree } from './neighbourhood.core.ts'
import type { Met } from './diverse.core.ts'

/** A record's key, as the sweep looks at it. */
export interface Placed { place: bigint }

/** Keys to be refreshed, the first now and the others if they lie near it, and keys that are not. */
export interface Stroke<Key> { keys: readonly [Key, ...Key[]], landmarks: readonly Key[] }

/** The keys that one peer shall be given. */
export interface Share<Key, Peer> { peer: Peer, keys: Key[] }

export class Sweep<Key extends Placed, Peer> {
  readonly #keys: readonly Key[]
  readonly #landmarks: readonly Key[]
  readonly #around: Neighbourhood<Peer>
  readonly #walked = new Set<bigint>()
  readonly #placed = new Map<Key, Array<Met<Peer>>>()
  #region: Subtree | undefined

  /** The first key is the one that is due; the others may come along. landmarks: where else a walk may lead. */
  constructor ({ keys, landmarks }: Stroke<Key>, init: NeighbourhoodInit) {
    this.#keys = keys
    this.#landmarks = landmarks
    this.#around = new Neighbourhood(init)
  }

  /** The key to walk to next; undefined: whoever was to be found has been. Every call is to be answered by `walked`. */
  nextWalk (): Key | undefined {
    if (this.#region === undefined) return this.#keys[0]
    const region = this.#region
    const open = this.#keys.filter(key => !this.#placed.has(key) && holds(region, key.place))
    for (const key of open) {
      const { peers, gap } = this.#around.nearest(key.place)
      if (gap !== undefined) {
        const isThere = (other: Key): boolean => holds(gap, other.place) && !this.#walked.has(other.place)
        return open.find(isThere) ?? (open.length > 1 ? this.#landmarks.find(isThere) : undefined) ?? key
      }
      this.#placed.set(key, peers)
    }
    return undefined
  }

  /** The walk to a key has ended; `cut`: before its time. */
  walked (key: Key, met: ReadonlyArray<Met<Peer>>, { cut = false } = {}): void {
    this.#walked.add(key.place)
    const region = this.#around.learn(key.place, met, { cut })
    this.#region ??= region
  }

  /** How many walks there were. */
  get walks (): number { return this.#walked.size }

  /** The keys for which peers were found, and what each peer shall be given. */
  shares (): { keys: Key[], shares: Array<Share<Key, Peer>> } {
    const shares = new Map<string, Share<Key, Peer>>()
    for (const [key, peers] of this.#placed) {
      for (const { id, peer } of peers) {
        const share = shares.get(id) ?? { peer, keys: [] }
        share.keys.push(key)
        shares.set(id, share)
      }
    }
    return { keys: [...this.#placed.keys()], shares: [...shares.values()] }
  }
}
