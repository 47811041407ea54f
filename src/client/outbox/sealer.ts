/** From a draft to envelopes: protected by our signature, sealed to the recipient's key, expiring when the message does. */
import { sealMessage } from '../sealing/index.ts'
import type { Crypto } from '../../ports.ts'
import type { Envelope, Seconds } from '../../types.ts'
import type { Account } from '../account.ts'
import type { Contacts } from '../contacts.ts'
import type { MessageProtection } from '../sealing/index.ts'
import type { StoredOutgoing } from '../store/schemas.ts'

export interface SealerComponents { account: Account, contacts: Contacts, protection: MessageProtection, crypto: Crypto }

/**
 * Undefined when no current key of the recipient is known. A contact that was not told of us yet, or of what has
 * changed since, is told in the same message; `introducing` names what.
 */
export async function sealDraft (draft: StoredOutgoing['draft'], expiry: Seconds, { account, contacts, protection, crypto }: SealerComponents): Promise<{ envelopes: Envelope[], introducing: string } | undefined> {
  const target = await contacts.sealingKey(draft.to)
  if (target === undefined) return undefined
  const introducing = account.introductionHash
  const { introduced } = await contacts.get(draft.to)
  const introduction = introduced === introducing ? undefined : account.introduction
  const { format, whole } = await protection.protect({ ...draft, introduction })
  const envelopes = await sealMessage(whole, { format, messageId: draft.id, key: target.key, mailbox: target.record.mailbox, expiry }, crypto)
  return { envelopes, introducing }
}
