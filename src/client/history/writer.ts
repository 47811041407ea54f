/**
 * What lines, amendments and read marks come to on disk, whatever came first. Everything is given to the store in the
 * order of the calls; what is still on its way there is remembered here.
 */
import { Recent } from './recent.ts'
import { amendmentKey, deleteKey, dueKey, lineKey, numberKey, operations, orderKey, placeKey, type HistoryShelves } from './shelves.ts'
import type { HistoryLimits } from './defaults.ts'
import type { KeptLine, Unread } from './forms.ts'
import type { AmendmentMessage, LineMessage } from '../messages/index.ts'
import type { Operation, Write } from '../store/shelf.ts'
import type { Clock } from '../../ports.ts'
import type { ConversationId, Message, MessageId, Millis, RootKey } from '../../types.ts'

export interface WriterComponents {
  own: RootKey
  shelves: HistoryShelves
  clock: Clock
  limits: HistoryLimits
  /** Something is to be looked at by then. */
  due: (at: Millis) => void
}

export class HistoryWriter {
  readonly #components: WriterComponents
  readonly #lines: Recent<Unread>
  readonly #reads: Recent<Millis>
  readonly #deletes: Recent<true>
  #position: number

  /** position: of the last line. */
  constructor (components: WriterComponents, position: number) {
    const { recentMax } = components.limits
    this.#components = components
    this.#lines = new Recent(recentMax)
    this.#reads = new Recent(recentMax)
    this.#deletes = new Recent(recentMax)
    this.#position = position
  }

  get position (): number { return this.#position }

  /** A line takes the next place in the order of arrival. One that is here already stays as it is. */
  line (line: KeptLine): Write {
    const { message } = line
    const key = lineKey(message.conversation, message.id)
    if (this.#lines.get(key) !== undefined) return operations(async () => [])
    this.#lines.set(key, unreadOf(message))
    const position = ++this.#position
    return operations(async () => await this.#lineOperations(position, line))
  }

  amendment (message: AmendmentMessage): Write {
    const { conversation, from, content } = message
    if (content.type === 'delete') this.#deletes.set(deleteKey(conversation, content.target, from), true)
    return operations(async () => await this.#amendmentOperations(message))
  }

  /** Read on one of this user's devices; the line may come later. */
  read (conversation: ConversationId, id: MessageId, at: Millis): Write {
    const key = lineKey(conversation, id)
    const before = this.#reads.get(key)
    const first = Math.min(at, before ?? at)
    this.#reads.set(key, first)
    return operations(async () => {
      const { shelves } = this.#components
      const [known, unread] = await Promise.all([shelves.reads.get(key), shelves.unread.get(key)])
      const { expiresAfterSeconds } = unread ?? this.#lines.get(key) ?? { expiresAfterSeconds: 0 }
      const readAt = Math.min(first, known ?? first)
      return [shelves.reads.put(key, readAt), shelves.unread.del(key), ...expiresAfterSeconds === 0 ? [] : [this.#dueAt(readAt + expiresAfterSeconds * 1000, conversation, id)]]
    })
  }

  /** A line that has disappeared elsewhere: its place, so that nothing that names it misses it. */
  gone ({ conversation, id, stamp }: Pick<Message, 'conversation' | 'id' | 'stamp'>): Write {
    const { shelves } = this.#components
    const position = ++this.#position
    return operations(async () => {
      if (await shelves.places.get(placeKey(id, conversation)) !== undefined) return []
      return [shelves.lines.put(numberKey(position), { conversation, id, stamp }), shelves.places.put(placeKey(id, conversation), { position, stamp, isGone: true })]
    })
  }

  async #lineOperations (position: number, { message, ...line }: KeptLine): Promise<Operation[]> {
    const { shelves, own, clock } = this.#components
    const { conversation, id, stamp, from, content } = message
    const key = lineKey(conversation, id)
    const [place, readOnDisk, deletedOnDisk] = await Promise.all([
      shelves.places.get(placeKey(id, conversation)), shelves.reads.get(key), shelves.deletes.get(deleteKey(conversation, id, from))
    ])
    if (place !== undefined) return []
    const isOwn = from === own
    const isDeleted = deletedOnDisk !== undefined || this.#deletes.get(deleteKey(conversation, id, from)) !== undefined
    const readAt = this.#reads.get(key) ?? readOnDisk
    const { expiresAfterSeconds } = unreadOf(message)
    const expiresAt = expiresAfterSeconds === 0 ? undefined : isOwn ? line.expiresAt ?? Math.min(message.sentAt, clock.now()) + expiresAfterSeconds * 1000 : undefined
    const dueAt = expiresAt ?? (readAt === undefined || expiresAfterSeconds === 0 ? undefined : readAt + expiresAfterSeconds * 1000)
    return [
      await shelves.sealLine(position, { ...line, expiresAt, message: isDeleted ? blank(message) : message }),
      shelves.order.put(orderKey(conversation, stamp, id), position),
      shelves.places.put(placeKey(id, conversation), { position, stamp, isGone: false }),
      ...content.type === 'timer' ? [shelves.timers.put(orderKey(conversation, stamp, id), content.seconds)] : [],
      ...isOwn || isDeleted || readAt !== undefined ? [] : [shelves.unread.put(key, unreadOf(message))],
      ...dueAt === undefined ? [] : [this.#dueAt(dueAt, conversation, id)]
    ]
  }

  async #amendmentOperations (message: AmendmentMessage): Promise<Operation[]> {
    const { shelves, clock, limits } = this.#components
    const { conversation, id, from, stamp, content } = message
    const { target } = content
    const place = await shelves.places.get(placeKey(target, conversation))
    if (place?.isGone === true) return []
    // Whoever edits what they deleted says nothing any more: it would only be kept.
    if (content.type === 'edit' && await shelves.deletes.get(deleteKey(conversation, target, from)) !== undefined) return []
    const key = amendmentKey(message)
    const found = [...await shelves.amendments.put(key, message), shelves.amended.put(lineKey(conversation, target), 1), shelves.amendmentsAt.put(placeKey(id, conversation), key)]
    if (content.type !== 'delete') return found
    const line = lineKey(conversation, target)
    const unread = await shelves.unread.get(line) ?? this.#lines.get(line)
    return [
      ...found,
      shelves.deletes.put(deleteKey(conversation, target, from), stamp),
      ...unread?.from === from ? [shelves.unread.del(line)] : [],
      this.#dueAt(clock.now() + limits.sweepDeletedMs, conversation, target)
    ]
  }

  #dueAt (at: Millis, conversation: ConversationId, id: MessageId): Operation {
    const { shelves, due } = this.#components
    due(at)
    return shelves.due.put(dueKey(at, conversation, id), 1)
  }
}

/** Without what it said. */
export function blank (message: LineMessage): LineMessage {
  const { content } = message
  switch (content.type) {
    case 'text': return { ...message, content: { ...content, text: '', mentions: [], replyTo: undefined } }
    case 'custom': return { ...message, content: { ...content, kind: '', body: new Uint8Array(0), fallback: '' } }
    case 'unknown': return { ...message, content: { ...content, fallback: '' } }
    case 'timer': return message
  }
}

function unreadOf ({ from, content }: LineMessage): Unread {
  return { from, expiresAfterSeconds: content.type === 'text' ? content.expiresAfterSeconds : 0 }
}
