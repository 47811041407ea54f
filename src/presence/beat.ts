/**
 * A beat to the byte: what a device says of its user, readable only by those whom the user gave the presence key.
 *
 * The tag tells holders of the key whose beat it is and everybody else nothing. Nodes read form and tag and carry the
 * rest untouched (`readBeat`). Every contact holds the key and could make a beat, so the device signs inside.
 * Browser-safe: AES-GCM by WebCrypto, HKDF and HMAC by noble.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { MalformedError, NotAuthenticError, TooLargeError, UnsupportedError } from '../errors.ts'
import { PRESENCE_STATE } from '../types.ts'
import { LIMITS } from '../wire/limits.ts'
import { Beat, BeatBody } from '../wire/presence.ts'
import { BEAT_KEY_INFO, DOMAIN, WIRE_VERSION } from '../wire/protocols.ts'
import type { Crypto, Random, SigningKey } from '../ports.ts'
import type { Bytes, Millis, OpenedBeat, PeerKey, PresenceState, PresenceTag, SealedBeat } from '../types.ts'

/** A user's presence key, shared with contacts. */
export const PRESENCE_KEY_BYTES = 32
/** The one period of this version: tags do not rotate yet. */
const PERIOD = 0
const TAG_BYTES = 16
const NONCE_BYTES = 12
const GCM_TAG_BYTES = 16
const STATES = new Map(Object.entries(PRESENCE_STATE).map(([name, number]) => [number as number, name as PresenceState]))

export interface BeatInit {
  presenceKey: Uint8Array
  /** The device's. */
  signingKey: SigningKey
  state: PresenceState
  /** The device's clock, or more: it must rise from beat to beat. */
  counter: Millis
  random: Pick<Random, 'bytes'>
}

/** Signs and seals a beat; 161 bytes until the year 2109. */
export async function makeBeat ({ presenceKey, signingKey, state, counter, random }: BeatInit): Promise<Bytes> {
  const tag = computeTag(presenceKey, PERIOD)
  const number = PRESENCE_STATE[state]
  const body = BeatBody.encode({
    device: fromString(signingKey.publicKey, 'base16'),
    counter: BigInt(counter),
    state: number,
    signature: withArrayBuffer(await signingKey.sign(signedBytes(tag, PERIOD, counter, number)))
  })
  const nonce = withArrayBuffer(random.bytes(NONCE_BYTES))
  const key = await beatKey(presenceKey, 'encrypt')
  const sealed = new Uint8Array(await globalThis.crypto.subtle.encrypt(gcm(nonce, tag, PERIOD), key, body))
  return Beat.encode({ version: WIRE_VERSION, period: PERIOD, tag, nonce, sealed })
}

/** The tag of a presence key in a period. */
export function tagOf (presenceKey: Uint8Array, period = PERIOD): PresenceTag {
  return toString(computeTag(presenceKey, period), 'base16') as PresenceTag
}

/** A tag's 16 bytes, as `watch` carries them. */
export function tagBytes (tag: PresenceTag): Bytes {
  return fromString(tag, 'base16')
}

/** A tag as a frame brought it. Throws MalformedError. */
export function readTag (bytes: Uint8Array): PresenceTag {
  if (bytes.byteLength !== TAG_BYTES) throw new MalformedError(`a presence tag has ${TAG_BYTES} bytes, not ${bytes.byteLength}`)
  return toString(bytes, 'base16') as PresenceTag
}

/**
 * The check that needs no key: size, version, period, lengths. The beat gets a copy of the bytes, because what comes
 * from a stream is a view of something larger. Throws TooLargeError, MalformedError or UnsupportedError.
 */
export function readBeat (bytes: Uint8Array): SealedBeat {
  const { tag, period } = parse(bytes)
  return { tag: readTag(tag), period, bytes: Uint8Array.from(bytes) } as SealedBeat
}

export interface BeatOpening {
  presenceKey: Uint8Array
  crypto: Pick<Crypto, 'verify'>
  /** The devices of the user's profile. */
  allowedDevices: readonly PeerKey[]
}

/**
 * Opens a beat of the key's owner. Throws what `readBeat` throws, and NotAuthenticError when tag, seal, device or
 * signature are not what they must be.
 */
