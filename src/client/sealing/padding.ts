/**
 * Padding to Padmé sizes (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with
 * PURBs", PETS 2019, algorithm 1): at most 12 % more bytes, and only O(log log n) bits of the length show.
 */
import { LIMITS } from '../../wire/limits.ts'

/** The least size that holds `bytes`; integer arithmetic, the same in every engine. */
export function padmeBytes (bytes: number): number {
  const length = Math.max(bytes, LIMITS.sealedBytesMin)
  const mask = lowBits(length)
  return (length + mask) & ~mask
}

/** The greatest size that fits into `room` bytes. */
export function padmeBytesWithin (room: number): number {
  return room & ~lowBits(room)
}

/** With E = floor(log2 L) and S = floor(log2 E) + 1, the last E − S bits of a Padmé size are zero. */
function lowBits (length: number): number {
  const exponent = 31 - Math.clz32(length)
  const significant = 32 - Math.clz32(exponent)
  return (1 << Math.max(0, exponent - significant)) - 1
}
