/**
 * Several devices change one profile. Each signs the whole of it, the newest counts, and two that did so at the same
 * time make one that lacks what the other wrote. Within an epoch devices and sealing keys are only ever added (what is
 * taken away needs the phrase, and a new epoch), so the union of both is what both meant: whoever sees that something of
 * its own is missing signs the union again, and that ends.
 */
import { compareOrder } from '../../identity/index.ts'
import { LIMITS } from '../../wire/limits.ts'
import type { DeviceCertificate, Millis, PeerKey, Profile, SealingKey } from '../../types.ts'

/** What of a profile its devices add to. */
export interface ProfileContent { devices: DeviceCertificate[], sealingKeys: SealingKey[] }

/**
 * What has to be signed again when `newer` takes the place of `older`; undefined when nothing is missing in it. Sealing
 * keys past their end need not be kept alive.
 */
export function missingIn (newer: Profile, older: Profile, now: Millis): ProfileContent | undefined {
  if (newer.order.epoch !== older.order.epoch || compareOrder(newer.order, older.order) <= 0) return undefined
  const devices = older.devices.filter(({ device }) => !newer.devices.some(other => other.device === device))
  // A rotation replaces keys of lower numbers; only those as new as what is there have been overlooked.
  const highest = Math.max(-1, ...newer.sealingKeys.map(({ keyEpoch }) => keyEpoch))
  const sealingKeys = older.sealingKeys.filter(key => key.notAfter * 1000 > now && key.keyEpoch > highest)
  if (devices.length === 0 && sealingKeys.length === 0) return undefined
  return {
    devices: [...newer.devices, ...devices].slice(0, LIMITS.profileDevices),
    sealingKeys: [...sealingKeys, ...newer.sealingKeys].slice(0, LIMITS.sealingKeys)
  }
}

/** True when the private half of a key that others seal to is not here. */
export function lacksSecrets (profile: Profile, held: ReadonlyArray<Pick<SealingKey, 'suite' | 'keyEpoch' | 'publicKey'>>): boolean {
  return profile.sealingKeys.some(key => !held.some(other => isSameKey(other, key)))
}

/** Which place the device has among the user's; -1 when it has none. */
export function placeIn (profile: Profile, device: PeerKey): number {
  return profile.devices.findIndex(certificate => certificate.device === device)
}

export function isSameKey (a: Pick<SealingKey, 'suite' | 'keyEpoch' | 'publicKey'>, b: Pick<SealingKey, 'suite' | 'keyEpoch' | 'publicKey'>): boolean {
  return a.suite === b.suite && a.keyEpoch === b.keyEpoch && a.publicKey.byteLength === b.publicKey.byteLength && a.publicKey.every((byte, at) => byte === b.publicKey[at])
}
