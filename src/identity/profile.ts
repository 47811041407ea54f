/**
 * The profile: which devices a user has, and to which keys mail for the user is sealed. Serving nodes hand it out;
 * whoever keeps one refuses an older one (compareOrder).
 */
import { MalformedError, NotAuthenticError } from '../errors.ts'
import { CAPABILITY, SEALING_SUITE } from '../types.ts'
import { ProfileBody } from '../wire/identity.ts'
import { LIMITS } from '../wire/limits.ts'
import { DOMAIN } from '../wire/protocols.ts'
import { openCertificate } from './certificate.ts'
import { checkClock, epochFrom, millisFrom } from './order.ts'
import { keyBytes } from './peer-key.ts'
import { makeSigned, openSigned } from './signed.ts'
import { rootKeyFromBytes } from './user-id.ts'
import type { Crypto } from '../ports.ts'
import type { DeviceCertificate, Millis, Profile, RootKey, SealingKey } from '../types.ts'
import type { Signer } from './certificate.ts'
import type { SignedKind } from './signed.ts'

/** Public key lengths of the suites that we know: X25519, and X-Wing (draft-connolly-cfrg-xwing-kem). */
const PUBLIC_KEY_BYTES = new Map<number, number>([[SEALING_SUITE.x25519, 32], [SEALING_SUITE.xWing, 1216]])
const KEY_EPOCH_MAX = 255

const PROFILE: SignedKind<ProfileBody> = {
  name: 'the profile',
  domain: DOMAIN.profile,
  bytesMax: LIMITS.profileBytes,
  capability: CAPABILITY.profile,
  decode: ProfileBody.decode,
  claims: (body) => ({ root: rootKeyFromBytes(body.root), epoch: epochFrom(PROFILE.name, body.epoch) })
}

export interface ProfileInit {
  root: RootKey
  epoch: number
  seq: Millis
  devices: DeviceCertificate[]
  sealingKeys: SealingKey[]
  /** Who may write a first message; 0, anybody, when left out. */
  requests?: number
}

/** Signs a profile as the root or as a `profile` device. */
export async function makeProfile (init: ProfileInit, signer: Signer, { crypto }: { crypto: Crypto }): Promise<Profile> {
  const body = ProfileBody.encode({
    root: keyBytes(init.root),
    epoch: init.epoch,
    seq: BigInt(init.seq),
    devices: init.devices.map(({ bytes }) => bytes),
    sealingKeys: init.sealingKeys,
    requests: init.requests
  })
  return await openProfile(await makeSigned(PROFILE, body, signer), { crypto, now: init.seq })
}

/** Throws TooLargeError, MalformedError, NotAuthenticError, or ExpiredError when it comes from a clock too far ahead. */
export async function openProfile (bytes: Uint8Array, { crypto, now }: { crypto: Crypto, now: Millis }): Promise<Profile> {
  const opened = await openSigned(PROFILE, bytes, { crypto })
  const { body, root, hash } = opened
  const order = { epoch: body.epoch, seq: millisFrom(PROFILE.name, body.seq), hash }
  checkClock(PROFILE.name, order.seq, now)
  return Object.freeze({
    root,
    order,
    devices: await openDevices(body, root, crypto),
    sealingKeys: readSealingKeys(body),
    requests: body.requests,
    bytes: opened.bytes
  }) as Profile
}

async function openDevices (body: ProfileBody, root: RootKey, crypto: Crypto): Promise<DeviceCertificate[]> {
  if (body.devices.length > LIMITS.profileDevices) throw new MalformedError(`${PROFILE.name} lists more than ${LIMITS.profileDevices} devices`)
  const devices = await Promise.all(body.devices.map(async (certificate) => await openCertificate(certificate, { crypto })))
  if (devices.some((device) => device.root !== root || device.epoch !== body.epoch)) {
    throw new NotAuthenticError(`${PROFILE.name} lists a device of another user or epoch`)
  }
  if (new Set(devices.map(({ device }) => device)).size < devices.length) throw new MalformedError(`${PROFILE.name} lists a device twice`)
  return devices
}

/** Keys of suites that we do not know are kept: they are for writers that do. */
function readSealingKeys ({ sealingKeys }: ProfileBody): SealingKey[] {
  if (sealingKeys.length > LIMITS.sealingKeys) throw new MalformedError(`${PROFILE.name} lists more than ${LIMITS.sealingKeys} sealing keys`)
  for (const { suite, keyEpoch, publicKey } of sealingKeys) {
    const length = PUBLIC_KEY_BYTES.get(suite) ?? publicKey.byteLength
    if (suite > 255 || keyEpoch > KEY_EPOCH_MAX || publicKey.byteLength !== length) throw new MalformedError(`${PROFILE.name} lists a sealing key that does not have its form`)
  }
  if (new Set(sealingKeys.map(({ suite, keyEpoch }) => suite << 8 | keyEpoch)).size < sealingKeys.length) {
    throw new MalformedError(`${PROFILE.name} lists two sealing keys under one number`)
  }
  return sealingKeys
}
