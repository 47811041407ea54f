import assert from 'node:assert/strict'
import fc from 'fast-check'
import { PullerCore, type PullerEffect } from '../../../src/relay/reconcile/puller.core.ts'
import { AnswerCore } from '../../../src/relay/reconcile/answer.core.ts'
import { REFUSAL } from '../../../src/types.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { MAILBOX, nodeKey, plainEnvelope, plainRoute } from '../plain-values.ts'
import { PROFILE, pull, Replica, ROOT } from './replicas.ts'
import type { Answered, ProfileOf } from '../../../src/relay/reconcile/words.core.ts'
import type { Collection, EnvelopeId, MailboxId, PeerKey } from '../../../src/types.ts'

const DEVICES = ['d1', 'd2'] as PeerKey[]
const ENVELOPES = Array.from({ length: 12 }, (_, number) => plainEnvelope(number))
const ROUTE = plainRoute({ nodes: [1, 2, 3, 4], n: 4 })
const OTHER = 'ff'.repeat(32) as MailboxId

function replicas (count: number): Replica[] { return Array.from({ length: count }, (_, at) => new Replica(nodeKey(at + 1), DEVICES)) }

function collection (device: PeerKey, ids: EnvelopeId[], mailbox = MAILBOX): Collection {
  return { mailbox, device, ids, bytes: new Uint8Array(300) } as unknown as Collection
}

/** Everybody pulls from everybody, until nobody changes. */
function settle (all: Replica[], idsPage: number): void {
  for (let turn = 0; turn < all.length + 1; turn++) {
    for (const into of all) for (const from of all) if (into !== from) assert.equal(pull(into, from, ROUTE, { idsPage }), 'complete')
  }
}

describe('pulls between replicas', () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ type: fc.constant('deposit' as const), at: fc.nat(3), envelope: fc.nat(11) }) },
    { weight: 4, arbitrary: fc.record({ type: fc.constant('collect' as const), at: fc.nat(3), device: fc.nat(1), envelopes: fc.array(fc.nat(11), { minLength: 1, maxLength: 4 }) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('lose' as const), at: fc.nat(3), envelope: fc.nat(11) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('wipe' as const), at: fc.nat(3) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('pull' as const), at: fc.nat(3), from: fc.nat(3) }) }
  )

  it('bring all to the same: everything that somebody has, but what all devices have collected', () => {
    fc.assert(fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 5 }), (steps, idsPage) => {
      const all = replicas(4)
      for (const each of steps) {
        const replica = all[each.at] as Replica
        switch (each.type) {
          case 'deposit': replica.append(ENVELOPES[each.envelope]!); break
          case 'collect': replica.collect(collection(DEVICES[each.device]!, each.envelopes.map(at => ENVELOPES[at]!.id))); break
          case 'lose': replica.kept.delete(ENVELOPES[each.envelope]!.id); break
          case 'wipe': replica.wipe(); break
          case 'pull': if (each.at !== each.from) pull(replica, all[each.from] as Replica, ROUTE, { idsPage })
        }
      }
      const somewhere = new Set(all.flatMap(({ kept }) => [...kept.keys()]))
      const collected = new Set(ENVELOPES.map(({ id }) => id).filter(id => DEVICES.every(device => all.some(({ marks }) => marks.get(id)?.has(device) === true))))
      settle(all, idsPage)
      const expected = [...somewhere].filter(id => !collected.has(id)).sort()
      for (const { kept, told } of all) {
        assert.deepEqual([...kept.keys()].sort(), expected)
        assert.deepEqual(told, all[0]!.told)
      }
    }), { numRuns: 300 })
  })

  it('bring nothing back that was collected while a replica was away', () => {
    const [stale, fresh] = replicas(2) as [Replica, Replica]
    for (const envelope of ENVELOPES) stale.append(envelope)
    for (const device of DEVICES) fresh.collect(collection(device, ENVELOPES.map(({ id }) => id)))
    settle([stale, fresh], 3)
    assert.deepEqual([stale.kept.size, fresh.kept.size], [0, 0])
  })

  it('go page after page, and come to an end when mail goes while it is asked for', () => {
    const [into, from] = replicas(2) as [Replica, Replica]
    const large = Array.from({ length: 20 }, (_, number) => plainEnvelope(100 + number, 40_000))
    for (const envelope of large) from.append(envelope)
    const read = from.kept.get.bind(from.kept)
    from.kept.get = id => id === large[3]!.id ? undefined : read(id)
    assert.equal(pull(into, from, ROUTE, { idsPage: 7 }), 'complete')
    assert.equal(into.kept.size, 19)
  })

  it('give out nothing that has run out', () => {
    const [into, from] = replicas(2) as [Replica, Replica]
    from.append(ENVELOPES[0]!)
    assert.equal(pull(into, from, ROUTE, { now: ENVELOPES[0]!.expiry * 1000 }), 'complete')
    assert.equal(into.kept.size, 0)
  })
})

