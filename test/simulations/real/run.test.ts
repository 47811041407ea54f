// A small run of real nodes: everything that can happen to them happens once, and every check listens.
import assert from 'node:assert/strict'
import { isKept, reportOf, tableOf } from '../../../simulations/real/report.ts'
import { runReal } from '../../../simulations/real/run.ts'
import type { Plan, PlannedEvent } from '../../../simulations/real/plan.ts'

const DURATION_MS = 9_000
const MESSAGES = 24

/** Users 0 and 1 are there from the beginning, user 2 joins; user 1 is away for a while. */
const letters = Array.from({ length: MESSAGES }, (_, n): PlannedEvent => {
  const [from, to] = [[0, 1], [1, 0], [0, 2], [0, 1]][n % 4] as [number, number]
  return { at: 200 + n * (DURATION_MS - 400) / MESSAGES, type: 'write', from, to }
})
const PLAN: Plan = {
  nodesAtFirst: 6,
  nodes: 7,
  usersAtFirst: 2,
  users: 3,
  durationMs: DURATION_MS,
  events: [
    ...letters,
    { at: 500, type: 'on', user: 2 },
    { at: 1_000, type: 'leave', node: 4, forGood: false },
    { at: 1_100, type: 'leave', node: 0, forGood: false },
    { at: 2_000, type: 'off', user: 1 },
    { at: 2_500, type: 'arrive', node: 4 },
    { at: 3_000, type: 'arrive', node: 0 },
    { at: 3_500, type: 'leave', node: 5, forGood: true },
    { at: 4_000, type: 'on', user: 1 },
    { at: 5_000, type: 'arrive', node: 6 },
    { at: 6_000, type: 'renew', user: 0 },
    // It is back only in the epilogue.
    { at: 8_000, type: 'leave', node: 3, forGood: false }
  ].sort((a, b) => a.at - b.at) as PlannedEvent[]
}

describe('a run of real nodes', function () {
  this.timeout(60_000)
  this.slow(20_000)

  it('loses nothing, shows nothing twice, and ends by itself', async () => {
    const happened: string[] = []
    const run = await runReal({ plan: PLAN, seed: 'test', happened: what => { happened.push(what) } })
    const report = reportOf(run, { nodes: 6, users: 3, minutes: DURATION_MS / 60_000, seed: 'test' })
    assert.ok(isKept(report), tableOf(report))
    assert.deepEqual(report.checks.map(({ name }) => name), [
      'stored-is-shown', 'deleted-only-by-collection-or-expiry', 'shown-once', 'causal-order', 'route-never-falls', 'receipts-imply-bytes',
      'stored-has-w-receipts', 'nothing-stuck', 'history-is-what-was-shown', 'nothing-made-up'
    ])
    assert.deepEqual(report.checks.filter(({ of }) => of === 0), [], 'a check that heard nothing says nothing')
    const { leaves, returns, joins, messages, stored, delivered, lost, shownTwice } = report
    assert.deepEqual({ leaves, returns, joins, messages, stored, delivered, lost, shownTwice }, {
      leaves: 4, returns: 2, joins: 1, messages: MESSAGES, stored: MESSAGES, delivered: MESSAGES, lost: 0, shownTwice: 0
    })
    assert.notEqual(report.lookups, 0)
    // At most five while node 4 is away. Of those that leave all four may be away at a time: how soon they are back is up to the machine.
    assert.ok(report.nodesUpMin >= 2 && report.nodesUpMin <= 5, `${report.nodesUpMin} nodes`)
    assert.deepEqual(happened.filter(what => !what.startsWith('node')), ['warm-up', 'traffic', 'epilogue'])
  })

  it('is judged as far as it came when it is ended early', async () => {
    const ending = new AbortController()
    const run = await runReal({
      plan: { ...PLAN, nodesAtFirst: 3, nodes: 3, users: 2, events: PLAN.events.filter(event => event.type === 'write' && event.to !== 2) },
      seed: 'early',
      signal: ending.signal,
      watch: counts => {
        const timer = setInterval(() => {
          if (counts().messages === 0) return
          clearInterval(timer)
          ending.abort()
        }, 50)
      }
    })
    assert.ok(run.messages > 0 && run.messages < MESSAGES)
    assert.deepEqual([run.delivered, run.checks.every(({ kept }) => kept)], [run.messages, true])
  })
})
