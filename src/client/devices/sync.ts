/**
 * What own devices tell each other in the conversation with oneself: contacts as they change, and the words of transfers,
 * backups and backfills, which are handed on. What is said of contacts was signed by its owner, and is verified here as if a
 * stranger had told it.
 */
import { equals } from 'uint8arrays/equals'
import { MalformedError } from '../../errors.ts'
import { decodeWith } from '../../identity/container.ts'
import { keyBytes, rootKeyFromBytes } from '../../identity/index.ts'
import { SyncBody, type BackupMade, type GivenMessages, type KnownContact, type TransferAck, type TransferPiece, type TransferWant, type WantedMessages } from '../../wire/devices.ts'
import { LIMITS } from '../../wire/limits.ts'
import { DEVICES_DEFAULTS } from './defaults.ts'
import type { Clock } from '../../ports.ts'
import type { Bytes, Introduction, Millis, PeerKey, RootKey } from '../../types.ts'
import type { Account } from '../account.ts'
import type { Contact } from '../contacts.ts'
import type { Named } from '../petnames.ts'
import type { Logger } from '@libp2p/interface'

/** What of the contacts own devices tell and learn. */
export interface SyncedContacts {
  get: (root: RootKey) => Promise<Contact>
  learn: (root: RootKey, known: Introduction, usedAt: Millis, named: Named) => Promise<void>
}

export interface SyncComponents {
  account: Pick<Account, 'profile'>
  contacts: SyncedContacts
  clock: Clock
  log: Logger
  /** Queues a word for all other own devices. */
  send: (body: Bytes) => Promise<void>
  wanted: (device: PeerKey, want: TransferWant) => void
  piece: (device: PeerKey, piece: TransferPiece) => Promise<void>
  acknowledged: (device: PeerKey, ack: TransferAck) => void
  backedUp: (made: BackupMade) => Promise<void>
  asked: (wanted: WantedMessages) => Promise<void>
  given: (given: GivenMessages) => Promise<void>
}

/** Contacts in one word; each takes 40 bytes at least, … */
const CONTACTS_MAX = 2048
/** … and counts as so many beside what its owner signed, so that there are never more: keys, times, and a name of 64 characters. */
const CONTACT_BYTES = 384
const SYNC_LIMITS = { contacts: CONTACTS_MAX, wanted: { ids: LIMITS.messageMarks }, given: { messages: LIMITS.messageMarks } }
/** Contacts whose last telling is remembered. */
const TOLD_MAX = 4096

export class Sync {
  readonly #components: SyncComponents
  /** What was told of each last, by whomever. */
  readonly #told = new Map<RootKey, string>()
  readonly #changed = new Set<RootKey>()
  #cancel: (() => void) | undefined
  #under: Promise<void> = Promise.resolve()
  #stopped = false

  constructor (components: SyncComponents) { this.#components = components }

  /** Something of a contact may be new to the other devices. */
  contactChanged (root: RootKey, contact: Contact): void {
    const { account: { profile }, clock } = this.#components
    if (this.#stopped || profile.devices.length < 2 || this.#told.get(root) === nameOf(contact)) return
    this.#changed.add(root)
    this.#cancel ??= clock.after(DEVICES_DEFAULTS.syncDelayMs, () => {
      this.tell().catch(() => { /* it stands in the log */ })
    })
  }

