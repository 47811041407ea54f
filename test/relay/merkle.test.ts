import assert from 'node:assert/strict'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import fc from 'fast-check'
import { nodeCrypto } from '../../src/node/crypto.ts'
import { CommitTree, headFromPath, type Run } from '../../src/relay/merkle.ts'
import type { Bytes } from '../../src/types.ts'

const hash = nodeCrypto.sha256
const hex = (bytes: Uint8Array): string => toString(bytes, 'base16')

describe('CommitTree', () => {
  // Published with Certificate Transparency (certificate-transparency-go, merkle tree reference vectors): eight inputs and the head of the first n.
  const inputs = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(text => fromString(text, 'base16'))
  const heads = [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'
  ]

  it('has the heads of the published vectors', () => {
    heads.forEach((head, last) => {
      assert.equal(hex(CommitTree.fromLeaves(hash, inputs.slice(0, last + 1)).head), head)
    })
  })

  it('has the inclusion path of the published vectors', () => {
    // Leaf 5 of 8, and leaf 2 of 3 whose path is short because the tree is not full.
    assert.deepEqual(CommitTree.fromLeaves(hash, inputs).inclusionPath(5).map(hex), [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'
    ])
    assert.deepEqual(CommitTree.fromLeaves(hash, inputs.slice(0, 3)).inclusionPath(2).map(hex), [
      'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'
    ])
  })

  it('agrees with the definition of RFC 6962 written down as it stands', () => {
    fc.assert(fc.property(leavesAndRun(), ({ leaves, run }) => {
      const tree = CommitTree.fromLeaves(hash, leaves)
      assert.deepEqual(tree.head, plainHead(leaves))
      assert.deepEqual(tree.inclusionPath(run.first), plainPath(run.first, leaves))
      assert.deepEqual(tree.rangeProof(run), plainRangeProof(0, leaves, run))
    }))
  })

  it('leads from a run and its proof to the same head, to narrower runs and to each path', () => {
    fc.assert(fc.property(leavesAndRun(), fc.nat(), fc.nat(), ({ leaves, run }, skip, length) => {
      const whole = CommitTree.fromLeaves(hash, leaves)
      const part = CommitTree.fromRun(hash, leaves.length, run.first, leaves.slice(run.first, run.first + run.count), whole.rangeProof(run))
      assert.deepEqual(part.head, whole.head)
      const first = run.first + skip % run.count
      const narrow = { first, count: 1 + length % (run.first + run.count - first) }
      assert.deepEqual(part.rangeProof(narrow), whole.rangeProof(narrow))
      const leaf = leaves[first] as Bytes
      assert.deepEqual(headFromPath(hash, leaf, first, leaves.length, part.inclusionPath(first)), whole.head)
    }))
  })

  it('comes to another head when any hash of the proof, any leaf or the place is another', () => {
    fc.assert(fc.property(leavesAndRun(), fc.nat(), ({ leaves, run }, pick) => {
      const whole = CommitTree.fromLeaves(hash, leaves)
      const inside = leaves.slice(run.first, run.first + run.count)
      const proof = whole.rangeProof(run)
      const all = [...inside, ...proof]
      const at = pick % all.length
      const forged = all.map((bytes, index) => index === at ? flip(bytes) : bytes)
      const other = CommitTree.fromRun(hash, leaves.length, run.first, forged.slice(0, run.count), forged.slice(run.count))
      assert.notDeepEqual(other.head, whole.head)
    }))
  })

  it('refuses a proof that is too short, too long or has a hash of another length', () => {
    const whole = CommitTree.fromLeaves(hash, inputs)
    const run = { first: 2, count: 3 }
    const inside = inputs.slice(2, 5)
    const proof = whole.rangeProof(run)
    for (const wrong of [proof.slice(1), [...proof, whole.head], proof.map(bytes => bytes.subarray(1))]) {
      assert.throws(() => CommitTree.fromRun(hash, 8, 2, inside, wrong), { name: 'MalformedError' })
    }
    const path = whole.inclusionPath(2)
    for (const wrong of [path.slice(1), [...path, whole.head], path.map(bytes => bytes.subarray(1))]) {
      assert.throws(() => headFromPath(hash, inputs[2] as Bytes, 2, 8, wrong), { name: 'MalformedError' })
    }
  })

  it('refuses runs that do not lie in their commit, and commits over the limit', () => {
    const leaf = [inputs[1] as Bytes]
    for (const [leafCount, first] of [[0, 0], [1, 1], [4, 4], [4, -1], [65_537, 0], [2.5, 0], [NaN, 0]] as const) {
      assert.throws(() => CommitTree.fromRun(hash, leafCount, first, leaf, []), { name: 'MalformedError' })
      assert.throws(() => headFromPath(hash, inputs[1] as Bytes, first, leafCount, []), { name: 'MalformedError' })
    }
    assert.throws(() => CommitTree.fromLeaves(hash, []), { name: 'MalformedError' })
  })

  it('answers only about the run that it was grown from', () => {
    const whole = CommitTree.fromLeaves(hash, inputs)
    const part = CommitTree.fromRun(hash, 8, 2, inputs.slice(2, 4), whole.rangeProof({ first: 2, count: 2 }))
    assert.throws(() => part.inclusionPath(5), { name: 'MalformedError' })
    assert.throws(() => part.rangeProof({ first: 3, count: 3 }), { name: 'MalformedError' })
  })
})

function leavesAndRun (): fc.Arbitrary<{ leaves: Bytes[], run: Run }> {
  return fc.tuple(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat()).map(([count, skip, length]) => {
    const leaves = Array.from({ length: count }, (_, index) => hash(Uint8Array.of(index)))
    const first = skip % count
    return { leaves, run: { first, count: 1 + length % (count - first) } }
  })
}

function flip (bytes: Uint8Array): Bytes {
  const other = Uint8Array.from(bytes)
  other[0] = (other[0] ?? 0) ^ 1
  return other
}

/** MTH of RFC 6962, section 2.1. */
function plainHead (leaves: Uint8Array[]): Bytes {
  if (leaves.length === 1) return hash(Uint8Array.of(0), leaves[0] as Uint8Array)
  const k = plainSplit(leaves.length)
  return hash(Uint8Array.of(1), plainHead(leaves.slice(0, k)), plainHead(leaves.slice(k)))
}

/** PATH of RFC 6962, section 2.1.1. */
function plainPath (m: number, leaves: Uint8Array[]): Bytes[] {
  if (leaves.length === 1) return []
  const k = plainSplit(leaves.length)
  return m < k
    ? [...plainPath(m, leaves.slice(0, k)), plainHead(leaves.slice(k))]
    : [...plainPath(m - k, leaves.slice(k)), plainHead(leaves.slice(0, k))]
}

function plainRangeProof (low: number, leaves: Uint8Array[], run: Run): Bytes[] {
  const places = leaves.map((_, index) => low + index)
  const inside = places.filter(place => place >= run.first && place < run.first + run.count)
  if (inside.length === 0) return [plainHead(leaves)]
  if (inside.length === leaves.length) return []
  const k = plainSplit(leaves.length)
  return [...plainRangeProof(low, leaves.slice(0, k), run), ...plainRangeProof(low + k, leaves.slice(k), run)]
}

function plainSplit (n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}
