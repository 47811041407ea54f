/**
 * What actors say to each other, as opened values: the frames of docs/protocol.md without their bytes. Each says what
 * it weighs on the wire.
 *
 * A frame on the wire is a length, a kind byte, and then a lead with an envelope, or protobuf: a field of protobuf has a
 * tag of a byte (two from number 16 on), and a length in front of what is not a number. The sizes below add that up;
 * the vectors of docs/protocol.md are their test. Whoever opens a stream says Hello with the opening, at no weight of
 * its own; the answering Hello is a frame.
 */
import { CERTIFICATE_BYTES, profileBytes } from './values.ts'
import type { ServedUser } from './node-users.ts'
import type { Frame } from '../world/network.ts'
import type { Told } from '../../src/relay/reconcile/digests.core.ts'
import type { Answered, Asked } from '../../src/relay/reconcile/words.core.ts'
import type { Collection, Envelope, EnvelopeId, MailboxId, Millis, PeerKey, Refusal, RootKey, RouteRecord, StoreId } from '../../src/types.ts'

/** Protocols, by the names that streams are opened with. */
export const SESSION = 'session'
export const RELAY = 'relay'
export const SYNC = 'sync'
export const PROFILE = 'profile'

/** Device → node. Numbered requests are answered by `answer`. */
export type DeviceFrame = Frame & (
  | { kind: 'attach', request: number, root: RootKey, mailbox: MailboxId, device: PeerKey }
  /** Takes the user on (a ticket comes back). */
  | { kind: 'register', request: number, root: RootKey, mailbox: MailboxId, devices: PeerKey[] }
  | { kind: 'publish', request: number, record: RouteRecord }
  | { kind: 'find', request: number, root: RootKey, fresh: boolean }
  | { kind: 'route', request: number, record: RouteRecord }
  | { kind: 'collect', request: number, collection: Collection }
  | { kind: 'deposit', ticket: number, routeEpoch: number, routeSeq: number, envelope: Envelope }
  | { kind: 'ping' }
  | { kind: 'goodbye' }
)

/** Node → device. */
export type NodeFrame = Frame & (
  | { kind: 'hello', storeId: StoreId }
  /** refusal: undefined for yes. record: of a find. expiry: of a ticket, s. copies: of a publish. */
  | { kind: 'answer', request: number, refusal?: Refusal, record?: RouteRecord, expiry?: number, copies?: number }
  | { kind: 'accepted', tickets: number[] }
  | { kind: 'receipts', node: PeerKey, storeId: StoreId, time: Millis, receipts: Array<{ ticket: number, envelope: EnvelopeId }> }
  | { kind: 'refused', tickets: number[], refusal: Refusal }
  | { kind: 'moved', tickets: number[], record: RouteRecord }
  | { kind: 'push', envelope: Envelope }
  | { kind: 'pushed', from: number, to: number }
  | { kind: 'behind', position: number }
  | { kind: 'accused', node: PeerKey }
  /** nodes: others that take users. */
  | { kind: 'leaving', retryAfterSeconds: number, nodes: PeerKey[] }
  | { kind: 'pong' }
  | { kind: 'goodbye' }
)

/** Node ↔ node. The first frame of the side that was called is its Hello. */
export type RelayFrame = Frame & (
  | { kind: 'hello', storeId: StoreId }
  | { kind: 'deposit', ticket: number, routeEpoch: number, routeSeq: number, envelope: Envelope }
  | { kind: 'receipts', storeId: StoreId, time: Millis, receipts: Array<{ ticket: number, envelope: EnvelopeId }> }
  | { kind: 'refused', tickets: number[], refusal: Refusal }
  | { kind: 'moved', tickets: number[], record: RouteRecord }
  | { kind: 'collection', collection: Collection }
  | { kind: 'digests', digests: readonly Told[], readOnly: boolean }
  | { kind: 'audit', number: number, mailbox: MailboxId, ids: EnvelopeId[] }
  /** shown: of what was asked for, what the node has the bytes of. asked: how many that were. */
  | { kind: 'audited', number: number, shown: EnvelopeId[], asked: number }
  | { kind: 'leaving' }
  | { kind: 'ping' }
  | { kind: 'pong' }
)

/** What is said to a node beside deposits and their answers. */
export type RelayWord = Extract<RelayFrame, { kind: 'collection' | 'digests' | 'audit' | 'audited' | 'leaving' }>

