/**
 * The outside of everything that users sign: body, signature, certificate (wire/identity.proto, `Signed`).
 *
 * It has one encoding only. Protobuf by itself allows many, and anyone on the way could make a second value that
 * opens like the first but has other bytes; what grows later grows inside the signed body.
 */
import { equals } from 'uint8arrays/equals'
import { MalformedError, TooLargeError } from '../errors.ts'
import { Signed } from '../wire/identity.ts'
import type { Bytes } from '../types.ts'

const SIGNATURE_BYTES = 64

/** A value's outside, read but not verified. `bytes` is our own copy of what was carried, the rest are views of it. */
export interface Container { bytes: Bytes, body: Bytes, signature: Bytes, certificate: Bytes }

/** Throws TooLargeError before anything is read, MalformedError for every encoding but the one. */
export function decodeContainer (name: string, carried: Uint8Array, bytesMax: number): Container {
  if (carried.byteLength > bytesMax) throw new TooLargeError(`${name} has ${carried.byteLength} bytes, more than ${bytesMax}`)
  const bytes = new Uint8Array(carried)
  const { body, signature, certificate } = decodeWith(name, Signed.decode, bytes)
  if (signature.byteLength !== SIGNATURE_BYTES) throw new MalformedError(`${name} has no signature of ${SIGNATURE_BYTES} bytes`)
  if (!equals(Signed.encode({ body, signature, certificate }), bytes)) throw new MalformedError(`${name} is not in the one encoding of signed values`)
  return { bytes, body, signature, certificate }
}

/** What generated decoders throw is theirs; outside they are one kind of error. */
export function decodeWith<T> (name: string, decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
  try {
    return decode(bytes)
  } catch (error) {
    throw new MalformedError(`${name} cannot be read`, { cause: error })
  }
}
