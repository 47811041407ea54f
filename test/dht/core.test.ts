import assert from 'node:assert/strict'
import fc from 'fast-check'
import { RepublishCore, type RefreshKey, type RepublishEffect } from '../../src/dht/core.ts'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import type { RouteInit } from '../../src/dht/defaults.ts'
import type { PeerKey, RootKey, RouteRecord } from '../../src/types.ts'

const MINUTE = 60_000
const HOUR = 3600_000
/** The hand of every core here stands at the beginning of the key space then. */
const START = Date.UTC(2026, 0, 1)
const SELF = '5e'.repeat(32) as PeerKey
const { republishIntervalMs, republishJitter, sweepAheadShare, sweepPutMs, lazyRounds, retryMs, copiesEnough, publishesMax, restartSpreadMs } = ROUTE_DEFAULTS

describe('RepublishCore', () => {
  it('publishes a new record at once, and then each of its keys whenever the hand passes it', () => {
    const core = make({ salts: 2 })
    const record = listing('40', 1)
    assert.deepEqual(core.handle({ type: 'listed', record, fraction: 0.3 }, START), [{ type: 'publish', record }])
    // Its keys lie a quarter and half of the way round.
    assert.deepEqual(core.handle({ type: 'published', record, copies: 20, fraction: 0.5 }, START), [{ type: 'wakeAt', at: START + HOUR }])
    for (let round = 0; round < 3; round++) {
      for (const salt of [0, 1]) {
        const at = START + round * republishIntervalMs + (salt + 1) * HOUR
        assert.deepEqual(swept(core.handle({ type: 'tick' }, at)), [{ record, salt }])
        core.handle({ type: 'swept', refreshed: [{ record, salt, copies: 20 }], puts: 0, fraction: 0.5 }, at)
      }
    }
  })

  it('lets no more than a round and a quarter pass, whenever a record came', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 0, max: republishIntervalMs }), (first, atMs) => {
      const core = make()
      const record = listing(first.toString(16).padStart(2, '0'), 1)
      core.handle({ type: 'listed', record, fraction: 0 }, START + atMs)
      const [at = Infinity] = wakes(core.handle({ type: 'published', record, copies: 20, fraction: 0.5 }, START + atMs))
      const waitMs = at - START - atMs
      assert.ok(waitMs >= republishIntervalMs * republishJitter && waitMs <= republishIntervalMs * (1 + republishJitter), `${waitMs / HOUR} h`)
      assert.deepEqual(swept(core.handle({ type: 'tick' }, at)), [{ record, salt: 0 }])
      core.handle({ type: 'swept', refreshed: [{ record, salt: 0, copies: 20 }], puts: 0, fraction: 0.5 }, at)
      assert.deepEqual(core.handle({ type: 'tick' }, at), [{ type: 'wakeAt', at: at + republishIntervalMs }], 'and from then on exactly one')
    }), { numRuns: 200 })
  })

  it('leaves the later rounds to the first two of a record’s nodes, and comes in now and then in case they are gone', () => {
    for (const [rank, rounds] of [[0, 1], [1, 1], [2, lazyRounds], [11, lazyRounds]] as const) {
      const core = make()
      const record = listing('80', 1, { rank })
      core.handle({ type: 'listed', record, fraction: 0 }, START)
      const [at = Infinity] = wakes(core.handle({ type: 'published', record, copies: 20, fraction: 0.5 }, START))
      assert.equal(at, START + (rounds - 0.5) * republishIntervalMs)
      core.handle({ type: 'tick' }, at)
      core.handle({ type: 'swept', refreshed: [{ record, salt: 0, copies: 20 }], puts: 0, fraction: 0.5 }, at)
      assert.deepEqual(core.handle({ type: 'tick' }, at), [{ type: 'wakeAt', at: at + rounds * republishIntervalMs }])
    }
    assert.ok(lazyRounds * republishIntervalMs * (1 + republishJitter) < ROUTE_DEFAULTS.holdMs, 'before holders forget')
  })

  it('takes along what is due soon, not what is due later or has failed', () => {
    const core = make()
    const aheadMs = republishIntervalMs * sweepAheadShare
    const [due, soon, late, failed] = [listing('40', 1), listing('44', 1), listing('60', 1), listing('42', 1)]
    for (const record of [due, soon, late, failed]) {
      core.handle({ type: 'listed', record, fraction: 0 }, START)
      core.handle({ type: 'published', record, copies: 20, fraction: 0.5 }, START)
    }
    const at = START + HOUR
    assert.deepEqual(swept(core.handle({ type: 'tick' }, at)), [{ record: due, salt: 0 }, { record: failed, salt: 0 }, { record: soon, salt: 0 }])
    core.handle({ type: 'swept', refreshed: [{ record: due, salt: 0, copies: 20 }, { record: failed, salt: 0, copies: 0 }], puts: 0, fraction: 0.5 }, at)
    assert.ok(aheadMs < 2 * HOUR - HOUR)
    assert.deepEqual(swept(core.handle({ type: 'tick' }, at + retryMs - 1)), [], 'the one that is left was not due yet, and the failed one waits')
    assert.deepEqual(swept(core.handle({ type: 'tick' }, at + retryMs)), [{ record: failed, salt: 0 }, { record: soon, salt: 0 }])
  })

  it('sweeps one stroke at a time, and rests after one in proportion to its puts', () => {
    const core = make()
    const [first, second] = [listing('40', 1), listing('48', 1)]
    for (const record of [first, second]) {
      core.handle({ type: 'listed', record, fraction: 0 }, START)
      core.handle({ type: 'published', record, copies: 20, fraction: 0.5 }, START)
    }
    const at = START + 2 * HOUR
    assert.equal(swept(core.handle({ type: 'tick' }, at)).length, 2)
    assert.deepEqual(swept(core.handle({ type: 'tick' }, at)), [], 'both are due, but a sweep runs')
    const restMs = 1000 * sweepPutMs
    assert.deepEqual(core.handle({ type: 'swept', refreshed: [{ record: first, salt: 0, copies: 20 }], puts: 1000, fraction: 0.5 }, at), [{ type: 'wakeAt', at: at + restMs }])
    assert.deepEqual(swept(core.handle({ type: 'tick' }, at + restMs - 1)), [])
    assert.deepEqual(swept(core.handle({ type: 'tick' }, at + restMs)), [{ record: second, salt: 0 }])
  })

  it('looks at no more keys in a stroke than it is told to', () => {
    const core = make({ init: { sweepKeysMax: 3 } })
    for (let user = 0; user < 5; user++) core.handle({ type: 'listed', record: listing(`4${user}`, 1), fraction: 0, copies: 20 }, START)
    assert.equal(swept(core.handle({ type: 'tick' }, START + 2 * HOUR)).length, 3)
  })

  it('spreads 10,000 users evenly over a round', () => {
    const core = make({ salts: 3 })
    for (let user = 0; user < 10_000; user++) core.handle({ type: 'listed', record: listing(scattered(user), 1), fraction: 0, copies: 20 }, START)
    const perTenth = new Array<number>(10).fill(0)
    // The second round: in the first they fall in with the hand.
    const begun = START + 2 * republishIntervalMs
    let now = START
    let keys: RefreshKey[] = []
    while (now < begun + republishIntervalMs) {
      // Of what may come along, a region of 1/32 of the key space.
      const [first] = keys
      const done = keys.filter(({ place }) => first !== undefined && place >> 251n === first.place >> 251n)
      const tenth = Math.floor((now - begun) / (republishIntervalMs / 10))
      if (tenth >= 0) perTenth[tenth] = (perTenth[tenth] ?? 0) + done.length
      const refreshed = done.map(key => ({ ...key, copies: 20 }))
      const effects = keys.length === 0 ? core.handle({ type: 'tick' }, now) : core.handle({ type: 'swept', refreshed, puts: 20 * done.length, fraction: 0.5 }, now)
      keys = strokes(effects)
      if (keys.length === 0) now = Math.max(now + 1, ...wakes(effects))
    }
    const total = perTenth.reduce((sum, count) => sum + count, 0)
    assert.ok(total > 29_000 && total < 31_000, `${total} of 30,000`)
    for (const count of perTenth) assert.ok(count > 0.06 * total && count < 0.14 * total, perTenth.join(' '))
  }).timeout(20_000)

  it('publishes nothing early, and asks for a later tick when woken too soon', () => {
    const { core, record } = published(20)
    assert.deepEqual(core.handle({ type: 'tick' }, START + HOUR), [{ type: 'wakeAt', at: START + 2 * HOUR }])
    assert.deepEqual(core.handle({ type: 'listed', record, fraction: 0 }, START + HOUR), [], 'the same record again is no change')
  })

  it('publishes a changed record at once, also while the old one is on its way or being swept', () => {
    const { core, record } = published(20)
    const changed = listing('80', 2)
    assert.deepEqual(core.handle({ type: 'listed', record: changed, fraction: 0 }, START + MINUTE), [{ type: 'publish', record: changed }])
    const again = listing('80', 3)
    assert.deepEqual(core.handle({ type: 'listed', record: again, fraction: 0 }, START + MINUTE), [{ type: 'publish', record: again }])
    core.handle({ type: 'published', record: changed, copies: 0, fraction: 0 }, START + MINUTE)
    core.handle({ type: 'published', record: again, copies: 20, fraction: 0.5 }, START + MINUTE)
    core.handle({ type: 'swept', refreshed: [{ record, salt: 0, copies: 0 }], puts: 0, fraction: 0 }, START + 2 * MINUTE)
    assert.deepEqual(core.handle({ type: 'tick' }, START + 2 * MINUTE), [{ type: 'wakeAt', at: START + 2 * HOUR }], 'what became of the old ones does not matter any more')
  })

  it('tries a failed or thin publication again, ever later up to the interval, and recovers', () => {
    const core = make()
    const record = listing('80', 1)
    core.handle({ type: 'listed', record, fraction: 0 }, START)
    let effects = core.handle({ type: 'published', record, copies: 0, fraction: 0.5 }, START)
    let now = START
    const waits: number[] = []
    for (let failure = 0; failure < 12; failure++) {
      const [at = Infinity] = wakes(effects)
      waits.push(at - now)
      now = at
      assert.deepEqual(swept(core.handle({ type: 'tick' }, now)), [{ record, salt: 0 }])
      effects = core.handle({ type: 'swept', refreshed: [{ record, salt: 0, copies: failure % 2 === 0 ? 0 : copiesEnough - 1 }], puts: 0, fraction: 0.5 }, now)
    }
    assert.deepEqual(waits.slice(0, 4), [retryMs, 2 * retryMs, 4 * retryMs, 8 * retryMs])
    assert.ok(waits.every(wait => wait <= republishIntervalMs))
    now += republishIntervalMs
    core.handle({ type: 'tick' }, now)
    core.handle({ type: 'swept', refreshed: [{ record, salt: 0, copies: copiesEnough }], puts: 0, fraction: 0.5 }, now)
    const [again = Infinity] = wakes(core.handle({ type: 'tick' }, now))
    core.handle({ type: 'tick' }, again)
    assert.deepEqual(wakes(core.handle({ type: 'swept', refreshed: [{ record, salt: 0, copies: 0 }], puts: 0, fraction: 0.5 }, again)), [again + retryMs], 'counted anew')
  })

  it('takes a record that its caller has published already', () => {
    const core = make()
    assert.deepEqual(core.handle({ type: 'listed', record: listing('80', 1), copies: 20, fraction: 0.5 }, START), [{ type: 'wakeAt', at: START + 2 * HOUR }])
    assert.deepEqual(core.handle({ type: 'listed', record: listing('88', 1), copies: 1, fraction: 0.5 }, START), [{ type: 'wakeAt', at: START + retryMs }])
  })

  it('spreads the records of an earlier run, in the order of the key space', () => {
    const core = make()
    assert.deepEqual(core.handle({ type: 'listed', record: listing('80', 1), restored: true, fraction: 0.5 }, START + 17), [{ type: 'wakeAt', at: START + 17 + restartSpreadMs / 2 }])
  })

  it('stops when the record, or this node’s ticket in it, has run out', () => {
    for (const ends of [{ notAfter: START / 1000 + 60 }, { ticket: START / 1000 + 60 }]) {
      const core = make()
      const record = listing('80', 1, ends)
      core.handle({ type: 'listed', record, fraction: 0 }, START)
      assert.deepEqual(core.handle({ type: 'published', record, copies: 20, fraction: 0 }, START), [{ type: 'wakeAt', at: START + 60_000 }])
      assert.deepEqual(core.handle({ type: 'tick' }, START + 59_999), [{ type: 'wakeAt', at: START + 60_000 }])
      assert.deepEqual(core.handle({ type: 'tick' }, START + 60_000), [{ type: 'forget', root: record.root }])
      assert.equal(core.size, 0)
    }
  })

  it('stops when the node is not listed any more, or the user is unlisted', () => {
    const { core, record } = published(20)
    assert.deepEqual(core.handle({ type: 'listed', record: listing('80', 2, { node: '07'.repeat(32) as PeerKey }), fraction: 0 }, START), [{ type: 'forget', root: record.root }])
    assert.deepEqual(core.handle({ type: 'tick' }, START + republishIntervalMs), [])
    const other = published(20)
    assert.deepEqual(other.core.handle({ type: 'unlisted', root: other.record.root }, START), [{ type: 'forget', root: other.record.root }])
    assert.deepEqual(other.core.handle({ type: 'unlisted', root: other.record.root }, START), [])
    assert.equal(other.core.size, 0)
  })

  it('publishes a few at a time, longest due first', () => {
    const core = make()
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
    const step = fc.record({ user: users, kind: fc.constantFrom('list', 'restore', 'unlist', 'answer', 'answer', 'sweep', 'sweep', 'wait', 'wait'), copies: fc.constantFrom(0, 3, 20), fraction: fc.double({ min: 0, max: 0.999, noNaN: true }), waitMs: fc.integer({ min: 0, max: 2 * HOUR }) })
    fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const core = make({ salts: 3 })
      const listed = new Set<RootKey>()
      const open: RouteRecord[] = []
      let stroke: RefreshKey[] = []
      let now = START
      let wakeAt = Infinity
      let seq = 1
      const perform = (effects: RepublishEffect[]): void => {
        for (const effect of effects) {
          if (effect.type === 'publish') open.push(effect.record)
          else if (effect.type === 'forget') listed.delete(effect.root)
          else if (effect.type === 'sweep') {
            assert.equal(stroke.length, 0, 'one at a time')
            stroke = [...effect.stroke.keys]
          } else wakeAt = effect.at
        }
        assert.ok(open.length <= publishesMax)
      }
      /** Of a stroke, the first key and every other one that may come along. */
      const sweep = (copies: number, fraction: number): RouteRecord[] => {
        const refreshed = stroke.filter((_, at) => at % 2 === 0).map(({ record, salt }) => ({ record, salt, copies }))
        stroke = []
        perform(core.handle({ type: 'swept', refreshed, puts: copies * refreshed.length, fraction }, now))
        return refreshed.map(({ record }) => record)
      }
      for (const { user, kind, copies, fraction, waitMs } of steps) {
        const record = listing(user.toString(16).padStart(2, '0'), seq++)
        if (kind === 'list' || kind === 'restore') {
          listed.add(record.root)
          perform(core.handle({ type: 'listed', record, fraction, restored: kind === 'restore' }, now))
        } else if (kind === 'unlist') perform(core.handle({ type: 'unlisted', root: record.root }, now))
        else if (kind === 'answer' && open.length > 0) perform(core.handle({ type: 'published', record: open.shift() as RouteRecord, copies, fraction }, now))
        else if (kind === 'sweep' && stroke.length > 0) sweep(copies, fraction)
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
        while (open.length > 0 || stroke.length > 0) {
          if (stroke.length > 0) for (const { root } of sweep(20, 0.5)) seen.add(root)
          const record = open.shift()
          if (record === undefined) continue
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

/** salts: keys of a user, the first where their root key says, the others a quarter of the key space further each. */
function make ({ salts = 1, init = {} as Partial<RouteInit> } = {}): RepublishCore {
  const placesOf = (root: RootKey): bigint[] => Array.from({ length: salts }, (_, salt) => BigInt.asUintN(256, BigInt(`0x${root}`) + (BigInt(salt) << 254n)))
  return new RepublishCore({ self: SELF, placesOf, bits: 256, phase: 1 - START % republishIntervalMs / republishIntervalMs }, init)
}

/** As the core looks at a record. user: the first digits of where it lies. rank: how many are listed before this node. */
function listing (user: string, seq: number, { notAfter = START / 1000 + 45 * 86_400, ticket = Infinity, node = SELF, rank = 0 } = {}): RouteRecord {
  const root = user.padEnd(64, '0') as RootKey
  const others = Array.from({ length: rank }, (_, at) => ({ node: at.toString(16).padStart(64, '0') as PeerKey, ticket: { root, expiry: Infinity } }))
  return { root, order: { epoch: 1, seq, hash: `${user}${seq}` }, notAfter, entries: [...others, { node, ticket: { node, root, expiry: ticket } }] } as unknown as RouteRecord
}

/** Digits that lie all over the key space. */
function scattered (number: number): string {
  return (Math.imul(number + 1, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0')
}

/** Half of the way round. */
function published (copies: number): { core: RepublishCore, record: RouteRecord } {
  const core = make()
  const record = listing('80', 1)
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

function strokes (effects: RepublishEffect[]): RefreshKey[] {
  return effects.flatMap(effect => effect.type === 'sweep' ? [...effect.stroke.keys] : [])
}

function swept (effects: RepublishEffect[]): Array<Omit<RefreshKey, 'place'>> {
  return strokes(effects).map(({ record, salt }) => ({ record, salt }))
}
