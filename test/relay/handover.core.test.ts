// What a hand-over decides, with nodes that take, refuse, fall silent, and a store whose mail is collected meanwhile.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { HandoverCore } from '../../src/relay/handover.core.ts'
import { HANDOVER_BESIDE, type HandoverEffect, type HandoverInit } from '../../src/relay/handover.events.core.ts'
import { REFUSAL, type Envelope, type EnvelopeId, type MailboxId, type PeerKey, type RefusalCode, type RouteRecord } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { nodeKey, plainEnvelope, plainRoute } from './plain-values.ts'

type Deposit = Extract<HandoverEffect, { type: 'deposit' }>
const SELF = nodeKey(1)
const NOBODY: ReadonlySet<PeerKey> = new Set()
const { handoverAloneMs, handoverLeftAloneMs, handoverRetryFirstMs, handoverRetryMaxMs, handoverTickMs } = RELAY_DEFAULTS

/** Mailboxes on a disk, the hand-over of them, and what it asked for. */
class Stage {
  readonly core: HandoverCore
  readonly mail = new Map<MailboxId, Array<{ position: number, envelope: Envelope }>>()
  readonly routes = new Map<MailboxId, RouteRecord>()
  readonly deposits: Deposit[] = []
  readonly released: EnvelopeId[] = []
  readonly receipts = new Map<EnvelopeId, Set<PeerKey>>()
  readonly words = new Map<EnvelopeId, Set<PeerKey>>()
  /** Positions of what is there and cannot be read. */
  readonly damaged = new Set<number>()
  mostInFlight = 0
  now = 0
  #envelopes = 0

  constructor (init?: HandoverInit) { this.core = new HandoverCore(SELF, init) }

