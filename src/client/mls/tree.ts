/**
 * The ratchet tree that comes with a Welcome, checked as RFC 9420, section 12.4.3.1, asks. Our own, because ts-mls
 * 1.6.4 wants the lists of unmerged leaves to be the same all the way up, and so refuses good Welcomes: after a leaf
 * was added under a filled node and another half of the tree committed, the root's list is empty and the node's not.
 */
import { verifyLeafNodeSignature, verifyLeafNodeSignatureKeyPackage } from 'ts-mls/leafNode.js'
import { verifyParentHashes } from 'ts-mls/parentHash.js'
import { treeHashRoot } from 'ts-mls/treeHash.js'
import { directPath, leafToNodeIndex, leafWidth, toLeafIndex } from 'ts-mls/treemath.js'
import { equals } from 'uint8arrays/equals'
import { NotAuthenticError } from '../../errors.ts'
import { NotAllowedError } from './errors.ts'
import { leafAt } from './leaves.ts'
import type { CiphersuiteImpl, GroupContext, LeafNode } from 'ts-mls'
import type { RatchetTree } from 'ts-mls/ratchetTree.js'

/** Throws NotAllowedError or NotAuthenticError. Credentials are for the caller (leaves.ts). */
export async function checkTree (tree: RatchetTree, context: GroupContext, suite: CiphersuiteImpl): Promise<void> {
  for (const [at, node] of tree.entries()) {
    if (node == null) continue
    if ((node.nodeType === 'leaf') !== (at % 2 === 0)) throw new NotAllowedError('the tree of the group has a node out of place')
    if (node.nodeType === 'leaf') await checkLeaf(node.leaf, at, context, suite)
    else checkUnmerged(tree, at, node.parent.unmergedLeaves)
  }
  if (!equals(await treeHashRoot(tree, suite.hash), context.treeHash)) throw new NotAuthenticError('the tree of the group is not the one that was signed')
  if (!await verifyParentHashes(tree, suite.hash)) throw new NotAuthenticError('the tree of the group has a node that none of its members made')
}

async function checkLeaf (leaf: LeafNode, at: number, context: GroupContext, suite: CiphersuiteImpl): Promise<void> {
  const valid = leaf.leafNodeSource === 'key_package'
    ? await verifyLeafNodeSignatureKeyPackage(leaf, suite.signature)
    : await verifyLeafNodeSignature(leaf, context.groupId, at / 2, suite.signature)
  if (!valid) throw new NotAuthenticError('the group has a leaf that its device did not sign')
  if (leaf.extensions.length > 0) throw new NotAllowedError('leaves of our groups have no extensions')
}

/** Each unmerged leaf is there, below the node, and every filled node between the two lists it as well. */
function checkUnmerged (tree: RatchetTree, at: number, unmerged: number[]): void {
  for (const leaf of unmerged) {
    const path = directPath(leafToNodeIndex(toLeafIndex(leaf)), leafWidth(tree.length)) as number[]
    const between = path.slice(0, path.indexOf(at))
    const listed = between.every((place) => {
      const node = tree[place]
      return node?.nodeType !== 'parent' || node.parent.unmergedLeaves.includes(leaf)
    })
    if (leaf * 2 >= tree.length || leafAt(tree, leaf * 2) == null || !path.includes(at) || !listed) throw new NotAllowedError('the tree of the group names an unmerged leaf that is not there')
  }
}
