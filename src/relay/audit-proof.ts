/**
 * What an audit says, read and written: the question, the proof of one envelope, and what is remembered of a node. The
 * nonce makes each proof new, so that nobody can keep proofs in place of mail.
 */
import { equals } from 'uint8arrays/equals'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { MalformedError } from '../errors.ts'
import { fromHex, toHex } from '../wire/hex.ts'
import { LIMITS } from '../wire/limits.ts'
import type { AuditState } from './audit.core.ts'
import type { Crypto } from '../ports.ts'
import type { Bytes, EnvelopeId, MailboxId } from '../types.ts'
import type { Audit } from '../wire/mail.ts'

const ID_BYTES = 32

/** "Show that you hold these", opened. */
export interface AuditQuestion { number: number, nonce: Uint8Array, mailbox: MailboxId, ids: EnvelopeId[] }

/** The frame of a question. */
export function makeAudit ({ number, nonce, mailbox, ids }: AuditQuestion): Audit {
  return { number, nonce: Uint8Array.from(nonce), mailbox: fromHex(mailbox), ids: ids.map(fromHex) }
}

/** Throws MalformedError. */
export function openAudit ({ number, nonce, mailbox, ids }: Audit): AuditQuestion {
  const fits = nonce.byteLength === LIMITS.auditNonceBytes && mailbox.byteLength === ID_BYTES && ids.length > 0 && ids.length <= LIMITS.auditIds && ids.every(id => id.byteLength === ID_BYTES)
  if (!fits) throw new MalformedError('an audit does not have its form')
  return { number, nonce, mailbox: toHex(mailbox) as MailboxId, ids: ids.map(id => toHex(id) as EnvelopeId) }
}

/** SHA-256(nonce ‖ envelope as carried): only who has the envelope can make it. */
export function proofOf (nonce: Uint8Array, envelope: Uint8Array, crypto: Pick<Crypto, 'sha256'>): Bytes {
  return crypto.sha256(nonce, envelope)
}

/** Whether this is the proof of this envelope. */
export function isProof (proof: Uint8Array | undefined, nonce: Uint8Array, envelope: Uint8Array, crypto: Pick<Crypto, 'sha256'>): boolean {
  return proof !== undefined && equals(proof, proofOf(nonce, envelope, crypto))
}

export function encodeAuditState (state: AuditState): Bytes {
  return fromString(JSON.stringify(state)) as Bytes
}

/** Throws MalformedError. The shelf's checksum says that these are our own bytes; a later version may have written others. */
export function decodeAuditState (bytes: Uint8Array): AuditState {
  const { nextAt, lies, silences, caughtUntil, draw } = parsed(bytes)
  if (![nextAt, lies, silences, caughtUntil].every(Number.isSafeInteger)) throw new MalformedError('a number is missing')
  const state = { nextAt, lies, silences, caughtUntil } as Omit<AuditState, 'draw'>
  if (draw === undefined) return { ...state, draw: undefined }
  const { mailbox, ids, at } = draw
  if (!isId(mailbox) || !Array.isArray(ids) || ids.length === 0 || ids.length > LIMITS.auditIds || !ids.every(isId) || !Number.isSafeInteger(at)) throw new MalformedError('a draw does not have its form')
  return { ...state, draw: { mailbox, ids, at } as AuditState['draw'] & object }
}

function parsed (bytes: Uint8Array): { [Name in keyof AuditState]?: unknown } & { draw?: { mailbox?: unknown, ids?: unknown, at?: unknown } } {
  let value: unknown
  try {
    value = JSON.parse(toString(bytes))
  } catch (cause) {
    throw new MalformedError('it cannot be read', { cause })
  }
  if (typeof value !== 'object' || value === null) throw new MalformedError('it is no object')
  if ('draw' in value && (typeof value.draw !== 'object' || value.draw === null)) throw new MalformedError('a draw does not have its form')
  return value as ReturnType<typeof parsed>
}

function isId (value: unknown): boolean { return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) }
