/**
 * One way to the user's store for every command. The first process on a data directory opens the store and becomes its
 * owner; the next ones go through the owner's control socket. The store's own lock decides who is first, so there is
 * nothing else to agree on. When an owner ends, whoever is still there attaches anew, and one of them becomes the owner.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { CommandFailedError, isNamed } from '../failures.ts'
import { CLI_DEFAULTS } from '../defaults.ts'
import { OwnerGoneError, connectControl } from '../control/connection.ts'
import { RemoteAgent } from './remote.ts'
import type { Agent, AgentCallOptions, AgentMethod, Event, Params, Result } from './calls.ts'

export interface AttachInit {
  /** Where the owner listens. */
  socket: string
  /** Opens the store in this process; rejects with StoreLockedError when another one has it. */
  own: () => Promise<Agent>
  /** How long to try while the store is neither free nor served. */
  timeoutMs?: number
}

/** What must not simply be done again when the owner ended in the middle of it, and what the person should know then. */
const IN_DOUBT: { readonly [M in AgentMethod]?: string } = {
  send: 'was to queue the message ended first, so the message may be queued or not: look with `posthouse chat` before you write it again',
  invite: 'showed the code ended, and the code with it: see with `posthouse device list` whether the device is in',
  revoke: 'was to revoke the device ended first: see with `posthouse device list` whether it is gone',
  export: 'wrote the export ended in the middle of it: begin again',
  import: 'took the import in ended in the middle of it: import the file again, nothing is taken twice',
  piece: 'took the import in ended in the middle of it: import the file again, nothing is taken twice'
}

export class AttachedAgent implements Agent {
  readonly #init: AttachInit
  #agent: Agent | undefined
  #closed = false

  constructor (init: AttachInit) {
    this.#init = init
  }

  async call<M extends AgentMethod> (method: M, params: Params<M>, { signal, onEvent }: AgentCallOptions<M> = {}): Promise<Result<M>> {
    let rest = params
    for (;;) {
      const agent = await this.attach(signal)
      try {
        return await agent.call(method, rest, {
          signal,
          onEvent: onEvent === undefined
            ? undefined
            : async event => {
              await onEvent(event)
              rest = after(method, rest, event)
            }
        })
      } catch (error) {
        if (!(error instanceof OwnerGoneError) || this.#closed) throw error
        const doubt = IN_DOUBT[method]
        if (error.begun && doubt !== undefined) throw new CommandFailedError(`the posthouse process that ${doubt}`)
        await this.#detach(agent)
      }
    }
  }

  async close (): Promise<void> {
    this.#closed = true
    await this.#agent?.close()
  }

  /** Done by every call as well; alone where a passphrase may have to be asked before anything is shown. */
  async attach (signal: AbortSignal | undefined): Promise<Agent> {
    const triesUntil = performance.now() + (this.#init.timeoutMs ?? CLI_DEFAULTS.attachTimeoutMs)
    while (this.#agent === undefined) {
      signal?.throwIfAborted()
      const connection = await connectControl(this.#init.socket)
      if (connection !== undefined) {
        this.#agent = new RemoteAgent(connection)
        break
      }
      try {
        this.#agent = await this.#init.own()
      } catch (error) {
        if (!isNamed(error, 'StoreLockedError') || performance.now() > triesUntil) throw error
        await delay(CLI_DEFAULTS.attachRetryMs, undefined, signal === undefined ? {} : { signal })
      }
    }
    return this.#agent
  }

  async #detach (agent: Agent): Promise<void> {
    if (this.#agent === agent) this.#agent = undefined
    await agent.close()
  }
}

/** What is left of a call after an event. */
function after<M extends AgentMethod> (method: M, params: Params<M>, event: Event<M>): Params<M> {
  if (method !== 'messages') return params
  const news = event as Event<'messages'>
  return news.type === 'message' ? { ...params, since: news.line.id } : params
}
