/** Figures from scripted events: what counts, for which step, and what is left out. */
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { messageIdOf, peerKeyOf, rootKeyOf } from '../../../simulations/actors/values.ts'
import { Figures, KINDS_MAX, STEPS_MAX } from '../../../simulations/report/figures.ts'
import type { Message, MessageState } from '../../../src/types.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const BEGINS_AT = 1_800_000_000_000

/** Times are ms since the beginning; a step is an hour. */
class Script {
  readonly figures: Figures

  constructor (hours?: number) {
    this.figures = new Figures({ beginsAt: BEGINS_AT, stepMs: HOUR, ...hours !== undefined && { endsAt: BEGINS_AT + hours * HOUR } })
  }

  written (ms: number, id: string): void { this.figures.written({ at: BEGINS_AT + ms, message: message(id), expiry: Infinity }) }

  state (ms: number, id: string, state: MessageState, copies = 2): void {
    this.figures.state({ at: BEGINS_AT + ms, id: messageIdOf(id), state, copies, w: 2, envelopes: [], nodes: [], problem: undefined })
  }

  shown (ms: number, id: string, device = 'd'): void {
    this.figures.shown({ at: BEGINS_AT + ms, reader: rootKeyOf('b'), device: peerKeyOf(device), message: message(id), missing: [], late: false })
  }

  resolved (ms: number, tookMs: number, { found = true, resolver = 'n1' } = {}): void {
    this.figures.resolved({ at: BEGINS_AT + ms, resolver: peerKeyOf(resolver), root: rootKeyOf('u'), order: found ? { epoch: 1, seq: 1, hash: '' } : undefined, ms: tookMs })
  }

  sent (ms: number, from: string, kind: string, messages = 1, bytes = 100): void { this.figures.sent({ at: BEGINS_AT + ms, from, kind, messages, bytes }) }

  node (ms: number, actor: string, up: boolean, left = false): void { this.figures.process({ at: BEGINS_AT + ms, actor, isNode: true, up, left }) }

  device (ms: number, actor: string, up: boolean, left = false): void { this.figures.process({ at: BEGINS_AT + ms, actor, root: rootKeyOf(actor), isNode: false, up, left }) }
}

/** From user and device `a` to user and device `b`. */
function message (id: string): Message { return { id: messageIdOf(id), from: rootKeyOf('a'), device: peerKeyOf('a'), conversation: rootKeyOf('b') } as Message }

