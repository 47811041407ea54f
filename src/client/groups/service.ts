/**
 * Conversations as MLS groups of devices (port.ts). What happens to a message on its way out and in is here and in
 * opening.ts; who is in a group is tending.ts; what was lost, missing.ts for us and losses.ts for others.
 */
import { encodeChat, encodeGroupFrame } from '../messages/index.ts'
import { GROUPS_DEFAULTS } from './defaults.ts'
import { generationOf } from './group-id.ts'
import { Losses } from './losses.ts'
import { Missing } from './missing.ts'
import { Opening } from './opening.ts'
import { makeParts, type Parts } from './parts.ts'
import { Tending } from './tending.ts'
import type { Bytes, ConversationId, Message, MessageId, Millis, PeerKey, RootKey } from '../../types.ts'
import type { Write } from '../store/shelf.ts'
import type { GroupsComponents, GroupsInit } from './components.ts'
import type { Draft, Generation, Groups, KeyPackageNode, Lost, OpenedFrame } from './port.ts'
import type { SealedRecord } from './records.ts'
import type { Turn } from './turns.ts'

const NOTHING: Bytes = new Uint8Array(0)

export class GroupsService implements Groups {
  readonly #parts: Parts
  readonly #tending: Tending
  readonly #missing: Missing
  readonly #opening: Opening
  readonly #losses: Losses
  readonly #under = new Set<Promise<void>>()
  #cancelSweep: (() => void) | undefined
  #stopped = false

  constructor (components: GroupsComponents, init: GroupsInit = {}) {
    this.#parts = makeParts(components, init)
    this.#tending = new Tending(this.#parts)
    this.#missing = new Missing(this.#parts)
    this.#opening = new Opening(this.#parts, this.#missing, conversation => { this.#tend(conversation) })
    this.#losses = new Losses(this.#parts, this.#tending)
  }