  box (number: number, envelopes: number, route: RouteRecord | undefined, { bodyBytes = 300 } = {}): MailboxId {
    const mailbox = number.toString(16).padStart(64, 'c') as MailboxId
    const kept = Array.from({ length: envelopes }, (_, at) => ({ position: at + 1, envelope: plainEnvelope(++this.#envelopes, bodyBytes, mailbox) }))
    this.mail.set(mailbox, kept)
    if (route !== undefined) this.routes.set(mailbox, route)
    const bytes = kept.reduce((sum, { envelope }) => sum + envelope.bytes.byteLength, 0)
    this.tell({ type: 'take', mailbox, route, envelopes, bytes })
    return mailbox
  }

  tell (event: Parameters<HandoverCore['handle']>[0]): HandoverEffect[] {
    const effects = this.core.handle(event, this.now)
    for (const effect of effects) {
      if (effect.type === 'deposit') this.deposits.push(effect)
      if (effect.type === 'release') {
        this.released.push(...effect.ids)
        this.mail.set(effect.mailbox, this.mail.get(effect.mailbox)?.filter(({ envelope }) => !effect.ids.includes(envelope.id)) ?? [])
      }
    }
    this.mostInFlight = Math.max(this.mostInFlight, this.core.bytesInFlight)
    for (const effect of effects) if (effect.type === 'read') this.#page(effect)
    return effects
  }

  #page ({ mailbox, after, maxBytes }: Extract<HandoverEffect, { type: 'read' }>): void {
    const left = this.mail.get(mailbox)?.filter(({ position }) => position > after) ?? []
    const readable = left.filter(({ position }) => !this.damaged.has(position))
    let bytes = 0
    const envelopes = readable.filter(({ envelope }, at) => (bytes += envelope.bytes.byteLength) <= maxBytes || at === 0)
    const damaged = left.flatMap(({ position }) => this.damaged.has(position) ? position : [])
    this.tell({ type: 'page', mailbox, envelopes, position: envelopes.at(-1)?.position ?? after, last: envelopes.length === readable.length, damaged })
  }

  receive ({ ticket, envelope }: Deposit, ...nodes: number[]): void {
    for (const node of nodes) {
      this.#note(this.receipts, envelope.id, nodeKey(node))
      this.tell({ type: 'receipts', node: nodeKey(node), tickets: [ticket] })
    }
  }

  refuse ({ ticket, envelope }: Deposit, said: Array<[node: number, code: RefusalCode]> = []): void {
    for (const [node, code] of said) if (code === REFUSAL.collected || code === REFUSAL.expired) this.#note(this.words, envelope.id, nodeKey(node))
    this.tell({ type: 'refused', ticket, said: new Map(said.map(([node, code]) => [nodeKey(node), code])) })
  }

  pass (ms: number, reached: ReadonlySet<PeerKey> = NOBODY, leaving: ReadonlySet<PeerKey> = NOBODY): void {
    for (const until = this.now + ms; this.now < until;) {
      this.now = Math.min(until, this.now + handoverTickMs)
      this.tell({ type: 'tick', reached, leaving })
    }
  }

  take (): Deposit[] { return this.deposits.splice(0) }

  #note (notes: Map<EnvelopeId, Set<PeerKey>>, id: EnvelopeId, node: PeerKey): void {
    notes.set(id, (notes.get(id) ?? new Set()).add(node))
  }
}

const route = (...nodes: number[]): RouteRecord => plainRoute({ nodes, n: 2 })
const asked = ({ among }: Deposit): number[] => among.entries.map(({ node }) => parseInt(node, 16))

describe('a hand-over', () => {
  it('is over at once when there is nothing', () => {
    const { core } = new Stage()
    assert.ok(core.isOver)
    assert.deepEqual(core.report(3), { handedOver: 0, collected: 0, kept: 0, lacking: [], lackingEnvelopes: 0, damagedEnvelopes: 0, mailboxes: 0, seconds: 3 })
  })

  it('deposits each envelope with w of the other nodes, and is done with w receipts', () => {
    const stage = new Stage()
    stage.box(1, 3, route(2, 1, 3, 4))
    const deposits = stage.take()
    assert.equal(deposits.length, 3)
    for (const deposit of deposits) {
      assert.deepEqual([asked(deposit), deposit.among.copies], [[2, 3, 4], 2])
      stage.receive(deposit, 2)
      assert.ok(!stage.core.isOver)
    }
    assert.deepEqual(stage.core.progress.envelopes, { done: 0, total: 3 })
    for (const deposit of deposits) stage.receive(deposit, 2, 4)
    assert.ok(stage.core.isOver)
    assert.deepEqual([stage.core.report(0).handedOver, stage.core.progress.envelopes.done, stage.core.bytesInFlight], [3, 3, 0])
  })

  it('counts no node twice, and not this one', () => {
    const stage = new Stage()
    stage.box(1, 1, route(1, 2, 3))
    const [deposit] = stage.take()
    assert.ok(deposit !== undefined)
    stage.receive(deposit, 2, 2, 1, 9)
    assert.ok(!stage.core.isOver)
    stage.receive(deposit, 3)
    assert.equal(stage.core.report(0).handedOver, 1)
  })

  it('asks again after a while for what too few took, and only for what is missing', () => {
    const stage = new Stage()
    stage.box(1, 2, route(1, 2, 3, 4))
    const [first, second] = stage.take()
    assert.ok(first !== undefined && second !== undefined)
    stage.receive(first, 2, 3)
    stage.receive(second, 3)
    stage.refuse(second)
    stage.pass(handoverRetryFirstMs - 1)
    assert.deepEqual(stage.take(), [])
    stage.pass(1)
    const [again, ...none] = stage.take()
    assert.ok(again !== undefined && none.length === 0)
    assert.deepEqual([again.envelope.id, asked(again), again.among.copies], [second.envelope.id, [2, 4], 1])
    stage.receive(second, 4)
    assert.equal(stage.core.report(0).handedOver, 2, 'a late receipt of the first try counts')
  })

  it('doubles the wait up to its bound while nobody takes anything', () => {
    const stage = new Stage()
    stage.box(1, 1, route(1, 2, 3))
    const reached = new Set([nodeKey(2)])
    const waits: number[] = []
    for (let round = 0; round < 8; round++) {
      const since = stage.now
      while (stage.deposits.length === 0) stage.pass(handoverTickMs, reached)
      waits.push(stage.now - since)
      stage.refuse(stage.take()[0] as Deposit, [[2, REFUSAL.busy]])
    }
    assert.deepEqual(waits.slice(1, 5), [1, 2, 4, 8].map(n => n * handoverRetryFirstMs))
    assert.equal(waits.at(-1), handoverRetryMaxMs)
  })

  it('takes w nodes’ word, or receipts and words together, that nobody waits for an envelope any more', () => {
    const stage = new Stage()
    stage.box(1, 2, route(1, 2, 3, 4))
    const [first, second] = stage.take()
    assert.ok(first !== undefined && second !== undefined)
    stage.refuse(first, [[2, REFUSAL.collected], [3, REFUSAL.expired]])
    stage.refuse(second, [[2, REFUSAL.collected]])
    assert.ok(!stage.core.isOver, 'one node’s word is not enough')
    stage.pass(handoverRetryFirstMs)
    const [again] = stage.take()
    assert.deepEqual([again?.envelope.id, asked(again as Deposit), again?.among.copies], [second.envelope.id, [3, 4], 1])
    stage.receive(again as Deposit, 3)
    assert.ok(stage.core.isOver)
    assert.deepEqual([stage.core.report(0).collected, stage.core.report(0).handedOver], [2, 0])
  })

  it('counts as collected what its page does not hold any more when it is read again', () => {
    const stage = new Stage()
    const mailbox = stage.box(1, 2, route(1, 2, 3))
    for (const deposit of stage.take()) stage.refuse(deposit)
    stage.mail.set(mailbox, [])
    stage.pass(handoverRetryFirstMs)
    assert.ok(stage.core.isOver)
    assert.deepEqual([stage.core.report(0).collected, stage.core.report(0).lackingEnvelopes], [2, 0])
  })

  it('says of what cannot be read any more that it lacks holders, and counts it once', () => {
    const stage = new Stage()
    for (const position of [2, 7]) stage.damaged.add(position)
    stage.box(1, 3, route(1, 2, 3))
    stage.box(2, 9, route(1, 2, 3), { bodyBytes: 60_000 })
    // Pages are read again, and what was let go of meanwhile has not been collected.
    for (const deposit of stage.take()) stage.refuse(deposit)
    stage.damaged.delete(7)
    for (const kept of stage.mail.values()) kept.splice(0, kept.length, ...kept.filter(({ position }) => position !== 7))
    stage.pass(handoverRetryFirstMs)
    for (let deposit; (deposit = stage.deposits.shift()) !== undefined;) stage.receive(deposit, 2, 3)
    assert.ok(stage.core.isOver)
    const { seconds, mailboxes, ...report } = stage.core.report(0)
    assert.deepEqual(report, {
      handedOver: 9,
      collected: 0,
      kept: 0,
      lacking: [1, 2].map(envelopes => ({ mailbox: 'cccccccc', envelopes })),
      lackingEnvelopes: 3,
      damagedEnvelopes: 3
    })
  })

  it('keeps what its user has no other node for, and begins when there is one', () => {
    const stage = new Stage()
    const alone = stage.box(1, 2, route(1))
    stage.box(2, 1, undefined)
    assert.ok(stage.core.isOver)
    assert.deepEqual(stage.core.report(0).kept, 3)
    assert.deepEqual([...stage.core.stuck()].length, 2)
    stage.tell({ type: 'route', mailbox: alone, route: plainRoute({ nodes: [1, 5], n: 1, seq: 2 }) })
    for (const deposit of stage.take()) stage.receive(deposit, 5)
    assert.deepEqual([stage.core.report(0).kept, stage.core.report(0).handedOver], [1, 2])
  })

  it('gives a mailbox up when nobody that could take it was there for a while, and not before', () => {
    const stage = new Stage()
    stage.box(1, 1, route(1, 2, 3))
    stage.refuse(stage.take()[0] as Deposit)
    const there = new Set([nodeKey(3)])
    for (let round = 0; round < 10; round++) {
      stage.pass(handoverAloneMs, there)
      for (const deposit of stage.take()) stage.refuse(deposit, [[3, REFUSAL.busy]])
    }
    assert.ok(!stage.core.isOver)
    for (let waitedMs = 0; waitedMs < handoverAloneMs; waitedMs += handoverTickMs) {
      assert.ok(!stage.core.isOver)
      stage.pass(handoverTickMs)
      for (const deposit of stage.take()) stage.refuse(deposit)
    }
    stage.pass(2 * handoverTickMs + handoverRetryMaxMs)
    assert.ok(stage.core.isOver)
    assert.deepEqual(stage.core.report(0).lacking.map(({ envelopes }) => envelopes), [1])
  })

  it('hardly waits for nodes that leave too, nor for one more than the record has', () => {
    const draining: Array<[number, RefusalCode]> = [[2, REFUSAL.draining], [3, REFUSAL.draining]]
    for (const [said, leaving, nodes] of [[draining, [2, 3], [1, 2, 3]], [[], [2, 3], [1, 2, 3]], [[], [], [1, 2]]] as Array<[Array<[number, RefusalCode]>, number[], number[]]>) {
      const stage = new Stage()
      stage.box(1, 1, route(...nodes))
      for (let waitedMs = 0; waitedMs < handoverLeftAloneMs + 4 * handoverTickMs; waitedMs += handoverTickMs) {
        assert.ok(waitedMs > handoverLeftAloneMs || !stage.core.isOver)
        for (const deposit of stage.take()) {
          if (nodes.length === 2) stage.receive(deposit, 2)
          stage.refuse(deposit, said)
        }
        stage.pass(handoverTickMs, new Set([nodeKey(2), nodeKey(3)]), new Set(leaving.map(nodeKey)))
      }
      assert.equal(stage.core.report(0).lackingEnvelopes, 1)
    }
  })

  it('has no more bytes in flight than it may, and no more deposits than a source', () => {
    for (const [boxes, envelopes, bodyBytes] of [[40, 9, 60_000], [6, 1100, LIMITS.sealedBytesMin]] as const) {
      const stage = new Stage()
      for (let box = 1; box <= boxes; box++) stage.box(box, envelopes, route(1, 2, 3), { bodyBytes })
      assert.ok(stage.deposits.length > 0 && stage.deposits.length <= LIMITS.inFlightDeposits)
      for (let deposit; (deposit = stage.deposits.shift()) !== undefined;) {
        assert.ok(stage.deposits.length <= LIMITS.inFlightDeposits)
        stage.receive(deposit, 2, 3)
      }
      assert.ok(stage.mostInFlight <= RELAY_DEFAULTS.handoverBytes, `${stage.mostInFlight}`)
      assert.equal(stage.core.report(0).handedOver, boxes * envelopes)
    }
  })

  it('does not count as done what is kept, damaged or given up', () => {
    const stage = new Stage()
    stage.box(1, 2, route(1))
    stage.damaged.add(3)
    stage.box(2, 3, route(1, 2, 3))
    for (const deposit of stage.take()) stage.receive(deposit, 2, 3)
    stage.damaged.clear()
    const collected = stage.box(3, 2, route(1, 2, 3))
    for (const deposit of stage.take()) stage.refuse(deposit)
    stage.mail.set(collected, [])
    stage.pass(handoverRetryFirstMs)
    stage.box(4, 4, route(1, 2, 3))
    stage.tell({ type: 'end' })
    const { envelopes, bytes, mailboxes } = stage.core.progress
    assert.deepEqual([envelopes, mailboxes], [{ done: 4, total: 11 }, { done: 1, total: 4 }])
    assert.ok(bytes.done > 0 && bytes.done < bytes.total / 2)
    assert.equal(stage.core.report(0).lackingEnvelopes, 5)
  })

  it('names no more mailboxes that lack holders than it may', () => {
    const stage = new Stage()
    for (let box = 1; box <= RELAY_DEFAULTS.handoverLackingMax + 5; box++) stage.box(box, 2, route(1, 2, 3))
    stage.tell({ type: 'end' })
    const { lacking, lackingEnvelopes } = stage.core.report(0)
    assert.deepEqual([lacking.length, lackingEnvelopes], [RELAY_DEFAULTS.handoverLackingMax, 2 * (RELAY_DEFAULTS.handoverLackingMax + 5)])
  })

  it('beside its work goes a page at a time, lets go of what others have, and never gives up', () => {
    const stage = new Stage(HANDOVER_BESIDE)
    stage.box(1, 10, route(2, 3), { bodyBytes: 60_000 })
    stage.pass(10 * handoverAloneMs)
    assert.ok(!stage.core.isOver && stage.released.length === 0)
    for (let deposit; (deposit = stage.deposits.shift()) !== undefined;) stage.receive(deposit, 3, 2)
    assert.ok(stage.mostInFlight <= LIMITS.pageBytes)
    assert.deepEqual([stage.core.isOver, stage.released.length], [true, 10])
  })

  it('counts nothing without w distinct nodes, forgets nothing, and ends, whatever happens in whatever order', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }), fc.array(step(), { maxLength: 80 }), fc.boolean(), (sizes, steps, releases) => {
      const run = new Run(sizes, releases)
      for (const each of steps) run.perform(each)
      run.check()
    }), { numRuns: 300 })
  })
})

