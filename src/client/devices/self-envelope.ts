/**
 * The backup: what a person who has nothing left but the phrase gets back (docs/protocol.md, "Backup"). It lies in the
 * user's own mailbox like a letter to oneself, sealed to a key that only the phrase opens; devices leave it there, and
 * put a new one in its place after changes and once a week, before the old one runs out.
 */
import { toString } from 'uint8arrays/to-string'
import { concat } from 'uint8arrays/concat'
import { MalformedError, NotAuthenticError } from '../../errors.ts'
import { epochFrom, keyBytes, makeCollection, makeSigned, millisFrom, openSigned, rootKeyFromBytes, type SignedKind } from '../../identity/index.ts'
import { SEALING_SUITE } from '../../types.ts'
import { BackupBody, SyncBody, type BackupMade, type KnownContact } from '../../wire/devices.ts'
import { idBytes } from '../../wire/envelope.ts'
import { LIMITS } from '../../wire/limits.ts'
import { DOMAIN } from '../../wire/protocols.ts'
import { sealMessage } from '../sealing/index.ts'
import { DEVICES_DEFAULTS } from './defaults.ts'
import { placeIn } from './own-profile.ts'
import { knownOf } from './sync.ts'
import { DEVICE_FORMAT } from './words.ts'
import type { Clock, Crypto, Random } from '../../ports.ts'
import type { Bytes, ConversationId, Envelope, EnvelopeId, MessageId, Millis, RootKey, RouteRecord } from '../../types.ts'
import type { Account } from '../account.ts'
import type { Contacts } from '../contacts.ts'
import type { ClientStore } from '../store/store.ts'
import type { Logger } from '@libp2p/interface'

/** The newest group of a conversation, so that the next one comes after it. */
export interface Generation { conversation: ConversationId, generation: number }

export interface BackupComponents {
  account: Account
  contacts: Pick<Contacts, 'all'>
  generations: () => Promise<Generation[]>
  store: ClientStore
  crypto: Crypto
  clock: Clock
  random: Random
  log: Logger
  post: (record: RouteRecord, envelopes: Envelope[]) => Promise<void>
  /** Gives a signed collection to a node. */
  collect: (collection: Bytes) => Promise<void>
  /** Queues a word for all other own devices. */
  send: (body: Bytes) => Promise<void>
}

/** A backup that was opened; what it says of others is still to be verified. */
export interface OpenedBackup { root: RootKey, epoch: number, time: Millis, contacts: KnownContact[], generations: Generation[] }

const NAME = 'the backup'
const MADE_KEY = 'backup-made'
const DUE_KEY = 'backup-due'
const ID_BYTES = 32
const TIME_BYTES = 8
/** The time of a name, and what stands before both. */
const NAMED_BYTES = 12
const MESSAGE_ID_BYTES = 16

const KIND: SignedKind<BackupBody> = Object.freeze({
  name: NAME,
  domain: DOMAIN.backup,
  bytesMax: LIMITS.messageBytes,
  capability: 0,
  decode: (bytes: Uint8Array) => BackupBody.decode(bytes, { limits: { contacts: DEVICES_DEFAULTS.backupContactsMax, conversations: DEVICES_DEFAULTS.backupContactsMax } }),
  claims: (body: BackupBody) => ({ root: rootKeyFromBytes(body.root), epoch: epochFrom(NAME, body.epoch) })
})

/** Throws TooLargeError, MalformedError or NotAuthenticError. */
export async function openBackup (whole: Uint8Array, { crypto }: { crypto: Crypto }): Promise<OpenedBackup> {
  const { body, root, certificate } = await openSigned(KIND, whole, { crypto })
  if (certificate === undefined) throw new NotAuthenticError(`${NAME} was not signed by a device`)
  const generations = body.conversations.map(({ root, generation }) => ({ conversation: rootKeyFromBytes(root), generation }))
  return { root, epoch: certificate.epoch, time: millisFrom(NAME, body.time), contacts: body.contacts, generations }
}

export class Backups {
  readonly #components: BackupComponents
  /** Envelopes of the newest backup. */
  #made: EnvelopeId[] = []
  #madeAt: Millis = 0
  #dueAt: Millis = Infinity
  /** Whether it is on disk that one is due. */
  #isNoted = false
  #cancel: (() => void) | undefined
  #turn: Promise<void> = Promise.resolve()
  #stopped = false

  constructor (components: BackupComponents) { this.#components = components }

  async start (): Promise<void> {
    const { store } = this.#components
    const made = await store.secrets.get(MADE_KEY)
    if (made !== undefined) {
      this.#madeAt = timeOf(made)
      this.#made = readIds(made.subarray(TIME_BYTES))
      this.#due(this.#madeAt + DEVICES_DEFAULTS.backupIntervalMs)
    }
    // Of an earlier run, which did not last long enough.
    const due = await store.secrets.get(DUE_KEY)
    if (due !== undefined) this.#due(timeOf(due))
    this.#isNoted = due !== undefined
  }

  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancel?.()
    await this.#turn
  }

