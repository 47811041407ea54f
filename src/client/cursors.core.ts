/**
 * How far each replica's mailbox has been taken in, so that a drain starts where nothing was missed.
 *
 * A cursor may pass a position only when everything up to it is durable here (or was left in the mailbox on
 * purpose). A node tells which positions a stretch of its stream covered: `pushed(from, to)` on a session, a page on
 * a drain. Such a word moves the cursor when the cursor was at or after `from`, and when every envelope that came
 * on that stream before it has been settled. An envelope that was let go, or postponed, stays unsettled until a
 * drain brings it again; so no silence, and no haste, can lose one. Position 0 (not on disk yet) says nothing.
 *
 * Pure; a channel is one session or one drain.
 */
import type { Cursor, EnvelopeId, PeerKey, StoreId } from '../types.ts'

export type CursorsEvent =
  | { type: 'opened', channel: string, node: PeerKey, storeId: StoreId }
  | { type: 'closed', channel: string }
  | { type: 'received', channel: string, id: EnvelopeId }
  /** Everything in positions (from, to] came on this channel before this word. */
  | { type: 'covered', channel: string, from: number, to: number }
  /** Durable here, or left in the mailbox on purpose. */
  | { type: 'settled', ids: EnvelopeId[] }
  /** What was left in the mailbox on purpose can be taken in now: everything is read once more. */
  | { type: 'again' }

export type CursorsEffect =
  | { type: 'move', node: PeerKey, cursor: Cursor }
  /** The node spoke of positions that we were not told of: drain it. */
  | { type: 'drain', node: PeerKey }
  /** More is unsettled on this channel than is kept track of: end it, and begin again from the cursor. */
  | { type: 'overflow', channel: string }

interface Word { at: number, from: number, to: number }
interface Channel { node: PeerKey, storeId: StoreId, received: number, unsettled: Map<EnvelopeId, number>, words: Word[] }

/** Envelopes of one channel on their way to disk: 64 MiB of the smallest take 1.5 MB here. */
const UNSETTLED_MAX = 16_384
/** Words that wait for them. */
const WORDS_MAX = 16_384

export class CursorsCore {
  readonly #cursors: Map<PeerKey, Cursor>
  readonly #channels = new Map<string, Channel>()
  readonly #unsettledMax: number

  constructor (cursors: Iterable<[PeerKey, Cursor]> = [], unsettledMax = UNSETTLED_MAX) {
    this.#cursors = new Map(cursors)
    this.#unsettledMax = unsettledMax
  }

  cursor (node: PeerKey): Cursor | undefined { return this.#cursors.get(node) }

  handle (event: CursorsEvent): CursorsEffect[] {
    switch (event.type) {
      case 'opened': return this.#onOpened(event.channel, event.node, event.storeId)
      case 'closed':
        this.#channels.delete(event.channel)
        return []
      case 'received': return this.#onReceived(event.channel, event.id)
      case 'covered': return this.#onCovered(event.channel, event.from, event.to)
      case 'settled': return this.#onSettled(event.ids)
      case 'again': return [...this.#cursors.keys()].flatMap(node => this.#beginAgain(node))
    }
  }

  /** Another store id: the node began anew, and so does the cursor. */
  #onOpened (name: string, node: PeerKey, storeId: StoreId): CursorsEffect[] {
    this.#channels.set(name, { node, storeId, received: 0, unsettled: new Map(), words: [] })
    if (this.#cursors.get(node)?.storeId === storeId) return []
    const cursor = { storeId, position: 0 }
    this.#cursors.set(node, cursor)
    return [{ type: 'move', node, cursor }]
  }

  #beginAgain (node: PeerKey): CursorsEffect[] {
    const known = this.#cursors.get(node)
    if (known === undefined) return []
    const cursor = { storeId: known.storeId, position: 0 }
    this.#cursors.set(node, cursor)
    return [{ type: 'move', node, cursor }, { type: 'drain', node }]
  }

  #onReceived (name: string, id: EnvelopeId): CursorsEffect[] {
    const channel = this.#channels.get(name)
    if (channel === undefined || channel.unsettled.has(id)) return []
    channel.unsettled.set(id, channel.received++)
    return channel.unsettled.size > this.#unsettledMax ? [{ type: 'overflow', channel: name }] : []
  }

  #onCovered (name: string, from: number, to: number): CursorsEffect[] {
    const channel = this.#channels.get(name)
    if (channel === undefined || to <= from) return []
    if (channel.words.length >= WORDS_MAX) return [{ type: 'overflow', channel: name }]
    const last = channel.words.at(-1)
    // A chain of words with nothing between them is one word.
    if (last !== undefined && last.at === channel.received && last.to === from) last.to = to
    else channel.words.push({ at: channel.received, from, to })
    return this.#moveBy(channel)
  }

  #onSettled (ids: EnvelopeId[]): CursorsEffect[] {
    return [...this.#channels.values()].flatMap(channel => {
      const before = channel.unsettled.size
      for (const id of ids) channel.unsettled.delete(id)
      return channel.unsettled.size < before ? this.#moveBy(channel) : []
    })
  }

  #moveBy (channel: Channel): CursorsEffect[] {
    const cursor = this.#cursors.get(channel.node)
    // A node that began anew while this channel was open speaks of another store.
    if (cursor?.storeId !== channel.storeId) return []
    const [oldest] = channel.unsettled.values()
    let { position } = cursor
    let gap = false
    const unheard = channel.words.findIndex(({ at }) => at > (oldest ?? Infinity))
    for (const word of channel.words.splice(0, unheard < 0 ? channel.words.length : unheard)) {
      if (word.from <= position) position = Math.max(position, word.to)
      else gap = true
    }
    const effects: CursorsEffect[] = gap ? [{ type: 'drain', node: channel.node }] : []
    if (position > cursor.position) {
      const moved = { storeId: cursor.storeId, position }
      this.#cursors.set(channel.node, moved)
      effects.unshift({ type: 'move', node: channel.node, cursor: moved })
    }
    return effects
  }
}
