/**
 * Erases what has disappeared or was deleted, when its time has come. What to look at, and when, stands on disk: a
 * restart forgets nothing. A line that has disappeared keeps its place, so that nothing that names it misses it.
 */
import { blank } from './writer.ts'
import { dueKey, lineKey, numberKey, orderKey, placeKey, under, type HistoryShelves } from './shelves.ts'
import type { HistoryLimits } from './defaults.ts'
import type { HistoryReader } from './reader.ts'
import type { KeptLine, Place } from './forms.ts'
import type { Operation } from '../store/shelf.ts'
import type { ClientStore } from '../store/store.ts'
import type { Clock } from '../../ports.ts'
import type { ConversationId, MessageId, Millis } from '../../types.ts'

export interface SweeperComponents {
  store: ClientStore
  shelves: HistoryShelves
  reader: HistoryReader
  clock: Clock
  limits: HistoryLimits
  /** It is not shown any more. */
  erased: (conversation: ConversationId, id: MessageId) => void
  failed: (error: Error) => void
}

/** One line whose time may have come. */
interface Due { key: string, conversation: ConversationId, id: MessageId }

export class Sweeper {
  readonly #components: SweeperComponents
  #cancel: (() => void) | undefined
  #wakeAt = Infinity
  #under: Promise<unknown> = Promise.resolve()
  /** What a timer began. */
  #waking: Promise<void> = Promise.resolve()
  #stopped = true

  constructor (components: SweeperComponents) { this.#components = components }

  async start (): Promise<void> {
    this.#stopped = false
    await this.#scheduleNext()
  }

  async stop (): Promise<void> {
    this.#stopped = true
    this.#cancel?.()
    this.#wakeAt = Infinity
    await Promise.all([this.#waking, this.#under.catch(() => { /* whoever asked for it is told */ })])
  }

  /** Something is to be looked at by then. */
  due (at: Millis): void {
    if (this.#stopped || at >= this.#wakeAt) return
    const { clock, limits, failed } = this.#components
    this.#cancel?.()
    this.#wakeAt = at
    const wait = Math.min(Math.max(0, at - clock.now()), limits.sweepIntervalMsMax)
    this.#cancel = clock.after(wait, () => {
      this.#wakeAt = Infinity
      this.#waking = this.sweep(clock.now()).then(async () => { await this.#scheduleNext() }).catch(failed)
    })
  }

  /** Resolves with how many lines were erased or lost their text. */
  async sweep (now: Millis): Promise<number> {
    const sweep = this.#under.catch(() => { /* whoever asked for it was told */ }).then(async () => await this.#sweep(now))
    this.#under = sweep
    return await sweep
  }

  async #sweep (now: Millis): Promise<number> {
    const { store, shelves, limits } = this.#components
    // What is due may be on its way to the disk.
    await store.flushed()
    for (let swept = 0; ;) {
      const keys = await shelves.due.keys({ to: numberKey(now + 1), limit: limits.sweepLines })
      if (keys.length === 0) return swept
      swept += await this.#sweepThese(keys.map(dueOf), now)
    }
  }

  async #sweepThese (all: Due[], now: Millis): Promise<number> {
    const { store, shelves, erased } = this.#components
    const gone: Due[] = []
    let blanked = 0
    const operations: Operation[] = []
    const lines = new Map(all.map(due => [lineKey(due.conversation, due.id), due]))
    for (const due of lines.values()) {
      const looked = await this.#look(due, now)
      operations.push(...looked.operations)
      if (looked.became === 'gone') gone.push(due)
      if (looked.became === 'blank') blanked++
    }
    await store.write([...operations, ...all.map(({ key }) => shelves.due.del(key))])
    for (const { conversation, id } of gone) erased(conversation, id)
    return gone.length + blanked
  }

  async #look ({ conversation, id }: Due, now: Millis): Promise<{ operations: Operation[], became: 'gone' | 'blank' | 'kept' }> {
    const { shelves, reader } = this.#components
    const place = await shelves.places.get(placeKey(id, conversation))
    const kept = place === undefined || place.isGone ? undefined : await reader.kept(place.position)
    if (place === undefined || kept === undefined) return { operations: [], became: 'kept' }
    const expiresAt = reader.expiryOf(kept, await shelves.reads.get(lineKey(conversation, id)))
    if (expiresAt !== undefined && expiresAt <= now) return { operations: await this.#erase(kept, place), became: 'gone' }
    const isDeleted = (await shelves.amendmentsOf(conversation, id)).some(({ from, content }) => content.type === 'delete' && from === kept.message.from)
    const later = expiresAt === undefined ? [] : [shelves.due.put(dueKey(expiresAt, conversation, id), 1)]
    if (!isDeleted) return { operations: later, became: 'kept' }
    return { operations: [...later, ...await this.#blank(kept, place)], became: 'blank' }
  }

  /** Everything but its place. */
  async #erase ({ message: { conversation, id, stamp } }: KeptLine, place: Place): Promise<Operation[]> {
    const { shelves } = this.#components
    const key = lineKey(conversation, id)
    const deletes = await shelves.deletes.keys(under(key))
    return [
      shelves.lines.put(numberKey(place.position), { conversation, id, stamp }),
      shelves.places.put(placeKey(id, conversation), { ...place, isGone: true }),
      shelves.order.del(orderKey(conversation, stamp, id)),
      shelves.unread.del(key),
      shelves.reads.del(key),
      shelves.amended.del(key),
      ...deletes.map(deleted => shelves.deletes.del(deleted)),
      ...await this.#forgetAmendments(key, () => true)
    ]
  }

  /** Nothing of what it said, and of what was said about it, but that it was deleted. */
  async #blank ({ message, ...line }: KeptLine, { position }: Place): Promise<Operation[]> {
    const { shelves } = this.#components
    const key = lineKey(message.conversation, message.id)
    return [
      await shelves.sealLine(position, { ...line, message: blank(message) }),
      shelves.unread.del(key),
      ...await this.#forgetAmendments(key, type => type !== 'delete')
    ]
  }

  async #forgetAmendments (line: string, isForgotten: (type: string) => boolean): Promise<Operation[]> {
    const { shelves } = this.#components
    const operations: Operation[] = []
    for await (const [key, { id, conversation, content }] of shelves.amendments.entries(under(line))) {
      if (isForgotten(content.type)) operations.push(shelves.amendments.del(key), shelves.amendmentsAt.del(placeKey(id, conversation)))
    }
    return operations
  }

  async #scheduleNext (): Promise<void> {
    const [next] = await this.#components.shelves.due.keys({ limit: 1 })
    if (next !== undefined) this.due(Number(next.split('/')[0]))
  }
}

function dueOf (key: string): Due {
  const [, conversation, id] = key.split('/')
  return { key, conversation: conversation as ConversationId, id: id as MessageId }
}
