/**
 * The order of one conversation: nothing is shown before what it answers, unless that stays away; then it is shown
 * with a visible gap, and what comes later is shown as late.
 *
 * A message names its parents, the heads that its author had seen. It is ready when all of them were shown. Of
 * several that are ready at once, the lower stamp and then the lower id goes first, as in the history of every device.
 */
import { LIMITS } from '../../wire/limits.ts'
import type { ConversationId, Message, MessageId, Millis } from '../../types.ts'

/** A message whose turn has come. missing: parents that were not shown before it. */
export interface Display { message: Message, missing: MessageId[], late: boolean }

/** What the next message of a conversation answers, and the stamp above which it stands. */
export interface Newest { heads: MessageId[], stamp: Millis }

/** A message that waits for its parents. */
export interface Held { message: Message, since: Millis }

/** One conversation, as far as its order needs it. */
export class Conversation {
  /** Shown lately, and when to forget it. What is older than that is asked for in the history. */
  readonly #shown = new Map<MessageId, Millis>()
  /** In the order of display. */
  #heads: MessageId[]
  /** Parents that were missing when they were needed. */
  readonly #missed = new Set<MessageId>()
  readonly #held = new Set<Held>()
  #stamp: Millis

  constructor (readonly id: ConversationId, { heads, stamp }: Newest, private readonly missedMax: number) {
    this.#heads = heads
    this.#stamp = stamp
  }

  /** The highest that any message here has. */
  get stamp (): Millis {
    return this.#stamp
  }

  /** A message that is here has this one. */
  noteStamp (stamp: Millis): void {
    this.#stamp = Math.max(this.#stamp, stamp)
  }

  get heads (): MessageId[] {
    return [...this.#heads]
  }

  get held (): Held[] {
    return [...this.#held]
  }

  /** Parents of a message that were not shown, as far as is known here. */
  unknownParents ({ id, parents }: Message): MessageId[] {
    return [...new Set(parents)].filter((parent) => parent !== id && !this.#shown.has(parent) && !this.#heads.includes(parent))
  }

  /** These were shown; found in the history, or at start. */
  remember (ids: MessageId[], forgetAt: Millis): void {
    for (const id of ids) {
      this.#shown.set(id, forgetAt)
      this.#missed.delete(id)
    }
  }

  /** These were missing when something that answers them was shown. */
  miss (ids: MessageId[]): void {
    for (const id of ids) if (!this.#shown.has(id)) this.#missed.add(id)
    for (const id of this.#missed) {
      if (this.#missed.size <= this.missedMax) break
      this.#missed.delete(id)
    }
  }

  hold (held: Held): void {
    this.#held.add(held)
  }

  /** What is to be shown now: nothing yet, or the message and whatever waited for it. */
  add (message: Message, now: Millis, forgetAt: Millis): Display[] {
    if (this.unknownParents(message).length > 0) {
      this.hold({ message, since: now })
      return []
    }
    return [this.#show(message, forgetAt), ...this.#release(forgetAt)]
  }

  /** Shows a message of our own. Whatever its parents are, the program showed them. */
  addOwn (message: Message, forgetAt: Millis): Display[] {
    this.remember(this.unknownParents(message), forgetAt)
    return this.add(message, 0, forgetAt)
  }

  /** What it answered is unanswered again. */
  takeBack ({ id, parents }: Message): void {
    this.#shown.delete(id)
    if (this.#heads.includes(id)) this.#heads = [...parents, ...this.#heads.filter((head) => head !== id && !parents.includes(head))]
  }

  /** Shows a held message without waiting longer; those that it answers and that are held too go first. */
  force (held: Held, forgetAt: Millis): Display[] {
    return [...this.#force(held, forgetAt), ...this.#release(forgetAt)]
  }

  forget (now: Millis): void {
    for (const [id, forgetAt] of this.#shown) if (forgetAt <= now) this.#shown.delete(id)
  }

  #force (held: Held, forgetAt: Millis): Display[] {
    // Taken out first, so that messages that name each other as parents come to an end.
    if (!this.#held.delete(held)) return []
    const before = this.unknownParents(held.message).flatMap((parent) => this.held.filter(({ message }) => message.id === parent))
    const displays = before.sort(compareHeld).flatMap((parent) => this.#force(parent, forgetAt))
    return [...displays, this.#show(held.message, forgetAt)]
  }

  #release (forgetAt: Millis): Display[] {
    const displays: Display[] = []
    for (;;) {
      const [next] = this.held.filter(({ message }) => this.unknownParents(message).length === 0).sort(compareHeld)
      if (next == null) return displays
      this.#held.delete(next)
      displays.push(this.#show(next.message, forgetAt))
    }
  }

  #show (message: Message, forgetAt: Millis): Display {
    const missing = this.unknownParents(message)
    const late = this.#missed.delete(message.id)
    this.#shown.set(message.id, forgetAt)
    this.noteStamp(message.stamp)
    this.miss(missing)
    // Something that was shown answers a late one already.
    const heads = this.#heads.filter((id) => id !== message.id && !message.parents.includes(id))
    this.#heads = (late ? heads : [...heads, message.id]).slice(-LIMITS.messageParents)
    return { message, missing, late }
  }
}

/** By stamp, then by id. */
export function compareHeld (a: Held, b: Held): number {
  if (a.message.stamp !== b.message.stamp) return a.message.stamp - b.message.stamp
  return a.message.id < b.message.id ? -1 : 1
}
