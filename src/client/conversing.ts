/**
 * The way of a message through the client, as parts that hang together: what is written goes through the groups and the
 * outbox to sessions; what the mailbox brings goes through the inbox and the groups to whoever listens.
 */
import { keyBytes } from '../identity/index.ts'
import { GroupsService } from './groups/index.ts'
import { Heeding } from './heeding.ts'
import { InboxService } from './inbox/service.ts'
import { OutboxService } from './outbox/service.ts'
import { deviceNotes } from './sealing/index.ts'
import { Whispers } from './whispers.ts'
import { Writing } from './writing.ts'
import type { Clock, Crypto, Random } from '../ports.ts'
import type { Bytes, ConversationId, MessageId, Millis, PeerKey, RootKey } from '../types.ts'
import type { Account } from './account.ts'
import type { Contact, Contacts } from './contacts.ts'
import type { Groups, GroupsComponents } from './groups/index.ts'
import type { History } from './history/index.ts'
import type { Shown } from './inbox/service.ts'
import type { Mailbox } from './mailbox.ts'
import type { SentStatus } from './outbox/status.ts'
import type { Links } from './session/service.ts'
import type { Session } from './session/session.ts'
import type { ClientStore } from './store/store.ts'
import type { Ask } from './enquiry.ts'
import type { ComponentLogger } from '@libp2p/interface'

/** What conversations tell. */
export interface ConversingEvents {
  shown: (line: Shown) => void
  told: (status: SentStatus) => void
  /** These lines are not any more what they were. */
  changed: (conversation: ConversationId, ids: MessageId[]) => void
  typing: (from: RootKey) => void
}

export interface ConversingComponents {
  account: Account
  store: ClientStore
  history: History
  contacts: Contacts
  links: Links
  crypto: Crypto
  clock: Clock
  random: Random
  logger: ComponentLogger
  /** Asks whichever serving node answers. */
  ask: Ask
  failed: (error: Error) => void
  /** Where what is read comes from; made after conversations are. */
  mailbox: () => Pick<Mailbox, 'caughtUp' | 'isCaughtUp' | 'settled' | 'postponed'>
  /** Of a format that only one's own devices speak: a word outside of conversations. */
  taken: (format: number, whole: Uint8Array) => Promise<void>
  /** A word of another of our devices. */
  synced: (device: PeerKey, body: Bytes) => Promise<void>
  /** Other own devices may have been able to open these. Resolves with those that are here already. */
  askOwn: (ids: MessageId[]) => Promise<MessageId[]>
  events: ConversingEvents
}

export class Conversing {
  readonly inbox: InboxService
  readonly outbox: OutboxService
  readonly writing: Writing
  readonly whispers: Whispers
  readonly groups: Groups
  readonly #components: ConversingComponents

