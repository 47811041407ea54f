/** Sending to a group and reading what comes. Whatever is refused leaves no trace: the state that was given is as it was. */
import { createApplicationMessage, processPrivateMessage, type ClientState, type PrivateMessage } from 'ts-mls'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { NotAuthenticError } from '../../errors.ts'
import { NO_PRE_SHARED_KEYS, type Engine } from './engine.ts'
import { AlreadyReadError, EpochAheadError, EpochOverError, NotAMemberError, OwnCommitError, WrongGroupError } from './errors.ts'
import { encodeFrame, openMessage, type OpenedFrame } from './frames.ts'
import { settleSkipped } from './kept-keys.ts'
import { leafAt } from './leaves.ts'
import { decodeApplication } from './proposal.ts'
import { inOurWords } from './refusals.ts'
import { active, checkGroup, refusalOf } from './rules.ts'
import { groupState, insideOf, secretTreeOf } from './state.ts'
import { movedRatchets, trimEpoch } from './trim.ts'
import { forgottenEpochs, wiper } from './wipe.ts'
import type { SecretTree } from 'ts-mls'
import type { GroupState, Member, Received, Sealed } from './port.ts'

/** application: as proposal.ts encodes it. */
export async function sealApplication (engine: Engine, state: GroupState, application: Uint8Array, authenticatedData?: Uint8Array): Promise<Sealed> {
  const before = active(state, insideOf(state))
  const made = await createApplicationMessage(before, application, await engine.suites.get(state.suite), authenticatedData)
  return {
    state: groupState(made.newState, state.members),
    message: encodeFrame({ version: 'mls10', wireformat: 'mls_private_message', privateMessage: made.privateMessage }),
    wipe: wiper(made.consumed)
  }
}

export async function receiveMessage (engine: Engine, state: GroupState, bytes: Uint8Array): Promise<Received> {
  const frame = openMessage(bytes)
  const before = insideOf(state)
  checkPlace(state, before, frame)
  return frame.header.type === 'application'
    ? await receiveApplication(engine, state, frame.message)
    : await receiveCommit(engine, state, frame.message)
}

/** Before any key is touched. */
function checkPlace (state: GroupState, inside: ClientState, { header, message }: OpenedFrame): void {
  if (header.groupId !== state.groupId) throw new WrongGroupError('the message is for another group')
  if (header.epoch > state.epoch) throw new EpochAheadError(`the message is of epoch ${header.epoch}, and here it is ${state.epoch}`)
  if (header.epoch < state.epoch && (header.type === 'commit' || !inside.historicalReceiverData.has(message.epoch))) {
    throw new EpochOverError(`the message is of epoch ${header.epoch}, which is over: here it is ${state.epoch}`)
  }
  if (header.type === 'commit' && !state.active) throw new NotAMemberError('this device was removed from the group')
}

async function receiveApplication (engine: Engine, state: GroupState, message: PrivateMessage): Promise<Received> {
  const before = insideOf(state)
  const suite = await engine.suites.get(state.suite)
  const read = await inOurWords(async () => await processPrivateMessage(before, message, NO_PRE_SHARED_KEYS, suite))
  if (read.kind !== 'applicationMessage') throw new NotAuthenticError('the message is not what its header says')

  const sender = await senderOf(engine, before, read.newState, message.epoch)
  if (sender.device === state.self) throw new AlreadyReadError('the message is our own')
  const former = secretTreeOf(before, message.epoch)
  const settled = await settleSkipped(secretTreeOf(read.newState, message.epoch) as SecretTree, former, suite)
  return {
    ...decodeApplication(read.message),
    state: groupState(putSecretTree(read.newState, message.epoch, settled.tree), state.members),
    sender,
    epoch: Number(message.epoch),
    authenticatedData: withArrayBuffer(message.authenticatedData),
    wipe: wiper([...read.consumed, ...settled.secrets])
  }
}