  /** There is something new that would be missed. */
  changed (): void {
    const { store, clock, log } = this.#components
    const at = clock.now() + DEVICES_DEFAULTS.backupDelayMs
    this.#due(at)
    if (this.#isNoted || this.#stopped) return
    this.#isNoted = true
    store.write([store.secrets.put(DUE_KEY, timeBytes(at))]).catch((error: Error) => { log('it is not on disk that a backup is due: %s', error.message) })
  }

  /** Another own device has made one: it is as good as ours. */
  async backedUp (made: BackupMade): Promise<void> {
    const replaced = readIds(made.replaced)
    this.#dueAt = Infinity
    await this.#keep(readIds(made.made), this.#made.filter(id => !replaced.includes(id)))
    await this.#letGo(replaced)
    this.#due(this.#madeAt + DEVICES_DEFAULTS.backupIntervalMs)
  }

  /** Resolves when it is stored; nothing happens without a key under the phrase, or without nodes. Rejects with UnreachableError. */
  async make (): Promise<void> {
    const { account, crypto, clock, random, post, send, log } = this.#components
    const { backupKey, record, mailbox, deliveryKey } = account
    if (backupKey === undefined || record === undefined) return
    const messageId = toString(random.bytes(MESSAGE_ID_BYTES), 'base16') as MessageId
    const expiry = Math.floor((clock.now() + LIMITS.retentionMs) / 1000)
    const key = { suite: SEALING_SUITE.backup, keyEpoch: 0, publicKey: backupKey, notAfter: 0 }
    const envelopes = await sealMessage(await this.#whole(), { format: DEVICE_FORMAT.backup, messageId, key, deliveryKey, mailbox, expiry }, crypto)
    await post(record, envelopes)
    const replaced = this.#made
    const made = envelopes.map(({ id }) => id)
    await this.#keep(made, [])
    log('a backup is stored in %d envelopes', made.length)
    await send(SyncBody.encode({ contacts: [], backup: { made: concat(made.map(idBytes)), replaced: concat(replaced.map(idBytes)) } }))
    await this.#letGo(replaced)
  }

  async #whole (): Promise<Bytes> {
    const { account, contacts, generations, clock } = this.#components
    const known: KnownContact[] = []
    for await (const [root, contact] of contacts.all()) known.push(knownOf(root, contact))
    known.sort((a, b) => Number(lastOf(b) - lastOf(a))).splice(DEVICES_DEFAULTS.backupContactsMax)
    const none = new Uint8Array(0)
    let room = DEVICES_DEFAULTS.backupFullBytes
    // Names first: the network has records and profiles, and nobody else has these.
    for (const contact of known) {
      room -= nameBytes(contact)
      if (room < 0) Object.assign(contact, { name: '', namedAt: 0n })
    }
    const body = BackupBody.encode({
      root: keyBytes(account.root),
      epoch: account.epoch,
      time: BigInt(clock.now()),
      contacts: known.map(contact => {
        room -= contact.record.byteLength + contact.profile.byteLength
        return room >= 0 ? contact : { ...contact, record: none, profile: none }
      }),
      conversations: (await generations()).slice(0, DEVICES_DEFAULTS.backupContactsMax).map(({ conversation, generation }) => ({ root: keyBytes(conversation), generation }))
    })
    return await makeSigned(KIND, body, account.signer)
  }

  async #keep (made: EnvelopeId[], also: EnvelopeId[]): Promise<void> {
    const { store, clock } = this.#components
    this.#made = [...made, ...also].slice(0, DEVICES_DEFAULTS.backupEnvelopesMax)
    this.#madeAt = clock.now()
    this.#isNoted = false
    await store.write([store.secrets.put(MADE_KEY, concat([timeBytes(this.#madeAt), ...this.#made.map(idBytes)])), store.secrets.del(DUE_KEY)])
  }

  /** Each device says for itself that it does not need them any more. */
  async #letGo (ids: EnvelopeId[]): Promise<void> {
    const { account, crypto, clock, collect, log } = this.#components
    if (ids.length === 0) return
    try {
      await collect((await makeCollection({ ids, time: clock.now() }, account.signer, { crypto })).bytes)
    } catch (error) {
      log('an earlier backup stays until it runs out: %s', (error as Error).message)
    }
  }

  /** The earlier of two times counts; other devices wait for the first one's. */
  #due (at: Millis): void {
    const { account, clock } = this.#components
    const staggered = at + Math.max(0, placeIn(account.profile, account.device.publicKey)) * DEVICES_DEFAULTS.backupDelayMs
    if (this.#stopped || staggered >= this.#dueAt) return
    this.#dueAt = staggered
    this.#cancel?.()
    this.#cancel = clock.after(Math.max(0, staggered - clock.now()), () => { this.#turn = this.#makeDue() })
  }

  async #makeDue (): Promise<void> {
    const { clock, log } = this.#components
    if (this.#dueAt > clock.now()) return
    this.#dueAt = Infinity
    try {
      await this.make()
      this.#due(clock.now() + DEVICES_DEFAULTS.backupIntervalMs)
    } catch (error) {
      log('no backup could be stored: %s', (error as Error).message)
      this.#due(clock.now() + DEVICES_DEFAULTS.backupRetryMs)
    }
  }
}

/** When a contact was used or named last. */
function lastOf ({ usedAt, namedAt }: KnownContact): bigint { return usedAt > namedAt ? usedAt : namedAt }

/** At most: a name with its time, as encoded; no UTF-16 unit takes more than three bytes. */
function nameBytes ({ name, namedAt }: KnownContact): number { return namedAt === 0n && name === '' ? 0 : 3 * name.length + NAMED_BYTES }

function timeBytes (time: Millis): Bytes {
  const bytes = new Uint8Array(TIME_BYTES)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(time))
  return bytes
}

function timeOf (bytes: Bytes): Millis { return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0)) }

function readIds (bytes: Uint8Array): EnvelopeId[] {
  const count = bytes.byteLength / ID_BYTES
  if (!Number.isInteger(count) || count > DEVICES_DEFAULTS.backupEnvelopesMax) throw new MalformedError('what is said of a backup does not have its form')
  return Array.from({ length: count }, (_, at) => toString(bytes.subarray(at * ID_BYTES, (at + 1) * ID_BYTES), 'base16') as EnvelopeId)
}
