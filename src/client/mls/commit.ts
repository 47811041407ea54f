/**
 * Making a group and changing it. A commit of ours is judged by the same rules as one that comes (leaves.ts,
 * rules.ts), before anybody sees it.
 */
import { createCommit, createGroup, type Proposal as LibraryProposal } from 'ts-mls'
import { fromString } from 'uint8arrays/from-string'
import { NO_PRE_SHARED_KEYS, type Engine } from './engine.ts'
import { NotAMemberError } from './errors.ts'
import { encodeFrame } from './frames.ts'
import { checkTimes, generate, insideOfPackage } from './key-package.ts'
import { inOurWords } from './refusals.ts'
import { active, checkChange, checkGroup } from './rules.ts'
import { groupState, insideOf } from './state.ts'
import { trimEpoch } from './trim.ts'
import { forgottenEpochs, wiper } from './wipe.ts'
import type { Millis, PeerKey } from '../../types.ts'
import type { Change, Committed, GroupId, GroupState, MlsSuite, Step } from './port.ts'

/** A group of this device alone. */
export async function createOwnGroup (engine: Engine, groupId: GroupId, suite: MlsSuite, now: Millis): Promise<Step> {
  const { publicPackage, privatePackage } = await generate(engine, suite, now)
  const inside = await createGroup(fromString(groupId, 'base16'), publicPackage, privatePackage, [], await engine.suites.get(suite), engine.config)
  const state = groupState(inside, await engine.leaves.members(inside.ratchetTree))
  return { state, wipe: wiper([privatePackage.initPrivateKey]) }
}

/** The commit, the state that it leads to, and the Welcome for whom it adds. */
export async function commitChange (engine: Engine, state: GroupState, change: Change, now: Millis): Promise<Committed> {
  const before = active(state, insideOf(state))
  checkChange(state, change)
  for (const keyPackage of change.add ?? []) checkTimes(keyPackage, now)
  const cipherSuite = await engine.suites.get(state.suite)
  const made = await inOurWords(async () => await createCommit({ state: before, pskIndex: NO_PRE_SHARED_KEYS, cipherSuite }, {
    extraProposals: proposalsOf(state, change),
    ratchetTreeExtension: (change.add ?? []).length > 0,
    authenticatedData: change.authenticatedData
  }))
  const after = trimEpoch(made.newState)
  checkGroup(after.ratchetTree, after.groupContext, state.suite)
  await engine.leaves.checkCommit(before, after, before.privatePath.leafIndex * 2, state.groupId)
  return {
    state: groupState(after, await engine.leaves.members(after.ratchetTree)),
    message: encodeFrame(made.commit),
    welcome: made.welcome == null ? undefined : encodeFrame({ version: 'mls10', wireformat: 'mls_welcome', welcome: made.welcome }),
    wipe: wiper([...made.consumed, ...forgottenEpochs(before, after)])
  }
}

function proposalsOf (state: GroupState, { add = [], remove = [] }: Change): LibraryProposal[] {
  return [
    ...remove.map((device): LibraryProposal => ({ proposalType: 'remove', remove: { removed: leafNumber(state, device) } })),
    ...add.map((keyPackage): LibraryProposal => ({ proposalType: 'add', add: { keyPackage: insideOfPackage(keyPackage) } }))
  ]
}

function leafNumber (state: GroupState, device: PeerKey): number {
  const at = leafPlaces(state)[state.members.findIndex((member) => member.device === device)]
  if (at == null) throw new NotAMemberError('a device that should be removed is not in the group')
  return at / 2
}

/** Members stand in the order of their leaves. */
function leafPlaces (state: GroupState): number[] {
  return insideOf(state).ratchetTree.flatMap((node, at) => node?.nodeType === 'leaf' ? [at] : [])
}
