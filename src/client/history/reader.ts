/** The history as it is shown: pages both ways, single lines, what arrived. Only what is shown is opened. */
import { MalformedError } from '../../errors.ts'
import { project, type Become, type LineMessage } from '../messages/index.ts'
import { deleteKey, lineKey, numberKey, orderKey, placeKey, under, type HistoryShelves } from './shelves.ts'
import type { HistoryLimits } from './defaults.ts'
import type { KeptLine, LineRecord, Place } from './forms.ts'
import type { Range } from '../store/shelf.ts'
import type { Clock } from '../../ports.ts'
import type { ConversationId, Message, MessageId, Millis, RootKey } from '../../types.ts'

/** A line with all that was said about it. */
export interface HistoryLine {
  /** In the order of arrival here. */
  position: number
  message: LineMessage
  /** Parents that did not come in time and are not here yet: a gap before it. */
  missing: MessageId[]
  /** Something that answers it was shown before. */
  late: boolean
  become: Become
  /** On one of this user's devices; true of own ones. */
  isRead: boolean
  /** When it disappears here; undefined while that is not known, or never. */
  expiresAt: Millis | undefined
}

export interface PageInit {
  before?: MessageId | undefined
  after?: MessageId | undefined
  limit?: number | undefined
}

export interface ReaderComponents {
  own: RootKey
  shelves: HistoryShelves
  clock: Clock
  limits: HistoryLimits
  /** A line on disk that does not open, or does not have its form. */
  damaged: (position: number, error: Error) => void
}

export class HistoryReader {
  readonly #components: ReaderComponents