/** One drain of a mailbox, a request and then pages; or pulls of another node, as reconcile/words.core.ts has them. */
export type SyncFrame = Frame & (
  | { kind: 'drain', mailbox: MailboxId, device: PeerKey, storeId: StoreId | undefined, position: number }
  | { kind: 'start', storeId: StoreId, position: number }
  | { kind: 'page', storeId: StoreId, envelopes: Array<{ position: number, envelope: Envelope }>, position: number, last: boolean }
  | Asked<ServedUser>
  | Answered<ServedUser>
)

/** One node asks another for a user's profile and newest route: one question, one answer. */
export type ProfileFrame = Frame & (
  | { kind: 'root', root: RootKey }
  /** devices: how many the profile names. */
  | { kind: 'profile', devices: number, record: RouteRecord | undefined }
  | { kind: 'notFound' }
)

/** One of a union by its kind, without its weight: what a constructor below is given. */
type Said<Union extends Frame, Kind extends Union['kind']> = Omit<Extract<Union, { kind: Kind }>, 'kind' | 'bytes'>

/** Hello of a node, with its store id. */
const HELLO_BYTES = 44
const DEPOSIT_LEAD_BYTES = 17
const PUSH_LEAD_BYTES = 9
const PING_BYTES = 5
const GOODBYE_BYTES = 5
/** Node key 34, store id 18, time 7, leaf count and first leaf 2 each, signature 66, lead 3. Commits of a simulation are small: hashes of proofs are not counted. */
const RECEIPTS_BASE_BYTES = 132
/** `moved` comes before its refusal, in a frame of its own. */
const MOVED_REFUSAL_BYTES = 8
/** Code and, when there is one, the wait. */
const REFUSAL_BYTES = 6
const TICKET_BYTES = 76
/** Root key 34, lead 3, whether fresh 2. */
const FIND_BYTES = 39
/** Source 2, leads 6. */
const FOUND_BYTES = 8
/** Store id 18, position 6 to 10, lead 3. */
const POSITION_BYTES = 29
/** Opener's Hello 26, root key 34. */
const ROOT_BYTES = 60
/** A key, a hash or an id as a field. */
const ID_BYTES = 34
/** A node that is named: key 34, an address 10, age 5, load 2, lead 2. */
const NAMED_BYTES = 53
const NONCE_BYTES = 18
const BOOL_BYTES = 2
/** Mailbox 34, count 2, fingerprint 18, orders 2 + 7 each, lead 2. */
const DIGEST_BYTES = 74
/** Mailbox 34, orders 2 + 7 each, leads 6. */
const PULL_BYTES = 58
/** Opener's Hello 26, mailbox 34, cursor 28, leads 6. */
const DRAIN_BYTES = 94

/** Frames of a device, weighed. */
export const deviceFrame = Object.freeze({
  attach: (said: Said<DeviceFrame, 'attach'>): DeviceFrame => ({ kind: 'attach', bytes: asked(said.request, CERTIFICATE_BYTES + 6), ...said }),
  register: (said: Said<DeviceFrame, 'register'>): DeviceFrame => ({ kind: 'register', bytes: asked(said.request, profileBytes(said.devices.length)), ...said }),
  publish: (said: Said<DeviceFrame, 'publish'>): DeviceFrame => ({ kind: 'publish', bytes: asked(said.request, field(said.record.bytes.byteLength)), ...said }),
  find: (said: Said<DeviceFrame, 'find'>): DeviceFrame => ({ kind: 'find', bytes: asked(said.request, FIND_BYTES), ...said }),
  route: (said: Said<DeviceFrame, 'route'>): DeviceFrame => ({ kind: 'route', bytes: asked(said.request, field(said.record.bytes.byteLength)), ...said }),
  collect: (said: Said<DeviceFrame, 'collect'>): DeviceFrame => ({ kind: 'collect', bytes: asked(said.request, 1 + field(said.collection.bytes.byteLength)), ...said }),
  deposit: (said: Said<DeviceFrame, 'deposit'>): DeviceFrame => ({ kind: 'deposit', bytes: framed(DEPOSIT_LEAD_BYTES + said.envelope.bytes.byteLength), ...said }),
  ping: (): DeviceFrame => PING,
  goodbye: (): DeviceFrame => GOODBYE
})

