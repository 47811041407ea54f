/**
 * What stands behind a frame's length prefix: one kind byte, then either a protobuf control message or an envelope
 * behind a lead at fixed places. Control frames are decoded by the stream's owner; envelopes are never decoded.
 *
 *   0 control   protobuf (mail.proto)
 *   1 deposit   ticket u32 · route epoch u32 · route seq u64 · envelope
 *   2 push      position u64 (0: not on disk yet) · envelope
 */
import { MalformedError } from '../errors.ts'
import { readUint32, readUint64, writeUint32, writeUint64 } from './integers.ts'
import type { Bytes } from '../types.ts'

export const FRAME_KIND = Object.freeze({ control: 0, deposit: 1, push: 2 } as const)

const DEPOSIT_LEAD_BYTES = 17
const PUSH_LEAD_BYTES = 9

export type Frame =
  | { kind: 'control', body: Bytes }
  | { kind: 'deposit', ticket: number, routeEpoch: number, routeSeq: number, envelope: Bytes }
  | { kind: 'push', position: number, envelope: Bytes }

/** Reads a frame without copying: `body` and `envelope` are views. Throws MalformedError. */
export function decodeFrame (bytes: Bytes): Frame {
  switch (bytes[0]) {
    case FRAME_KIND.control:
      return { kind: 'control', body: bytes.subarray(1) }
    case FRAME_KIND.deposit:
      if (bytes.byteLength < DEPOSIT_LEAD_BYTES) throw new MalformedError('a deposit frame is shorter than its lead')
      return { kind: 'deposit', ticket: readUint32(bytes, 1), routeEpoch: readUint32(bytes, 5), routeSeq: safeUint64(bytes, 9), envelope: bytes.subarray(DEPOSIT_LEAD_BYTES) }
    case FRAME_KIND.push:
      if (bytes.byteLength < PUSH_LEAD_BYTES) throw new MalformedError('a push frame is shorter than its lead')
      return { kind: 'push', position: safeUint64(bytes, 1), envelope: bytes.subarray(PUSH_LEAD_BYTES) }
    default:
      throw new MalformedError('a frame is empty or of unknown kind')
  }
}

/** A control frame's bytes in front of nothing: kind byte and protobuf. */
export function controlFrame (body: Uint8Array): Uint8Array[] {
  return [Uint8Array.of(FRAME_KIND.control), body]
}

/** Lead and envelope as two parts, so that the envelope is carried and not copied here. */
export function depositFrame (ticket: number, routeEpoch: number, routeSeq: number, envelope: Uint8Array): Uint8Array[] {
  const lead = new Uint8Array(DEPOSIT_LEAD_BYTES)
  lead[0] = FRAME_KIND.deposit
  writeUint32(lead, 1, ticket)
  writeUint32(lead, 5, routeEpoch)
  writeUint64(lead, 9, routeSeq)
  return [lead, envelope]
}

export function pushFrame (position: number, envelope: Uint8Array): Uint8Array[] {
  const lead = new Uint8Array(PUSH_LEAD_BYTES)
  lead[0] = FRAME_KIND.push
  writeUint64(lead, 1, position)
  return [lead, envelope]
}

function safeUint64 (bytes: Uint8Array, at: number): number {
  const value = readUint64(bytes, at)
  if (!Number.isSafeInteger(value)) throw new MalformedError('a number in a frame is larger than 2^53')
  return value
}
