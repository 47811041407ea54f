import assert from 'node:assert/strict'
import { RECONCILE_DEFAULTS } from '../../../src/relay/reconcile/defaults.ts'
import { PullsCore, type PullsEffect } from '../../../src/relay/reconcile/pulls.core.ts'
import { nodeKey } from '../plain-values.ts'
import type { Told } from '../../../src/relay/reconcile/digests.core.ts'
import type { MailboxId } from '../../../src/types.ts'

const NOW = 1_800_000_000_000
const READY = NOW + RECONCILE_DEFAULTS.settleMs

function told (mailbox: number, fingerprint: string, envelopes = 1): Told {
  return { mailbox: String(mailbox) as MailboxId, envelopes, fingerprint, route: { epoch: 1, seq: 1 }, profile: { epoch: 1, seq: 1 } }
}

describe('which mailboxes are pulled from whom', () => {
  let pulls: PullsCore
  beforeEach(() => { pulls = new PullsCore() })

  const hear = (node: number, theirs: Told, ours: Told | undefined): void => { pulls.handle({ type: 'heard', node: nodeKey(node), theirs, ours }, NOW) }
  const due = (): PullsEffect[] => pulls.handle({ type: 'due' }, READY)
  const check = (node: number, ours: Told): PullsEffect[] => pulls.handle({ type: 'checked', node: nodeKey(node), mailbox: ours.mailbox, ours }, READY)
  const end = (node: number, ours: Told | undefined, mailbox: number, outcome: 'complete' | 'failed' | 'strange' = 'complete'): PullsEffect[] =>
    pulls.handle({ type: 'pulled', node: nodeKey(node), mailbox: String(mailbox) as MailboxId, ours, outcome }, READY)

  it('are those that still differ after a moment', () => {
    hear(1, told(1, 'a'), told(1, 'b'))
    hear(1, told(2, 'a'), told(2, 'a'))
    assert.deepEqual([pulls.handle({ type: 'due' }, NOW), pulls.open, pulls.nextAt], [[], 1, READY])
    assert.deepEqual(due(), [{ type: 'check', node: nodeKey(1), mailbox: '1' }])
    assert.deepEqual(check(1, told(1, 'b')), [{ type: 'pull', node: nodeKey(1), theirs: told(1, 'a'), ours: told(1, 'b') }])
    assert.deepEqual(end(1, told(1, 'a'), 1), [{ type: 'hangUp', node: nodeKey(1) }])
    hear(1, told(1, 'c'), told(1, 'd'))
    due()
    assert.deepEqual(check(1, told(1, 'c')), [{ type: 'hangUp', node: nodeKey(1) }], 'what differed has come by itself')
    assert.equal(pulls.open, 0)
  })

  it('are not asked for again while both digests of a pull to its end stay, and are when one changes', () => {
    hear(1, told(1, 'a'), told(1, 'b'))
    due()
    check(1, told(1, 'b'))
    end(1, told(1, 'b'), 1)
    hear(1, told(1, 'a'), told(1, 'b'))
    assert.equal(pulls.open, 0)
    hear(1, told(1, 'c'), told(1, 'b'))
    assert.equal(pulls.open, 1)
    hear(1, told(1, 'a'), told(1, 'z'))
    assert.equal(pulls.open, 1)
    hear(1, told(1, 'a'), told(1, 'b'))
    assert.equal(pulls.open, 0, 'what has changed back waits no more')
  })

  it('are asked for again at the next digest when the pull failed, with the rest of that node', () => {
    hear(1, told(1, 'a'), told(1, 'b'))
    hear(1, told(2, 'a'), told(2, 'b'))
    due()
    check(1, told(1, 'b'))
    assert.deepEqual([end(1, told(1, 'b'), 1, 'failed'), pulls.open], [[{ type: 'hangUp', node: nodeKey(1) }], 0])
    hear(1, told(1, 'a'), told(1, 'b'))
    assert.equal(pulls.open, 1)
  })

  it('are one a node and eight in all, and each is asked of one node at a time', () => {
    for (let node = 1; node <= 20; node++) for (const mailbox of [node, 100]) hear(node, told(mailbox, 'a'), told(mailbox, 'b'))
    const checks = due()
    assert.equal(checks.length, RECONCILE_DEFAULTS.pullsMax)
    assert.equal(new Set(checks.map(({ node }) => node)).size, RECONCILE_DEFAULTS.pullsMax)
    assert.equal(pulls.nextAt, Infinity, 'no room')
    check(1, told(1, 'b'))
    assert.deepEqual(end(1, told(1, 'a'), 1), [{ type: 'check', node: nodeKey(1), mailbox: '100' }], 'on the same stream')
    check(2, told(2, 'b'))
    const next = end(2, told(2, 'a'), 2)
    assert.deepEqual(next.map(({ type }) => type), ['hangUp', 'check'])
    assert.notEqual(next[1]?.type === 'check' && next[1].mailbox, '100')
  })

  it('are not those of a node that told of users who are not ours, for an hour', () => {
    hear(1, told(1, 'a'), undefined)
    due()
    pulls.handle({ type: 'checked', node: nodeKey(1), mailbox: '1' as MailboxId, ours: undefined }, READY)
    end(1, undefined, 1, 'strange')
    hear(1, told(2, 'a'), undefined)
    assert.equal(pulls.open, 0)
    hear(1, told(3, 'a'), told(3, 'b'))
    assert.equal(pulls.open, 1, 'for our own users it is asked')
    pulls.handle({ type: 'heard', node: nodeKey(1), theirs: told(2, 'a'), ours: undefined }, NOW + 2 * RECONCILE_DEFAULTS.strangeMs)
    assert.equal(pulls.open, 2)
  })

  it('are those of our own users first, however many others strangers tell of', () => {
    const { queueUnservedMax, pullsUnservedMax, pullsMax, roundMs } = RECONCILE_DEFAULTS
    for (let mailbox = 0; mailbox < RECONCILE_DEFAULTS.queueMax; mailbox++) hear(1 + mailbox % 50, told(mailbox, 'a'), undefined)
    assert.equal(pulls.open, queueUnservedMax)
    assert.equal(due().length, pullsUnservedMax)
    assert.equal(pulls.nextAt, Infinity)
    for (let own = 0; own < 10; own++) hear(60 + own, told(-1 - own, 'a'), told(-1 - own, 'b'))
    assert.equal(pulls.nextAt, READY)
    assert.deepEqual(due().map(effect => effect.type === 'check' && effect.mailbox), ['-1', '-2', '-3', '-4'])
    // Whoever does not answer is not asked again before the next round.
    pulls.handle({ type: 'checked', node: nodeKey(1), mailbox: '0' as MailboxId, ours: undefined }, READY)
    end(1, undefined, 0, 'failed')
    const open = pulls.open
    hear(1, told(99_999, 'a'), undefined)
    assert.equal(pulls.open, open)
    pulls.handle({ type: 'heard', node: nodeKey(1), theirs: told(99_999, 'a'), ours: undefined }, READY + roundMs)
    assert.equal(pulls.open, open + 1)
    assert.ok(pulls.running <= pullsMax)
  })

  it('wait in a queue that has an end, and are remembered in a memory that has one', () => {
    for (let mailbox = 0; mailbox < RECONCILE_DEFAULTS.queueNodeMax + 5; mailbox++) hear(1, told(mailbox, 'a'), told(mailbox, 'b'))
    assert.equal(pulls.open, RECONCILE_DEFAULTS.queueNodeMax)
    for (let mailbox = 0; mailbox < RECONCILE_DEFAULTS.queueMax + 5; mailbox++) hear(2 + mailbox % 8, told(mailbox, 'a'), told(mailbox, 'b'))
    assert.equal(pulls.open, RECONCILE_DEFAULTS.queueMax)
    pulls = new PullsCore({ memosMax: 10 })
    for (let mailbox = 0; mailbox < 15; mailbox++) {
      hear(1, told(mailbox, 'a'), told(mailbox, 'b'))
      due()
      check(1, told(mailbox, 'b'))
      end(1, told(mailbox, 'b'), mailbox)
    }
    assert.equal(pulls.memos, 10)
  })
})
