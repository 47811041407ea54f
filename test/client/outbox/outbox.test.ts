import assert from 'node:assert/strict'
import fc from 'fast-check'
import { OUTBOX_DEFAULTS } from '../../../src/client/outbox/defaults.ts'
import { REFUSAL } from '../../../src/types.ts'
import { chooser } from '../inbox/reader.ts'
import { at, A, B, BOB, entry, envelopeId, EXPIRY, messageId, node, ROUTE, Sender, START } from './sender.ts'
import { addressKey, type OutboxEntry, type OutboxEvent } from '../../../src/client/outbox/events.core.ts'
import type { EnvelopeId, RefusalCode, RootKey } from '../../../src/types.ts'

const { requestTimeoutMs, receiptTimeoutMs, retryMs, retryMsMax, resendMs, resendMsMax, resolveMs, wakeGrainMs } = OUTBOX_DEFAULTS
const CAROL = '0d'.repeat(32) as RootKey
const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('client/outbox', () => {
  describe('states', () => {
    it('go forward with their evidence: accepted, two receipts, the recipient’s mark', () => {
      const { sender, one } = connected()
      assert.deepEqual(sender.deposits, [[one, A]])
      sender.accept(one)
      assert.deepEqual(last(sender), ['accepted', 0, 2])
      sender.receive(one, 1)
      assert.deepEqual(last(sender), ['accepted', 1, 2])
      sender.receive(one, 1)
      assert.deepEqual(last(sender), ['accepted', 1, 2], 'the same node again')
      sender.receive(one, 2)
      assert.deepEqual(last(sender), ['stored', 2, 2])
      sender.receive(one, 3)
      assert.deepEqual(last(sender), ['stored', 3, 2])
      sender.handle({ type: 'marked', from: BOB, mark: 'delivered', ids: [messageId(1)] })
      assert.deepEqual(last(sender), ['delivered', 3, 2])
      assert.equal(sender.dropped.get(at(1)), 'delivered')
      assert.equal(sender.core.size, 0)
    })

    it('count nodes of the record only', () => {
      const { sender, one } = connected()
      sender.receive(one, 7, 8, 9)
      assert.equal(sender.effects('state').length, 0)
      sender.receive(one, 1, 7)
      assert.deepEqual(last(sender), ['accepted', 1, 2])
    })

    it('are not stored before what opens them is: a reader must never depend on the sender’s return', () => {
      const { sender, one } = connected()
      const control = entry(2, { kind: 'control' })
      sender.queue(control)
      const [welcome] = control.envelopes as [EnvelopeId]
      sender.receive(one, 1, 2)
      assert.deepEqual(last(sender), ['accepted', 2, 2])
      sender.receive(welcome, 1)
      assert.equal(sender.states.get(at(1)), 'accepted')
      sender.receive(welcome, 2)
      assert.equal(sender.states.get(at(1)), 'stored')
      assert.equal(sender.states.get(at(2)), 'stored')
    })

    it('are those of the piece that is furthest behind', () => {
      const { sender, message: { envelopes: [one, two] } } = connected({ pieces: 2 })
      sender.accept(one ?? assert.fail())
      assert.equal(sender.effects('state').length, 0)
      sender.receive(one ?? assert.fail(), 1, 2)
      assert.equal(sender.effects('state').filter(({ entry }) => entry.state !== 'queued').length, 0)
      sender.accept(two ?? assert.fail())
      sender.receive(two ?? assert.fail(), 3)
      assert.deepEqual(last(sender), ['accepted', 1, 2])
      sender.receive(two ?? assert.fail(), 1)
      assert.deepEqual(last(sender), ['stored', 2, 2])
    })

    it('believe marks of the recipient only, and read may come first', () => {
      const { sender } = connected()
      sender.handle({ type: 'marked', from: CAROL, mark: 'delivered', ids: [messageId(1)] })
      assert.equal(sender.core.size, 1)
      sender.handle({ type: 'marked', from: BOB, mark: 'read', ids: [messageId(1)] })
      assert.equal(sender.states.get(at(1)), 'read')
    })

    it('of messages that left are for the history', () => {
      const { sender } = connected()
      sender.handle({ type: 'marked', from: BOB, mark: 'delivered', ids: [messageId(1)] })
      sender.handle({ type: 'marked', from: BOB, mark: 'read', ids: [messageId(1), messageId(9)] })
      assert.deepEqual(sender.effects('marked'), [{ type: 'marked', from: BOB, mark: 'read', ids: [messageId(1), messageId(9)] }])
    })

    it('of what goes once are nobody’s to mark', () => {
      const { sender } = connected({ kind: 'once' })
      sender.handle({ type: 'marked', from: BOB, mark: 'delivered', ids: [messageId(1)] })
      assert.equal(sender.core.size, 1)
    })

    it('of what goes once end at stored, or when they were collected', () => {
      const { sender, one } = connected({ kind: 'once' })
      sender.receive(one, 1, 2)
      assert.equal(sender.dropped.get(at(1)), 'delivered')
      sender.queue(entry(2, { kind: 'once' }))
      sender.refuse(sender.deposits.at(-1)?.[0] ?? assert.fail(), REFUSAL.collected)
      assert.equal(sender.dropped.get(at(2)), 'delivered')
    })
  })

  describe('a message to several users', () => {
    const both = (): { sender: Sender, bobs: EnvelopeId, carols: EnvelopeId } => {
      const { sender, one } = connected()
      sender.queue(entry(1, { recipient: CAROL, kind: 'once' }))
      return { sender, bobs: one, carols: sender.deposits.at(-1)?.[0] ?? assert.fail() }
    }

    it('goes to each by itself, and ends for each by itself', () => {
      const { sender, bobs, carols } = both()
      assert.equal(sender.core.size, 2)
      sender.receive(carols, 1, 2)
      assert.equal(sender.dropped.get(at(1, CAROL)), 'delivered', 'a copy for one’s own devices is done when it is stored')
      assert.equal(sender.states.get(at(1)) ?? 'queued', 'queued', 'which says nothing of the other one')
      sender.receive(bobs, 1, 2)
      sender.handle({ type: 'marked', from: BOB, mark: 'delivered', ids: [messageId(1)] })
      assert.equal(sender.core.size, 0)
    })

    it('that one of them cannot open is sealed again for that one', () => {
      const { sender, bobs } = both()
      sender.receive(bobs, 1, 2)
      sender.handle({ type: 'lost', recipient: BOB, ids: [messageId(1), messageId(9)] })
      assert.deepEqual(sender.effects('seal').map(({ recipient, reason }) => [recipient, reason]), [[BOB, 'lost']])
      const again = envelopeId()
      sender.handle({ type: 'sealed', id: messageId(1), recipient: BOB, envelopes: [again] })
      assert.equal(sender.deposits.at(-1)?.[0], again)
      assert.equal(sender.states.get(at(1)), 'stored', 'a state never goes back')
    })
  })

  describe('what cannot be sealed', () => {
    it('is sealed when what stood in the way is over', () => {
      const { sender } = connected({ envelopes: [] })
      sender.handle({ type: 'unsealed', id: messageId(1), recipient: BOB })
      assert.equal(sender.effects('state').at(-1)?.problem, 'noKey')
      sender.handle({ type: 'ready', recipient: CAROL })
      assert.equal(sender.effects('seal').length, 1)
      sender.handle({ type: 'ready', recipient: BOB })
      assert.equal(sender.effects('seal').length, 2)
    })

    it('once it was lost is not sent as it was', () => {
      const { sender, one } = connected()
      sender.receive(one, 1, 2)
      sender.handle({ type: 'lost', recipient: BOB, ids: [messageId(1)] })
      sender.handle({ type: 'unsealed', id: messageId(1), recipient: BOB })
      sender.advance(2 * resendMs)
      assert.deepEqual(sender.effects('seal').map(({ reason }) => reason), ['lost', 'lost'])
      assert.equal(sender.deposits.length, 1)
    })
  })

  describe('sends again', () => {
    it('what nobody answered, on the other link', () => {
      const { sender, one } = connected({}, A, B)
      sender.advance(requestTimeoutMs - 1)
      assert.equal(sender.deposits.length, 1)
      sender.advance(1 + wakeGrainMs)
      assert.deepEqual(sender.deposits, [[one, A], [one, B]])
      sender.accept(one, A)
      assert.equal(sender.states.get(at(1)), 'accepted', 'a late answer still tells')
    })

    it('what was accepted without receipts', () => {
      const { sender, one } = connected({}, A, B)
      sender.accept(one)
      sender.advance(receiptTimeoutMs + wakeGrainMs)
      assert.deepEqual(sender.deposits, [[one, A], [one, B]])
      assert.deepEqual(sender.effects('resolve'), [{ type: 'resolve', recipient: BOB, fresh: true }], 'the replicas may be others now')
    })

    it('what was out on a link that closed', () => {
      const { sender, one } = connected({}, A, B)
      sender.handle({ type: 'disconnected', link: A })
      assert.deepEqual(sender.deposits, [[one, A], [one, B]])
      sender.handle({ type: 'disconnected', link: B })
      sender.advance(HOUR)
      assert.equal(sender.deposits.length, 2)
      sender.handle({ type: 'connected', link: A })
      assert.deepEqual(sender.deposits[2], [one, A])
    })

    it('with growing pauses when only one link is there', () => {
      const { sender } = connected()
      const times: number[] = []
      for (let count = 1; count < 14;) {
        sender.advance(wakeGrainMs)
        if (sender.deposits.length > count) {
          count = sender.deposits.length
          times.push(sender.now - START)
        }
      }
      const pauses = times.map((time, index) => time - (times[index - 1] ?? 0) - requestTimeoutMs)
      for (const [index, pause] of pauses.entries()) {
        const expected = Math.min(retryMs * 2 ** index, retryMsMax) * 0.75
        assert.ok(Math.abs(pause - expected) <= 2 * wakeGrainMs, `${index}: ${pause}, not ${expected}`)
      }
    })

    it('what is not delivered, after a minute, then ever more seldom', () => {
      const { sender, one } = connected()
      const answer = (): void => {
        sender.accept(one)
        sender.receive(one, 1, 2)
      }
      answer()
      const times: number[] = []
      while (times.length < 12) {
        const before = sender.deposits.length
        sender.advance(1000)
        if (sender.deposits.length === before) continue
        times.push(sender.now)
        answer()
      }
      const pauses = times.map((time, index) => time - (times[index - 1] ?? START))
      for (const [index, pause] of pauses.entries()) assert.ok(Math.abs(pause - Math.min(resendMs * 2 ** index, resendMsMax)) <= 1000, `${index}: ${pause}`)
      assert.deepEqual(sender.states.get(at(1)), 'stored')
    })

    it('sealed anew when it was collected and still no mark comes', () => {
      const { sender, one } = connected()
      sender.refuse(one, REFUSAL.collected)
      assert.equal(sender.effects('seal').length, 0)
      sender.advance(resendMs + wakeGrainMs)
      assert.deepEqual(sender.effects('seal'), [{ type: 'seal', id: messageId(1), recipient: BOB, reason: 'collected' }])
      const again = envelopeId()
      sender.handle({ type: 'sealed', id: messageId(1), recipient: BOB, envelopes: [again] })
      assert.deepEqual(sender.deposits.at(-1), [again, A])
      sender.receive(one, 1, 2)
      assert.equal(sender.states.get(at(1)) ?? 'queued', 'queued', 'receipts of the old envelope say nothing of the new one')
      sender.receive(again, 1, 2)
      assert.equal(sender.states.get(at(1)), 'stored')
    })
  })

  describe('sends again, but', () => {
    it('not what a receipt has answered', () => {
      const { sender, one } = connected()
      sender.receive(one, 1)
      sender.advance(receiptTimeoutMs - 1)
      assert.equal(sender.deposits.length, 1)
    })

    it('no later because receipts come again', () => {
      const { sender, one } = connected()
      sender.receive(one, 1, 2)
      sender.advance(resendMs - 1)
      sender.receive(one, 1, 2, 3)
      sender.advance(1 + wakeGrainMs)
      assert.equal(sender.deposits.length, 2)
    })

    it('a new envelope has its own minute', () => {
      const { sender, one } = connected()
      sender.receive(one, 1, 2)
      sender.advance(resendMs - 1000)
      const again = envelopeId()
      sender.handle({ type: 'rekeyed', recipient: BOB })
      sender.handle({ type: 'sealed', id: messageId(1), recipient: BOB, envelopes: [again] })
      sender.receive(again, 1, 2)
      sender.advance(resendMs - 1)
      assert.equal(sender.deposits.length, 2)
      sender.advance(1 + wakeGrainMs)
      assert.deepEqual(sender.deposits[2], [again, A])
    })
  })

  describe('after a refusal', () => {
    it('tries at once when the first link is back', () => {
      const { sender, one } = connected()
      sender.refuse(one, REFUSAL.mailboxFull, { retryAfterSeconds: 300 })
      sender.handle({ type: 'disconnected', link: A })
      sender.handle({ type: 'connected', link: A })
      assert.equal(sender.deposits.length, 2)
    })

    it('tries at once when the recipient has moved', () => {
      const { sender, one } = connected()
      sender.refuse(one, REFUSAL.tooFewNodes, { retryAfterSeconds: 300 })
      sender.handle({ type: 'routed', recipient: BOB, route: { nodes: [4, 5].map(node), n: 2, w: 2 } })
      assert.equal(sender.deposits.length, 2)
    })

    it('pauses longer and longer, also when the same receipts come each time', () => {
      const { sender, one } = connected({ route: { ...ROUTE, w: 3 } })
      for (let tries = 1; tries <= 6; tries++) {
        sender.receive(one, 1, 2)
        sender.refuse(one, REFUSAL.tooFewNodes)
        assert.equal(sender.deposits.length, tries)
        sender.advance(retryMs * 2 ** (tries - 1) / 2)
        assert.equal(sender.deposits.length, tries)
        sender.advance(retryMs * 2 ** (tries - 1) / 2)
      }
    })

    it('is done with the reason when a device has it', () => {
      const { sender, one } = connected()
      sender.refuse(one, REFUSAL.busy)
      sender.advance(retryMs + wakeGrainMs)
      sender.refuse(one, REFUSAL.collected)
      assert.equal(sender.effects('state').at(-1)?.problem, undefined)
    })

    for (const name of ['busy', 'storeFailed', 'draining', 'tooFewNodes', 'mailboxFull', 'notAdmitted', 'notServed', 'expired', 'expiryTooFar', 'unsupported', 'malformed', 'noRoom'] as const) {
      it(`${name}: says so, tries again, and gets there`, () => {
        const { sender, one } = connected()
        sender.refuse(one, REFUSAL[name])
        assert.deepEqual(sender.effects('state').at(-1)?.problem, { refusal: REFUSAL[name] })
        sender.advance(retryMs + wakeGrainMs)
        assert.equal(sender.deposits.length, 2)
        sender.accept(one)
        sender.receive(one, 1, 2)
        assert.equal(sender.states.get(at(1)), 'stored')
        assert.equal(sender.effects('state').at(-1)?.problem, undefined)
      })
    }

    it('tries another node at once when the reason is the node’s own', () => {
      const { sender, one } = connected({}, A, B)
      sender.refuse(one, REFUSAL.draining)
      assert.deepEqual(sender.deposits, [[one, A], [one, B]])
      sender.refuse(one, REFUSAL.draining, { link: B })
      assert.equal(sender.deposits.length, 2, 'both said no')
    })

    it('waits as long as the node asks for, within reason', () => {
      const { sender, one } = connected()
      sender.refuse(one, REFUSAL.busy, { retryAfterSeconds: 60 })
      sender.advance(MINUTE - 1)
      assert.equal(sender.deposits.length, 1)
      sender.advance(1 + wakeGrainMs)
      assert.equal(sender.deposits.length, 2)
      sender.refuse(one, REFUSAL.busy, { retryAfterSeconds: 0xffffffff })
      sender.advance(retryMsMax + wakeGrainMs)
      assert.equal(sender.deposits.length, 3)
    })

    it('keeps the copies that came before: two of three, then the third try', () => {
      const { sender, one } = connected({ route: { ...ROUTE, w: 3 } })
      sender.accept(one)
      sender.receive(one, 1, 2)
      sender.refuse(one, REFUSAL.tooFewNodes)
      assert.deepEqual(last(sender), ['accepted', 2, 3])
      sender.advance(retryMs + wakeGrainMs)
      assert.equal(sender.deposits.length, 2)
      sender.receive(one, 3)
      assert.deepEqual(last(sender), ['stored', 3, 3])
    })

    it('gives the route to a node that lacks it, once', () => {
      const { sender, one } = connected()
      sender.refuse(one, REFUSAL.noRoute)
      assert.deepEqual(sender.log.filter(({ type }) => type !== 'wakeAt').slice(-2).map(({ type }) => type), ['reroute', 'deposit'])
      sender.refuse(one, REFUSAL.noRoute)
      assert.equal(sender.effects('reroute').length, 1)
      assert.equal(sender.deposits.length, 2)
      sender.advance(retryMs + wakeGrainMs)
      assert.equal(sender.deposits.length, 3)
      sender.handle({ type: 'connected', link: B })
      sender.handle({ type: 'disconnected', link: A })
      sender.refuse(one, REFUSAL.noRoute, { link: B })
      assert.deepEqual(sender.effects('reroute').map(({ link }) => link), [A, B], 'each node once')
    })

    it('goes by the newer record at once, and looks for one when none came', () => {
      const { sender, one } = connected()
      sender.handle({ type: 'routed', recipient: BOB, route: { nodes: [1, 4, 5].map(node), n: 3, w: 2 } })
      sender.refuse(one, REFUSAL.moved)
      assert.equal(sender.deposits.length, 2)
      sender.refuse(one, REFUSAL.moved)
      assert.equal(sender.deposits.length, 2)
      assert.deepEqual(sender.effects('resolve'), [{ type: 'resolve', recipient: BOB, fresh: true }])
    })

    it('that comes late, from a link that it is not out on, does nothing', () => {
      const { sender, one } = connected({}, A, B)
      sender.advance(requestTimeoutMs + wakeGrainMs)
      sender.refuse(one, REFUSAL.busy)
      assert.equal(sender.deposits.length, 2)
      assert.equal(sender.effects('state').length, 0)
      sender.accept(one, B)
      sender.receive(one, 1, 2)
      sender.refuse(one, REFUSAL.tooFewNodes, { link: B })
      assert.equal(sender.states.get(at(1)), 'stored')
    })
  })

  describe('routes and keys', () => {
    it('are asked for once for all messages, and sealed when known', () => {
      const sender = new Sender()
      sender.handle({ type: 'connected', link: A })
      for (const name of [1, 2]) sender.queue(entry(name, { route: undefined, envelopes: [] }))
      assert.deepEqual(sender.effects('resolve'), [{ type: 'resolve', recipient: BOB, fresh: false }])
      sender.handle({ type: 'routed', recipient: BOB, route: ROUTE })
      assert.deepEqual(sender.effects('seal').map(({ id, reason }) => [id, reason]), [[messageId(1), 'first'], [messageId(2), 'first']])
      const one = envelopeId()
      sender.handle({ type: 'sealed', id: messageId(1), recipient: BOB, envelopes: [one] })
      assert.deepEqual(sender.deposits, [[one, A]])
      assert.deepEqual(sender.disk.get(at(1))?.envelopes, [one])
    })

    it('are asked for again with growing pauses, at once when a link comes back', () => {
      const sender = new Sender()
      sender.queue(entry(1, { route: undefined, envelopes: [] }))
      sender.handle({ type: 'unresolved', recipient: BOB })
      assert.equal(sender.effects('state').at(-1)?.problem, 'noRoute')
      sender.advance(resolveMs + wakeGrainMs)
      assert.equal(sender.effects('resolve').length, 2)
      sender.handle({ type: 'unresolved', recipient: BOB })
      sender.advance(resolveMs + wakeGrainMs)
      assert.equal(sender.effects('resolve').length, 2)
      sender.handle({ type: 'connected', link: A })
      assert.equal(sender.effects('resolve').length, 3)
      sender.handle({ type: 'routed', recipient: BOB, route: ROUTE })
      assert.equal(sender.effects('state').at(-1)?.problem, undefined)
    })

    it('a fresh look-up is not made for every refusal', () => {
      const { sender } = connected()
      for (let name = 2; name < 50; name++) sender.queue(entry(name))
      for (const [envelope] of sender.deposits) sender.refuse(envelope, REFUSAL.tooFewNodes)
      assert.equal(sender.effects('resolve').length, 1)
      sender.handle({ type: 'routed', recipient: BOB, route: ROUTE })
      for (let round = 0; round < 20; round++) {
        sender.advance(retryMsMax)
        for (const [envelope] of sender.open) sender.refuse(envelope, REFUSAL.tooFewNodes)
        sender.handle({ type: 'routed', recipient: BOB, route: ROUTE })
      }
      assert.ok(sender.effects('resolve').length <= 22, `${sender.effects('resolve').length} look-ups`)
    })

    it('a missing sealing key is said, and looked for', () => {
      const { sender } = connected({ envelopes: [] })
      assert.equal(sender.effects('seal').length, 1)
      sender.handle({ type: 'unsealed', id: messageId(1), recipient: BOB })
      assert.equal(sender.effects('state').at(-1)?.problem, 'noKey')
      sender.advance(resolveMs + wakeGrainMs)
      assert.deepEqual(sender.effects('resolve'), [{ type: 'resolve', recipient: BOB, fresh: true }])
      sender.handle({ type: 'routed', recipient: BOB, route: ROUTE })
      assert.equal(sender.effects('seal').length, 2)
      sender.handle({ type: 'sealed', id: messageId(1), recipient: BOB, envelopes: [envelopeId()] })
      assert.equal(sender.effects('state').at(-1)?.problem, undefined)
    })

    it('a move takes receipts of nodes that left with it, but never a state', () => {
      const { sender, message: { envelopes: [one, two] } } = connected({ pieces: 2 })
      sender.receive(one ?? assert.fail(), 1, 2)
      sender.receive(two ?? assert.fail(), 2)
      sender.handle({ type: 'routed', recipient: BOB, route: { nodes: [2, 4].map(node), n: 2, w: 2 } })
      assert.deepEqual(last(sender), ['accepted', 1, 2])
      assert.deepEqual(sender.deposits.at(-1), [one, A], 'what was enough before goes out again')
      sender.receive(one ?? assert.fail(), 4)
      sender.receive(two ?? assert.fail(), 4)
      assert.deepEqual(last(sender), ['stored', 2, 2])
      sender.handle({ type: 'routed', recipient: BOB, route: { nodes: [7, 8].map(node), n: 2, w: 2 } })
      assert.deepEqual(last(sender), ['stored', 0, 2])
      const before = sender.deposits.length
      sender.advance(resendMs + wakeGrainMs)
      assert.equal(sender.deposits.length, before + 2, 'it is sent to the new nodes soon')
    })

    it('a move makes stored mail go out within a minute, however seldom it went before', () => {
      const { sender, one } = connected()
      sender.receive(one, 1, 2)
      for (let resends = 1; resends <= 6; resends++) {
        sender.advance(resendMs * 2 ** (resends - 1) + wakeGrainMs)
        sender.receive(one, 1, 2)
      }
      const before = sender.deposits.length
      sender.handle({ type: 'routed', recipient: BOB, route: { nodes: [4, 5].map(node), n: 2, w: 2 } })
      sender.advance(resendMs + wakeGrainMs)
      assert.equal(sender.deposits.length, before + 1)
    })

    it('new keys mean a new envelope for what is not delivered, also while one is being made', () => {
      const { sender } = connected()
      sender.handle({ type: 'rekeyed', recipient: BOB })
      sender.handle({ type: 'rekeyed', recipient: BOB })
      assert.equal(sender.effects('seal').length, 1)
      sender.handle({ type: 'sealed', id: messageId(1), recipient: BOB, envelopes: [envelopeId()] })
      assert.equal(sender.effects('seal').length, 2)
      sender.handle({ type: 'sealed', id: messageId(1), recipient: BOB, envelopes: [envelopeId()] })
      assert.equal(sender.effects('seal').length, 2)
      assert.equal(sender.effects('seal')[0]?.reason, 'rekeyed')
    })

    it('are let go with the last message of their recipient', () => {
      const { sender } = connected()
      sender.handle({ type: 'marked', from: BOB, mark: 'delivered', ids: [messageId(1)] })
      const late: OutboxEvent[] = [
        { type: 'routed', recipient: BOB, route: ROUTE },
        { type: 'unresolved', recipient: BOB },
        { type: 'rekeyed', recipient: BOB },
        { type: 'sealed', id: messageId(1), recipient: BOB, envelopes: [] },
        { type: 'unsealed', id: messageId(1), recipient: BOB }
      ]
      for (const event of late) sender.handle(event)
      sender.advance(EXPIRY * 1000 - START)
      assert.equal(sender.effects('resolve').length + sender.effects('seal').length, 0)
    })
  })

  describe('bounds', () => {
    it('so many deposits are out at once, in the order of queueing', () => {
      const sender = new Sender({ unansweredMax: 3, openMax: 4 })
      sender.handle({ type: 'connected', link: A })
      const entries = Array.from({ length: 6 }, (_, index) => entry(index + 1))
      for (const message of entries) sender.queue(message)
      const ids = entries.map(({ envelopes }) => envelopes[0] ?? assert.fail())
      assert.deepEqual(sender.deposits.map(([id]) => id), ids.slice(0, 3))
      sender.accept(ids[0] ?? assert.fail())
      assert.deepEqual(sender.deposits.map(([id]) => id), ids.slice(0, 4))
      sender.accept(ids[1] ?? assert.fail())
      assert.equal(sender.deposits.length, 4, 'accepted ones are open too')
      sender.receive(ids[0] ?? assert.fail(), 1, 2)
      assert.deepEqual(sender.deposits.map(([id]) => id), ids.slice(0, 5))
    })

    it('commits and Welcomes go before what waits: a mailbox that texts fill must not refuse what opens them', () => {
      const sender = new Sender({ unansweredMax: 2 })
      sender.handle({ type: 'connected', link: A })
      const texts = [1, 2, 3, 4].map(name => entry(name))
      const controls = [5, 6].map(name => entry(name, { kind: 'control', pieces: 2 }))
      for (const message of [...texts, ...controls]) sender.queue(message)
      while (sender.open.size > 0) sender.receive([...sender.open.keys()][0] ?? assert.fail(), 1, 2)
      const ordered = [...texts.slice(0, 2), ...controls, ...texts.slice(2)].flatMap(({ envelopes }) => envelopes)
      assert.deepEqual(sender.deposits.map(([envelope]) => envelope), ordered)
    })

    it('so many messages are taken', () => {
      const sender = new Sender({ entriesMax: 2 })
      for (const name of [1, 2, 3]) sender.queue(entry(name))
      assert.deepEqual([...sender.dropped], [[at(3), 'full']])
      sender.queue(entry(2))
      assert.equal(sender.core.size, 2)
    })

    it('a message ends at its expiry', () => {
      const { sender } = connected()
      sender.advance(EXPIRY * 1000 - START - 1)
      assert.equal(sender.core.size, 1)
      sender.advance(wakeGrainMs)
      assert.equal(sender.dropped.get(at(1)), 'expired')
      assert.equal(sender.core.size, 0)
    })

    it('ten thousand waiting messages cost little time', () => {
      const sender = new Sender()
      for (let name = 1; name <= 10_000; name++) sender.queue(entry(name))
      sender.handle({ type: 'connected', link: A })
      const started = performance.now()
      for (let round = 0; round < 100; round++) sender.advance(requestTimeoutMs)
      assert.ok(performance.now() - started < 8000)
    })
  })

  it('goes on after a restart where it was', () => {
    const { sender, one } = connected()
    sender.accept(one)
    sender.receive(one, 1)
    sender.crash(A)
    sender.receive(one, 2)
    assert.deepEqual(last(sender), ['stored', 2, 2])
    sender.crash(A)
    const before = sender.deposits.length
    sender.advance(resendMs + wakeGrainMs)
    assert.equal(sender.deposits.length, before + 1, 'and sends again what is not delivered')
  })

  it('lets go after a restart what was done before', () => {
    const sender = new Sender()
    sender.handle({ type: 'connected', link: A })
    sender.queue(entry(1, { state: 'delivered', route: undefined, envelopes: [] }))
    sender.queue(entry(2, { state: 'stored', kind: 'once' }))
    assert.deepEqual(sender.log.filter(({ type }) => type !== 'wakeAt').map(({ type }) => type), ['drop', 'drop'])
  })

  it('whatever nodes say and whenever it crashes: stored means w nodes, and everything is delivered in the end', () => {
    const scenario = fc.record({
      kinds: fc.array(fc.record({
        kind: fc.constantFrom('text', 'control', 'once'),
        pieces: fc.integer({ min: 0, max: 3 }),
        routed: fc.boolean(),
        recipients: fc.subarray([BOB, CAROL], { minLength: 1 })
      }), { minLength: 1, maxLength: 8 }),
      seed: fc.integer(),
      turns: fc.integer({ min: 5, max: 150 })
    })
    fc.assert(fc.property(scenario, ({ kinds, seed, turns }) => {
      const choose = chooser(seed)
      const sender = new Sender({ unansweredMax: 4 }, () => choose(1000) / 1000)
      const queued: OutboxEntry[] = kinds.flatMap(({ kind, pieces, routed, recipients }, index) =>
        recipients.map(recipient => entry(index + 1, { kind, pieces, route: routed ? ROUTE : undefined, recipient })))
      for (const message of queued) sender.queue(message)
      for (let turn = 0; turn < turns; turn++) disturb(sender, choose)
      sender.crash(A, B)
      for (let turn = 0; turn < 2000 && sender.core.size > 0; turn++) behave(sender)
      assert.deepEqual([...sender.dropped].sort(), queued.map(message => [addressKey(message), 'delivered']).sort())
      for (const message of queued) if (message.kind !== 'once') assert.equal(sender.states.get(addressKey(message)), 'delivered')
    }), { numRuns: 300 })
  })
})

