/**
 * What actors say to each other, as opened values: the frames of docs/protocol.md without their bytes. Each says what
 * it weighs on the wire.
 */
import type { Frame } from '../world/network.ts'
import type { Collection, Envelope, EnvelopeId, MailboxId, Millis, PeerKey, Refusal, RootKey, RouteRecord, StoreId } from '../../src/types.ts'

export const SESSION = 'session'
export const RELAY = 'relay'
export const SYNC = 'sync'

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
  | { kind: 'pong' }
  | { kind: 'goodbye' }
)

/** Node ↔ node. */
export type RelayFrame = Frame & (
  | { kind: 'deposit', ticket: number, routeEpoch: number, routeSeq: number, envelope: Envelope }
  | { kind: 'receipts', storeId: StoreId, time: Millis, receipts: Array<{ ticket: number, envelope: EnvelopeId }> }
  | { kind: 'refused', tickets: number[], refusal: Refusal }
  | { kind: 'moved', tickets: number[], record: RouteRecord }
  | { kind: 'collection', collection: Collection }
  | { kind: 'ping' }
  | { kind: 'pong' }
)

/** One drain of a mailbox: a request, then pages. */
export type SyncFrame = Frame & (
  | { kind: 'drain', mailbox: MailboxId, device: PeerKey, storeId: StoreId | undefined, position: number }
  | { kind: 'start', storeId: StoreId, position: number }
  | { kind: 'page', storeId: StoreId, envelopes: Array<{ position: number, envelope: Envelope }>, position: number, last: boolean }
  | { kind: 'refusal', refusal: Refusal }
)
