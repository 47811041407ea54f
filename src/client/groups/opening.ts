/**
 * What comes for groups: Welcomes, commits, proposals, messages. Everything that a frame leads to is one batch: the
 * state after it, and the plaintext, because nobody can decrypt it a second time. The frame names its sender only as a
 * hint; what MLS proves is what counts, and a frame whose hint says something else is none.
 */
import { NotAuthenticError, StoreDamagedError, StoreFailedError } from '../../errors.ts'
import { decodeChat, decodeGroupFrame, encodeChat } from '../messages/index.ts'
import { AlreadyReadError, EpochAheadError, EpochOverError, isWelcome, NotAMemberError, NotInvitedError, OwnCommitError, readHeader, readWelcome, TooFarAheadError, type GroupId, type GroupState, type Member, type MessageHeader, type OwnKeyPackage, type Received } from '../mls/index.ts'
import { GROUPS_DEFAULTS } from './defaults.ts'
import { generationOf } from './group-id.ts'
import { frameKey } from './shelves.ts'
import type { Bytes, ConversationId, Message, MessageId, Millis, RootKey } from '../../types.ts'
import type { Change } from './book.ts'
import type { Frame, Missing } from './missing.ts'
import type { OpenedFrame } from './port.ts'
import type { GroupRecord, OpenedRecord, PackageUse } from './records.ts'
import type { Parts } from './parts.ts'
import type { Turn } from './turns.ts'

/** What became of it now. missing: another copy must come; early: something must come before it. */
export type Outcome = OpenedFrame | { type: 'early', group: GroupId, epoch: number } | { type: 'missing', group: GroupId, epoch: number }

const NOTHING: Bytes = new Uint8Array(0)

/** A Welcome that opens with a package of ours, and where it leads. */
interface Invitation { own: OwnKeyPackage, use: PackageUse, conversation: ConversationId, groupId: GroupId, epoch: number }

export class Opening {
  readonly #parts: Parts
  readonly #missing: Missing
  /** A group has changed by what came. */
  readonly #changed: (conversation: ConversationId) => void

  constructor (parts: Parts, missing: Missing, changed: (conversation: ConversationId) => void) {
    this.#parts = parts
    this.#missing = missing
    this.#changed = changed
  }

  async open (id: MessageId, whole: Uint8Array, forgetAt: Millis): Promise<OpenedFrame> {
    const { own, book } = this.#parts
    let frame: Frame
    try {
      frame = { ...decodeGroupFrame(whole), id, forgetAt }
    } catch (error) {
      return { type: 'unreadable', reason: (error as Error).message }
    }
    if (frame.device === own.device) return { type: 'taken', from: own.root }
    await book.begin()
    const kept = book.opened.get(frameKey(id, frame.device))
    if (kept !== undefined) return await this.kept(kept)
    return isWelcome(frame.mls) ? await this.#welcome(frame) : await this.#message(frame)
  }

  /** What was opened before and is not in the inbox yet. */
  async kept (record: OpenedRecord): Promise<OpenedFrame> {
    const { id, from, device, conversation, body } = record
    if (body.byteLength === 0) return { type: 'taken', from }
    const { introduction, ...words } = decodeChat(await this.#parts.shelves.unlockBody(frameKey(id, device), body))
    return { type: 'message', message: { ...words, from, device, conversation } }
  }

  /** Another own device has opened what waits here: as good as if it had opened here. Whoever resent it need not be the device that wrote it. */
  async given (message: Message): Promise<void> {
    const { book, shelves, turns, components: { opened } } = this.#parts
    const { id, from, device, conversation } = message
    await turns.run(conversation, async turn => {
      const waiting = [...book.waiting].filter(([, record]) => record.id === id && record.from === from)
      const [first] = waiting
      if (first === undefined) return
      const [, { group, forgetAt }] = first
      const known = group === undefined ? undefined : book.groups.get(group)
      if (known !== undefined && known.conversation !== conversation) return
      const key = frameKey(id, device)
      await turn.apply({
        opened: [[key, { id, from, device, conversation, body: await shelves.lockBody(key, encodeChat(message, undefined)), forgetAt }]],
        waiting: waiting.map(([key]) => [key, undefined])
      })
      turn.after(() => { opened(id, { type: 'message', message }, forgetAt) })
    })
  }

  /** The process may have ended between a Welcome or commit and what had waited for it. */
  async retryAll (): Promise<void> {
    const { book, turns } = this.#parts
    for (const group of new Set([...book.waiting.values()].map(record => record.group))) {
      const conversation = group === undefined ? undefined : book.groups.get(group)?.conversation
      if (group !== undefined && conversation !== undefined) await turns.run(conversation, async turn => { await this.retry(turn, group) })
    }
  }

  /** Tries what waited for this group again. */
  async retry (turn: Turn, group: GroupId): Promise<void> {
    const { book, components: { opened } } = this.#parts
    const waiting = [...book.waiting.values()].filter(record => record.group === group && record.mls.byteLength > 0).sort((a, b) => a.epoch - b.epoch)
    for (const { id, from, device, mls, isCommit, forgetAt } of waiting) {
      // A commit among them has opened what waited for it.
      if (!book.waiting.has(frameKey(id, device))) continue
      const frame: Frame = { id, from, device, mls, forgetAt }
      const outcome = await this.#inGroup(turn, frame, group)
      if (outcome.type === 'missing') await this.#missing.keep(turn, { ...frame, mls: NOTHING }, { ...outcome, isCommit })
      if (outcome.type === 'unreadable') await turn.apply({ waiting: [[frameKey(id, device), undefined]] })
      if (outcome.type === 'message' || outcome.type === 'taken') turn.after(() => { opened(id, outcome, forgetAt) })
    }
  }

  async #message (frame: Frame): Promise<OpenedFrame> {
    const { book, turns } = this.#parts
    let header: MessageHeader
    try {
      header = readHeader(frame.mls)
    } catch (error) {
      return unreadable(error)
    }
    const group = header.groupId
    const known = book.groups.get(group)
    if (known === undefined) {
      await this.#missing.wait(frame, header)
      // Its Welcome may have come in the meantime.
      const conversation = book.groups.get(group)?.conversation
      if (conversation !== undefined) await turns.run(conversation, async turn => { await this.retry(turn, group) })
      return { type: 'waiting' }
    }
    return await turns.run(known.conversation, async turn => {
      const outcome = await this.#inGroup(turn, frame, group)
      if (outcome.type !== 'early' && outcome.type !== 'missing') return outcome
      await this.#missing.keep(turn, outcome.type === 'missing' ? { ...frame, mls: NOTHING } : frame, { ...outcome, isCommit: header.type === 'commit' })
      return { type: 'waiting' }
    })
  }

