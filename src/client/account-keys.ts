/** How an account's keys stand in the store: under which names, locked with what the device key opens. */
import { toString } from 'uint8arrays/to-string'
import { SEALING_SUITE } from '../types.ts'
import { CLIENT_DEFAULTS } from './defaults.ts'
import { sealingKeyFromSeed } from './sealing/index.ts'
import type { Random } from '../ports.ts'
import type { Millis, PeerKey, Seconds } from '../types.ts'
import type { SealingKeyPair } from './sealing/index.ts'
import type { Vault } from './store/vault.ts'
import type { ClientStore } from './store/store.ts'
import type { Write } from './store/shelf.ts'

/** Names under which secrets stand in the store. */
export const SECRET_NAME = Object.freeze({ deviceSeed: 'device', presenceKey: 'presence', deviceSealing: 'device-sealing', backupKey: 'backup-key', restoring: 'restoring', newcomer: 'newcomer' })
const SEED_BYTES = 32
const NEVER: Seconds = 0xffff_ffff

/** What of sealing keys goes into a profile. */
export function publicHalves (keys: SealingKeyPair[]): Array<Omit<SealingKeyPair, 'privateKey'>> {
  return keys.map(({ suite, keyEpoch, publicKey, notAfter }) => ({ suite, keyEpoch, publicKey, notAfter }))
}

/** The writes that keep sealing keys, encrypted. */
export async function lockSealingKeys (store: ClientStore, vault: Vault, keys: SealingKeyPair[]): Promise<Write[]> {
  return await Promise.all(keys.map(async ({ privateKey, ...key }) => {
    const name = sealingKeyName(key)
    return store.sealingKeys.put(name, { ...key, secret: await vault.lock(`sealing key/${name}`, privateKey) })
  }))
}

/** When keys made now run out. */
export function sealingKeyEnd (now: Millis): Seconds {
  return Math.floor((now + CLIENT_DEFAULTS.sealingKeyLifeMs) / 1000)
}

/** The number of the key is its device's first byte, so that the user's other devices seldom try to open what is not theirs. */
export async function loadDeviceSealing (device: PeerKey, store: ClientStore, vault: Vault, random: Random): Promise<SealingKeyPair> {
  const locked = await store.secrets.get(SECRET_NAME.deviceSealing)
  const seed = locked === undefined ? random.bytes(SEED_BYTES) : await vault.unlock(SECRET_NAME.deviceSealing, locked)
  // Stores of before had none.
  if (locked === undefined) await store.write([store.secrets.put(SECRET_NAME.deviceSealing, await vault.lock(SECRET_NAME.deviceSealing, seed))])
  return await deviceSealingKey(device, seed)
}

/** A device's own sealing key, from its seed. */
export async function deviceSealingKey (device: PeerKey, seed: Uint8Array): Promise<SealingKeyPair> {
  return await sealingKeyFromSeed(seed, { suite: SEALING_SUITE.device, keyEpoch: deviceKeyEpoch(device), notAfter: NEVER })
}

/** Where an envelope says for which device it is. */
export function deviceKeyEpoch (device: PeerKey): number { return Number.parseInt(device.slice(0, 2), 16) }

/** Those that open mail of ours, decrypted. */
export async function loadSealingKeys (store: ClientStore, vault: Vault): Promise<SealingKeyPair[]> {
  const keys: SealingKeyPair[] = []
  for await (const [name, { secret, ...key }] of store.sealingKeys.entries()) keys.push({ ...key, privateKey: await vault.unlock(`sealing key/${name}`, secret) })
  return keys
}

/** Under which a sealing key is kept. */
export function sealingKeyName ({ suite, keyEpoch, publicKey }: Pick<SealingKeyPair, 'suite' | 'keyEpoch' | 'publicKey'>): string {
  return `${suite}/${keyEpoch}/${toString(publicKey.subarray(0, 4), 'base16')}`
}
