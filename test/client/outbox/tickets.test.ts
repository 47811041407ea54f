import assert from 'node:assert/strict'
import { Tickets } from '../../../src/client/outbox/tickets.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import type { Session } from '../../../src/client/session/session.ts'
import type { EnvelopeId } from '../../../src/types.ts'

const envelope = (number: number): EnvelopeId => number.toString(16).padStart(64, '0') as EnvelopeId

describe('tickets', () => {
  it('gives no more than the node takes, until it says something about one', () => {
    const tickets = new Tickets()
    const session = { depositsMax: 2 } as Session
    assert.deepEqual([1, 2, 3].map(number => tickets.give(session, envelope(number))), [1, 2, undefined])
    assert.deepEqual(tickets.answered(session, [2, 77]), [envelope(2)])
    assert.equal(tickets.give(session, envelope(3)), 3)
    assert.equal(tickets.envelope(session, 2), envelope(2), 'receipts may come after an answer')
  })

  it('knows no tickets of another session, nor of one that is over', () => {
    const tickets = new Tickets()
    const [one, other] = [{ depositsMax: 9 } as Session, { depositsMax: 9 } as Session]
    tickets.give(one, envelope(1))
    assert.equal(tickets.envelope(other, 1), undefined)
    tickets.forget(one)
    assert.deepEqual(tickets.answered(one, [1]), [])
    assert.equal(tickets.give(one, envelope(2)), 1)
  })

  it('forgets the oldest beyond two windows', () => {
    const tickets = new Tickets()
    const session = { depositsMax: Infinity } as Session
    for (let number = 1; number <= 2 * LIMITS.inFlightDeposits + 1; number++) tickets.give(session, envelope(number))
    assert.equal(tickets.envelope(session, 1), undefined)
    assert.equal(tickets.envelope(session, 2), envelope(2))
  })
})
