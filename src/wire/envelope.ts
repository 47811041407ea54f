/**
 * An envelope: a header at fixed places, then the sealed body that nobody on the way can read. Nodes read mailbox
 * and expiry where they stand and pass the bytes on as a view; nothing here decodes or copies a body.
 *
 *   0 version u8 · 1 critical feature bits u24 · 4 mailbox 32 · 36 expiry u32, seconds · 40 admission 32
 *   (kind u8, key epoch u8, tag 30) · 72 body length u32 · 76 body
 *
 * id = SHA-256("posthouse/env/1\0" ‖ version u8 ‖ mailbox ‖ expiry u32 ‖ SHA-256(body)). Admission (admission.ts) is not
 * in it, so that it can be over the id. All integers are big-endian.
 */
import { MalformedError, TooLargeError, UnsupportedError } from '../errors.ts'
import { showKey, type DeliveryKey } from './admission.ts'
import { fromHex, toHex } from './hex.ts'
import { readUint32, writeUint32 } from './integers.ts'
import { LIMITS } from './limits.ts'
import { DOMAIN, WIRE_VERSION } from './protocols.ts'
import type { Crypto } from '../ports.ts'
import type { Bytes, Envelope, EnvelopeId, MailboxId, Seconds } from '../types.ts'

export const ENVELOPE_HEADER_BYTES = 76
/** Critical feature bits that this version knows: none yet. */
const KNOWN_CRITICAL_BITS = 0
const AT = Object.freeze({ version: 0, mailbox: 4, expiry: 36, admission: 40, bodyLength: 72 })

/** What an id is the hash of: domain ‖ version ‖ mailbox ‖ expiry ‖ SHA-256(body). One for all, filled and hashed on the spot. */
const BOUND_AT = Object.freeze({ mailbox: DOMAIN.envelope.byteLength + 1, bodyHash: DOMAIN.envelope.byteLength + 37 })
const bound = new Uint8Array(BOUND_AT.bodyHash + 32)
bound.set(DOMAIN.envelope)
bound[DOMAIN.envelope.byteLength] = WIRE_VERSION

/** Checks the header, computes the id. Throws MalformedError, TooLargeError or UnsupportedError. */
export function openEnvelope (bytes: Bytes, crypto: Pick<Crypto, 'sha256'>): Envelope {
  if (bytes.byteLength > LIMITS.envelopeBytes) throw new TooLargeError(`the envelope has ${bytes.byteLength} bytes, more than ${LIMITS.envelopeBytes}`)
  if (bytes.byteLength < ENVELOPE_HEADER_BYTES) throw new MalformedError('the envelope is shorter than its header')
  if (bytes[AT.version] !== WIRE_VERSION) throw new UnsupportedError(`envelope version ${bytes[AT.version]} is not known here`)
  const critical = readUint32(bytes, AT.version) & 0xffffff
  if ((critical & ~KNOWN_CRITICAL_BITS) !== 0) throw new UnsupportedError('the envelope needs a feature that is not known here')
  if (readUint32(bytes, AT.bodyLength) !== bytes.byteLength - ENVELOPE_HEADER_BYTES) throw new MalformedError('the envelope’s body length does not fit its bytes')
  return {
    id: toHex(envelopeId(bytes, crypto)),
    mailbox: toHex(bytes.subarray(AT.mailbox, AT.expiry)),
    expiry: readUint32(bytes, AT.expiry),
    bytes
  } as Envelope
}

/**
 * An envelope that was opened once and kept since: whoever kept it proves by a checksum that the bytes are the same,
 * so that a drain hashes nothing. Throws MalformedError when they are shorter than a header.
 */
export function reopenEnvelope (id: EnvelopeId, mailbox: MailboxId, bytes: Bytes): Envelope {
  if (bytes.byteLength < ENVELOPE_HEADER_BYTES) throw new MalformedError('the envelope is shorter than its header')
  return { id, mailbox, expiry: readUint32(bytes, AT.expiry), bytes } as Envelope
}

/** deliveryKey: of the mailbox's user; without one the envelope is a stranger's. */
export interface EnvelopeInit { mailbox: MailboxId, expiry: Seconds, body: Uint8Array, deliveryKey?: DeliveryKey | undefined }

/** Lays out an envelope. */
export function makeEnvelope ({ mailbox, expiry, body, deliveryKey }: EnvelopeInit, crypto: Pick<Crypto, 'sha256'>): Envelope {
  const bytes = new Uint8Array(ENVELOPE_HEADER_BYTES + body.byteLength)
  bytes[AT.version] = WIRE_VERSION
  bytes.set(fromHex(mailbox), AT.mailbox)
  writeUint32(bytes, AT.expiry, expiry)
  writeUint32(bytes, AT.bodyLength, body.byteLength)
  bytes.set(body, ENVELOPE_HEADER_BYTES)
  const envelope = openEnvelope(bytes, crypto)
  if (deliveryKey !== undefined) showKey(envelope, deliveryKey)
  return envelope
}

/** The sealed body, as a view. */
export function envelopeBody (envelope: Envelope): Bytes {
  return envelope.bytes.subarray(ENVELOPE_HEADER_BYTES)
}

/** An id's 32 bytes. */
export function idBytes (id: EnvelopeId | MailboxId): Bytes {
  return fromHex(id)
}

function envelopeId (bytes: Uint8Array, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  bound.set(bytes.subarray(AT.mailbox, AT.admission), BOUND_AT.mailbox)
  bound.set(crypto.sha256(bytes.subarray(ENVELOPE_HEADER_BYTES)), BOUND_AT.bodyHash)
  return crypto.sha256(bound)
}
