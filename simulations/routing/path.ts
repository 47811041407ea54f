/** One of a walk's disjoint paths: who is still to be asked, nearest first, and how near those are that have answered. */
import { enlarged } from './peers.ts'

const FIRST_QUEUE = 64

export class Path {
  /** Farthest first, so that the nearest is taken from the end. */
  #queue = new Int32Array(FIRST_QUEUE)
  #distances = new Uint32Array(FIRST_QUEUE)
  #hops = new Uint8Array(FIRST_QUEUE)
  #queued = 0
  /** Distances of the k nearest that have answered, nearest first. */
  readonly #closest: Uint32Array
  #answered = 0
  running = 0
  /** Of the peer that `take` has just given. */
  takenHops = 0

  constructor (bucketPeers: number) {
    this.#closest = new Uint32Array(bucketPeers)
  }

  begin (): void {
    this.#queued = 0
    this.#answered = 0
    this.running = 0
  }

  /** hops: questions on the way to it, its own included. */
  add (peer: number, distance: number, hops: number): void {
    if (this.#queued === this.#queue.length) this.#grow()
    let place = this.#queued++
    while (place > 0 && (this.#distances[place - 1] as number) < distance) {
      this.#distances[place] = this.#distances[place - 1] as number
      this.#queue[place] = this.#queue[place - 1] as number
      this.#hops[place] = this.#hops[place - 1] as number
      place--
    }
    this.#distances[place] = distance
    this.#queue[place] = peer
    this.#hops[place] = hops
  }

  /** The nearest that could still be among the k closest; −1 when the path has converged. */
  take (): number {
    while (this.#queued > 0) {
      this.#queued--
      if (!this.canEnter(this.#distances[this.#queued] as number)) continue
      this.takenHops = this.#hops[this.#queued] as number
      return this.#queue[this.#queued] as number
    }
    return -1
  }

  /** True when a peer at this distance would be among the k closest that have answered on this path. */
  canEnter (distance: number): boolean {
    return this.#answered < this.#closest.length || distance < (this.#closest[this.#answered - 1] as number)
  }

  answered (distance: number): void {
    if (!this.canEnter(distance)) return
    let place = this.#answered < this.#closest.length ? this.#answered++ : this.#answered - 1
    while (place > 0 && (this.#closest[place - 1] as number) > distance) {
      this.#closest[place] = this.#closest[place - 1] as number
      place--
    }
    this.#closest[place] = distance
  }

  #grow (): void {
    const capacity = 2 * this.#queue.length
    this.#queue = enlarged(this.#queue, new Int32Array(capacity))
    this.#distances = enlarged(this.#distances, new Uint32Array(capacity))
    this.#hops = enlarged(this.#hops, new Uint8Array(capacity))
  }
}