type Step =
  | { type: 'receive', pick: number, node: number }
  | { type: 'refuse', pick: number, said: Array<[number, RefusalCode]> }
  | { type: 'collect', pick: number }
  | { type: 'route', pick: number, nodes: number[] }
  | { type: 'wait', ms: number, reached: number[] }

function step (): fc.Arbitrary<Step> {
  const pick = fc.nat(100)
  const node = fc.integer({ min: 1, max: 6 })
  const code = fc.constantFrom(REFUSAL.busy, REFUSAL.collected, REFUSAL.draining, REFUSAL.mailboxFull, REFUSAL.expired) as fc.Arbitrary<RefusalCode>
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ type: fc.constant('receive' as const), pick, node }) },
    { weight: 4, arbitrary: fc.record({ type: fc.constant('refuse' as const), pick, said: fc.array(fc.tuple(node, code), { maxLength: 3 }) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('collect' as const), pick }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('route' as const), pick, nodes: fc.uniqueArray(node, { minLength: 1, maxLength: 4 }) }) },
    { weight: 3, arbitrary: fc.record({ type: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40_000 }), reached: fc.array(node) }) }
  )
}

class Run {
  readonly #stage: Stage
  readonly #all: EnvelopeId[] = []
  readonly #collected = new Set<EnvelopeId>()
  readonly #boxes: MailboxId[]
  /** Every deposit ever made: receipts may come for any of them. */
  readonly #made: Deposit[] = []
  readonly #releases: boolean
  #seq = 1

