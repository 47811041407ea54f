import assert from 'node:assert/strict'
import fc from 'fast-check'
import { AuditCore, type AuditEffect, type AuditEvent, type AuditState } from '../../src/relay/audit.core.ts'
import { decodeAuditState, encodeAuditState } from '../../src/relay/audit-proof.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import type { EnvelopeId, MailboxId, Millis, PeerKey } from '../../src/types.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const PEER = 'aa'.repeat(32) as PeerKey
const MAILBOX = 'bb'.repeat(32) as MailboxId
const OTHER = 'cc'.repeat(32) as MailboxId
const { auditLookMs, auditAgainMs, auditAgeMs, auditContactMs, auditIntervalMs, caughtMs, auditsOpenMax } = RELAY_DEFAULTS

const idOf = (number: number): EnvelopeId => number.toString(16).padStart(64, '0') as EnvelopeId
const IDS = [idOf(1), idOf(2), idOf(3)]

/** A core with its clock, and the last of what it decided. */
class Bench {
  core = new AuditCore()
  now: Millis = 0
  readonly effects: AuditEffect[] = []
  chance = 0.5
  mailboxes = [MAILBOX]

  tell (event: AuditEvent): AuditEffect[] {
    const effects = this.core.handle(event, this.now, () => this.chance)
    this.effects.push(...effects)
    // What is to be remembered survives the shelf.
    for (const effect of effects) if (effect.type === 'remember' && effect.state !== undefined) assert.deepEqual(decodeAuditState(encodeAuditState(effect.state)), effect.state)
    for (const effect of effects) if (effect.type === 'draw') this.tell({ type: 'drawn', peer: effect.peer, mailbox: effect.mailbox, ids: IDS })
    return effects
  }

  /** Time passes, the node tells of the mailbox, and every five minutes it is looked. Stops at the first question. */
  pass (ms: number, { tells = true } = {}): Ask | undefined {
    for (const end = this.now + ms; this.now < end;) {
      this.now += auditLookMs
      if (tells) this.tell({ type: 'told', peer: PEER, mailbox: MAILBOX })
      const asked = this.tell({ type: 'look', shared: new Map([[PEER, this.mailboxes]]) }).find(isAsk)
      if (asked !== undefined) return asked
    }
    return undefined
  }

  /** The node answers, or not. */
  answer ({ number, ids }: Ask, shown: EnvelopeId[], here = ids): AuditEffect[] {
    return this.tell({ type: 'answered', peer: PEER, number, shown, lacking: here.filter(id => !shown.includes(id)) })
  }

  get caught (): boolean { return this.effects.some(({ type }) => type === 'caught') }
  get remembered (): AuditState | undefined { return this.effects.findLast(effect => effect.type === 'remember')?.state }
}

type Ask = Extract<AuditEffect, { type: 'ask' }>
const isAsk = (effect: AuditEffect): effect is Ask => effect.type === 'ask'

function linked (): Bench {
  const bench = new Bench()
  bench.tell({ type: 'linked', peer: PEER })
  return bench
}

function asked (bench: Bench, ms = 2 * DAY): Ask {
  const ask = bench.pass(ms)
  assert.ok(ask !== undefined, 'nothing was asked')
  return ask
}

