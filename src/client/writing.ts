/**
 * What a user says, and what a device says for the user, made into drafts and put into the outbox: to the other side,
 * and to one's own other devices, which have every line that this one has.
 */
import { toString } from 'uint8arrays/to-string'
import { LIMITS } from '../wire/limits.ts'
import { contentToBody } from './messages/content.ts'
import { isAmendment } from './messages/index.ts'
import type { Clock, Random } from '../ports.ts'
import type { AmendmentContent, ConversationId, LineContent, Message, MessageContent, MessageId, RootKey, Seconds, SignalContent } from '../types.ts'
import type { Account } from './account.ts'
import type { ControlFrame } from './groups/components.ts'
import type { Draft } from './groups/port.ts'
import type { InboxService } from './inbox/service.ts'
import type { OutboxKind } from './outbox/events.core.ts'
import type { Queued } from './outbox/components.ts'
import type { OutboxService } from './outbox/service.ts'
import type { SentStatus } from './outbox/status.ts'
import type { NoteContent } from './sealing/index.ts'
import type { Write } from './store/shelf.ts'
import type { ClientStore } from './store/store.ts'

export interface WritingComponents {
  account: Account
  store: ClientStore
  inbox: InboxService
  outbox: OutboxService
  clock: Clock
  random: Random
  /** A message of ours as it stands in the history. */
  written: (id: MessageId, conversation?: ConversationId) => Promise<Message | undefined>
}

const MESSAGE_ID_BYTES = 16

export class Writing {
  readonly #components: WritingComponents

  constructor (components: WritingComponents) { this.#components = components }

  /**
   * A line or an amendment. Resolves when history and outbox are on disk, in one batch. Throws MalformedError or
   * TooLargeError for what nobody would read, and TooLargeError when too much waits already. What one writes to oneself is delivered, by being here.
   */
  async say (conversation: ConversationId, content: LineContent | AmendmentContent): Promise<SentStatus> {
    const { account, store } = this.#components
    contentToBody(content)
    const kind = isAmendment(content) ? 'control' : 'text'
    const isToSelf = conversation === account.root
    const told: SentStatus = { id: this.#newId(), to: conversation, state: 'delivered', copies: 0, w: 0, receipts: [], problem: undefined, ended: false }
    const { id, to, copies, w, receipts } = told
    const remember = isToSelf && kind === 'text' ? [store.sent.put(id, { to, state: 'delivered', copies, w, receipts })] : []
    return await this.#queue(id, conversation, content, isToSelf ? this.#ownCopy() : [{ to: conversation, kind }, ...this.#ownCopy()], remember) ?? told
  }

  /** A word between clients, in the conversation; `remember` goes into the same batch. onlyOwn: not to the other side. */
  async signal (conversation: ConversationId, content: SignalContent, { onlyOwn = false, remember = [] }: { onlyOwn?: boolean, remember?: Write[] } = {}): Promise<void> {
    const others: Recipient[] = onlyOwn || conversation === this.#components.account.root ? [] : [{ to: conversation, kind: 'once' }]
    const recipients = [...others, ...this.#ownCopy()]
    if (recipients.length === 0) return await this.#components.store.write(remember)
    await this.#queue(this.#newId(), conversation, content, recipients, remember)
  }

  /** A word outside of conversations; `remember` goes into the same batch. */
  async note (to: RootKey, content: NoteContent, remember: Write[] = []): Promise<void> {
    const { outbox, store, clock } = this.#components
    const id = this.#newId()
    await outbox.queue({
      recipients: [to],
      expiry: this.#expiry(),
      entries: () => [{ id, recipient: to, kind: 'once', words: { type: 'note', note: { id, to, sentAt: clock.now(), content } } }],
      write: async writes => { await store.write([...remember, ...writes]) }
    })
  }

  /** What keeps a conversation's keys going; `remember` goes into the same batch. */
  async frames (frames: ControlFrame[], remember: Write[]): Promise<void> {
    const { outbox, store } = this.#components
    await outbox.queue({
      recipients: frames.map(({ to }) => to),
      expiry: this.#expiry(),
      entries: () => frames.map(({ id, to, whole, kind }) => ({ id, recipient: to, kind, words: { type: 'frame', whole } })),
      write: async writes => { await store.write([...remember, ...writes]) }
    })
  }

  /** A device of this user lacks these messages of ours: they go out again, as they were. What we do not have is left out. */
  async resend (to: RootKey, ids: MessageId[]): Promise<void> {
    const { outbox, store, account, written } = this.#components
    const waiting = ids.filter(id => outbox.has({ id, recipient: to }))
    outbox.handle({ type: 'lost', recipient: to, ids: waiting })
    const entries: Queued[] = []
    for (const id of ids) {
      const message = waiting.includes(id) ? undefined : await written(id, to === account.root ? undefined : to)
      if (message === undefined || message.from !== account.root || (message.conversation !== to && to !== account.root)) continue
      entries.push({ id, recipient: to, kind: 'once', words: { type: 'chat', draft: draftOf(message) } })
    }
    if (entries.length === 0) return
    await outbox.queue({ recipients: [to], expiry: this.#expiry(), entries: () => entries, write: async writes => { await store.write(writes) } })
  }

  async #queue (id: MessageId, conversation: ConversationId, content: MessageContent, recipients: Recipient[], remember: Write[]): Promise<SentStatus | undefined> {
    const { account, inbox, outbox } = this.#components
    let draft: Draft
    return await outbox.queue({
      recipients: recipients.map(({ to }) => to),
      expiry: this.#expiry(),
      entries: () => {
        draft = this.#draft(id, conversation, content)
        return recipients.map(({ to, kind }) => ({ id, recipient: to, kind, words: { type: 'chat', draft } }))
      },
      write: async writes => { await inbox.sent({ ...draft, from: account.root, device: account.device.publicKey }, [...remember, ...writes]) }
    })
  }

  /** Only lines answer something. */
  #draft (id: MessageId, conversation: ConversationId, content: MessageContent): Draft {
    const { clock, inbox } = this.#components
    const isLine = content.type === 'text' || content.type === 'timer' || content.type === 'custom'
    return { id, conversation, sentAt: clock.now(), stamp: inbox.nextStamp(conversation), parents: isLine ? inbox.heads(conversation) : [], content }
  }

  /** Nobody marks what goes to one's own devices. */
  #ownCopy (): Recipient[] {
    const { account } = this.#components
    return account.profile.devices.length > 1 ? [{ to: account.root, kind: 'once' }] : []
  }

  #newId (): MessageId { return toString(this.#components.random.bytes(MESSAGE_ID_BYTES), 'base16') as MessageId }

  /** As long as nodes keep mail. */
  #expiry (): Seconds { return Math.floor((this.#components.clock.now() + LIMITS.retentionMs) / 1000) }
}

interface Recipient { to: RootKey, kind: OutboxKind }

/** Who sends it again is its author, on whichever device. */
function draftOf ({ id, conversation, sentAt, stamp, parents, content }: Message): Draft {
  return { id, conversation, sentAt, stamp, parents, content }
}
