/**
 * This device's user: keys, certificate, profile, route record. Loaded from the store and verified again, changed only
 * together with it. How an account comes to be is in origin.ts.
 */
import { openRouteRecord } from '../dht/record.ts'
import { ExpiredError, IdentityError, StoreDamagedError } from '../errors.ts'
import { mailboxOf, makeProfile, openCertificate, openProfile, userIdOf } from '../identity/index.ts'
import { deliveryKeyOf, type DeliveryKey } from '../wire/admission.ts'
import { CLIENT_DEFAULTS } from './defaults.ts'
import { loadDeviceSealing, loadSealingKeys, lockSealingKeys, publicHalves, SECRET_NAME, sealingKeyEnd, sealingKeyName } from './account-keys.ts'
import { DEVICES_DEFAULTS } from './devices/defaults.ts'
import { isSameKey, lacksSecrets, placeIn } from './devices/own-profile.ts'
import { newSealingKeys } from './sealing/index.ts'
import { Vault } from './store/vault.ts'
import type { Clock, Crypto, Random, SigningKey } from '../ports.ts'
import type { Bytes, DeviceCertificate, Introduction, MailboxId, Millis, PeerKey, Profile, RootKey, RouteRecord, UserId } from '../types.ts'
import type { SealingKeyPair } from './sealing/index.ts'
import type { ListedNode } from './session/service.ts'
import type { StoredAccount } from './store/schemas.ts'
import type { ClientStore } from './store/store.ts'
import type { Write } from './store/shelf.ts'

const KEY_EPOCHS = 256

export interface AccountComponents { store: ClientStore, crypto: Crypto, clock: Clock, random: Random }

interface Opened {
  stored: StoredAccount
  device: SigningKey
  certificate: DeviceCertificate
  profile: Profile
  record: RouteRecord | undefined
  sealingKeys: SealingKeyPair[]
  presenceKey: Bytes
  /** This device's own, which stands in no profile: what is only for it is sealed to that. */
  deviceSealing: SealingKeyPair
  backupKey: Bytes | undefined
  vault: Vault
}

/** What of an account changes together. */
export interface AccountChange {
  /** Lists this device, by the certificate that it acts under from now on. */
  profile?: Profile
  record?: RouteRecord | undefined
  /** To be held beside those that are here. */
  sealingKeys?: SealingKeyPair[]
  presenceKey?: Bytes
  /** Public half of the key under the recovery phrase. */
  backupKey?: Bytes | undefined
}

export class Account {
  readonly root: RootKey
  readonly userId: UserId
  readonly mailbox: MailboxId
  readonly #components: AccountComponents
  #opened: Opened
  #extraKeys: SealingKeyPair[] = []
  #changed: () => void = () => {}

  private constructor (components: AccountComponents, opened: Opened) {
    this.#components = components
    this.#opened = opened
    this.root = opened.stored.root
    this.userId = userIdOf(this.root)
    this.mailbox = mailboxOf(this.root, components.crypto)
  }

  /** Throws IdentityError when the store has none, or needs a device key that was not given; StoreDamagedError. */
  static async load (components: AccountComponents, deviceSeed: Uint8Array): Promise<Account> {
    const { store, crypto, clock, random } = components
    const stored = await store.account()
    if (stored === undefined) throw new IdentityError('there is no user in this store')
    const device = await crypto.signingKey(deviceSeed)
    const vault = await Vault.open(deviceSeed, random)
    const certificate = await openOwn(async () => await openCertificate(stored.certificate, { crypto }))
    if (certificate.device !== device.publicKey) throw new IdentityError('the device key is not the one that this store belongs to')
    // A clock that was set back must not lock the user out: what we signed ourselves needs no check of its time.
    const profile = await openOwn(async () => await openProfile(stored.profile, { crypto, now: Number.MAX_SAFE_INTEGER }))
    await store.unlock(vault, random)
    const presenceKey = await store.secrets.get(SECRET_NAME.presenceKey)
    if (presenceKey === undefined) throw new StoreDamagedError('the store has lost the presence key')
    return new Account(components, {
      stored,
      device,
      certificate,
      profile,
      record: await openOwnRecord(stored.record, { crypto, now: clock.now() }),
      sealingKeys: await loadSealingKeys(store, vault),
      presenceKey: await vault.unlock(SECRET_NAME.presenceKey, presenceKey),
      deviceSealing: await loadDeviceSealing(device.publicKey, store, vault, random),
      backupKey: await store.secrets.get(SECRET_NAME.backupKey),
      vault
    })
  }