  async start (): Promise<void> {
    const { book, silence, components: { opened } } = this.#parts
    this.#stopped = false
    this.#tending.start()
    await book.begin()
    await silence.start()
    for (const record of [...book.opened.values()]) {
      if (record.body.byteLength > 0) opened(record.id, await this.#opening.kept(record), record.forgetAt)
    }
    this.#missing.start()
    this.#sweepLater()
    this.#run(async () => { await this.#opening.retryAll() })
    for (const conversation of book.unfinished) this.#tend(conversation)
  }

  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancelSweep?.()
    this.#tending.stop()
    await this.#missing.stop()
    await Promise.allSettled(this.#under)
    await this.#parts.packages.settled()
    await this.#parts.turns.settled()
  }

  get unopened (): number { return this.#missing.unopened }

  get isSettled (): boolean { return this.#under.size === 0 && this.#missing.isSettled }

  /** Nothing is under way; what waits for its time, or for others, may still come. */
  async settled (): Promise<void> {
    const { packages, turns } = this.#parts
    for (;;) {
      await Promise.all([packages.settled(), turns.settled(), this.#missing.settled()])
      if (this.#under.size === 0) return
      await Promise.all(this.#under)
    }
  }

  async protect (draft: Draft): Promise<Bytes | undefined> {
    const { conversation } = draft
    const whole = await this.#tending.inOrder(conversation, 'seal', async turn => await this.#seal(turn, draft))
    this.#resend(conversation)
    return whole
  }

  async forget (ids: MessageId[]): Promise<void> {
    const { book, turns } = this.#parts
    for (const id of ids) {
      const known = await book.sealed(id)
      if (known === undefined || known.bytes.byteLength === 0) continue
      await turns.run(known.conversation, async turn => {
        const record = await book.sealed(id)
        if (record !== undefined) await turn.apply({ sealed: [[id, { ...record, bytes: NOTHING }]] })
      })
    }
  }

  async open (id: MessageId, whole: Uint8Array, forgetAt: Millis): Promise<OpenedFrame> {
    return await this.#opening.open(id, whole, forgetAt)
  }

  releaseWrites (ids: MessageId[]): Write[] {
    const { book, shelves } = this.#parts
    const released = new Set(ids)
    return [...book.opened].filter(([, record]) => released.has(record.id)).map(([key]) => {
      book.opened.delete(key)
      return shelves.opened.del(key)
    })
  }

  async lost (from: RootKey, device: PeerKey, lost: Lost): Promise<void> {
    this.heard(from, device)
    for (const conversation of await this.#losses.take(from, device, lost)) {
      await this.#tending.tend(conversation)
      this.#resend(conversation)
    }
  }

  async given (message: Message): Promise<void> {
    await this.#parts.book.begin()
    await this.#opening.given(message)
  }

  heard (_from: RootKey, device: PeerKey): void { this.#parts.silence.heard(device) }

  profileChanged (root: RootKey): void {
    const { own, book, components: { clock } } = this.#parts
    const conversations = root === own.root
      ? [...book.groups.values()].filter(({ usedAt }) => usedAt + GROUPS_DEFAULTS.tendedMs > clock.now()).sort((a, b) => b.usedAt - a.usedAt).map(({ conversation }) => conversation)
      : [root]
    for (const conversation of new Set(conversations)) this.#tend(conversation)
  }

  async attached (node: KeyPackageNode): Promise<void> { await this.#parts.packages.attached(node) }

  async generations (): Promise<Generation[]> {
    const { book } = this.#parts
    await book.begin()
    const conversations = new Set([...book.chats.keys(), ...[...book.groups.values()].map(({ conversation }) => conversation)])
    return [...conversations].map(conversation => {
      const newest = book.newest(conversation)
      return { conversation, generation: Math.max(book.chat(conversation).generation, newest === undefined ? 0 : generationOf(newest) ?? 0) }
    })
  }

  async restored (generations: Generation[]): Promise<void> {
    const { book, turns } = this.#parts
    await book.begin()
    for (const { conversation, generation } of generations) {
      await turns.run(conversation, async turn => {
        const chat = book.chat(conversation)
        if (chat.generation < generation) await turn.apply({ chat: [conversation, { ...chat, generation }] })
      })
    }
  }

  async exportSecret (conversation: ConversationId, label: string, length: number): Promise<Bytes | undefined> {
    const { book, mls } = this.#parts
    await book.begin()
    const group = book.newest(conversation)
    const state = group === undefined ? undefined : await book.state(group)
    return state?.active === true ? await mls.exportSecret(state, label, NOTHING, length) : undefined
  }

  /** The group is in order. What was sealed for this very epoch is given again. */
  async #seal (turn: Turn, draft: Draft): Promise<Bytes> {
    const { own, book, mls, components: { clock, introduction } } = this.#parts
    const { id, conversation } = draft
    const group = book.newest(conversation)
    const record = group === undefined ? undefined : book.groups.get(group)
    const state = group === undefined ? undefined : await book.state(group)
    if (group === undefined || record === undefined || state === undefined) throw new TypeError('a group that is in order is there')
    const frame = { from: own.root, device: own.device }
    const known = await book.sealed(id)
    if (known !== undefined && known.bytes.byteLength > 0 && known.group === group && known.epoch === state.epoch) return encodeGroupFrame({ ...frame, mls: known.bytes })
    const now = clock.now()
    const sealed = await mls.seal(state, encodeChat(draft, await introduction(conversation)))
    const kept: SealedRecord = { conversation, group, epoch: state.epoch, control: false, at: now, bytes: sealed.message }
    await turn.apply({
      group: { id: group, record: { ...record, usedAt: now, sealed: record.sealed + 1 }, state: sealed.state },
      sealed: [[id, kept]]
    }, { wipe: sealed.wipe })
    return encodeGroupFrame({ ...frame, mls: sealed.message })
  }

  #tend (conversation: ConversationId): void {
    this.#run(async () => {
      await this.#tending.tend(conversation)
      this.#parts.components.ready(conversation)
      await this.#losses.resend(conversation)
    })
  }

  #resend (conversation: ConversationId): void {
    if (this.#parts.book.chat(conversation).resends.length > 0) this.#run(async () => { await this.#losses.resend(conversation) })
  }

  #sweepLater (): void {
    const { book, components: { clock } } = this.#parts
    this.#cancelSweep = clock.after(GROUPS_DEFAULTS.sweepIntervalMs, () => {
      this.#run(async () => {
        await this.#missing.sweep(clock.now())
        await book.sweep(clock.now())
      })
      this.#sweepLater()
    })
  }

  #run (task: () => Promise<void>): void {
    if (this.#stopped) return
    const under = task().catch((error: Error) => { if (!this.#stopped) this.#parts.components.failed(error) }).finally(() => { this.#under.delete(under) })
    this.#under.add(under)
  }
}
