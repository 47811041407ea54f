/** How a call is performed in the process that has the store open. */
import type { Client } from '../../../client/index.ts'
import type { AgentMethod, Event, Params, Result } from '../calls.ts'

export interface Performance<M extends AgentMethod> {
  /** A call that ends because of it throws its reason; one that has done its work returns the result. */
  signal: AbortSignal
  /** Resolves when the caller keeps up. */
  emit: (event: Event<M>) => Promise<void>
}

export type Performer<M extends AgentMethod> = (client: Client, params: Params<M>, performance: Performance<M>) => Promise<Result<M>>
