/**
 * What our groups do and do not: a commit adds and removes devices and renews keys, nothing else. Every client must
 * judge alike, or the group falls apart: nothing here looks at a clock or at what one device happens to know.
 */
import { MLS_DEFAULTS } from './defaults.ts'
import { GroupFullError, KeyPackageUnusableError, NotAllowedError, NotAMemberError } from './errors.ts'
import { leavesOf } from './leaves.ts'
import { MLS_SUITE, type Change, type GroupState, type MlsSuite } from './port.ts'
import type { ClientState, GroupContext, KeyPackage as LibraryKeyPackage, ProposalWithSender } from 'ts-mls'
import type { RatchetTree } from 'ts-mls/ratchetTree.js'

/** Why a commit's proposals are refused, undefined when they may be. */
export function refusalOf (committer: number | undefined, proposals: ProposalWithSender[]): Error | undefined {
  if (committer == null) return new NotAllowedError('nobody joins our groups from outside')
  if (proposals.length > 2 * MLS_DEFAULTS.changesMax) return new NotAllowedError(`a commit with ${proposals.length} changes is too large`)
  for (const { proposal } of proposals) {
    if (proposal.proposalType === 'remove') continue
    if (proposal.proposalType !== 'add' || !('add' in proposal)) return new NotAllowedError(`a commit of our groups does not contain ${String(proposal.proposalType)}`)
    if (!isPlain(proposal.add.keyPackage)) return new NotAllowedError('a commit adds a key package that is not one of ours')
  }
  return undefined
}

/** Of any group that we have or are to have. Throws GroupFullError or NotAllowedError. */
export function checkGroup (tree: RatchetTree, context: GroupContext, suite: MlsSuite): void {
  const devices = leavesOf(tree).length
  const devicesMax = suite === MLS_SUITE.xWing ? MLS_DEFAULTS.xWingDevicesMax : MLS_DEFAULTS.devicesMax
  if (devices > devicesMax) throw new GroupFullError(`the group would have ${devices} devices, more than the ${devicesMax} of its cipher suite`)
  // An external_senders extension would let strangers propose.
  if (context.extensions.length > 0) throw new NotAllowedError('our groups have no extensions')
}

/** A change that is asked of us, against the group as it is. Throws NotAMemberError, NotAllowedError or KeyPackageUnusableError. */
export function checkChange (state: GroupState, { add = [], remove = [] }: Change): void {
  const members = new Set(state.members.map(({ device }) => device))
  const added = add.map(({ member }) => member.device)
  if (Math.max(add.length, remove.length) > MLS_DEFAULTS.changesMax) throw new NotAllowedError(`a commit adds and removes at most ${MLS_DEFAULTS.changesMax} devices`)
  if (new Set(added).size < added.length || new Set(remove).size < remove.length) throw new NotAllowedError('a commit names a device twice')
  if (remove.includes(state.self)) throw new NotAllowedError('a device cannot remove itself: another one commits it')
  if (remove.some((device) => !members.has(device))) throw new NotAMemberError('a device that should be removed is not in the group')
  if (added.some((device) => members.has(device) && !remove.includes(device))) throw new NotAllowedError('a device that should be added is in the group')
  if (add.some(({ suite }) => suite !== state.suite)) throw new KeyPackageUnusableError('the key package is for another cipher suite than the group’s')
}

/** The group, when this device can still act in it. Throws NotAMemberError. */
export function active (state: GroupState, inside: ClientState): ClientState {
  if (!state.active) throw new NotAMemberError('this device was removed from the group')
  return inside
}

function isPlain ({ extensions, leafNode }: LibraryKeyPackage): boolean {
  const { notBefore, notAfter } = leafNode.lifetime
  return extensions.length === 0 && leafNode.extensions.length === 0 && notAfter > notBefore &&
    notAfter - notBefore <= BigInt(MLS_DEFAULTS.keyPackageLifeS + MLS_DEFAULTS.clockSlackS)
}
