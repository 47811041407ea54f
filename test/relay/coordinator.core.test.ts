import assert from 'node:assert/strict'
import fc from 'fast-check'
import { CoordinatorCore, type CoordinatorEffect } from '../../src/relay/coordinator.core.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { INTAKE_LIMITS } from '../../src/relay/intake.core.ts'
import { REFUSAL, type RefusalCode, type RouteRecord } from '../../src/types.ts'
import { nodeKey, plainEnvelope, plainRoute } from './plain-values.ts'

type Forward = Extract<CoordinatorEffect, { type: 'forward' }>
const { forwardTimeoutMs, lateReceiptMs, silentMs } = RELAY_DEFAULTS
const route = plainRoute({ nodes: [1, 2, 3, 4, 5], n: 3 })
const no = (code: RefusalCode): { code: RefusalCode, retryAfterSeconds: number } => ({ code, retryAfterSeconds: 0 })

describe('the coordinator', () => {
  let core: CoordinatorCore
  beforeEach(() => { core = new CoordinatorCore() })

  const submit = (ticket: number, { source = 1, at = 0, by = route, known = by as RouteRecord | undefined, envelope = plainEnvelope(ticket) } = {}): CoordinatorEffect[] =>
    core.handle({ type: 'submit', source, ticket, envelope, routeEpoch: by.order.epoch, routeSeq: by.order.seq, route: known }, at)

  it('accepts an envelope and forwards it to the first n nodes of the record', () => {
    const effects = submit(7)
    assert.deepEqual(effects[0], { type: 'accepted', source: 1, ticket: 7 })
    assert.deepEqual(nodes(effects), [1, 2, 3])
    assert.equal(new Set(forwards(effects).map(({ ticket }) => ticket)).size, 3)
    assert.equal(core.open, 1)
  })

  it('hands receipts to the device as they come, and is done with the n-th', () => {
    const sent = forwards(submit(7))
    for (const [index, { entry, ticket }] of sent.entries()) {
      assert.deepEqual(core.handle({ type: 'receipts', node: entry.node, tickets: [ticket] }, 5), [{ type: 'receipts', source: 1, from: 0, tickets: [7] }])
      assert.equal(core.open, index === 2 ? 0 : 1)
    }
  })

  it('splits a node’s run by the devices that sent it', () => {
    const first = [submit(10), submit(11), submit(90, { source: 2 }), submit(12)].map(effects => forwards(effects)[0] as Forward)
    const effects = core.handle({ type: 'receipts', node: nodeKey(1), tickets: first.map(({ ticket }) => ticket) }, 5)
    assert.deepEqual(effects, [
      { type: 'receipts', source: 1, from: 0, tickets: [10, 11] },
      { type: 'receipts', source: 2, from: 2, tickets: [90] },
      { type: 'receipts', source: 1, from: 3, tickets: [12] }
    ])
  })

  for (const code of [REFUSAL.busy, REFUSAL.draining, REFUSAL.storeFailed, REFUSAL.notAdmitted, REFUSAL.moved, 99 as RefusalCode]) {
    it(`asks the next node when one refuses with code ${code}`, () => {
      const [first] = forwards(submit(7))
      const effects = core.handle({ type: 'refused', node: nodeKey(1), tickets: [first?.ticket ?? 0], refusal: no(code) }, 5)
      assert.deepEqual(nodes(effects), [4])
    })
  }

  it('asks the next node when one cannot be asked, is lost, or lets its time pass', () => {
    const [first] = forwards(submit(7))
    assert.deepEqual(nodes(core.handle({ type: 'unsent', node: nodeKey(1), ticket: first?.ticket ?? 0 }, 1)), [4])
    assert.deepEqual(nodes(core.handle({ type: 'lost', node: nodeKey(2) }, 1)), [5])
    core = new CoordinatorCore()
    submit(8)
    assert.deepEqual(nodes(core.handle({ type: 'tick' }, forwardTimeoutMs - 1)), [])
    assert.deepEqual(nodes(core.handle({ type: 'tick' }, forwardTimeoutMs)), [4, 5])
  })

  it('says tooFewNodes when the list is used up, after what could be had', () => {
    const sent = forwards(submit(7))
    core.handle({ type: 'receipts', node: nodeKey(1), tickets: [sent[0]?.ticket ?? 0] }, 1)
    for (const node of [2, 3, 4]) assert.equal(refusals(core.handle({ type: 'lost', node: nodeKey(node) }, 1)).length, 0)
    assert.deepEqual(refusals(core.handle({ type: 'lost', node: nodeKey(5) }, 1)), [[1, 7, REFUSAL.tooFewNodes]])
    assert.equal(core.open, 0)
  })

  it('tells the device what every node would say, and asks no stand-in for it', () => {
    for (const code of [REFUSAL.mailboxFull, REFUSAL.requestsFull, REFUSAL.expired, REFUSAL.expiryTooFar, REFUSAL.collected]) {
      const sent = forwards(submit(code))
      const effects = sent.flatMap(({ entry, ticket }) => core.handle({ type: 'refused', node: entry.node, tickets: [ticket], refusal: no(code) }, 1))
      assert.deepEqual(effects, [{ type: 'refuse', source: 1, ticket: code, refusal: no(code) }])
    }
  })

  it('brings late receipts to the device, before and after its outcome', () => {
    const short = plainRoute({ nodes: [1, 2], n: 2 })
    const sent = forwards(submit(7, { by: short }))
    assert.deepEqual(refusals(core.handle({ type: 'tick' }, forwardTimeoutMs)), [[1, 7, REFUSAL.tooFewNodes]])
    for (const { entry, ticket } of sent) {
      assert.deepEqual(core.handle({ type: 'receipts', node: entry.node, tickets: [ticket] }, forwardTimeoutMs + 1), [{ type: 'receipts', source: 1, from: 0, tickets: [7] }])
    }
  })

  it('forgets late receipts after their time, and the oldest beyond their number', () => {
    core = new CoordinatorCore({ lateReceiptsMax: 2 })
    const sent = forwards(submit(7))
    core.handle({ type: 'tick' }, forwardTimeoutMs)
    core.handle({ type: 'tick' }, forwardTimeoutMs + 1)
    assert.deepEqual(sent.map(({ entry, ticket }) => core.idsOf(entry.node, [ticket]) === undefined), [true, false, false])
    core.handle({ type: 'tick' }, forwardTimeoutMs + lateReceiptMs)
    assert.deepEqual(sent.map(({ entry, ticket }) => core.idsOf(entry.node, [ticket]) === undefined), [true, true, true])
    core.handle({ type: 'tick' }, 10 * lateReceiptMs)
    assert.equal(core.tickAt, Infinity)
  })

  it('asks a node that was silent after the others, until it answers or some time has passed', () => {
    const [first] = forwards(submit(7))
    const now = forwardTimeoutMs
    core.handle({ type: 'tick' }, now)
    assert.deepEqual(nodes(submit(8, { at: now })), [4, 5, 1], 'nodes 1 to 3 were silent')
    core.handle({ type: 'receipts', node: nodeKey(1), tickets: [first?.ticket ?? 0] }, now)
    assert.deepEqual(nodes(submit(9, { at: now })), [1, 4, 5])
    core.handle({ type: 'tick' }, now + silentMs)
    assert.deepEqual(nodes(submit(10, { at: now + silentMs })).includes(2), true)
  })

  it('refuses what was made by an older record, and cannot use what it does not know', () => {
    const newer = plainRoute({ nodes: [9], n: 1, seq: 2 })
    assert.deepEqual(submit(1, { known: newer }), [{ type: 'moved', source: 1, ticket: 1, route: newer }])
    assert.deepEqual(refusals(submit(2, { by: newer, known: route })), [[1, 2, REFUSAL.noRoute]])
    assert.deepEqual(refusals(core.handle({ type: 'submit', source: 1, ticket: 3, envelope: plainEnvelope(3), routeEpoch: 1, routeSeq: 1, route: undefined }, 0)), [[1, 3, REFUSAL.noRoute]])
    assert.equal(core.open, 0)
  })

  it('tells the device of a newer record that a replica knows, once, and ignores one that is not newer', () => {
    const sent = forwards(submit(7))
    const [first, second, third] = sent.map(({ ticket }) => ticket) as [number, number, number]
    assert.deepEqual(nodes(core.handle({ type: 'moved', node: nodeKey(1), tickets: [first], route }, 1)), [4])
    const newer = plainRoute({ nodes: [9], n: 1, epoch: 2 })
    assert.deepEqual(core.handle({ type: 'moved', node: nodeKey(2), tickets: [second], route: newer }, 1), [{ type: 'moved', source: 1, ticket: 7, route: newer }])
    assert.deepEqual(core.handle({ type: 'moved', node: nodeKey(3), tickets: [third], route: newer }, 1), [])
    assert.equal(core.open, 0)
  })

  it('lets no node answer for another, nor twice', () => {
    const [first] = forwards(submit(7))
    const tickets = [first?.ticket ?? 0]
    assert.equal(core.idsOf(nodeKey(2), tickets), undefined)
    assert.deepEqual(core.handle({ type: 'receipts', node: nodeKey(2), tickets }, 1), [])
    assert.deepEqual(core.handle({ type: 'refused', node: nodeKey(2), tickets, refusal: no(REFUSAL.expired) }, 1), [])
    assert.equal(core.handle({ type: 'receipts', node: nodeKey(1), tickets }, 1).length, 1)
    assert.deepEqual(core.handle({ type: 'receipts', node: nodeKey(1), tickets }, 1), [])
  })

  it('refuses as busy what its intake has no room for, and holds the device back', () => {
    core = new CoordinatorCore({ limits: { ...INTAKE_LIMITS, sourceBytesHigh: 100, inFlightDeposits: 2 } })
    const one = plainRoute({ nodes: [1], n: 1 })
    const sent = forwards([...submit(1, { by: one }), ...submit(2, { by: one })])
    assert.deepEqual(refusals(submit(3, { by: one })), [[1, 3, REFUSAL.busy]])
    const effects = sent.flatMap(({ entry, ticket }) => core.handle({ type: 'receipts', node: entry.node, tickets: [ticket] }, 1))
    assert.deepEqual(effects.filter(({ type }) => type === 'resume'), [{ type: 'resume', source: 1 }])
  })

  it('refuses everything new when it drains, and finishes what it has', () => {
    const sent = forwards(submit(7, { by: plainRoute({ nodes: [1], n: 1 }) }))
    core.handle({ type: 'drain' }, 1)
    assert.deepEqual(refusals(submit(8)), [[1, 8, REFUSAL.draining]])
    assert.equal(core.handle({ type: 'receipts', node: nodeKey(1), tickets: [sent[0]?.ticket ?? 0] }, 1).length, 1)
    assert.equal(core.open, 0)
  })

  it('deposits for this node itself among the entries that it names, also while it drains, and says who refused why', () => {
    core.handle({ type: 'drain' }, 0)
    const among = { entries: route.entries.slice(1), copies: 2 }
    const effects = core.handle({ type: 'submit', source: 9, ticket: 1, envelope: plainEnvelope(1), routeEpoch: route.order.epoch, routeSeq: route.order.seq, route, among }, 0)
    assert.deepEqual(nodes(effects), [2, 3])
    const tickets = forwards(effects).map(({ ticket }) => ticket)
    const next = forwards(core.handle({ type: 'refused', node: nodeKey(2), tickets: tickets.slice(0, 1), refusal: no(REFUSAL.draining) }, 1))
    assert.deepEqual(next.map(({ entry }) => entry.node), [nodeKey(4)])
    core.handle({ type: 'receipts', node: nodeKey(3), tickets: tickets.slice(1) }, 1)
    const last = core.handle({ type: 'refused', node: nodeKey(4), tickets: [next[0]?.ticket ?? 0], refusal: no(REFUSAL.collected) }, 1)
    const said = new Map([[nodeKey(2), REFUSAL.draining], [nodeKey(4), REFUSAL.collected]])
    assert.deepEqual(last, [{ type: 'refuse', source: 9, ticket: 1, refusal: no(REFUSAL.collected), said }])
    assert.deepEqual(refusals(submit(2)), [[1, 2, REFUSAL.draining]])
  })

  it('gives each accepted deposit n receipts of distinct nodes or one refusal, whatever happens in whatever order', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }), fc.array(step(), { maxLength: 120 }), (n, listed, steps) => {
      const run = new Run(plainRoute({ nodes: Array.from({ length: listed }, (_, index) => index + 1), n }))
      for (const one of steps) run.perform(one)
      run.finish()
      assert.equal(run.core.open, 0)
      for (const [ticket, { receipts, refused }] of run.outcomes) {
        assert.equal(new Set(receipts).size, receipts.length, `ticket ${ticket} has two receipts of one node`)
        assert.ok(refused.length <= 1)
        assert.ok(refused.length === 1 || receipts.length >= n, `ticket ${ticket} ended without an outcome`)
      }
    }), { numRuns: 300 })
  })
})

