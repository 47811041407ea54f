/**
 * Everything that was said, on disk and encrypted. Facts of the inbox go in, with the batch that they belong to; what
 * programs show comes out. What a line has become is worked out when it is shown, so nothing depends on the order in
 * which anything came.
 */
import { isAmendmentMessage, isLineMessage } from '../messages/index.ts'
import { factKey } from '../inbox/events.core.ts'
import { HELD } from '../store/schemas.ts'
import { fromBytes, toBytes } from '../store/sealed-shelf.ts'
import { HISTORY_DEFAULTS, type HistoryLimits } from './defaults.ts'
import { HistoryReader, type HistoryLine, type PageInit } from './reader.ts'
import { HistoryShelves, lineKey, operations, placeKey, under } from './shelves.ts'
import { Sweeper } from './sweeper.ts'
import { countItems, exportItems, importItems, type HistoryItem, type TransferComponents } from './transfer.ts'
import { HistoryWriter } from './writer.ts'
import type { InboxFact } from '../inbox/events.core.ts'
import type { Write } from '../store/shelf.ts'
import type { ClientStore } from '../store/store.ts'
import type { Clock } from '../../ports.ts'
import type { ConversationId, Message, MessageId, Millis, RootKey } from '../../types.ts'
import type { Logger } from '@libp2p/interface'

export interface HistoryComponents {
  /** Unlocked. */
  store: ClientStore
  own: RootKey
  clock: Clock
  log: Logger
  limits?: Partial<HistoryLimits>
}

/** What happens by itself. */
export interface HistoryEvents {
  /** A line has disappeared. */
  erased: (conversation: ConversationId, id: MessageId) => void
  failed: (error: Error) => void
}

const HELD_SEGMENT = 'held'

export class History {
  readonly #store: ClientStore
  readonly #log: Logger
  readonly #shelves: HistoryShelves
  readonly #reader: HistoryReader
  readonly #writer: HistoryWriter
  readonly #sweeper: Sweeper
  readonly #limits: HistoryLimits
  #events: HistoryEvents | undefined

  private constructor ({ store, own, clock, log }: HistoryComponents, limits: HistoryLimits, shelves: HistoryShelves, position: number) {
    this.#store = store
    this.#limits = limits
    this.#log = log
    this.#shelves = shelves
    const damaged = (at: number, error: Error): void => { log.error('line %d of the history was left out: %s', at, error.message) }
    this.#reader = new HistoryReader({ own, shelves, clock, limits, damaged })
    this.#writer = new HistoryWriter({ own, shelves, clock, limits, due: at => { this.#sweeper.due(at) } }, position)
    this.#sweeper = new Sweeper({
      store,
      shelves,
      reader: this.#reader,
      clock,
      limits,
      erased: (conversation, id) => { this.#events?.erased(conversation, id) },
      failed: error => { this.#events?.failed(error) }
    })
  }

  static async open (components: HistoryComponents): Promise<History> {
    const limits = { ...HISTORY_DEFAULTS, ...components.limits }
    const shelves = new HistoryShelves(components.store, limits)
    const [last] = await shelves.lines.keys({ reverse: true, limit: 1 })
    return new History(components, limits, shelves, last === undefined ? 0 : Number(last))
  }

  /** From now on lines disappear when their time has come. */
  async start (events: HistoryEvents): Promise<void> {
    this.#events = events
    await this.#sweeper.start()
  }

