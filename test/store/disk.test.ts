// What the store promises is tested where it meets its database: a SIGKILL proves nothing about fsync, and no disk
// fails when a test wants it to.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { openStore, type NodeStore, type StoreInit } from '../../src/store/index.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { decodeEntry, envelopeKey, indexKey } from '../../src/store/layout.ts'
import { envelopeStoreContract } from '../contracts/envelope-store.ts'
import { openGated } from './gated.ts'
import { letter, letters, makeComponents, makeReader, type Reader, type Tree } from './mail.ts'
import type { EnvelopeStore } from '../../src/ports.ts'
import type { Envelope, EnvelopeId, MailboxId } from '../../src/types.ts'

/** The trees of the stores under the contract. */
const trees = new WeakMap<EnvelopeStore, Tree>()

async function flip (tree: Tree, key: Uint8Array): Promise<void> {
  const value = new Uint8Array(await tree.get(key) ?? assert.fail('nothing is there'))
  value[20] = (value[20] ?? 0) ^ 4
  await tree.put(key, value)
}

async function placeOf (store: EnvelopeStore, { mailbox, id }: Envelope): Promise<{ tree: Tree, entry: Uint8Array, envelope: Uint8Array }> {
  const tree = trees.get(store) ?? assert.fail('no tree')
  const entry = indexKey(mailbox, id)
  const named = decodeEntry(await tree.get(entry) ?? assert.fail('not in the index'))
  // A damaged entry names nothing: its position is still legible.
  const position = named?.type === 'kept' ? named.position : Number(Buffer.from(await tree.get(entry) ?? []).readBigUInt64BE(5))
  return { tree, entry, envelope: envelopeKey(mailbox, position) }
}

envelopeStoreContract('over a harmed disk', async (components, init) => {
  const { tree, database } = await openGated()
  const { envelopes } = await openStore(database, components, init)
  trees.set(envelopes, tree)
  return envelopes
}, {
  flipEnvelope: async (store, envelope) => {
    const place = await placeOf(store, envelope)
    await flip(place.tree, place.envelope)
  },
  flipEntry: async (store, envelope) => {
    const place = await placeOf(store, envelope)
    await flip(place.tree, place.entry)
  },
  loseEnvelope: async (store, envelope) => {
    const place = await placeOf(store, envelope)
    await place.tree.del(place.envelope)
  }
})

