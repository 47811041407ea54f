// Frames: a kind, a lead at fixed places, and views of what they carry.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { concat } from 'uint8arrays/concat'
import * as varint from 'uint8-varint'
import { decodeRelayFrame, decodeSessionFrame } from '../../src/wire/control.ts'
import { controlFrame, decodeFrame, depositFrame, pushFrame, type Frame } from '../../src/wire/frames.ts'
import { makeHello } from '../../src/wire/hello.ts'
import { fromHex, toHex } from '../../src/wire/hex.ts'
import { RelayFrame, SessionFrame } from '../../src/wire/mail.ts'
import { readVectors } from '../vectors.ts'
import { hostileBytes } from './hostile-bytes.ts'
import type { Bytes, StoreId } from '../../src/types.ts'

interface FrameVectors {
  deposit: { ticket: number, routeEpoch: number, routeSeq: number, bytes: string }
  push: { position: number, bytes: string }
  hello: { network: string, storeId: StoreId, session: string, relay: string }
  ping: { value: number, session: string }
  refused: { tickets: number[], code: number, retryAfterSeconds: number, session: string, relay: string }
  receipts: { session: string, relay: string }
}
interface ReceiptVector { node: string, storeId: string, time: number, leaves: string[], signature: string, run: { firstLeaf: number, tickets: number[], proof: string[] } }

const uint32 = fc.nat({ max: 0xffff_ffff })
const safeInteger = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const envelope = fc.uint8Array({ maxLength: 100 })

describe('a frame', () => {
  it('is laid out as docs/protocol.md shows', () => {
    const { deposit, push, hello, ping, refused, receipts } = readVectors<FrameVectors>('frames')
    const carried = fromHex(readVectors<{ bytes: string }>('envelope').bytes)
    const { leaves, run, ...commit } = readVectors<ReceiptVector>('receipt')
    assert.equal(onWire(depositFrame(deposit.ticket, deposit.routeEpoch, deposit.routeSeq, carried)), deposit.bytes)
    assert.equal(onWire(pushFrame(push.position, carried)), push.bytes)
    const refusal = { tickets: refused.tickets, refusal: { code: refused.code, retryAfterSeconds: refused.retryAfterSeconds } }
    const carriedRun = {
      node: fromHex(commit.node),
      storeId: fromHex(commit.storeId),
      time: BigInt(commit.time),
      leafCount: leaves.length,
      firstLeaf: run.firstLeaf,
      tickets: run.tickets,
      proof: run.proof.map(fromHex),
      signature: fromHex(commit.signature)
    }
    const said: Array<[string, Partial<SessionFrame>]> = [
      [hello.session, { hello: makeHello(hello.network, hello.storeId) }],
      [ping.session, { ping: ping.value }],
      [refused.session, { refused: refusal }],
      [receipts.session, { receipts: carriedRun }]
    ]
    for (const [bytes, frame] of said) {
      assert.equal(onWire(controlFrame(SessionFrame.encode(frame))), bytes)
      assert.deepEqual(decodeSessionFrame(bodyOf(bytes)), { request: 0, ...frame })
    }
    const passed: Array<[string, Partial<RelayFrame>]> = [
      [hello.relay, { hello: makeHello(hello.network, hello.storeId) }],
      [refused.relay, { refused: refusal }],
      [receipts.relay, { receipts: carriedRun }]
    ]
    for (const [bytes, frame] of passed) {
      assert.equal(onWire(controlFrame(RelayFrame.encode(frame))), bytes)
      assert.deepEqual(decodeRelayFrame(bodyOf(bytes)), frame)
    }
  })

  it('with a deposit says ticket, route and envelope', () => {
    fc.assert(fc.property(uint32, uint32, safeInteger, envelope, (ticket, routeEpoch, routeSeq, envelope) => {
      assert.deepEqual(read(depositFrame(ticket, routeEpoch, routeSeq, envelope)), { kind: 'deposit', ticket, routeEpoch, routeSeq, envelope })
    }))
  })

  it('with a push says position and envelope', () => {
    fc.assert(fc.property(safeInteger, envelope, (position, envelope) => {
      assert.deepEqual(read(pushFrame(position, envelope)), { kind: 'push', position, envelope })
    }))
  })

  it('carries every number to the last that fits', () => {
    for (const number of [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 52 + 1, Number.MAX_SAFE_INTEGER]) {
      const frame = read(pushFrame(number, new Uint8Array()))
      assert.equal(frame.kind === 'push' && frame.position, number)
    }
  })

  it('with a larger number is malformed', () => {
    for (const seq of [2n ** 53n, 2n ** 53n + 1n, 2n ** 64n - 1n]) {
      for (const [at, parts] of [[9, depositFrame(1, 1, 1, new Uint8Array())], [1, pushFrame(1, new Uint8Array())]] as const) {
        const bytes = concat(parts)
        new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(at, seq)
        assert.throws(() => decodeFrame(bytes), { name: 'MalformedError' }, `${seq}`)
      }
    }
  })

  it('is copied neither when it is made nor when it is read', () => {
    const envelope = new Uint8Array(10)
    assert.ok(depositFrame(1, 2, 3, envelope).includes(envelope))
    assert.ok(pushFrame(1, envelope).includes(envelope))
    const bytes = concat(pushFrame(1, envelope))
    const frame = decodeFrame(bytes)
    assert.ok(frame.kind === 'push' && frame.envelope.buffer === bytes.buffer)
  })

  it('is read or refused by name, whatever stands in its place', () => {
    for (const parts of [depositFrame(7, 1, 2, new Uint8Array(20)), pushFrame(7, new Uint8Array(20)), controlFrame(new Uint8Array(20))]) {
      fc.assert(fc.property(hostileBytes(concat(parts)), bytes => {
        try {
          assert.ok(['control', 'deposit', 'push'].includes(decodeFrame(bytes as Bytes).kind))
        } catch (error) {
          assert.equal((error as Error).name, 'MalformedError', String(error))
        }
      }))
    }
    for (const bytes of [[], [3], [255, 1, 2]]) assert.throws(() => decodeFrame(Uint8Array.from(bytes)), { name: 'MalformedError' })
  })
})

function read (parts: Uint8Array[]): Frame {
  return decodeFrame(concat(parts))
}

/** With its length, in hex. */
function onWire (parts: Uint8Array[]): string {
  const frame = concat(parts)
  return toHex(concat([varint.encode(frame.byteLength), frame]))
}

function bodyOf (hex: string): Bytes {
  const bytes = fromHex(hex)
  const frame = decodeFrame(bytes.subarray(varint.encodingLength(varint.decode(bytes))))
  assert.ok(frame.kind === 'control')
  return frame.body
}
