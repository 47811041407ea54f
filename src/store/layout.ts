/**
 * What stands in the database, to the byte. Integers are big-endian, so that LevelDB's order of keys is theirs.
 *
 *   key                                                            value
 *   'c' mailbox 32 · forgetAt u32 · size u32 · checksum u32        sealed(signed collection)
 *   'e' mailbox 32 · position u64                                  sealed(position u64 · id 32 · envelope)
 *   'i' mailbox 32 · id 32                                         sealed(kind u8 · position u64 · expiry u32 · size u32 · device 32 …)
 *   'm' name                                                       sealed(…): 'store-id' 16 bytes, 'opening' u64, 'was-closed' u64
 *   's' shelf · 0 · key                                            sealed(value)
 *
 * sealed(x) = CRC-32 of x, u32 · x. LevelDB does not check its blocks when it reads, so a flipped bit shows here.
 * kind: 1 kept, 2 awaited, 3 collected and was here, 4 collected and was not, 5 kept and came as a request (see
 * mailbox.core.ts); stores of before 5 count none as requests. forgetAt and expiry are seconds. All keys of a mailbox stand together: its envelopes in arrival order, its index in the order of ids.
 *
 * Nothing here throws: what does not decode is `undefined`.
 */
import { Buffer } from 'node:buffer'
import { crc32 } from 'node:zlib'
import { ENVELOPE_HEADER_BYTES, reopenEnvelope } from '../wire/envelope.ts'
import { LIMITS } from '../wire/limits.ts'
import type { StoredEnvelope } from '../ports.ts'
import type { Bytes, Envelope, EnvelopeId, MailboxId, PeerKey, Seconds } from '../types.ts'
import type { IndexEntry, KeptCollection } from './mailbox.core.ts'

/** First byte of every key. */
const SPACE = Object.freeze({ collection: 0x63, envelope: 0x65, index: 0x69, meta: 0x6d, shelf: 0x73 })
const KIND = Object.freeze({ kept: 1, awaited: 2, collectedHere: 3, collectedElsewhere: 4, keptRequest: 5 })

const CRC_BYTES = 4
const ID_BYTES = 32
const ENVELOPE_LEAD_BYTES = CRC_BYTES + 8 + ID_BYTES
const ENTRY_LEAD_BYTES = CRC_BYTES + 17
const COLLECTION_KEY_BYTES = 45
const ENVELOPE_KEY_BYTES = 41
const INDEX_KEY_BYTES = 65

export interface KeyRange { gte: Bytes, lt: Bytes }

/** Puts the checksum in front. */
export function seal (value: Uint8Array): Bytes {
  const sealed = Buffer.allocUnsafe(CRC_BYTES + value.byteLength)
  sealed.set(value, CRC_BYTES)
  return withChecksum(sealed)
}

/** What `seal` took, as a view, or undefined when it is not what it was. */
export function unseal (sealed: Uint8Array): Bytes | undefined {
  if (sealed.byteLength < CRC_BYTES) return undefined
  const value = new Uint8Array(sealed.buffer as ArrayBuffer, sealed.byteOffset + CRC_BYTES, sealed.byteLength - CRC_BYTES)
  return crc32(value) === viewOf(sealed).getUint32(0) ? value : undefined
}

export function envelopeKey (mailbox: MailboxId, position: number): Bytes {
  const key = mailboxKey(SPACE.envelope, mailbox, ENVELOPE_KEY_BYTES)
  writeUint64(key, position, 33)
  return key
}

/** The one copy of an envelope's bytes that a commit makes. */
export function encodeEnvelope ({ position, envelope }: StoredEnvelope): Bytes {
  const value = Buffer.allocUnsafe(ENVELOPE_LEAD_BYTES + envelope.bytes.byteLength)
  writeUint64(value, position, CRC_BYTES)
  value.write(envelope.id, CRC_BYTES + 8, 'hex')
  value.set(envelope.bytes, ENVELOPE_LEAD_BYTES)
  return withChecksum(value)
}

/** What an envelope takes as a value. */
export function storedBytes (envelope: Envelope): number {
  return ENVELOPE_LEAD_BYTES + envelope.bytes.byteLength
}

