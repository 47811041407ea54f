import assert from 'node:assert/strict'
import fc from 'fast-check'
import { INTAKE_LIMITS } from '../../src/relay/intake.core.ts'
import { ReplicaCore, type Deposit, type ReplicaEffect, type ReplicaEvent } from '../../src/relay/replica.core.ts'
import { REFUSAL } from '../../src/types.ts'
import { plainEnvelope, plainRoute } from './plain-values.ts'
import type { AppendOutcome } from '../../src/ports.ts'

type DepositEvent = Extract<ReplicaEvent, { type: 'deposit' }>
const route = plainRoute({ nodes: [1], n: 1 })
const full: AppendOutcome = { type: 'refused', refusal: { code: REFUSAL.mailboxFull, retryAfterSeconds: 60 } }
const stored = (position: number): AppendOutcome => ({ type: 'stored', position, known: false })

describe('the replica', () => {
  let core: ReplicaCore
  beforeEach(() => { core = new ReplicaCore() })

  const deposit = (ticket: number, change: Partial<DepositEvent> = {}): ReplicaEffect[] =>
    core.handle({ type: 'deposit', source: 1, deposit: { ticket, envelope: plainEnvelope(ticket) }, routeEpoch: 1, routeSeq: 1, served: true, route, ...change })
  const due = (): Array<[number, number[]]> => core.handle({ type: 'due' }).map(effect => effect.type === 'append' ? [effect.source, effect.deposits.map(({ ticket }) => ticket)] : [0, []])

  it('shows an envelope at once and writes what came in one go together', () => {
    assert.deepEqual([...deposit(1), ...deposit(2)].map(({ type }) => type), ['deliver', 'deliver'])
    assert.deepEqual(due(), [[1, [1, 2]]])
    assert.deepEqual(due(), [])
  })

  it('has one append of each source under way; what comes meanwhile goes into the next', () => {
    deposit(1)
    due()
    deposit(2)
    deposit(3)
    deposit(9, { source: -1 })
    assert.deepEqual(due(), [[-1, [9]]])
    core.handle({ type: 'appended', source: 1, outcomes: [stored(1)] })
    assert.deepEqual(due(), [[1, [2, 3]]])
  })

  it('promises exactly what the store says is on disk', () => {
    for (const ticket of [1, 2, 3]) deposit(ticket)
    due()
    const effects = core.handle({ type: 'appended', source: 1, outcomes: [stored(1), full, { type: 'stored', position: 1, known: true }] })
    assert.deepEqual(effects.filter(({ type }) => type !== 'settled'), [
      { type: 'refuse', source: 1, ticket: 2, refusal: full.type === 'refused' ? full.refusal : undefined },
      { type: 'receipts', source: 1, tickets: [1, 3] }
    ])
    assert.equal(core.open, 0)
  })

  it('acknowledges nothing of an append that the disk refused', () => {
    for (const ticket of [1, 2]) deposit(ticket)
    due()
    const effects = core.handle({ type: 'failed', source: 1 })
    assert.deepEqual(effects.map(effect => effect.type === 'refuse' ? effect.refusal.code : effect.type), ['settled', REFUSAL.storeFailed, REFUSAL.storeFailed])
    assert.equal(core.open, 0)
  })

  it('takes no mail for mailboxes that it does not keep, nor by an older record than it knows', () => {
    const newer = plainRoute({ nodes: [2], n: 1, seq: 5 })
    assert.deepEqual(deposit(1, { served: false }), [{ type: 'refuse', source: 1, ticket: 1, refusal: { code: REFUSAL.notAdmitted, retryAfterSeconds: 0 } }])
    assert.deepEqual(deposit(2, { route: newer }), [{ type: 'moved', source: 1, ticket: 2, route: newer }])
    assert.deepEqual(deposit(3, { route: newer, routeEpoch: 2, routeSeq: 0 }).map(({ type }) => type), ['deliver'], 'a record that is not known here yet')
    assert.deepEqual(deposit(4, { route: undefined }).map(({ type }) => type), ['deliver'])
  })

  it('is busy beyond its limits, and refuses when it drains', () => {
    core = new ReplicaCore({ ...INTAKE_LIMITS, inFlightDeposits: 1 })
    deposit(1)
    assert.deepEqual(codes(deposit(2)), [REFUSAL.busy])
    core.handle({ type: 'drain' })
    assert.deepEqual(codes(deposit(3, { source: 2 })), [REFUSAL.draining])
    assert.deepEqual(due(), [[1, [1]]])
  })

  it('answers every deposit exactly once, with a receipt only for what was stored, in whatever order things happen', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('deposit' as const), source: fc.integer({ min: 1, max: 3 }) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('due' as const), source: fc.constant(0) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('stored' as const, 'mixed' as const, 'failed' as const), source: fc.integer({ min: 1, max: 3 }) }) }
    )
    fc.assert(fc.property(fc.array(step, { maxLength: 100 }), steps => {
      const core = new ReplicaCore()
      const writing = new Map<number, Deposit[]>()
      const onDisk = new Set<number>()
      const answers = new Map<number, string[]>()
      const take = (effects: ReplicaEffect[]): void => {
        for (const effect of effects) {
          if (effect.type === 'append') {
            assert.ok(!writing.has(effect.source), 'two appends of one source')
            writing.set(effect.source, effect.deposits)
          }
          if (effect.type === 'refuse') answers.get(effect.ticket)?.push('no')
          if (effect.type === 'receipts') {
            for (const ticket of effect.tickets) {
              assert.ok(onDisk.has(ticket), 'a receipt for what is not on disk')
              answers.get(ticket)?.push('receipt')
            }
          }
        }
      }
      const finish = (source: number, how: 'stored' | 'mixed' | 'failed'): void => {
        const deposits = writing.get(source)
        if (deposits === undefined) return
        writing.delete(source)
        if (how === 'failed') return take(core.handle({ type: 'failed', source }))
        const outcomes = deposits.map(({ ticket }) => how === 'stored' || ticket % 2 === 0 ? stored(ticket) : full)
        deposits.forEach(({ ticket }, index) => { if (outcomes[index]?.type === 'stored') onDisk.add(ticket) })
        take(core.handle({ type: 'appended', source, outcomes }))
      }
      let tickets = 0
      for (const one of steps) {
        if (one.do === 'due') take(core.handle({ type: 'due' }))
        else if (one.do !== 'deposit') finish(one.source, one.do)
        else {
          const ticket = ++tickets
          answers.set(ticket, [])
          take(core.handle({ type: 'deposit', source: one.source, deposit: { ticket, envelope: plainEnvelope(ticket) }, routeEpoch: 1, routeSeq: 1, served: true, route }))
        }
      }
      for (let round = 0; round < 3; round++) {
        take(core.handle({ type: 'due' }))
        for (const source of [1, 2, 3]) finish(source, 'stored')
      }
      assert.equal(core.open, 0)
      for (const [ticket, given] of answers) assert.equal(given.length, 1, `ticket ${ticket}: ${given.join()}`)
    }))
  })
})

function codes (effects: ReplicaEffect[]): number[] {
  return effects.map(effect => effect.type === 'refuse' ? effect.refusal.code : 0)
}
