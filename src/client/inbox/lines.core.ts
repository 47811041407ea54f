/**
 * What a message comes to on disk: a line that is shown, or held for what it answers; an amendment; and for everything
 * that it was taken in, so that it is not taken in again.
 */
import { LIMITS } from '../../wire/limits.ts'
import { isAmendment, isLine } from '../messages/kinds.core.ts'
import { heldKey, type MarkState } from './events.core.ts'
import type { Message, Millis, PeerKey, RootKey } from '../../types.ts'
import type { Change } from './commits.core.ts'
import type { Display } from './conversation.core.ts'
import type { Memory, Seen } from './memory.core.ts'
import type { Order } from './order.core.ts'
import type { Repairs } from './repairs.core.ts'

export interface LinesInit { own: RootKey, device: PeerKey, memory: Memory, order: Order, repairs: Repairs }

export class Lines {
  readonly #init: LinesInit
  #position = 0

  constructor (init: LinesInit) { this.#init = init }

  /** position: of the last line of the history. */
  restore (position: number): void { this.#position = position }

  /** A message that is new here. forgetAt: until when another copy may come. */
  add (message: Message, mark: MarkState, forgetAt: Millis, change: Change, now: Millis): void {
    const { conversation, content } = message
    this.remember(message, mark, forgetAt, change)
    if (isAmendment(content)) this.#amend(message, change)
    if (!isLine(content)) return
    const displays = this.#init.order.add(conversation, message, now)
    if (!displays.some((display) => display.message === message)) change.put({ type: 'held', conversation, message, since: now })
    this.show(displays, change, now)
  }

  /** A message of this device, which answers what its program showed. */
  addSent (message: Message, change: Change, now: Millis): void {
    this.remember(message, 'silent', now + LIMITS.retentionMs + LIMITS.collectedMemoryMs, change)
    if (isAmendment(message.content)) this.#amend(message, change)
    if (isLine(message.content)) this.show(this.#init.order.addOwn(message.conversation, message, now), change, now)
  }

  /** It did not reach the disk. */
  takeBack (message: Message): void {
    this.#init.memory.removeSeen(message)
    this.#init.order.conversation(message.conversation).takeBack(message)
  }

  /** So that it is not taken in again. */
  remember ({ conversation, from, id }: Pick<Seen, 'conversation' | 'from' | 'id'>, mark: MarkState, forgetAt: Millis, change: Change): void {
    const { memory } = this.#init
    const seen: Seen = { type: 'seen', conversation, from, id, forgetAt: Math.max(forgetAt, memory.seen(from, id)?.forgetAt ?? 0), mark, missing: [] }
    change.remove(memory.addSeen(seen))
    change.put(seen)
  }

  /** Writes the next lines of the history. */
  show (displays: Display[], change: Change, now: Millis): void {
    const { own, device, memory, order, repairs } = this.#init
    for (const { message, missing, late } of displays) {
      const { conversation, from, id } = message
      const line = { conversation, position: ++this.#position, message, missing, late }
      const { heads, stamp } = order.conversation(conversation)
      change.remove([heldKey(message)])
      change.put({ type: 'shown', ...line })
      change.put({ type: 'heads', conversation, ids: heads, stamp })
      if (from !== own || message.device !== device) change.show.push({ type: 'show', ...line })
      repairs.close(conversation, id, change)
      const seen = memory.seen(from, id)
      if (seen == null || missing.length === 0) continue
      repairs.miss(conversation, missing, change, now)
      seen.missing = missing
      change.put(seen)
    }
  }

  #amend (message: Message, change: Change): void {
    const { conversation } = message
    const order = this.#init.order.conversation(conversation)
    order.noteStamp(message.stamp)
    change.put({ type: 'amendment', conversation, message })
    change.put({ type: 'heads', conversation, ids: order.heads, stamp: order.stamp })
    change.show.push({ type: 'amend', conversation, message })
  }
}