/** The library does not say who sent; the ratchet that moved does, and the signature was checked with its leaf's key. */
async function senderOf (engine: Engine, before: ClientState, after: ClientState, epoch: bigint): Promise<Member> {
  const [at, ...others] = movedRatchets(secretTreeOf(before, epoch), secretTreeOf(after, epoch))
  const tree = epoch === before.groupContext.epoch ? before.ratchetTree : before.historicalReceiverData.get(epoch)?.ratchetTree
  const leaf = at == null || tree == null ? undefined : leafAt(tree, at)
  if (leaf == null || others.length > 0) throw new NotAuthenticError('the message does not say who sent it')
  return await engine.leaves.open(leaf.credential, leaf.signaturePublicKey)
}

async function receiveCommit (engine: Engine, state: GroupState, message: PrivateMessage): Promise<Received> {
  const before = insideOf(state)
  const suite = await engine.suites.get(state.suite)
  let committer: number | undefined
  let removesUs = false
  const read = await inOurWords(async () => await processPrivateMessage(before, message, NO_PRE_SHARED_KEYS, suite, (incoming) => {
    if (incoming.kind !== 'commit') throw new NotAuthenticError('the message is not what its header says')
    committer = incoming.senderLeafIndex
    if (committer === before.privatePath.leafIndex) throw new OwnCommitError('the commit is our own')
    const refusal = refusalOf(committer, incoming.proposals)
    if (refusal != null) throw refusal
    // The library looks for a blank leaf, and is lost when another device took the place in the same commit.
    removesUs = incoming.proposals.some(({ proposal }) => proposal.proposalType === 'remove' && 'remove' in proposal && proposal.remove.removed === before.privatePath.leafIndex)
    return removesUs ? 'reject' : 'accept'
  }))
  const leaf = committer == null ? undefined : leafAt(before.ratchetTree, committer * 2)
  if (committer == null || leaf == null) throw new NotAuthenticError('the commit does not say who made it')
  const said = {
    sender: await engine.leaves.open(leaf.credential, leaf.signaturePublicKey),
    epoch: state.epoch,
    authenticatedData: withArrayBuffer(message.authenticatedData)
  }
  if (removesUs) {
    await engine.leaves.checkCommitter(said.sender, state.groupId)
    // The tree stays as it was: by it the late messages of this epoch are verified.
    const removed: ClientState = { ...before, groupActiveState: { kind: 'removedFromGroup' } }
    return { ...said, type: 'removed', state: groupState(removed, state.members), wipe: wiper([]) }
  }
  const { secrets, ...entered } = await enterEpoch(engine, state, read.newState, committer * 2)
  return { ...said, ...entered, wipe: wiper([...read.consumed, ...secrets, ...forgottenEpochs(before, read.newState)]) }
}

interface Entered { type: 'commit', state: GroupState, added: Member[], removed: Member[], secrets: Uint8Array[] }

/** What a commit of others leads to, when it may. secrets: to be wiped. */
async function enterEpoch (engine: Engine, state: GroupState, led: ClientState, committer: number): Promise<Entered> {
  const before = insideOf(state)
  checkGroup(led.ratchetTree, led.groupContext, state.suite)
  await engine.leaves.checkCommit(before, led, committer, state.groupId)
  const epoch = before.groupContext.epoch
  const settled = await settleSkipped(secretTreeOf(led, epoch) as SecretTree, before.secretTree, await engine.suites.get(state.suite))
  const after = trimEpoch(putSecretTree(led, epoch, settled.tree))
  return {
    type: 'commit',
    state: groupState(after, await engine.leaves.members(after.ratchetTree)),
    added: await engine.leaves.newIn(after.ratchetTree, before.ratchetTree, committer),
    removed: await engine.leaves.newIn(before.ratchetTree, after.ratchetTree, committer),
    secrets: settled.secrets
  }
}

function putSecretTree (inside: ClientState, epoch: bigint, secretTree: SecretTree): ClientState {
  if (epoch === inside.groupContext.epoch) return { ...inside, secretTree }
  const former = inside.historicalReceiverData.get(epoch)
  if (former == null) return inside
  return { ...inside, historicalReceiverData: new Map(inside.historicalReceiverData).set(epoch, { ...former, secretTree }) }
}
