/**
 * What devices of one user say to each other outside of any chat (docs/protocol.md, "Devices"): a request, of a new
 * device that has seen a link code or of one that lacks secrets, and the grant that answers it. Both lie in the user's own
 * mailbox like any mail; what is opened here has the form, the signatures and the rights that it must have.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { openRouteRecord } from '../../dht/record.ts'
import { MalformedError, NotAuthenticError } from '../../errors.ts'
import { decodeContainer, decodeWith } from '../../identity/container.ts'
import { epochFrom, keyBytes, makeSigned, millisFrom, openCertificate, openProfile, openSigned, peerKeyFromBytes, rootKeyFromBytes, type SignedKind } from '../../identity/index.ts'
import { CAPABILITY } from '../../types.ts'
import { DeviceGrant, DeviceGrantBody, DeviceRequest, DeviceRequestBody } from '../../wire/devices.ts'
import { LIMITS } from '../../wire/limits.ts'
import { DOMAIN } from '../../wire/protocols.ts'
import type { Crypto, SigningKey } from '../../ports.ts'
import type { Bytes, DeviceCertificate, Millis, PeerKey, Profile, RootKey, RouteRecord } from '../../types.ts'
import type { SealingKeyPair } from '../sealing/index.ts'

/** Numbers in the fragment header; 1 to 3 are notes, groups and whispers. */
export const DEVICE_FORMAT = Object.freeze({ request: 4, grant: 5, backup: 6 })
/** True of what own devices say to each other outside of conversations. */
export function isDeviceFormat (format: number): boolean { return (Object.values(DEVICE_FORMAT) as number[]).includes(format) }

const REQUEST = 'the device request'
const GRANT_NAME = 'the device grant'
const X_WING_PUBLIC_BYTES = 1216
const PRIVATE_KEY_BYTES = 32
const REQUEST_BYTES_MAX = 8 * 1024
/** Old sealing keys go on opening mail for 31 d, in pairs; more than these nobody has. */
const SECRETS_MAX = 64
const LINK_KEY_INFO = fromString('posthouse/link-key/1')
const LINK_KEY_BYTES = 32

export interface OwnDeviceKey { device: PeerKey, sealingKey: Bytes }

/** Someone who has the device's private key asks in its name. certificate: of a device of the user. */
export interface OpenedRequest extends OwnDeviceKey {
  root: RootKey
  time: Millis
  certificate: DeviceCertificate | undefined
  /** True when whoever asks knows the secret of the link code. */
  isProven: (secret: Uint8Array) => Promise<boolean>
}

/** All that a device needs to act for its user. */
export interface AccountState {
  profile: Profile
  record: RouteRecord | undefined
  sealingKeys: SealingKeyPair[]
  presenceKey: Bytes
  /** Public half of the key under the recovery phrase; undefined when no device has it. */
  backupKey: Bytes | undefined
  deviceKeys: OwnDeviceKey[]
}

export interface OpenedGrant { root: RootKey, device: PeerKey, time: Millis, giver: DeviceCertificate, state: AccountState, isProven: (secret: Uint8Array) => Promise<boolean> }

export interface RequestInit { root: RootKey, key: SigningKey, certificate?: DeviceCertificate | undefined, sealingKey: Bytes, time: Millis, secret?: Uint8Array | undefined }

/** secret: of the link code; without one the certificate says why the device may ask. */
export async function makeRequest ({ root, key, certificate, sealingKey, time, secret }: RequestInit): Promise<Bytes> {
  const body = DeviceRequestBody.encode({ root: keyBytes(root), device: keyBytes(key.publicKey), sealingKey, time: BigInt(time) })
  const request = await makeSigned({ name: REQUEST, domain: DOMAIN.deviceRequest, bytesMax: REQUEST_BYTES_MAX }, body, { key, ...certificate === undefined ? {} : { certificate } })
  return DeviceRequest.encode({ request, proof: await proofOf(request, secret) })
}

/** Throws TooLargeError, MalformedError or NotAuthenticError. */
export async function openRequest (carried: Uint8Array, { crypto }: { crypto: Crypto }): Promise<OpenedRequest> {
  const { request, proof } = decodeWith(REQUEST, DeviceRequest.decode, carried as Bytes)
  const container = decodeContainer(REQUEST, request, REQUEST_BYTES_MAX)
  const body = decodeWith(REQUEST, DeviceRequestBody.decode, container.body)
  const device = peerKeyFromBytes(body.device)
  const root = rootKeyFromBytes(body.root)
  const certificate = container.certificate.byteLength === 0 ? undefined : await openCertificate(container.certificate, { crypto })
  if (certificate !== undefined && (certificate.device !== device || certificate.root !== root)) throw new NotAuthenticError(`${REQUEST} carries another device’s certificate`)
  if (!await crypto.verify(device, concat([DOMAIN.deviceRequest, container.body]), container.signature)) throw new NotAuthenticError(`${REQUEST} was not signed by its device`)
  return { root, device, sealingKey: readKey(REQUEST, body.sealingKey), time: millisFrom(REQUEST, body.time), certificate, isProven: async secret => await isProof(container.bytes, proof, secret) }
}

