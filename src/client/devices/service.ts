/**
 * Several devices of one person, as the client sees them: a list, codes that let others in, and the phrase that takes
 * one away; what they tell each other, what a person who has only the phrase gets back, and what goes into a file. What
 * comes from own devices is told apart here; what happens then is in the parts.
 */
import { peerIdFromString } from '@libp2p/peer-id'
import { openRouteRecord } from '../../dht/record.ts'
import { ConnectionLostError, MalformedError, StoreFailedError } from '../../errors.ts'
import { keyBytes, openProfile, peerIdFromPeerKey, peerKeyFromPeerId } from '../../identity/index.ts'
import { toHex } from '../../wire/hex.ts'
import { visit } from '../session/visit.ts'
import { SECRET_NAME } from '../account-keys.ts'
import { CLIENT_DEFAULTS } from '../defaults.ts'
import { entriesOf, exportArchive, importArchive, takeEntries, type ArchiveComponents } from './archive/content.ts'
import { Backfill } from './backfill.ts'
import { Backups, type Generation } from './self-envelope.ts'
import { DEVICES_DEFAULTS } from './defaults.ts'
import { Invitations } from './invitations.ts'
import { OwnAccount } from './own-account.ts'
import { post } from './posting.ts'
import { Restoring } from './restoring.ts'
import { without } from './revoking.ts'
import { Sync } from './sync.ts'
import { Giver, Taker } from './transfer.ts'
import { DEVICE_FORMAT, openRequest } from './words.ts'
import type { Clock, Crypto, Network, Random } from '../../ports.ts'
import type { Bytes, DeviceCertificate, Message, MessageId, PeerKey, RootKey } from '../../types.ts'
import type { Account } from '../account.ts'
import type { Device, LinkInvitation, TransferProgress } from '../api.ts'
import type { Contact, Contacts } from '../contacts.ts'
import type { History } from '../history/index.ts'
import type { Session } from '../session/session.ts'
import type { ClientStore } from '../store/store.ts'
import type { Ask } from '../enquiry.ts'
import type { Logger } from '@libp2p/interface'

export interface DevicesComponents {
  account: Account
  store: ClientStore
  contacts: Contacts
  history: Pick<History, 'items' | 'take' | 'count' | 'position' | 'written' | 'readAt' | 'readWrites'>
  network: Pick<Network, 'open'>
  networkId: string
  crypto: Crypto
  clock: Clock
  random: Random
  log: Logger
  /** Asks whichever node answers. */
  ask: Ask
  /** Gives the user's nodes the new profile, and signs a record that names it. */
  publish: () => Promise<unknown>
  /** Queues a word for all other own devices, in the conversation with oneself. */
  send: (body: Bytes) => Promise<void>
  /** Tells a contact who we are now. */
  introduce: (root: RootKey) => Promise<void>
  /** The newest group of each conversation, for backups; and those of a backup. */
  generations: () => Promise<Generation[]>
  restored: (generations: Generation[]) => Promise<void>
  /** Another own device could open a message that waits here; durable when it resolves. */
  given: (message: Message) => Promise<void>
  /** The account is another than before: devices came or went, nodes changed, or mail that was left aside can be opened. */
  changed: (what: AccountNews) => void
  progress: (progress: TransferProgress) => void
  /** Something that the user should know, in one sentence. */
  warning: (sentence: string) => void
  /** This device does not belong to the user any more. */
  revoked: () => void
}

export interface AccountNews { devices: boolean, record: boolean, secrets: boolean }

export class Devices {
  readonly #components: DevicesComponents
  readonly #own: OwnAccount
  readonly #invitations: Invitations
  readonly #sync: Sync
  readonly #giver: Giver
  readonly #taker: Taker
  readonly #backups: Backups
  readonly #backfill: Backfill
  readonly #restoring: Restoring
  readonly #under = new Set<Promise<void>>()
  readonly #stopping = new AbortController()
  #firstGiver: PeerKey | undefined

