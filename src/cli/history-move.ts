/**
 * History on its way to or from another device, as a command waits for it: the watch tells how far it is. It may also not
 * begin (there is none, or the other device is not there), or stop in the middle; a command does not wait for that.
 */
import { CLI_DEFAULTS } from './defaults.ts'
import type { Agent } from './agent/calls.ts'

export interface Transfer { done: number, total: number }
export type MoveEnd = 'moved' | 'none' | 'stalled' | 'stopped'

/** startMs and silenceMs: how long it may take to begin, and to go on. */
export interface MoveInit { startMs?: number, silenceMs?: number, signal: AbortSignal, onProgress: (transfer: Transfer) => void | Promise<void> }

export class HistoryMove {
  readonly #init: Required<MoveInit>
  readonly #ended = new AbortController()
  readonly #watching: Promise<unknown>
  #last: Transfer | undefined
  #heard: () => void = () => {}

  /** Listens from now on, before anything may have begun. */
  constructor (agent: Agent, init: MoveInit) {
    this.#init = { startMs: CLI_DEFAULTS.moveStartMs, silenceMs: CLI_DEFAULTS.moveSilenceMs, ...init }
    this.#watching = agent.call('watch', {}, {
      signal: AbortSignal.any([init.signal, this.#ended.signal]),
      onEvent: async happening => {
        if (happening.type !== 'transfer') return
        this.#last = { done: happening.done, total: happening.total }
        await init.onProgress(this.#last)
        this.#heard()
      }
    }).catch(() => {})
  }

  /** Resolves when it is over, one way or another. */
  async end (): Promise<MoveEnd> {
    const { signal, startMs, silenceMs } = this.#init
    for (;;) {
      if (signal.aborted) return 'stopped'
      if (this.#last !== undefined && this.#last.done >= this.#last.total) return 'moved'
      const before = this.#last
      await this.#news(before === undefined ? startMs : silenceMs)
      if (this.#last === before && !signal.aborted) return before === undefined ? 'none' : 'stalled'
    }
  }

  async close (): Promise<void> {
    this.#ended.abort()
    await this.#watching
  }

  async #news (timeoutMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, timeoutMs)
    this.#heard = resolve
    this.#init.signal.addEventListener('abort', resolve as () => void, { once: true })
    await promise
    clearTimeout(timer)
    this.#init.signal.removeEventListener('abort', resolve as () => void)
  }
}
