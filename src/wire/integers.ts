/**
 * Big-endian integers at fixed places, byte by byte: a DataView for each frame and envelope would be garbage for each.
 * Places are the caller's to check; behind the end there are zeros.
 */
export function readUint32 (bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24 | (bytes[at + 1] ?? 0) << 16 | (bytes[at + 2] ?? 0) << 8 | (bytes[at + 3] ?? 0)) >>> 0
}

export function writeUint32 (bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}

/** Exact up to 2^53; whoever reads from a stranger looks whether it is (Number.isSafeInteger). */
export function readUint64 (bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at) * 2 ** 32 + readUint32(bytes, at + 4)
}

/** value: a safe integer, not negative. */
export function writeUint64 (bytes: Uint8Array, at: number, value: number): void {
  writeUint32(bytes, at, Math.floor(value / 2 ** 32))
  writeUint32(bytes, at + 4, value >>> 0)
}
