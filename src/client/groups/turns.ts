/**
 * One conversation does one thing after the other; what a turn has decided is already what the next one builds on,
 * while it is still being written. A turn is over for its caller when everything of it is on disk; then the secrets
 * that it used up are overwritten.
 */
import type { ConversationId } from '../../types.ts'
import type { Book, Change } from './book.ts'

type Send = Parameters<Book['apply']>[2]

/** What one turn has decided so far. */
export class Turn {
  readonly #book: Book
  readonly #era: number
  readonly #durable: Array<Promise<void>> = []
  readonly #after: Array<() => void> = []

  constructor (book: Book, era: number) {
    this.#book = book
    this.#era = era
  }

  /** The change is what the next look at the book sees. */
  async apply (change: Change, { wipe, send }: { wipe?: (() => void) | undefined, send?: Send } = {}): Promise<void> {
    const { durable } = await this.#book.apply(this.#era, change, send)
    // Awaited when the turn is over; a failure must not be unheard until then.
    durable.catch(() => {})
    this.#durable.push(durable)
    if (wipe !== undefined) this.#after.push(wipe)
  }

  /** When everything is on disk. */
  after (then: () => void): void { this.#after.push(then) }

  async settle (): Promise<void> {
    await Promise.all(this.#durable)
    for (const then of this.#after) then()
  }
}

export class Turns {
  readonly #book: Book
  readonly #last = new Map<ConversationId | typeof ELSEWHERE, Promise<void>>()

  constructor (book: Book) { this.#book = book }

  async run<T> (conversation: ConversationId | typeof ELSEWHERE, decide: (turn: Turn) => Promise<T>): Promise<T> {
    let turn: Turn | undefined
    const decided = this.#behind(conversation, async () => {
      turn = new Turn(this.#book, await this.#book.begin())
      return await decide(turn)
    })
    const last = decided.then(() => {}, () => {})
    this.#last.set(conversation, last)
    void last.then(() => { if (this.#last.get(conversation) === last) this.#last.delete(conversation) })
    try {
      const value = await decided
      await turn?.settle()
      return value
    } catch (error) {
      // Whatever the turn had decided before it failed stands, and is awaited like everything else.
      await turn?.settle()
      throw error
    }
  }

  /** No turn is under way. */
  async settled (): Promise<void> {
    while (this.#last.size > 0) await Promise.all(this.#last.values())
  }

  async #behind<T> (conversation: ConversationId | typeof ELSEWHERE, decide: () => Promise<T>): Promise<T> {
    await this.#last.get(conversation)
    return await decide()
  }
}

/** For what belongs to no conversation that is known. */
export const ELSEWHERE = 'elsewhere'