/** Frames of a node to a device. */
export const nodeFrame = Object.freeze({
  hello: (storeId: StoreId): NodeFrame => ({ kind: 'hello', bytes: HELLO_BYTES, storeId }),
  answer: (said: Said<NodeFrame, 'answer'>): NodeFrame => ({ kind: 'answer', bytes: asked(said.request, answerBytes(said)), ...said }),
  accepted: (tickets: number[]): NodeFrame => ({ kind: 'accepted', bytes: control(field(ticketBytes(tickets))), tickets }),
  receipts: (said: Said<NodeFrame, 'receipts'>): NodeFrame => ({ kind: 'receipts', bytes: receiptsBytes(said.receipts), ...said }),
  refused: (said: Said<NodeFrame, 'refused'>): NodeFrame => ({ kind: 'refused', bytes: refusedBytes(said.tickets) + 1, ...said }),
  moved: (said: Said<NodeFrame, 'moved'>): NodeFrame => ({ kind: 'moved', bytes: movedBytes(said), ...said }),
  push: (envelope: Envelope): NodeFrame => ({ kind: 'push', bytes: framed(PUSH_LEAD_BYTES + envelope.bytes.byteLength), envelope }),
  pushed: (from: number, to: number): NodeFrame => ({ kind: 'pushed', bytes: control(3 + 2 + varint(from) + varint(to)), from, to }),
  behind: (position: number): NodeFrame => ({ kind: 'behind', bytes: control(3 + 1 + varint(position)), position }),
  accused: (node: PeerKey): NodeFrame => ({ kind: 'accused', bytes: control(1 + ID_BYTES), node }),
  leaving: (said: Said<NodeFrame, 'leaving'>): NodeFrame => ({ kind: 'leaving', bytes: control(field(2 + varint(said.retryAfterSeconds) + NAMED_BYTES * said.nodes.length)), ...said }),
  pong: (): NodeFrame => PONG,
  goodbye: (): NodeFrame => GOODBYE
})

/** Frames between nodes. */
export const relayFrame = Object.freeze({
  hello: (storeId: StoreId): RelayFrame => ({ kind: 'hello', bytes: HELLO_BYTES, storeId }),
  deposit: (said: Said<RelayFrame, 'deposit'>): RelayFrame => ({ kind: 'deposit', bytes: framed(DEPOSIT_LEAD_BYTES + said.envelope.bytes.byteLength), ...said }),
  receipts: (said: Said<RelayFrame, 'receipts'>): RelayFrame => ({ kind: 'receipts', bytes: receiptsBytes(said.receipts), ...said }),
  refused: (said: Said<RelayFrame, 'refused'>): RelayFrame => ({ kind: 'refused', bytes: refusedBytes(said.tickets), ...said }),
  moved: (said: Said<RelayFrame, 'moved'>): RelayFrame => ({ kind: 'moved', bytes: movedBytes(said), ...said }),
  collection: (collection: Collection): RelayWord => ({ kind: 'collection', bytes: control(field(collection.bytes.byteLength)), collection }),
  digests: (said: Said<RelayFrame, 'digests'>): RelayWord => ({ kind: 'digests', bytes: control(field(DIGEST_BYTES * said.digests.length + (said.readOnly ? BOOL_BYTES : 0))), ...said }),
  audit: (said: Said<RelayFrame, 'audit'>): RelayWord => ({ kind: 'audit', bytes: control(field(1 + varint(said.number) + NONCE_BYTES + ID_BYTES * (1 + said.ids.length))), ...said }),
  /** A hash for each, or nothing. */
  audited: (said: Said<RelayFrame, 'audited'>): RelayWord => ({ kind: 'audited', bytes: control(field(1 + varint(said.number) + ID_BYTES * said.shown.length + 2 * (said.asked - said.shown.length))), ...said }),
  leaving: (): RelayWord => LEAVING,
  ping: (): RelayFrame => PING,
  pong: (): RelayFrame => PONG
})

