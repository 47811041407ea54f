/** Where groups are on disk, and how their secrets are locked. */
import { schema, SECRET } from '../store/schemas.ts'
import { CHAT, GROUP, OPENED, PACKAGE, SEALED, WAITING, type ChatRecord, type GroupRecord, type OpenedRecord, type PackageRecord, type PackageUse, type SealedRecord, type WaitingRecord } from './records.ts'
import * as z from 'zod'
import type { Bytes, MessageId, Millis, PeerKey } from '../../types.ts'
import type { GroupId, GroupState, KeyPackageRef, Mls, OwnKeyPackage, StateChange } from '../mls/index.ts'
import type { Shelf, Write } from '../store/shelf.ts'
import type { GroupsAccount, GroupsStore } from './components.ts'

const TIME = schema<Millis>(z.int().nonnegative())
/** Behind every "/" in the order of keys. */
const AFTER_SLASH = '0'

/** What a group is, as loaded: names of the ratchets that lie beside the whole state. */
export interface LoadedState { state: GroupState, ratchets: ReadonlySet<string> }

export class GroupShelves {
  readonly groups: Shelf<GroupRecord>
  readonly chats: Shelf<ChatRecord>
  readonly sealed: Shelf<SealedRecord>
  readonly waiting: Shelf<WaitingRecord>
  readonly opened: Shelf<OpenedRecord>
  readonly packages: Shelf<PackageRecord>
  /** When devices were last heard, and once when this device began. */
  readonly times: Shelf<Millis>
  readonly #states: Shelf<Bytes>
  readonly #ratchets: Shelf<Bytes>
  readonly #vault: GroupsAccount['vault']

  constructor (store: Pick<GroupsStore, 'shelf'>, vault: GroupsAccount['vault']) {
    this.groups = store.shelf('group', GROUP)
    this.chats = store.shelf('group-chat', CHAT)
    this.sealed = store.shelf('group-sealed', SEALED)
    this.waiting = store.shelf('group-waiting', WAITING)
    this.opened = store.shelf('group-opened', OPENED)
    this.packages = store.shelf('group-package', PACKAGE)
    this.times = store.shelf('group-time', TIME)
    this.#states = store.shelf('group-state', SECRET)
    this.#ratchets = store.shelf('group-ratchet', SECRET)
    this.#vault = vault
  }

  async loadState (group: GroupId, mls: Pick<Mls, 'restore'>): Promise<LoadedState | undefined> {
    const whole = await this.#states.get(group)
    if (whole === undefined) return undefined
    const ratchets: Array<{ name: string, bytes: Bytes }> = []
    for await (const [key, locked] of this.#ratchets.entries({ from: `${group}/`, to: `${group}${AFTER_SLASH}` })) {
      const name = key.slice(group.length + 1)
      ratchets.push({ name, bytes: await this.#vault.unlock(`group ratchet/${key}`, locked) })
    }
    const state = await mls.restore(await this.#vault.unlock(`group state/${group}`, whole), ratchets)
    return { state, ratchets: new Set(ratchets.map(({ name }) => name)) }
  }

  /** ratchets: what lies there now. Gives the writes, and what lies there after them. */
  async stateWrites (group: GroupId, change: StateChange, ratchets: ReadonlySet<string>): Promise<{ writes: Write[], ratchets: ReadonlySet<string> }> {
    if (change.type === 'whole') {
      const locked = await this.#vault.lock(`group state/${group}`, change.bytes)
      return { writes: [this.#states.put(group, locked), ...this.#ratchetsGone(group, ratchets)], ratchets: new Set() }
    }
    const writes = await Promise.all(change.ratchets.map(async ({ name, bytes }) => {
      const key = `${group}/${name}`
      return this.#ratchets.put(key, await this.#vault.lock(`group ratchet/${key}`, bytes))
    }))
    return { writes, ratchets: new Set([...ratchets, ...change.ratchets.map(({ name }) => name)]) }
  }

  /** Of a group of which nothing more can come. */
  async groupGone (group: GroupId): Promise<Write[]> {
    const ratchets = new Set<string>()
    for await (const [key] of this.#ratchets.entries({ from: `${group}/`, to: `${group}${AFTER_SLASH}` })) ratchets.add(key.slice(group.length + 1))
    return [this.groups.del(group), this.#states.del(group), ...this.#ratchetsGone(group, ratchets)]
  }

  async lockPackage ({ ref, suite, notAfter, bytes, secrets }: OwnKeyPackage, use: PackageUse): Promise<PackageRecord> {
    return { suite, notAfter, bytes, secret: await this.#vault.lock(`key package/${ref}`, secrets), use }
  }

  async unlockPackage (ref: KeyPackageRef, { suite, notAfter, bytes, secret }: PackageRecord): Promise<OwnKeyPackage> {
    return { ref, suite, notAfter, bytes, secrets: await this.#vault.unlock(`key package/${ref}`, secret) }
  }

  async lockBody (key: string, body: Uint8Array): Promise<Bytes> { return await this.#vault.lock(`opened message/${key}`, body) }

  async unlockBody (key: string, locked: Uint8Array): Promise<Bytes> { return await this.#vault.unlock(`opened message/${key}`, locked) }

  #ratchetsGone (group: GroupId, ratchets: ReadonlySet<string>): Write[] {
    return [...ratchets].map(name => this.#ratchets.del(`${group}/${name}`))
  }
}

/** A frame by the device that it names and the id that it gave it. */
export function frameKey (id: MessageId, device: PeerKey): string { return `${id}/${device}` }
