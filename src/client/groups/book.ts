/**
 * Everything that is known of groups, in memory and on disk, changed together: first on disk, and for whoever comes
 * next already in memory. When the disk refuses, memory is read again.
 */
import { StoreFailedError } from '../../errors.ts'
import { GROUPS_DEFAULTS } from './defaults.ts'
import { compareGroups } from './group-id.ts'
import { Ledger } from './ledger.ts'
import type { GroupShelves, LoadedState } from './shelves.ts'
import type { ConversationId, MessageId } from '../../types.ts'
import type { GroupId, GroupState, KeyPackageRef, Mls } from '../mls/index.ts'
import type { Write } from '../store/shelf.ts'
import type { GroupsStore } from './components.ts'
import type { ChatRecord, GroupRecord, OpenedRecord, PackageRecord, SealedRecord, WaitingRecord } from './records.ts'

/** What a step changes. `undefined` as a value: it goes. */
export interface Change {
  /** state: what it becomes; left out when only the record changes. */
  group?: { id: GroupId, record: GroupRecord, state?: GroupState }
  chat?: [ConversationId, ChatRecord]
  sealed?: Array<[MessageId, SealedRecord]>
  waiting?: Array<[string, WaitingRecord | undefined]>
  opened?: Array<[string, OpenedRecord | undefined]>
  packages?: Array<[KeyPackageRef, PackageRecord | undefined]>
}

const NEW_CHAT: ChatRecord = Object.freeze({ generation: 0, replacedAt: 0, losses: [], resends: [] })

type Send = (writes: Write[]) => Promise<void>

export class Book {
  readonly groups = new Map<GroupId, GroupRecord>()
  readonly chats = new Map<ConversationId, ChatRecord>()
  readonly waiting = new Map<string, WaitingRecord>()
  readonly opened = new Map<string, OpenedRecord>()
  readonly packages = new Map<KeyPackageRef, PackageRecord>()
  readonly #byConversation = new Map<ConversationId, Set<GroupId>>()
  readonly #shelves: GroupShelves
  readonly #ledger: Ledger
  readonly #mls: () => Pick<Mls, 'restore' | 'changeOf'>
  /** Least recently used first. */
  readonly #states = new Map<GroupId, LoadedState>()
  /** Not on disk yet. */
  readonly #sealing = new Map<MessageId, SealedRecord>()
  #isStale = true
  #loading: Promise<void> | undefined

  /** mls: asked for late, because it asks this book who belongs where. */
  constructor (shelves: GroupShelves, store: Pick<GroupsStore, 'write'>, mls: () => Pick<Mls, 'restore' | 'changeOf'>) {
    this.#shelves = shelves
    this.#mls = mls
    this.#ledger = new Ledger(async writes => { await store.write(writes) }, () => { this.#isStale = true })
  }

