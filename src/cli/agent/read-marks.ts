/** Tells the authors that their messages were shown, a few at a time and without holding up what is shown next. */
import { setTimeout as delay } from 'node:timers/promises'
import { CLI_DEFAULTS } from '../defaults.ts'
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
      while (this.#waiting.size > 0) {
        await delay(CLI_DEFAULTS.marksGatherMs)
        for (const call of this.#take()) await this.#agent.call('markRead', call)
      }
    } catch (error) {
      this.#failure = error as Error
    } finally {
      this.#sending = undefined
    }
  }

  #take (): Array<{ user: string, ids: string[] }> {
    const calls = [...this.#waiting].flatMap(([user, ids]) => {
      return Array.from({ length: Math.ceil(ids.length / IDS_PER_CALL) }, (_, at) => ({ user, ids: ids.slice(at * IDS_PER_CALL, (at + 1) * IDS_PER_CALL) }))
    })
    this.#waiting.clear()
    return calls
  }
}
