/**
 * What is known of a mailbox: of each id, and in sums.
 *
 * An id of a mailbox is, here, one of four things:
 *
 *   (nothing)   never met
 *   kept        its bytes are here, at a position; some devices may have collected it already
 *   awaited     is not here, but some devices hold it: a late copy is kept for the others
 *   collected   all devices hold it, or it went by the second quota: a late copy is refused
 */
import { LIMITS } from '../wire/limits.ts'
import type { MailboxUsage } from '../ports.ts'
import type { MailboxId, Millis, PeerKey, Seconds } from '../types.ts'

/** Its bytes are here. isRequest: it did not show the key of its mailbox when it came. collectedBy: marks of devices. */
export interface KeptEntry { type: 'kept', position: number, expiry: Seconds, bytes: number, isRequest: boolean, collectedBy: readonly PeerKey[] }

/** What the index knows of an id. */
export type IndexEntry =
  | KeptEntry
  | { type: 'awaited', expiry: Seconds, collectedBy: readonly PeerKey[] }
  /** wasHere: its envelope was kept here once; such entries are as many as there was mail, the others are bounded. */
  | { type: 'collected', expiry: Seconds, wasHere: boolean }

/** What is counted of a mailbox. */
export interface Mailbox extends MailboxUsage {
  lastPosition: number
  /** Of the uncollected, what came as a request. */
  requestBytes: number
  /** Ids that were collected and never were here. */
  rememberedIds: number
  /** Of the collections kept for passing on. */
  collectionBytes: number
}

/** A kept collection: where it stands in its mailbox's order, and its size. */
export interface KeptCollection { mailbox: MailboxId, forgetAt: Seconds, bytes: number, checksum: number }

/** A mailbox that never held anything. */
export const EMPTY_MAILBOX: Readonly<Mailbox> = Object.freeze({
  envelopes: 0, bytes: 0, uncollectedBytes: 0, requestBytes: 0, lastPosition: 0, rememberedIds: 0, collectionBytes: 0
})

/** Whether the sweep takes it out: mail at expiry + 24 h, what is remembered of it at expiry + 48 h. */
export function isDue (entry: IndexEntry, now: Millis): boolean {
  return entry.expiry * 1000 + (entry.type === 'kept' ? LIMITS.expiryGraceMs : LIMITS.collectedMemoryMs) <= now
}

/** Whether a kept collection has told all whom it could concern. */
export function isCollectionDue (kept: KeptCollection, now: Millis): boolean {
  return kept.forgetAt * 1000 + LIMITS.collectedMemoryMs <= now
}

/** Mail that some, not all devices have collected. */
export function partlyCollectedBytes (mailbox: Readonly<Mailbox>): number {
  return mailbox.bytes - mailbox.uncollectedBytes
}

/** Counts an entry in or, with −1, out. Also used to count a store at its opening. */
export function count (mailbox: Mailbox, entry: IndexEntry, sign: 1 | -1): void {
  if (entry.type === 'kept') {
    mailbox.envelopes += sign
    mailbox.bytes += sign * entry.bytes
    if (entry.collectedBy.length > 0) return
    mailbox.uncollectedBytes += sign * entry.bytes
    if (entry.isRequest) mailbox.requestBytes += sign * entry.bytes
  } else if (entry.type === 'awaited' || !entry.wasHere) {
    mailbox.rememberedIds += sign
  }
}