/** One thing that can happen, good or bad. */
function disturb (sender: Sender, choose: (below: number) => number): void {
  const links = [A, B]
  const link = links[choose(2)] ?? A
  const open = [...sender.open.keys()]
  const known = [...sender.disk.values()].flatMap(({ envelopes }) => envelopes)
  const envelope = (choose(3) > 0 ? open[choose(open.length)] : known[choose(known.length)]) ?? envelopeId()
  const unsealed = [...sender.disk.values()].filter(({ envelopes }) => envelopes.length === 0)
  const some = unsealed[choose(unsealed.length)] ?? [...sender.disk.values()][choose(sender.disk.size)]
  const recipient = choose(2) === 0 ? BOB : CAROL
  const happenings: Array<() => void> = [
    () => { sender.handle({ type: 'connected', link }) },
    () => { sender.handle({ type: 'connected', link }) },
    () => { sender.handle({ type: 'disconnected', link }) },
    () => { sender.accept(envelope, link) },
    () => { sender.receive(envelope, 1 + choose(5)) },
    () => { sender.receive(envelope, 1 + choose(5)) },
    () => { sender.refuse(envelope, (1 + choose(19)) as RefusalCode, { link, retryAfterSeconds: choose(100) }) },
    () => { sender.handle({ type: 'routed', recipient, route: choose(2) === 0 ? ROUTE : { nodes: [2, 3, 4].map(node), n: 3, w: 1 + choose(3) } }) },
    () => { sender.handle({ type: 'unresolved', recipient }) },
    () => { sender.handle({ type: 'rekeyed', recipient }) },
    () => { if (some != null) sender.handle({ type: 'sealed', id: some.id, recipient: some.recipient, envelopes: Array.from({ length: 1 + choose(3) }, envelopeId) }) },
    () => { if (some != null) sender.handle({ type: 'unsealed', id: some.id, recipient: some.recipient }) },
    () => { if (some != null) sender.handle({ type: 'lost', recipient: some.recipient, ids: [some.id] }) },
    () => { sender.handle({ type: 'ready', recipient }) },
    () => { sender.advance(choose(5000)) },
    () => { sender.advance(choose(10 * MINUTE)) },
    () => { sender.crash(link) }
  ]
  happenings[choose(happenings.length)]?.()
}

