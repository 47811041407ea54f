/**
 * One user's account on several devices: what this device changes in it goes to the others, what they change is taken
 * over here, and a device that lacks secrets asks for them. Each word goes to one device under its own key, through the
 * user's mailbox, so that a device that comes back after weeks needs nothing but its mail (docs/protocol.md, "Devices").
 */
import { toString } from 'uint8arrays/to-string'
import { IdentityError, NotAuthenticError, TooLargeError } from '../../errors.ts'
import { certificateDepth, compareOrder, makeCertificate, makeProfile } from '../../identity/index.ts'
import { CAPABILITY, SEALING_SUITE } from '../../types.ts'
import { LIMITS } from '../../wire/limits.ts'
import { deviceKeyEpoch } from '../account-keys.ts'
import { chooseSealingKey, sealMessage } from '../sealing/index.ts'
import { DEVICES_DEFAULTS } from './defaults.ts'
import { DeviceKeys } from './device-keys.ts'
import { lacksSecrets, missingIn, placeIn } from './own-profile.ts'
import { DEVICE_FORMAT, makeGrant, makeRequest, openGrant, type AccountState, type OpenedRequest, type OwnDeviceKey } from './words.ts'
import type { Clock, Crypto, Random } from '../../ports.ts'
import type { Bytes, Envelope, MessageId, Millis, PeerKey, Profile, RouteRecord, SealingKey } from '../../types.ts'
import type { Account, AccountChange } from '../account.ts'
import type { ClientStore } from '../store/store.ts'
import type { Logger } from '@libp2p/interface'

export interface OwnAccountComponents {
  account: Account
  store: ClientStore
  crypto: Crypto
  clock: Clock
  random: Random
  log: Logger
  /** Puts envelopes into the own mailbox; see posting.ts. */
  post: (record: RouteRecord, envelopes: Envelope[]) => Promise<void>
  /** Gives the user's nodes the new profile, and signs a record that names it. */
  publish: () => Promise<unknown>
  /** Another device has changed the account, or has given us secrets. */
  adopted: (what: { devices: boolean, record: boolean, secrets: boolean }) => void
  /** The newest profile leaves this device out. */
  revoked: () => void
}

const MESSAGE_ID_BYTES = 16

export class OwnAccount {
  readonly #components: OwnAccountComponents
  readonly keys: DeviceKeys
  /** Changes of the account, one after the other. */
  #turn: Promise<unknown> = Promise.resolve()
  #cancelTell: (() => void) | undefined
  #cancelAsk: (() => void) | undefined
  #askedAt: Millis = -Infinity
  readonly #answeredAt = new Map<PeerKey, Millis>()
  #stopped = false
  #isRevoked = false