  constructor (components: ReaderComponents) { this.#components = components }

  /** In the order (stamp, id): those right after `after`, else the last ones, before `before`. Throws MalformedError when there is no such message. */
  async page (conversation: ConversationId, { before, after, limit = Infinity }: PageInit = {}): Promise<HistoryLine[]> {
    const range = { ...under(conversation) }
    if (after !== undefined) range.from = behind(await this.#orderKey(conversation, after))
    if (before !== undefined) range.to = await this.#orderKey(conversation, before)
    const reverse = after === undefined
    const found: HistoryLine[] = []
    for (let rest: Range | undefined = range; rest !== undefined && found.length < limit;) {
      const { lines, next } = await this.#step({ ...rest, reverse, limit: Math.min(limit - found.length, this.#components.limits.pageLines) })
      found.push(...lines)
      rest = next
    }
    return reverse ? found.reverse() : found
  }

  /** Undefined when there is none, or it has disappeared. In whichever conversation when none is named. */
  async line (id: MessageId, conversation?: ConversationId): Promise<HistoryLine | undefined> {
    const place = await this.place(id, conversation)
    return place === undefined ? undefined : (await this.#linesAt([place.position]))[0]
  }

  /** Where a line stands, or stood: undefined when it was never here. */
  async place (id: MessageId, conversation?: ConversationId): Promise<Place | undefined> {
    const { places } = this.#components.shelves
    if (conversation !== undefined) return await places.get(placeKey(id, conversation))
    return await places.first(under(id))
  }

  /** What came after a position, in the order of arrival. */
  async * arrivals (after = 0): AsyncGenerator<HistoryLine> {
    const { shelves: { lines }, limits: { pageLines } } = this.#components
    for (let from = after + 1; ;) {
      const records: Array<[number, LineRecord]> = []
      for await (const [key, record] of lines.entries({ from: numberKey(from), limit: pageLines })) records.push([Number(key), record])
      for (const line of await this.#open(records)) if (line !== undefined) yield line
      const last = records.at(-1)
      if (last === undefined || records.length < pageLines) return
      from = last[0] + 1
    }
  }

  /** A line or an amendment as its author wrote it; undefined when it is not here, or not any more. */
  async written (id: MessageId, conversation?: ConversationId): Promise<Message | undefined> {
    const { amendments, amendmentsAt } = this.#components.shelves
    const place = await this.place(id, conversation)
    if (place === undefined) {
      const key = conversation === undefined ? await amendmentsAt.first(under(id)) : await amendmentsAt.get(placeKey(id, conversation))
      return key === undefined ? undefined : await amendments.get(key)
    }
    const kept = await this.kept(place.position)
    return kept === undefined || await this.#isDeleted(kept.message) ? undefined : kept.message
  }

  /** A line as it is kept. */
  async kept (position: number, record?: LineRecord): Promise<KeptLine | undefined> {
    const { shelves, damaged } = this.#components
    const found = record ?? await shelves.lines.get(numberKey(position))
    if (found === undefined) return undefined
    try {
      return await shelves.openLine(position, found)
    } catch (error) {
      damaged(position, error as Error)
      return undefined
    }
  }

  /** When it disappears, as far as that is known. */
  expiryOf ({ message: { from, content }, expiresAt }: KeptLine, readAt: Millis | undefined): Millis | undefined {
    if (from === this.#components.own) return expiresAt
    const seconds = content.type === 'text' ? content.expiresAfterSeconds : 0
    return seconds === 0 || readAt === undefined ? undefined : readAt + seconds * 1000
  }

  /** One piece of a walk through a conversation, and what is left of it. */
  async #step (range: Range & { limit: number }): Promise<{ lines: HistoryLine[], next: Range | undefined }> {
    const places: Array<[string, number]> = []
    for await (const place of this.#components.shelves.order.entries(range)) places.push(place)
    const lines = await this.#linesAt(places.map(([, position]) => position))
    const last = places.at(-1)
    const isEnd = last === undefined || places.length < range.limit
    const next = isEnd ? undefined : range.reverse === true ? { ...range, to: last[0] } : { ...range, from: behind(last[0]) }
    return { lines, next }
  }

  async #linesAt (positions: number[]): Promise<HistoryLine[]> {
    const records = await this.#components.shelves.lines.getMany(positions.map(numberKey))
    const found = records.flatMap((record, at): Array<[number, LineRecord]> => record === undefined ? [] : [[positions[at] ?? 0, record]])
    return (await this.#open(found)).filter(line => line !== undefined)
  }

  async #open (records: Array<[number, LineRecord]>): Promise<Array<HistoryLine | undefined>> {
    const { reads, amended } = this.#components.shelves
    const keys = records.map(([, { conversation, id }]) => lineKey(conversation, id))
    const [readAt, isAmended] = await Promise.all([reads.getMany(keys), amended.getMany(keys)])
    return await Promise.all(records.map(async ([position, record], at) => await this.#openOne(position, record, readAt[at], isAmended[at] !== undefined)))
  }

  async #openOne (position: number, record: LineRecord, readAt: Millis | undefined, isAmended: boolean): Promise<HistoryLine | undefined> {
    const { shelves, own, clock } = this.#components
    const [kept, amendments] = await Promise.all([this.kept(position, record), isAmended ? shelves.amendmentsOf(record.conversation, record.id) : []])
    if (kept === undefined) return undefined
    const { message, missing, late } = kept
    const expiresAt = this.expiryOf(kept, readAt)
    if (expiresAt !== undefined && expiresAt <= clock.now()) return undefined
    return { position, message, missing: await this.#stillMissing(message.conversation, missing), late, become: project(message, amendments), isRead: message.from === own || readAt !== undefined, expiresAt }
  }

  /** What came after all stands at its place: there is no gap any more. */
  async #stillMissing (conversation: ConversationId, missing: MessageId[]): Promise<MessageId[]> {
    const places = await Promise.all(missing.map(async id => await this.place(id, conversation)))
    return missing.filter((_, at) => places[at] === undefined)
  }

  async #isDeleted ({ conversation, id, from }: LineMessage): Promise<boolean> {
    return await this.#components.shelves.deletes.get(deleteKey(conversation, id, from)) !== undefined
  }

  async #orderKey (conversation: ConversationId, id: MessageId): Promise<string> {
    const place = await this.place(id, conversation)
    if (place === undefined) throw new MalformedError(`there is no message ${id}`)
    return orderKey(conversation, place.stamp, id)
  }
}

/** The first key behind this one. */
function behind (key: string): string {
  return `${key}\0`
}