  get epoch (): number { return this.#opened.stored.epoch }
  get device (): SigningKey { return this.#opened.device }
  get certificate (): DeviceCertificate { return this.#opened.certificate }
  get signer (): { key: SigningKey, certificate: DeviceCertificate } { return { key: this.device, certificate: this.certificate } }
  get profile (): Profile { return this.#opened.profile }
  get record (): RouteRecord | undefined { return this.#opened.record }
  get sealingKeys (): readonly SealingKeyPair[] { return this.#opened.sealingKeys }
  get deviceSealing (): SealingKeyPair { return this.#opened.deviceSealing }
  /** Whatever mail of ours may be sealed to. */
  get openingKeys (): SealingKeyPair[] { return [...this.sealingKeys, this.deviceSealing, ...this.#extraKeys] }
  get backupKey (): Bytes | undefined { return this.#opened.backupKey }
  get presenceKey (): Bytes { return this.#opened.presenceKey }
  /** What contacts show our nodes; undefined while another device has not given us the secrets of this epoch, the presence key among them. */
  get deliveryKey (): DeliveryKey | undefined {
    if (lacksSecrets(this.profile, this.sealingKeys)) return undefined
    return deliveryKeyOf(this.presenceKey, this.epoch)
  }

  get vault (): Vault { return this.#opened.vault }
  get beatCounter (): Millis { return this.#opened.stored.beatCounter }

  /** The user's nodes in order of preference, with every address that is known of each. */
  get nodes (): ListedNode[] {
    const known = new Map(this.#opened.stored.addresses.map(({ node, addresses }) => [node, addresses]))
    return this.record?.entries.map(({ node, addressHint }) => ({
      node, addressHints: [...new Set([...known.get(node) ?? [], ...addressHint === undefined ? [] : [addressHint]])]
    })) ?? []
  }

  /** Nodes of the record that do not have it yet. */
  get unpublished (): PeerKey[] {
    const published = new Set(this.#opened.stored.published)
    return this.nodes.map(({ node }) => node).filter(node => !published.has(node))
  }

  /** How many nodes the person named; 0 when they were found. */
  get chosen (): number { return this.#opened.stored.chosen }

  /** Nodes that left the record not longer ago than mail lives, the last one first. */
  get former (): ListedNode[] {
    const since = this.#components.clock.now() - CLIENT_DEFAULTS.formerKeptMs
    return this.#opened.stored.former.filter(former => former.since > since).map(({ node, addresses }) => ({ node, addressHints: addresses }))
  }

  /** Nodes off the record that were named last. */
  get known (): ListedNode[] { return this.#opened.stored.known.map(({ node, addresses }) => ({ node, addressHints: addresses })) }

  /** A name for what an introduction says now: contacts that have it need no other. */
  get introductionHash (): string { return `${this.profile.order.hash}/${this.record?.order.hash ?? ''}` }

  get introduction (): Introduction {
    return { record: this.record?.bytes ?? new Uint8Array(0), profile: this.profile.bytes, presenceKey: this.presenceKey }
  }

  /** The signer's clock, but never behind what was signed before. */
  nextSeq (): Millis {
    return Math.max(this.#components.clock.now(), this.profile.order.seq + 1, (this.record?.order.seq ?? 0) + 1)
  }

  async setRecord (record: RouteRecord, addresses: StoredAccount['addresses'], chosen: number): Promise<void> {
    await this.#change({ record: record.bytes, addresses, published: [], chosen, former: this.#formerAfter(record) })
    this.#opened = { ...this.#opened, record }
    this.#changed()
  }

  /** changed: called when this device has signed a profile or record that others do not have. */
  observe (changed: () => void): void { this.#changed = changed }

  /** A drain of a former node brought nothing; once no sender can go by the old record any more, it is let go of. */
  async leaveFormer (node: PeerKey): Promise<void> {
    const { former } = this.#opened.stored
    const since = former.find(other => other.node === node)?.since
    if (since === undefined || since + CLIENT_DEFAULTS.formerEmptyMs > this.#components.clock.now()) return
    await this.#change({ former: former.filter(other => other.node !== node) })
  }

  async setKnown (known: ListedNode[]): Promise<void> {
    await this.#change({ known: known.slice(0, CLIENT_DEFAULTS.knownMax).map(({ node, addressHints }) => ({ node, addresses: addressHints })) })
  }

  async setPublished (node: PeerKey): Promise<void> {
    await this.#change({ published: [...new Set([...this.#opened.stored.published, node])] })
  }

  async setBeatCounter (beatCounter: Millis): Promise<void> {
    await this.#change({ beatCounter })
  }

  /** Opens mail with these, too, as long as this run lasts. */
  openWith (keys: SealingKeyPair[]): void { this.#extraKeys = keys }

  /** In one batch, together with `writes`. What nodes are to have has been given to them by whoever made it, unless it is `isOurs`. */
  async become ({ profile = this.profile, record = this.record, sealingKeys = [], presenceKey = this.presenceKey, backupKey = this.backupKey }: AccountChange, { isOurs, writes = [] }: { isOurs: boolean, writes?: Write[] }): Promise<void> {
    const { store } = this.#components
    const certificate = profile.devices[placeIn(profile, this.device.publicKey)]
    if (certificate === undefined) throw new IdentityError('the profile does not list this device')
    const added = sealingKeys.filter(key => !this.sealingKeys.some(held => isSameKey(held, key)))
    const published = isOurs ? [] : record === this.record ? this.#opened.stored.published : record?.entries.map(({ node }) => node) ?? []
    const former = record === undefined ? this.#opened.stored.former : this.#formerAfter(record)
    this.#opened = { ...this.#opened, certificate, profile, record, presenceKey, backupKey, sealingKeys: [...added, ...this.sealingKeys] }
    await this.#change({ epoch: profile.order.epoch, certificate: certificate.bytes, profile: profile.bytes, record: record?.bytes ?? new Uint8Array(0), published, former }, [
      ...writes,
      ...await lockSealingKeys(store, this.vault, added),
      store.secrets.put(SECRET_NAME.presenceKey, await this.vault.lock(SECRET_NAME.presenceKey, presenceKey)),
      ...backupKey === undefined ? [] : [store.secrets.put(SECRET_NAME.backupKey, backupKey)]
    ])
    if (isOurs) this.#changed()
  }

  /** New sealing keys when the current ones are old; true when the profile changed. Keys past their keeping go. */
  async renewSealingKeys (): Promise<boolean> {
    const { store, clock, random, crypto } = this.#components
    const now = clock.now()
    const gone = this.sealingKeys.filter(key => key.notAfter * 1000 + CLIENT_DEFAULTS.sealingKeyKeptMs <= now)
    // The user's first device renews them when they run out, the next ones only when nobody did.
    const staggerMs = placeIn(this.profile, this.device.publicKey) * DEVICES_DEFAULTS.renewStaggerMs
    const current = this.profile.sealingKeys.filter(key => key.notAfter * 1000 + staggerMs > now)
    if (current.length > 0 && gone.length === 0) return false
    const removed = gone.map(key => store.sealingKeys.del(sealingKeyName(key)))
    const kept = this.sealingKeys.filter(key => !gone.includes(key))
    if (current.length > 0) {
      await store.write(removed)
      this.#opened = { ...this.#opened, sealingKeys: kept }
      return false
    }
    const keyEpoch = (Math.max(...this.profile.sealingKeys.map(key => key.keyEpoch)) + 1) % KEY_EPOCHS
    const keys = await newSealingKeys({ keyEpoch, notAfter: sealingKeyEnd(now) }, random)
    const profile = await makeProfile({ root: this.root, epoch: this.epoch, seq: this.nextSeq(), devices: this.profile.devices, sealingKeys: publicHalves(keys) }, this.signer, { crypto })
    await this.#change({ profile: profile.bytes, published: [] }, [...removed, ...await lockSealingKeys(store, this.vault, keys)])
    this.#opened = { ...this.#opened, profile, sealingKeys: [...keys, ...kept] }
    this.#changed()
    return true
  }

  /** Whom the record lists no longer is remembered: mail may still lie there. */
  #formerAfter (record: RouteRecord): StoredAccount['former'] {
    const since = this.#components.clock.now()
    const left = this.nodes.map(({ node, addressHints }) => ({ node, addresses: addressHints, since }))
    const former = [...left, ...this.#opened.stored.former].filter(({ node }, at, all) => !record.entries.some(entry => entry.node === node) && all.findIndex(other => other.node === node) === at)
    return former.slice(0, CLIENT_DEFAULTS.formerMax)
  }

  async #change (change: Partial<StoredAccount>, writes: Write[] = []): Promise<void> {
    const stored = { ...this.#opened.stored, ...change }
    this.#opened = { ...this.#opened, stored }
    await this.#components.store.write([this.#components.store.putAccount(stored), ...writes])
  }
}

/** A record that has run out is none: the user registers again. */
async function openOwnRecord (bytes: Bytes, { crypto, now }: { crypto: Crypto, now: Millis }): Promise<RouteRecord | undefined> {
  if (bytes.byteLength === 0) return undefined
  try {
    return await openRouteRecord(bytes, { crypto, now })
  } catch (error) {
    if (error instanceof ExpiredError) return undefined
    throw damaged(error)
  }
}

async function openOwn<T> (open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (error) {
    throw damaged(error)
  }
}

function damaged (error: unknown): StoreDamagedError {
  return new StoreDamagedError('the store’s account does not verify; it was left as it is', { cause: error })
}
