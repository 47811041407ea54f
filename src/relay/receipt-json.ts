/**
 * Receipts as JSON, for scripts: what `posthouse send --json` prints and what anybody can check without a node.
 * Nodes are written as libp2p peer ids, since that is how scripts see them everywhere else.
 */
import { peerIdFromString } from '@libp2p/peer-id'
import { peerIdFromPeerKey, peerKeyFromPeerId } from '../identity/index.ts'
import { idBytes } from '../wire/envelope.ts'
import { fromHex, toHex } from '../wire/hex.ts'
import { headFromPath } from './merkle.ts'
import { receiptStatement } from './receipt.ts'
import type { Crypto } from '../ports.ts'
import type { EnvelopeId, Receipt, StoreId } from '../types.ts'

/** All bytes in lower-case hexadecimal; `node` is a peer id, `time` milliseconds since 1970. */
export interface ReceiptJson {
  envelope: string
  node: string
  storeId: string
  time: number
  leafCount: number
  leafIndex: number
  /** RFC 6962 inclusion path, from the leaf upwards. */
  path: string[]
  signature: string
}

export function receiptToJson (receipt: Receipt): ReceiptJson {
  return {
    envelope: receipt.envelope,
    node: peerIdFromPeerKey(receipt.node).toString(),
    storeId: receipt.storeId,
    time: receipt.time,
    leafCount: receipt.leafCount,
    leafIndex: receipt.leafIndex,
    path: receipt.path.map(hash => toHex(hash)),
    signature: toHex(receipt.signature)
  }
}

/**
 * True when `node` signed that `envelope` was on its disk at `time`. False for anything that is not a receipt, of
 * whatever form. Whether the node is one of the recipient's is for the caller to compare with the route record.
 */
export async function verifyReceipt (json: unknown, crypto: Pick<Crypto, 'sha256' | 'verify'>): Promise<boolean> {
  try {
    const { envelope, node, storeId, time, leafCount, leafIndex, path, signature } = json as ReceiptJson
    if (!isHex(envelope, 32) || !isHex(storeId, 16) || !isHex(signature, 64) || !path.every(hash => isHex(hash, 32))) return false
    if (!Number.isSafeInteger(time) || time < 0) return false
    const head = headFromPath(crypto.sha256, idBytes(envelope as EnvelopeId), leafIndex, leafCount, path.map(hash => fromHex(hash)))
    const key = peerKeyFromPeerId(peerIdFromString(node))
    const statement = receiptStatement({ node: key, storeId: storeId as StoreId, time }, leafCount, head)
    return await crypto.verify(key, statement, fromHex(signature))
  } catch {
    // A missing field, a text that is no peer id, a path that fits no tree: each means that this is no receipt.
    return false
  }
}

function isHex (text: unknown, bytes: number): boolean {
  return typeof text === 'string' && text.length === 2 * bytes && /^[0-9a-f]*$/.test(text)
}
