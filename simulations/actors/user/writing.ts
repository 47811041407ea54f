/** What a person says, and what a device says for them, put into the outbox as src/client/writing.ts does. */
import { LIMITS } from '../../../src/wire/limits.ts'
import { FIRST_EPOCH, type Account } from './account.ts'
import type { DiskWrite } from '../../world/disk.ts'
import type { ClientStore } from '../client-store.ts'
import type { Inbox } from './inbox.ts'
import type { Outbox } from './outbox.ts'
import type { DeviceProcess } from './process.ts'
import type { Draft } from './sealing.ts'
import type { Message, MessageContent, MessageId, Millis, RootKey, Seconds } from '../../../src/types.ts'

/** Message ids that no other device and no other run of this one gives; in the product they are random. */
export type MessageIds = () => MessageId

export interface WritingComponents { account: Account, store: ClientStore, inbox: Inbox, outbox: Outbox, process: DeviceProcess, ids: MessageIds }

export class Writing {
  readonly #components: WritingComponents

  constructor (components: WritingComponents) { this.#components = components }

  /** A text of so many bytes. Undefined when the outbox takes no more; written: told before anything else happens. */
  text (to: RootKey, textBytes: number, written: (message: Message, expiry: Millis) => void): MessageId | undefined {
    const { inbox, outbox } = this.#components
    if (outbox.isFull) return undefined
    const expiry = this.#expiry()
    const draft = this.#draft(to, { type: 'text', text: `${textBytes} bytes` }, inbox.heads(to), textBytes)
    const { message } = draft
    written(message, expiry * 1000)
    outbox.queue({ draft, kind: 'text', expiry, write: (writes, done) => { inbox.sent(message, writes, done) } })
    return message.id
  }

  /** Tells the author that these are durable here; `remember` goes into the same batch. */
  markDelivered (to: RootKey, ids: MessageId[], remember: DiskWrite[]): void {
    const { outbox, store, process } = this.#components
    if (outbox.isFull) return process.note(`${ids.length} delivered marks not queued: the outbox is full`)
    const draft = this.#draft(to, { type: 'delivered', ids }, [], 0)
    outbox.queue({ draft, kind: 'marks', expiry: this.#expiry(), write: (writes, done) => { store.write([...remember, ...writes], done) } })
  }

  #draft (to: RootKey, content: MessageContent, parents: MessageId[], textBytes: number): Draft {
    const { account: { root, device }, process, ids } = this.#components
    return { message: { id: ids(), from: root, device, epoch: FIRST_EPOCH, to, sentAt: process.now(), parents, introduction: undefined, content }, textBytes }
  }

  /** As long as nodes keep mail. */
  #expiry (): Seconds { return Math.floor((this.#components.process.now() + LIMITS.retentionMs) / 1000) }
}
