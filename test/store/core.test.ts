import assert from 'node:assert/strict'
import fc from 'fast-check'
import { CommitPlan } from '../../src/store/core.ts'
import { count, EMPTY_MAILBOX, isCollectionDue, isDue, partlyCollectedBytes, type IndexEntry, type Mailbox } from '../../src/store/mailbox.core.ts'
import { STORE_DEFAULTS, type StoreInit } from '../../src/store/index.ts'
import { NOW, NOW_S } from '../identity/people.ts'
import { DAY, letter, letters } from './mail.ts'
import type { Collection, Envelope, EnvelopeId, MailboxId, PeerKey } from '../../src/types.ts'

const MAILBOX = 'aa'.repeat(32) as MailboxId
const PHONE = '01'.repeat(32) as PeerKey
const LAPTOP = '02'.repeat(32) as PeerKey
const DEVICES = [PHONE, LAPTOP]

describe('store core', () => {
  describe('a commit', () => {
    it('decides by what it did itself a moment ago', () => {
      const plan = newPlan()
      const [one, two] = letters(MAILBOX, 2)
      assert.ok(one !== undefined && two !== undefined)
      plan.append([one, one])
      plan.collect(collectionOf([one.id, two.id]), [PHONE])
      const { firstLeaf, outcomes } = plan.append([one, two])
      assert.deepEqual(outcomes.map(({ type }) => type), ['refused', 'refused'])
      assert.equal(firstLeaf, 2)
      assert.deepEqual(plan.leaves, [one.id, one.id])
      assert.deepEqual(typesOf(plan), ['keepEnvelope', 'writeEntry', 'dropEnvelope', 'writeEntry', 'writeEntry', 'keepCollection'])
    })

    it('leaves what is counted alone until it is on the disk', () => {
      const mailboxes = new Map([[MAILBOX, mailboxOf({ lastPosition: 9 })]])
      const plan = newPlan({ mailboxes })
      plan.append(letters(MAILBOX, 2))
      assert.deepEqual(mailboxes.get(MAILBOX), mailboxOf({ lastPosition: 9 }))
      assert.deepEqual([...plan.drafts()], [[MAILBOX, mailboxOf({ envelopes: 2, bytes: 400, uncollectedBytes: 400, lastPosition: 102 })]])
    })

    it('gives positions above its base and above the last', () => {
      const above = newPlan({ mailboxes: new Map([[MAILBOX, mailboxOf({ lastPosition: 500 })]]) })
      assert.deepEqual(above.append([letter(MAILBOX)]).outcomes, [{ type: 'stored', position: 501, known: false }])
      assert.deepEqual(newPlan().append([letter(MAILBOX)]).outcomes, [{ type: 'stored', position: 101, known: false }])
    })

    it('replaces bytes that are not what they were', () => {
      const envelope = letter(MAILBOX)
      const plan = newPlan({ mailboxes: new Map([[MAILBOX, mailboxOf({ envelopes: 1, bytes: 200, uncollectedBytes: 200, lastPosition: 120 })]]) })
      const entry: IndexEntry = { type: 'kept', position: 120, expiry: envelope.expiry, bytes: 200, isRequest: false, collectedBy: [] }
      plan.found(MAILBOX, envelope.id, { entry, intact: false })
      plan.found(MAILBOX, envelope.id, { entry, intact: true })
      assert.deepEqual(plan.append([envelope, envelope]).outcomes, [{ type: 'stored', position: 121, known: false }, { type: 'stored', position: 121, known: true }])
      assert.deepEqual(typesOf(plan), ['dropEnvelope', 'keepEnvelope', 'writeEntry'])
      assert.deepEqual([...plan.drafts()], [[MAILBOX, mailboxOf({ envelopes: 1, bytes: 200, uncollectedBytes: 200, lastPosition: 121 })]])
    })

    it('lets go of what others have, and keeps what devices have said of it', () => {
      const [fresh, marked, away] = letters(MAILBOX, 3)
      assert.ok(fresh !== undefined && marked !== undefined && away !== undefined)
      const plan = newPlan({ mailboxes: new Map([[MAILBOX, mailboxOf({ envelopes: 2, bytes: 400, uncollectedBytes: 200, lastPosition: 8 })]]) })
      plan.found(MAILBOX, fresh.id, { entry: kept(7), intact: true })
      plan.found(MAILBOX, marked.id, { entry: kept(8, PHONE), intact: true })
      assert.equal(plan.release(MAILBOX, [fresh.id, marked.id, away.id, fresh.id]), 2)
      assert.deepEqual(plan.effects, [
        { type: 'dropEnvelope', mailbox: MAILBOX, position: 7 },
        { type: 'forgetEntry', mailbox: MAILBOX, id: fresh.id },
        { type: 'dropEnvelope', mailbox: MAILBOX, position: 8 },
        { type: 'writeEntry', mailbox: MAILBOX, id: marked.id, entry: { type: 'awaited', expiry: NOW_S, collectedBy: [PHONE] } }
      ])
      assert.deepEqual([...plan.drafts()], [[MAILBOX, mailboxOf({ lastPosition: 8, rememberedIds: 1 })]])
    })

    it('discards only what is damaged', () => {
      const [whole, flipped, illegible] = letters(MAILBOX, 3)
      assert.ok(whole !== undefined && flipped !== undefined && illegible !== undefined)
      const plan = newPlan({ mailboxes: new Map([[MAILBOX, mailboxOf({ envelopes: 2, bytes: 400, uncollectedBytes: 400, lastPosition: 8 })]]) })
      plan.found(MAILBOX, whole.id, { entry: kept(7), intact: true })
      plan.found(MAILBOX, flipped.id, { entry: kept(8), intact: false })
      assert.equal(plan.discard(MAILBOX, [whole.id, flipped.id, illegible.id]), 2)
      assert.deepEqual(typesOf(plan), ['dropEnvelope', 'forgetEntry', 'forgetEntry'])
      assert.deepEqual([...plan.drafts()], [[MAILBOX, mailboxOf({ envelopes: 1, bytes: 200, uncollectedBytes: 200, lastPosition: 8 })]])
    })

    it('takes a stray into the index again, unless its id stands elsewhere or is past', () => {
      const [unknown, awaited, elsewhere, collected, right] = letters(MAILBOX, 5)
      assert.ok(unknown !== undefined && awaited !== undefined && elsewhere !== undefined && collected !== undefined && right !== undefined)
      const plan = newPlan()
      plan.found(MAILBOX, awaited.id, { entry: { type: 'awaited', expiry: NOW_S, collectedBy: [PHONE] }, intact: true })
      plan.found(MAILBOX, elsewhere.id, { entry: kept(9), intact: true })
      plan.found(MAILBOX, collected.id, { entry: { type: 'collected', expiry: NOW_S, wasHere: true }, intact: true })
      plan.found(MAILBOX, right.id, { entry: kept(5), intact: true })
      for (const [n, envelope] of [unknown, awaited, elsewhere, collected, right].entries()) plan.reindex({ position: n + 1, envelope })
      assert.deepEqual(plan.effects, [
        { type: 'writeEntry', mailbox: MAILBOX, id: unknown.id, entry: { type: 'kept', position: 1, expiry: unknown.expiry, bytes: 200, isRequest: true, collectedBy: [] } },
        { type: 'writeEntry', mailbox: MAILBOX, id: awaited.id, entry: { type: 'kept', position: 2, expiry: awaited.expiry, bytes: 200, isRequest: true, collectedBy: [PHONE] } },
        { type: 'dropEnvelope', mailbox: MAILBOX, position: 3 },
        { type: 'dropEnvelope', mailbox: MAILBOX, position: 4 }
      ])
    })

    it('tells no draft of a mailbox that it only looked at', () => {
      const plan = newPlan()
      plan.found(MAILBOX, letter(MAILBOX).id, { entry: kept(1), intact: true })
      plan.release(MAILBOX, letters(MAILBOX, 1).map(({ id }) => id))
      assert.deepEqual([...plan.drafts()], [])
    })

    it('does nothing for a collection that tells nothing new', () => {
      const plan = newPlan()
      const envelope = letter(MAILBOX)
      plan.found(MAILBOX, envelope.id, { entry: { type: 'kept', position: 1, expiry: NOW_S, bytes: 200, isRequest: false, collectedBy: [PHONE] }, intact: true })
      plan.collect(collectionOf([envelope.id]), DEVICES)
      assert.deepEqual(plan.effects, [])
    })

    it('never holds more marks than the user has devices', () => {
      const plan = newPlan()
      const envelope = letter(MAILBOX)
      const gone = Array.from({ length: 16 }, (_, n) => (0x10 + n).toString(16).repeat(32) as PeerKey)
      plan.found(MAILBOX, envelope.id, { entry: { type: 'kept', position: 1, expiry: NOW_S, bytes: 200, isRequest: false, collectedBy: gone }, intact: true })
      plan.collect(collectionOf([envelope.id]), DEVICES)
      const [effect] = plan.effects
      assert.ok(effect?.type === 'writeEntry' && effect.entry.type === 'kept')
      assert.deepEqual(effect.entry.collectedBy, [PHONE])
    })

    it('decides again what a sweep or an eviction found', () => {
      const plan = newPlan({ limits: { partlyCollectedBytes: 100 } })
      const [kept, gone] = letters(MAILBOX, 2)
      assert.ok(kept !== undefined && gone !== undefined)
      plan.append([kept])
      const before = plan.effects.length
      assert.equal(plan.expire([kept, gone], NOW), 0)
      plan.evict([kept, gone])
      assert.equal(plan.effects.length, before, 'neither due nor partly collected, and never met')
    })
  })

  it('lets mail go a day, and what is remembered two days after expiry', () => {
    const kept: IndexEntry = { type: 'kept', position: 1, expiry: NOW_S, bytes: 1, isRequest: false, collectedBy: [] }
    const others: IndexEntry[] = [{ type: 'awaited', expiry: NOW_S, collectedBy: [PHONE] }, { type: 'collected', expiry: NOW_S, wasHere: true }]
    assert.deepEqual([isDue(kept, NOW + DAY - 1), isDue(kept, NOW + DAY)], [false, true])
    for (const entry of others) assert.deepEqual([isDue(entry, NOW + 2 * DAY - 1), isDue(entry, NOW + 2 * DAY)], [false, true])
    const collection = { mailbox: MAILBOX, forgetAt: NOW_S, bytes: 1, checksum: 1 }
    assert.deepEqual([isCollectionDue(collection, NOW + 2 * DAY - 1), isCollectionDue(collection, NOW + 2 * DAY)], [false, true])
  })

  it('counts what its entries say, whatever happens', () => {
    // Six letters, some of them met by devices before they come, over several commits of any events in any order.
    const all = letters(MAILBOX, 6)
    const pick = fc.subarray(all)
    const events = fc.oneof(
      fc.record({ type: fc.constant('append' as const), envelopes: pick, admissions: fc.array(fc.constantFrom('admitted', 'request', 'copied'), { maxLength: 6 }) }),
      fc.record({ type: fc.constant('collect' as const), envelopes: pick, device: fc.constantFrom(...DEVICES) }),
      fc.record({ type: fc.constant('expire' as const), envelopes: pick, now: fc.constantFrom(NOW, NOW + 10 * DAY) }),
      fc.record({ type: fc.constant('evict' as const), envelopes: pick })
    )
    fc.assert(fc.property(fc.array(fc.array(events, { maxLength: 5 }), { maxLength: 6 }), commits => {
      const index = new Map<EnvelopeId, IndexEntry>()
      const bodies = new Map<number, Envelope>()
      const mailboxes = new Map<MailboxId, Mailbox>()
      for (const commit of commits) {
        const plan = newPlan({ mailboxes, limits: { uncollectedBytes: 800, partlyCollectedBytes: 400, rememberedIds: 3 } })
        for (const [id, entry] of index) plan.found(MAILBOX, id, { entry, intact: true })
        for (const event of commit) {
          if (event.type === 'append') plan.append(event.envelopes, event.admissions)
          if (event.type === 'collect') plan.collect(collectionOf(event.envelopes.map(({ id }) => id), event.device), DEVICES)
          if (event.type === 'expire') plan.expire(event.envelopes, event.now)
          if (event.type === 'evict') plan.evict(event.envelopes)
        }
        perform(plan, index, bodies)
        for (const [id, mailbox] of plan.drafts()) mailboxes.set(id, mailbox)
      }

      const counted = { ...EMPTY_MAILBOX }
      for (const entry of index.values()) count(counted, entry, 1)
      const { lastPosition, collectionBytes, ...drafted } = mailboxes.get(MAILBOX) ?? EMPTY_MAILBOX
      assert.deepEqual(drafted, { envelopes: counted.envelopes, bytes: counted.bytes, uncollectedBytes: counted.uncollectedBytes, requestBytes: counted.requestBytes, rememberedIds: counted.rememberedIds })
      assert.equal(bodies.size, counted.envelopes, 'one body an entry')
      for (const [id, entry] of index) if (entry.type === 'kept') assert.equal(bodies.get(entry.position)?.id, id)
      assert.ok(drafted.uncollectedBytes <= 800 && drafted.rememberedIds <= 3)
      assert.ok(partlyCollectedBytes(counted) >= 0)
    }), { numRuns: 500 })
  })
})

