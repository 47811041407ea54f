/** Posthouse for programs that write and read: the client, in Node and in browsers. */
import { defaultLogger } from '@libp2p/logger'
import { systemClock, systemRandom } from '../system.ts'
import { verifyReceipt as verifyReceiptWith } from '../relay/receipt-json.ts'
import { DEFAULT_NETWORK } from '../wire/protocols.ts'
import { PosthouseClient } from './client.ts'
import { webCrypto } from './crypto.ts'
import { openAccount } from './opening.ts'
import type { Client, ClientInit } from './api.ts'

/** What programs give and get. */
export type {
  Chat, ChatMessage, Client, ClientEvents, ClientInit, ClientStatus, ContactSummary, ConversationSummary, Device, LinkInvitation, MessageProgress, Route,
  SendOptions, SentMessage, TransferProgress, Waiting
} from './api.ts'
/** A contact's presence. */
export type { PresenceChange } from './presence.ts'
/** A receipt as JSON: what scripts keep, and what `verifyReceipt` reads. */
export { receiptToJson, type ReceiptJson } from '../relay/receipt-json.ts'
/** Ids and values that the client speaks of. */
export type { MessageId, MessageState, Receipt, UserId } from '../types.ts'
/** What can go wrong, matched by name; every message is a sentence for people. */
export * from '../errors.ts'

/** True when the receipt's node signed that the envelope was on its disk; false for anything that is no receipt. */
export async function verifyReceipt (receipt: unknown): Promise<boolean> {
  return await verifyReceiptWith(receipt, webCrypto)
}

/**
 * Opens the store, makes a user in an empty one, and starts, unless `start` is false. Throws StoreLockedError,
 * StoreTooNewError, StoreDamagedError, StoreFailedError, IdentityError, MalformedError for a mistyped phrase or
 * address, and UnreachableError when a user is to be restored and nobody can be asked.
 */
export async function createClient (init: ClientInit): Promise<Client> {
  const resolved = {
    ...init,
    network: init.network ?? DEFAULT_NETWORK,
    bootstrap: init.bootstrap ?? [],
    logger: init.logger ?? defaultLogger(),
    clock: init.clock ?? systemClock,
    random: init.random ?? systemRandom,
    crypto: init.crypto ?? webCrypto
  }
  const opening = await openAccount(resolved)
  const client = new PosthouseClient(opening, resolved)
  try {
    if (init.start !== false) await client.start()
  } catch (error) {
    await client.stop()
    throw error
  }
  return client
}