  /** What a step must know before it looks at anything, and give back with its change. */
  async begin (): Promise<number> {
    while (this.#isStale) await (this.#loading ??= this.#load().finally(() => { this.#loading = undefined }))
    return this.#ledger.era
  }

  /** Groups of a conversation, the newest first. */
  groupsOf (conversation: ConversationId): GroupId[] {
    return [...this.#byConversation.get(conversation) ?? []].sort(compareGroups)
  }

  /** What was left to be done when the last run ended. */
  get unfinished (): Set<ConversationId> {
    const groups = [...this.groups.values()].filter(({ proposals }) => proposals.length > 0).map(({ conversation }) => conversation)
    const chats = [...this.chats].filter(([, { losses, resends }]) => losses.length + resends.length > 0).map(([conversation]) => conversation)
    return new Set([...groups, ...chats])
  }

  newest (conversation: ConversationId): GroupId | undefined {
    return this.groupsOf(conversation)[0]
  }

  chat (conversation: ConversationId): ChatRecord { return this.chats.get(conversation) ?? NEW_CHAT }

  async state (group: GroupId): Promise<GroupState | undefined> { return (await this.#loaded(group))?.state }

  async sealed (id: MessageId): Promise<SealedRecord | undefined> { return this.#sealing.get(id) ?? await this.#shelves.sealed.get(id) }

  /**
   * In memory at once; on disk when `durable` resolves, which must be awaited. send: writes it together with what is
   * to be sent. Rejects when a step before it could not be written.
   */
  async apply (era: number, change: Change, send?: Send): Promise<{ durable: Promise<void> }> {
    const { group } = change
    const before = group === undefined ? undefined : await this.#loaded(group.id)
    const state = group?.state === undefined ? undefined : await this.#shelves.stateWrites(group.id, this.#mls().changeOf(before?.state, group.state), before?.ratchets ?? new Set())
    if (era !== this.#ledger.era) throw new StoreFailedError('a step that this one builds on could not be written')
    const durable = this.#ledger.write(era, [...state?.writes ?? [], ...this.#writes(change)], send)
    if (group?.state !== undefined && state !== undefined) this.#remember(group.id, { state: group.state, ratchets: state.ratchets })
    this.#take(change)
    for (const [id] of change.sealed ?? []) void durable.finally(() => { this.#sealing.delete(id) }).catch(() => { /* told to whoever awaits it */ })
    return { durable }
  }

  /** Lets go of groups that are not the newest any more and were not used for long, and of all that is past its time. */
  async sweep (now: number): Promise<void> {
    const era = await this.begin()
    const former = [...this.groups].filter(([id, record]) => record.usedAt + GROUPS_DEFAULTS.formerKeptMs <= now && this.newest(record.conversation) !== id).map(([id]) => id)
    const packages = [...this.packages].filter(([, { notAfter }]) => notAfter * 1000 + GROUPS_DEFAULTS.packagesKeptMs <= now).map(([ref]) => [ref, undefined] as [KeyPackageRef, undefined])
    const opened = [...this.opened].filter(([, { forgetAt }]) => forgetAt <= now).map(([key]) => [key, undefined] as [string, undefined])
    const sealed: Write[] = []
    for await (const [id, { at }] of this.#shelves.sealed.entries()) if (at + GROUPS_DEFAULTS.formerKeptMs <= now) sealed.push(this.#shelves.sealed.del(id))
    const gone = (await Promise.all(former.map(async id => await this.#shelves.groupGone(id)))).flat()
    const change = { packages, opened }
    if (gone.length + sealed.length + packages.length + opened.length === 0) return
    const written = this.#ledger.write(era, [...gone, ...sealed, ...this.#writes(change)])
    for (const id of former) {
      this.#byConversation.get(this.groups.get(id)?.conversation as ConversationId)?.delete(id)
      this.groups.delete(id)
      this.#states.delete(id)
    }
    this.#take(change)
    await written
  }

  /** What has been handed over is on disk, or has failed. */
  async settled (): Promise<void> { await this.#ledger.settled() }

  #writes ({ group, chat, sealed = [], waiting = [], opened = [], packages = [] }: Change): Write[] {
    const shelves = this.#shelves
    return [
      ...group === undefined ? [] : [shelves.groups.put(group.id, group.record)],
      ...chat === undefined ? [] : [shelves.chats.put(...chat)],
      ...sealed.map(([id, record]) => shelves.sealed.put(id, record)),
      ...waiting.map(([key, record]) => record === undefined ? shelves.waiting.del(key) : shelves.waiting.put(key, record)),
      ...opened.map(([key, record]) => record === undefined ? shelves.opened.del(key) : shelves.opened.put(key, record)),
      ...packages.map(([ref, record]) => record === undefined ? shelves.packages.del(ref) : shelves.packages.put(ref, record))
    ]
  }

  #take ({ group, chat, sealed = [], waiting = [], opened = [], packages = [] }: Change): void {
    if (group !== undefined) this.#putGroup(group.id, group.record)
    if (chat !== undefined) this.chats.set(...chat)
    for (const [id, record] of sealed) this.#sealing.set(id, record)
    for (const entry of waiting) put(this.waiting, entry)
    for (const entry of opened) put(this.opened, entry)
    for (const entry of packages) put(this.packages, entry)
  }

  #putGroup (id: GroupId, record: GroupRecord): void {
    this.groups.set(id, record)
    const others = this.#byConversation.get(record.conversation)
    if (others === undefined) this.#byConversation.set(record.conversation, new Set([id]))
    else others.add(id)
  }

  async #loaded (group: GroupId): Promise<LoadedState | undefined> {
    const known = this.#states.get(group)
    const loaded = known ?? await this.#shelves.loadState(group, this.#mls())
    if (loaded !== undefined) this.#remember(group, loaded)
    return loaded
  }

  #remember (group: GroupId, loaded: LoadedState): void {
    this.#states.delete(group)
    this.#states.set(group, loaded)
    // What is not on disk yet cannot be read from there.
    if (!this.#ledger.idle) return
    for (const oldest of this.#states.keys()) {
      if (this.#states.size <= GROUPS_DEFAULTS.statesCached) break
      this.#states.delete(oldest)
    }
  }

  async #load (): Promise<void> {
    await this.#ledger.settled()
    this.#states.clear()
    this.#sealing.clear()
    this.groups.clear()
    this.#byConversation.clear()
    for await (const [id, record] of this.#shelves.groups.entries()) this.#putGroup(id as GroupId, record)
    await fill(this.chats, this.#shelves.chats.entries() as AsyncIterable<[ConversationId, ChatRecord]>)
    await fill(this.waiting, this.#shelves.waiting.entries())
    await fill(this.opened, this.#shelves.opened.entries())
    await fill(this.packages, this.#shelves.packages.entries() as AsyncIterable<[KeyPackageRef, PackageRecord]>)
    this.#isStale = false
  }
}

function put<Key, Value> (map: Map<Key, Value>, [key, value]: [Key, Value | undefined]): void {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}

async function fill<Key, Value> (map: Map<Key, Value>, entries: AsyncIterable<[Key, Value]>): Promise<void> {
  map.clear()
  for await (const [key, value] of entries) map.set(key, value)
}