/** Frames of a drain, both ways. */
export const syncFrame = Object.freeze({
  drain: (said: Said<SyncFrame, 'drain'>): SyncFrame => ({ kind: 'drain', bytes: control(DRAIN_BYTES + CERTIFICATE_BYTES), ...said }),
  /** The node's Hello goes with it. */
  start: (storeId: StoreId, position: number): SyncFrame => ({ kind: 'start', bytes: HELLO_BYTES + control(POSITION_BYTES), storeId, position }),
  page: (said: Said<SyncFrame, 'page'>): SyncFrame => ({
    kind: 'page',
    bytes: said.envelopes.reduce((sum, { envelope }) => sum + framed(PUSH_LEAD_BYTES + envelope.bytes.byteLength), control(POSITION_BYTES)),
    ...said
  }),
  refusal: (refusal: Refusal): SyncFrame => ({ kind: 'refusal', bytes: HELLO_BYTES + control(REFUSAL_BYTES), refusal }),
  asked: (word: Asked<ServedUser>): SyncFrame => ({ bytes: askedBytes(word), ...word }),
  answered: (word: Answered<ServedUser>): SyncFrame => ({ bytes: answeredBytes(word), ...word })
})

/** Frames of a question for a profile, both ways. */
export const profileFrame = Object.freeze({
  root: (root: RootKey): ProfileFrame => ({ kind: 'root', bytes: control(ROOT_BYTES), root }),
  profile: (devices: number, record: RouteRecord | undefined): ProfileFrame => ({
    kind: 'profile',
    bytes: HELLO_BYTES + control(field(field(profileBytes(devices)) + field(record?.bytes.byteLength ?? 0))),
    devices,
    record
  }),
  notFound: (): ProfileFrame => ({ kind: 'notFound', bytes: HELLO_BYTES + control(REFUSAL_BYTES) })
})

/** A flag. */
const LEAVING = Object.freeze({ kind: 'leaving', bytes: PING_BYTES } as const)
const PING = Object.freeze({ kind: 'ping', bytes: PING_BYTES } as const)
const PONG = Object.freeze({ kind: 'pong', bytes: PING_BYTES } as const)
const GOODBYE = Object.freeze({ kind: 'goodbye', bytes: GOODBYE_BYTES } as const)

function answerBytes ({ refusal, record, expiry, copies }: Said<NodeFrame, 'answer'>): number {
  if (refusal !== undefined) return REFUSAL_BYTES
  if (record !== undefined) return FOUND_BYTES + record.bytes.byteLength
  if (expiry !== undefined) return TICKET_BYTES
  return copies !== undefined ? 5 : 3
}

function receiptsBytes (receipts: Array<{ ticket: number }>): number {
  let bytes = RECEIPTS_BASE_BYTES
  for (const { ticket } of receipts) bytes += 1 + varint(ticket)
  return control(bytes)
}

function askedBytes (word: Asked<ServedUser>): number {
  if (word.kind === 'want') return control(field(field(32 * word.ids.length)))
  const profile = word.profile === undefined ? 0 : profileBytes(word.profile.devices.length)
  return control(field(PULL_BYTES + (word.route?.bytes.byteLength ?? 0) + profile))
}

function answeredBytes (word: Answered<ServedUser>): number {
  switch (word.kind) {
    case 'route': return control(field(word.record.bytes.byteLength))
    case 'profile': return control(field(profileBytes(word.profile.devices.length)))
    case 'collections': return control(field(word.collections.reduce((sum, { bytes }) => sum + field(bytes.byteLength), 0)))
    case 'ids': return control(field(field(32 * word.ids.length) + 2))
    case 'envelope': return framed(PUSH_LEAD_BYTES + word.envelope.bytes.byteLength)
    case 'given': return control(2)
    case 'refusal': return control(REFUSAL_BYTES)
  }
}

function refusedBytes (tickets: number[]): number { return control(field(ticketBytes(tickets) + REFUSAL_BYTES)) }

function movedBytes ({ tickets, record }: { tickets: number[], record: RouteRecord }): number {
  return control(field(record.bytes.byteLength)) + control(field(ticketBytes(tickets)) + MOVED_REFUSAL_BYTES)
}

function ticketBytes (tickets: number[]): number {
  let bytes = 0
  for (const ticket of tickets) bytes += 1 + varint(ticket)
  return bytes
}

/** A numbered control frame. */
function asked (request: number, bytes: number): number { return control(1 + varint(request) + bytes) }

/** A control frame: length, kind byte, protobuf. */
function control (bytes: number): number { return framed(1 + bytes) }

/** Behind its length. */
function framed (bytes: number): number { return varint(bytes) + bytes }

/** A field of protobuf that has a length. */
function field (bytes: number): number { return 1 + varint(bytes) + bytes }

/** What a number takes as a varint. */
function varint (value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 0x80; rest /= 0x80) bytes++
  return bytes
}
