/**
 * What a state need not keep. The library keeps the whole ratchet tree of every former epoch and ratchets for nodes
 * that no one ever sends from; with X-Wing keys of 1.2 kB a group of twenty would write 237 kB a commit, instead of 97. Of a former
 * epoch only its senders' credentials and ratchets are needed, and what is not there cannot be stolen.
 */
import { directPath, leafToNodeIndex, leafWidth, toLeafIndex } from 'ts-mls/treemath.js'
import type { ClientState, EpochReceiverData, LeafNode, SecretTree, SecretTreeNode } from 'ts-mls'
import type { RatchetTree } from 'ts-mls/ratchetTree.js'

const NOTHING = new Uint8Array(0)
const NO_RATCHET: SecretTreeNode = Object.freeze({
  handshake: { secret: NOTHING, generation: 0, unusedGenerations: {} },
  application: { secret: NOTHING, generation: 0, unusedGenerations: {} }
})
const NO_CAPABILITIES: LeafNode['capabilities'] = { versions: [], ciphersuites: [], extensions: [], proposals: [], credentials: [] }

/** The state at the beginning of an epoch, without what it will never need. Former epochs that were trimmed stay as they are. */
export function trimEpoch (state: ClientState): ClientState {
  const self = leafToNodeIndex(toLeafIndex(state.privatePath.leafIndex))
  return {
    ...state,
    secretTree: state.secretTree.map((ratchets, at) => isLeafNode(state.ratchetTree, at) ? ratchets : NO_RATCHET),
    privatePath: { ...state.privatePath, privateKeys: trimPrivateKeys(state, self) },
    historicalReceiverData: new Map([...state.historicalReceiverData].map(([epoch, former]) => [epoch, trimFormer(former, self)]))
  }
}

/** What a former epoch is read with. self: this device's node there; nobody reads what they wrote. */
export function trimFormer (former: EpochReceiverData, self: number): EpochReceiverData {
  if (former.resumptionPsk.byteLength === 0) return former
  return {
    ...former,
    resumptionPsk: NOTHING,
    secretTree: former.secretTree.map((ratchets, at) => at === self ? NO_RATCHET : ratchets),
    ratchetTree: former.ratchetTree.map((node) => node?.nodeType === 'leaf' ? { nodeType: 'leaf', leaf: trimLeaf(node.leaf) } : undefined)
  }
}

/** Ratchets that moved between two states of one tree: the places of senders. */
export function movedRatchets (before: SecretTree | undefined, after: SecretTree | undefined): number[] {
  if (before == null || after == null || before === after) return []
  return after.flatMap((ratchets, at) => ratchets === before[at] ? [] : [at])
}

function isLeafNode (tree: RatchetTree, at: number): boolean {
  return tree[at]?.nodeType === 'leaf'
}

/** Keys of nodes that are blank now, or not above us any more, open nothing that is still to come. */
function trimPrivateKeys ({ privatePath, ratchetTree }: ClientState, self: number): Record<number, Uint8Array> {
  const path = new Set<number>([self, ...directPath(leafToNodeIndex(toLeafIndex(privatePath.leafIndex)), leafWidth(ratchetTree.length))])
  return Object.fromEntries(Object.entries(privatePath.privateKeys).filter(([at]) => path.has(Number(at)) && ratchetTree[Number(at)] != null))
}

/** Who it is and by which key it signs; `update` is the source that carries nothing further. */
function trimLeaf ({ credential, signaturePublicKey }: LeafNode): LeafNode {
  return {
    leafNodeSource: 'update',
    hpkePublicKey: NOTHING,
    signaturePublicKey,
    credential,
    capabilities: NO_CAPABILITIES,
    extensions: [],
    signature: NOTHING
  }
}
