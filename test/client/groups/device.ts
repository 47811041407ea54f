// One device of a person: groups with a real store and real MLS, and the smallest outbox and inbox that can be around
// them. What these promise is on disk in one batch.
import { MemoryLevel } from 'memory-level'
import * as z from 'zod'
import { GroupsService, type ControlFrame, type Draft, type GroupsComponents, type OpenedFrame } from '../../../src/client/groups/index.ts'
import { makeParts } from '../../../src/client/groups/parts.ts'
import { createMls, MLS_SUITE, type GroupState, type Member, type Mls, type MlsSuite } from '../../../src/client/mls/index.ts'
import { schema } from '../../../src/client/store/schemas.ts'
import { ClientStore } from '../../../src/client/store/store.ts'
import { Vault } from '../../../src/client/store/vault.ts'
import { nodeCrypto as crypto } from '../../../src/node/crypto.ts'
import { toHex } from '../../../src/wire/hex.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { GONE, mortal, type Death } from './mortal.ts'
import { nodeOf, OUTGOING, type Outgoing } from './post.ts'
import type { Random, SigningKey } from '../../../src/ports.ts'
import type { Bytes, DeviceCertificate, Message, MessageId, PeerKey, Profile, RootKey } from '../../../src/types.ts'
import type { Database, Shelf, Write } from '../../../src/client/store/shelf.ts'
import type { Mail, Owner, Surroundings } from './post.ts'
import type { Logger } from '@libp2p/interface'

const LINE = schema<string>(z.string())
const NUMBER = schema<number>(z.number())

export class Device {
  readonly key: PeerKey
  readonly user: Owner
  groups!: GroupsService
  running = false
  /** What was refused, for tests to look at. */
  unreadable: string[] = []
  logs: string[] = []
  failures: Error[] = []
  publishes = true
  /** What it could open, for other devices of its user. */
  readonly opened = new Map<MessageId, Message>()
  /** What came with the history when it was linked. */
  readonly history = new Set<MessageId>()
  #wanted: MessageId[] = []
  /** Has read what nodes keep for it. */
  isCaughtUp = true
  suite: MlsSuite = MLS_SUITE.x25519
  /** Own view of others' profiles; the newest by default. */
  believes = new Map<RootKey, Profile>()
  readonly #world: Surroundings
  /** Signs as this device, whoever has it. */
  readonly signer: SigningKey
  readonly certificate: DeviceCertificate
  readonly #random: Random
  database = new MemoryLevel<string, string>()
  #store!: ClientStore
  #out!: Shelf<Outgoing>
  #sent!: Shelf<Outgoing>
  #in!: Shelf<string>
  #places!: Shelf<number>
  #life = 0
  #taking: Promise<unknown> = Promise.resolve()
  #death: Death | undefined
  #ownProfile: Profile | undefined
  batches = 0

  constructor (world: Surroundings, user: Owner, { key, certificate, number }: { key: SigningKey, certificate: DeviceCertificate, number: number }) {
    this.#world = world
    this.user = user
    this.signer = key
    this.certificate = certificate
    this.key = key.publicKey
    this.#random = world.random(number)
  }

