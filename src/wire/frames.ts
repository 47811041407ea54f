/**
 * What stands behind a frame's length prefix: one kind byte, then either a protobuf control message or an envelope
 * behind a lead at fixed places. Control frames are decoded by the stream's owner; envelopes are never decoded.
 *
 *   0 control   protobuf (mail.proto)
 *   1 deposit   ticket u32 · route epoch u32 · route seq u64 · envelope
 *   2 push      position u64 (0: not on disk yet) · envelope
 */
import { MalformedError } from '../errors.ts'
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
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (bytes[0]) {
    case FRAME_KIND.control:
      return { kind: 'control', body: bytes.subarray(1) }
    case FRAME_KIND.deposit:
      if (bytes.byteLength < DEPOSIT_LEAD_BYTES) throw new MalformedError('a deposit frame is shorter than its lead')
      return { kind: 'deposit', ticket: view.getUint32(1), routeEpoch: view.getUint32(5), routeSeq: safeUint64(view, 9), envelope: bytes.subarray(DEPOSIT_LEAD_BYTES) }
    case FRAME_KIND.push:
      if (bytes.byteLength < PUSH_LEAD_BYTES) throw new MalformedError('a push frame is shorter than its lead')
      return { kind: 'push', position: safeUint64(view, 1), envelope: bytes.subarray(PUSH_LEAD_BYTES) }
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
  const view = new DataView(lead.buffer)
  view.setUint8(0, FRAME_KIND.deposit)
  view.setUint32(1, ticket)
  view.setUint32(5, routeEpoch)
  writeUint64(view, 9, routeSeq)
  return [lead, envelope]
}

export function pushFrame (position: number, envelope: Uint8Array): Uint8Array[] {
  const lead = new Uint8Array(PUSH_LEAD_BYTES)
  const view = new DataView(lead.buffer)
  view.setUint8(0, FRAME_KIND.push)
  writeUint64(view, 1, position)
  return [lead, envelope]
}

/** In halves: a BigInt for each frame would be garbage for each frame. */
function writeUint64 (view: DataView, at: number, value: number): void {
  view.setUint32(at, Math.floor(value / 2 ** 32))
  view.setUint32(at + 4, value >>> 0)
}

function safeUint64 (view: DataView, at: number): number {
  const value = view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4)
  if (!Number.isSafeInteger(value)) throw new MalformedError('a number in a frame is larger than 2^53')
  return value
}
