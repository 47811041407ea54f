/**
 * Which of two values that a user signed is newer, and how numbers come in from the wire.
 */
import { toString } from 'uint8arrays/to-string'
import { ExpiredError, MalformedError } from '../errors.ts'
import { LIMITS } from '../wire/limits.ts'
import type { Millis, Order } from '../types.ts'

const HASH_BYTES = 32

/** Positive when `a` is newer, negative when `b` is, 0 for the same value: higher epoch, higher seq, lower hash. */
export function compareOrder (a: Order, b: Order): number {
  if (a.epoch !== b.epoch) return a.epoch - b.epoch
  if (a.seq !== b.seq) return a.seq - b.seq
  if (a.hash === b.hash) return 0
  return a.hash < b.hash ? 1 : -1
}

/** Throws ExpiredError when the signer's clock was more than ten minutes ahead of ours. */
export function checkClock (name: string, signedAt: Millis, now: Millis): void {
  if (signedAt > now + LIMITS.clockAheadMs) throw new ExpiredError(`${name} was signed by a clock that is more than ten minutes ahead of ours`)
}

/** An order's fields from the wire. Throws MalformedError. */
export function orderFrom (name: string, epoch: number, seq: bigint, hash: Uint8Array): Order {
  if (hash.byteLength !== HASH_BYTES) throw new MalformedError(`${name} names a hash that is not ${HASH_BYTES} bytes long`)
  return { epoch: epochFrom(name, epoch), seq: millisFrom(name, seq), hash: toString(hash, 'base16') }
}

/** Epochs begin at 1, so that a missing one is never taken for one. Throws MalformedError. */
export function epochFrom (name: string, epoch: number): number {
  if (epoch < 1) throw new MalformedError(`${name} has no epoch`)
  return epoch
}

/** A time from the wire, as a number that counts exactly. Throws MalformedError. */
export function millisFrom (name: string, time: bigint): Millis {
  if (time < 1n || time > BigInt(Number.MAX_SAFE_INTEGER)) throw new MalformedError(`${name} has no time, or one beyond all calendars`)
  return Number(time)
}
