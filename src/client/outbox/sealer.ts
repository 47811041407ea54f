/**
 * From words to envelopes: protected by the conversation's group or by our signature, sealed to the recipient's key,
 * expiring when the message does.
 */
import { FORMAT, sealMessage } from '../sealing/index.ts'
import type { Crypto } from '../../ports.ts'
import type { Bytes, Envelope } from '../../types.ts'
import type { Account } from '../account.ts'
import type { Contacts } from '../contacts.ts'
import type { Groups } from '../groups/port.ts'
import type { Notes } from '../sealing/index.ts'
import type { StoredOutgoing } from '../store/schemas.ts'

export interface SealerComponents {
  account: Pick<Account, 'introduction' | 'introductionHash'>
  contacts: Contacts
  groups: Pick<Groups, 'protect' | 'forget'>
  notes: Notes
  crypto: Crypto
}

/** introducing: names what the recipient is told of us by it. */
export interface SealedWords { envelopes: Envelope[], introducing: string }

/**
 * Undefined when it is not possible now: no current key of the recipient is known, or nobody could open it. A contact that was
 * not told of us yet, or of what has changed since, is told in the same words; the groups do so by themselves.
 */
export async function sealWords ({ entry: { id, recipient, expiry }, words }: StoredOutgoing, components: SealerComponents): Promise<SealedWords | undefined> {
  const { account, contacts, crypto } = components
  const target = await contacts.sealingKey(recipient)
  if (target === undefined) return undefined
  const introducing = account.introductionHash
  const whole = await protect(words, recipient, components)
  if (whole === undefined) return undefined
  const format = words.type === 'note' ? FORMAT.note : FORMAT.group
  const envelopes = await sealMessage(whole, { format, messageId: id, key: target.key, deliveryKey: target.deliveryKey, mailbox: target.record.mailbox, expiry }, crypto)
  return { envelopes, introducing: words.type === 'frame' ? '' : introducing }
}

async function protect (words: StoredOutgoing['words'], recipient: StoredOutgoing['entry']['recipient'], { account, contacts, groups, notes }: SealerComponents): Promise<Bytes | undefined> {
  switch (words.type) {
    case 'chat': return await groups.protect(words.draft)
    case 'frame': return words.whole
    case 'note': {
      const { introduced } = await contacts.get(recipient)
      return await notes.sign(words.note, introduced === account.introductionHash ? undefined : account.introduction)
    }
  }
}