  constructor (sizes: number[], releases: boolean) {
    this.#releases = releases
    this.#stage = new Stage(releases ? HANDOVER_BESIDE : undefined)
    this.#boxes = sizes.map((size, at) => this.#stage.box(at + 1, size, route(1, 2, 3, 4)))
    for (const kept of this.#stage.mail.values()) this.#all.push(...kept.map(({ envelope }) => envelope.id))
    this.#note()
  }

  perform (step: Step): void {
    const stage = this.#stage
    switch (step.type) {
      case 'receive': {
        const deposit = this.#made[step.pick % (this.#made.length || 1)]
        if (deposit?.among.entries.some(({ node }) => node === nodeKey(step.node)) === true) stage.receive(deposit, step.node)
        break
      }
      case 'refuse': {
        const deposit = this.#made[step.pick % (this.#made.length || 1)]
        if (deposit !== undefined) stage.refuse(deposit, step.said.filter(([node]) => deposit.among.entries.some(entry => entry.node === nodeKey(node))))
        break
      }
      case 'collect': {
        const mailbox = this.#boxes[step.pick % this.#boxes.length] as MailboxId
        const [gone, ...rest] = stage.mail.get(mailbox) ?? []
        if (gone !== undefined) this.#collected.add(gone.envelope.id)
        stage.mail.set(mailbox, rest)
        break
      }
      case 'route': {
        const mailbox = this.#boxes[step.pick % this.#boxes.length] as MailboxId
        stage.tell({ type: 'route', mailbox, route: plainRoute({ nodes: step.nodes, n: 2, seq: ++this.#seq }) })
        break
      }
      case 'wait': stage.pass(step.ms, new Set(step.reached.map(nodeKey)))
    }
    this.#note()
  }

  #note (): void { this.#made.push(...this.#stage.take()) }

  check (): void {
    const { core, receipts, words, released } = this.#stage
    const heldBy = (id: EnvelopeId): number => [...receipts.get(id) ?? []].filter(node => node !== SELF).length
    const spokenFor = (id: EnvelopeId): number => new Set([...receipts.get(id) ?? [], ...words.get(id) ?? []].filter(node => node !== SELF)).size
    for (const id of released) assert.ok(spokenFor(id) >= 2 || this.#collected.has(id), 'let go of what too few others have')
    this.#stage.tell({ type: 'end' })
    assert.ok(core.isOver)
    assert.equal(core.bytesInFlight, 0)
    const { handedOver, collected, kept, lackingEnvelopes } = core.report(0)
    assert.ok(handedOver <= this.#all.filter(id => heldBy(id) >= 2).length, 'handed over without receipts')
    assert.ok(collected <= this.#all.filter(id => spokenFor(id) >= 2 || this.#collected.has(id)).length, 'collected without anybody’s word')
    assert.equal(handedOver + collected + kept + lackingEnvelopes, this.#all.length, 'forgotten')
    assert.ok(!this.#releases || this.#all.every(id => released.includes(id) || this.#collected.has(id) || [...this.#stage.mail.values()].flat().some(({ envelope }) => envelope.id === id)))
  }
}
