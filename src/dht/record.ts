/**
 * The route record: "user X is served by N1…Nk", in order of preference, signed by the user. It is small enough for
 * one DHT value, and carries the promise of every node that it names.
 */
import { fromString } from 'uint8arrays/from-string'
import { ExpiredError, MalformedError, NotAuthenticError } from '../errors.ts'
import {
  checkClock, epochFrom, isExpired, keyBytes, mailboxOf, makeSigned, millisFrom, openSigned, orderFrom, peerKeyFromBytes,
  rootKeyFromBytes, userIdOf, verifyTicket, type Signer, type SignedKind
} from '../identity/index.ts'
import { CAPABILITY } from '../types.ts'
import { Signed } from '../wire/identity.ts'
import { LIMITS } from '../wire/limits.ts'
import { DOMAIN } from '../wire/protocols.ts'
import { RouteBody, type RouteEntryBody } from '../wire/route.ts'
import { hintBytes, hintText } from './address-hint.ts'
import type { Crypto } from '../ports.ts'
import type { Millis, Order, PeerKey, RootKey, RouteEntry, RouteRecord, Seconds, ServingTicket } from '../types.ts'

const ROUTE: SignedKind<RouteBody> = {
  name: 'the route record',
  domain: DOMAIN.route,
  bytesMax: LIMITS.routeRecordBytes,
  capability: CAPABILITY.route,
  decode: RouteBody.decode,
  claims: (body) => ({ root: rootKeyFromBytes(body.root), epoch: epochFrom(ROUTE.name, body.epoch) })
}

export interface RouteRecordInit {
  root: RootKey
  epoch: number
  seq: Millis
  /** As late as tickets and LIMITS.routeLifeMs allow when left out. No ticket may run out before it. */
  notAfter?: Seconds
  /** By `replicationFor` the number of entries when left out. */
  replication?: Replication
  /** Order of the user's current profile. */
  profile: Order
  /** In order of preference. Hints are multiaddrs; what does not fit is left out. */
  entries: Array<{ ticket: ServingTicket, addressHint?: string | undefined }>
}

/** How many nodes hold a mailbox, and how many receipts make "stored". */
export interface Replication { n: number, w: number }

/** Both grow with the number of nodes that a user knows, so that no node that fails takes mail with it. */
export function replicationFor (nodes: number): Replication {
  if (nodes <= 1) return { n: 1, w: 1 }
  if (nodes === 2) return { n: 2, w: 2 }
  return nodes <= 9 ? { n: 3, w: 2 } : { n: 5, w: 3 }
}

/**
 * Signs a record as the root or as a `route` device. When it would be larger than 2 KiB, hints go, the least preferred
 * node's first. Throws as `openRouteRecord` does for what no reader would take.
 */
export async function makeRouteRecord (init: RouteRecordInit, signer: Signer, { crypto }: { crypto: Crypto }): Promise<RouteRecord> {
  const expiries = init.entries.map(({ ticket }) => ticket.expiry)
  const notAfter = init.notAfter ?? Math.min(...expiries, Math.floor((init.seq + LIMITS.routeLifeMs) / 1000))
  if (expiries.some((expiry) => expiry < notAfter)) throw new ExpiredError(`${ROUTE.name} would outlive a serving ticket`)
  const body: RouteBody = {
    root: keyBytes(init.root),
    epoch: init.epoch,
    seq: BigInt(init.seq),
    notAfter,
    ...(init.replication ?? replicationFor(init.entries.length)),
    profileEpoch: init.profile.epoch,
    profileSeq: BigInt(init.profile.seq),
    profileHash: fromString(init.profile.hash, 'base16'),
    entries: init.entries.map(({ ticket, addressHint }) => ({
      node: keyBytes(ticket.node), ticketExpiry: ticket.expiry, ticketSignature: ticket.signature, address: hintBytes(addressHint)
    }))
  }
  shedHints(body, signer)
  return await openRouteRecord(await makeSigned(ROUTE, RouteBody.encode(body), signer), { crypto, now: init.seq })
}

/**
 * Checks size, form, the user's signature and every node's. With `root`, the record must be that user's. An entry whose
 * ticket has run out is left out. Throws TooLargeError, MalformedError, NotAuthenticError, or ExpiredError when
 * nothing of it holds any more, or it reaches too far ahead.
 */
export async function openRouteRecord (bytes: Uint8Array, { crypto, now, root }: { crypto: Crypto, now: Millis, root?: RootKey }): Promise<RouteRecord> {
  const opened = await openSigned(ROUTE, bytes, { crypto })
  const { body } = opened
  if (root != null && opened.root !== root) throw new NotAuthenticError(`${ROUTE.name} is another user’s`)
  const order = { epoch: body.epoch, seq: millisFrom(ROUTE.name, body.seq), hash: opened.hash }
  const profile = orderFrom(ROUTE.name, body.profileEpoch, body.profileSeq, body.profileHash)
  checkTimes(body, order.seq, now)
  const nodes = readNodes(body)
  const entries = await Promise.all(body.entries.map(async (entry, at) => await openEntry(entry, nodes[at] as PeerKey, opened.root, crypto)))
  const held = entries.filter(({ ticket }) => !isExpired(ticket, now))
  if (held.length === 0) throw new ExpiredError(`${ROUTE.name} names no node whose serving ticket still holds`)
  return Object.freeze({
    root: opened.root,
    userId: userIdOf(opened.root),
    mailbox: mailboxOf(opened.root, crypto),
    order,
    notAfter: body.notAfter,
    n: body.n,
    w: body.w,
    profile,
    entries: held,
    bytes: opened.bytes
  }) as RouteRecord
}

function checkTimes ({ notAfter }: RouteBody, seq: Millis, now: Millis): void {
  checkClock(ROUTE.name, seq, now)
  if (now >= notAfter * 1000) throw new ExpiredError(`${ROUTE.name} has expired`)
  if (notAfter * 1000 > now + LIMITS.routeLifeMs + LIMITS.clockAheadMs) throw new ExpiredError(`${ROUTE.name} reaches further ahead than 45 days`)
}

function readNodes ({ entries, n, w }: RouteBody): PeerKey[] {
  if (entries.length > LIMITS.routeEntries) throw new MalformedError(`${ROUTE.name} names more than ${LIMITS.routeEntries} nodes`)
  if (!(w >= 1 && w <= n && n <= entries.length)) throw new MalformedError(`${ROUTE.name} asks for ${w} receipts of ${n} nodes and names ${entries.length}`)
  const nodes = entries.map(({ node }) => peerKeyFromBytes(node))
  if (new Set(nodes).size < nodes.length) throw new MalformedError(`${ROUTE.name} names a node twice`)
  return nodes
}

async function openEntry (entry: RouteEntryBody, node: PeerKey, root: RootKey, crypto: Crypto): Promise<RouteEntry> {
  const addressHint = hintText(entry.address)
  const ticket = await verifyTicket({ node, root, expiry: entry.ticketExpiry, signature: entry.ticketSignature }, { crypto })
  return { node, ticket, addressHint }
}

/** Takes hints out of the body, from its end, until the signed record fits. */
function shedHints (body: RouteBody, signer: Signer): void {
  const signature = new Uint8Array(64)
  for (const entry of body.entries.toReversed()) {
    const { byteLength } = Signed.encode({ body: RouteBody.encode(body), signature, certificate: signer.certificate?.bytes })
    if (byteLength <= LIMITS.routeRecordBytes) return
    entry.address = new Uint8Array()
  }
}
