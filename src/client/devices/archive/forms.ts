/**
 * What an archive says, line by line (docs/archive.md). Each line is one JSON object; bytes are base64, ids hex. A
 * file is read by whoever has its passphrase, years later, and by programs that are not ours: so the forms are plain.
 */
import * as z from 'zod'
import { MESSAGE_STATES } from '../../../types.ts'
import { bytes, count, messageId, MESSAGE, root, schema } from '../../store/schemas.ts'
import type { Bytes, MessageId, MessageState, Millis, RootKey } from '../../../types.ts'
import type { HistoryItem } from '../../history/index.ts'
import type { Named } from '../../petnames.ts'
import type { SealingKeyPair } from '../../sealing/index.ts'

/** A reader of an earlier version refuses the file. Lines of types, and fields, that it does not know it passes over. */
export const ARCHIVE_VERSION = 1

/** What is known of another user, as carried; empty bytes: not known. */
export interface ArchivedContact extends Named { root: RootKey, record: Bytes, profile: Bytes, presenceKey: Bytes, usedAt: Millis }

export type ArchiveEntry =
  /** The first line. total: of the lines between this and the last. */
  | { type: 'head', version: number, root: RootKey, made: Millis, total: number }
  /** Keys that the user’s devices share; those of a device itself are not in it. */
  | { type: 'keys', sealingKeys: SealingKeyPair[], presenceKey: Bytes, backupKey: Bytes }
  | ({ type: 'contact' } & ArchivedContact)
  /** How far an own message had come. */
  | { type: 'sent', id: MessageId, to: RootKey, state: MessageState }
  | HistoryItem
  /** The last line: nothing is missing. */
  | { type: 'end' }

const sealingKey = z.object({ suite: count, keyEpoch: count, publicKey: bytes, notAfter: count, privateKey: bytes })
const plain = schema<Exclude<ArchiveEntry, { type: 'amendment' | 'line' }>>(z.discriminatedUnion('type', [
  z.object({ type: z.literal('head'), version: count, root, made: count, total: count }),
  z.object({ type: z.literal('keys'), sealingKeys: z.array(sealingKey).max(64), presenceKey: bytes, backupKey: bytes }),
  z.object({ type: z.literal('contact'), root, record: bytes, profile: bytes, presenceKey: bytes, usedAt: count, name: z.string().default(''), namedAt: count.default(0) }),
  z.object({ type: z.literal('sent'), id: messageId, to: root, state: z.enum(MESSAGE_STATES) }),
  z.object({ type: z.literal('read'), conversation: root, id: messageId, at: count }),
  z.object({ type: z.literal('gone'), conversation: root, id: messageId, stamp: count }),
  z.object({ type: z.literal('end') })
]))
const around = z.object({ missing: z.array(messageId), late: z.boolean(), expiresAt: count.optional() })
const typed = z.looseObject({ type: z.string() })
const PLAIN_TYPES: readonly string[] = ['head', 'keys', 'contact', 'sent', 'read', 'gone', 'end']

/** One line, without its end. */
export function encodeEntry (entry: ArchiveEntry): string {
  if (entry.type === 'amendment') return JSON.stringify({ type: entry.type, message: MESSAGE.encode(entry.message) })
  if (entry.type !== 'line') return JSON.stringify(plain.encode(entry))
  const { type, message, missing, late, expiresAt } = entry
  return JSON.stringify({ type, ...z.encode(around, { missing, late, ...expiresAt === undefined ? {} : { expiresAt } }), message: MESSAGE.encode(message) })
}

/** Undefined for a type that is not known here. Throws what JSON.parse and zod throw. */
export function decodeEntry (line: string): ArchiveEntry | undefined {
  const stored = typed.parse(JSON.parse(line))
  if (PLAIN_TYPES.includes(stored.type)) return plain.decode(stored)
  if (stored.type === 'amendment') return { type: 'amendment', message: MESSAGE.decode(stored.message) } as ArchiveEntry
  if (stored.type === 'line') return { type: 'line', ...around.parse(stored), message: MESSAGE.decode(stored.message) } as ArchiveEntry
  return undefined
}
