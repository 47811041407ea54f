// Control frames and signed bodies as protobuf: whatever comes is read or refused by name, at a cost that the frame's
// size bounds.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { concat } from 'uint8arrays/concat'
import { decodeKeyPackages, decodeProfileFrame, decodeRelayFrame, decodeSessionFrame, decodeSyncFrame } from '../../src/wire/control.ts'
import { CertificateBody, CollectionBody, ProfileBody, Signed } from '../../src/wire/identity.ts'
import { KadMessage } from '../../src/wire/kad.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { ProfileFrame, Receipts, RelayFrame, SessionFrame, SyncFrame, Tickets } from '../../src/wire/mail.ts'
import { Note } from '../../src/wire/message.ts'
import { Beat, BeatBody } from '../../src/wire/presence.ts'
import { RouteBody } from '../../src/wire/route.ts'
import { hostileBytes, nested, repeatedField } from './hostile-bytes.ts'
import type { Bytes } from '../../src/types.ts'

/** Far above what the slowest of these inputs takes (20 ms), far below what anybody would notice. */
const DECODE_MS_MAX = 1000
/** Groups inside groups, numbers that never end, lengths beyond the end: each fills a frame. */
const BODY_BYTES = LIMITS.frameBytes - 1
const FULL = [0x0b, 0x1b, 0x80, 0xff, 0x0a, 0x12, 0x00].map(byte => new Uint8Array(BODY_BYTES).fill(byte))

const uint32 = fc.nat({ max: 0xffff_ffff })
const uint64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const bytes = fc.uint8Array({ maxLength: 40 })
const tickets = fc.array(uint32, { maxLength: 20 })
const refusal = record({ code: uint32, retryAfterSeconds: uint32 })
const hello = record({
  versions: fc.array(uint32, { maxLength: LIMITS.helloVersions }),
  features: uint64,
  criticalFeatures: uint64,
  network: fc.string({ unit: 'grapheme', maxLength: 20 }),
  limits: record({ frameBytes: uint32, inFlightDeposits: uint32 }),
  storeId: bytes
})
const receipts = record({ node: bytes, storeId: bytes, time: uint64, leafCount: uint32, firstLeaf: uint32, tickets, proof: fc.array(bytes, { maxLength: LIMITS.proofHashes }), signature: bytes })
const found = record({ root: bytes, fresh: fc.boolean() })
const refused = record({ tickets, refusal })
const position = record({ storeId: bytes, position: uint64 })

/** As protobuf makes them: fast-check also makes objects without a prototype. */
function record<T> (fields: { [Name in keyof T]: fc.Arbitrary<T[Name]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true }) as fc.Arbitrary<T>
}

/** One field of a oneof, as a frame carries it. */
function oneOf (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  return fc.oneof(...Object.entries(fields).map(([name, value]) => value.map(value => ({ [name]: value }))))
}

const nodes = fc.array(record({ node: bytes, addresses: fc.array(bytes, { maxLength: LIMITS.nodeAddresses }), knownSeconds: uint32, load: uint32 }), { maxLength: LIMITS.nodesAnswer })
const digest = record({ mailbox: bytes, count: uint32, fingerprint: bytes, routeEpoch: uint32, routeSeq: uint64, profileEpoch: uint32, profileSeq: uint64 })
const pull = record({ mailbox: bytes, route: bytes, profile: bytes, routeEpoch: uint32, routeSeq: uint64, profileEpoch: uint32, profileSeq: uint64 })
const fetchKeyPackages = record({ root: bytes, devices: fc.array(bytes, { maxLength: LIMITS.profileDevices }) })
const keyPackages = record({ packages: fc.array(record({ device: bytes, keyPackage: bytes }), { maxLength: LIMITS.profileDevices }) })