/** The network as it should be: every question of the core is answered well. */
function behave (sender: Sender): void {
  const from = sender.log.length
  sender.advance(1000)
  const answers = sender.log.slice(Math.max(0, from - 200))
  for (const effect of answers) {
    if (effect.type === 'resolve') sender.handle({ type: 'routed', recipient: effect.recipient, route: ROUTE })
    if (effect.type === 'seal') sender.handle({ type: 'sealed', id: effect.id, recipient: effect.recipient, envelopes: [envelopeId()] })
  }
  for (const [envelope, { link }] of sender.open) {
    sender.accept(envelope, link)
    sender.receive(envelope, 1, 2, 3)
  }
  for (const message of [...sender.disk.values()]) {
    if (message.kind !== 'once' && message.state === 'stored') sender.handle({ type: 'marked', from: message.recipient, mark: 'delivered', ids: [message.id] })
  }
}

function connected (change: Parameters<typeof entry>[1] = {}, ...links: Array<typeof A>): { sender: Sender, message: OutboxEntry, one: EnvelopeId } {
  const sender = new Sender()
  for (const link of links.length === 0 ? [A] : links) sender.handle({ type: 'connected', link })
  const message = entry(1, change)
  sender.queue(message)
  return { sender, message, one: message.envelopes[0] ?? ('' as EnvelopeId) }
}

function last (sender: Sender): [string, number, number] {
  const { entry, copies, w } = sender.effects('state').at(-1) ?? assert.fail('no state was told')
  return [entry.state, copies, w]
}