function newPlan ({ mailboxes = new Map(), limits = {} }: { mailboxes?: Map<MailboxId, Mailbox>, limits?: Partial<StoreInit> } = {}): CommitPlan {
  return new CommitPlan({ now: NOW, positionBase: 100, mailboxes, limits: { ...STORE_DEFAULTS, ...limits } })
}

function mailboxOf (some: Partial<Mailbox>): Mailbox {
  return { ...EMPTY_MAILBOX, ...some }
}

function collectionOf (ids: EnvelopeId[], device = PHONE): Collection {
  return { mailbox: MAILBOX, device, ids, bytes: new Uint8Array(10) } as unknown as Collection
}

function kept (position: number, ...collectedBy: PeerKey[]): IndexEntry {
  return { type: 'kept', position, expiry: NOW_S, bytes: 200, isRequest: false, collectedBy }
}

function typesOf (plan: CommitPlan): string[] {
  return plan.effects.map(({ type }) => type)
}

/** The effects, on two maps. */
function perform (plan: CommitPlan, index: Map<EnvelopeId, IndexEntry>, bodies: Map<number, Envelope>): void {
  for (const effect of plan.effects) {
    switch (effect.type) {
      case 'keepEnvelope': bodies.set(effect.position, effect.envelope); break
      case 'dropEnvelope': assert.ok(bodies.delete(effect.position), 'it was there'); break
      case 'writeEntry': index.set(effect.id, effect.entry); break
      case 'forgetEntry': assert.ok(index.delete(effect.id), 'it was known'); break
      case 'keepCollection':
      case 'forgetCollection': break
    }
  }
}