const sessionFrame = fc.tuple(uint32, oneOf({
  hello,
  attach: record({ certificate: bytes }),
  register: record({ profile: bytes }),
  ticket: record({ expiry: uint32, signature: bytes }),
  publish: bytes,
  published: record({ copies: uint32 }),
  find: found,
  found: record({ record: bytes, source: uint32, profile: bytes }),
  findProfile: found,
  findNodes: uint32,
  nodes: record({ nodes }),
  route: bytes,
  accepted: record({ tickets }),
  receipts,
  refused,
  pushed: record({ from: uint64, to: uint64 }),
  behind: record({ position: uint64 }),
  collect: bytes,
  watch: record({ tags: fc.array(bytes, { maxLength: 20 }) }),
  beat: record({ now: bytes, will: bytes }),
  presence: bytes,
  ping: uint32,
  pong: uint32,
  refusal,
  ok: fc.boolean(),
  goodbye: fc.boolean(),
  leaving: record({ retryAfterSeconds: uint32, nodes }),
  accused: bytes,
  putKeyPackages: record({ oneTime: fc.array(bytes, { maxLength: LIMITS.keyPackages }), lastResort: bytes }),
  countKeyPackages: fc.boolean(),
  keyPackagesLeft: record({ oneTime: uint32, lastResort: fc.boolean() }),
  fetchKeyPackages,
  keyPackages,
  whisper: bytes,
  whispered: bytes
})).map(([request, frame]) => ({ request, ...frame }))
const relayFrame = oneOf({
  hello,
  receipts,
  refused,
  moved: bytes,
  collect: bytes,
  ping: uint32,
  pong: uint32,
  digests: record({ digests: fc.array(digest, { maxLength: 20 }), readOnly: fc.boolean() }),
  audit: record({ number: uint32, nonce: bytes, mailbox: bytes, ids: fc.array(bytes, { maxLength: LIMITS.auditIds }) }),
  audited: record({ number: uint32, hashes: fc.array(bytes, { maxLength: LIMITS.auditIds }) }),
  leaving: fc.boolean(),
  whisper: bytes
})
const syncFrame = oneOf({
  hello,
  drain: record({ mailbox: bytes, storeId: bytes, position: uint64, certificate: bytes }),
  start: position,
  page: position,
  end: position,
  refusal,
  pull,
  route: bytes,
  profile: bytes,
  collections: record({ collections: fc.array(bytes, { maxLength: LIMITS.pullCollections }) }),
  ids: record({ ids: bytes, more: fc.boolean() }),
  want: record({ ids: bytes }),
  given: fc.boolean()
})
const profileFrame = oneOf({ hello, root: bytes, answer: record({ profile: bytes, record: bytes }), refusal, fetchKeyPackages, keyPackages })

interface ControlDecoder { name: string, frame: fc.Arbitrary<Record<string, unknown>>, encode: (frame: never) => Bytes, decode: (body: Bytes) => object }

const CONTROL: ControlDecoder[] = [
  { name: 'session', frame: sessionFrame, encode: SessionFrame.encode, decode: decodeSessionFrame },
  { name: 'relay', frame: relayFrame, encode: RelayFrame.encode, decode: decodeRelayFrame },
  { name: 'sync', frame: syncFrame, encode: SyncFrame.encode, decode: decodeSyncFrame },
  { name: 'profile', frame: profileFrame, encode: ProfileFrame.encode, decode: decodeProfileFrame }
]

for (const { name, frame, encode, decode } of CONTROL) {
  describe(`a control frame of a ${name} stream`, () => {
    it('is read as it was written', () => {
      fc.assert(fc.property(frame, frame => { assert.deepEqual(decode(encode(frame as never)), frame) }), { numRuns: 300 })
    })

    it('is read or refused by name, whatever stands in its place', () => {
      const hostile = frame.chain(frame => hostileBytes(encode(frame as never)))
      fc.assert(fc.property(hostile, body => { readOrRefuse(decode, body) }), { numRuns: 1000 })
    })

    it('passes over fields that it does not know', () => {
      const unknown = [nested(2000, new Uint8Array(50)), repeatedField(1999, 0, 100)]
      fc.assert(fc.property(frame, frame => { assert.deepEqual(decode(concat([...unknown, encode(frame as never), ...unknown])), frame) }))
    })

    it('of full size is cheap to refuse', () => {
      for (const body of FULL) assert.ok(msOf(() => { readOrRefuse(decode, body) }) < DECODE_MS_MAX)
    })

    it('ends a number that is cut off, and a length beyond the end', () => {
      for (const body of [[0x08, 0xff], [0x0a, 0x05, 1], [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f], [0x12, 0x02, 0x0a, 0x7f]]) readOrRefuse(decode, Uint8Array.from(body))
    })
  })
}

