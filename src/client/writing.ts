/** What a user says, and what a device says for the user, made into drafts and put into the outbox. */
import { toString } from 'uint8arrays/to-string'
import { MalformedError, TooLargeError } from '../errors.ts'
import { LIMITS } from '../wire/limits.ts'
import type { Clock, Random } from '../ports.ts'
import type { MessageContent, MessageId, RootKey, Seconds } from '../types.ts'
import type { Account } from './account.ts'
import type { InboxService } from './inbox/service.ts'
import type { OutboxService } from './outbox/service.ts'
import type { SentStatus } from './outbox/status.ts'
import type { StoredOutgoing } from './store/schemas.ts'
import type { Write } from './store/shelf.ts'
import type { ClientStore } from './store/store.ts'

export interface WritingComponents { account: Account, store: ClientStore, inbox: InboxService, outbox: OutboxService, clock: Clock, random: Random }

const MESSAGE_ID_BYTES = 16

export class Writing {
  readonly #components: WritingComponents

  constructor (components: WritingComponents) { this.#components = components }

  /** Resolves when text, history and outbox are on disk, in one batch. Throws TooLargeError, or MalformedError for nothing. */
  async text (to: RootKey, text: string): Promise<SentStatus> {
    if (text === '') throw new MalformedError('the message is empty')
    const bytes = new TextEncoder().encode(text).byteLength
    if (bytes > LIMITS.messageTextBytes) throw new TooLargeError(`the text has ${bytes} bytes, more than the ${LIMITS.messageTextBytes} of one message`)
    const { account, inbox, outbox } = this.#components
    let draft: StoredOutgoing['draft']
    return await outbox.queue({
      to,
      kind: 'text',
      expiry: this.#expiry(),
      draft: () => (draft = this.#draft(to, { type: 'text', text }, inbox.heads(to))),
      write: async writes => {
        await inbox.sent({ ...draft, from: account.root, device: account.device.publicKey, epoch: account.epoch, introduction: undefined }, writes)
      }
    })
  }

  /** Tells the author, once, that these were shown. */
  async markRead (to: RootKey, ids: MessageId[]): Promise<void> {
    const { store, clock } = this.#components
    const unmarked: MessageId[] = []
    for (const id of new Set(ids)) if (await store.readMarks.get(id) === undefined && await store.shownAt(id, to) !== undefined) unmarked.push(id)
    for (let at = 0; at < unmarked.length; at += LIMITS.messageMarks) {
      const marked = unmarked.slice(at, at + LIMITS.messageMarks)
      await this.#mark(to, { type: 'read', ids: marked }, marked.map(id => store.readMarks.put(id, clock.now())))
    }
  }

  /** Tells the author that these are durable here; `writes` remember it. */
  async markDelivered (to: RootKey, ids: MessageId[], writes: Write[]): Promise<void> {
    await this.#mark(to, { type: 'delivered', ids }, writes)
  }

  async #mark (to: RootKey, content: MessageContent, remember: Write[]): Promise<void> {
    const { outbox, store } = this.#components
    await outbox.queue({
      to,
      kind: 'marks',
      expiry: this.#expiry(),
      draft: () => this.#draft(to, content, []),
      write: async writes => { await store.write([...remember, ...writes]) }
    })
  }

  #draft (to: RootKey, content: MessageContent, parents: MessageId[]): StoredOutgoing['draft'] {
    const { clock, random } = this.#components
    return { id: toString(random.bytes(MESSAGE_ID_BYTES), 'base16') as MessageId, to, sentAt: clock.now(), parents, content }
  }

  /** As long as nodes keep mail. */
  #expiry (): Seconds { return Math.floor((this.#components.clock.now() + LIMITS.retentionMs) / 1000) }
}