  constructor (components: ConversingComponents) {
    const { account, clock, crypto, logger, events } = components
    this.#components = components
    this.groups = new GroupsService(this.#groupsComponents())
    const notes = deviceNotes(() => account.signer, { crypto })
    const shared = { ...components, groups: this.groups, notes }
    const protecting: Pick<Groups, 'protect' | 'forget'> = {
      protect: async draft => {
        await components.mailbox().caughtUp
        return await this.groups.protect(draft)
      },
      forget: async ids => { await this.groups.forget(ids) }
    }
    this.outbox = new OutboxService({ ...shared, groups: protecting, log: logger.forComponent('posthouse:client:outbox'), told: events.told })
    const { outbox, groups } = this
    const heeding = new Heeding({
      own: account.root,
      clock,
      marked: (from, ids) => { outbox.handle({ type: 'marked', from, mark: 'read', ids }) },
      readElsewhere: async (conversation, ids, at) => { await this.#readElsewhere(conversation, ids, at) },
      resend: async (to, ids) => { await this.writing.resend(to, ids) },
      synced: components.synced
    })
    this.inbox = new InboxService({
      ...shared,
      log: logger.forComponent('posthouse:client:inbox'),
      shown: events.shown,
      amended: (conversation, { content }) => { if ('target' in content) events.changed(conversation, [content.target]) },
      heed: async signal => { await heeding.heed(signal) },
      settled: ids => { components.mailbox().settled(ids) },
      postponed: id => { components.mailbox().postponed(id) },
      repair: async (conversation, ids) => { await this.writing.signal(conversation, { type: 'repair', ids }) },
      marked: (from, ids) => { outbox.handle({ type: 'marked', from, mark: 'delivered', ids }) },
      markDelivered: async (to, ids, writes) => { await this.writing.note(to, { type: 'delivered', ids }, writes) }
    })
    this.writing = new Writing({ ...shared, inbox: this.inbox, outbox, written: async (id, conversation) => await components.history.written(id, conversation) })
    this.whispers = new Whispers({ ...components, groups, log: logger.forComponent('posthouse:client:whispers'), typing: events.typing })
  }

  /** Everything is read from the store when it resolves. */
  async start (): Promise<void> {
    const { history, events, failed } = this.#components
    await history.start({ erased: (conversation, id) => { events.changed(conversation, [id]) }, failed })
    await this.inbox.start()
    await this.outbox.start()
    await this.groups.start()
  }

  async stop (): Promise<void> {
    await this.inbox.stop()
    await this.outbox.stop()
    await this.groups.stop()
    await this.#components.history.stop()
  }

  get isSettled (): boolean { return this.inbox.isSettled && this.outbox.isSettled && this.groups.isSettled }

  attached (session: Session): void {
    this.outbox.handle({ type: 'connected', link: session.node })
    this.inbox.handle({ type: 'connected' })
    void this.groups.attached(session)
  }

  /** Something of a contact is newer than before. */
  contactChanged (root: RootKey, contact: Contact, before: Contact): void {
    if (contact.record !== undefined && contact.record !== before.record) this.outbox.routed(contact.record)
    if (contact.profile === before.profile) return
    if (before.profile !== undefined) this.outbox.handle({ type: 'rekeyed', recipient: root })
    this.groups.profileChanged(root)
  }

  /** Our own profile is newer than before. */
  accountChanged (): void {
    const { account } = this.#components
    this.accountMoved()
    this.outbox.handle({ type: 'rekeyed', recipient: account.root })
    this.groups.profileChanged(account.root)
  }

  /** Our own record may be newer than before. */
  accountMoved (): void {
    const { account } = this.#components
    if (account.record !== undefined) this.outbox.routed(account.record)
  }

  /** These are read here: all own devices hear of it, and their authors when read receipts are on. */
  async markRead (conversation: ConversationId, ids: MessageId[], { tellAuthors }: { tellAuthors: boolean }): Promise<void> {
    const { history, clock, events } = this.#components
    const unread = await history.unreadOf(conversation, ids)
    if (unread.length === 0) return
    await this.writing.signal(conversation, { type: 'read', ids: unread }, { onlyOwn: !tellAuthors, remember: history.readWrites(conversation, unread, clock.now()) })
    events.changed(conversation, unread)
  }

  async #readElsewhere (conversation: ConversationId, ids: MessageId[], at: Millis): Promise<void> {
    const { store, history, events } = this.#components
    await store.write(history.readWrites(conversation, ids, at))
    events.changed(conversation, ids)
  }

  #groupsComponents (): GroupsComponents {
    const { account, contacts, mailbox, ask, logger } = this.#components
    return {
      ...this.#components,
      account,
      log: logger.forComponent('posthouse:client:groups'),
      isCaughtUp: () => mailbox().isCaughtUp,
      fetchKeyPackages: async (root, devices, options) => await ask(async session => await session.fetchKeyPackages(keyBytes(root), { ...options, devices: devices.map(keyBytes) }), options),
      send: async (frames, writes) => { await this.writing.frames(frames, writes) },
      say: async (to, { device, ids, keyPackage }) => { await this.writing.note(to, { type: 'lost', device, ids, keyPackage }) },
      resend: async (to, ids) => { await this.writing.resend(to, ids) },
      opened: (id, frame) => { this.inbox.opened(id, frame) },
      ready: conversation => { for (const recipient of [conversation, account.root]) this.outbox.handle({ type: 'ready', recipient }) },
      introduction: async conversation => {
        const { introduced } = await contacts.get(conversation)
        return conversation === account.root || introduced === account.introductionHash ? undefined : account.introduction
      },
      introduced: async (from, introduction) => { await contacts.introduce(from, introduction) }
    }
  }
}