describe('what may repeat in a control frame', () => {
  /** Field numbers of mail.proto, from the frame inwards, and the limit of the innermost. */
  const REPEATED: Array<[string, ControlDecoder['decode'], number[], 0 | 2, number]> = [
    ['versions of a Hello (session)', decodeSessionFrame, [2, 1], 0, LIMITS.helloVersions],
    ['versions of a Hello (relay)', decodeRelayFrame, [1, 1], 0, LIMITS.helloVersions],
    ['versions of a Hello (sync)', decodeSyncFrame, [1, 1], 0, LIMITS.helloVersions],
    ['versions of a Hello (profile)', decodeProfileFrame, [1, 1], 0, LIMITS.helloVersions],
    ['nodes', decodeSessionFrame, [12, 1], 2, LIMITS.nodesAnswer],
    ['addresses of a node', decodeSessionFrame, [12, 1, 2], 2, LIMITS.nodeAddresses],
    ['accepted tickets', decodeSessionFrame, [14, 1], 0, LIMITS.inFlightDeposits],
    ['tickets of receipts (session)', decodeSessionFrame, [15, 6], 0, LIMITS.inFlightDeposits],
    ['hashes of a proof (session)', decodeSessionFrame, [15, 7], 2, LIMITS.proofHashes],
    ['refused tickets (session)', decodeSessionFrame, [16, 1], 0, LIMITS.inFlightDeposits],
    ['watched tags', decodeSessionFrame, [20, 1], 2, LIMITS.presenceTags],
    ['key packages that are put', decodeSessionFrame, [30, 1], 2, LIMITS.keyPackages],
    ['key packages that are kept', decodeKeyPackages, [1], 2, LIMITS.keyPackages],
    ['devices whose key packages are asked for (session)', decodeSessionFrame, [33, 2], 2, LIMITS.profileDevices],
    ['key packages that are fetched (session)', decodeSessionFrame, [34, 1], 2, LIMITS.profileDevices],
    ['devices whose key packages are asked for (profile)', decodeProfileFrame, [5, 2], 2, LIMITS.profileDevices],
    ['key packages that are fetched (profile)', decodeProfileFrame, [6, 1], 2, LIMITS.profileDevices],
    ['tickets of receipts (relay)', decodeRelayFrame, [2, 6], 0, LIMITS.inFlightDeposits],
    ['hashes of a proof (relay)', decodeRelayFrame, [2, 7], 2, LIMITS.proofHashes],
    ['refused tickets (relay)', decodeRelayFrame, [3, 1], 0, LIMITS.inFlightDeposits]
  ]

  for (const [name, decode, path, wireType, limit] of REPEATED) {
    it(`${name}: ${limit}, and not one more`, () => {
      const frameOf = (bytesMax: number): Bytes => path.slice(0, -1).reduceRight((inner, field) => nested(field, inner), repeatedField(path.at(-1) as number, wireType, bytesMax)) as Bytes
      assert.doesNotThrow(() => { decode(frameOf(2 * limit)) })
      assert.throws(() => { decode(frameOf(2 * limit + 2)) }, { name: 'MalformedError' })
      assert.throws(() => { decode(frameOf(BODY_BYTES - 20)) }, { name: 'MalformedError' })
    })
  }

  it('repeats within the size of its frame even where nobody counts', () => {
    const body = repeatedField(1, 0, BODY_BYTES)
    assert.equal(Tickets.decode(body).tickets.length, Math.floor(BODY_BYTES / 2))
    assert.ok(msOf(() => Tickets.decode(body)) < DECODE_MS_MAX)
  })

  it('announces no more than comes: a packed field is misread, and costs no more than its bytes', () => {
    const packed = nested(14, nested(1, new Uint8Array(LIMITS.inFlightDeposits).fill(1)))
    readOrRefuse(decodeSessionFrame, packed)
    for (const length of [[0xff, 0xff, 0xff, 0xff, 0x0f], [0xff, 0xff, 0xff, 0x7f]]) {
      readOrRefuse(decodeSessionFrame, Uint8Array.from([0x72, ...length, 0x0a, ...length, 1, 2, 3]))
    }
  })

  it('has room for the largest answers that we give', () => {
    const tickets = Array.from({ length: LIMITS.inFlightDeposits }, (_, at) => 0xffff_ffff - at)
    const proof = Array.from({ length: LIMITS.proofHashes }, () => new Uint8Array(32))
    const largest = Receipts.encode({ node: new Uint8Array(32), storeId: new Uint8Array(16), time: 2n ** 53n, leafCount: 65_536, firstLeaf: 65_535, tickets, proof, signature: new Uint8Array(64) })
    const frame = SessionFrame.encode({ receipts: Receipts.decode(largest) })
    assert.ok(frame.byteLength < BODY_BYTES, `${frame.byteLength} bytes`)
    assert.equal(decodeSessionFrame(frame).receipts?.tickets.length, LIMITS.inFlightDeposits)
  })

  it('has room for the largest key packages that go into one', () => {
    const most = (count: number): Uint8Array<ArrayBuffer>[] => Array.from({ length: count }, () => new Uint8Array(LIMITS.keyPackagesBytes / count))
    const put = SessionFrame.encode({ request: 0xffff, putKeyPackages: { oneTime: most(LIMITS.keyPackages), lastResort: new Uint8Array(0) } })
    const packages = most(LIMITS.profileDevices).map(keyPackage => ({ device: new Uint8Array(32), keyPackage }))
    const fetched = SessionFrame.encode({ request: 0xffff, keyPackages: { packages } })
    assert.ok(put.byteLength < BODY_BYTES && fetched.byteLength < BODY_BYTES)
  })
})

