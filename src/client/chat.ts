/** One conversation as a program holds it: what is said in it, what it has become, and what is said about that. */
import { MalformedError } from '../errors.ts'
import { parseUserId, userIdOf } from '../identity/index.ts'
import { LIMITS } from '../wire/limits.ts'
import { safetyCode } from './devices/index.ts'
import type { Crypto } from '../ports.ts'
import type { AmendmentContent, ConversationId, LineContent, MessageId, RootKey, UserId } from '../types.ts'
import type { Chat, ChatMessage, SendOptions, SentMessage } from './api.ts'
import type { Conversing } from './conversing.ts'
import type { History, HistoryLine } from './history/index.ts'

export interface ChatRoomComponents {
  own: RootKey
  crypto: Crypto
  readReceipts: boolean
  /** Throw ConnectionLostError while the client does not run, or is not open. */
  conversing: () => Conversing
  history: () => Promise<History>
  /** A line as programs see it. */
  show: (line: HistoryLine) => Promise<ChatMessage>
  /** Said, and held for the program. */
  say: (conversation: ConversationId, content: LineContent | AmendmentContent) => Promise<SentMessage>
}

export class ChatRoom implements Chat {
  readonly userId: UserId
  readonly #root: RootKey
  readonly #components: ChatRoomComponents

  constructor (root: RootKey, components: ChatRoomComponents) {
    this.userId = userIdOf(root)
    this.#root = root
    this.#components = components
  }

  async send (text: string, { replyTo, mentions = [] }: SendOptions = {}): Promise<SentMessage> {
    if (text === '') throw new MalformedError('the message is empty')
    const users = mentions.map(parseUserId)
    this.#components.conversing()
    const expiresAfterSeconds = await (await this.#components.history()).timer(this.#root)
    return await this.#components.say(this.#root, { type: 'text', text, mentions: users, replyTo, expiresAfterSeconds })
  }

  async sendCustom (kind: string, body: Uint8Array, fallback: string): Promise<SentMessage> {
    return await this.#components.say(this.#root, { type: 'custom', kind, body: Uint8Array.from(body), fallback })
  }

  async history (options: { limit?: number, before?: MessageId, after?: MessageId } = {}): Promise<ChatMessage[]> {
    const lines = await (await this.#components.history()).page(this.#root, options)
    return await Promise.all(lines.map(this.#components.show))
  }

  async message (id: MessageId): Promise<ChatMessage | undefined> {
    const line = await (await this.#components.history()).message(id, this.#root)
    return line === undefined ? undefined : await this.#components.show(line)
  }

  async react (id: MessageId, emoji: string, { remove = false }: { remove?: boolean } = {}): Promise<void> {
    await this.#line(id)
    await this.#components.say(this.#root, { type: 'reaction', target: id, emoji, isRemoved: remove })
  }

  async edit (id: MessageId, text: string): Promise<void> {
    if (text === '') throw new MalformedError('the message is empty')
    const { message: { content, from }, become } = await this.#line(id)
    if (content.type !== 'text' || from !== this.#components.own || become.isDeleted) throw new MalformedError('only one’s own texts can be edited')
    await this.#components.say(this.#root, { type: 'edit', target: id, text, mentions: become.mentions })
  }

  async delete (id: MessageId): Promise<void> {
    const { message: { from } } = await this.#line(id)
    if (from !== this.#components.own) throw new MalformedError('only one’s own messages can be deleted')
    await this.#components.say(this.#root, { type: 'delete', target: id })
  }

  async setTimer (seconds: number): Promise<void> {
    await this.#components.say(this.#root, { type: 'timer', seconds })
  }

  async markRead (ids: MessageId[]): Promise<void> {
    const { conversing, readReceipts } = this.#components
    for (let at = 0; at < ids.length; at += LIMITS.messageMarks) {
      await conversing().markRead(this.#root, ids.slice(at, at + LIMITS.messageMarks), { tellAuthors: readReceipts })
    }
  }

  typing (): void { this.#components.conversing().whispers.typing(this.#root) }

  async safetyCode (): Promise<string> {
    const { own, crypto } = this.#components
    return safetyCode(own, this.#root, crypto)
  }

  async #line (id: MessageId): Promise<HistoryLine> {
    const line = await (await this.#components.history()).message(id, this.#root)
    if (line === undefined) throw new MalformedError(`there is no message ${id} in this conversation`)
    return line
  }
}
