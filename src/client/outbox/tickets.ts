/** Numbers under which deposits are out on a session: what a node answers names them, not envelopes. */
import type { EnvelopeId } from '../../types.ts'
import type { Session } from '../session/session.ts'
import { LIMITS } from '../../wire/limits.ts'

const TICKET_MAX = 0xffff_ffff

interface Given { last: number, envelopes: Map<number, EnvelopeId>, unanswered: Set<number> }

export class Tickets {
  readonly #sessions = new Map<Session, Given>()

  /** Undefined when the node, by its Hello, takes no more at the moment. */
  give (session: Session, envelope: EnvelopeId): number | undefined {
    let given = this.#sessions.get(session)
    if (given === undefined) this.#sessions.set(session, given = { last: 0, envelopes: new Map(), unanswered: new Set() })
    if (given.unanswered.size >= session.depositsMax) return undefined
    given.last = given.last % TICKET_MAX + 1
    given.envelopes.set(given.last, envelope)
    given.unanswered.add(given.last)
    // Late receipts of more than a whole window ago are not worth their memory: the deposit goes out again.
    for (const oldest of given.envelopes.keys()) {
      if (given.envelopes.size <= 2 * LIMITS.inFlightDeposits) break
      given.envelopes.delete(oldest)
      given.unanswered.delete(oldest)
    }
    return given.last
  }

  /** It was not said to the node. */
  takeBack (session: Session, ticket: number): void {
    const given = this.#sessions.get(session)
    given?.envelopes.delete(ticket)
    given?.unanswered.delete(ticket)
  }

  envelope (session: Session, ticket: number): EnvelopeId | undefined {
    return this.#sessions.get(session)?.envelopes.get(ticket)
  }

  /** The node has said something about these: the envelopes of those that were given out. */
  answered (session: Session, tickets: number[]): EnvelopeId[] {
    for (const ticket of tickets) this.#sessions.get(session)?.unanswered.delete(ticket)
    return tickets.flatMap(ticket => this.envelope(session, ticket) ?? [])
  }

  /** The session is over. */
  forget (session: Session): void { this.#sessions.delete(session) }
}
