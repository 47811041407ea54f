/** The agent of a process that found the store open: every call goes through the owner's control socket. */
import { UnsupportedError } from '../../errors.ts'
import { AGENT_CALLS } from './calls.ts'
import type { ControlConnection } from '../control/connection.ts'
import type { Agent, AgentCallOptions, AgentMethod, Event, Params, Result } from './calls.ts'

export class RemoteAgent implements Agent {
  readonly #connection: ControlConnection

  constructor (connection: ControlConnection) {
    this.#connection = connection
  }

  async call<M extends AgentMethod> (method: M, params: Params<M>, { signal, onEvent }: AgentCallOptions<M> = {}): Promise<Result<M>> {
    const { event, result } = AGENT_CALLS[method]
    const answer = await this.#connection.call(method, params, {
      signal,
      onEvent: onEvent === undefined ? undefined : async value => { await onEvent(understood(event.safeParse(value)) as Event<M>) }
    })
    return understood(result.safeParse(answer)) as Result<M>
  }

  async close (): Promise<void> {
    await this.#connection.close()
  }
}

function understood (parsed: { success: boolean, data?: unknown }): unknown {
  if (!parsed.success) throw new UnsupportedError('the posthouse process that has the store open is of another version: end it and try again')
  return parsed.data
}