export interface GrantInit { to: OwnDeviceKey, signer: { key: SigningKey, certificate: DeviceCertificate }, state: AccountState, time: Millis, secret?: Uint8Array | undefined }

export async function makeGrant ({ to, signer, state, time, secret }: GrantInit): Promise<Bytes> {
  const { profile, record, sealingKeys, presenceKey, backupKey, deviceKeys } = state
  const body = DeviceGrantBody.encode({
    root: keyBytes(profile.root),
    epoch: signer.certificate.epoch,
    device: keyBytes(to.device),
    time: BigInt(time),
    profile: profile.bytes,
    record: record?.bytes ?? new Uint8Array(0),
    sealingKeys: sealingKeys.slice(0, SECRETS_MAX),
    presenceKey,
    backupKey: backupKey ?? new Uint8Array(0),
    deviceKeys: deviceKeys.map(({ device, sealingKey }) => ({ device: keyBytes(device), sealingKey }))
  })
  const grant = await makeSigned(GRANT, body, signer)
  return DeviceGrant.encode({ grant, proof: await proofOf(grant, secret) })
}

/** Throws TooLargeError, MalformedError, NotAuthenticError or ExpiredError. */
export async function openGrant (carried: Uint8Array, { crypto, now }: { crypto: Crypto, now: Millis }): Promise<OpenedGrant> {
  const { grant, proof } = decodeWith(GRANT_NAME, DeviceGrant.decode, carried as Bytes)
  const { body, root, certificate, bytes } = await openSigned(GRANT, grant, { crypto })
  if (certificate === undefined) throw new NotAuthenticError(`${GRANT_NAME} was not signed by a device`)
  const profile = await openProfile(body.profile, { crypto, now })
  if (profile.root !== root || profile.order.epoch !== certificate.epoch) throw new NotAuthenticError(`${GRANT_NAME} brings a profile of another user or epoch`)
  if (!profile.devices.some(({ device }) => device === certificate.device)) throw new NotAuthenticError(`${GRANT_NAME} is of a device that its profile leaves out`)
  const state = { profile, record: await openRecord(body.record, { crypto, now, root }), ...readSecrets(body) }
  return { root, device: peerKeyFromBytes(body.device), time: millisFrom(GRANT_NAME, body.time), giver: certificate, state, isProven: async secret => await isProof(bytes, proof, secret) }
}

const GRANT: SignedKind<DeviceGrantBody> = Object.freeze({
  name: GRANT_NAME,
  domain: DOMAIN.deviceGrant,
  bytesMax: LIMITS.messageBytes,
  capability: CAPABILITY.link,
  decode: (bytes: Uint8Array) => DeviceGrantBody.decode(bytes, { limits: { sealingKeys: SECRETS_MAX, deviceKeys: LIMITS.profileDevices } }),
  claims: (body: DeviceGrantBody) => ({ root: rootKeyFromBytes(body.root), epoch: epochFrom(GRANT_NAME, body.epoch) })
})

/** A record that has run out is none. */
async function openRecord (bytes: Bytes, options: { crypto: Crypto, now: Millis, root: RootKey }): Promise<RouteRecord | undefined> {
  if (bytes.byteLength === 0) return undefined
  return await openRouteRecord(bytes, options).catch((error: Error) => {
    if (error.name === 'ExpiredError') return undefined
    throw error
  })
}

function readSecrets (body: DeviceGrantBody): Omit<AccountState, 'profile' | 'record'> {
  if (body.presenceKey.byteLength !== LIMITS.presenceKeyBytes) throw new MalformedError(`${GRANT_NAME} brings no presence key`)
  if (body.sealingKeys.some(({ privateKey }) => privateKey.byteLength !== PRIVATE_KEY_BYTES)) throw new MalformedError(`${GRANT_NAME} brings a sealing key that does not have its form`)
  return {
    sealingKeys: body.sealingKeys,
    presenceKey: body.presenceKey,
    backupKey: body.backupKey.byteLength === 0 ? undefined : readKey(GRANT_NAME, body.backupKey),
    deviceKeys: body.deviceKeys.map(({ device, sealingKey }) => ({ device: peerKeyFromBytes(device), sealingKey: readKey(GRANT_NAME, sealingKey) }))
  }
}

function readKey (name: string, bytes: Bytes): Bytes {
  if (bytes.byteLength !== X_WING_PUBLIC_BYTES) throw new MalformedError(`${name} brings a key that does not have its form`)
  return bytes
}

async function proofOf (carried: Bytes, secret: Uint8Array | undefined): Promise<Bytes> {
  if (secret === undefined) return new Uint8Array(0)
  return new Uint8Array(await globalThis.crypto.subtle.sign('HMAC', await linkKey(secret), carried))
}

async function isProof (carried: Bytes, proof: Bytes, secret: Uint8Array): Promise<boolean> {
  return await globalThis.crypto.subtle.verify('HMAC', await linkKey(secret), proof, carried)
}

async function linkKey (secret: Uint8Array): Promise<CryptoKey> {
  const key = withArrayBuffer(hkdf(sha256, secret, undefined, LINK_KEY_INFO, LINK_KEY_BYTES))
  return await globalThis.crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify'])
}
