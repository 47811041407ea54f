// The contract of the EnvelopeStore port, run on every implementation.
import assert from 'node:assert/strict'
import { REFUSAL, type Envelope, type MailboxId, type RefusalName } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { NOW } from '../identity/people.ts'
import { all, DAY, HOUR, letter, letters, makeComponents, makeReader, type Reader, type TestComponents } from '../store/mail.ts'
import { until } from '../until.ts'
import type { Appended, AppendOutcome, EnvelopeStore, Page, StoredEnvelope } from '../../src/ports.ts'
import type { StoreInit } from '../../src/store/index.ts'

export type MakeStore = (components: TestComponents, init: Partial<StoreInit>) => Promise<EnvelopeStore>

/** `make` opens a new store; the contract closes it. */
export function envelopeStoreContract (name: string, make: MakeStore): void {
  describe(`${name}: EnvelopeStore`, () => {
    let components: TestComponents
    let store: EnvelopeStore
    let alice: Reader
    let bob: Reader

    before(async () => {
      alice = await makeReader(1)
      bob = await makeReader(2)
    })
    beforeEach(async () => { await use() })
    afterEach(async () => { await store.close() })

    async function use (init: Partial<StoreInit> = {}): Promise<void> {
      components = makeComponents()
      store = await make(components, init)
    }

    async function useInstead (init: Partial<StoreInit>): Promise<void> {
      await store.close()
      await use(init)
    }

    async function collect (reader: Reader, device: 'phone' | 'laptop', envelopes: Envelope[], devices: Array<'phone' | 'laptop'>): Promise<void> {
      await store.collect(await reader.collect(reader[device], envelopes.map(({ id }) => id)), devices.map(name => reader[name]))
    }

    /** The whole mailbox, page after page. */
    async function drain (mailbox: MailboxId, maxBytes: number = LIMITS.pageBytes, device?: Parameters<EnvelopeStore['page']>[3]): Promise<StoredEnvelope[]> {
      const all: StoredEnvelope[] = []
      let page: Page = { envelopes: [], position: 0, last: false }
      while (!page.last) {
        page = await store.page(mailbox, page.position, maxBytes, device)
        all.push(...page.envelopes)
      }
      return all
    }

    async function held (reader: Reader, device?: 'phone' | 'laptop'): Promise<string[]> {
      return idsOf((await drain(reader.mailbox, LIMITS.pageBytes, device === undefined ? undefined : reader[device])).map(({ envelope }) => envelope))
    }

    describe('append', () => {
      it('keeps envelopes at rising positions and gives back the same bytes', async () => {
        const sent = letters(alice.mailbox, 3)
        const { commit, firstLeaf, outcomes } = await store.append(sent)
        const positions = outcomes.map(storedAt)
        assert.deepEqual(positions, [...positions].sort((a, b) => a - b))
        assert.equal(new Set(positions).size, 3)
        assert.ok(positions.every(position => position > 0))
        assert.equal(firstLeaf, 0)
        assert.deepEqual(commit, { time: NOW, leaves: idsOf(sent) })

        const { envelopes, ...end } = await store.page(alice.mailbox, 0, LIMITS.pageBytes)
        assert.deepEqual(envelopes, sent.map((envelope, n) => ({ position: positions[n], envelope })))
        assert.deepEqual(end, { position: positions[2], last: true })
        assert.equal(store.lastPosition(alice.mailbox), positions[2])
      })

      it('takes calls of one tick into one commit, each with its own run of leaves', async () => {
        const calls = [letters(alice.mailbox, 2), letters(bob.mailbox, 3), letters(alice.mailbox, 1)]
        const appended = await Promise.all(calls.map(async call => await store.append(call)))
        assert.deepEqual(appended.map(({ firstLeaf }) => firstLeaf), [0, 2, 5])
        assert.equal(new Set(appended.map(({ commit }) => commit)).size, 1)
        for (const [n, call] of calls.entries()) assert.deepEqual(leavesOf(appended[n]), idsOf(call))
      })

      it('bounds a commit by bytes', async () => {
        await useInstead({ commitBytes: 1000 })
        const appended = await Promise.all(letters(alice.mailbox, 10, { bytes: 300 }).map(async envelope => await store.append([envelope])))
        assert.deepEqual(appended.map(({ commit }) => commit.leaves.length), [3, 3, 3, 3, 3, 3, 3, 3, 3, 1])
      })

      it('bounds a commit by leaves', async () => {
        const envelope = letter(alice.mailbox)
        await assert.rejects(store.append(new Array(LIMITS.commitLeaves + 1).fill(envelope)), { name: 'TooLargeError' })
        const half = new Array(LIMITS.commitLeaves / 2 + 1).fill(envelope)
        await useInstead({ commitBytes: 2 ** 40, queueBytes: 2 ** 40 })
        const [one, other] = await Promise.all([store.append(half), store.append(half)])
        assert.notEqual(one.commit, other.commit)
      })

      it('counts what waits, and refuses what its queue has no room for', async () => {
        await useInstead({ queueBytes: 1000 })
        const first = store.append(letters(alice.mailbox, 2, { bytes: 400 }))
        assert.equal(store.queuedBytes, 800)
        const refused = await store.append(letters(alice.mailbox, 1, { bytes: 400 }))
        assert.deepEqual(refused.outcomes.map(refusalOf), ['busy'])
        assert.ok(retryOf(refused.outcomes[0]) > 0)
        assert.deepEqual(refused.commit.leaves, [])
        assert.equal((await first).outcomes.length, 2)
        assert.equal(store.queuedBytes, 0)
        assert.deepEqual((await store.append([letter(alice.mailbox, { bytes: 4000 })])).outcomes.map(refusalOf), ['stored'], 'an empty queue takes anything')
      })

      it('answers a known id with its old position, as a leaf of the new commit', async () => {
        const [one, two] = letters(alice.mailbox, 2)
        assert.ok(one !== undefined && two !== undefined)
        const [first] = (await store.append([one])).outcomes
        const { commit, outcomes } = await store.append([two, one, two])
        assert.deepEqual(commit.leaves, [two.id, one.id, two.id])
        assert.deepEqual(outcomes[1], { ...first, known: true })
        assert.deepEqual(outcomes.map(outcome => outcome.type === 'stored' && outcome.known), [false, true, true])
        assert.deepEqual(await held(alice), [one.id, two.id])
        assert.equal(store.usage(alice.mailbox).envelopes, 2)
      })

      it('refuses what has expired and what would live too long', async () => {
        const longest = NOW + LIMITS.retentionMs + LIMITS.expirySlackMs
        const expiries = [NOW, NOW + 1000, longest, longest + 1000]
        const { commit, outcomes } = await store.append(expiries.map(ms => letter(alice.mailbox, { expiry: ms / 1000 })))
        assert.deepEqual(outcomes.map(refusalOf), ['expired', 'stored', 'stored', 'expiryTooFar'])
        assert.equal(commit.leaves.length, 2)
      })

      it('refuses new mail to a mailbox full of uncollected mail, and only that', async () => {
        await useInstead({ uncollectedBytes: 1000 })
        const sent = letters(alice.mailbox, 6, { bytes: 200 })
        const { outcomes } = await store.append(sent)
        assert.deepEqual(outcomes.map(refusalOf), ['stored', 'stored', 'stored', 'stored', 'stored', 'mailboxFull'])
        assert.ok(retryOf(outcomes[5]) > 0)
        assert.deepEqual(store.usage(alice.mailbox), { envelopes: 5, bytes: 1000, uncollectedBytes: 1000 })
        assert.deepEqual((await store.append([letter(bob.mailbox)])).outcomes.map(refusalOf), ['stored'])
        assert.deepEqual((await store.append(sent.slice(0, 1))).outcomes.map(refusalOf), ['stored'], 'known already')
        await collect(alice, 'phone', sent.slice(0, 1), ['phone', 'laptop'])
        assert.deepEqual((await store.append(sent.slice(5))).outcomes.map(refusalOf), ['stored'], 'one device has made room')
      })

      it('takes an empty call', async () => {
        assert.deepEqual((await store.append([])).outcomes, [])
      })
    })

    describe('page', () => {
      it('goes on after a position, within its bytes but for a single envelope', async () => {
        const sent = letters(alice.mailbox, 50, { bytes: 1000 })
        await store.append([...sent.slice(0, 25), ...letters(bob.mailbox, 5), ...sent.slice(25)])
        for (const maxBytes of [1, 3000, 10_000, LIMITS.pageBytes]) {
          assert.deepEqual(idsOf((await drain(alice.mailbox, maxBytes)).map(({ envelope }) => envelope)), idsOf(sent))
          const { envelopes } = await store.page(alice.mailbox, 0, maxBytes)
          const bytes = envelopes.reduce((sum, { envelope }) => sum + envelope.bytes.byteLength, 0)
          assert.ok(envelopes.length === 1 || bytes <= maxBytes, `${bytes} of ${maxBytes}`)
          assert.ok(envelopes.length > 1 || maxBytes < 3000)
        }
      })

      it('is empty and last where nothing is, and stays where it was asked to begin', async () => {
        assert.deepEqual(await store.page(alice.mailbox, 0, 1000), { envelopes: [], position: 0, last: true })
        await store.append(letters(bob.mailbox, 1))
        assert.deepEqual(await store.page(bob.mailbox, 2 ** 52, 1000), { envelopes: [], position: 2 ** 52, last: true })
        assert.deepEqual(await store.page(bob.mailbox, Number.MAX_SAFE_INTEGER, 1000), { envelopes: [], position: Number.MAX_SAFE_INTEGER, last: true })
      })

      it('gives an envelope of the largest size', async () => {
        const large = letter(alice.mailbox, { bytes: LIMITS.envelopeBytes })
        await store.append([large])
        assert.deepEqual((await drain(alice.mailbox)).map(({ envelope }) => envelope), [large])
      })
    })

    describe('collect', () => {
      it('deletes what the only device has collected, and refuses a late copy', async () => {
        const sent = letters(alice.mailbox, 4)
        await store.append(sent)
        const last = store.lastPosition(alice.mailbox)
        await collect(alice, 'phone', sent.slice(1), ['phone'])
        assert.deepEqual(await held(alice), idsOf(sent.slice(0, 1)))
        assert.deepEqual(store.usage(alice.mailbox), { envelopes: 1, bytes: 200, uncollectedBytes: 200 })
        const late = await store.append(sent)
        assert.deepEqual(late.outcomes.map(refusalOf), ['stored', 'collected', 'collected', 'collected'])
        assert.deepEqual(late.commit.leaves, idsOf(sent.slice(0, 1)))
        assert.equal(store.lastPosition(alice.mailbox), last)
        const [next] = (await store.append([letter(alice.mailbox)])).outcomes
        assert.ok(next !== undefined && storedAt(next) > last, 'a position is given once')
      })

      it('keeps what another device has not collected, and shows each device what it lacks', async () => {
        const sent = letters(alice.mailbox, 3)
        const [, second] = sent
        assert.ok(second !== undefined)
        await store.append(sent)
        await collect(alice, 'phone', [second], ['phone', 'laptop'])
        assert.deepEqual(await held(alice), idsOf(sent))
        assert.deepEqual(await held(alice, 'laptop'), idsOf(sent))
        assert.deepEqual(await held(alice, 'phone'), idsOf(sent.filter(({ id }) => id !== second.id)))
        assert.deepEqual(store.usage(alice.mailbox), { envelopes: 3, bytes: 600, uncollectedBytes: 400 })
        assert.deepEqual((await store.append([second])).outcomes.map(refusalOf), ['stored'], 'its bytes are here')
        await collect(alice, 'laptop', [second], ['phone', 'laptop'])
        assert.equal((await held(alice)).length, 2)
        assert.deepEqual((await store.append([second])).outcomes.map(refusalOf), ['collected'])
      })

      it('leaves a page of collected envelopes behind without ending the drain', async () => {
        const sent = letters(alice.mailbox, 30, { bytes: 1000 })
        await store.append(sent)
        await collect(alice, 'phone', sent.slice(0, 29), ['phone', 'laptop'])
        const page = await store.page(alice.mailbox, 0, 2000, alice.phone)
        assert.deepEqual(idsOf(page.envelopes.map(({ envelope }) => envelope)), idsOf(sent.slice(29)))
      })

      it('asks no more of a device that the user took out', async () => {
        const [envelope] = letters(alice.mailbox, 1)
        assert.ok(envelope !== undefined)
        await store.append([envelope])
        await collect(alice, 'phone', [envelope], ['phone', 'laptop'])
        await collect(alice, 'phone', [envelope], ['phone'])
        assert.deepEqual(await held(alice), [])
      })

      it('remembers ids that are not here: a late copy is refused', async () => {
        const late = letters(alice.mailbox, 2)
        await collect(alice, 'phone', late, ['phone'])
        assert.deepEqual((await store.append(late)).outcomes.map(refusalOf), ['collected', 'collected'])
        assert.deepEqual(store.usage(alice.mailbox), { envelopes: 0, bytes: 0, uncollectedBytes: 0 })
      })

      it('keeps a late copy for the devices that lack it', async () => {
        const late = letters(alice.mailbox, 2)
        await collect(alice, 'phone', late, ['phone', 'laptop'])
        assert.deepEqual((await store.append(late)).outcomes.map(refusalOf), ['stored', 'stored'])
        assert.deepEqual(await held(alice, 'phone'), [])
        assert.deepEqual(await held(alice, 'laptop'), idsOf(late))
        assert.deepEqual(store.usage(alice.mailbox), { envelopes: 2, bytes: 400, uncollectedBytes: 0 })
        await collect(alice, 'laptop', late, ['phone', 'laptop'])
        assert.deepEqual((await store.append(late)).outcomes.map(refusalOf), ['collected', 'collected'])
      })

      it('remembers no more ids than its limit', async () => {
        await useInstead({ rememberedIds: 3 })
        const late = letters(alice.mailbox, 5)
        await collect(alice, 'phone', late, ['phone'])
        assert.deepEqual((await store.append(late)).outcomes.map(refusalOf), ['collected', 'collected', 'collected', 'stored', 'stored'])
      })

      it('deletes nothing in another mailbox, nor bars it', async () => {
        const [here, coming] = letters(alice.mailbox, 2)
        assert.ok(here !== undefined && coming !== undefined)
        await store.append([here])
        await collect(bob, 'phone', [here, coming], ['phone'])
        assert.deepEqual(await held(alice), [here.id])
        assert.deepEqual((await store.append([here, coming])).outcomes.map(refusalOf), ['stored', 'stored'])
      })

      it('lets the oldest partly collected mail go above its quota', async () => {
        await useInstead({ uncollectedBytes: 2000, partlyCollectedBytes: 1000, evictionStop: 0.8 })
        const sent = letters(alice.mailbox, 6, { bytes: 200 })
        await store.append(sent)
        await collect(alice, 'phone', sent.slice(0, 5), ['phone', 'laptop'])
        assert.deepEqual(await held(alice), idsOf(sent), 'full, not over')
        await collect(alice, 'phone', sent.slice(5), ['phone', 'laptop'])
        assert.deepEqual(await held(alice), idsOf(sent.slice(2)))
        assert.deepEqual(store.usage(alice.mailbox), { envelopes: 4, bytes: 800, uncollectedBytes: 0 })
        assert.deepEqual((await store.append(sent.slice(0, 1))).outcomes.map(refusalOf), ['collected'])
      })

      it('counts late copies under that quota, too', async () => {
        await useInstead({ partlyCollectedBytes: 1000 })
        const late = letters(alice.mailbox, 10, { bytes: 200 })
        await collect(alice, 'phone', late, ['phone', 'laptop'])
        await store.append(late)
        await until('there is room again', () => store.usage(alice.mailbox).bytes <= 1000)
        assert.equal(store.usage(alice.mailbox).bytes, 800)
        assert.deepEqual(await held(alice), idsOf(late.slice(6)))
      })

      it('never evicts uncollected mail for it', async () => {
        await useInstead({ uncollectedBytes: 2000, partlyCollectedBytes: 300 })
        const sent = letters(alice.mailbox, 6, { bytes: 200 })
        await store.append(sent)
        await collect(alice, 'phone', sent.slice(3), ['phone', 'laptop'])
        assert.deepEqual(await held(alice), idsOf([...sent.slice(0, 3), ...sent.slice(5)]))
      })
    })

    describe('collections', () => {
      async function kept (): Promise<Uint8Array[]> {
        return await all(store.collections(alice.mailbox))
      }

      it('are kept as they were signed, once, until their envelopes are past', async () => {
        const sent = letters(alice.mailbox, 2)
        const late = letter(alice.mailbox)
        await store.append(sent)
        const collection = await alice.collect(alice.phone, idsOf([...sent, late]))
        await store.collect(collection, [alice.phone])
        await store.collect(collection, [alice.phone])
        assert.deepEqual(await kept(), [collection.bytes])
        assert.deepEqual(await all(store.collections(bob.mailbox)), [])

        const forgotten = NOW + LIMITS.retentionMs + LIMITS.expirySlackMs + LIMITS.collectedMemoryMs
        await store.sweep(forgotten - 1000)
        assert.equal((await kept()).length, 1, 'a late copy of the third could still come')
        await store.sweep(forgotten)
        assert.deepEqual(await kept(), [])
      })

      it('make room, those that run out first in front', async () => {
        const sent = [1, 2, 3].map(days => letter(alice.mailbox, { expiry: (NOW + days * DAY) / 1000 }))
        const collections = await Promise.all(sent.map(async ({ id }) => await alice.collect(alice.phone, [id])))
        const bytes = collections.map(collection => collection.bytes.byteLength)
        await useInstead({ collectionBytes: Math.max(...bytes) * 2, evictionStop: 1 })
        await store.append(sent)
        for (const n of [2, 0, 1]) await store.collect(collections[n] ?? assert.fail(), [alice.phone])
        assert.deepEqual(await kept(), [collections[1]?.bytes, collections[2]?.bytes])
      })
    })

    describe('sweep', () => {
      it('deletes mail a day after its expiry, and not before', async () => {
        const [early, late] = [HOUR, 2 * HOUR].map(ms => letter(alice.mailbox, { expiry: (NOW + ms) / 1000 }))
        assert.ok(early !== undefined && late !== undefined)
        await store.append([early, late, letter(bob.mailbox, { expiry: (NOW + 20 * DAY) / 1000 })])
        assert.equal(await store.sweep(NOW + HOUR + DAY - 1), 0)
        assert.equal(await store.sweep(NOW + HOUR + DAY), 1)
        assert.deepEqual(await held(alice), [late.id])
        assert.equal(await store.sweep(NOW + 10 * DAY), 1)
        assert.deepEqual(store.usage(alice.mailbox), { envelopes: 0, bytes: 0, uncollectedBytes: 0 })
        assert.equal(store.usage(bob.mailbox).envelopes, 1)
      })

      it('forgets what was collected two days after its expiry', async () => {
        const envelope = letter(alice.mailbox, { expiry: (NOW + HOUR) / 1000 })
        await store.append([envelope])
        await collect(alice, 'phone', [envelope], ['phone'])
        assert.equal(await store.sweep(NOW + HOUR + 2 * DAY - 1), 0)
        assert.deepEqual((await store.append([envelope])).outcomes.map(refusalOf), ['collected'])
        assert.equal(await store.sweep(NOW + HOUR + 2 * DAY), 0, 'what is forgotten is no envelope')
        assert.deepEqual((await store.append([envelope])).outcomes.map(refusalOf), ['stored'])
      })

      it('gets through more than one step of its reading', async () => {
        await useInstead({ scanEntries: 7 })
        await store.append(letters(alice.mailbox, 100))
        assert.equal(await store.sweep(NOW + 10 * DAY), 100)
        assert.deepEqual(await held(alice), [])
      })
    })

    it('finishes what waits when it is closed, and takes nothing afterwards', async () => {
      const waiting = store.append(letters(alice.mailbox, 3))
      await store.close()
      assert.equal((await waiting).outcomes.length, 3)
      await assert.rejects(store.append(letters(alice.mailbox, 1)), { name: 'StoreFailedError', message: 'the store is closed' })
      await assert.rejects(store.page(alice.mailbox, 0, 1000), { name: 'StoreFailedError' })
    })

    it('has an id of its own', async () => {
      const other = await make(makeComponents(), {})
      await other.close()
      assert.match(store.storeId, /^[0-9a-f]{32}$/)
      assert.notEqual(other.storeId, store.storeId)
    })
  })
}

function idsOf (envelopes: Envelope[]): Array<Envelope['id']> {
  return envelopes.map(({ id }) => id)
}

function storedAt (outcome: AppendOutcome): number {
  return outcome.type === 'stored' ? outcome.position : assert.fail(`refused: ${refusalOf(outcome)}`)
}

function refusalOf (outcome: AppendOutcome): RefusalName | 'stored' {
  if (outcome.type === 'stored') return 'stored'
  const [name] = Object.entries(REFUSAL).find(([, code]) => code === outcome.refusal.code) ?? []
  return name as RefusalName
}

function retryOf (outcome: AppendOutcome | undefined): number {
  return outcome?.type === 'refused' ? outcome.refusal.retryAfterSeconds : 0
}

function leavesOf (appended: Appended | undefined): string[] {
  assert.ok(appended !== undefined)
  const stored = appended.outcomes.filter(({ type }) => type === 'stored').length
  return appended.commit.leaves.slice(appended.firstLeaf, appended.firstLeaf + stored)
}