export async function openBeat (bytes: Uint8Array, { presenceKey, crypto, allowedDevices }: BeatOpening): Promise<OpenedBeat> {
  const { tag, period, nonce, sealed } = parse(bytes)
  const expected = tagOf(presenceKey, period)
  if (readTag(tag) !== expected) throw new NotAuthenticError('the beat is not of this presence key')
  const body = await unseal(presenceKey, sealed, gcm(nonce, tag, period))
  const state = STATES.get(body.state)
  if (state === undefined) throw new UnsupportedError(`presence state ${body.state} is not known here`)
  const counter = Number(body.counter)
  if (!Number.isSafeInteger(counter)) throw new MalformedError('the beat’s counter is larger than 2^53')
  const claimed = toString(body.device, 'base16')
  const device = allowedDevices.find(allowed => allowed === claimed)
  if (device === undefined) throw new NotAuthenticError('the beat names a device that its user does not have')
  const signed = signedBytes(tag, period, counter, body.state)
  if (!await crypto.verify(device, signed, body.signature)) throw new NotAuthenticError('the beat’s device did not sign it')
  return { tag: expected, device, state, counter } as OpenedBeat
}

function parse (bytes: Uint8Array): Beat {
  if (bytes.byteLength > LIMITS.beatBytes) throw new TooLargeError(`the beat has ${bytes.byteLength} bytes, more than ${LIMITS.beatBytes}`)
  const beat = decoded(() => Beat.decode(bytes))
  // Version first: a later one may have other lengths, and its bearer is no liar.
  if (beat.version !== WIRE_VERSION) throw new UnsupportedError(`beat version ${beat.version} is not known here`)
  if (beat.period !== PERIOD) throw new UnsupportedError(`beat period ${beat.period} is not known here`)
  if (beat.tag.byteLength !== TAG_BYTES || beat.nonce.byteLength !== NONCE_BYTES || beat.sealed.byteLength <= GCM_TAG_BYTES) {
    throw new MalformedError('a part of the beat does not have its length')
  }
  return beat
}

async function unseal (presenceKey: Uint8Array, sealed: Bytes, parameters: AesGcmParams): Promise<BeatBody> {
  const key = await beatKey(presenceKey, 'decrypt')
  const plaintext = await globalThis.crypto.subtle.decrypt(parameters, key, sealed).catch(() => {
    throw new NotAuthenticError('the beat was not sealed with this presence key')
  })
  return decoded(() => BeatBody.decode(new Uint8Array(plaintext)))
}

/** protons throws errors of many names for bytes that are no protobuf; here they are one. */
function decoded<T> (decode: () => T): T {
  try {
    return decode()
  } catch {
    throw new MalformedError('the beat is no protobuf')
  }
}

function computeTag (presenceKey: Uint8Array, period: number): Bytes {
  checkKey(presenceKey)
  return withArrayBuffer(hmac(sha256, presenceKey, concat([DOMAIN.presenceTag, uint32(period)])).subarray(0, TAG_BYTES))
}

async function beatKey (presenceKey: Uint8Array, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  checkKey(presenceKey)
  const key = hkdf(sha256, presenceKey, undefined, new TextEncoder().encode(BEAT_KEY_INFO), 32)
  return await globalThis.crypto.subtle.importKey('raw', withArrayBuffer(key), 'AES-GCM', false, [usage])
}

function checkKey (presenceKey: Uint8Array): void {
  if (presenceKey.byteLength !== PRESENCE_KEY_BYTES) throw new MalformedError(`a presence key has ${PRESENCE_KEY_BYTES} bytes, not ${presenceKey.byteLength}`)
}

function gcm (nonce: Bytes, tag: Uint8Array, period: number): AesGcmParams {
  return { name: 'AES-GCM', iv: nonce, additionalData: concat([tag, uint32(period)]) }
}

function signedBytes (tag: Uint8Array, period: number, counter: Millis, state: number): Bytes {
  const counterBytes = new Uint8Array(8)
  new DataView(counterBytes.buffer).setBigUint64(0, BigInt(counter))
  return concat([DOMAIN.beat, tag, uint32(period), counterBytes, uint32(state)])
}

function uint32 (value: number): Bytes {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}
