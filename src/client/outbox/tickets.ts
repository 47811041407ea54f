/** Numbers under which deposits are out on a session: what a node answers names them, not envelopes. */
import type { EnvelopeId } from '../../types.ts'
import type { Session } from '../session/session.ts'
import { LIMITS } from '../../wire/limits.ts'

const TICKET_MAX = 0xffff_ffff

interface Given { last: number, envelopes: Map<number, EnvelopeId> }

export class Tickets {
  readonly #sessions = new Map<Session, Given>()

  give (session: Session, envelope: EnvelopeId): number {
    let given = this.#sessions.get(session)
    if (given === undefined) this.#sessions.set(session, given = { last: 0, envelopes: new Map() })
    given.last = given.last % TICKET_MAX + 1
    given.envelopes.set(given.last, envelope)
    // Late receipts of more than a whole window ago are not worth their memory: the deposit goes out again.
    for (const oldest of given.envelopes.keys()) {
      if (given.envelopes.size <= 2 * LIMITS.inFlightDeposits) break
      given.envelopes.delete(oldest)
    }
    return given.last
  }

  envelope (session: Session, ticket: number): EnvelopeId | undefined {
    return this.#sessions.get(session)?.envelopes.get(ticket)
  }

  /** The envelopes of those tickets that were given out. */
  envelopes (session: Session, tickets: number[]): EnvelopeId[] {
    return tickets.flatMap(ticket => this.envelope(session, ticket) ?? [])
  }

  /** The session is over. */
  forget (session: Session): void { this.#sessions.delete(session) }
}
