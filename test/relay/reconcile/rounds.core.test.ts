import assert from 'node:assert/strict'
import { RECONCILE_DEFAULTS } from '../../../src/relay/reconcile/defaults.ts'
import { RoundsCore, type RoundsEffect } from '../../../src/relay/reconcile/rounds.core.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { nodeKey } from '../plain-values.ts'
import type { MailboxId, PeerKey } from '../../../src/types.ts'

const START = 1_800_000_000_000
const { roundMs, roundJitter, soonMs, lostMs, startMs, answerAgainMs, paceMs, looksPerGo, digestsPerLook } = RECONCILE_DEFAULTS

describe('rounds of digests', () => {
  let rounds: RoundsCore
  let now: number
  beforeEach(() => {
    rounds = new RoundsCore()
    now = START
  })

  const begin = (mailboxes: number): MailboxId[] => {
    const all = Array.from({ length: mailboxes }, (_, number) => `m${number}` as MailboxId)
    rounds.handle({ type: 'begin', mailboxes: all }, now)
    return all
  }
  const looked = (mailbox: MailboxId, ...nodes: number[]): void => { rounds.handle({ type: 'looked', mailbox, nodes: nodes.map(nodeKey), fraction: 0.5 }, now) }
  const due = (fraction = 0.5): RoundsEffect[] => rounds.handle({ type: 'due', fraction }, now)
  const told = (effects: RoundsEffect[]): PeerKey[] => effects.flatMap(effect => effect.type === 'tell' ? [effect.node] : [])

  it('begin soon after the start with every node that shares mailboxes, and come every five minutes, more or less', () => {
    const [a, b] = begin(2) as [MailboxId, MailboxId]
    assert.deepEqual(due(), [{ type: 'look', mailbox: a }, { type: 'look', mailbox: b }])
    looked(a, 1, 2)
    looked(b, 2)
    assert.ok(rounds.nextAt <= now + soonMs)
    now += soonMs
    assert.deepEqual(due(0), [{ type: 'tell', node: nodeKey(1), mailboxes: [a] }, { type: 'tell', node: nodeKey(2), mailboxes: [a, b] }])
    assert.ok(rounds.nextAt >= now + roundMs * (1 - roundJitter) && rounds.nextAt <= now + roundMs * (1 + roundJitter))
    now += roundMs * (1 + roundJitter)
    assert.equal(told(due()).length, 2)
  })

  it('take in who is met later in their turn, and leave out who keeps nothing with us any more', () => {
    const [a] = begin(1) as [MailboxId]
    due()
    looked(a, 1)
    now += startMs
    looked(a, 1, 2)
    assert.equal(told(due()).length, 1)
    looked(a, 2)
    assert.equal(rounds.size, 1)
    rounds.handle({ type: 'touched', mailbox: a }, now)
    assert.deepEqual(due().at(0), { type: 'look', mailbox: a })
    looked(a)
    assert.deepEqual([rounds.size, rounds.nextAt], [0, Infinity])
  })

  it('come next for whoever is due first, also after another was told, asked for soon, or left out', () => {
    const [a] = begin(1) as [MailboxId]
    due()
    rounds.handle({ type: 'looked', mailbox: a, nodes: [nodeKey(1)], fraction: 0.2 }, now)
    const first = rounds.nextAt
    rounds.handle({ type: 'looked', mailbox: a, nodes: [nodeKey(1), nodeKey(2)], fraction: 0.9 }, now)
    assert.equal(rounds.nextAt, first)
    now = first
    assert.deepEqual(told(due()), [nodeKey(1)])
    const second = rounds.nextAt
    assert.ok(second > first && second <= START + soonMs)
    rounds.handle({ type: 'lost', node: nodeKey(1), fraction: 0 }, now)
    assert.equal(rounds.nextAt, Math.min(second, now + lostMs / 2))
    looked(a, 1)
    assert.equal(rounds.nextAt, now + lostMs / 2)
  })

  it('ask soon after a node whose stream has ended, and tell it at once when it is back', () => {
    const [a] = begin(1) as [MailboxId]
    due()
    looked(a, 1)
    now += soonMs
    due()
    rounds.handle({ type: 'lost', node: nodeKey(1), fraction: 0.5 }, now)
    assert.ok(rounds.nextAt > now && rounds.nextAt <= now + lostMs)
    rounds.handle({ type: 'reached', node: nodeKey(1), fraction: 0.5 }, now)
    assert.ok(rounds.nextAt <= now + soonMs)
    now += lostMs
    assert.deepEqual(told(due()), [nodeKey(1)])
    rounds.handle({ type: 'lost', node: nodeKey(2), fraction: 0.5 }, now)
    assert.ok(rounds.nextAt > now + lostMs, 'who shares nothing with us is not asked after')
  })

  it('come soon for a node that is back, and not for one that was there all the time', () => {
    const [a] = begin(1) as [MailboxId]
    due()
    looked(a, 1)
    now += soonMs
    due()
    const next = rounds.nextAt
    rounds.handle({ type: 'reached', node: nodeKey(1), fraction: 0.5 }, now)
    assert.equal(rounds.nextAt, next)
    rounds.handle({ type: 'unreachable', node: nodeKey(1) }, now)
    rounds.handle({ type: 'reached', node: nodeKey(1), fraction: 0.5 }, now)
    assert.equal(rounds.nextAt, now + soonMs / 2)
  })

  it('come soon for a node that lacks something, but once a minute at most', () => {
    const [a] = begin(1) as [MailboxId]
    due()
    looked(a, 1)
    now += soonMs
    due()
    rounds.handle({ type: 'lacks', node: nodeKey(1), fraction: 0.5 }, now)
    assert.equal(rounds.nextAt, now + answerAgainMs + soonMs / 2)
    rounds.handle({ type: 'lacks', node: nodeKey(9), fraction: 0.5 }, now)
  })

  it('are told in frames within their limit, paced, and looks and digests of one go have a bound', () => {
    const all = begin(looksPerGo + LIMITS.digests)
    assert.equal(due().length, looksPerGo)
    assert.equal(due().length, LIMITS.digests)
    for (const mailbox of all) looked(mailbox, 1, 2, 3, 4)
    now += soonMs
    const first = due().flatMap(effect => effect.type === 'tell' ? [effect.mailboxes.length] : [])
    assert.ok(first.every(length => length <= LIMITS.digests))
    assert.ok(first.reduce((sum, length) => sum + length, 0) <= digestsPerLook)
    let digests = first.reduce((sum, length) => sum + length, 0)
    for (let turn = 0; turn < 20; turn++) {
      now += paceMs
      for (const effect of due()) if (effect.type === 'tell') digests += effect.mailboxes.length
    }
    assert.equal(digests, 4 * all.length)
  })

  it('are over when everybody was told and had time to answer, or could not be reached', () => {
    const [a] = begin(1) as [MailboxId]
    assert.equal(rounds.isRoundOver(1000, now), false)
    due()
    looked(a, 1, 2)
    rounds.handle({ type: 'unreachable', node: nodeKey(2) }, now)
    now += soonMs
    due()
    assert.equal(rounds.isRoundOver(1000, now), false)
    assert.equal(rounds.isRoundOver(1000, now + 1000), true)
  })
})
