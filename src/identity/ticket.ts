/**
 * Serving tickets: a node's signed promise to serve a user until a time. Without one, a user's record cannot name the
 * node, so that nobody is pointed at nodes that did not agree.
 */
import { concat } from 'uint8arrays/concat'
import { ExpiredError, NotAuthenticError } from '../errors.ts'
import { DOMAIN } from '../wire/protocols.ts'
import { keyBytes } from './peer-key.ts'
import type { Crypto, SigningKey } from '../ports.ts'
import type { Bytes, Millis, PeerKey, RootKey, Seconds, ServingTicket } from '../types.ts'

/** A ticket's fields as they came, not verified. */
export interface TicketFields { node: PeerKey, root: RootKey, expiry: Seconds, signature: Uint8Array }

/** The node's promise, signed with its own key. */
export async function makeTicket (key: SigningKey, root: RootKey, expiry: Seconds): Promise<ServingTicket> {
  return ticket({ node: key.publicKey, root, expiry, signature: await key.sign(ticketMessage(root, expiry)) })
}

/** Throws NotAuthenticError, or ExpiredError when it has run out. */
export async function openTicket (fields: TicketFields, { crypto, now }: { crypto: Pick<Crypto, 'verify'>, now: Millis }): Promise<ServingTicket> {
  const verified = await verifyTicket(fields, { crypto })
  if (isExpired(verified, now)) throw new ExpiredError('the serving ticket has run out')
  return verified
}

/** As `openTicket`, but a ticket that has run out is still one. Throws NotAuthenticError. */
export async function verifyTicket (fields: TicketFields, { crypto }: { crypto: Pick<Crypto, 'verify'> }): Promise<ServingTicket> {
  if (!await crypto.verify(fields.node, ticketMessage(fields.root, fields.expiry), fields.signature)) {
    throw new NotAuthenticError('the serving ticket was not signed by its node')
  }
  return ticket(fields)
}

/** True from the second of expiry on. */
export function isExpired ({ expiry }: { expiry: Seconds }, now: Millis): boolean {
  return now >= expiry * 1000
}

function ticket ({ node, root, expiry, signature }: TicketFields): ServingTicket {
  return Object.freeze({ node, root, expiry, signature: new Uint8Array(signature) }) as ServingTicket
}

function ticketMessage (root: RootKey, expiry: Seconds): Bytes {
  const end = new Uint8Array(4)
  new DataView(end.buffer).setUint32(0, expiry)
  return concat([DOMAIN.ticket, keyBytes(root), end])
}
