/**
 * What a conversation's group needs next, decided from what this device knows and nothing else.
 *
 * Only one device commits: of the members that belong to the lower root, the first by leaf that is in that user's
 * newest profile. So two commits for one epoch are made only while devices know different profiles. Everybody else
 * proposes, and what must not wait (somebody left, somebody cannot read) they do by founding a group of the next
 * generation, which needs nobody's consent.
 */
import { GROUPS_DEFAULTS } from './defaults.ts'
import type { ConversationId, Millis, PeerKey, RootKey } from '../../types.ts'

/**
 * founded: our first ones in a group that we made · answered: these, and somebody has said something under them ·
 * joined: those of a key package that lay with nodes · renewed: fresh.
 */
export type OwnKeys = 'founded' | 'answered' | 'joined' | 'renewed'

/** A wish of our own that nobody has committed yet. add: devices; our own means that our keys should be renewed. */
export interface Asked { at: Millis, add: PeerKey[] }

/** The numbers that decide. */
export type PolicyLimits = Record<'messagesPerKey' | 'messagesPerKeyMax' | 'keyLifeMs' | 'proposalPatienceMs' | 'replaceIntervalMs' | 'rejoinWaitMs', number>

export interface PolicyMember { root: RootKey, device: PeerKey }

/** The newest group, as this device has it. */
export interface GroupView {
  /** In the order of their leaves. */
  members: readonly PolicyMember[]
  active: boolean
  inactiveAt: Millis
  keys: OwnKeys
  renewedAt: Millis
  sealed: number
  asked: Asked | undefined
  /** What others propose and a committer may do: already checked. */
  proposed: PeerKey[]
  /** Brought in by us after a loss. */
  broughtInAgain: PeerKey[]
}

export interface Situation {
  /** seal: something waits to be sealed. tend: something has changed. */
  purpose: 'seal' | 'tend'
  own: PolicyMember
  conversation: ConversationId
  /** Everything that nodes keep for this device has been read. */
  isCaughtUp: boolean
  /** Devices of the newest profiles; undefined: not known. In a conversation with oneself only our own. */
  devices: { own: PeerKey[], other: PeerKey[] | undefined }
  /** Devices of which nothing came for too long. */
  silent: ReadonlySet<PeerKey>
  group: GroupView | undefined
  /** Devices for which a key package is here. */
  packages: ReadonlySet<PeerKey>
  /** Packages were asked for a moment ago, for this very decision. */
  fetched: boolean
  /** Devices for which nobody had one, not long ago. */
  without: ReadonlySet<PeerKey>
  /** Devices that said that they cannot read; each came with a package. */
  losses: PeerKey[]
  replacedAt: Millis
}

export type Decision =
  /** Nothing stands in the way of sealing. */
  | { type: 'ready' }
  /** Get packages of these, and decide again. */
  | { type: 'fetch', devices: PolicyMember[] }
  /** A device in both is replaced; neither: our keys are renewed. */
  | { type: 'commit', add: PeerKey[], remove: PeerKey[] }
  /** add: our own device means that our keys are to be renewed. */
  | { type: 'propose', add: PeerKey[] }
  /** A group of the next generation, or the first, with these. */
  | { type: 'found', add: PeerKey[] }
  /** Nothing can be sealed now. until: when the answer will be another; undefined: when something changes. */
  | { type: 'blocked', reason: string, until?: Millis }

/** Who of the members commits; undefined when nobody of the lower root is current. */
export function committerOf (members: readonly PolicyMember[], isCurrent: (member: PolicyMember) => boolean, [a, b]: readonly [RootKey, RootKey]): PeerKey | undefined {
  const lower = a < b ? a : b
  return members.find(member => member.root === lower && isCurrent(member))?.device
}

export function decide (situation: Situation, now: Millis, limits: PolicyLimits = GROUPS_DEFAULTS): Decision {
  const { own, purpose, devices, group } = situation
  if (!devices.own.includes(own.device)) return { type: 'blocked', reason: 'this device is not in its user’s profile' }
  if (devices.other === undefined) return purpose === 'tend' ? { type: 'ready' } : { type: 'blocked', reason: 'the other user’s devices are not known' }
  if (group === undefined) return purpose === 'tend' ? { type: 'ready' } : found(situation, now, limits)
  if (!group.active) return outside(situation, group, now, limits)

  const wanted = wantedOf(situation)
  const isCurrent = ({ root, device }: PolicyMember): boolean => (root === own.root ? devices.own : devices.other ?? []).includes(device)
  const changes: Changes = {
    gone: group.members.filter(member => !isCurrent(member)).map(({ device }) => device),
    dormant: group.members.filter(({ device }) => situation.silent.has(device) && !wanted.has(device)).map(({ device }) => device),
    missing: [...wanted.values()].filter(({ device }) => !group.members.some(member => member.device === device)),
    lost: situation.losses.filter(device => wanted.has(device))
  }
  const committer = committerOf(group.members, isCurrent, [own.root, situation.conversation])
  return committer === own.device
    ? commit(situation, group, changes, now, limits)
    : follow(situation, group, changes, now, limits)
}

interface Changes { gone: PeerKey[], dormant: PeerKey[], missing: PolicyMember[], lost: PeerKey[] }

