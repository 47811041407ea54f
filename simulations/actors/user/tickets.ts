/** The shipped numbers of deposits, for sessions of the simulation, with how many wait for their node to be watched. */
import { Tickets } from '../../../src/client/outbox/tickets.ts'
import type { Session } from './session.ts'
import type { Session as ShippedSession } from '../../../src/client/session/session.ts'
import type { EnvelopeId } from '../../../src/types.ts'

export class OpenTickets {
  readonly #tickets = new Tickets()
  readonly #open = new Map<Session, Set<number>>()

  /** On the session that has most of them. */
  get most (): number { return Math.max(0, ...[...this.#open.values()].map(({ size }) => size)) }

  /** Undefined when the node takes no more at the moment. */
  give (session: Session, envelope: EnvelopeId): number | undefined {
    const ticket = this.#tickets.give(shipped(session), envelope)
    if (ticket === undefined) return undefined
    const open = this.#open.get(session)
    if (open === undefined) this.#open.set(session, new Set([ticket]))
    else open.add(ticket)
    return ticket
  }

  envelope (session: Session, ticket: number): EnvelopeId | undefined { return this.#tickets.envelope(shipped(session), ticket) }

  /** The envelopes of those that were given out. */
  answered (session: Session, tickets: number[]): EnvelopeId[] {
    for (const ticket of tickets) this.#open.get(session)?.delete(ticket)
    return this.#tickets.answered(shipped(session), tickets)
  }

  forget (session: Session): void {
    this.#open.delete(session)
    this.#tickets.forget(shipped(session))
  }
}

/** All that they ask of a session is which it is, and how many deposits its node takes. */
function shipped (session: Session): ShippedSession { return session as unknown as ShippedSession }
