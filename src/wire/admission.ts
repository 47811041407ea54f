/**
 * Admission: what an envelope shows of its right to a mailbox (docs/protocol.md, "Admission"), 32 bytes in its header.
 *
 *   0 open           a stranger's: all zeros
 *   1 delivery key   kind ‖ key epoch ‖ first 30 bytes of HMAC-SHA-256(delivery key, "posthouse/admission/1\0" ‖ envelope id)
 *
 * A user's contacts have the delivery key because they have the presence key, from which it comes; so do the nodes that
 * keep the mailbox, which are told the delivery key alone. Both change with the user's epoch, and a device that was taken
 * away, or a contact that was not told again, is a stranger from then on. A tag is over one id: whoever copies it from an
 * envelope on its way can put that same envelope into the mailbox, which knows it already, and nothing else.
 */
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { withArrayBuffer } from 'uint8arrays/with-array-buffer'
import { fromHex } from './hex.ts'
import { DOMAIN } from './protocols.ts'
import type { Bytes, Envelope, EnvelopeId } from '../types.ts'

export const ADMISSION_KIND = Object.freeze({ open: 0, deliveryKey: 1 })

const AT = Object.freeze({ admission: 40, keyEpoch: 41, tag: 42, end: 72 })

/** What contacts show. keyEpoch: the low byte of the user's epoch that it belongs to, as far as its holder knows. */
export interface DeliveryKey { keyEpoch: number, key: Bytes }

/** The key that belongs to a presence key: one way, so that nodes learn nothing about beats. */
export function deliveryKeyOf (presenceKey: Uint8Array, epoch: number): DeliveryKey {
  return { keyEpoch: epoch & 0xff, key: withArrayBuffer(hmac(sha256, presenceKey, DOMAIN.deliveryKey)) }
}

/** Writes the admission into a new envelope's header. Nothing that was computed of it changes: the id does not cover it. */
export function showKey ({ id, bytes }: Envelope, { keyEpoch, key }: DeliveryKey): void {
  bytes[AT.admission] = ADMISSION_KIND.deliveryKey
  bytes[AT.keyEpoch] = keyEpoch
  bytes.set(tagOf(id, key), AT.tag)
}

/** Whether the envelope shows this key. The tag alone counts, and every byte of it is compared, whichever differs. */
export function showsKey ({ id, bytes }: Envelope, key: Uint8Array): boolean {
  if (bytes[AT.admission] !== ADMISSION_KIND.deliveryKey) return false
  const tag = tagOf(id, key)
  let difference = 0
  for (let at = 0; at < tag.byteLength; at++) difference |= (tag[at] ?? 0) ^ (bytes[AT.tag + at] ?? 0)
  return difference === 0
}

/** Whether it shows nothing: a store that finds an envelope again without its index entry has no key to ask. */
export function isOpen ({ bytes }: Pick<Envelope, 'bytes'>): boolean {
  return bytes[AT.admission] === ADMISSION_KIND.open
}

function tagOf (id: EnvelopeId, key: Uint8Array): Uint8Array {
  return hmac(sha256, key, concat([DOMAIN.admission, fromHex(id)])).subarray(0, AT.end - AT.tag)
}
