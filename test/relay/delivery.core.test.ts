import assert from 'node:assert/strict'
import fc from 'fast-check'
import { DeliveryCore, type DeliveryEffect } from '../../src/relay/delivery.core.ts'
import { REFUSAL } from '../../src/types.ts'
import { MAILBOX, nodeKey, plainEnvelope } from './plain-values.ts'
import type { Deposit } from '../../src/relay/replica.core.ts'
import type { AppendOutcome } from '../../src/ports.ts'

const phone = nodeKey(1)
const laptop = nodeKey(2)
const stored = (position: number, known = false): AppendOutcome => ({ type: 'stored', position, known })

describe('delivery', () => {
  let core: DeliveryCore
  beforeEach(() => { core = new DeliveryCore() })

  const attach = (link: number, { device = phone, position = 0, holdsMail = false } = {}): DeliveryEffect[] =>
    core.handle({ type: 'attach', link, device, mailbox: MAILBOX, position, holdsMail })
  const deliver = (ticket: number, devices = [phone, laptop]): { deposit: Deposit, links: number[] } => {
    const deposit = { ticket, envelope: plainEnvelope(ticket) }
    return { deposit, links: core.handle({ type: 'deliver', deposit, devices }).map(({ link }) => link) }
  }
  const settle = (...outcomes: Array<[{ deposit: Deposit }, AppendOutcome]>): DeliveryEffect[] =>
    core.handle({ type: 'settled', deposits: outcomes.map(([{ deposit }]) => deposit), outcomes: outcomes.map(([, outcome]) => outcome) })

  it('tells a device that attaches to drain when there is mail', () => {
    assert.deepEqual(attach(1, { position: 9, holdsMail: true }), [{ type: 'behind', link: 1, position: 9 }])
    assert.deepEqual(attach(2, { position: 9 }), [])
  })

  it('shows mail to all links of the mailbox’s devices, and says how far they may go when it is on disk', () => {
    attach(1, { position: 4 })
    attach(2, { device: laptop, position: 4 })
    const [a, b] = [deliver(1), deliver(2)]
    assert.deepEqual(a.links, [1, 2])
    assert.deepEqual(settle([a, stored(5)], [b, stored(6)]), [{ type: 'pushed', link: 1, from: 4, to: 6 }, { type: 'pushed', link: 2, from: 4, to: 6 }])
  })

  it('shows nothing to a device that is not in the profile, nor to other mailboxes’ devices, nor after detach', () => {
    attach(1)
    core.handle({ type: 'attach', link: 2, device: phone, mailbox: 'ff'.repeat(32) as typeof MAILBOX, position: 0, holdsMail: false })
    assert.deepEqual(deliver(1, [laptop]).links, [])
    core.handle({ type: 'detach', link: 1 })
    assert.deepEqual(deliver(2).links, [])
    assert.equal(core.watches(MAILBOX), false)
  })

  it('tells a link to drain that missed one, came during the write, or whose mailbox grew by another way', () => {
    attach(1)
    const missed = deliver(1)
    core.handle({ type: 'missed', deposit: missed.deposit, link: 1 })
    attach(2)
    assert.deepEqual(settle([missed, stored(1)]), [{ type: 'behind', link: 1, position: 1 }, { type: 'behind', link: 2, position: 1 }])
    assert.deepEqual(settle([deliver(2), stored(2)]), [{ type: 'pushed', link: 1, from: 1, to: 2 }, { type: 'pushed', link: 2, from: 1, to: 2 }])
    assert.deepEqual(settle([deliver(3), stored(7)]), [{ type: 'behind', link: 1, position: 7 }, { type: 'behind', link: 2, position: 7 }])
  })

  it('says nothing of what was refused, failed, or known before', () => {
    attach(1, { position: 3 })
    assert.deepEqual(settle([deliver(1), { type: 'refused', refusal: { code: REFUSAL.mailboxFull, retryAfterSeconds: 0 } }], [deliver(2), stored(2, true)]), [])
    assert.deepEqual(core.handle({ type: 'settled', deposits: [deliver(3).deposit], outcomes: undefined }), [])
  })

  it('never lets a device pass mail that it was not shown, in whatever order things happen', () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver' as const), at: fc.nat() }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('store' as const), at: fc.nat() }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('attach' as const, 'miss' as const, 'elsewhere' as const), at: fc.nat() }) }
    )
    fc.assert(fc.property(fc.array(step, { maxLength: 80 }), steps => {
      const core = new DeliveryCore()
      const shown = new Map<number, Set<number>>()
      const through = new Map<number, number>()
      const positions = new Map<number, number>()
      let unsettled: Deposit[] = []
      let last = 0
      let ticket = 0
      const take = (effects: DeliveryEffect[]): void => {
        for (const effect of effects) {
          if (effect.type === 'push') shown.get(effect.link)?.add(effect.deposit.ticket)
          if (effect.type === 'behind') through.set(effect.link, effect.position)
          if (effect.type === 'pushed') {
            for (const [position, which] of positions) {
              if (position > effect.from && position <= effect.to) assert.ok(shown.get(effect.link)?.has(which), `position ${position} was not shown`)
            }
            assert.ok(effect.from === through.get(effect.link), 'ranges follow one another')
            through.set(effect.link, effect.to)
          }
        }
      }
      for (const { do: what, at } of steps) {
        if (what === 'attach') {
          shown.set(shown.size + 1, new Set())
          through.set(shown.size, last)
          take(core.handle({ type: 'attach', link: shown.size, device: phone, mailbox: MAILBOX, position: last, holdsMail: last > 0 }))
        } else if (what === 'deliver') {
          const deposit = { ticket: ++ticket, envelope: plainEnvelope(ticket) }
          unsettled.push(deposit)
          take(core.handle({ type: 'deliver', deposit, devices: [phone] }))
        } else if (what === 'miss') {
          const deposit = unsettled.at(-1)
          const link = 1 + at % (shown.size + 1)
          if (deposit === undefined || shown.get(link)?.delete(deposit.ticket) !== true) continue
          core.handle({ type: 'missed', deposit, link })
        } else if (what === 'elsewhere') {
          positions.set(++last, 0)
        } else {
          // Any part of what waits, the commit's order being the store's.
          const deposits = unsettled.filter((_, index) => (at >> (index % 16)) % 2 === 0)
          unsettled = unsettled.filter(deposit => !deposits.includes(deposit))
          const outcomes = deposits.map(deposit => {
            positions.set(++last, deposit.ticket)
            return stored(last)
          })
          take(core.handle({ type: 'settled', deposits, outcomes }))
        }
      }
    }), { numRuns: 500 })
  })
})
