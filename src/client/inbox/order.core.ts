/**
 * The order of all conversations: who waits, for how long at most, and what is shown when the wait is over.
 */
import { LIMITS } from '../../wire/limits.ts'
import { compareHeld, Conversation, type Display, type Held, type Newest } from './conversation.core.ts'
import type { ConversationId, Message, MessageId, Millis } from '../../types.ts'
import type { Wake } from '../wake.core.ts'
import type { InboxLimits } from './defaults.ts'

/** All conversations of one user. */
export class Order {
  readonly #conversations = new Map<ConversationId, Conversation>()
  /** Undefined while a drain runs. */
  #drainedAt: Millis | undefined

  constructor (private readonly limits: InboxLimits, private readonly wake: Wake) {}

  /** True when no message waits for its parents. */
  get idle (): boolean {
    return this.#held().length === 0
  }

  /** What the next message of a conversation answers. */
  heads (id: ConversationId): MessageId[] {
    return this.#conversations.get(id)?.heads ?? []
  }

  /** Where the next message of a conversation stands: above all that are here, and not far ahead of the clock. */
  nextStamp (id: ConversationId, now: Millis): Millis {
    const stamp = this.#conversations.get(id)?.stamp ?? 0
    return Math.min(Math.max(now, stamp + 1), now + this.limits.stampAheadMsMax)
  }

  conversation (id: ConversationId, newest: Newest = { heads: [], stamp: 0 }): Conversation {
    let conversation = this.#conversations.get(id)
    if (conversation == null) {
      conversation = new Conversation(id, newest, this.limits.missedMax)
      this.#conversations.set(id, conversation)
    }
    return conversation
  }

  draining (): void {
    this.#drainedAt = undefined
  }

  drained (now: Millis): void {
    this.#drainedAt = now
    this.schedule()
  }

  /** What is to be shown for a message that came in; the longest held goes without waiting when too many are. */
  add (id: ConversationId, message: Message, now: Millis): Display[] {
    const displays = this.conversation(id).add(message, now, shownUntil(now))
    const held = this.#held()
    if (held.length > this.limits.heldMax) {
      const [longest] = held.sort((a, b) => a.held.since - b.held.since)
      if (longest != null) displays.push(...longest.conversation.force(longest.held, shownUntil(now)))
    }
    this.schedule()
    return displays
  }

  addOwn (id: ConversationId, message: Message, now: Millis): Display[] {
    return this.conversation(id).addOwn(message, shownUntil(now))
  }

  remember (id: ConversationId, ids: MessageId[], now: Millis): void {
    this.conversation(id).remember(ids, shownUntil(now))
  }

  /** What has waited long enough. */
  due (now: Millis): Display[] {
    const due = this.#held().filter(({ held }) => this.#deadline(held) <= now).sort((a, b) => compareHeld(a.held, b.held))
    const displays = due.flatMap(({ conversation, held }) => conversation.force(held, shownUntil(now)))
    this.schedule()
    return displays
  }

  /** Asks to be woken when the first wait ends. */
  schedule (): void {
    for (const { held } of this.#held()) this.wake.due(this.#deadline(held))
  }

  forget (now: Millis): void {
    for (const conversation of this.#conversations.values()) conversation.forget(now)
  }

  #held (): Array<{ conversation: Conversation, held: Held }> {
    return [...this.#conversations.values()].flatMap((conversation) => conversation.held.map((held) => ({ conversation, held })))
  }

  #deadline ({ since }: Held): Millis {
    const longest = since + this.limits.parentWaitMsMax
    return this.#drainedAt == null ? longest : Math.min(longest, Math.max(since, this.#drainedAt) + this.limits.parentWaitMs)
  }
}

/** As long as messages are remembered that came at the same time. */
function shownUntil (now: Millis): Millis {
  return now + LIMITS.retentionMs + LIMITS.collectedMemoryMs
}
