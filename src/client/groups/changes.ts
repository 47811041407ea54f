/** What a device does to a group: it founds, commits, proposes. Each is one batch: state, what is remembered, frames for the others. */
import { LIMITS } from '../../wire/limits.ts'
import { controlFrames, type Parts } from './parts.ts'
import { newGroupId } from './group-id.ts'
import { committerOf } from './policy.core.ts'
import type { Bytes, ConversationId, MessageId, PeerKey, RootKey } from '../../types.ts'
import type { GroupId, GroupState, KeyPackage } from '../mls/index.ts'
import type { ControlFrame } from './components.ts'
import type { ChatRecord, GroupRecord, SealedRecord } from './records.ts'
import type { Turn } from './turns.ts'

/** The newest group as it stands. */
export interface Standing { id: GroupId, record: GroupRecord, state: GroupState }

const NOTHING: Bytes = new Uint8Array(0)

/** A group of us and of whose packages these are; it takes the place of the one before. */
export async function foundGroup (parts: Parts, turn: Turn, conversation: ConversationId, { generation, add }: { generation: number, add: KeyPackage[] }): Promise<void> {
  const { mls, suite, book, founding, components: { clock, random, send } } = parts
  const now = clock.now()
  const id = newGroupId(generation, random)
  founding.set(id, conversation)
  try {
    const created = await mls.create(id, suite, now)
    const committed = add.length === 0 ? undefined : await mls.commit(created.state, { add }, now)
    const { state } = committed ?? created
    const frames = welcomeFrames(parts, committed?.welcome, add)
    const broughtIn = add.map(({ member: { device } }) => ({ device, epoch: state.epoch, again: false }))
    const record: GroupRecord = { conversation, epoch: state.epoch, active: true, inactiveAt: 0, usedAt: now, keys: 'founded', renewedAt: now, sealed: 0, asked: undefined, proposals: [], broughtIn }
    const chat = withoutLosses(book.chat(conversation), add)
    // The first group takes nobody's place: whoever it lacks is not made to wait.
    if (generation > 1) chat.replacedAt = now
    await turn.apply({ group: { id, record, state }, chat: [conversation, chat], sealed: sealedControl(frames, { conversation, group: id, epoch: state.epoch, at: now }) }, {
      wipe: () => {
        created.wipe()
        committed?.wipe()
      },
      send: async writes => { await send(frames, writes) }
    })
  } finally {
    founding.delete(id)
  }
}

/** Adds, removes, replaces; or renews our keys when nothing else is to be done. */
export async function commitTo (parts: Parts, turn: Turn, { id, record, state }: Standing, { add, remove }: { add: KeyPackage[], remove: PeerKey[] }): Promise<void> {
  const { own, mls, book, components: { clock, send } } = parts
  const now = clock.now()
  const { conversation } = record
  const committed = await mls.commit(state, { add, remove }, now)
  const lost = new Set(book.chat(conversation).losses.map(({ device }) => device))
  const broughtIn = add.map(({ member: { device } }) => ({ device, epoch: committed.state.epoch, again: lost.has(device) }))
  const added = new Set(broughtIn.map(({ device }) => device))
  // Only a commit that does more than add has new keys of its committer (RFC 9420, section 12.4.1).
  const isRenewed = remove.length > 0 || add.length === 0
  const hearers = [...new Set(state.members.filter(({ device }) => device !== own.device).map(({ certificate: { root } }) => root))]
  const frames = [...controlFrames(parts, committed.message, hearers), ...welcomeFrames(parts, committed.welcome, add)]
  const next: GroupRecord = {
    ...record,
    epoch: committed.state.epoch,
    usedAt: now,
    ...isRenewed ? { keys: 'renewed', renewedAt: now, sealed: 0 } : {},
    proposals: [],
    broughtIn: [...record.broughtIn.filter(({ device }) => !added.has(device) && !remove.includes(device)), ...broughtIn]
  }
  await turn.apply({
    group: { id, record: next, state: committed.state },
    chat: [conversation, withoutLosses(book.chat(conversation), add)],
    sealed: sealedControl(frames, { conversation, group: id, epoch: committed.state.epoch, at: now })
  }, { wipe: committed.wipe, send: async writes => { await send(frames, writes) } })
}