  /** At once what would be told soon: queued on disk when it resolves. */
  async tell (): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    const told = this.#under.then(async () => { await this.#tell() })
    this.#under = told.catch((error: Error) => { this.#components.log('other devices were not told of contacts: %s', error.message) })
    await told
  }

  /** A run that lasted no longer than a change leaves nothing untold. */
  async stop (): Promise<void> {
    this.#stopped = true
    await this.tell().catch(() => { /* it stands in the log */ })
  }

  /** A word of another own device. Throws MalformedError. */
  async take (device: PeerKey, carried: Bytes): Promise<void> {
    const { wanted, piece, acknowledged, backedUp, asked, given } = this.#components
    const body = decodeWith('the word of another device', bytes => SyncBody.decode(bytes, { limits: SYNC_LIMITS }), carried)
    for (const contact of body.contacts) await this.#learn(contact)
    if (body.want !== undefined) wanted(device, body.want)
    if (body.piece !== undefined) await piece(device, body.piece)
    if (body.ack !== undefined) acknowledged(device, body.ack)
    if (body.backup !== undefined) await backedUp(body.backup)
    if (body.wanted !== undefined) await asked(body.wanted)
    if (body.given !== undefined) await given(body.given)
  }

  async #learn (carried: KnownContact): Promise<void> {
    const { contacts } = this.#components
    const { root: bytes, record, profile, presenceKey, usedAt, name, namedAt } = carried
    const root = rootKeyFromBytes(bytes)
    if (presenceKey.byteLength !== 0 && presenceKey.byteLength !== LIMITS.presenceKeyBytes) throw new MalformedError('the presence key of a contact does not have its form')
    await contacts.learn(root, { record, profile, presenceKey }, timeOf(usedAt), { name, namedAt: timeOf(namedAt) })
    const contact = await contacts.get(root)
    // Who has something newer still tells it: both may have changed the contact before they heard of each other.
    if (!isTold(carried, contact)) return
    this.#remember(root, nameOf(contact))
    this.#changed.delete(root)
  }

  async #tell (): Promise<void> {
    const { contacts, send } = this.#components
    const roots = [...this.#changed]
    this.#changed.clear()
    let batch: KnownContact[] = []
    let bytes = 0
    for (const root of roots) {
      const contact = await contacts.get(root)
      if (this.#told.get(root) === nameOf(contact)) continue
      this.#remember(root, nameOf(contact))
      const known = knownOf(root, contact)
      batch.push(known)
      bytes += known.record.byteLength + known.profile.byteLength + CONTACT_BYTES
      if (bytes < DEVICES_DEFAULTS.syncBytes) continue
      await send(SyncBody.encode({ contacts: batch }))
      batch = []
      bytes = 0
    }
    if (batch.length > 0) await send(SyncBody.encode({ contacts: batch }))
  }

  #remember (root: RootKey, name: string): void {
    this.#told.delete(root)
    this.#told.set(root, name)
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= TOLD_MAX) break
      this.#told.delete(oldest)
    }
  }
}

/** A contact as carried. */
export function knownOf (root: RootKey, { record, profile, presenceKey, usedAt, name, namedAt }: Contact): KnownContact {
  const none = new Uint8Array(0)
  return {
    root: keyBytes(root),
    record: record?.bytes ?? none,
    profile: profile?.bytes ?? none,
    presenceKey: presenceKey ?? none,
    usedAt: BigInt(usedAt),
    name,
    namedAt: BigInt(namedAt)
  }
}

/** A time that another device told, as a number that counts exactly. */
export function timeOf (told: bigint): Millis {
  return told > BigInt(Number.MAX_SAFE_INTEGER) ? 0 : Number(told)
}

/** Names what is worth telling: not when the contact was last used. */
function nameOf ({ record, profile, presenceKey, name, namedAt }: Contact): string {
  return `${record?.order.hash ?? ''}/${profile?.order.hash ?? ''}/${presenceKey?.join(',') ?? ''}/${namedAt}/${name}`
}

/** True when whoever told this has all that is worth telling of the contact. */
function isTold (carried: KnownContact, { record, profile, presenceKey, name, namedAt }: Contact): boolean {
  const none = new Uint8Array(0)
  return equals(carried.record, record?.bytes ?? none) && equals(carried.profile, profile?.bytes ?? none) &&
    equals(carried.presenceKey, presenceKey ?? none) && carried.name === name && carried.namedAt === BigInt(namedAt)
}