describe('the store and its disk', () => {
  let alice: Reader
  before(async () => { alice = await makeReader(1) })

  it('acknowledges nothing before the synced write that holds it has ended', async () => {
    const { database, gate } = await openGated()
    const store = await openStore(database, makeComponents(), { commitBytes: 1000 })
    const durable = new Set<string>()
    const releases: Array<() => void> = []
    gate.write = async (keys, options) => {
      assert.deepEqual(options, { sync: true })
      await new Promise<void>(resolve => { releases.push(resolve) })
      for (const key of keys) durable.add(key)
    }

    let acknowledged = 0
    const sent = letters(alice.mailbox, 40)
    const appends = sent.map(async envelope => {
      const { outcomes: [outcome] } = await store.envelopes.append([envelope])
      assert.ok(outcome?.type === 'stored' && durable.has(envelopeKeyOf(alice.mailbox, outcome.position)))
      acknowledged++
    })
    const collection = await alice.collect(alice.phone, sent.slice(0, 5).map(({ id }) => id))
    const collected = store.envelopes.collect(collection, [alice.phone]).then(() => { assert.ok([...durable].some(key => key.startsWith(`63${alice.mailbox}`))) })
    const shelved = store.shelf('routes').put('a', Uint8Array.of(1)).then(() => { assert.ok([...durable].some(key => key.startsWith('73'))) })

    let commits = 0
    while (acknowledged < sent.length) {
      await until(() => releases.length > 0)
      assert.equal(releases.length, 1, 'one commit at a time')
      assert.ok(acknowledged <= durable.size)
      releases.pop()?.()
      commits++
      await settled()
    }
    while (releases.length > 0) releases.pop()?.()
    await Promise.all([...appends, collected, shelved])
    gate.write = async () => {}
    assert.equal(commits, 8, '1,000 bytes a commit')
    await store.close()
  })

  it('takes into the next commit whatever arrives while one is written', async () => {
    const { database, gate } = await openGated()
    const store = await openStore(database, makeComponents())
    let release = (): void => {}
    gate.write = async () => { await new Promise<void>(resolve => { release = resolve }) }
    const before = store.envelopes.lastPosition(alice.mailbox)
    const first = store.envelopes.append(letters(alice.mailbox, 1))
    await settled()
    const others = Promise.all(letters(alice.mailbox, 20).map(async envelope => await store.envelopes.append([envelope])))
    assert.equal(store.envelopes.lastPosition(alice.mailbox), before, 'a position counts when it is on the disk')
    gate.write = async () => {}
    release()
    assert.deepEqual((await first).commit.leaves.length, 1)
    assert.deepEqual((await others).map(({ commit }) => commit.leaves.length), new Array(20).fill(20))
    await store.close()
  })

  describe('when the disk refuses a write', () => {
    it('stops acknowledging, says so once, and goes on reading', async () => {
      const { database, gate } = await openGated()
      const components = makeComponents()
      const store = await openStore(database, components)
      const kept = letters(alice.mailbox, 2)
      await store.envelopes.append(kept)

      gate.write = async () => { throw new Error('LEVEL_IO_ERROR', { cause: new Error('No space left on device') }) }
      const lost = letters(alice.mailbox, 3)
      const failing = lost.map(async envelope => await store.envelopes.append([envelope]))
      failing.push(Promise.resolve().then(async () => await store.envelopes.append(letters(alice.mailbox, 1))))
      for (const result of await Promise.allSettled(failing)) assert.equal(result.status === 'rejected' && result.reason.name, 'StoreFailedError')
      gate.write = async () => {}
      await assert.rejects(store.envelopes.append(kept), { name: 'StoreFailedError', message: /^the disk refused.*No space left on device$/ })
      await assert.rejects(store.envelopes.collect(await alice.collect(alice.phone, [kept[0]?.id ?? assert.fail()]), [alice.phone]), { name: 'StoreFailedError' })
      await assert.rejects(store.shelf('routes').put('a', Uint8Array.of(1)), { name: 'StoreFailedError' })
      assert.match(store.failure?.message ?? '', /No space left/)
      assert.equal(store.envelopes.queuedBytes, 0)
      assert.equal(components.logger.errors.length, 1)

      const { envelopes } = await store.envelopes.page(alice.mailbox, 0, LIMITS.pageBytes)
      assert.deepEqual(envelopes.map(({ envelope }) => envelope.id), kept.map(({ id }) => id))
      assert.equal(store.envelopes.usage(alice.mailbox).envelopes, 2)
      await store.close()
    })

    it('does the same when it cannot read what it must know to decide', async () => {
      const { database } = await openGated()
      const store = await openStore(database, makeComponents())
      const known = letters(alice.mailbox, 1)
      await store.envelopes.append(known)
      database.getMany = async () => { throw new Error('Input/output error') }
      await assert.rejects(store.envelopes.append(known), { name: 'StoreFailedError' })
      assert.match(store.failure?.message ?? '', /Input\/output error/)
      await store.close()
    })

    it('rejects a page that cannot be read', async () => {
      const { database } = await openGated()
      const store = await openStore(database, makeComponents())
      database.iterator = () => ({ nextv: async () => { throw new Error('Input/output error') }, close: async () => {} })
      await assert.rejects(store.envelopes.page(alice.mailbox, 0, 1000), { name: 'StoreFailedError', message: 'the store cannot be read: Input/output error' })
      assert.equal(store.failure, undefined)
      await store.close()
    })
  })

  describe('when the disk gives back something else', () => {
    const ENVELOPES = 'e'
    const INDEX = 'i'

    /** A store, and a hand that flips a bit in what it keeps. */
    async function openDamaged (init: Partial<StoreInit> = {}): Promise<{ store: NodeStore, errors: string[], flip: (space: string, n: number, bit?: number) => Promise<void>, reopen: () => Promise<NodeStore>, tree: Tree }> {
      const { tree, database } = await openGated()
      const components = makeComponents()
      database.close = async () => {}
      return {
        tree,
        store: await openStore(database, components, init),
        errors: components.logger.errors,
        reopen: async () => await openStore(database, components, init),
        flip: async (space, n, bit = 100) => {
          const all = await tree.iterator({ gte: Buffer.from(space), lt: Buffer.from(String.fromCharCode(space.charCodeAt(0) + 1)) }).all()
          const [key, value] = all[n % all.length] ?? assert.fail(`nothing in ${space}`)
          const flipped = new Uint8Array(value)
          const at = bit % (flipped.byteLength * 8)
          flipped[at >> 3] = (flipped[at >> 3] ?? 0) ^ (1 << (at & 7))
          await tree.put(key, flipped)
        }
      }
    }

    async function held (store: NodeStore, mailbox: MailboxId = alice.mailbox): Promise<EnvelopeId[]> {
      return (await store.envelopes.page(mailbox, 0, LIMITS.pageBytes)).envelopes.map(({ envelope }) => envelope.id)
    }

    it('leaves the envelope out, says so, and does not promise it again', async () => {
      const { store, errors, flip } = await openDamaged()
      const sent = letters(alice.mailbox, 3)
      const [first, second, third] = sent.map(({ id }) => id)
      await store.envelopes.append(sent)
      await flip(ENVELOPES, 1)
      const page = await store.envelopes.page(alice.mailbox, 0, LIMITS.pageBytes)
      assert.deepEqual(page.envelopes.map(({ envelope }) => envelope.id), [first, third])
      assert.equal(page.last, true)
      assert.equal(store.damageMet, 1)
      assert.deepEqual(errors, [`an envelope of mailbox ${alice.mailbox.slice(0, 8)}… fails its checksum and counts as missing`])
      await store.envelopes.page(alice.mailbox, 0, LIMITS.pageBytes)
      await store.envelopes.page(alice.mailbox, store.envelopes.lastPosition(alice.mailbox) - 2, LIMITS.pageBytes)
      assert.deepEqual([store.damageMet, errors.length], [1, 1], 'whoever reads it again learns nothing new')

      const last = store.envelopes.lastPosition(alice.mailbox)
      const { commit, outcomes } = await store.envelopes.append(sent)
      assert.deepEqual(outcomes.map(outcome => outcome.type === 'stored' && outcome.known), [true, false, true])
      assert.ok(outcomes[1]?.type === 'stored' && outcomes[1].position > last)
      assert.equal(commit.leaves.length, 3)
      assert.deepEqual(await held(store), [first, third, second])
      assert.equal(store.damageMet, 1)
      assert.deepEqual(store.envelopes.usage(alice.mailbox), { envelopes: 3, bytes: 600, uncollectedBytes: 600 })
      await store.close()
    })

    it('was not clean when it was closed with what it had met, until everything was read', async () => {
      const { store, flip, reopen } = await openDamaged()
      await store.envelopes.append(letters(alice.mailbox, 2))
      await flip(ENVELOPES, 1)
      assert.equal((await held(store)).length, 1)
      await store.close()
      const second = await reopen()
      assert.equal(second.wasClean, false)
      await second.envelopes.scrub()
      assert.equal(second.envelopes.usage(alice.mailbox).envelopes, 1)
      await second.close()
      const third = await reopen()
      assert.equal(third.wasClean, true)
      await third.close()
    })

    it('does not promise an envelope whose bytes are gone', async () => {
      const { tree, database } = await openGated()
      const store = await openStore(database, makeComponents())
      const envelope = letter(alice.mailbox)
      const { outcomes: [outcome] } = await store.envelopes.append([envelope])
      assert.ok(outcome?.type === 'stored')
      await tree.del(Buffer.from(envelopeKeyOf(alice.mailbox, outcome.position), 'hex'))
      const again = await store.envelopes.append([envelope])
      assert.ok(again.outcomes[0]?.type === 'stored' && !again.outcomes[0].known)
      await store.close()
    })

    it('keeps an envelope anew whose index entry is damaged', async () => {
      const { store, flip } = await openDamaged()
      const envelope = letter(alice.mailbox)
      await store.envelopes.append([envelope])
      await flip(INDEX, 0)
      const { outcomes } = await store.envelopes.append([envelope])
      assert.ok(outcomes[0]?.type === 'stored' && !outcomes[0].known)
      assert.equal(store.damageMet, 1)
      await store.close()
    })

    it('misses a damaged shelf entry, and leaves a damaged collection out', async () => {
      const { store, flip } = await openDamaged()
      await store.shelf('routes').put('a', Uint8Array.of(1, 2))
      await store.envelopes.collect(await alice.collect(alice.phone, [letter(alice.mailbox).id]), [alice.phone])
      await flip('s', 0)
      await flip('c', 0)
      assert.equal(await store.shelf('routes').get('a'), undefined)
      for await (const entry of store.shelf('routes').entries()) assert.fail(String(entry))
      for await (const collection of store.envelopes.collections(alice.mailbox)) assert.fail(String(collection))
      assert.equal(store.damageMet, 3)
      await store.close()
    })

    it('gives no position twice when it forgot how often it was opened', async () => {
      const { store, reopen, tree } = await openDamaged()
      await store.close()
      const second = await reopen()
      await second.envelopes.append(letters(alice.mailbox, 1))
      const last = second.envelopes.lastPosition(alice.mailbox)
      await second.close()
      await tree.del(Buffer.from('mopening'))
      const third = await reopen()
      await third.envelopes.append(letters(alice.mailbox, 1))
      assert.ok(third.envelopes.lastPosition(alice.mailbox) > last)
      await third.close()
    })

    it('does not open a store that cannot say which it is', async () => {
      const { store, flip, reopen } = await openDamaged()
      await store.close()
      await flip('m', 1)
      await assert.rejects(reopen(), { name: 'StoreDamagedError' })
      const { tree, database } = await openGated()
      await tree.put(Buffer.from('x'), Buffer.from('y'))
      await assert.rejects(openStore(database, makeComponents()), { name: 'StoreDamagedError' })
    })

    it('never crashes, whatever bits are flipped', async () => {
      const flips = fc.array(fc.tuple(fc.constantFrom('c', 'e', 'i', 's'), fc.nat(), fc.nat()), { minLength: 1, maxLength: 10 })
      await fc.assert(fc.asyncProperty(flips, async damages => {
        const { store, flip, reopen } = await openDamaged({ partlyCollectedBytes: 500 })
        const sent: Envelope[] = letters(alice.mailbox, 6)
        const partly = await alice.collect(alice.phone, sent.slice(0, 2).map(({ id }) => id))
        await store.envelopes.append(sent)
        await store.envelopes.collect(partly, [alice.phone, alice.laptop])
        await store.shelf('a').put('k', Uint8Array.of(1))
        await store.close()
        for (const [space, n, bit] of damages) await flip(space, n, bit)

        const again = await reopen()
        await held(again)
        await again.shelf('a').get('k')
        const { outcomes } = await again.envelopes.append(sent)
        assert.ok(outcomes.every(({ type }) => type === 'stored'))
        assert.ok((await held(again)).length >= 6, 'what was appended again is whole again')
        await again.envelopes.collect(await alice.collect(alice.laptop, sent.map(({ id }) => id)), [alice.phone, alice.laptop])
        await again.envelopes.sweep(Number.MAX_SAFE_INTEGER)
        await again.close()
      }), { numRuns: 60 })
    })

    it('is of one mind after a scrub, whatever bits were flipped', async () => {
      const flips = fc.array(fc.tuple(fc.constantFrom('e', 'i'), fc.nat(), fc.nat()), { minLength: 1, maxLength: 6 })
      await fc.assert(fc.asyncProperty(flips, async damages => {
        const { store, flip, reopen } = await openDamaged({ scanEntries: 3 })
        const sent: Envelope[] = letters(alice.mailbox, 8)
        await store.envelopes.append(sent)
        await store.envelopes.collect(await alice.collect(alice.phone, sent.slice(0, 3).map(({ id }) => id)), [alice.phone, alice.laptop])
        const whole = await store.envelopes.digest(alice.mailbox)
        await store.close()
        for (const [space, n, bit] of damages) await flip(space, n, bit)

        const again = await reopen()
        const { damaged } = await again.envelopes.scrub()
        assert.ok(damaged <= damages.length, `${damaged} of ${damages.length}`)
        const { ids } = await again.envelopes.ids(alice.mailbox, 100)
        assert.deepEqual((await held(again)).sort(), ids)
        assert.equal(again.envelopes.usage(alice.mailbox).envelopes, ids.length)
        assert.deepEqual((await again.envelopes.read(alice.mailbox, ids)).map(({ envelope }) => envelope.id), ids)
        assert.ok(ids.length >= 8 - damages.length, 'an intact envelope outlives its index entry')
        const { damaged: still } = await again.envelopes.scrub()
        assert.equal(still, 0)
        await again.envelopes.append(sent)
        await again.envelopes.collect(await alice.collect(alice.phone, sent.slice(0, 3).map(({ id }) => id)), [alice.phone, alice.laptop])
        assert.deepEqual(await again.envelopes.digest(alice.mailbox), whole, 'as if nothing had been')
        await again.close()
      }), { numRuns: 60 })
    })
  })
})

/** As layout.ts says it, in hexadecimal. */
function envelopeKeyOf (mailbox: MailboxId, position: number): string {
  return `65${mailbox}${position.toString(16).padStart(16, '0')}`
}

async function settled (): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
}

async function until (holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1000; turn++) {
    if (holds()) return
    await new Promise(resolve => setImmediate(resolve))
  }
  assert.fail('waited in vain')
}
