/**
 * Gaps: messages that were missing when something that answers them had to be shown. Whoever may have them is asked,
 * a few times and ever more rarely, until they come; after that only a sender of its own accord closes the gap.
 */
import { gapKey, type InboxEffect, type InboxFact } from './events.core.ts'
import { LIMITS } from '../../wire/limits.ts'
import type { Wake } from '../wake.core.ts'
import type { ConversationId, MessageId, Millis } from '../../types.ts'
import type { Change } from './commits.core.ts'
import type { InboxLimits } from './defaults.ts'

type Gap = Extract<InboxFact, { type: 'gap' }>

/** The gaps of all conversations. */
export class Repairs {
  /** In the order in which they were found. */
  readonly #gaps = new Map<string, Gap>()

  constructor (private readonly limits: InboxLimits, private readonly wake: Wake) {}

  restore (gap: Gap): void {
    this.#gaps.set(gapKey(gap.conversation, gap.id), { ...gap })
    this.wake.due(gap.askAt)
  }

  /** These were needed and had not come. */
  miss (conversation: ConversationId, ids: MessageId[], change: Change, now: Millis): void {
    for (const id of ids) {
      const key = gapKey(conversation, id)
      if (this.#gaps.has(key)) continue
      const gap: Gap = { type: 'gap', conversation, id, asked: 0, askAt: now }
      this.#gaps.set(key, gap)
      change.put(gap)
      this.wake.due(now)
    }
    for (const key of this.#gaps.keys()) {
      if (this.#gaps.size <= this.limits.gapsMax) break
      this.#gaps.delete(key)
      change.remove([key])
    }
  }

  /** It came. */
  close (conversation: ConversationId, id: MessageId, change: Change): void {
    const key = gapKey(conversation, id)
    if (this.#gaps.delete(key)) change.remove([key])
  }

  /** Asks for what is due; what was asked for often enough is given up. */
  due (change: Change, now: Millis): InboxEffect[] {
    const wanted = new Map<ConversationId, MessageId[]>()
    for (const [key, gap] of this.#gaps) {
      if (gap.askAt > now) {
        this.wake.due(gap.askAt)
        continue
      }
      if (gap.asked >= this.limits.repairsMax) {
        this.#gaps.delete(key)
        change.remove([key])
        continue
      }
      const ids = wanted.get(gap.conversation) ?? []
      // The rest goes with the next request.
      if (ids.length >= LIMITS.messageMarks) {
        this.wake.due(now)
        continue
      }
      wanted.set(gap.conversation, [...ids, gap.id])
      gap.asked++
      gap.askAt = now + this.limits.repairAgainMs
      change.put(gap)
      this.wake.due(gap.askAt)
    }
    return [...wanted].map(([conversation, ids]) => ({ type: 'repair', conversation, ids }))
  }
}