/** The envelope as a view of `value`. */
export function decodeEnvelope (mailbox: MailboxId, value: Uint8Array): StoredEnvelope | undefined {
  if (value.byteLength < ENVELOPE_LEAD_BYTES + ENVELOPE_HEADER_BYTES) return undefined
  const buffer = asBuffer(value)
  if (crc32(buffer.subarray(CRC_BYTES)) !== buffer.readUInt32BE(0)) return undefined
  const position = readUint64(buffer, CRC_BYTES)
  if (position === undefined) return undefined
  const id = buffer.toString('hex', CRC_BYTES + 8, ENVELOPE_LEAD_BYTES) as EnvelopeId
  const bytes = new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset + ENVELOPE_LEAD_BYTES, value.byteLength - ENVELOPE_LEAD_BYTES)
  return { position, envelope: reopenEnvelope(id, mailbox, bytes) }
}

/** The keys of a mailbox's envelopes after a position, in arrival order. */
export function envelopesAfter (mailbox: MailboxId, position: number): KeyRange {
  return { gte: envelopeKey(mailbox, position + 1), lt: after(mailboxKey(SPACE.envelope, mailbox, 33)) }
}

export function indexKey (mailbox: MailboxId, id: EnvelopeId): Bytes {
  const key = mailboxKey(SPACE.index, mailbox, INDEX_KEY_BYTES)
  key.write(id, 33, 'hex')
  return key
}

export function decodeIndexKey (key: Uint8Array): { mailbox: MailboxId, id: EnvelopeId } | undefined {
  if (key.byteLength !== INDEX_KEY_BYTES) return undefined
  const buffer = asBuffer(key)
  return { mailbox: buffer.toString('hex', 1, 33) as MailboxId, id: buffer.toString('hex', 33) as EnvelopeId }
}

/** Of a key that names a mailbox. */
export function mailboxOfKey (key: Uint8Array): MailboxId {
  return asBuffer(key).toString('hex', 1, 33) as MailboxId
}

/** The keys of all envelopes, mailbox after mailbox. */
export function envelopeRange (): KeyRange {
  return range(SPACE.envelope, undefined)
}

/** Of an envelope's key, which may be damaged too. */
export function positionOfKey (key: Uint8Array): number | undefined {
  return key.byteLength === ENVELOPE_KEY_BYTES ? readUint64(asBuffer(key), 33) : undefined
}

/** A mailbox's index behind an id. */
export function indexAfter (mailbox: MailboxId, id: EnvelopeId): KeyRange {
  return { ...indexRange(mailbox), gte: after(indexKey(mailbox, id)) }
}

/** The whole index, or one mailbox's. */
export function indexRange (mailbox?: MailboxId): KeyRange {
  return range(SPACE.index, mailbox)
}

export function encodeEntry (entry: IndexEntry): Bytes {
  const devices = entry.type === 'collected' ? [] : entry.collectedBy
  const value = Buffer.allocUnsafe(ENTRY_LEAD_BYTES + devices.length * ID_BYTES)
  value[CRC_BYTES] = kindOf(entry)
  writeUint64(value, entry.type === 'kept' ? entry.position : 0, 5)
  value.writeUInt32BE(entry.expiry, 13)
  value.writeUInt32BE(entry.type === 'kept' ? entry.bytes : 0, 17)
  devices.forEach((device, n) => value.write(device, ENTRY_LEAD_BYTES + n * ID_BYTES, 'hex'))
  return withChecksum(value)
}

export function decodeEntry (value: Uint8Array): IndexEntry | undefined {
  const buffer = asBuffer(value)
  const marks = (value.byteLength - ENTRY_LEAD_BYTES) / ID_BYTES
  if (!Number.isInteger(marks) || marks < 0 || marks > LIMITS.profileDevices + 1) return undefined
  if (crc32(buffer.subarray(CRC_BYTES)) !== buffer.readUInt32BE(0)) return undefined
  const position = readUint64(buffer, 5)
  const expiry = buffer.readUInt32BE(13)
  const collectedBy = Array.from({ length: marks }, (_, n) => buffer.toString('hex', ENTRY_LEAD_BYTES + n * ID_BYTES, ENTRY_LEAD_BYTES + (n + 1) * ID_BYTES) as PeerKey)
  switch (buffer[CRC_BYTES]) {
    case KIND.kept:
    case KIND.keptRequest: return position === undefined ? undefined : { type: 'kept', position, expiry, bytes: buffer.readUInt32BE(17), isRequest: buffer[CRC_BYTES] === KIND.keptRequest, collectedBy }
    case KIND.awaited: return { type: 'awaited', expiry, collectedBy }
    case KIND.collectedHere: return { type: 'collected', expiry, wasHere: true }
    case KIND.collectedElsewhere: return { type: 'collected', expiry, wasHere: false }
    default: return undefined
  }
}