  constructor (components: OwnAccountComponents) {
    this.#components = components
    this.keys = new DeviceKeys(components)
    components.account.observe(() => { this.#tellSoon() })
  }

  /** A newer profile of the user does not name this device. */
  get isRevoked (): boolean { return this.#isRevoked }

  /** False while the private halves of what others seal to are not here. */
  get isComplete (): boolean { return !lacksSecrets(this.#components.account.profile, this.#components.account.sealingKeys) }

  async start (): Promise<void> {
    await this.keys.load()
    if (!this.isComplete) this.#askSoon()
  }

  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancelTell?.()
    this.#cancelAsk?.()
    this.#components.account.observe(() => {})
    await this.#turn
  }

  /** Throws NotAuthenticError when this device may not let others in, TooLargeError when there are too many. */
  checkMayLink (): void {
    const { certificate, profile } = this.#components.account
    if ((certificate.capabilities & CAPABILITY.link) === 0) throw new NotAuthenticError('this device may not let others in: show the code on another one of yours')
    if (certificateDepth(certificate) >= LIMITS.certificateChain) throw new NotAuthenticError('this device was let in by one that was let in itself, and cannot pass that on: show the code on an older device of yours')
    if (profile.devices.length >= LIMITS.profileDevices) throw new TooLargeError(`you have ${LIMITS.profileDevices} devices, and cannot have more`)
  }

  /** Lists a new device, tells the network, and gives it all that it needs. Again for one that is listed already. */
  async link (request: OwnDeviceKey, secret: Uint8Array): Promise<void> {
    await this.#inTurn(async () => {
      const { account, crypto, clock } = this.#components
      if (placeIn(account.profile, request.device) < 0) {
        this.checkMayLink()
        const { root, epoch, certificate: { capabilities } } = account
        const certificate = await makeCertificate({ root, device: request.device, epoch, capabilities, issuedAt: clock.now() }, account.signer, { crypto })
        await this.#sign({ devices: [...account.profile.devices, certificate], sealingKeys: account.profile.sealingKeys })
      }
      await this.keys.put([request])
    })
    // The new device looks for itself in the network, where it must be before it can fetch what it is given.
    await this.#components.publish()
    await this.#give(request, secret)
  }

  /** A profile and record of ours, as the network has them, or another own device gives them. */
  async adopt (profile: Profile | undefined, record: RouteRecord | undefined, given?: AccountState): Promise<void> {
    await this.#inTurn(async () => { await this.#adopt(profile, record, given) })
  }

  /** A grant in the mailbox. Throws what openGrant throws, or NotAuthenticError. */
  async takeGrant (carried: Uint8Array): Promise<void> {
    const { account, crypto, clock } = this.#components
    const { root, device, state } = await openGrant(carried, { crypto, now: clock.now() })
    if (root !== account.root || device !== account.device.publicKey) throw new NotAuthenticError('the device grant is for another device')
    if (state.profile.order.epoch < account.epoch) throw new NotAuthenticError('the device grant is of an earlier epoch')
    await this.adopt(state.profile, state.record, state)
  }

  /** A device of the user lacks secrets. Only one of the newest profile gets any. */
  async answer (request: OpenedRequest): Promise<void> {
    const { account, clock } = this.#components
    const listed = account.profile.devices[placeIn(account.profile, request.device)]
    if (request.certificate === undefined || request.device === account.device.publicKey) return
    if (listed === undefined || listed.epoch !== request.certificate.epoch) throw new NotAuthenticError('the device is none of ours')
    await this.keys.put([request])
    const lately = clock.now() - DEVICES_DEFAULTS.answerIntervalMs
    if (!this.isComplete || (this.#answeredAt.get(request.device) ?? -Infinity) > lately) return
    this.#answeredAt.set(request.device, clock.now())
    await this.#give(request)
  }

  /** What the phrase allows: another epoch, with these certificates and keys. */
  async replace (make: () => Promise<AccountChange>): Promise<void> {
    await this.#inTurn(async () => { await this.#components.account.become(await make(), { isOurs: true }) })
    this.#components.adopted({ devices: true, record: false, secrets: true })
    await this.#components.publish()
  }

  async #adopt (profile: Profile | undefined, record: RouteRecord | undefined, given: AccountState | undefined): Promise<void> {
    const { account, clock, adopted, revoked } = this.#components
    const before = account.profile
    const newer = profile !== undefined && compareOrder(profile.order, before.order) > 0 ? profile : undefined
    if (newer !== undefined && placeIn(newer, account.device.publicKey) < 0) {
      this.#isRevoked = true
      return revoked()
    }
    const isNewRecord = record !== undefined && (account.record === undefined || compareOrder(record.order, account.record.order) > 0)
    const { epoch } = (newer ?? before).order
    // Secrets are of an epoch; those of an earlier one may come late, and are worth nothing then.
    const isCurrent = given !== undefined && given.profile.order.epoch === epoch
    const held = account.sealingKeys.length
    if (newer !== undefined || isNewRecord || given !== undefined) {
      await account.become({
        ...newer === undefined ? {} : { profile: newer },
        ...isNewRecord ? { record } : {},
        ...given === undefined ? {} : { sealingKeys: given.sealingKeys },
        ...isCurrent ? { presenceKey: given.presenceKey, backupKey: given.backupKey ?? account.backupKey } : {}
      }, { isOurs: false })
    }
    if (given !== undefined) await this.keys.put(given.deviceKeys)
    const missing = profile === undefined ? undefined : newer === undefined ? missingIn(before, profile, clock.now()) : missingIn(newer, before, clock.now())
    if (missing !== undefined) await this.#sign(missing)
    const devices = newer !== undefined || missing !== undefined
    const secrets = account.sealingKeys.length > held
    if (devices || isNewRecord || secrets) adopted({ devices, record: isNewRecord, secrets })
    if (!this.isComplete) this.#askSoon()
    if (missing !== undefined) this.#publishSoon()
  }

  async #sign ({ devices, sealingKeys }: { devices: Profile['devices'], sealingKeys: SealingKey[] }): Promise<void> {
    const { account, crypto } = this.#components
    const { root, epoch, profile: { requests } } = account
    const profile = await makeProfile({ root, epoch, seq: account.nextSeq(), devices, sealingKeys, requests }, account.signer, { crypto })
    await account.become({ profile }, { isOurs: true })
  }

  /** Several changes in a row are one word. */
  #tellSoon (): void {
    const { clock, log } = this.#components
    this.#cancelTell?.()
    if (this.#stopped) return
    this.#cancelTell = clock.after(DEVICES_DEFAULTS.tellDelayMs, () => {
      this.#tell().catch((error: Error) => { log('other devices were not told of a change: %s', error.message) })
    })
  }

