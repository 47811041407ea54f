/** What is known of an own message, as it is told and kept. */
import { MESSAGE_STATES } from '../../types.ts'
import type { MessageId, MessageState, RouteRecord } from '../../types.ts'
import type { StoredSent } from '../store/schemas.ts'
import type { OutboxProblem, OutboxRoute } from './events.core.ts'

/** What is known of an own text. */
export interface SentStatus extends StoredSent {
  id: MessageId
  /** Why it is not further at the moment. */
  problem: OutboxProblem | undefined
  /** True when nothing more will be tried. */
  ended: boolean
}

/** What of it is kept. */
export function withoutId ({ to, state, copies, w, receipts }: SentStatus): StoredSent {
  return { to, state, copies, w, receipts: [...receipts] }
}

/** What the core needs of a route record. */
export function routeOf ({ entries, n, w }: RouteRecord): OutboxRoute {
  return { nodes: entries.map(({ node }) => node), n, w }
}

/** How far a state is along the way. */
export function rank (state: MessageState): number {
  return MESSAGE_STATES.indexOf(state)
}
