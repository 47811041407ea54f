/**
 * Values as actors exchange them: opened already. This is the only file that casts to branded types. Nothing here is
 * signed or sealed; what would be signed has the size that its signature gives it.
 *
 * Root keys and hashes are 64 hex digits, because shipped code writes them to the disk as such; everything else is short.
 */
import { createHash } from 'node:crypto'
import { replicationFor } from '../../src/dht/record.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import type {
  Bytes, Collection, Envelope, EnvelopeId, MailboxId, MessageId, Millis, PeerKey, Profile, RootKey, RouteEntry, RouteRecord, Seconds, ServingTicket, StoreId, UserId
} from '../../src/types.ts'

/** A `Signed` certificate given by the root: root and device 34 bytes each, epoch and capabilities 2 each, time 7, body's and signature's leads 2, signature 64 + 2. */
export const CERTIFICATE_BYTES = 147
/** A route record but for its entries: its numbers, the profile's order, the signature, and the certificate of the device that signed. */
const ROUTE_BASE_BYTES = 320
/** One entry: key 34, expiry 6, signature 66, an IPv4 address with a TCP port 10, leads 5. */
const ROUTE_ENTRY_BYTES = 121
/** A collection but for its ids: mailbox 34, time 7, lead 3, signature 66, certificate 150. */
const COLLECTION_BASE_BYTES = 260
const ID_BYTES = 32

/** A profile but for its devices: sealing keys of 1,216 and 32 bytes, signature, and the certificate of the device that signed. */
const PROFILE_BASE_BYTES = 1_550

/** All that is carried in a simulation is zeros; only how many counts. */
const ZEROS = new Uint8Array(LIMITS.envelopeBytes)

/** The root key of the user of this name. */
export function rootKeyOf (name: string): RootKey { return sha256(`root/${name}`) as RootKey }

/** A user's mailbox, short: a few hex digits of the root key tell millions apart. */
export function mailboxOf (root: RootKey): MailboxId { return `m-${root.slice(0, 14)}` as MailboxId }

/** Only told, never looked at. */
export function userIdOf (root: RootKey): UserId { return `did:key:z${root.slice(0, 14)}` as UserId }

/** The key of the node or device of this name: the name itself. */
export function peerKeyOf (name: string): PeerKey { return name as PeerKey }

export function storeIdOf (name: string): StoreId { return name as StoreId }

export function messageIdOf (name: string): MessageId { return name as MessageId }

export function envelopeIdOf (name: string): EnvelopeId { return name as EnvelopeId }

/** bytes: header and body together, at most LIMITS.envelopeBytes. */
export function makeEnvelope ({ id, mailbox, expiry, bytes }: { id: string, mailbox: MailboxId, expiry: Seconds, bytes: number }): Envelope {
  return { id, mailbox, expiry, bytes: zeros(bytes) } as Envelope
}

/** Of a profile only that there is one, and how large it is. */
export function profileOf (root: RootKey, devices: number): Profile {
  return { root, order: { epoch: 1, seq: 1, hash: root }, devices: [], sealingKeys: [], requests: 0, bytes: zeros(profileBytes(devices)) } as unknown as Profile
}

/** Of a record that a user signs. */
export interface RouteInit {
  root: RootKey
  epoch?: number
  seq: Millis
  /** In order of preference, each with the end of its ticket. */
  nodes: Array<{ node: PeerKey, expiry: Seconds }>
  notAfter: Seconds
}

/** How many copies it asks for is decided by the shipped rule. */
export function makeRoute ({ root, epoch = 1, seq, nodes, notAfter }: RouteInit): RouteRecord {
  const entries = nodes.map(({ node, expiry }): RouteEntry => ({
    node,
    ticket: { node, root, expiry, signature: zeros(0) } as ServingTicket,
    addressHint: undefined
  }))
  const said = [root, epoch, seq, notAfter, ...nodes.flatMap(({ node, expiry }) => [node, expiry])]
  const record: { [Name in Exclude<keyof RouteRecord, symbol>]: RouteRecord[Name] } = {
    root,
    userId: userIdOf(root),
    mailbox: mailboxOf(root),
    order: { epoch, seq, hash: sha256(said.join('/')) },
    notAfter,
    ...replicationFor(nodes.length),
    profile: { epoch, seq: 1, hash: root },
    entries,
    bytes: zeros(ROUTE_BASE_BYTES + entries.length * ROUTE_ENTRY_BYTES)
  }
  return Object.freeze(record) as RouteRecord
}

/** By a device, which names at most LIMITS.collectionIds. */
export function makeCollection ({ root, mailbox, device, ids, time }: Pick<Collection, 'root' | 'mailbox' | 'device' | 'ids' | 'time'>): Collection {
  return { root, mailbox, device, epoch: 1, ids, time, bytes: zeros(COLLECTION_BASE_BYTES + ids.length * ID_BYTES) } as Collection
}

/** What a profile with so many devices takes. */
export function profileBytes (devices: number): number { return PROFILE_BASE_BYTES + devices * (CERTIFICATE_BYTES + 3) }

function zeros (length: number): Bytes { return ZEROS.subarray(0, length) }

function sha256 (text: string): string { return createHash('sha256').update(text).digest('hex') }