  /** Devices whose key is not known here find out by themselves when they connect. */
  async #tell (): Promise<void> {
    if (!this.isComplete) return
    for (const key of this.keys.others) await this.#give(key)
  }

  async #give (to: OwnDeviceKey, secret?: Uint8Array): Promise<void> {
    const { account, clock } = this.#components
    const { profile, record, sealingKeys, presenceKey, backupKey, signer } = account
    const state = { profile, record, sealingKeys: [...sealingKeys], presenceKey, backupKey, deviceKeys: this.keys.all }
    const whole = await makeGrant({ to, signer, state, time: clock.now(), secret })
    await this.#post(DEVICE_FORMAT.grant, whole, { suite: SEALING_SUITE.device, keyEpoch: deviceKeyEpoch(to.device), publicKey: to.sealingKey, notAfter: 0 })
  }

  #askSoon (): void {
    const { clock, log } = this.#components
    if (this.#cancelAsk !== undefined || this.#stopped) return
    const waitMs = Math.max(0, this.#askedAt + DEVICES_DEFAULTS.askIntervalMs - clock.now())
    this.#cancelAsk = clock.after(waitMs, () => {
      this.#cancelAsk = undefined
      if (this.isComplete) return
      this.#askedAt = clock.now()
      this.#ask().catch((error: Error) => { log('other devices were not asked for secrets: %s', error.message) })
      this.#askSoon()
    })
  }

  async #ask (): Promise<void> {
    const { account, clock } = this.#components
    const key = chooseSealingKey(account.profile.sealingKeys, clock.now())
    if (key === undefined) return
    const { device, certificate, root, deviceSealing: { publicKey } } = account
    await this.#post(DEVICE_FORMAT.request, await makeRequest({ root, key: device, certificate, sealingKey: publicKey, time: clock.now() }), key)
  }

  async #post (format: number, whole: Bytes, key: SealingKey): Promise<void> {
    const { account: { mailbox, record, deliveryKey }, crypto, clock, random, post } = this.#components
    if (record === undefined) throw new IdentityError('no node serves this user yet')
    const expiry = Math.floor((clock.now() + LIMITS.retentionMs) / 1000)
    const messageId = toString(random.bytes(MESSAGE_ID_BYTES), 'base16') as MessageId
    await post(record, await sealMessage(whole, { format, messageId, key, deliveryKey, mailbox, expiry }, crypto))
  }

  #publishSoon (): void {
    const { publish, log } = this.#components
    publish().catch((error: Error) => { log('the merged profile was not published yet: %s', error.message) })
  }

  async #inTurn<T> (task: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(task)
    this.#turn = turn.catch(() => { /* whoever asked for this turn is told */ })
    return await turn
  }
}