describe('a replica that is pulled from', () => {
  const ask = (peer: number, seq: number, known = ROUTE): unknown[] => new AnswerCore<ProfileOf>(nodeKey(peer)).handle({
    type: 'pull',
    word: { kind: 'pull', mailbox: MAILBOX, routeOrder: { epoch: 1, seq }, profileOrder: { epoch: 1, seq: 1 }, route: undefined, profile: undefined },
    route: known,
    profile: PROFILE,
    profileOrder: { epoch: 1, seq: 1 }
  }, 0)

  it('tells nodes that are not on the newest record only that one, or nothing', () => {
    const newer = plainRoute({ nodes: [1, 2], n: 2, seq: 5 })
    assert.deepEqual(ask(9, 1, newer), [{ type: 'say', word: { kind: 'route', record: newer } }, { type: 'say', word: { kind: 'refusal', refusal: { code: REFUSAL.moved, retryAfterSeconds: 0 } } }])
    assert.deepEqual(ask(9, 5, newer), [{ type: 'say', word: { kind: 'refusal', refusal: { code: REFUSAL.notServed, retryAfterSeconds: 0 } } }])
    assert.deepEqual(ask(2, 5, newer), [{ type: 'sayCollections', mailbox: MAILBOX }, { type: 'readIds', mailbox: MAILBOX, after: undefined }])
  })

  it('gives nothing that was not pulled for, and no page after the last', () => {
    const core = new AnswerCore<ProfileOf>(nodeKey(1))
    assert.equal(core.handle({ type: 'want', ids: [ENVELOPES[0]!.id] }, 0)[0]?.type, 'lie')
    core.handle({ type: 'pull', word: { kind: 'pull', mailbox: MAILBOX, routeOrder: { epoch: 1, seq: 1 }, profileOrder: { epoch: 1, seq: 1 }, route: undefined, profile: undefined }, route: ROUTE, profile: PROFILE, profileOrder: { epoch: 1, seq: 1 } }, 0)
    core.handle({ type: 'ids', ids: [], last: true }, 0)
    assert.equal(core.handle({ type: 'want', ids: [] }, 0)[0]?.type, 'lie')
    assert.equal(core.handle({ type: 'want', ids: Array<EnvelopeId>(LIMITS.pullIds + 1).fill(ENVELOPES[0]!.id) }, 0)[0]?.type, 'lie')
  })
})