  /** A message of a group that is here; what it leads to is handed to the disk. */
  async #inGroup (turn: Turn, frame: Frame, group: GroupId): Promise<Outcome> {
    const { book, mls, devices, silence } = this.#parts
    const record = book.groups.get(group)
    const state = await book.state(group)
    if (record === undefined || state === undefined) return { type: 'unreadable', reason: 'the group is not here any more' }
    let received: Received
    try {
      received = await mls.receive(state, frame.mls)
    } catch (error) {
      return refused(error, frame, group)
    }
    const refusal = await this.#refusal(received.sender, frame)
    if (refusal !== undefined) return { type: 'unreadable', reason: refusal }
    silence.heard(received.sender.device)
    if (received.type === 'content') return await this.#content(turn, frame, { group, record, received })
    const key = frameKey(frame.id, frame.device)
    await turn.apply({
      group: { id: group, record: this.#afterHandshake(record, received, await devices.of(record.conversation)), state: received.state },
      waiting: this.#parts.book.waiting.has(key) ? [[key, undefined]] : [],
      // A proposal that comes again would look like a message that was lost.
      opened: received.type === 'proposal' ? [[key, { id: frame.id, from: frame.from, device: frame.device, conversation: record.conversation, body: NOTHING, forgetAt: frame.forgetAt }]] : []
    }, { wipe: received.wipe })
    if (received.type === 'commit') await this.retry(turn, group)
    turn.after(() => { this.#changed(record.conversation) })
    return { type: 'taken', from: frame.from }
  }

  /** Why what a device says does not count; undefined when it does. */
  async #refusal ({ device, certificate }: Member, frame: Frame): Promise<string | undefined> {
    if (device !== frame.device || certificate.root !== frame.from) return 'the frame names another sender than the message has'
    return await this.#parts.devices.isCurrent(certificate) ? undefined : 'its device is none of its user’s any more'
  }

  async #content (turn: Turn, frame: Frame, { group, record, received }: { group: GroupId, record: GroupRecord, received: Received & { type: 'content' } }): Promise<Outcome> {
    const { shelves, book, components: { clock, introduced, log } } = this.#parts
    const { id, from, device, forgetAt } = frame
    const key = frameKey(id, device)
    let message: Message
    try {
      const { introduction, ...words } = decodeChat(received.content)
      if (words.id !== id) return { type: 'unreadable', reason: 'the message has another id inside than on its frame' }
      message = { ...words, from, device, conversation: record.conversation }
      if (introduction !== undefined) await introduced(from, introduction).catch((error: Error) => { log('an introduction was not taken: %s', error.message) })
    } catch (error) {
      return unreadable(error)
    }
    const body = await shelves.lockBody(key, received.content)
    const change: Change = {
      group: { id: group, record: { ...record, usedAt: clock.now(), keys: record.keys === 'founded' ? 'answered' : record.keys }, state: received.state },
      opened: [[key, { id, from, device, conversation: record.conversation, body, forgetAt }]],
      waiting: book.waiting.has(key) ? [[key, undefined]] : []
    }
    await turn.apply(change, { wipe: received.wipe })
    return { type: 'message', message }
  }

