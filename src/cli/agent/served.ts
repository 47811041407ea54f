/** An agent behind the control socket: what comes in is checked against the calls' own definition. */
import { MalformedError, UnsupportedError } from '../../errors.ts'
import { AGENT_CALLS } from './calls.ts'
import type { ServeCall } from '../control/served-connection.ts'
import type { Agent, AgentMethod, Event } from './calls.ts'

export function serveAgent (agent: Pick<Agent, 'call'>): ServeCall {
  return async (method, params, { signal, emit }) => {
    if (!isMethod(method)) throw new UnsupportedError('the posthouse process that has the store open is of another version, which does not know this command: end it and try again')
    const checked = AGENT_CALLS[method].params.safeParse(params)
    if (!checked.success) throw new MalformedError('the parameters of a call do not have their form')
    return await agent.call(method, checked.data, { signal, onEvent: async (event: Event<AgentMethod>) => { await emit(event) } })
  }
}

function isMethod (method: string): method is AgentMethod {
  return Object.hasOwn(AGENT_CALLS, method)
}