describe('audits, decided', () => {
  it('ask for what was drawn an hour before, and after a good answer once a day for others', () => {
    const bench = linked()
    const first = asked(bench)
    assert.deepEqual(first.ids, IDS)
    assert.ok(bench.now >= auditAgeMs)
    bench.answer(first, IDS)
    const answeredAt = bench.now
    bench.chance = 0
    asked(bench)
    assert.ok(bench.now - answeredAt >= auditIntervalMs)
    assert.equal(bench.caught, false)
  })

  it('catch a node that fails three times for the same, at least a quarter of an hour apart', () => {
    const bench = linked()
    const times: Millis[] = []
    let ask = asked(bench)
    for (let failures = 0; failures < 3; failures++) {
      times.push(bench.now)
      bench.chance = 0
      bench.answer(ask, [IDS[0]!].filter(id => ask.ids.includes(id) && failures === 0))
      if (failures < 2) ask = asked(bench)
    }
    assert.ok(times.slice(1).every((at, index) => at - times[index]! >= auditAgainMs / 2))
    assert.deepEqual(ask.ids, IDS.slice(1), 'what was shown is not asked for again')
    assert.deepEqual(bench.effects.at(-1), { type: 'caught', peer: PEER, until: bench.now + caughtMs })
    assert.deepEqual(bench.core.caught(bench.now), [PEER])
    assert.equal(bench.pass(6 * DAY), undefined, 'it is asked again before its time is over')
    bench.pass(DAY + HOUR)
    assert.deepEqual(bench.core.caught(bench.now), [])
  })

  it('hold nothing against a node when what it lacked has gone here too', () => {
    const bench = linked()
    for (let round = 0; round < 6; round++) {
      bench.answer(asked(bench), [], round % 3 === 2 ? [] : IDS)
      assert.equal(bench.caught, false)
    }
  })

  it('ask nobody whose link is young, or who does not tell of the mailbox', () => {
    const bench = linked()
    assert.equal(bench.pass(3 * DAY, { tells: false }), undefined)
    for (let hour = 0; hour < 100; hour++) {
      bench.tell({ type: 'unlinked', peer: PEER })
      bench.tell({ type: 'linked', peer: PEER })
      assert.equal(bench.pass(auditContactMs - auditLookMs), undefined)
    }
    asked(bench)
  })

  it('ask nobody who tells that its disk refuses writes before a quarter of an hour has passed since', () => {
    const bench = linked()
    for (let hour = 0; hour < 100; hour++) {
      bench.tell({ type: 'readOnly', peer: PEER })
      assert.equal(bench.pass(auditContactMs - auditLookMs), undefined)
    }
    asked(bench)
    // It says so of a link that has ended, too.
    bench.tell({ type: 'unlinked', peer: PEER })
    bench.tell({ type: 'readOnly', peer: PEER })
    assert.equal(bench.pass(3 * DAY), undefined)
  })

  it('ask nobody while our own disk refuses writes, and for a quarter of an hour after', () => {
    const bench = linked()
    bench.answer(asked(bench), [])
    bench.now += HOUR
    bench.tell({ type: 'readOnly' })
    const from = bench.now
    asked(bench)
    assert.ok(bench.now - from >= auditContactMs)
  })

  it('catch a node that is silent three times while it is there, and none that has gone', () => {
    const bench = linked()
    for (let round = 0; round < 5; round++) {
      asked(bench)
      bench.tell({ type: 'unlinked', peer: PEER })
      bench.tell({ type: 'linked', peer: PEER })
    }
    assert.equal(bench.caught, false)
    for (let round = 0; round < 3; round++) {
      assert.equal(bench.caught, false)
      const { number } = asked(bench)
      bench.pass(auditLookMs)
      bench.answer({ number } as Ask, [], [])
    }
    assert.equal(bench.caught, true)
  })

  it('remember over a restart what was held against a node, and whom they caught', () => {
    const bench = linked()
    bench.answer(asked(bench), [])
    bench.answer(asked(bench), [])
    for (const isLast of [false, true]) {
      const state = bench.remembered
      assert.ok(state !== undefined)
      bench.core = new AuditCore()
      bench.tell({ type: 'restored', peer: PEER, state })
      bench.tell({ type: 'linked', peer: PEER })
      assert.equal(bench.caught, isLast)
      if (isLast) break
      const before = bench.effects.length
      bench.answer(asked(bench), [])
      assert.ok(bench.effects.slice(before).some(({ type }) => type === 'caught'))
      bench.effects.length -= 1
    }
    assert.deepEqual(bench.core.caught(bench.now), [PEER])
  })

  it('ask for a mailbox only while the node keeps it', () => {
    const bench = linked()
    bench.answer(asked(bench), [])
    bench.mailboxes = [OTHER]
    assert.equal(bench.pass(MINUTE), undefined)
    assert.equal(bench.remembered?.lies, 0)
    assert.equal(bench.core.drawnOf(PEER), OTHER)
  })

  it('keep to their bounds: so many open, so many nodes remembered', () => {
    const core = new AuditCore({ auditsOpenMax: 2, auditedPeersMax: 8 })
    const peers = Array.from({ length: 20 }, (_, number) => idOf(number) as string as PeerKey)
    let now = 0
    let open = 0
    for (let look = 0; look < 2 * DAY / auditLookMs; look++) {
      now += auditLookMs
      const some = peers.slice(0, look < 10 ? 20 : 8)
      for (const peer of some) core.handle({ type: 'linked', peer }, now, () => 0)
      for (const peer of some) core.handle({ type: 'told', peer, mailbox: MAILBOX }, now, () => 0)
      for (const effect of core.handle({ type: 'look', shared: new Map(some.map(peer => [peer, [MAILBOX]])) }, now, () => 0)) {
        if (effect.type === 'draw') core.handle({ type: 'drawn', peer: effect.peer, mailbox: MAILBOX, ids: IDS }, now, () => 0)
      }
      assert.ok(core.size <= 8)
      open = Math.max(open, core.open)
    }
    assert.equal(open, 2)
    assert.equal(auditsOpenMax, 16)
  })

  it('never catch an honest node, however often it loses what it has, as long as it heals within a quarter of an hour', () => {
    // It lacks some envelope for up to fifteen minutes of a standing link, after a loss at any time.
    const losses = fc.array(fc.record({ atMinute: fc.nat(5 * 24 * 60), ids: fc.subarray(IDS, { minLength: 1 }), restarts: fc.boolean() }), { maxLength: 200 })
    fc.assert(fc.property(losses, fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 20 }), (losses, chances) => {
      const bench = linked()
      const lostAt = new Map<EnvelopeId, Millis>()
      let healedAt = new Map<EnvelopeId, Millis>()
      let drawn = 0
      const inTime = losses.toSorted((a, b) => a.atMinute - b.atMinute)
      while (bench.now < 5 * DAY) {
        bench.chance = chances[drawn++ % chances.length] as number
        const ask = bench.pass(auditLookMs)
        while ((inTime[0]?.atMinute ?? Infinity) * MINUTE <= bench.now) {
          const loss = inTime.shift()!
          if (loss.restarts) {
            bench.tell({ type: 'unlinked', peer: PEER })
            bench.tell({ type: 'linked', peer: PEER })
            healedAt = new Map([...healedAt].map(([id, at]) => [id, Math.max(at, bench.now + auditContactMs)]))
          }
          // A node that loses the same envelope every hour has no disk to speak of.
          for (const id of loss.ids) {
            if ((lostAt.get(id) ?? -DAY) + 6 * HOUR > bench.now) continue
            lostAt.set(id, bench.now)
            healedAt.set(id, bench.now + auditContactMs)
          }
        }
        if (ask !== undefined) bench.answer(ask, ask.ids.filter(id => (healedAt.get(id) ?? 0) <= bench.now))
      }
      assert.equal(bench.caught, false)
    }), { numRuns: 100 })
  })

  it('always catch a liar within five days of being there', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 20 }), fc.array(fc.constantFrom('empty', 'silent', 'restart'), { minLength: 1, maxLength: 30 }), (chances, tricks) => {
      const bench = linked()
      let drawn = 0
      let tricked = 0
      while (bench.now < 5 * DAY && !bench.caught) {
        bench.chance = chances[drawn++ % chances.length] as number
        const ask = bench.pass(auditLookMs)
        if (ask === undefined) continue
        // It has half of it, and tries what it can with the rest, ten times at most.
        const trick = tricked++ < 10 ? tricks[tricked % tricks.length] : 'empty'
        if (trick === 'empty') bench.answer(ask, ask.ids.slice(1))
        else if (trick === 'restart') {
          bench.tell({ type: 'unlinked', peer: PEER })
          bench.tell({ type: 'linked', peer: PEER })
        }
      }
      assert.equal(bench.caught, true)
    }), { numRuns: 100 })
  })
})