  #afterHandshake (record: GroupRecord, received: Exclude<Received, { type: 'content' }>, current: unknown): GroupRecord {
    const { components: { clock } } = this.#parts
    const now = clock.now()
    const changed = { ...record, epoch: received.state.epoch, active: received.state.active, usedAt: now }
    if (received.type === 'removed') return { ...changed, inactiveAt: now }
    if (received.type === 'commit') {
      const added = new Set(received.added.map(({ device }) => device))
      const asked = record.asked === undefined ? [] : record.asked.add.filter(device => !added.has(device))
      return { ...changed, asked: asked.length === 0 ? undefined : { at: record.asked?.at ?? now, add: asked }, proposals: [] }
    }
    const { add, remove } = received.proposal
    return { ...changed, proposals: [...record.proposals, { by: received.sender.device, add, remove }].slice(-GROUPS_DEFAULTS.proposalsMax) }
  }

  async #welcome (frame: Frame): Promise<OpenedFrame> {
    const { packages, mls, turns } = this.#parts
    try {
      const { refs } = readWelcome(frame.mls)
      const found = await packages.find(refs)
      // For other devices; or we joined by it before.
      if (found === undefined) return { type: 'taken', from: frame.from }
      const peek = await mls.join(frame.mls, found.own)
      const { groupId } = peek.state
      const conversation = this.#conversationOf(peek.state)
      const refusal = conversation === undefined ? 'a group of ours has devices of one other user, and ids of our form' : await this.#refusal(peek.inviter, frame)
      if (conversation === undefined || refusal !== undefined) return { type: 'unreadable', reason: refusal ?? '' }
      return await turns.run(conversation, async turn => await this.#join(turn, frame, { ...found, conversation, groupId, epoch: peek.state.epoch }))
    } catch (error) {
      if (error instanceof NotInvitedError) return { type: 'taken', from: frame.from }
      return unreadable(error)
    }
  }

  async #join (turn: Turn, frame: Frame, { own, use, conversation, groupId, epoch }: Invitation): Promise<OpenedFrame> {
    const { mls, book, packages, silence, components: { clock } } = this.#parts
    const previous = await book.state(groupId)
    const before = book.groups.get(groupId)
    // We are in it already; one that goes back in time is of a device that lost its state, and will be told.
    if (before !== undefined && before.epoch >= epoch) return { type: 'taken', from: frame.from }
    const joined = await mls.join(frame.mls, own, previous)
    const now = clock.now()
    const record: GroupRecord = {
      conversation,
      epoch: joined.state.epoch,
      active: true,
      inactiveAt: 0,
      usedAt: now,
      // A package that was made for this and went straight to who uses it is as good as a commit of our own.
      keys: use === 'direct' ? 'renewed' : 'joined',
      renewedAt: now,
      sealed: 0,
      asked: undefined,
      proposals: [],
      broughtIn: before?.broughtIn ?? []
    }
    silence.heard(joined.inviter.device)
    await turn.apply({ group: { id: groupId, record, state: joined.state }, packages: [packages.used(own.ref)] }, { wipe: joined.wipe })
    await this.retry(turn, groupId)
    turn.after(() => {
      if (use === 'lastResort') packages.renew()
      this.#changed(conversation)
    })
    return { type: 'taken', from: frame.from }
  }

  /** With whom: all members are ours or one other user's. */
  #conversationOf ({ groupId, members }: GroupState): RootKey | undefined {
    const others = new Set(members.map(({ certificate: { root } }) => root))
    others.delete(this.#parts.own.root)
    if (generationOf(groupId) === undefined || others.size > 1) return undefined
    const [other = this.#parts.own.root] = others
    return other
  }
}

/** What MLS says to a message that it does not open. */
function refused (error: unknown, { mls, from }: Frame, group: GroupId): Outcome {
  const { epoch, type } = readHeader(mls)
  if (error instanceof EpochAheadError) return { type: 'early', group, epoch }
  // A commit that is done, or the one that removed us, again.
  if (type === 'commit' && (error instanceof OwnCommitError || error instanceof EpochOverError || error instanceof NotAMemberError)) return { type: 'taken', from }
  // Read under another id, or its key is gone, or its sender went back in time, or the group fell apart: whoever sent it knows whether it did.
  const isMissing = error instanceof EpochOverError || error instanceof AlreadyReadError || error instanceof TooFarAheadError || error instanceof NotAuthenticError
  if (isMissing) return { type: 'missing', group, epoch }
  return unreadable(error)
}

/** Named refusals are answers; what else goes wrong is the caller's. */
function unreadable (error: unknown): OpenedFrame & { type: 'unreadable' } {
  if (!(error instanceof Error) || error instanceof StoreFailedError || error instanceof StoreDamagedError) throw error
  return { type: 'unreadable', reason: error.message }
}
