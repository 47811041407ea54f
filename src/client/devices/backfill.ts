/**
 * Messages that came to one own device and could not be opened there, given by another that could: their author may have
 * written them before it knew of the device, and be gone since. What is asked for goes to all other own devices, and
 * those that have it give it.
 */
import { keyBytes, millisFrom, peerKeyFromBytes, rootKeyFromBytes } from '../../identity/index.ts'
import { SyncBody, type GivenMessage, type GivenMessages, type WantedMessages } from '../../wire/devices.ts'
import { decodeChat, encodeChat, idBytes, messageIdFrom } from '../messages/index.ts'
import { DEVICES_DEFAULTS } from './defaults.ts'
import type { Bytes, Message, MessageId } from '../../types.ts'
import type { Account } from '../account.ts'
import type { History } from '../history/index.ts'
import type { ClientStore } from '../store/store.ts'
import type { Logger } from '@libp2p/interface'

export interface BackfillComponents {
  account: Pick<Account, 'profile'>
  history: Pick<History, 'position' | 'written' | 'readAt' | 'readWrites'>
  store: Pick<ClientStore, 'write'>
  log: Logger
  /** Queues a word for all other own devices. */
  send: (body: Bytes) => Promise<void>
  /** Takes in a message that is waited for; durable when it resolves. */
  given: (message: Message) => Promise<void>
}

const NAME = 'the message of another device'

export class Backfill {
  readonly #components: BackfillComponents

  constructor (components: BackfillComponents) { this.#components = components }

  /** Asks for those that are not in the history by now; resolves with those that are. */
  async ask (ids: MessageId[]): Promise<MessageId[]> {
    const { account, history, send, log } = this.#components
    const here: MessageId[] = []
    for (const id of ids) if (await history.position(id) !== undefined || await history.written(id) !== undefined) here.push(id)
    const missing = ids.filter(id => !here.includes(id))
    if (missing.length > 0 && account.profile.devices.length > 1) {
      log('other devices are asked for %d messages', missing.length)
      await send(SyncBody.encode({ contacts: [], wanted: { ids: missing.map(idBytes) } }))
    }
    return here
  }

  /** Another own device asks. What is beyond the bytes of one answer it asks for again. Throws MalformedError. */
  async give ({ ids }: WantedMessages): Promise<void> {
    const { history, send } = this.#components
    let given: GivenMessage[] = []
    let bytes = 0
    let rest: number = DEVICES_DEFAULTS.backfillBytes
    const tell = async (): Promise<void> => {
      if (given.length > 0) await send(SyncBody.encode({ contacts: [], given: { messages: given } }))
      ;[given, bytes] = [[], 0]
    }
    for (const id of ids.map(messageIdFrom)) {
      const message = await history.written(id)
      if (message === undefined) continue
      const carried = await this.#carried(message)
      rest -= carried.chat.byteLength
      if (rest < 0) break
      given.push(carried)
      bytes += carried.chat.byteLength
      if (bytes >= DEVICES_DEFAULTS.syncBytes) await tell()
    }
    await tell()
  }

  /** Another own device has given some. Throws MalformedError or TooLargeError. */
  async take ({ messages }: GivenMessages): Promise<void> {
    const { history, store, given } = this.#components
    for (const { root, device, conversation: to, chat, readAt } of messages) {
      const { introduction, ...words } = decodeChat(chat)
      const message = { ...words, from: rootKeyFromBytes(root), device: peerKeyFromBytes(device), conversation: rootKeyFromBytes(to) }
      // Read marks may come before their lines.
      if (readAt > 0n) await store.write(history.readWrites(message.conversation, [message.id], millisFrom(NAME, readAt)))
      await given(message)
    }
  }

  async #carried (message: Message): Promise<GivenMessage> {
    const { from, device, conversation, id } = message
    const readAt = await this.#components.history.readAt(conversation, id)
    return { root: keyBytes(from), device: keyBytes(device), conversation: keyBytes(conversation), chat: encodeChat(message, undefined), readAt: BigInt(readAt ?? 0) }
  }
}
