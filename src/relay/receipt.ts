/**
 * Receipts: a node's signed word that envelopes are on its disk (docs/protocol.md, "Receipt").
 *
 * A node signs once per group commit, over the head of the commit's tree. Each stream then gets the signature with
 * one range proof for its own run of leaves; a node on the way narrows a run to the part that each device sent, and
 * the device opens it. Nobody signs or verifies per envelope.
 */
import { concat } from 'uint8arrays/concat'
import { MalformedError, NotAuthenticError } from '../errors.ts'
import { peerKeyFromBytes } from '../identity/index.ts'
import { idBytes } from '../wire/envelope.ts'
import { fromHex, toHex } from '../wire/hex.ts'
import { LIMITS } from '../wire/limits.ts'
import { DOMAIN } from '../wire/protocols.ts'
import { RELAY_DEFAULTS } from './defaults.ts'
import { CommitTree } from './merkle.ts'
import type { Commit, Crypto, SigningKey } from '../ports.ts'
import type { Bytes, EnvelopeId, Millis, PeerKey, Receipt, StoreId } from '../types.ts'
import type { Receipts } from '../wire/mail.ts'

const STORE_ID_BYTES = 16
const SIGNATURE_BYTES = 64
/** time u64, leaf count u32. */
const NUMBERS_BYTES = 12

/** What a commit's signature covers, apart from the tree. */
interface CommitHead { node: PeerKey, storeId: StoreId, time: Millis, signature: Bytes }

/**
 * A run of leaves of one commit whose place in the tree has been computed, and whose signature is ours or has been
 * verified: only `signCommit` and `openReceiptRun` make one.
 */
export class ReceiptRun {
  readonly #commit: CommitHead
  readonly #tree: CommitTree
  readonly #firstLeaf: number
  readonly #ids: EnvelopeId[]

  constructor (commit: CommitHead, tree: CommitTree, firstLeaf: number, ids: EnvelopeId[]) {
    this.#commit = commit
    this.#tree = tree
    this.#firstLeaf = firstLeaf
    this.#ids = ids
  }

  /** The part of this run that starts `from` leaves after its first one, as a frame: tickets[i] is its i-th leaf. */
  frame (from: number, tickets: number[]): Receipts {
    const { node, storeId, time, signature } = this.#commit
    const first = this.#firstLeaf + from
    return {
      node: fromHex(node),
      storeId: fromHex(storeId),
      time: BigInt(time),
      leafCount: this.#tree.leafCount,
      firstLeaf: first,
      tickets,
      proof: this.#tree.rangeProof({ first, count: tickets.length }),
      signature
    }
  }

  /** One receipt per envelope, each of which stands alone. */
  receipts (): Receipt[] {
    return this.#ids.map((envelope, index) => ({
      envelope,
      ...this.#commit,
      leafCount: this.#tree.leafCount,
      leafIndex: this.#firstLeaf + index,
      path: this.#tree.inclusionPath(this.#firstLeaf + index)
    }) as Receipt)
  }
}

export interface CommitSigner { storeId: StoreId, key: SigningKey, crypto: Pick<Crypto, 'sha256'> }

/** Signs a commit: its whole run of leaves, from which each stream gets its part. */
export async function signCommit (commit: Commit, { storeId, key, crypto }: CommitSigner): Promise<ReceiptRun> {
  const tree = CommitTree.fromLeaves(crypto.sha256, commit.leaves.map(idBytes))
  const head = { node: key.publicKey, storeId, time: commit.time }
  const signature = await key.sign(receiptStatement(head, tree.leafCount, tree.head))
  return new ReceiptRun({ ...head, signature }, tree, 0, commit.leaves)
}

/**
 * Checks a frame's form, computes the tree's head from the ids and the proof, and verifies the signature over it.
 * `ids[i]` is the envelope behind tickets[i]. Throws MalformedError or NotAuthenticError.
 */
export async function openReceiptRun (frame: Receipts, ids: EnvelopeId[], crypto: Pick<Crypto, 'sha256' | 'verify'>): Promise<ReceiptRun> {
  checkForm(frame)
  const commit: CommitHead = {
    node: peerKeyFromBytes(frame.node),
    storeId: toHex(frame.storeId) as StoreId,
    time: Number(frame.time),
    signature: frame.signature
  }
  const tree = CommitTree.fromRun(crypto.sha256, frame.leafCount, frame.firstLeaf, ids.map(idBytes), frame.proof)
  const statement = receiptStatement(commit, tree.leafCount, tree.head)
  if (!await verifyOnce(commit.node, statement, commit.signature, crypto)) throw new NotAuthenticError('the receipts’ signature does not fit their envelopes')
  return new ReceiptRun(commit, tree, frame.firstLeaf, ids)
}

/** Opens a frame for a device: one receipt per ticket, in order. Throws MalformedError or NotAuthenticError. */
export async function openReceipts (
  frame: Receipts,
  idOf: (ticket: number) => EnvelopeId | undefined,
  crypto: Pick<Crypto, 'sha256' | 'verify'>
): Promise<Receipt[]> {
  const ids = frame.tickets.map(ticket => {
    const id = idOf(ticket)
    if (id === undefined) throw new MalformedError(`receipts name ticket ${ticket}, which was not given out`)
    return id
  })
  return (await openReceiptRun(frame, ids, crypto)).receipts()
}

/** The bytes that a receipt's signature covers. */
export function receiptStatement ({ node, storeId, time }: Omit<CommitHead, 'signature'>, leafCount: number, head: Uint8Array): Bytes {
  const numbers = new DataView(new ArrayBuffer(NUMBERS_BYTES))
  numbers.setBigUint64(0, BigInt(time))
  numbers.setUint32(8, leafCount)
  return concat([DOMAIN.receipt, fromHex(node), fromHex(storeId), new Uint8Array(numbers.buffer), head])
}

function checkForm (frame: Receipts): void {
  if (frame.storeId.byteLength !== STORE_ID_BYTES || frame.signature.byteLength !== SIGNATURE_BYTES) {
    throw new MalformedError('the receipts’ store id or signature does not have its length')
  }
  if (frame.time > BigInt(Number.MAX_SAFE_INTEGER)) throw new MalformedError('the receipts’ time is larger than 2^53')
  if (frame.tickets.length > LIMITS.inFlightDeposits) throw new MalformedError(`receipts name more than ${LIMITS.inFlightDeposits} tickets`)
}

/** Verdicts about commits, oldest first. Several frames speak of one commit when its run had to be split. */
const verdicts = new WeakMap<object, Map<string, Promise<boolean>>>()

async function verifyOnce (node: PeerKey, statement: Bytes, signature: Bytes, crypto: Pick<Crypto, 'sha256' | 'verify'>): Promise<boolean> {
  let known = verdicts.get(crypto)
  if (known === undefined) verdicts.set(crypto, known = new Map())
  const name = toHex(crypto.sha256(statement, signature))
  let verdict = known.get(name)
  if (verdict === undefined) {
    known.set(name, verdict = crypto.verify(node, statement, signature))
    for (const oldest of known.keys()) {
      if (known.size <= RELAY_DEFAULTS.commitVerdictsMax) break
      known.delete(oldest)
    }
  }
  return await verdict
}
