/**
 * Where the history stands on disk. A line stands once, by its arrival; everything else leads to it, or is about it:
 * keys sort as they are walked.
 */
import { LINE_SHELF } from '../store/store.ts'
import { KEY, KEPT_LINE, LINE, MESSAGE, NUMBER, PLACE, UNREAD, type KeptLine, type LineRecord, type Place, type Unread } from './forms.ts'
import { fromBytes, handled, toBytes } from '../store/sealed-shelf.ts'
import type { HistoryLimits } from './defaults.ts'
import type { AmendmentMessage } from '../messages/index.ts'
import type { SealedShelf } from '../store/sealed-shelf.ts'
import type { Operation, Range, Shelf } from '../store/shelf.ts'
import type { ClientStore } from '../store/store.ts'
import type { ConversationId, Message, MessageId, Millis, RootKey } from '../../types.ts'

const NUMBER_DIGITS = 16

export class HistoryShelves {
  readonly #store: ClientStore
  readonly #limits: HistoryLimits
  /** By arrival. */
  readonly lines: Shelf<LineRecord>
  /** Positions in the order of a conversation: conversation/stamp/id. */
  readonly order: Shelf<number>
  /** By id/conversation. */
  readonly places: Shelf<Place>
  /** By conversation/line/stamp/author/id. */
  readonly amendments: SealedShelf<Message>
  /** Lines about which something was said, by conversation/id. */
  readonly amended: Shelf<number>
  /** Keys of amendments, by id/conversation. */
  readonly amendmentsAt: Shelf<string>
  /** Deletes by conversation/line/author, so that a line that comes later is not written out. */
  readonly deletes: Shelf<Millis>
  /** Lines of others that nobody has read yet, by conversation/id. */
  readonly unread: Shelf<Unread>
  /** When lines were read on one of this user's devices, by conversation/id. */
  readonly reads: Shelf<Millis>
  /** Seconds after which texts disappear, by conversation/stamp/id: the last counts. */
  readonly timers: Shelf<number>
  /** Lines that must be looked at by then: time/conversation/id. */
  readonly due: Shelf<number>

  constructor (store: ClientStore, limits: HistoryLimits) {
    this.#store = store
    this.#limits = limits
    this.lines = store.shelf(LINE_SHELF, LINE)
    this.order = store.shelf('line-order', NUMBER)
    this.places = store.shelf('line-at', PLACE)
    this.amendments = store.sealedShelf('amendment', MESSAGE)
    this.amended = store.shelf('line-amended', NUMBER)
    this.amendmentsAt = store.shelf('amendment-at', KEY)
    this.deletes = store.shelf('line-deleted', NUMBER)
    this.unread = store.shelf('line-unread', UNREAD)
    this.reads = store.shelf('line-read', NUMBER)
    this.timers = store.shelf('timer', NUMBER)
    this.due = store.shelf('line-due', NUMBER)
  }

  async sealLine (position: number, kept: KeptLine): Promise<Operation> {
    const { conversation, id, stamp } = kept.message
    const sealed = await this.#store.cipher.lock(this.#segmentOf(position), sealPlace(position, kept.message), toBytes(kept, KEPT_LINE))
    return this.lines.put(numberKey(position), { conversation, id, stamp, sealed })
  }

  /** Throws StoreDamagedError, or what is wrong with its form. */
  async openLine (position: number, { sealed, ...place }: LineRecord): Promise<KeptLine | undefined> {
    if (sealed === undefined) return undefined
    return fromBytes(await this.#store.cipher.unlock(this.#segmentOf(position), sealPlace(position, place), sealed), KEPT_LINE)
  }

  /** What was said about a line, the newest first. */
  async amendmentsOf (conversation: ConversationId, target: MessageId): Promise<AmendmentMessage[]> {
    const found: AmendmentMessage[] = []
    for await (const [, message] of this.amendments.entries({ ...under(`${conversation}/${target}`), reverse: true, limit: this.#limits.amendmentsMax })) found.push(message as AmendmentMessage)
    return found
  }

  #segmentOf (position: number): string {
    return `${LINE_SHELF}/${Math.floor(position / this.#limits.segmentLines)}`
  }
}

/** Numbers so that they sort as text. */
export function numberKey (number: number): string {
  return String(number).padStart(NUMBER_DIGITS, '0')
}

export function placeKey (id: MessageId, conversation: ConversationId): string { return `${id}/${conversation}` }

export function lineKey (conversation: ConversationId, id: MessageId): string { return `${conversation}/${id}` }

export function orderKey (conversation: ConversationId, stamp: Millis, id: MessageId): string { return `${conversation}/${numberKey(stamp)}/${id}` }

export function dueKey (at: Millis, conversation: ConversationId, id: MessageId): string { return `${numberKey(at)}/${conversation}/${id}` }

export function deleteKey (conversation: ConversationId, target: MessageId, from: RootKey): string { return `${conversation}/${target}/${from}` }

export function amendmentKey ({ conversation, stamp, from, id, content: { target } }: AmendmentMessage): string {
  return `${conversation}/${target}/${numberKey(stamp)}/${from}/${id}`
}

/** All keys that begin with this and a slash. */
export function under (prefix: string): Pick<Required<Range>, 'from' | 'to'> {
  return { from: `${prefix}/`, to: `${prefix}0` }
}

/** Operations that are worked out: handed to the store as they are, so that batches keep their order. */
export function operations (work: () => Promise<Operation[]>): Promise<Operation[]> {
  return handled(work())
}

function sealPlace (position: number, { conversation, id, stamp }: Pick<LineRecord, 'conversation' | 'id' | 'stamp'>): string {
  return `${LINE_SHELF}/${position}/${conversation}/${id}/${stamp}`
}
