// A history on a store in memory, and messages to put into it.
import { defaultLogger } from '@libp2p/logger'
import { MemoryLevel } from 'memory-level'
import { History, type HistoryLimits } from '../../../src/client/history/index.ts'
import { ClientStore } from '../../../src/client/store/store.ts'
import { Vault } from '../../../src/client/store/vault.ts'
import { systemRandom } from '../../../src/system.ts'
import { VirtualClock } from '../virtual-clock.ts'
import type { Database } from '../../../src/client/store/shelf.ts'
import type { AmendmentContent, ConversationId, LineContent, Message, MessageContent, MessageId, PeerKey, RootKey } from '../../../src/types.ts'

export const ALICE = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a' as RootKey
export const BOB = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c' as RootKey
export const CAROL = 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025' as RootKey

export class Story {
  readonly clock: VirtualClock
  readonly database: Database
  readonly store: ClientStore
  readonly history: History
  readonly damaged: string[]
  #position = 0

  private constructor (parts: Pick<Story, 'clock' | 'database' | 'store' | 'history' | 'damaged'>) {
    this.clock = parts.clock
    this.database = parts.database
    this.store = parts.store
    this.history = parts.history
    this.damaged = parts.damaged
  }

  /** Alice's. */
  static async begin ({ database = new MemoryLevel<string, string>() as unknown as Database, clock = new VirtualClock(), seed = 1, limits = {} }: { database?: Database, clock?: VirtualClock, seed?: number, limits?: Partial<HistoryLimits> } = {}): Promise<Story> {
    const damaged: string[] = []
    const store = await ClientStore.open({ store: database, onDamaged: (shelf, key) => { damaged.push(`${shelf} ${key}`) } })
    await store.unlock(await Vault.open(new Uint8Array(32).fill(seed), systemRandom), systemRandom)
    const history = await History.open({ store, own: ALICE, clock, log: defaultLogger().forComponent('test'), limits })
    return new Story({ clock, database, store, history, damaged })
  }

  /** The same store, opened again. */
  async again (): Promise<Story> {
    await this.store.close()
    return await Story.begin({ database: this.database, clock: this.clock })
  }

  async show (message: Message, { missing = [] as MessageId[], late = false } = {}): Promise<void> {
    await this.store.write(this.history.writesFor({ type: 'shown', conversation: message.conversation, position: ++this.#position, message, missing, late }))
  }

  async amend (message: Message): Promise<void> {
    await this.store.write(this.history.writesFor({ type: 'amendment', conversation: message.conversation, message }))
  }

  async read (conversation: ConversationId, ids: MessageId[], at = this.clock.now()): Promise<void> {
    await this.store.write(this.history.readWrites(conversation, ids, at))
  }

  async texts (conversation: ConversationId, init?: Parameters<History['page']>[1]): Promise<string[]> {
    return (await this.history.page(conversation, init)).map(({ become }) => become.text)
  }
}

export function line (number: number, { from = BOB, stamp = number, conversation = BOB, content = text(`line ${number}`), parents = [] }: { from?: RootKey, stamp?: number, conversation?: ConversationId, content?: LineContent, parents?: MessageId[] } = {}): Message {
  return { ...message(number, from, stamp, conversation, content), parents }
}

export function amendment (number: number, content: AmendmentContent, { from = BOB, stamp = number, conversation = BOB }: { from?: RootKey, stamp?: number, conversation?: ConversationId } = {}): Message {
  return message(number, from, stamp, conversation, content)
}

export function text (words: string, expiresAfterSeconds = 0): LineContent {
  return { type: 'text', text: words, mentions: [], replyTo: undefined, expiresAfterSeconds }
}

export async function all<T> (source: AsyncIterable<T>): Promise<T[]> {
  const values: T[] = []
  for await (const value of source) values.push(value)
  return values
}

export function id (number: number): MessageId {
  return number.toString(16).padStart(32, '0') as MessageId
}

function message (number: number, from: RootKey, stamp: number, conversation: ConversationId, content: MessageContent): Message {
  return { id: id(number), from, device: 'c'.repeat(64) as PeerKey, conversation, sentAt: stamp, stamp, parents: [], content }
}