  async stop (): Promise<void> { await this.#sweeper.stop() }

  /** The writes of a fact, for the batch that it belongs to: to be given to `store.write` at once, in the order of the calls. */
  writesFor (fact: InboxFact): Write[] {
    switch (fact.type) {
      case 'held': return [this.#held(fact)]
      case 'shown': return isLineMessage(fact.message) ? [this.#writer.line({ message: fact.message, missing: fact.missing, late: fact.late })] : []
      case 'amendment': return isAmendmentMessage(fact.message) ? [this.#writer.amendment(fact.message)] : []
      default: return [this.#store.facts.put(factKey(fact), fact)]
    }
  }

  /** Every fact but lines and amendments. */
  async inboxFacts (): Promise<InboxFact[]> {
    const facts: InboxFact[] = []
    for await (const [key, fact] of this.#store.facts.entries()) {
      if (fact.type !== 'held') {
        facts.push(fact)
        continue
      }
      try {
        facts.push({ type: 'held', ...fromBytes(await this.#store.cipher.unlock(HELD_SEGMENT, key, fact.sealed), HELD) })
      } catch (error) {
        this.#log.error('a message that waited was left out: %s', (error as Error).message)
      }
    }
    return facts
  }

  /** The position of the last line, 0 when there is none. Positions follow the order of arrival, with gaps. */
  get lastPosition (): number { return this.#writer.position }

  /** True when a line stands, or stood, in the history, or an amendment does. */
  async has (id: MessageId, conversation: ConversationId): Promise<boolean> {
    const key = placeKey(id, conversation)
    return await this.#shelves.places.get(key) !== undefined || await this.#shelves.amendmentsAt.get(key) !== undefined
  }

  /** In the order (stamp, id): those right after `after`, or the last ones before `before`, or the last ones. Throws MalformedError when there is no such message. */
  async page (conversation: ConversationId, init?: PageInit): Promise<HistoryLine[]> { return await this.#reader.page(conversation, init) }

  /** Undefined when there is none, or it has disappeared. In whichever conversation when none is named. */
  async message (id: MessageId, conversation?: ConversationId): Promise<HistoryLine | undefined> { return await this.#reader.line(id, conversation) }

  /** A line or an amendment as its author wrote it, so that it can be sent again; undefined when it is not here, or not any more. */
  async written (id: MessageId, conversation?: ConversationId): Promise<Message | undefined> { return await this.#reader.written(id, conversation) }

  /** Where a line stands in the order of arrival, though it may have disappeared. */
  async position (id: MessageId): Promise<number | undefined> { return (await this.#reader.place(id))?.position }

  /** Of all conversations, what came after a position, in the order of arrival. */
  arrivals (after?: number): AsyncGenerator<HistoryLine> { return this.#reader.arrivals(after) }

  /** Those that have a line, the last used first. stamp: of the last line. */
  async conversations (): Promise<Array<{ conversation: ConversationId, stamp: Millis }>> {
    const found: Array<{ conversation: ConversationId, stamp: Millis }> = []
    for (let from = ''; ;) {
      const [first] = await this.#shelves.order.keys({ from, limit: 1 })
      if (first === undefined) break
      const conversation = first.split('/')[0] as ConversationId
      const [last = first] = await this.#shelves.order.keys({ ...under(conversation), reverse: true, limit: 1 })
      found.push({ conversation, stamp: Number(last.split('/')[1]) })
      from = under(conversation).to
    }
    return found.sort((a, b) => b.stamp - a.stamp)
  }

  /** How many lines of others nobody has read, at most HISTORY_DEFAULTS.unreadMax. */
  async unread (conversation: ConversationId): Promise<number> {
    return (await this.#shelves.unread.keys({ ...under(conversation), limit: this.#limits.unreadMax })).length
  }

  /** Those of the ids that are lines of somebody else which nobody has read. */
  async unreadOf (conversation: ConversationId, ids: MessageId[]): Promise<MessageId[]> {
    const found = await Promise.all([...new Set(ids)].map(async id => await this.#shelves.unread.get(lineKey(conversation, id)) === undefined ? [] : [id]))
    return found.flat()
  }

  /** When a line was read on one of this user's devices; undefined while nobody has. */
  async readAt (conversation: ConversationId, id: MessageId): Promise<Millis | undefined> { return await this.#shelves.reads.get(lineKey(conversation, id)) }

  /** Read on one of this user's devices, at a time: the first counts. Lines may come later. To be given to `store.write` at once. */
  readWrites (conversation: ConversationId, ids: MessageId[], at: Millis): Write[] {
    return ids.map(id => this.#writer.read(conversation, id, at))
  }

  /** Seconds after which texts disappear, as was said last; 0: they stay. */
  async timer (conversation: ConversationId): Promise<number> {
    return await this.#shelves.timers.first({ ...under(conversation), reverse: true }) ?? 0
  }

  /** Erases what has disappeared or was deleted by now, as is done by itself between `start` and `stop`. Resolves with how many lines. */
  async sweep (now: Millis): Promise<number> { return await this.#sweeper.sweep(now) }

  /** How many items `items` gives. */
  async count (): Promise<number> { return await countItems(this.#transfer) }

  /** Everything, decrypted: for exports and new devices. */
  items (): AsyncGenerator<HistoryItem> { return exportItems(this.#transfer) }

  /** Takes in what another history gave, in its order. Resolves with how many lines are new. */
  async take (items: AsyncIterable<HistoryItem> | Iterable<HistoryItem>): Promise<number> { return await importItems(items, this.#transfer) }

  get #transfer (): TransferComponents {
    return { store: this.#store, shelves: this.#shelves, reader: this.#reader, writer: this.#writer, limits: this.#limits }
  }

  #held (fact: Extract<InboxFact, { type: 'held' }>): Write {
    const key = factKey(fact)
    const { conversation, message, since } = fact
    return operations(async () => {
      const sealed = await this.#store.cipher.lock(HELD_SEGMENT, key, toBytes({ conversation, message, since }, HELD))
      return [this.#store.facts.put(key, { type: 'held', sealed })]
    })
  }
}
