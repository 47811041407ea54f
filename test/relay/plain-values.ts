// Values for cores, which never look at signatures: made directly, so that property tests can make thousands.
import { nodeCrypto } from '../../src/node/crypto.ts'
import { makeEnvelope } from '../../src/wire/envelope.ts'
import type { Envelope, MailboxId, PeerKey, RouteEntry, RouteRecord } from '../../src/types.ts'

export const MAILBOX = 'ab'.repeat(32) as MailboxId

export function nodeKey (number: number): PeerKey {
  return number.toString(16).padStart(64, '0') as PeerKey
}

export function plainEnvelope (number: number, bodyBytes = 8, mailbox = MAILBOX): Envelope {
  const body = new Uint8Array(bodyBytes)
  new DataView(body.buffer).setUint32(0, number)
  return makeEnvelope({ mailbox, expiry: 2_000_000_000, body }, nodeCrypto)
}

export function plainRoute (init: { nodes: number[], n: number, epoch?: number, seq?: number, mailbox?: MailboxId }): RouteRecord {
  return {
    mailbox: init.mailbox ?? MAILBOX,
    order: { epoch: init.epoch ?? 1, seq: init.seq ?? 1, hash: '' },
    n: init.n,
    w: init.n,
    entries: init.nodes.map(number => ({ node: nodeKey(number), addressHint: undefined }) as RouteEntry),
    bytes: new Uint8Array(0)
  } as unknown as RouteRecord
}