  async start (): Promise<void> {
    const life = ++this.#life
    this.#death = undefined
    this.#store = await ClientStore.open({ store: mortal(this.database, () => life === this.#life ? this.#death : GONE), onDamaged: (shelf, key, error) => { throw new Error(`${shelf} ${key}: ${String(error)}`) } })
    this.#out = this.#store.shelf('test-out', OUTGOING)
    this.#sent = this.#store.shelf('test-sent', OUTGOING)
    this.#in = this.#store.shelf('test-in', LINE)
    this.#places = this.#store.shelf('test-place', NUMBER)
    this.groups = new GroupsService(await this.#components(life), { suite: this.suite })
    this.running = true
    await this.groups.start()
    if (this.publishes) await this.groups.attached(nodeOf(this.#world.packages, this.key))
    await this.groups.settled()
  }

  async stop (): Promise<void> {
    this.running = false
    await this.groups.stop()
    this.#life++
  }

  /** From now on the disk writes so many batches, and then the process is gone. */
  dieAfter (death: Death): void { this.#death = death }

  get isDead (): boolean { return this.#death !== undefined && this.#death.afterBatches < 0 }

  /** What was on disk when it died, in a new process. */
  async restart (): Promise<void> {
    this.running = false
    this.#life++
    await this.groups.stop().catch(() => {})
    await this.start()
  }

  /** A copy of the disk as it is now. */
  async backup (): Promise<Array<[string, string]>> { return await this.database.iterator().all() }

  async restore (copy: Array<[string, string]>): Promise<void> {
    this.running = false
    this.#life++
    await this.groups.stop()
    await this.database.clear()
    await this.database.batch(copy.map(([key, value]) => ({ type: 'put' as const, key, value })))
    await this.start()
  }

  draft (to: Owner, text: string): Draft {
    const now = this.#world.clock.now()
    return { id: toHex(this.#random.bytes(16)) as MessageId, conversation: to.root, sentAt: now, stamp: now, parents: [], content: { type: 'text', text, mentions: [], replyTo: undefined, expiresAfterSeconds: 0 } }
  }

  /** Written down, to be sent when its turn comes. */
  async say (to: Owner, text: string): Promise<MessageId> {
    const draft = this.draft(to, text)
    const { id } = draft
    const users = new Set([to.root, ...this.user.devices.length > 1 ? [this.user.root] : []])
    await this.#store.write([
      ...[...users].map(root => this.#out.put(this.#place(id, root), { id, to: root, draft })),
      this.#in.put(`line/${id}`, text)
    ])
    return id
  }

  /** Of the newest group with this user, as it is on disk. */
  async groupOf (user: Owner): Promise<string> { return (await this.#newest(user))?.id ?? '' }

  async epochOf (user: Owner): Promise<number> { return (await this.#newest(user))?.state.epoch ?? 0 }

  /** The same, as somebody finds it who copies the disk and has the device's key: a copy of its own. */
  async stateOf (user: Owner): Promise<GroupState | undefined> { return (await this.#newest(user))?.state }

  async membersOf (user: Owner): Promise<PeerKey[]> { return (await this.#newest(user))?.members.map(({ device }) => device) ?? [] }

  /** What somebody has who copied the disk, the device's key with it. */
  async thief (copy: Array<[string, string]>): Promise<GroupsService> {
    const database = new MemoryLevel<string, string>()
    await database.batch(copy.map(([key, value]) => ({ type: 'put' as const, key, value })))
    const store = await ClientStore.open({ store: database as unknown as Database, onDamaged: () => {} })
    const thief = new GroupsService({ ...await this.#components(-1), store, send: async () => {}, say: async () => {}, resend: async () => {}, opened: () => {} }, { suite: this.suite })
    await thief.start()
    return thief
  }

  /** For what no client of ours does. */
  mls (): Mls { return createMls({ crypto, signer: this.signer, certificate: () => this.certificate, admit: () => true }) }

  /** It does not take note of newer profiles of its own user. */
  believesItself (profile: Profile): void { this.#ownProfile = profile }

  async hasLine (text: string): Promise<boolean> { return (await this.lines()).includes(text) }

  /** Texts of the history, in the order of their ids. */
  async lines (): Promise<string[]> {
    const lines: string[] = []
    for await (const [, text] of this.#in.entries({ from: 'line/', to: 'line0' })) lines.push(text)
    return lines.sort()
  }

  async shown (): Promise<string[]> {
    const shown: string[] = []
    for await (const [, text] of this.#in.entries({ from: 'shown/', to: 'shown0' })) shown.push(text)
    return shown
  }

  /** Sends what waits and reads what came; true when something moved. */
  async turn (): Promise<boolean> {
    await this.groups.settled()
    const sent = await this.#send()
    const read = await this.#read()
    await this.groups.settled()
    const given = await this.#beGiven()
    await this.#taking
    return sent || read || given
  }

  /** Own devices talk to each other without mail here, those that are of the user. */
  async #beGiven (): Promise<boolean> {
    const wanted = this.#wanted.splice(0)
    const isOwn = (key: PeerKey): boolean => this.user.profile.devices.some(({ device }) => device === key)
    const others = isOwn(this.key) ? this.user.devices.filter(device => device !== this && device.running && isOwn(device.key)) : []
    const found = wanted.flatMap(id => others.flatMap(({ opened }) => opened.get(id) ?? []))
    for (const message of found) await this.groups.given(message)
    return found.length > 0
  }

  /** Read by the folder's own parts, as a restarted process would. */
  async #newest (user: Owner): Promise<{ id: string, members: readonly Member[], state: GroupState } | undefined> {
    const { book } = makeParts(await this.#components(-1), { suite: this.suite })
    await book.begin()
    const id = book.newest(user.root)
    const state = id === undefined ? undefined : await book.state(id)
    return id === undefined || state === undefined ? undefined : { id, members: state.members, state }
  }

  async #send (): Promise<boolean> {
    let moved = false
    const waiting: Array<[string, Outgoing]> = []
    for await (const entry of this.#out.entries()) waiting.push(entry)
    for (const [key, outgoing] of waiting) {
      const { id, to, draft, note } = outgoing
      const whole = outgoing.whole ?? (draft === undefined ? undefined : await this.groups.protect(draft))
      if (whole === undefined && note === undefined) continue
      const forgetAt = (draft?.sentAt ?? this.#world.clock.now()) + LIMITS.retentionMs + LIMITS.collectedMemoryMs
      this.#world.deposit({ to, id, forgetAt, ...whole === undefined ? {} : { whole }, ...note === undefined ? {} : { note: { ...note, from: this.user.root, by: this.key } } })
      await this.#store.write([this.#out.del(key), ...draft === undefined ? [] : [this.#sent.put(`${id}/${to}`, outgoing)]])
      moved = true
    }
    return moved
  }

  async #read (): Promise<boolean> {
    const mailbox = this.#world.mailboxes.get(this.user.root) ?? []
    const from = await this.#places.get('mailbox') ?? 0
    for (let at = from; at < mailbox.length; at++) {
      const mail = mailbox[at] as Mail
      const moved = this.#places.put('mailbox', at + 1)
      const writes = mail.note !== undefined ? await this.#note(mail.note) : await this.#frame(mail)
      await this.#store.write([...writes, moved])
    }
    return mailbox.length > from
  }

  async #note ({ from, by, device, ids, keyPackage }: Mail['note'] & object): Promise<Write[]> {
    if (device === this.key) await this.groups.lost(from, by, { ids, keyPackage })
    else if (by !== this.key) this.groups.heard(from, by)
    return []
  }

  async #frame ({ id, whole, forgetAt }: Mail): Promise<Write[]> {
    if (await this.#in.get(`seen/${id}`) !== undefined) return []
    const opened = await this.groups.open(id, whole as Bytes, forgetAt)
    return await this.#take(id, opened)
  }

  async #take (id: MessageId, opened: OpenedFrame): Promise<Write[]> {
    if (opened.type === 'unreadable') this.unreadable.push(opened.reason)
    if (opened.type === 'waiting' || opened.type === 'unreadable' || await this.#in.get(`seen/${id}`) !== undefined) return []
    const seen = this.#in.put(`seen/${id}`, '')
    if (opened.type === 'taken') return [seen]
    const { content } = opened.message
    this.opened.set(id, opened.message)
    const text = content.type === 'text' ? content.text : content.type
    // Twice the same line would be seen here.
    if (await this.#in.get(`line/${id}`) !== undefined) throw new Error(`message ${id} came twice`)
    return [seen, this.#in.put(`line/${id}`, text), this.#in.put(`shown/${String(await this.#count()).padStart(8, '0')}/${id}`, text), ...this.groups.releaseWrites([id])]
  }

  async #count (): Promise<number> { return (await this.shown()).length }

  async #components (life: number): Promise<GroupsComponents> {
    const world = this.#world
    const user = this.user
    const self = this
    const log = Object.assign((format: string, ...args: unknown[]) => { this.logs.push([format, ...args].join(' ')) }, { error: (...args: unknown[]) => { this.logs.push(args.join(' ')) } }) as unknown as Logger
    const believed = (root: RootKey): Profile | undefined => this.believes.get(root) ?? world.users.get(root)?.profile
    const vault = await Vault.open(new Uint8Array(32).fill(7), this.#random)
    return {
      store: this.#store,
      account: { root: user.root, device: this.signer, certificate: this.certificate, get profile () { return self.#ownProfile ?? user.profile }, vault },
      contacts: {
        get: async root => ({ profile: believed(root) }),
        resolve: async root => {
          if (!world.online) throw new Error('nobody can be asked')
          this.believes.delete(root)
        }
      },
      crypto,
      clock: world.clock,
      random: this.#random,
      isCaughtUp: () => this.isCaughtUp,
      log,
      failed: error => { if (life === this.#life && !this.isDead) this.failures.push(error) },
      fetchKeyPackages: async (_root, devices) => {
        if (!world.online) throw new Error('nobody can be asked')
        return devices.flatMap(device => {
          const kept = world.packages.get(device)
          const given = kept?.oneTime.pop() ?? kept?.lastResort
          return given === undefined ? [] : [given]
        })
      },
      send: async (frames: ControlFrame[], writes) => {
        await this.#store.write([...frames.map(({ id, to, whole }) => this.#out.put(this.#place(id, to), { id, to, whole })), ...writes])
      },
      say: async (to, note) => {
        const id = toHex(this.#random.bytes(16)) as MessageId
        await this.#store.write([this.#out.put(this.#place(id, to), { id, to, note })])
      },
      askOwn: async ids => {
        const here = ids.filter(id => this.history.has(id))
        this.#wanted.push(...ids.filter(id => !here.includes(id)))
        return here
      },
      resend: async (to, ids) => {
        const again: Write[] = []
        for (const id of ids) {
          const outgoing = await this.#sent.get(`${id}/${to}`)
          if (outgoing !== undefined) again.push(this.#out.put(this.#place(id, to), outgoing))
        }
        await this.#store.write(again)
      },
      opened: (id, frame) => {
        const taking = this.#take(id, frame).then(async writes => { await this.#store.write(writes) }).catch((error: Error) => { if (life === this.#life && !this.isDead) this.failures.push(error) })
        this.#taking = Promise.all([this.#taking, taking])
      },
      ready: () => {},
      introduction: async () => undefined,
      introduced: async () => {}
    }
  }

  /** In the order of writing. */
  #place (id: MessageId, to: RootKey): string { return `${String(this.#world.clock.now()).padStart(16, '0')}/${String(this.batches++).padStart(8, '0')}/${id}/${to}` }
}
