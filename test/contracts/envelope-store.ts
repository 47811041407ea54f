// The contract of the EnvelopeStore port, run on every implementation.
import assert from 'node:assert/strict'
import { REFUSAL, type Envelope, type EnvelopeId, type MailboxId, type RefusalName } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { NOW } from '../identity/people.ts'
import { all, DAY, HOUR, letter, letters, makeComponents, makeReader, type Reader, type TestComponents } from '../store/mail.ts'
import { until } from '../until.ts'
import type { Appended, AppendOutcome, EnvelopeStore, Page, StoredEnvelope } from '../../src/ports.ts'
import type { StoreInit } from '../../src/store/index.ts'

/** A hand that changes what a store has on its disk, behind its back. */
export interface Harm {
  flipEnvelope: (store: EnvelopeStore, envelope: Envelope) => Promise<void>
  flipEntry: (store: EnvelopeStore, envelope: Envelope) => Promise<void>
  loseEnvelope: (store: EnvelopeStore, envelope: Envelope) => Promise<void>
}

export type MakeStore = (components: TestComponents, init: Partial<StoreInit>) => Promise<EnvelopeStore>

/** `make` opens a new store; the contract closes it. What a store makes of damage is asked of those that can be harmed. */
export function envelopeStoreContract (name: string, make: MakeStore, harm?: Harm): void {
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
      let page: Page = { envelopes: [], position: 0, last: false, damaged: [] }
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
        assert.deepEqual(end, { position: positions[2], last: true, damaged: [] })
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

      it('takes requests up to their share of the mailbox, and leaves the rest of it to others', async () => {
        await useInstead({ uncollectedBytes: 2000, requestBytes: 600 })
        const requests = letters(alice.mailbox, 4, { bytes: 200 })
        const strangers = async (envelopes: Envelope[]): Promise<string[]> => (await store.append(envelopes, envelopes.map(() => 'request'))).outcomes.map(refusalOf)
        assert.deepEqual(await strangers(requests), ['stored', 'stored', 'stored', 'requestsFull'])
        assert.ok(retryOf((await store.append(requests.slice(3), ['request'])).outcomes[0]) > 0)
        assert.deepEqual(await strangers(requests.slice(0, 1)), ['stored'], 'known already')
        assert.deepEqual(await strangers(letters(bob.mailbox, 1)), ['stored'], 'each mailbox has its own')
        const admitted = letters(alice.mailbox, 7, { bytes: 200 })
        assert.deepEqual((await store.append(admitted)).outcomes.map(refusalOf), new Array(7).fill('stored'))
        assert.deepEqual((await store.append(letters(alice.mailbox, 1))).outcomes.map(refusalOf), ['mailboxFull'], 'requests are within the quota')
        assert.deepEqual(await held(alice), idsOf([...requests.slice(0, 3), ...admitted]), 'nothing that was stored went')
        await collect(alice, 'phone', requests.slice(0, 1), ['phone', 'laptop'])
        assert.deepEqual(await strangers(requests.slice(3)), ['stored'], 'one device has made room')
      })

      it('refuses no request that another replica has promised, and counts it', async () => {
        await useInstead({ requestBytes: 600 })
        const copies = letters(alice.mailbox, 5, { bytes: 200 })
        assert.deepEqual((await store.append(copies, copies.map(() => 'copied'))).outcomes.map(refusalOf), new Array(5).fill('stored'))
        assert.deepEqual((await store.append(letters(alice.mailbox, 2), ['request', 'admitted'])).outcomes.map(refusalOf), ['requestsFull', 'stored'])
        await collect(alice, 'phone', copies.slice(0, 3), ['phone'])
        assert.deepEqual((await store.append(letters(alice.mailbox, 2), ['request', 'request'])).outcomes.map(refusalOf), ['stored', 'requestsFull'])
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

      it('is empty and last where nothing is, and goes as far as positions go', async () => {
        const before = store.lastPosition(alice.mailbox)
        assert.deepEqual(await store.page(alice.mailbox, 0, 1000), { envelopes: [], position: before, last: true, damaged: [] })
        const { outcomes: [first] } = await store.append(letters(alice.mailbox, 1))
        assert.equal(first?.type === 'stored' && first.position, before + 1, 'the first of an opening is no gap')
        await store.append(letters(bob.mailbox, 1))
        assert.deepEqual(await store.page(bob.mailbox, 2 ** 52, 1000), { envelopes: [], position: 2 ** 52, last: true, damaged: [] })
        assert.deepEqual(await store.page(bob.mailbox, Number.MAX_SAFE_INTEGER, 1000), { envelopes: [], position: Number.MAX_SAFE_INTEGER, last: true, damaged: [] })
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

    describe('digest', () => {
      /** Another store with the same mail, which came in another order. */
      async function otherWith (envelopes: Envelope[]): Promise<EnvelopeStore> {
        const other = await make(makeComponents(), {})
        for (const envelope of envelopes.toReversed()) await other.append([envelope])
        return other
      }

      it('is equal for equal mail and marks, in whatever order they came', async () => {
        const sent = letters(alice.mailbox, 20)
        await store.append(sent)
        const other = await otherWith(sent)
        try {
          assert.deepEqual(await store.digest(alice.mailbox), await other.digest(alice.mailbox))
          const collections = await Promise.all(['phone', 'laptop'].map(async device => await alice.collect(alice[device as 'phone'], idsOf(sent.slice(0, 3)))))
          const third = (await makeReader(3)).phone
          for (const collection of collections) await store.collect(collection, [alice.phone, alice.laptop, third])
          assert.notEqual((await store.digest(alice.mailbox)).fingerprint, (await other.digest(alice.mailbox)).fingerprint, 'marks count')
          for (const collection of collections.toReversed()) await other.collect(collection, [alice.phone, alice.laptop, third])
          assert.deepEqual(await store.digest(alice.mailbox), await other.digest(alice.mailbox))
        } finally {
          await other.close()
        }
      })

      it('counts, and changes with mail, marks and what goes', async () => {
        const [first, second] = letters(alice.mailbox, 2)
        assert.ok(first !== undefined && second !== undefined)
        const seen: string[] = []
        const note = async (envelopes: number): Promise<void> => {
          const digest = await store.digest(alice.mailbox)
          assert.match(digest.fingerprint, /^[0-9a-f]{32}$/)
          assert.equal(digest.envelopes, envelopes)
          seen.push(digest.fingerprint)
        }
        await note(0)
        await store.append([first])
        await note(1)
        await store.append([second])
        await note(2)
        await collect(alice, 'phone', [first], ['phone', 'laptop'])
        await note(2)
        await collect(alice, 'laptop', [first], ['phone', 'laptop'])
        await note(1)
        await store.sweep(NOW + 40 * DAY)
        await note(0)
        assert.equal(new Set(seen).size, 5)
        assert.equal(seen[0], seen[5])
        assert.deepEqual(await store.digest(bob.mailbox), await store.digest(alice.mailbox), 'nothing is nothing')
      })

      it('is remembered until the mailbox changes', async () => {
        const sent = letters(alice.mailbox, 3)
        await store.append(sent)
        const digest = await store.digest(alice.mailbox)
        assert.equal(await store.digest(alice.mailbox), digest)
        await store.append(letters(bob.mailbox, 1))
        await store.append(sent)
        assert.equal(await store.digest(alice.mailbox), digest, 'neither another’s mail nor a known letter changes it')
        await store.append(letters(alice.mailbox, 1))
        assert.notEqual(await store.digest(alice.mailbox), digest)
      })

      it('does not tell what is only remembered', async () => {
        const [here, away] = letters(alice.mailbox, 2)
        assert.ok(here !== undefined && away !== undefined)
        await store.append([here])
        const digest = await store.digest(alice.mailbox)
        await collect(alice, 'phone', [away], ['phone', 'laptop'])
        assert.deepEqual(await store.digest(alice.mailbox), digest)
      })
    })

    describe('ids', () => {
      it('come in pages in the order of ids, those of kept envelopes', async () => {
        await useInstead({ scanEntries: 7 })
        const sent = letters(alice.mailbox, 50)
        await store.append([...sent, ...letters(bob.mailbox, 3)])
        await collect(alice, 'phone', sent.slice(0, 10), ['phone'])
        await collect(alice, 'phone', letters(alice.mailbox, 3), ['phone', 'laptop'])
        const expected = idsOf(sent.slice(10)).sort()
        for (const most of [1, 6, 39, 40, 41]) {
          const ids: EnvelopeId[] = []
          for (let last = false; !last;) {
            const page = await store.ids(alice.mailbox, most, ids.at(-1))
            assert.ok(page.ids.length === most || page.last)
            ids.push(...page.ids)
            last = page.last
          }
          assert.deepEqual(ids, expected)
        }
        assert.deepEqual(await store.ids(alice.mailbox, 100), { ids: expected, last: true })
      })

      it('are none where nothing is', async () => {
        assert.deepEqual(await store.ids(alice.mailbox, 10), { ids: [], last: true })
        assert.deepEqual(await store.ids(alice.mailbox, 10, 'ff'.repeat(32) as EnvelopeId), { ids: [], last: true })
      })
    })

    it('misses what is neither here nor collected by all', async () => {
      await useInstead({ scanEntries: 2 })
      const [kept, partly, gone, awaited, barred, unknown] = letters(alice.mailbox, 6)
      assert.ok(kept !== undefined && partly !== undefined && gone !== undefined && awaited !== undefined && barred !== undefined && unknown !== undefined)
      await store.append([kept, partly, gone])
      await collect(alice, 'phone', [partly, awaited], ['phone', 'laptop'])
      await collect(alice, 'phone', [gone, barred], ['phone'])
      const asked = [unknown, kept, partly, gone, awaited, barred]
      assert.deepEqual(await store.missing(alice.mailbox, idsOf(asked)), idsOf([unknown, awaited]))
      assert.deepEqual(await store.missing(bob.mailbox, idsOf([kept])), idsOf([kept]))
      assert.deepEqual(await store.missing(alice.mailbox, []), [])
    })

    it('reads those that are kept, however they are asked for', async () => {
      await useInstead({ scanEntries: 3, scanBytes: 500 })
      const sent = letters(alice.mailbox, 10)
      const { outcomes } = await store.append(sent)
      await collect(alice, 'phone', sent.slice(0, 2), ['phone'])
      const asked = [...sent, letter(alice.mailbox)].toReversed()
      const expected = sent.map((envelope, n) => ({ position: storedAt(outcomes[n] ?? assert.fail()), envelope })).slice(2).toReversed()
      assert.deepEqual(await store.read(alice.mailbox, idsOf(asked)), expected)
      assert.deepEqual(await store.read(bob.mailbox, idsOf(asked)), [])
    })

    describe('release', () => {
      it('lets go of what others have, leaves the others where they stand, and takes it again', async () => {
        await useInstead({ scanEntries: 2 })
        const sent = letters(alice.mailbox, 6)
        await store.append(sent)
        const before = await drain(alice.mailbox)
        const last = store.lastPosition(alice.mailbox)
        assert.equal(await store.release(alice.mailbox, idsOf([...sent.slice(1, 4), letter(alice.mailbox)])), 3)
        assert.deepEqual(await drain(alice.mailbox), before.filter((_, n) => n < 1 || n > 3))
        assert.deepEqual(store.usage(alice.mailbox), { envelopes: 3, bytes: 600, uncollectedBytes: 600 })
        assert.equal(await store.release(alice.mailbox, idsOf(sent.slice(1, 4))), 0)
        assert.deepEqual(await store.missing(alice.mailbox, idsOf(sent)), idsOf(sent.slice(1, 4)))
        const { outcomes } = await store.append(sent.slice(2, 3))
        assert.ok(outcomes[0] !== undefined && storedAt(outcomes[0]) > last)
        assert.equal(outcomes[0].type === 'stored' && outcomes[0].known, false)
      })

      it('remembers which devices have it', async () => {
        const sent = letters(alice.mailbox, 2)
        await store.append(sent)
        await collect(alice, 'phone', sent, ['phone', 'laptop'])
        assert.equal(await store.release(alice.mailbox, idsOf(sent)), 2)
        assert.deepEqual(store.usage(alice.mailbox), { envelopes: 0, bytes: 0, uncollectedBytes: 0 })
        await store.append(sent)
        assert.deepEqual(await held(alice, 'phone'), [])
        assert.deepEqual(await held(alice, 'laptop'), idsOf(sent))
      })
    })

    describe('scrub', () => {
      it('finds nothing where nothing is damaged', async () => {
        await useInstead({ scanEntries: 3 })
        const sent = letters(alice.mailbox, 10)
        await store.append([...sent, ...letters(bob.mailbox, 5)])
        await collect(alice, 'phone', sent.slice(0, 2), ['phone'])
        const digest = await store.digest(alice.mailbox)
        assert.deepEqual(await store.scrub(), { checked: 13, damaged: 0 })
        assert.equal(await store.digest(alice.mailbox), digest)
      })

      it('ends when it is told to', async () => {
        await store.append(letters(alice.mailbox, 3))
        await assert.rejects(store.scrub({ signal: AbortSignal.abort() }), { name: 'AbortError' })
      })
    })

    if (harm !== undefined) damageContract(harm)

    function damageContract (harm: Harm): void {
      describe('when the disk gave back something else', () => {
        it('reads the others, and lets go of the damaged', async () => {
          const sent = letters(alice.mailbox, 4)
          const [first, second, third, fourth] = sent
          assert.ok(first !== undefined && second !== undefined && third !== undefined && fourth !== undefined)
          await store.append(sent)
          await harm.flipEnvelope(store, second)
          await harm.loseEnvelope(store, third)
          assert.deepEqual((await store.read(alice.mailbox, idsOf(sent))).map(({ envelope }) => envelope.id), [first.id, fourth.id])
          assert.equal(store.usage(alice.mailbox).envelopes, 2)
          assert.deepEqual(await store.missing(alice.mailbox, idsOf(sent)), [second.id, third.id])
          await store.append([third, second])
          assert.deepEqual(await held(alice), [first.id, fourth.id, third.id, second.id])
        })

        it('passes over the damaged in a page, and says where they stand', async () => {
          const sent = letters(alice.mailbox, 4)
          const positions = (await store.append(sent)).outcomes.map(storedAt)
          for (const envelope of sent.slice(1, 3)) await harm.flipEnvelope(store, envelope)
          const { envelopes, damaged } = await store.page(alice.mailbox, 0, LIMITS.pageBytes)
          assert.deepEqual(idsOf(envelopes.map(({ envelope }) => envelope)), idsOf([...sent.slice(0, 1), ...sent.slice(3)]))
          assert.deepEqual(damaged, positions.slice(1, 3))
        })

        it('finds and lets go, in a scrub, of each flipped envelope and of each whose bytes are gone', async () => {
          await useInstead({ scanEntries: 4 })
          const sent = letters(alice.mailbox, 12)
          const other = letters(bob.mailbox, 3)
          await store.append([...sent, ...other])
          await collect(alice, 'phone', sent.slice(0, 1), ['phone', 'laptop'])
          for (const envelope of [...sent.slice(0, 2), ...other.slice(1, 2)]) await harm.flipEnvelope(store, envelope)
          assert.equal((await store.digest(alice.mailbox)).envelopes, 12, 'nobody has looked yet')
          await harm.loseEnvelope(store, sent[5] ?? assert.fail())
          assert.deepEqual(await store.scrub(), { checked: 15, damaged: 4 })
          const left = sent.filter((_, n) => n > 1 && n !== 5)
          assert.equal((await store.digest(alice.mailbox)).envelopes, 9)
          assert.deepEqual((await store.ids(alice.mailbox, 100)).ids, idsOf(left).sort())
          assert.deepEqual(await held(alice), idsOf(left))
          assert.deepEqual(await store.scrub(), { checked: 11, damaged: 0 })
          await store.append(sent)
          assert.deepEqual((await held(alice, 'phone')).length, 11, 'the mark of the first outlived its bytes')
          assert.equal(store.usage(alice.mailbox).envelopes, 12)
        })

        it('finds, in a scrub, the envelopes of damaged index entries again', async () => {
          const sent = letters(alice.mailbox, 5)
          await store.append(sent)
          const before = await store.digest(alice.mailbox)
          await harm.flipEntry(store, sent[1] ?? assert.fail())
          await harm.flipEntry(store, sent[2] ?? assert.fail())
          await harm.flipEnvelope(store, sent[2] ?? assert.fail())
          assert.deepEqual(await store.missing(alice.mailbox, idsOf(sent)), idsOf(sent.slice(1, 3)))
          const { damaged } = await store.scrub()
          assert.ok(damaged >= 2)
          assert.deepEqual(await store.missing(alice.mailbox, idsOf(sent)), idsOf(sent.slice(2, 3)))
          assert.equal((await store.digest(alice.mailbox)).envelopes, 4)
          await store.append(sent)
          assert.deepEqual(await store.digest(alice.mailbox), before)
          assert.equal((await held(alice)).length, 5)
          assert.equal((await store.scrub()).damaged, 0)
        })
      })
    }

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
