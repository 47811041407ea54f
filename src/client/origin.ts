/**
 * How an account comes into an empty store: a new user, or an earlier one back from the recovery phrase. Either way
 * the root key signs one certificate for this device and is forgotten; what it is made from is the phrase, which only
 * the person has.
 */
import { IdentityError } from '../errors.ts'
import { CAPABILITY } from '../types.ts'
import { backupSeedFromPhrase, keyBytes, makeCertificate, makeProfile, newPhrase, rootSeedFromPhrase } from '../identity/index.ts'
import { Account, type AccountComponents } from './account.ts'
import { lockSealingKeys, publicHalves, SECRET_NAME, sealingKeyEnd } from './account-keys.ts'
import { backupKeyPair } from './devices/phrase-key.ts'
import { placeIn } from './devices/own-profile.ts'
import { newSealingKeys } from './sealing/index.ts'
import { Vault } from './store/vault.ts'
import type { Joined } from './devices/joining.ts'
import type { Millis, Profile, RootKey, RouteRecord } from '../types.ts'
import type { StoredAccount } from './store/schemas.ts'

const SEED_BYTES = 32
const PRESENCE_KEY_BYTES = 32
const FIRST_EPOCH = 1
const KEY_EPOCHS = 256

/** What the network knows of a user; both may be unknown. */
export interface Known { record: RouteRecord | undefined, profile: Profile | undefined }

export interface OriginInit {
  /** Given: the caller keeps it, and the store does not. */
  deviceSeed?: Uint8Array | undefined
  /** Given: the user of this phrase, after `known`. */
  phrase?: string | undefined
  known?: Known | undefined
  /** The person has named nodes: those of before are drained, and serve no longer. */
  isNamed?: boolean
}

/** The root key that a phrase stands for. Throws MalformedError with what is wrong with it. */
export async function rootOfPhrase (phrase: string, { crypto }: Pick<AccountComponents, 'crypto'>): Promise<RootKey> {
  return (await crypto.signingKey(rootSeedFromPhrase(phrase))).publicKey as string as RootKey
}

/** Writes a whole account in one batch. recoveryPhrase: for the eyes of a new user, once. */
export async function makeAccount (components: AccountComponents, { deviceSeed, phrase, known, isNamed = false }: OriginInit): Promise<{ account: Account, deviceSeed: Uint8Array, recoveryPhrase: string | undefined }> {
  const { store, crypto, clock, random } = components
  const words = phrase ?? newPhrase(random)
  const rootKey = await crypto.signingKey(rootSeedFromPhrase(words))
  const root = rootKey.publicKey as string as RootKey
  const seed = deviceSeed ?? random.bytes(SEED_BYTES)
  const device = await crypto.signingKey(seed)
  const vault = await Vault.open(seed, random)
  const now = clock.now()
  const epoch = phrase === undefined ? FIRST_EPOCH : Math.max(FIRST_EPOCH, known?.record?.order.epoch ?? 0, known?.profile?.order.epoch ?? 0) + 1
  const capabilities = CAPABILITY.route | CAPABILITY.profile | CAPABILITY.link
  const certificate = await makeCertificate({ root, device: device.publicKey, epoch, capabilities, issuedAt: now }, { key: rootKey }, { crypto })
  // Mail that was sealed for the lost device names an older key epoch, and is recognized by it.
  const lastKeyEpoch = Math.max(-1, ...known?.profile?.sealingKeys.map(key => key.keyEpoch) ?? [])
  const sealingKeys = await newSealingKeys({ keyEpoch: (lastKeyEpoch + 1) % KEY_EPOCHS, notAfter: sealingKeyEnd(now) }, random)
  const profile = await makeProfile({ root, epoch, seq: now, devices: [certificate], sealingKeys: publicHalves(sealingKeys) }, { key: device, certificate }, { crypto })
  await store.write([
    store.putAccount({ root, epoch, certificate: certificate.bytes, profile: profile.bytes, record: isNamed ? new Uint8Array(0) : known?.record?.bytes ?? new Uint8Array(0), addresses: [], published: [], chosen: 0, former: isNamed ? formerOf(known?.record, now) : [], known: [], beatCounter: 0 }),
    store.secrets.put(SECRET_NAME.presenceKey, await vault.lock(SECRET_NAME.presenceKey, random.bytes(PRESENCE_KEY_BYTES))),
    ...phrase === undefined ? [] : [store.secrets.put(SECRET_NAME.restoring, await vault.lock(SECRET_NAME.restoring, backupSeedFromPhrase(phrase)))],
    store.secrets.put(SECRET_NAME.backupKey, (await backupKeyPair(backupSeedFromPhrase(words))).publicKey),
    ...deviceSeed === undefined ? [store.secrets.put(SECRET_NAME.deviceSeed, new Uint8Array(seed))] : [],
    ...await lockSealingKeys(store, vault, sealingKeys)
  ])
  return { account: await Account.load(components, seed), deviceSeed: seed, recoveryPhrase: phrase === undefined ? words : undefined }
}

