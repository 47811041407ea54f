/**
 * Control frames from bytes. What the generated decoders throw is theirs, and they read as many elements as a frame
 * holds unless told otherwise; here both are settled once, for every stream: one kind of error, and a bound on
 * whatever may repeat.
 */
import { MalformedError } from '../errors.ts'
import { LIMITS } from './limits.ts'
import { KeyPackages, ProfileFrame, RelayFrame, SessionFrame, SyncFrame } from './mail.ts'
import type { Bytes } from '../types.ts'

const HELLO = { versions: LIMITS.helloVersions }
const TICKETS = { tickets: LIMITS.inFlightDeposits }
const RECEIPTS = { ...TICKETS, proof: LIMITS.proofHashes }

const NODES = { nodes: LIMITS.nodesAnswer, nodes$: { addresses: LIMITS.nodeAddresses } }

const KEY_PACKAGES = { oneTime: LIMITS.keyPackages }
const FETCH_KEY_PACKAGES = { devices: LIMITS.profileDevices }
const FETCHED_KEY_PACKAGES = { packages: LIMITS.profileDevices }

const SESSION_LIMITS = Object.freeze({
  hello: HELLO,
  nodes: NODES,
  leaving: NODES,
  accepted: TICKETS,
  receipts: RECEIPTS,
  refused: TICKETS,
  watch: { tags: LIMITS.presenceTags },
  putKeyPackages: KEY_PACKAGES,
  fetchKeyPackages: FETCH_KEY_PACKAGES,
  keyPackages: FETCHED_KEY_PACKAGES
})
const RELAY_LIMITS = Object.freeze({
  hello: HELLO,
  receipts: RECEIPTS,
  refused: TICKETS,
  digests: { digests: LIMITS.digests },
  audit: { ids: LIMITS.auditIds },
  audited: { hashes: LIMITS.auditIds }
})
const SYNC_LIMITS = Object.freeze({ hello: HELLO, collections: { collections: LIMITS.pullCollections } })
const PROFILE_LIMITS = Object.freeze({ hello: HELLO, fetchKeyPackages: FETCH_KEY_PACKAGES, keyPackages: FETCHED_KEY_PACKAGES })
const KEY_PACKAGES_LIMITS = Object.freeze(KEY_PACKAGES)

/** Throws MalformedError. */
export function decodeSessionFrame (body: Bytes): SessionFrame {
  return decoded(() => SessionFrame.decode(body, { limits: SESSION_LIMITS }))
}

/** Throws MalformedError. */
export function decodeRelayFrame (body: Bytes): RelayFrame {
  return decoded(() => RelayFrame.decode(body, { limits: RELAY_LIMITS }))
}

/** Throws MalformedError. */
export function decodeSyncFrame (body: Bytes): SyncFrame {
  return decoded(() => SyncFrame.decode(body, { limits: SYNC_LIMITS }))
}

/** Throws MalformedError. */
export function decodeProfileFrame (body: Bytes): ProfileFrame {
  return decoded(() => ProfileFrame.decode(body, { limits: PROFILE_LIMITS }))
}

/** What a node keeps of a device. Throws MalformedError. */
export function decodeKeyPackages (bytes: Bytes): KeyPackages {
  return decoded(() => KeyPackages.decode(bytes, { limits: KEY_PACKAGES_LIMITS }))
}

function decoded<Frame> (decode: () => Frame): Frame {
  try {
    return decode()
  } catch (cause) {
    throw new MalformedError('a control frame cannot be read', { cause })
  }
}