describe('a generated decoder', () => {
  const VALUES: Array<[string, (bytes: Uint8Array) => object, Uint8Array]> = [
    ['Signed', Signed.decode, Signed.encode({ body: filled(50), signature: filled(64), certificate: filled(100) })],
    ['CertificateBody', CertificateBody.decode, CertificateBody.encode({ root: filled(32), device: filled(32), epoch: 1, capabilities: 7, issuedAt: 1n })],
    ['ProfileBody', ProfileBody.decode, ProfileBody.encode({ root: filled(32), epoch: 1, seq: 2n, devices: [filled(50), filled(50)], sealingKeys: [{ suite: 1, keyEpoch: 2, publicKey: filled(32), notAfter: 3 }], requests: 0 })],
    ['CollectionBody', CollectionBody.decode, CollectionBody.encode({ mailbox: filled(32), ids: filled(64), time: 1n })],
    ['RouteBody', RouteBody.decode, RouteBody.encode({ root: filled(32), epoch: 1, seq: 2n, notAfter: 3, n: 2, w: 1, profileHash: filled(32), entries: [{ node: filled(32), ticketExpiry: 1, ticketSignature: filled(64), address: filled(8) }] })],
    ['Note', Note.decode, Note.encode({ id: filled(16), from: filled(32), to: filled(32), sentAt: 1n, introduction: { record: filled(9), profile: filled(9), presenceKey: filled(32) }, delivered: { ids: [filled(16)] } })],
    ['Beat', Beat.decode, Beat.encode({ version: 1, tag: filled(16), nonce: filled(12), sealed: filled(120) })],
    ['BeatBody', BeatBody.decode, BeatBody.encode({ device: filled(32), counter: 1n, state: 1, signature: filled(64) })],
    ['KadMessage', KadMessage.decode, KadMessage.encode({ type: 0, key: filled(40), record: filled(100) })]
  ]

  for (const [name, decode, good] of VALUES) {
    it(`(${name}) gives a value or throws an Error, at a cost that its bytes bound`, () => {
      fc.assert(fc.property(hostileBytes(good), bytes => { valueOrError(decode, bytes) }), { numRuns: 300 })
      for (const body of FULL) assert.ok(msOf(() => { valueOrError(decode, body) }) < DECODE_MS_MAX)
    })
  }
})

/** MalformedError is what every stream's owner expects; anything else would be nobody's. */
function readOrRefuse (decode: (body: Bytes) => object, body: Uint8Array): void {
  try {
    assert.equal(typeof decode(body as Bytes), 'object')
  } catch (error) {
    assert.equal((error as Error).name, 'MalformedError', String(error))
  }
}

function valueOrError (decode: (bytes: Uint8Array) => object, bytes: Uint8Array): void {
  try {
    assert.equal(typeof decode(bytes), 'object')
  } catch (error) {
    assert.ok(error instanceof Error)
  }
}

function msOf (work: () => void): number {
  const begun = performance.now()
  work()
  return performance.now() - begun
}

function filled (length: number): Bytes {
  return new Uint8Array(length).fill(length)
}