/** Asks the committer. renew: that it replaces us by a fresh package, which heals our keys. */
export async function proposeTo (parts: Parts, turn: Turn, { id, record, state }: Standing, { add, renew }: { add: KeyPackage[], renew: boolean }): Promise<void> {
  const { own, mls, packages, devices, components: { clock, send } } = parts
  const now = clock.now()
  const { conversation } = record
  const current = new Set([...await devices.of(own.root) ?? [], ...await devices.of(conversation) ?? []])
  const members = state.members.map(({ device, certificate: { root } }) => ({ root, device }))
  const committer = committerOf(members, ({ device }) => current.has(device), [own.root, conversation])
  const fresh = renew ? await packages.make('direct') : undefined
  const proposal = { add: [...add.map(({ bytes }) => bytes), ...fresh === undefined ? [] : [fresh.own.bytes]], remove: fresh === undefined ? [] : [own.device] }
  const asked = { at: record.asked?.at ?? now, add: [...record.asked?.add ?? [], ...add.map(({ member: { device } }) => device), ...renew ? [own.device] : []] }
  // Nobody can commit: remembered as asked, so that the group is replaced when its time is over.
  if (committer === undefined) return await turn.apply({ group: { id, record: { ...record, asked } } })
  const sealed = await mls.propose(state, proposal)
  const to = members.find(({ device }) => device === committer)?.root ?? conversation
  const frames = controlFrames(parts, sealed.message, [to])
  await turn.apply({
    group: { id, record: { ...record, usedAt: now, asked }, state: sealed.state },
    sealed: sealedControl(frames, { conversation, group: id, epoch: sealed.state.epoch, at: now }),
    packages: fresh === undefined ? [] : [fresh.entry]
  }, { wipe: sealed.wipe, send: async writes => { await send(frames, writes) } })
}

/** Each user whose devices were added gets the Welcome. */
function welcomeFrames (parts: Parts, welcome: Bytes | undefined, add: KeyPackage[]): ControlFrame[] {
  if (welcome === undefined) return []
  return controlFrames(parts, welcome, [...new Set(add.map(({ member: { certificate: { root } } }) => root))])
}

function sealedControl (frames: ControlFrame[], { conversation, group, epoch, at }: Pick<SealedRecord, 'conversation' | 'group' | 'epoch' | 'at'>): Array<[MessageId, SealedRecord]> {
  const ids = new Set(frames.map(({ id }) => id))
  return [...ids].map(id => [id, { conversation, group, epoch, control: true, at, bytes: NOTHING }])
}

/** Devices that were brought in get what they lacked once more. */
function withoutLosses ({ losses, resends, ...chat }: ChatRecord, add: KeyPackage[]): ChatRecord {
  const added = new Set(add.map(({ member: { device } }) => device))
  const healed = losses.filter(({ device }) => added.has(device))
  return { ...chat, losses: losses.filter(({ device }) => !added.has(device)), resends: mergeResends([...resends, ...healed.map(({ root, ids }) => ({ to: root, ids }))]) }
}

/** One entry a user, without repetition. */
export function mergeResends (resends: Array<{ to: RootKey, ids: MessageId[] }>): ChatRecord['resends'] {
  const byUser = new Map<RootKey, Set<MessageId>>()
  for (const { to, ids } of resends) for (const id of ids) byUser.set(to, (byUser.get(to) ?? new Set()).add(id))
  return [...byUser].map(([to, ids]) => ({ to, ids: [...ids].slice(-LIMITS.messageMarks) }))
}