describe('figures', () => {
  it('of nothing are counts of nothing, and one empty step', () => {
    const { figures } = new Script()
    deepEqual(figures.summary(), { messagesWritten: 0, messagesStored: 0, messagesDelivered: 0, lookUps: 0, messagesLost: 0, powerCuts: 0 })
    const { at, deliveryMsP50, reachableShare, messagesWritten } = figures.series()
    deepEqual({ at, deliveryMsP50, reachableShare, messagesWritten }, { at: [0.5], deliveryMsP50: [null], reachableShare: [null], messagesWritten: [0] })
  })

  it('of one event are that event', () => {
    const script = new Script()
    script.written(0, 'm')
    deepEqual(script.figures.summary(), { messagesWritten: 1, messagesStored: 0, messagesDelivered: 0, lookUps: 0, messagesLost: 0, powerCuts: 0 })
  })

  it('are the same however often they are asked for', () => {
    const script = new Script()
    script.node(0, 'n1', true)
    script.sent(90 * MINUTE, 'n1', 'ping')
    deepEqual(script.figures.summary(), script.figures.summary())
    deepEqual(script.figures.series(), script.figures.series())
  })

  describe('of delivery', () => {
    it('count from writing to the first showing, in the step of the writing', () => {
      const script = new Script()
      script.written(10 * MINUTE, 'a')
      script.written(70 * MINUTE, 'b')
      script.shown(70 * MINUTE + 500, 'b')
      script.shown(130 * MINUTE, 'a')
      script.shown(140 * MINUTE, 'a', 'another device')
      script.sent(150 * MINUTE, 'n1', 'ping')
      const { deliveryMsP50, messagesDelivered } = script.figures.series()
      deepEqual(deliveryMsP50, [120 * MINUTE, 500, null])
      deepEqual(messagesDelivered, [1, 1, 0])
      equal(script.figures.summary().deliveryMsP50, (120 * MINUTE + 500) / 2)
    })

    it('tell quantiles of many', () => {
      const script = new Script()
      for (let ms = 0; ms <= 100; ms++) {
        script.written(0, `m${ms}`)
        script.shown(ms, `m${ms}`)
      }
      const { deliveryMsP50, deliveryMsP90, deliveryMsP99 } = script.figures.summary()
      deepEqual([deliveryMsP50, deliveryMsP90, deliveryMsP99], [50, 90, 99])
    })

    it('tell readers apart who were online all the time', () => {
      const script = new Script()
      script.device(0, 'stays', true)
      script.device(0, 'comes', true)
      script.device(10, 'comes', false)
      script.written(20, 'a')
      script.written(20, 'b')
      script.written(20, 'c')
      script.shown(70, 'a', 'stays')
      script.device(HOUR, 'comes', true)
      script.shown(HOUR + 30, 'b', 'comes')
      script.shown(HOUR + 40, 'c', 'never heard of')
      const { deliveryOnlineMsP50, messagesDelivered } = script.figures.summary()
      equal(deliveryOnlineMsP50, 50)
      equal(messagesDelivered, 3)
    })

    it('call lost what was stored and is not shown, until it is', () => {
      const script = new Script()
      for (const id of ['shown', 'shown first', 'late', 'lost', 'never stored']) script.written(0, id)
      script.shown(1, 'shown first')
      for (const id of ['shown', 'shown first', 'late', 'lost']) script.state(2, id, 'stored')
      script.shown(3, 'shown')
      equal(script.figures.summary().messagesLost, 2)
      script.shown(4, 'late')
      equal(script.figures.summary().messagesLost, 1)
    })

    it('do not call lost what was written to a reader who left for good', () => {
      const script = new Script()
      script.device(0, 'b', true)
      for (const id of ['before', 'after']) {
        script.written(0, id)
        script.state(1, id, 'stored')
      }
      script.shown(2, 'before', 'b')
      equal(script.figures.summary().messagesLost, 1)
      script.device(3, 'b', false, true)
      equal(script.figures.summary().messagesLost, 0)
    })

    it('call lost what was delivered by its sender\'s word and never shown', () => {
      const script = new Script()
      for (const id of ['shown', 'never shown']) {
        script.written(0, id)
        script.state(100, id, 'delivered', 1)
      }
      script.shown(50, 'shown')
      const { messagesStored, messagesLost } = script.figures.summary()
      deepEqual({ messagesStored, messagesLost }, { messagesStored: 0, messagesLost: 1 })
    })
  })

  describe('of storing', () => {
    it('count the first time that a message is stored, with its copies', () => {
      const script = new Script()
      script.written(0, 'a')
      script.written(0, 'b')
      script.state(50, 'a', 'accepted', 1)
      script.state(100, 'a', 'stored', 2)
      script.state(200, 'a', 'stored', 3)
      script.state(300, 'a', 'delivered', 3)
      script.state(300, 'b', 'stored', 3)
      const { storedMsP50, copiesMean, copies2Share, copies3Share, messagesStored, ...rest } = script.figures.summary()
      deepEqual({ storedMsP50, copiesMean, copies2Share, copies3Share, messagesStored }, { storedMsP50: 200, copiesMean: 2.5, copies2Share: 0.5, copies3Share: 0.5, messagesStored: 2 })
      ok(!('copies1Share' in rest))
    })
  })

  describe('of machines', () => {
    it('are shares of time', () => {
      const script = new Script(2)
      script.node(-HOUR, 'n1', true)
      script.node(0, 'n2', false)
      script.device(0, 'd', true)
      script.node(90 * MINUTE, 'n2', true)
      script.node(3 * HOUR, 'n1', false)
      const { reachableShare, devicesUpShare } = script.figures.series()
      deepEqual(reachableShare, [0.5, 0.75])
      deepEqual(devicesUpShare, [1, 1])
      const summary = script.figures.summary()
      equal(summary.reachableShare, 0.625)
      equal(summary.reachableShareMin, 0.5)
    })

    it('leave out who left for good', () => {
      const script = new Script(2)
      script.node(0, 'n1', true)
      script.node(0, 'n2', true)
      script.node(HOUR, 'n2', false)
      script.node(90 * MINUTE, 'n2', false, true)
      script.node(2 * HOUR, 'n1', true)
      // In the second hour n2 is missed for thirty minutes of ninety.
      deepEqual(script.figures.series().reachableShare, [1, 0.666667])
    })
  })

  describe('of routing', () => {
    it('count what nodes had to ask the network', () => {
      const script = new Script()
      script.node(0, 'n1', true)
      script.device(0, 'd', true)
      script.resolved(1, 0)
      script.resolved(2, 400)
      script.resolved(3, 200)
      script.resolved(4, 3000, { found: false })
      script.resolved(5, 0, { found: false })
      script.resolved(6, 900, { resolver: 'd' })
      const { lookUps, routingSuccessShare, lookUpMsP50 } = script.figures.summary()
      deepEqual({ lookUps, routingSuccessShare, lookUpMsP50 }, { lookUps: 4, routingSuccessShare: 0.5, lookUpMsP50: 300 })
    })
  })

  describe('of traffic', () => {
    it('are per hour that a node is up, with the routing model apart', () => {
      const script = new Script(2)
      script.node(0, 'n1', true)
      script.node(0, 'n2', true)
      script.device(0, 'd', true)
      script.sent(1, 'n1', 'deposit', 1, 2000)
      script.sent(2, 'n2', 'ping', 3, 30)
      script.sent(3, 'd', 'ping', 5, 50)
      script.sent(4, 'n1', 'kad', 100, 50_000)
      script.node(HOUR, 'n2', false)
      script.sent(HOUR, 'n1', 'ping', 6, 60)
      script.node(2 * HOUR, 'n1', false)
      const { messagesPerNodeHour, bytesPerNodeHour, kadMessagesPerNodeHour, kadBytesPerNodeHour } = script.figures.series()
      deepEqual({ messagesPerNodeHour, bytesPerNodeHour }, { messagesPerNodeHour: [2, 6], bytesPerNodeHour: [1015, 60] })
      deepEqual({ kadMessagesPerNodeHour, kadBytesPerNodeHour }, { kadMessagesPerNodeHour: [50, 0], kadBytesPerNodeHour: [25_000, 0] })
      const summary = script.figures.summary()
      equal(summary.messagesPerNodeHour, 3.3)
      equal(summary.pingMessagesPerNodeHour, 3)
      equal(summary.depositBytesPerNodeHour, 666.7)
      equal(summary.messagesPerDeviceHour, 2.5)
    })

    it('tell a bounded number of kinds apart', () => {
      const script = new Script()
      script.node(0, 'n1', true)
      for (let kind = 0; kind < KINDS_MAX + 10; kind++) script.sent(HOUR, 'n1', `kind${kind}`)
      const summary = script.figures.summary()
      equal(Object.keys(summary).filter(name => name.startsWith('kind') && name.endsWith('MessagesPerNodeHour')).length, KINDS_MAX)
      equal(summary.otherMessagesPerNodeHour, 10)
    })
  })

  describe('within their time', () => {
    it('count nothing before the beginning, and after the end only what became of messages', () => {
      const script = new Script(1)
      script.node(-MINUTE, 'n1', true)
      script.written(-1, 'too early')
      script.sent(-1, 'n1', 'ping')
      script.resolved(-1, 100)
      script.written(0, 'm')
      script.written(HOUR, 'too late')
      script.sent(HOUR, 'n1', 'ping')
      script.resolved(HOUR, 100)
      script.node(HOUR, 'n1', false)
      script.shown(5 * HOUR, 'm')
      script.shown(5 * HOUR, 'too late')
      const { messagesWritten, messagesDelivered, deliveryMsP99, lookUps, messagesPerNodeHour, reachableShare } = script.figures.summary()
      deepEqual(
        { messagesWritten, messagesDelivered, deliveryMsP99, lookUps, messagesPerNodeHour, reachableShare },
        { messagesWritten: 1, messagesDelivered: 1, deliveryMsP99: 5 * HOUR, lookUps: 0, messagesPerNodeHour: 0, reachableShare: 1 }
      )
      equal(script.figures.series().at.length, 1)
    })

    it('have a step for every stretch in which nothing happened', () => {
      const script = new Script()
      script.written(0, 'a')
      script.written(3 * HOUR, 'b')
      const { at, messagesWritten } = script.figures.series()
      deepEqual(at, [0.5, 1.5, 2.5, 3.5])
      deepEqual(messagesWritten, [1, 0, 0, 1])
    })

    it('are of so many steps at most', () => {
      const script = new Script()
      script.written(2 * STEPS_MAX * HOUR, 'too late')
      script.node(2 * STEPS_MAX * HOUR, 'n1', true)
      equal(script.figures.series().at.length, STEPS_MAX)
      equal(script.figures.summary().messagesWritten, 0)
      throws(() => new Script(STEPS_MAX + 1), RangeError)
      throws(() => new Script(0), RangeError)
    })
  })
})
