// Bytes that somebody may send in place of good ones.
import fc from 'fast-check'

/** Random bytes, and good ones cut short, changed in a bit, with something else in their middle or behind them. */
export function hostileBytes (good: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat({ max: Math.max(0, good.byteLength - 1) })
  const noise = fc.uint8Array({ minLength: 1, maxLength: 40 })
  return fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    place.map(length => good.slice(0, length)),
    fc.tuple(place, fc.nat({ max: 7 })).map(([at, bit]) => good.map((byte, index) => index === at ? byte ^ 1 << bit : byte)),
    fc.tuple(place, noise).map(([at, other]) => Uint8Array.from([...good.slice(0, at), ...other, ...good.slice(at)])),
    fc.tuple(place, noise).map(([at, other]) => Uint8Array.from([...good.slice(0, at), ...other])),
    noise.map(more => Uint8Array.from([...good, ...more]))
  )
}

/** Protobuf that is small to send and large to hold: one field over and over, empty or of one byte. */
export function repeatedField (field: number, wireType: 0 | 2, bytesMax: number): Uint8Array {
  const tag = varint(field << 3 | wireType)
  const element = Uint8Array.from([...tag, 0])
  const bytes = new Uint8Array(bytesMax - bytesMax % element.byteLength)
  for (let at = 0; at < bytes.byteLength; at += element.byteLength) bytes.set(element, at)
  return bytes
}

/** A message inside a field. */
export function nested (field: number, inner: Uint8Array): Uint8Array {
  return Uint8Array.from([...varint(field << 3 | 2), ...varint(inner.byteLength), ...inner])
}

function varint (value: number): number[] {
  const bytes: number[] = []
  for (; value > 0x7f; value >>>= 7) bytes.push(value & 0x7f | 0x80)
  return [...bytes, value]
}