/** We change the group ourselves. */
function commit (situation: Situation, group: GroupView, { gone, dormant, missing, lost }: Changes, now: Millis, limits: PolicyLimits): Decision {
  // Bringing it in did not help: our own state may be an old one.
  if (lost.some(device => group.broughtInAgain.includes(device))) return heal(situation, gone, now, limits)
  const unknown = missing.filter(({ device }) => !situation.packages.has(device) && !situation.without.has(device))
  if (unknown.length > 0 && !situation.fetched) return { type: 'fetch', devices: unknown }
  const members = new Set(group.members.map(({ device }) => device))
  const renewed = [...new Set([...lost, ...group.proposed.filter(device => members.has(device))])].filter(device => !gone.includes(device))
  const added = missing.map(({ device }) => device).filter(device => situation.packages.has(device))
  const remove = [...new Set([...gone, ...dormant, ...renewed.filter(device => members.has(device))])]
  const add = [...new Set([...renewed, ...added])]
  if (add.length > 0 || remove.length > 0 || isRenewalDue(situation, group, now, limits)) return { type: 'commit', add, remove }
  return { type: 'ready' }
}

/** Somebody else commits. */
function follow (situation: Situation, group: GroupView, { gone, missing, lost }: Changes, now: Millis, limits: PolicyLimits): Decision {
  const { purpose, own } = situation
  if (lost.length > 0 || (gone.length > 0 && purpose === 'seal')) return heal(situation, gone, now, limits)
  const { asked } = group
  const isUnanswered = asked !== undefined && asked.at + limits.proposalPatienceMs <= now
  const isOpen = asked?.add.some(device => device === own.device || missing.some(other => other.device === device)) === true
  if (isUnanswered && isOpen && purpose === 'seal') return found(situation, now, limits)

  const unasked = missing.filter(({ device }) => asked?.add.includes(device) !== true)
  const unknown = unasked.filter(({ device }) => !situation.packages.has(device) && !situation.without.has(device))
  if (unknown.length > 0 && !situation.fetched) return { type: 'fetch', devices: unknown }
  const add = unasked.map(({ device }) => device).filter(device => situation.packages.has(device))
  if (isRenewalDue(situation, group, now, limits) && asked?.add.includes(own.device) !== true) add.push(own.device)
  return add.length > 0 ? { type: 'propose', add } : { type: 'ready' }
}

/**
 * A group of the next generation. While that is too early, because one was founded a moment ago, those who can read go
 * on, unless somebody is in the group who must not be: the others get it after the next one.
 */
function heal (situation: Situation, gone: readonly PeerKey[], now: Millis, limits: PolicyLimits): Decision {
  const decision = found(situation, now, limits)
  const isEarly = decision.type === 'blocked' && decision.until !== undefined
  return isEarly && situation.purpose === 'seal' && gone.length === 0 ? { type: 'ready' } : decision
}

/** A commit has removed us, or somebody in our name did. */
function outside (situation: Situation, group: GroupView, now: Millis, limits: PolicyLimits): Decision {
  if (situation.purpose === 'tend' && situation.losses.length === 0) return { type: 'ready' }
  const until = group.inactiveAt + limits.rejoinWaitMs
  return until > now ? { type: 'blocked', reason: 'this device is being taken in again', until } : found(situation, now, limits)
}

function found (situation: Situation, now: Millis, limits: PolicyLimits): Decision {
  const { replacedAt, group, packages, own, conversation } = situation
  const until = replacedAt + limits.replaceIntervalMs
  if (group !== undefined && until > now && replacedAt <= now) return { type: 'blocked', reason: 'the group was replaced a moment ago', until }
  const wanted = [...wantedOf(situation).values()].filter(({ device }) => device !== own.device)
  const unknown = wanted.filter(({ device }) => !packages.has(device))
  if (unknown.length > 0 && !situation.fetched) return { type: 'fetch', devices: unknown }
  const add = wanted.filter(({ device }) => packages.has(device))
  if (!add.some(({ root }) => root === conversation)) return { type: 'blocked', reason: conversation === own.root ? 'nobody has a key package of another own device' : 'nobody has a key package of the other user' }
  return { type: 'found', add: add.map(({ device }) => device) }
}

/** Who should be in the group. A silent device counts when its user has no other, or when it has just said that it cannot read. */
function wantedOf ({ own, conversation, devices, silent, losses }: Situation): Map<PeerKey, PolicyMember> {
  const wanted = new Map<PeerKey, PolicyMember>()
  const users: Array<[RootKey, PeerKey[]]> = [[own.root, devices.own], ...conversation === own.root ? [] : [[conversation, devices.other ?? []] satisfies [RootKey, PeerKey[]]]]
  for (const [root, all] of users) {
    const lively = all.filter(device => device === own.device || !silent.has(device) || losses.includes(device))
    for (const device of lively.length > 0 ? lively : all) wanted.set(device, { root, device })
  }
  return wanted
}

/**
 * On the first answer either way, and then by count and time; only who seals something needs it. Each renewal begins an
 * epoch, and only so many former ones can be read: what lies in the mailbox is read first, within reason.
 */
function isRenewalDue ({ purpose, isCaughtUp }: Situation, { keys, sealed, renewedAt }: GroupView, now: Millis, limits: PolicyLimits): boolean {
  if (purpose !== 'seal' || (!isCaughtUp && sealed < limits.messagesPerKeyMax)) return false
  return keys === 'joined' || keys === 'answered' || sealed >= limits.messagesPerKey || (sealed > 0 && now - renewedAt >= limits.keyLifeMs)
}