type Step =
  | { type: 'submit', source: number }
  | { type: 'answer', pick: number, with: 'receipt' | RefusalCode }
  | { type: 'lost', node: number }
  | { type: 'wait', ms: number }

function step (): fc.Arbitrary<Step> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ type: fc.constant('submit' as const), source: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 6, arbitrary: fc.record({ type: fc.constant('answer' as const), pick: fc.nat(), with: fc.constantFrom('receipt', 'receipt', REFUSAL.busy, REFUSAL.storeFailed, REFUSAL.mailboxFull) as fc.Arbitrary<'receipt' | RefusalCode> }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('lost' as const), node: fc.integer({ min: 1, max: 5 }) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3000 }) }) }
  )
}

/** Nodes that have what was forwarded to them and answer in any order, once, or never. */
class Run {
  readonly core = new CoordinatorCore()
  /** Per deposit: the nodes whose receipts reached the device, and the refusals that did. */
  readonly outcomes = new Map<number, { receipts: number[], refused: number[] }>()
  readonly #route: RouteRecord
  readonly #atNodes: Array<{ node: number, ticket: number }> = []
  #now = 0
  #tickets = 0

  constructor (route: RouteRecord) { this.#route = route }

  perform (step: Step): void {
    switch (step.type) {
      case 'submit': {
        const ticket = ++this.#tickets
        return this.#take(this.core.handle({ type: 'submit', source: step.source, ticket, envelope: plainEnvelope(ticket), routeEpoch: 1, routeSeq: 1, route: this.#route }, this.#now))
      }
      case 'answer': {
        const [copy] = this.#atNodes.splice(step.pick % (this.#atNodes.length + 1), 1)
        if (copy === undefined) return
        const node = nodeKey(copy.node)
        const tickets = [copy.ticket]
        return this.#take(this.core.handle(step.with === 'receipt' ? { type: 'receipts', node, tickets } : { type: 'refused', node, tickets, refusal: no(step.with) }, this.#now), copy.node)
      }
      case 'lost': return this.#take(this.core.handle({ type: 'lost', node: nodeKey(step.node) }, this.#now))
      case 'wait':
        this.#now += step.ms
        return this.#take(this.core.handle({ type: 'tick' }, this.#now))
    }
  }

  /** Nobody answers any more. */
  finish (): void {
    for (let round = 0; round < 6; round++) this.perform({ type: 'wait', ms: forwardTimeoutMs })
  }

  #take (effects: CoordinatorEffect[], from = 0): void {
    for (const effect of effects) {
      if (effect.type === 'accepted') this.outcomes.set(effect.ticket, { receipts: [], refused: [] })
      if (effect.type === 'forward') this.#atNodes.push({ node: parseInt(effect.entry.node, 16), ticket: effect.ticket })
      if (effect.type === 'receipts') for (const ticket of effect.tickets) this.outcomes.get(ticket)?.receipts.push(from)
      if (effect.type === 'refuse') this.outcomes.get(effect.ticket)?.refused.push(effect.refusal.code)
    }
  }
}

function forwards (effects: CoordinatorEffect[]): Forward[] {
  return effects.filter(effect => effect.type === 'forward')
}

function nodes (effects: CoordinatorEffect[]): number[] {
  return forwards(effects).map(({ entry }) => parseInt(entry.node, 16))
}

function refusals (effects: CoordinatorEffect[]): Array<[number, number, number]> {
  return effects.filter(effect => effect.type === 'refuse').map(({ source, ticket, refusal }) => [source, ticket, refusal.code])
}