function formerOf (record: RouteRecord | undefined, since: Millis): StoredAccount['former'] {
  return record?.entries.map(({ node, addressHint }) => ({ node, addresses: addressHint === undefined ? [] : [addressHint], since })) ?? []
}

/** What a new device of an earlier user is before it is one: its keys, on disk before anybody hears of them. */
export interface NewDevice { seed: Uint8Array, sealingSeed: Uint8Array }

/** The keys of a new device, those of an earlier attempt if there was one. deviceSeed given: the caller keeps it. */
export async function makeDevice ({ store, random }: AccountComponents, deviceSeed: Uint8Array | undefined): Promise<NewDevice> {
  const kept = await store.secrets.get(SECRET_NAME.deviceSeed)
  const seed = deviceSeed ?? kept ?? random.bytes(SEED_BYTES)
  const vault = await Vault.open(seed, random)
  const locked = await store.secrets.get(SECRET_NAME.deviceSealing)
  const sealingSeed = await (locked === undefined ? undefined : vault.unlock(SECRET_NAME.deviceSealing, locked).catch(() => undefined)) ?? random.bytes(SEED_BYTES)
  await store.write([
    ...deviceSeed === undefined ? [store.secrets.put(SECRET_NAME.deviceSeed, new Uint8Array(seed))] : [],
    store.secrets.put(SECRET_NAME.deviceSealing, await vault.lock(SECRET_NAME.deviceSealing, sealingSeed))
  ])
  return { seed, sealingSeed }
}

/** Writes the account that another device of the user has given, in one batch. */
export async function makeLinkedAccount (components: AccountComponents, { seed }: NewDevice, { state, giver }: Joined): Promise<Account> {
  const { store, crypto, random } = components
  const { profile, record, presenceKey, backupKey, sealingKeys } = state
  const { publicKey } = await crypto.signingKey(seed)
  const certificate = profile.devices[placeIn(profile, publicKey)]
  if (certificate === undefined) throw new IdentityError('the profile does not list this device')
  const vault = await Vault.open(seed, random)
  await store.write([
    store.putAccount({
      root: profile.root,
      epoch: profile.order.epoch,
      certificate: certificate.bytes,
      profile: profile.bytes,
      record: record?.bytes ?? new Uint8Array(0),
      addresses: [],
      published: record?.entries.map(({ node }) => node) ?? [],
      chosen: 0,
      former: [],
      known: [],
      beatCounter: 0
    }),
    store.secrets.put(SECRET_NAME.presenceKey, await vault.lock(SECRET_NAME.presenceKey, presenceKey)),
    store.secrets.put(SECRET_NAME.newcomer, keyBytes(giver)),
    ...backupKey === undefined ? [] : [store.secrets.put(SECRET_NAME.backupKey, backupKey)],
    ...await lockSealingKeys(store, vault, sealingKeys)
  ])
  return await Account.load(components, seed)
}
