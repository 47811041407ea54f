import assert from 'node:assert/strict'
import fc from 'fast-check'
import { RepublishCore, type RepublishEffect } from '../../src/dht/core.ts'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import type { PeerKey, RootKey, RouteRecord } from '../../src/types.ts'

const HOUR = 3600_000
const START = Date.UTC(2026, 0, 1)
const SELF = '5e'.repeat(32) as PeerKey
const { republishIntervalMs, retryMs, copiesEnough, publishesMax, restartSpreadMs } = ROUTE_DEFAULTS

describe('RepublishCore', () => {
  it('publishes a new record at once, and again every 4 hours ± 25 %', () => {
    for (const [fraction, waitMs] of [[0, 3 * HOUR], [0.5, 4 * HOUR], [1, 5 * HOUR]] as const) {
      const core = new RepublishCore(SELF)
      const record = listing('aa', 1)
      assert.deepEqual(core.handle({ type: 'listed', record, fraction: 0.3 }, START), [{ type: 'publish', record }])
      assert.deepEqual(core.handle({ type: 'published', record, copies: 20, fraction }, START), [{ type: 'wakeAt', at: START + waitMs }])
      assert.deepEqual(core.handle({ type: 'tick' }, START + waitMs), [{ type: 'publish', record }])
    }
  })

  it('publishes nothing early, and asks for a later tick when woken too soon', () => {
    const { core, record } = published(20)
    assert.deepEqual(core.handle({ type: 'tick' }, START + HOUR), [{ type: 'wakeAt', at: START + republishIntervalMs }])
    assert.deepEqual(core.handle({ type: 'listed', record, fraction: 0 }, START + HOUR), [], 'the same record again is no change')
  })

  it('publishes a changed record at once, also while the old one is on its way', () => {
    const { core } = published(20)
    const changed = listing('aa', 2)
    assert.deepEqual(core.handle({ type: 'listed', record: changed, fraction: 0 }, START + HOUR), [{ type: 'publish', record: changed }])
    const again = listing('aa', 3)
    assert.deepEqual(core.handle({ type: 'listed', record: again, fraction: 0 }, START + HOUR), [{ type: 'publish', record: again }])
    assert.deepEqual(core.handle({ type: 'published', record: changed, copies: 0, fraction: 0 }, START + HOUR), [], 'what became of the old one does not matter any more')
    assert.deepEqual(core.handle({ type: 'published', record: again, copies: 20, fraction: 0.5 }, START + HOUR), [], 'the tick that is already wished for comes first')
    assert.deepEqual(core.handle({ type: 'tick' }, START + republishIntervalMs), [{ type: 'wakeAt', at: START + HOUR + republishIntervalMs }])
  })

  it('tries a failed or thin publication again, ever later up to the interval, and recovers', () => {
    const core = new RepublishCore(SELF)
    const record = listing('aa', 1)
    core.handle({ type: 'listed', record, fraction: 0 }, START)
    let now = START
    const waits: number[] = []
    for (let failure = 0; failure < 12; failure++) {
      const [at] = wakes(core.handle({ type: 'published', record, copies: failure % 2 === 0 ? 0 : copiesEnough - 1, fraction: 0.5 }, now))
      waits.push(at as number - now)
      now = at as number
      assert.deepEqual(core.handle({ type: 'tick' }, now), [{ type: 'publish', record }])
    }
    assert.deepEqual(waits.slice(0, 4), [retryMs, 2 * retryMs, 4 * retryMs, 8 * retryMs])
    assert.equal(waits.at(-1), republishIntervalMs)
    assert.deepEqual(wakes(core.handle({ type: 'published', record, copies: copiesEnough, fraction: 0.5 }, now)), [now + republishIntervalMs])
    core.handle({ type: 'tick' }, now + republishIntervalMs)
    assert.deepEqual(wakes(core.handle({ type: 'published', record, copies: 0, fraction: 0.5 }, now)), [now + retryMs], 'counted anew')
  })

  it('takes a record that its caller has published already', () => {
    const core = new RepublishCore(SELF)
    assert.deepEqual(core.handle({ type: 'listed', record: listing('aa', 1), copies: 20, fraction: 0.5 }, START), [{ type: 'wakeAt', at: START + republishIntervalMs }])
    assert.deepEqual(core.handle({ type: 'listed', record: listing('bb', 1), copies: 1, fraction: 0.5 }, START), [{ type: 'wakeAt', at: START + retryMs }])
  })

  it('spreads the records of an earlier run', () => {
    const core = new RepublishCore(SELF)
    assert.deepEqual(core.handle({ type: 'listed', record: listing('aa', 1), restored: true, fraction: 0.5 }, START), [{ type: 'wakeAt', at: START + restartSpreadMs / 2 }])
  })

  it('stops when the record, or this node’s ticket in it, has run out', () => {
    for (const ends of [{ notAfter: START / 1000 + 60 }, { ticket: START / 1000 + 60 }]) {
      const core = new RepublishCore(SELF)
      const record = listing('aa', 1, ends)
      core.handle({ type: 'listed', record, fraction: 0 }, START)
      assert.deepEqual(core.handle({ type: 'published', record, copies: 20, fraction: 0 }, START), [{ type: 'wakeAt', at: START + 60_000 }])
      assert.deepEqual(core.handle({ type: 'tick' }, START + 59_999), [{ type: 'wakeAt', at: START + 60_000 }])
      assert.deepEqual(core.handle({ type: 'tick' }, START + 60_000), [{ type: 'forget', root: record.root }])
      assert.equal(core.size, 0)
    }
  })

  it('stops when the node is not listed any more, or the user is unlisted', () => {
    const { core, record } = published(20)
    assert.deepEqual(core.handle({ type: 'listed', record: listing('aa', 2, { node: '07'.repeat(32) as PeerKey }), fraction: 0 }, START), [{ type: 'forget', root: record.root }])
    assert.deepEqual(core.handle({ type: 'tick' }, START + republishIntervalMs), [])
    const other = published(20)
    assert.deepEqual(other.core.handle({ type: 'unlisted', root: other.record.root }, START), [{ type: 'forget', root: other.record.root }])
    assert.deepEqual(other.core.handle({ type: 'unlisted', root: other.record.root }, START), [])
    assert.equal(other.core.size, 0)
  })

  it('publishes a few at a time, longest due first', () => {
    const core = new RepublishCore(SELF)
    const records = Array.from({ length: publishesMax + 3 }, (_, at) => listing(`0${at}`, 1))
    const begun = records.flatMap((record, at) => publishes(core.handle({ type: 'listed', record, fraction: 0 }, START + at)))
    assert.deepEqual(begun, records.slice(0, publishesMax))
    for (const [at, record] of records.entries()) {
      const next = publishes(core.handle({ type: 'published', record, copies: 20, fraction: 0 }, START + 100))
      assert.deepEqual(next, records.slice(publishesMax + at, publishesMax + at + 1))
    }
  })

  it('keeps every listed record going, whatever comes in between', () => {
    const users = fc.integer({ min: 0, max: 11 })
    const step = fc.record({ user: users, kind: fc.constantFrom('list', 'restore', 'unlist', 'answer', 'answer', 'wait', 'wait'), copies: fc.constantFrom(0, 3, 20), fraction: fc.double({ min: 0, max: 0.999, noNaN: true }), waitMs: fc.integer({ min: 0, max: 2 * HOUR }) })
    fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const core = new RepublishCore(SELF)
      const listed = new Set<RootKey>()
      const open: RouteRecord[] = []
      let now = START
      let wakeAt = Infinity
      let seq = 1
      const perform = (effects: RepublishEffect[]): void => {
        for (const effect of effects) {
          if (effect.type === 'publish') open.push(effect.record)
          else if (effect.type === 'forget') listed.delete(effect.root)
          else wakeAt = effect.at
        }
        assert.ok(open.length <= publishesMax)
      }
      for (const { user, kind, copies, fraction, waitMs } of steps) {
        const record = listing(user.toString(16).padStart(2, '0'), seq++)
        if (kind === 'list' || kind === 'restore') {
          listed.add(record.root)
          perform(core.handle({ type: 'listed', record, fraction, restored: kind === 'restore' }, now))
        } else if (kind === 'unlist') perform(core.handle({ type: 'unlisted', root: record.root }, now))
        else if (kind === 'answer' && open.length > 0) perform(core.handle({ type: 'published', record: open.shift() as RouteRecord, copies, fraction }, now))
        else if (kind === 'wait') {
          now += waitMs
          if (now >= wakeAt) {
            wakeAt = Infinity
            perform(core.handle({ type: 'tick' }, now))
          }
        }
      }
      assert.equal(core.size, listed.size)
      // From here on every wish is granted: within two intervals each user has been published.
      const seen = new Set<RootKey>()
      const until = now + 2.5 * republishIntervalMs
      while (now < until) {
        while (open.length > 0) {
          const record = open.shift() as RouteRecord
          seen.add(record.root)
          perform(core.handle({ type: 'published', record, copies: 20, fraction: 0.5 }, now))
        }
        if (wakeAt === Infinity) break
        now = Math.max(now, wakeAt)
        wakeAt = Infinity
        perform(core.handle({ type: 'tick' }, now))
      }
      for (const root of listed) assert.ok(seen.has(root), `${root.slice(0, 4)} was published`)
    }), { numRuns: 200 })
  })
})

/** As the core looks at a record. */
function listing (user: string, seq: number, { notAfter = START / 1000 + 45 * 86_400, ticket = Infinity, node = SELF } = {}): RouteRecord {
  const root = user.repeat(32) as RootKey
  return { root, order: { epoch: 1, seq, hash: `${user}${seq}` }, notAfter, entries: [{ node, ticket: { node, root, expiry: ticket } }] } as unknown as RouteRecord
}

function published (copies: number): { core: RepublishCore, record: RouteRecord } {
  const core = new RepublishCore(SELF)
  const record = listing('aa', 1)
  core.handle({ type: 'listed', record, fraction: 0 }, START)
  core.handle({ type: 'published', record, copies, fraction: 0.5 }, START)
  return { core, record }
}

function wakes (effects: RepublishEffect[]): number[] {
  return effects.flatMap(effect => effect.type === 'wakeAt' ? [effect.at] : [])
}

function publishes (effects: RepublishEffect[]): RouteRecord[] {
  return effects.flatMap(effect => effect.type === 'publish' ? [effect.record] : [])
}
