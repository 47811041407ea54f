/**
 * Ids between the wire's bytes and the lower-case hexadecimal of memory (types.ts): the most frequent conversion of a node.
 * uint8arrays does the same by way of any base, in four times the time; nothing here is special to Node.
 */
import { MalformedError } from '../errors.ts'
import type { Bytes } from '../types.ts'

/** The two digits of every byte, one behind the other. */
const DIGITS = Uint8Array.from({ length: 512 }, (_, at) => (at % 2 === 0 ? at >> 5 : at >> 1 & 15).toString(16).charCodeAt(0))
/** The value of a digit by its character; 255 for what is none. */
const VALUES = new Uint8Array(128).fill(255)
for (let value = 0; value < 16; value++) VALUES[value.toString(16).charCodeAt(0)] = value

/** Long enough for an id; what is longer is written piece by piece. */
const PIECE_BYTES = 32
const piece = new Uint8Array(2 * PIECE_BYTES)
const ascii = new TextDecoder()

export function toHex (bytes: Uint8Array): string {
  let text = ''
  for (let from = 0; from < bytes.byteLength; from += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, bytes.byteLength - from)
    for (let at = 0; at < length; at++) {
      const digits = (bytes[from + at] ?? 0) << 1
      piece[2 * at] = DIGITS[digits] ?? 0
      piece[2 * at + 1] = DIGITS[digits + 1] ?? 0
    }
    text += ascii.decode(length === PIECE_BYTES ? piece : piece.subarray(0, 2 * length))
  }
  return text
}

/** Throws MalformedError for anything but pairs of lower-case digits. */
export function fromHex (text: string): Bytes {
  if (text.length % 2 !== 0) throw new MalformedError('hexadecimal digits come in pairs')
  const bytes = new Uint8Array(text.length / 2)
  for (let at = 0; at < bytes.byteLength; at++) {
    const high = VALUES[text.charCodeAt(2 * at)] ?? 255
    const low = VALUES[text.charCodeAt(2 * at + 1)] ?? 255
    if ((high | low) > 15) throw new MalformedError('there is a character that is no hexadecimal digit')
    bytes[at] = high << 4 | low
  }
  return bytes
}
