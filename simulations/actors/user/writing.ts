/** What a person says, and what a device says for them, put into the outbox as src/client/writing.ts does. */
import { LIMITS } from '../../../src/wire/limits.ts'
import type { Account } from './account.ts'
import type { DiskWrite } from '../../world/disk.ts'
import type { ClientStore } from '../client-store.ts'
import type { Inbox } from './inbox.ts'
import type { Outbox } from './outbox.ts'
import type { DeviceProcess } from './process.ts'
import type { Message, MessageId, Millis, RootKey, Seconds } from '../../../src/types.ts'

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
    const message = this.#message(to, `${textBytes} bytes`)
    written(message, expiry * 1000)
    outbox.queue({ draft: { type: 'text', message, textBytes }, kind: 'text', expiry, write: (writes, done) => { inbox.sent(message, writes, done) } })
    return message.id
  }

  /** Tells the author that these are durable here; `remember` goes into the same batch. */
  markDelivered (to: RootKey, ids: MessageId[], remember: DiskWrite[]): void {
    const { account, outbox, store, process, ids: newId } = this.#components
    if (outbox.isFull) return process.note(`${ids.length} delivered marks not queued: the outbox is full`)
    outbox.queue({ draft: { type: 'note', note: { id: newId(), from: account.root, to, delivered: ids } }, kind: 'once', expiry: this.#expiry(), write: (writes, done) => { store.write([...remember, ...writes], done) } })
  }

  #message (conversation: RootKey, text: string): Message {
    const { account: { root, device }, inbox, process, ids } = this.#components
    return {
      id: ids(),
      from: root,
      device,
      conversation,
      sentAt: process.now(),
      stamp: inbox.nextStamp(conversation),
      parents: inbox.heads(conversation),
      content: { type: 'text', text, mentions: [], replyTo: undefined, expiresAfterSeconds: 0 }
    }
  }

  /** As long as nodes keep mail. */
  #expiry (): Seconds { return Math.floor((this.#components.process.now() + LIMITS.retentionMs) / 1000) }
}