describe('a node that pulls', () => {
  const told = { mailbox: MAILBOX, envelopes: 0, fingerprint: '', route: { epoch: 1, seq: 1 }, profile: { epoch: 1, seq: 1 } }
  const begin = (isServed = true): PullerCore<ProfileOf> => {
    const core = new PullerCore<ProfileOf>({ self: nodeKey(1), node: nodeKey(2), theirs: { ...told, envelopes: 9 }, ours: isServed ? told : undefined, route: ROUTE, profile: PROFILE })
    core.handle({ type: 'begin' })
    return core
  }
  const hear = (core: PullerCore<ProfileOf>, word: Answered<ProfileOf>): Array<PullerEffect<ProfileOf>> => core.handle({ type: 'answered', word })
  const sorted = ENVELOPES.toSorted((a, b) => a.id < b.id ? -1 : 1)
  const foreign = plainEnvelope(1, 8, OTHER)

  const word: fc.Arbitrary<Answered<ProfileOf>> = fc.oneof(
    fc.constantFrom<Answered<ProfileOf>>(
      { kind: 'route', record: ROUTE }, { kind: 'route', record: plainRoute({ nodes: [1], n: 1, mailbox: OTHER }) }, { kind: 'profile', profile: PROFILE }, { kind: 'given' },
      { kind: 'collections', collections: [collection('d1' as PeerKey, [])] }, { kind: 'collections', collections: [collection('d1' as PeerKey, [], OTHER)] },
      { kind: 'envelope', envelope: foreign }, { kind: 'envelope', envelope: plainEnvelope(500, 65_000) }
    ),
    fc.record({ kind: fc.constant('ids' as const), ids: fc.subarray(sorted.map(({ id }) => id)), more: fc.boolean() }),
    fc.constantFrom(...sorted).map((envelope): Answered<ProfileOf> => ({ kind: 'envelope', envelope }))
  )

  it('takes in nothing but what it asked for, of this mailbox, whatever it is told; and holds a page at most', () => {
    fc.assert(fc.property(fc.array(word, { maxLength: 60 }), words => {
      const core = begin()
      const wanted = new Set<EnvelopeId>()
      const perform = (effects: Array<PullerEffect<ProfileOf>>): void => {
        for (const effect of effects) {
          if (effect.type === 'lacking') perform(core.handle({ type: 'lacking', ids: effect.ids }))
          if (effect.type === 'ask' && effect.word.kind === 'want') effect.word.ids.forEach(id => wanted.add(id))
          if (effect.type === 'collect') assert.ok(effect.collections.every(({ mailbox }) => mailbox === MAILBOX))
          if (effect.type === 'deposit') {
            for (const { id, mailbox } of effect.envelopes) assert.ok(mailbox === MAILBOX && wanted.delete(id))
            perform(core.handle({ type: 'deposited', stored: effect.envelopes.length, isFull: false }))
          }
        }
      }
      for (const each of words) {
        perform(hear(core, each))
        assert.ok(core.heldBytes <= LIMITS.pageBytes + LIMITS.envelopeBytes)
      }
    }), { numRuns: 500 })
  })

  for (const [what, words] of Object.entries<Array<Answered<ProfileOf>>>({
    'ids out of order': [{ kind: 'ids', ids: [sorted[1]!.id, sorted[0]!.id], more: false }],
    'the same id twice': [{ kind: 'ids', ids: [sorted[1]!.id, sorted[1]!.id], more: false }],
    'empty pages without end': [{ kind: 'ids', ids: [], more: true }],
    'an envelope before any id': [{ kind: 'envelope', envelope: sorted[0]! }],
    'another mailbox’s record': [{ kind: 'route', record: plainRoute({ nodes: [1, 2], n: 2, mailbox: OTHER }) }],
    'two records': [{ kind: 'route', record: ROUTE }, { kind: 'route', record: ROUTE }],
    'another mailbox’s collection': [{ kind: 'collections', collections: [collection('d1' as PeerKey, [], OTHER)] }]
  })) {
    it(`ends the stream of who sends ${what}`, () => {
      const core = begin()
      assert.equal(words.map(word => hear(core, word)).at(-1)?.at(-1)?.type, 'lie')
      assert.equal(core.isOver, true)
    })
  }

  it('ends the stream of who gives an envelope twice, another one, or more than a page', () => {
    for (const envelopes of [[sorted[0]!, sorted[0]!], [sorted[1]!], [foreign]]) {
      const core = begin()
      hear(core, { kind: 'ids', ids: [sorted[0]!.id], more: false })
      core.handle({ type: 'lacking', ids: [sorted[0]!.id] })
      assert.equal(envelopes.map(envelope => hear(core, { kind: 'envelope', envelope })).at(-1)?.[0]?.type, 'lie')
    }
    const core = begin()
    const large = Array.from({ length: 6 }, (_, number) => plainEnvelope(number, 60_000)).sort((a, b) => a.id < b.id ? -1 : 1)
    hear(core, { kind: 'ids', ids: large.map(({ id }) => id), more: false })
    core.handle({ type: 'lacking', ids: large.map(({ id }) => id) })
    assert.equal(large.map(envelope => hear(core, { kind: 'envelope', envelope })).at(4)?.[0]?.type, 'lie')
  })

  it('serves a user again only by a record that lists both nodes, and its user’s profile', () => {
    const adopt = (record = ROUTE, profile = PROFILE): string | undefined => {
      const core = begin(false)
      hear(core, { kind: 'route', record: { ...record, root: ROOT } })
      return hear(core, { kind: 'profile', profile })[0]?.type
    }
    assert.equal(adopt(), 'adopt')
    assert.equal(adopt(plainRoute({ nodes: [2], n: 1 })), 'end')
    assert.equal(adopt(plainRoute({ nodes: [1], n: 1 })), 'end')
    assert.equal(adopt(ROUTE, { root: 'ee'.repeat(32) as typeof ROOT }), 'end')
    assert.deepEqual(hear(begin(false), { kind: 'ids', ids: [sorted[0]!.id], more: false }), [{ type: 'end', outcome: 'strange' }])
    assert.deepEqual(hear(begin(false), { kind: 'collections', collections: [] }), [{ type: 'end', outcome: 'strange' }])
    const core = begin(false)
    hear(core, { kind: 'route', record: { ...ROUTE, root: ROOT } })
    hear(core, { kind: 'profile', profile: PROFILE })
    assert.deepEqual(core.handle({ type: 'adopted', isServed: false }), [{ type: 'end', outcome: 'strange' }])
  })

  it('tries again later when the other is busy or its own disk is full, and not when it is refused for good', () => {
    const refusal = (code: typeof REFUSAL[keyof typeof REFUSAL]): unknown => hear(begin(), { kind: 'refusal', refusal: { code, retryAfterSeconds: 0 } })
    assert.deepEqual(refusal(REFUSAL.busy), [{ type: 'end', outcome: 'failed' }])
    assert.deepEqual(refusal(REFUSAL.moved), [{ type: 'end', outcome: 'complete' }])
    const core = begin()
    hear(core, { kind: 'ids', ids: [sorted[0]!.id], more: false })
    core.handle({ type: 'lacking', ids: [sorted[0]!.id] })
    hear(core, { kind: 'envelope', envelope: sorted[0]! })
    hear(core, { kind: 'given' })
    assert.deepEqual(core.handle({ type: 'deposited', stored: 0, isFull: true }), [{ type: 'end', outcome: 'failed' }])
    const full = begin()
    hear(full, { kind: 'collections', collections: [] })
    assert.deepEqual(full.handle({ type: 'collected', isFull: true }), [{ type: 'end', outcome: 'failed' }], 'what was collected is not known here: the same digests are a reason to ask again')
  })
})
