/** A node's "no" in words: what a person reads when it ends an attempt. */
import { REFUSAL } from '../types.ts'
import type { Refusal, RefusalCode, RefusalName } from '../types.ts'
import type { RefusalBody } from '../wire/mail.ts'

const SENTENCES: Readonly<Record<RefusalName, string>> = Object.freeze({
  malformed: 'the node could not read what it was sent',
  unsupported: 'the node speaks another version of the protocol',
  wrongNetwork: 'the node belongs to another network',
  notAdmitted: 'the recipient’s nodes do not take this message',
  expired: 'the message was too old when it arrived',
  expiryTooFar: 'the node’s clock and ours disagree by more than an hour',
  mailboxFull: 'the recipient’s mailbox is full until one of their devices collects its mail',
  busy: 'the node is busy',
  storeFailed: 'the node cannot write to its disk',
  noRoute: 'the node does not know where the recipient’s mail goes',
  moved: 'the recipient has moved to other nodes',
  collected: 'the recipient has the message already',
  tooFewNodes: 'too few of the recipient’s nodes can be reached and keep it',
  notServed: 'the node does not serve this user',
  stale: 'the node knows a newer version of this',
  draining: 'the node is about to leave',
  notFound: 'the node does not know this user',
  noRoom: 'the node has no room for more users',
  requestsFull: 'the recipient’s mailbox does not know you yet, and takes no more from strangers until one of their devices collects its mail'
})
const NAMES = new Map(Object.entries(REFUSAL).map(([name, code]) => [code as number, name as RefusalName]))

/** One plain sentence. */
export function refusalSentence (refusal: Refusal): string {
  const name = NAMES.get(refusal.code)
  return name === undefined ? `the node refused for a reason that is not known here (${refusal.code})` : SENTENCES[name]
}

/** From the wire; a refusal without its body is taken as malformed. Unknown codes are kept, for the sentence. */
export function refusalOf (body: RefusalBody | undefined): Refusal {
  return { code: (body?.code ?? REFUSAL.malformed) as RefusalCode, retryAfterSeconds: body?.retryAfterSeconds ?? 0 }
}