/** A new collection's place: its checksum tells apart those of one size that run out in the same second. */
export function placeCollection (mailbox: MailboxId, forgetAt: Seconds, bytes: Uint8Array): KeptCollection {
  return { mailbox, forgetAt, bytes: bytes.byteLength, checksum: crc32(bytes) }
}

export function collectionKey ({ mailbox, forgetAt, bytes, checksum }: KeptCollection): Bytes {
  const key = mailboxKey(SPACE.collection, mailbox, COLLECTION_KEY_BYTES)
  key.writeUInt32BE(forgetAt, 33)
  key.writeUInt32BE(bytes, 37)
  key.writeUInt32BE(checksum, 41)
  return key
}

export function decodeCollectionKey (key: Uint8Array): KeptCollection | undefined {
  if (key.byteLength !== COLLECTION_KEY_BYTES) return undefined
  const buffer = asBuffer(key)
  return { mailbox: buffer.toString('hex', 1, 33) as MailboxId, forgetAt: buffer.readUInt32BE(33), bytes: buffer.readUInt32BE(37), checksum: buffer.readUInt32BE(41) }
}

/** All kept collections, or one mailbox's, those that run out first in front. */
export function collectionRange (mailbox?: MailboxId): KeyRange {
  return range(SPACE.collection, mailbox)
}

export type MetaName = 'store-id' | 'opening' | 'was-closed'

export function metaKey (name: MetaName): Bytes {
  return Buffer.concat([Buffer.of(SPACE.meta), Buffer.from(name)])
}

/** Shelf names and keys are ASCII without NUL. */
export function shelfKey (shelf: string, key: string): Bytes {
  return Buffer.concat([Buffer.of(SPACE.shelf), Buffer.from(`${shelf}\0${key}`)])
}

export function decodeShelfKey (shelf: string, key: Uint8Array): string {
  return asBuffer(key).toString('utf8', 1 + shelf.length + 1)
}

export function shelfRange (shelf: string): KeyRange {
  const start = shelfKey(shelf, '')
  return { gte: start, lt: after(start) }
}

export function encodeNumber (value: number): Bytes {
  const bytes = Buffer.allocUnsafe(8)
  writeUint64(bytes, value, 0)
  return bytes
}

export function decodeNumber (bytes: Uint8Array): number | undefined {
  return bytes.byteLength === 8 ? readUint64(asBuffer(bytes), 0) : undefined
}

function range (space: number, mailbox: MailboxId | undefined): KeyRange {
  const start = mailbox === undefined ? Buffer.of(space) : mailboxKey(space, mailbox, 33)
  return { gte: start, lt: after(start) }
}

/** The first key behind all that begin with `prefix`. */
function after (prefix: Uint8Array): Bytes {
  const next = Buffer.from(prefix)
  for (let at = next.length - 1; at >= 0; at--) {
    const byte = (next[at] ?? 0) + 1
    next[at] = byte & 0xff
    if (byte <= 0xff) break
  }
  return next
}

function kindOf (entry: IndexEntry): number {
  if (entry.type === 'awaited') return KIND.awaited
  if (entry.type === 'kept') return entry.isRequest ? KIND.keptRequest : KIND.kept
  return entry.wasHere ? KIND.collectedHere : KIND.collectedElsewhere
}

function mailboxKey (space: number, mailbox: MailboxId, length: number): Buffer<ArrayBuffer> {
  const key = Buffer.allocUnsafe(length)
  key[0] = space
  key.write(mailbox, 1, 'hex')
  return key
}

function withChecksum (sealed: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  sealed.writeUInt32BE(crc32(sealed.subarray(CRC_BYTES)), 0)
  return sealed
}

function writeUint64 (buffer: Buffer, value: number, at: number): void {
  buffer.writeUInt32BE(Math.floor(value / 2 ** 32), at)
  buffer.writeUInt32BE(value >>> 0, at + 4)
}

function readUint64 (buffer: Buffer, at: number): number | undefined {
  const value = buffer.readUInt32BE(at) * 2 ** 32 + buffer.readUInt32BE(at + 4)
  return Number.isSafeInteger(value) ? value : undefined
}

function viewOf (bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function asBuffer (bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
