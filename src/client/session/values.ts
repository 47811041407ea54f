/** What goes into a session's frames, and what comes out of them, as each side wants it. */
import { MalformedError, TooLargeError } from '../../errors.ts'
import { LIMITS } from '../../wire/limits.ts'
import type { Bytes } from '../../types.ts'
import type { KeyPackages } from '../../wire/mail.ts'

/** Protobuf lends views of any memory; the encoder wants our own. */
export function own (bytes: Uint8Array): Bytes {
  return bytes.buffer instanceof ArrayBuffer ? bytes as Bytes : Uint8Array.from(bytes)
}

/** The field was looked at when the answer was paired with its question. */
export function required<T> (value: T | undefined): T {
  if (value === undefined) throw new MalformedError('the node gave another kind of answer')
  return value
}

/** Numbers on the wire must fit ours. */
export function safe (value: bigint): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new MalformedError('a position is larger than 2^53')
  return number
}

/** Key packages in as many frames as they need, the last resort in the first; at least one. */
export function keyPackageFrames (packages: Uint8Array[], lastResort: Uint8Array | undefined): KeyPackages[] {
  const first = { oneTime: [], lastResort: lastResort === undefined ? new Uint8Array(0) : own(lastResort) }
  const frames: KeyPackages[] = [first]
  let frame: KeyPackages = first
  let bytes = checkedBytes(first.lastResort)
  for (const keyPackage of packages) {
    bytes += checkedBytes(keyPackage)
    if (bytes > LIMITS.keyPackagesBytes || frame.oneTime.length >= LIMITS.keyPackages) {
      frames.push(frame = { oneTime: [], lastResort: new Uint8Array(0) })
      bytes = keyPackage.byteLength
    }
    frame.oneTime.push(own(keyPackage))
  }
  return frames
}

function checkedBytes ({ byteLength }: Uint8Array): number {
  if (byteLength > LIMITS.keyPackageBytes) throw new TooLargeError(`a key package has ${byteLength} bytes, more than a node takes`)
  return byteLength
}
