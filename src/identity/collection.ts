/**
 * Collections: a device's signed word that it holds these envelopes. Together with expiry, the only thing that lets a
 * node delete mail; so it can be passed on, and anyone can check it.
 */
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { MalformedError, NotAuthenticError } from '../errors.ts'
import { CollectionBody } from '../wire/identity.ts'
import { LIMITS } from '../wire/limits.ts'
import { DOMAIN } from '../wire/protocols.ts'
import { checkClock, millisFrom } from './order.ts'
import { makeSigned, openSigned } from './signed.ts'
import { mailboxOf } from './user-id.ts'
import type { Crypto, SigningKey } from '../ports.ts'
import type { Collection, DeviceCertificate, EnvelopeId, Millis } from '../types.ts'
import type { SignedKind } from './signed.ts'

const ID_BYTES = 32
/** Ids, certificate, and room for mailbox, time, signature and field tags. */
const COLLECTION_BYTES_MAX = LIMITS.collectionIds * ID_BYTES + LIMITS.certificateBytes + 256

const COLLECTION: SignedKind<CollectionBody> = {
  name: 'the collection',
  domain: DOMAIN.collection,
  bytesMax: COLLECTION_BYTES_MAX,
  capability: 0,
  decode: CollectionBody.decode,
  // The body names a mailbox, from which no root can be read: the certificate says whose it is.
  claims: () => ({})
}

/** Signs that this device holds the envelopes, at most LIMITS.collectionIds. */
export async function makeCollection (
  init: { ids: EnvelopeId[], time: Millis }, signer: { key: SigningKey, certificate: DeviceCertificate }, { crypto }: { crypto: Crypto }
): Promise<Collection> {
  const body = CollectionBody.encode({
    mailbox: fromString(mailboxOf(signer.certificate.root, crypto), 'base16'),
    ids: concat(init.ids.map((id) => fromString(id, 'base16'))),
    time: BigInt(init.time)
  })
  return await openCollection(await makeSigned(COLLECTION, body, signer), { crypto, now: init.time })
}

/** Throws TooLargeError, MalformedError, NotAuthenticError, or ExpiredError when it comes from a clock too far ahead. */
export async function openCollection (bytes: Uint8Array, { crypto, now }: { crypto: Crypto, now: Millis }): Promise<Collection> {
  const { body, root, certificate, bytes: carried } = await openSigned(COLLECTION, bytes, { crypto })
  const mailbox = mailboxOf(root, crypto)
  if (certificate == null || toString(body.mailbox, 'base16') !== mailbox) throw new NotAuthenticError(`${COLLECTION.name} is for another user’s mailbox`)
  const time = millisFrom(COLLECTION.name, body.time)
  checkClock(COLLECTION.name, time, now)
  return Object.freeze({ root, mailbox, device: certificate.device, epoch: certificate.epoch, ids: readIds(body.ids), time, bytes: carried }) as Collection
}

function readIds (bytes: Uint8Array): EnvelopeId[] {
  const count = bytes.byteLength / ID_BYTES
  if (!Number.isInteger(count) || count === 0 || count > LIMITS.collectionIds) {
    throw new MalformedError(`${COLLECTION.name} does not list 1 to ${LIMITS.collectionIds} whole ids`)
  }
  return Array.from({ length: count }, (_, at) => toString(bytes.subarray(at * ID_BYTES, (at + 1) * ID_BYTES), 'base16') as EnvelopeId)
}
