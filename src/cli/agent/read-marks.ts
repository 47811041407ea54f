/** Tells the authors that their messages were shown, a few at a time and without holding up what is shown next. */
import type { Agent, ConversationLine } from './calls.ts'

const IDS_PER_CALL = 256

export class ReadMarks {
  readonly #agent: Agent
  readonly #waiting = new Map<string, string[]>()
  #sending: Promise<void> | undefined
  #failure: Error | undefined
  #any = false

  constructor (agent: Agent) {
    this.#agent = agent
  }

  add ({ conversation, id }: ConversationLine): void {
    this.#any = true
    const ids = this.#waiting.get(conversation)
    if (ids === undefined) this.#waiting.set(conversation, [id])
    else ids.push(id)
    this.#sending ??= this.#send()
  }

  /** Resolves when every mark is on disk: with true if there were any. Rejects when one could not be kept. */
  async sent (): Promise<boolean> {
    await this.#sending
    if (this.#failure !== undefined) throw this.#failure
    return this.#any
  }

  async #send (): Promise<void> {
    try {
      // What is added in the same moment goes into the same call.
      await Promise.resolve()
      for (let next = this.#next(); next !== undefined; next = this.#next()) await this.#agent.call('markRead', next)
    } catch (error) {
      this.#failure = error as Error
    } finally {
      this.#sending = undefined
    }
  }

  #next (): { user: string, ids: string[] } | undefined {
    const [entry] = this.#waiting
    if (entry === undefined) return undefined
    const [user, waiting] = entry
    const ids = waiting.splice(0, IDS_PER_CALL)
    if (waiting.length === 0) this.#waiting.delete(user)
    return { user, ids }
  }
}