  constructor (components: DevicesComponents) {
    const { account, store, network, networkId, crypto, clock, log, ask, changed, warning } = components
    this.#components = components
    const shared = {
      ...components,
      post: async (...[record, envelopes]: Parameters<ConstructorParameters<typeof Backups>[0]['post']>) => { await post({ network, networkId, crypto, clock }, record, envelopes, { signal: this.#stopping.signal }) }
    }
    this.#invitations = new Invitations({ root: account.root, ...components })
    this.#own = new OwnAccount({ ...shared, adopted: changed })
    this.#giver = new Giver({ ...components, self: account.device.publicKey, entries: () => entriesOf(this.#archive, { withKeys: false }) })
    this.#taker = new Taker({
      ...components,
      givers: () => this.#givers,
      take: async entries => await takeEntries(this.#archive, entries),
      done: async () => { await store.write([store.secrets.del(SECRET_NAME.newcomer)]) }
    })
    this.#backups = new Backups({ ...shared, collect: async collection => { await ask(async session => { await session.collect(collection) }, { isPatient: true }) } })
    this.#backfill = new Backfill(components)
    this.#sync = new Sync({
      ...components,
      wanted: (device, want) => { this.#giver.wanted(device, want) },
      piece: async (device, piece) => { await this.#taker.piece(device, piece) },
      acknowledged: (device, ack) => { this.#giver.acknowledged(device, ack) },
      backedUp: async made => { await this.#backups.backedUp(made) },
      asked: async wanted => { await this.#backfill.give(wanted) },
      given: async given => { await this.#backfill.take(given) }
    })
    this.#restoring = new Restoring({
      ...components,
      told: warning,
      show: async node => { await visit({ network, clock, networkId }, node, async session => { await session.register(account) }) },
      done: async () => {
        this.#run(this.introduce())
        await this.#backups.make().catch((error: Error) => { log('the first backup was not stored yet: %s', error.message) })
      }
    })
  }

  async start (): Promise<void> {
    const { account, store } = this.#components
    await this.#restoring.start()
    await this.#own.start()
    await this.#backups.start()
    const giver = await store.secrets.get(SECRET_NAME.newcomer)
    this.#firstGiver = giver === undefined ? undefined : account.profile.devices.find(({ device }) => device === toHex(giver))?.device
    if (giver !== undefined) this.#taker.begin()
  }

  /** What is on its way gets a moment to come to its end; a backup that does not is made in the next run. */
  async stop (): Promise<void> {
    const cancel = this.#components.clock.after(CLIENT_DEFAULTS.goodbyeTimeoutMs, () => { this.#stopping.abort(new ConnectionLostError('the client is stopping')) })
    this.#invitations.stop()
    this.#giver.stop()
    await this.#taker.stop()
    await this.#sync.stop()
    await this.#backups.stop()
    await Promise.allSettled(this.#under)
    await this.#own.stop()
    cancel()
  }

  /** In the order in which they came in. */
  list (): Device[] {
    const { account } = this.#components
    return account.profile.devices.map(certificate => asDevice(certificate, account.device.publicKey))
  }

  /** Throws NotAuthenticError when this device may not let others in, TooLargeError when there are too many. */
  invite (): LinkInvitation {
    this.#own.checkMayLink()
    return this.#invitations.make(this.#components.account.nodes.flatMap(({ addressHints }) => addressHints)[0])
  }

  /** device: a peer id. Throws MalformedError, IdentityError, or UnreachableError when no node has taken it in yet. */
  async revoke (device: string, phrase: string): Promise<void> {
    await this.#own.replace(async () => await without(deviceKeyOf(device), phrase, this.#components))
    this.#backups.changed()
    this.#run(this.introduce())
  }

  /** Everything that the user owns, as an encrypted file (docs/archive.md). */
  async exportTo (write: (piece: Uint8Array) => Promise<void>, passphrase: string, progress?: (progress: TransferProgress) => void): Promise<void> {
    await exportArchive(this.#archive, write, passphrase, progress)
  }

  /** Throws PassphraseError, MalformedError, UnsupportedError or IdentityError. */
  async importFrom (pieces: AsyncIterable<Uint8Array>, passphrase: string, progress?: (progress: TransferProgress) => void): Promise<{ contacts: number, messages: number }> {
    return await importArchive(this.#archive, pieces, passphrase, progress)
  }

  /** A whole message of one of DEVICE_FORMAT; on disk when it resolves. Never throws; what is not for us, forged or late is a line in the log. */
  async take (format: number, whole: Uint8Array): Promise<void> {
    const { log } = this.#components
    try {
      if (format === DEVICE_FORMAT.grant) await this.#own.takeGrant(whole)
      else if (format === DEVICE_FORMAT.backup) await this.#restoring.take(whole)
      // The mailbox does not wait for what takes the network.
      else this.#run(this.#onRequest(whole))
    } catch (error) {
      if (error instanceof StoreFailedError) throw error
      log('a word between devices (%d) came to nothing: %s', format, (error as Error).message)
    }
  }

  /** A word of another own device in the conversation with oneself. Never throws. */
  async synced (device: PeerKey, body: Bytes): Promise<void> {
    await this.#sync.take(device, body).catch((error: Error) => {
      if (error instanceof StoreFailedError) throw error
      this.#components.log('a word of device %s came to nothing: %s', device.slice(0, 8), error.message)
    })
  }

  /** These came and cannot be opened here: other own devices may have them. Resolves with those that are in the history by now. */
  async askFor (ids: MessageId[]): Promise<MessageId[]> { return await this.#backfill.ask(ids) }

  /** Something of a contact is newer than before. */
  contactChanged (root: RootKey, contact: Contact): void {
    this.#sync.contactChanged(root, contact)
    if (contact.record !== undefined || contact.presenceKey !== undefined || contact.namedAt > 0) this.#backups.changed()
  }

  /** Other own devices hear of contacts at once: queued on disk when it resolves. */
  async tellContacts (): Promise<void> { await this.#sync.tell() }

  /** A drain of a node came to its end. */
  drained (node: PeerKey, failure: Error | undefined): void { this.#run(this.#restoring.drained(node, failure)) }

  /** Those who were used last hear who we are now; all others with the next message to them. */
  async introduce (): Promise<void> {
    const { account, contacts, introduce } = this.#components
    const known: Array<[RootKey, number]> = []
    for await (const [root, { record, introduced, usedAt }] of contacts.all()) {
      if (record !== undefined && introduced !== account.introductionHash) known.push([root, usedAt])
    }
    for (const [root] of known.sort(([, a], [, b]) => b - a).slice(0, DEVICES_DEFAULTS.introductionsMax)) await introduce(root)
  }

  /** Another device may have changed the account while this one was away: the node knows. Never throws. */
  async attached (session: Session): Promise<void> {
    await this.look(session).catch((error: Error) => {
      this.#components.log('node %s was not asked for what other devices changed: %s', session.node.slice(0, 8), error.message)
    })
  }

  /** Takes over what the node knows of the account. Throws what `findProfile` throws, or what is wrong with the answer. */
  async look (session: Session): Promise<void> {
    const { account, crypto, clock } = this.#components
    const found = await session.findProfile(keyBytes(account.root), false)
    const now = clock.now()
    const profile = found.profile.byteLength === 0 ? undefined : await openProfile(found.profile, { crypto, now })
    const record = found.record.byteLength === 0 ? undefined : await openRouteRecord(found.record, { crypto, now, root: account.root })
    if (profile !== undefined && profile.root !== account.root) throw new MalformedError('the node answered with another user’s profile')
    await this.#own.adopt(profile, record)
  }

  async #onRequest (whole: Uint8Array): Promise<void> {
    const { account, crypto } = this.#components
    const request = await openRequest(whole, { crypto })
    if (request.root !== account.root || request.device === account.device.publicKey) return
    if (request.certificate !== undefined) return await this.#own.answer(request)
    const invitation = await this.#invitations.accept(request)
    if (invitation === undefined) return
    const isNew = !this.list().some(({ id }) => id === idOf(request.device))
    await this.#own.link(request, invitation.secret)
    const device = this.list().find(({ id }) => id === idOf(request.device))
    if (device !== undefined) invitation.linked(device)
    if (isNew) this.#components.changed({ devices: true, record: false, secrets: false })
  }

  /** This device was taken out of the user's profile, as this run has learnt. */
  get isRevoked (): boolean { return this.#own.isRevoked }

  get #archive (): ArchiveComponents { return this.#components }

  /** Whom a new device asks: first the one that let it in. */
  get #givers (): PeerKey[] {
    const { account } = this.#components
    const others = account.profile.devices.map(({ device }) => device).filter(device => device !== account.device.publicKey)
    const first = others.filter(device => device === this.#firstGiver)
    return [...first, ...others.filter(device => device !== this.#firstGiver)]
  }

  #run (task: Promise<unknown>): void {
    const { log } = this.#components
    const under = task.catch((error: Error) => { log('between devices: %s', error.message) }).then(() => { this.#under.delete(under) })
    this.#under.add(under)
  }
}

function asDevice ({ device, issuedAt }: DeviceCertificate, own: PeerKey): Device {
  return { id: idOf(device), isThis: device === own, linkedAt: issuedAt }
}

function idOf (device: PeerKey): string { return peerIdFromPeerKey(device).toString() }

function deviceKeyOf (id: string): PeerKey {
  try {
    return peerKeyFromPeerId(peerIdFromString(id))
  } catch (error) {
    throw new MalformedError(`“${id.slice(0, 60)}” is no device’s id`, { cause: error })
  }
}
