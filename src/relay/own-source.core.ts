/** A source of deposits inside the node: what the coordinator decides about them is told to it, and goes on no stream. */
import type { CoordinatorEffect, CoordinatorEvent } from './coordinator.core.ts'
import type { PeerKey, Refusal, RefusalCode, RouteRecord } from '../types.ts'

/** What becomes of deposits that this node makes itself. */
export interface OwnSource {
  onReceipts: (node: PeerKey, tickets: number[]) => void
  /** said: the reasons of the nodes that answered with one. */
  onRefused: (ticket: number, refusal: Refusal, said: ReadonlyMap<PeerKey, RefusalCode>) => void
  /** There is a newer record: this node or another knows it by now. */
  onMoved: (ticket: number, route: RouteRecord) => void
}

const NOTHING_SAID: ReadonlyMap<PeerKey, RefusalCode> = new Map()

/** Tells it an effect of the event; forwards are performed like any others. */
export function tellOwn (own: OwnSource, effect: Exclude<CoordinatorEffect, { type: 'forward' }>, event: CoordinatorEvent): void {
  switch (effect.type) {
    case 'receipts': return event.type === 'receipts' ? own.onReceipts(event.node, effect.tickets) : undefined
    case 'refuse': return own.onRefused(effect.ticket, effect.refusal, effect.said ?? NOTHING_SAID)
    case 'moved': return own.onMoved(effect.ticket, effect.route)
    // It bounds itself what it has in hand.
    case 'accepted': case 'pause': case 'resume':
  }
}
