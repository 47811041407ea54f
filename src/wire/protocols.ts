/** Protocol ids, signature domains and versions: every string that two implementations must share. */

/** Version of frames and envelopes. */
export const WIRE_VERSION = 1

/** Device ↔ node: one long-lived duplex stream. */
export const SESSION_PROTOCOL = '/posthouse/session/1'
/** Node ↔ node: one long-lived duplex stream. */
export const RELAY_PROTOCOL = '/posthouse/relay/1'
/** One request, one answer: a user's profile and newest route record. */
export const PROFILE_PROTOCOL = '/posthouse/profile/1'
/** A mailbox drained in pages. */
export const SYNC_PROTOCOL = '/posthouse/sync/1'
export const KAD_PROTOCOL = '/posthouse/kad/1.0.0'
/** DHT keys are `/posthouse-route/<sha256(root key ‖ salt)>`. */
export const ROUTE_NAMESPACE = 'posthouse-route'
/** Presence beats; the last segment is the shard. */
export const PRESENCE_TOPIC = '/posthouse/presence/1/0'
/** HKDF info of the key that seals beats. */
export const BEAT_KEY_INFO = 'posthouse/beat-key/1'
/** Identify's protocol prefix stays libp2p's own, so that foreign peers can identify with us. */
export const IDENTIFY_PREFIX = 'ipfs'
export const DEFAULT_NETWORK = 'posthouse'

/** What each signature or hash is about. The prefix is ASCII with a closing zero byte, then the carried bytes. */
export const DOMAIN = Object.freeze({
  mailbox: domain('posthouse/mailbox/1'),
  envelope: domain('posthouse/env/1'),
  admission: domain('posthouse/admission/1'),
  deliveryKey: domain('posthouse/delivery-key/1'),
  certificate: domain('posthouse/certificate/1'),
  profile: domain('posthouse/profile/1'),
  route: domain('posthouse/route/1'),
  ticket: domain('posthouse/ticket/1'),
  receipt: domain('posthouse/receipt/1'),
  collection: domain('posthouse/collection/1'),
  note: domain('posthouse/note/1'),
  digest: domain('posthouse/digest/1'),
  beat: domain('posthouse/beat/1'),
  presenceTag: domain('posthouse/tag/1'),
  seal: domain('posthouse/seal/1'),
  safetyCode: domain('posthouse/safety/1'),
  linkCode: domain('posthouse/link/1'),
  deviceRequest: domain('posthouse/device-request/1'),
  deviceGrant: domain('posthouse/device-grant/1'),
  backup: domain('posthouse/backup/1')
})

function domain (name: string): Uint8Array {
  return new TextEncoder().encode(`${name}\0`)
}
