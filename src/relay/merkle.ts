/**
 * The Merkle tree of one group commit (RFC 6962, section 2.1): one signature over its head speaks for every leaf.
 *
 * A `CommitTree` is either grown from all leaves (the node that committed) or from a run of leaves and its range
 * proof (everybody who gets receipts). Both answer the same questions about what they know: the head, the range
 * proof of a narrower run, the inclusion path of one leaf. Only hashes are kept, never envelopes.
 *
 * RFC 6962 splits n leaves at the largest power of two below n. So the subtree of leaves [low, high) stands at level
 * ceil(log2(high − low)) and index low >> level, which is where `#nodes` keeps it.
 */
import { MalformedError } from '../errors.ts'
import { LIMITS } from '../wire/limits.ts'
import type { Bytes } from '../types.ts'

/** SHA-256 over the parts, joined. */
export type Hash = (...parts: Uint8Array[]) => Bytes

const LEAF_PREFIX = Uint8Array.of(0)
const NODE_PREFIX = Uint8Array.of(1)
const HASH_BYTES = 32

/** A run of leaves: first … first + count − 1. */
export interface Run { first: number, count: number }

export class CommitTree {
  readonly leafCount: number
  readonly head: Bytes
  readonly #hash: Hash
  /** By level, then index. What a range proof did not tell is not there. */
  readonly #nodes: Array<Map<number, Bytes>> = []

  private constructor (hash: Hash, leafCount: number, run: Run, leaves: Uint8Array[], proof: Bytes[]) {
    this.#hash = hash
    this.leafCount = leafCount
    const rest = proof.values()
    this.head = this.#grow(0, leafCount, run, leaves, rest)
    if (rest.next().done !== true) throw new MalformedError('the range proof is longer than its run needs')
  }

  /** From all leaves of a commit, in order; at least one. */
  static fromLeaves (hash: Hash, leaves: Uint8Array[]): CommitTree {
    const run = { first: 0, count: leaves.length }
    checkRun(run, leaves.length)
    return new CommitTree(hash, leaves.length, run, leaves, [])
  }

  /**
   * From the leaves of a run and the hashes of the largest subtrees outside it, left to right. Throws MalformedError
   * when they do not fit; whether the head is the signed one is the caller's question.
   */
  static fromRun (hash: Hash, leafCount: number, first: number, leaves: Uint8Array[], proof: Bytes[]): CommitTree {
    const run = { first, count: leaves.length }
    checkRun(run, leafCount)
    return new CommitTree(hash, leafCount, run, leaves, proof)
  }

  /** Hashes of the largest subtrees outside the run, left to right. The run must lie in what this tree was grown from. */
  rangeProof (run: Run): Bytes[] {
    checkRun(run, this.leafCount)
    const proof: Bytes[] = []
    this.#collectOutside(0, this.leafCount, run, proof)
    return proof
  }

  /** One leaf's RFC 6962 inclusion path, from the leaf upwards. */
  inclusionPath (index: number): Bytes[] {
    checkRun({ first: index, count: 1 }, this.leafCount)
    const path: Bytes[] = []
    let low = 0
    let high = this.leafCount
    while (high - low > 1) {
      const middle = split(low, high)
      if (index < middle) {
        path.unshift(this.#known(middle, high))
        high = middle
      } else {
        path.unshift(this.#known(low, middle))
        low = middle
      }
    }
    return path
  }

  #grow (low: number, high: number, run: Run, leaves: Uint8Array[], proof: Iterator<Bytes>): Bytes {
    let node: Bytes
    if (isOutside(low, high, run)) {
      node = takeHash(proof)
    } else if (high - low === 1) {
      node = leafHash(this.#hash, leaves[low - run.first])
    } else {
      const middle = split(low, high)
      const left = this.#grow(low, middle, run, leaves, proof)
      node = this.#hash(NODE_PREFIX, left, this.#grow(middle, high, run, leaves, proof))
    }
    const level = levelOf(low, high)
    const known = this.#nodes[level] ??= new Map()
    known.set(low >>> level, node)
    return node
  }

  #collectOutside (low: number, high: number, run: Run, proof: Bytes[]): void {
    if (isOutside(low, high, run)) {
      proof.push(this.#known(low, high))
    } else if (high - low > 1 && !isInside(low, high, run)) {
      const middle = split(low, high)
      this.#collectOutside(low, middle, run, proof)
      this.#collectOutside(middle, high, run, proof)
    }
  }

  #known (low: number, high: number): Bytes {
    const level = levelOf(low, high)
    const node = this.#nodes[level]?.get(low >>> level)
    if (node === undefined) throw new MalformedError('the leaf lies outside the run that this tree was grown from')
    return node
  }
}

/** The head that a leaf and its inclusion path lead to. Throws MalformedError when the path does not fit the place. */
export function headFromPath (hash: Hash, leaf: Uint8Array, index: number, leafCount: number, path: Uint8Array[]): Bytes {
  checkRun({ first: index, count: 1 }, leafCount)
  const upwards = path.values()
  const climb = (low: number, high: number): Bytes => {
    if (high - low === 1) return leafHash(hash, leaf)
    const middle = split(low, high)
    if (index < middle) {
      const left = climb(low, middle)
      return hash(NODE_PREFIX, left, takeHash(upwards))
    }
    const right = climb(middle, high)
    return hash(NODE_PREFIX, takeHash(upwards), right)
  }
  const head = climb(0, leafCount)
  if (upwards.next().done !== true) throw new MalformedError('the inclusion path is longer than its tree is deep')
  return head
}

function leafHash (hash: Hash, leaf: Uint8Array | undefined): Bytes {
  if (leaf === undefined) throw new MalformedError('a leaf of the run is missing')
  return hash(LEAF_PREFIX, leaf)
}

function checkRun ({ first, count }: Run, leafCount: number): void {
  if (!Number.isInteger(leafCount) || leafCount < 1 || leafCount > LIMITS.commitLeaves) throw new MalformedError(`a commit cannot have ${leafCount} leaves`)
  if (!Number.isInteger(first) || first < 0 || count < 1 || first + count > leafCount) throw new MalformedError('the run does not lie in its commit')
}

function takeHash <T extends Uint8Array> (hashes: Iterator<T>): T {
  const { value, done } = hashes.next()
  if (done === true) throw new MalformedError('the proof is too short')
  if (value.byteLength !== HASH_BYTES) throw new MalformedError('a hash of the proof does not have 32 bytes')
  return value
}

function isOutside (low: number, high: number, { first, count }: Run): boolean {
  return high <= first || low >= first + count
}

function isInside (low: number, high: number, { first, count }: Run): boolean {
  return low >= first && high <= first + count
}

/** Where RFC 6962 splits: after the largest power of two below the number of leaves. */
function split (low: number, high: number): number {
  return low + 2 ** (levelOf(low, high) - 1)
}

/** ceil(log2(high − low)). */
function levelOf (low: number, high: number): number {
  return 32 - Math.clz32(high - low - 1)
}
