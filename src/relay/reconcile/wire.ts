/** Words of reconciliation to and from their frames (wire/mail.proto). What does not have its form throws MalformedError. */
import { concat } from 'uint8arrays/concat'
import { MalformedError } from '../../errors.ts'
import { fromHex, toHex } from '../../wire/hex.ts'
import { LIMITS } from '../../wire/limits.ts'
import type { Told, ToldOrder } from './digests.core.ts'
import type { Asked } from './words.core.ts'
import type { Bytes, EnvelopeId, MailboxId, Profile } from '../../types.ts'
import type { Digest, Pull, SyncFrame } from '../../wire/mail.ts'

const ID_BYTES = 32
const FINGERPRINT_BYTES = 16

/** As it goes onto a relay stream. */
export function encodeDigest ({ mailbox, envelopes, fingerprint, route, profile }: Told): Digest {
  return {
    mailbox: fromHex(mailbox),
    count: envelopes,
    fingerprint: fromHex(fingerprint),
    routeEpoch: route.epoch,
    routeSeq: BigInt(route.seq),
    profileEpoch: profile.epoch,
    profileSeq: BigInt(profile.seq)
  }
}

export function decodeDigest (digest: Digest): Told {
  const { fingerprint, count, routeEpoch, routeSeq, profileEpoch, profileSeq } = digest
  if (fingerprint.byteLength !== FINGERPRINT_BYTES) throw new MalformedError(`a fingerprint does not have ${FINGERPRINT_BYTES} bytes`)
  return { mailbox: mailboxFrom(digest.mailbox), envelopes: count, fingerprint: toHex(fingerprint), route: order(routeEpoch, routeSeq), profile: order(profileEpoch, profileSeq) }
}

export function encodeAsked (word: Asked<Profile>): Partial<SyncFrame> {
  if (word.kind === 'want') return { want: { ids: encodeIds(word.ids) } }
  const { mailbox, routeOrder, profileOrder, route, profile } = word
  return {
    pull: {
      mailbox: fromHex(mailbox),
      route: route?.bytes ?? new Uint8Array(0),
      profile: profile?.bytes ?? new Uint8Array(0),
      routeEpoch: routeOrder.epoch,
      routeSeq: BigInt(routeOrder.seq),
      profileEpoch: profileOrder.epoch,
      profileSeq: BigInt(profileOrder.seq)
    }
  }
}

/** What a pull names; the values that it carries are for its reader to open. */
export function decodePull ({ mailbox, routeEpoch, routeSeq, profileEpoch, profileSeq }: Pull): Pick<Extract<Asked<Profile>, { kind: 'pull' }>, 'mailbox' | 'routeOrder' | 'profileOrder'> {
  return { mailbox: mailboxFrom(mailbox), routeOrder: order(routeEpoch, routeSeq), profileOrder: order(profileEpoch, profileSeq) }
}

export function encodeIds (ids: EnvelopeId[]): Bytes { return concat(ids.map(fromHex)) as Bytes }

/** At most a page of them. */
export function decodeIds (bytes: Bytes): EnvelopeId[] {
  if (bytes.byteLength % ID_BYTES !== 0 || bytes.byteLength > LIMITS.pullIds * ID_BYTES) throw new MalformedError('a list of ids does not have its form')
  const ids: EnvelopeId[] = []
  for (let at = 0; at < bytes.byteLength; at += ID_BYTES) ids.push(toHex(bytes.subarray(at, at + ID_BYTES)) as EnvelopeId)
  return ids
}

function mailboxFrom (bytes: Uint8Array): MailboxId {
  if (bytes.byteLength !== ID_BYTES) throw new MalformedError(`a mailbox does not have ${ID_BYTES} bytes`)
  return toHex(bytes) as MailboxId
}

function order (epoch: number, seq: bigint): ToldOrder {
  if (seq > BigInt(Number.MAX_SAFE_INTEGER)) throw new MalformedError('an order is larger than 2^53')
  return { epoch, seq: Number(seq) }
}
