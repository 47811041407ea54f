import assert from 'node:assert/strict'
import { DiskStore, isOnDisk } from '../../../simulations/actors/disk-store.ts'
import { deletion, envelopeKey, indexKey, TABLE, type IndexCell } from '../../../simulations/actors/disk-tables.ts'
import { mailboxOf, makeCollection, makeEnvelope, peerKeyOf, rootKeyOf } from '../../../simulations/actors/values.ts'
import { Disk, DISK_CONDITIONS } from '../../../simulations/world/disk.ts'
import { World } from '../../../simulations/world/world.ts'
import { StoreFailedError } from '../../../src/errors.ts'
import { STORE_DEFAULTS } from '../../../src/store/index.ts'
import { REFUSAL, type Envelope } from '../../../src/types.ts'
import { envelopeStoreContract } from '../../contracts/envelope-store.ts'
import { NOW } from '../../identity/people.ts'
import { pumpedWorld } from './pumped.ts'
import type { StorePerformer, Written } from '../../../simulations/actors/store-performer.ts'
import type { Witness } from '../../../simulations/checks/witness.ts'
import type { EnvelopeStore, StoredEnvelope } from '../../../src/ports.ts'

const node = peerKeyOf('n1')
const root = rootKeyOf('alice')
const mailbox = mailboxOf(root)
const phone = peerKeyOf('alice-phone')

/** The performer as the port has it. */
function asPort (store: DiskStore, close: () => Promise<void>): EnvelopeStore {
  let isClosed = false
  const orThrow = (): void => { if (isClosed) throw new StoreFailedError('the store is closed') }
  return {
    storeId: store.storeId,
    get queuedBytes () { return store.queuedBytes },
    append: async (envelopes, admissions) => await new Promise((resolve, reject) => {
      orThrow()
      store.appended(envelopes, (failure, appended) => { if (appended === undefined) reject(failure ?? new StoreFailedError('no reason was given')); else resolve(appended) }, admissions)
    }),
    page: async (...asked) => {
      orThrow()
      return store.page(...asked)
    },
    collect: async (collection, devices) => {
      await new Promise<void>((resolve, reject) => {
        orThrow()
        store.collected(collection, devices, failure => { if (failure === undefined) resolve(); else reject(failure) })
      })
    },
    collections: async function * (mailbox) { yield * store.collections(mailbox) },
    sweep: async now => await new Promise(resolve => { store.sweep(now, resolve) }),
    usage: mailbox => store.usage(mailbox),
    digest: async mailbox => store.digest(mailbox),
    ids: async (...asked) => store.ids(...asked),
    missing: async (...asked) => store.missing(...asked),
    read: async (...asked) => {
      let envelopes: StoredEnvelope[] = []
      await new Promise<void>(resolve => { envelopes = store.read(...asked, resolve) })
      return envelopes
    },
    release: async (...asked) => await new Promise((resolve, reject) => {
      store.release(...asked, released => { if (released === undefined) reject(new StoreFailedError('the disk refused')); else resolve(released) })
    }),
    scrub: async options => await new Promise((resolve, reject) => {
      options?.signal?.throwIfAborted()
      store.scrub(found => { if (found === undefined) reject(new StoreFailedError('the disk refused')); else resolve(found) })
    }),
    lastPosition: mailbox => store.lastPosition(mailbox),
    close: async () => {
      isClosed = true
      while (store.queuedBytes > 0) await new Promise(resolve => { setImmediate(resolve) })
      await close()
    }
  }
}

let opened = 0
const disks = new WeakMap<EnvelopeStore, Disk>()

function diskOf (store: EnvelopeStore): Disk { return disks.get(store) ?? assert.fail('no disk') }

envelopeStoreContract('the simulated disk store', async (_components, init) => {
  const { world, stop } = pumpedWorld(++opened, NOW)
  const disk = new Disk(world, world.chance.split('disk'), { ...DISK_CONDITIONS, fsyncMs: 0, fsyncMsMin: 0 })
  const store = new DiskStore({ node, world, disk, witness: { dropped: () => {} }, chance: world.chance.split('store') }, init)
  const port = asPort(store, stop)
  disks.set(port, disk)
  return port
}, {
  flipEnvelope: async (store, { id }) => { diskOf(store).damage(TABLE.envelopes, value => (value as StoredEnvelope).envelope.id === id) },
  flipEntry: async (store, { id }) => { diskOf(store).damage(TABLE.index, value => (value as IndexCell).id === id) },
  loseEnvelope: async (store, { mailbox, id }) => {
    const disk = diskOf(store)
    const found = disk.read(TABLE.index, indexKey(mailbox, id))
    const { entry } = found.found ? found.value as IndexCell : assert.fail('not in the index')
    const key = envelopeKey(mailbox, entry.type === 'kept' ? entry.position : assert.fail('not kept'))
    await new Promise<void>(resolve => { disk.write([deletion(TABLE.envelopes, key)], { sync: false }, () => { resolve() }) })
  }
})

describe('a simulated store on its disk', () => {
  let world: World
  let disk: Disk
  let dropped: Array<Parameters<Witness['dropped']>[0]>

  beforeEach(() => {
    world = new World({ seed: 'disk-store' })
    disk = new Disk(world, world.chance.split('disk'))
    dropped = []
  })

  function open (): StorePerformer {
    return new DiskStore({ node, world, disk, witness: { dropped: event => { dropped.push(event) } }, chance: world.chance.split(`store at ${world.now()}`) })
  }

  function letter (id: string, bytes = 600): Envelope {
    return makeEnvelope({ id, mailbox, expiry: Math.floor(world.now() / 1000) + 30 * 86_400, bytes })
  }

  async function pass (ms: number): Promise<void> { await world.run(world.now() + ms) }

  async function append (store: StorePerformer, ...envelopes: Envelope[]): Promise<Written | undefined> {
    let written: Written | undefined
    store.append(envelopes, done => { written = done })
    await pass(1000)
    return written
  }

  const held = (store: StorePerformer): string[] => store.page(mailbox, 0, 2 ** 20).envelopes.map(({ envelope }) => envelope.id)

  it('answers after the fsync, and only then has it on the disk', async () => {
    disk.conditions = { ...DISK_CONDITIONS, fsyncMs: 50, fsyncMsMin: 50 }
    const store = open()
    await pass(1000)
    const one = letter('e1')
    const answers: Array<Written | undefined> = []
    const sentAt = world.now()
    store.append([one], written => { answers.push(written) })
    await pass(49)
    assert.equal(answers.length, 0)
    assert.equal(isOnDisk(disk, mailbox, one.id), false)
    await pass(10)
    assert.equal(answers[0]?.outcomes[0]?.type, 'stored')
    assert.equal(answers[0]?.time, sentAt + 50)
    assert.ok(isOnDisk(disk, mailbox, one.id))
  })

  it('promises nothing that a power cut took', async () => {
    const store = open()
    await pass(1000)
    let answers = 0
    store.append([letter('e1')], () => { answers++ })
    await pass(0)
    disk.powerCut()
    await pass(1000)
    assert.equal(answers, 0)
  })

  it('is the same store after a restart, with positions above all before', async () => {
    const first = open()
    await append(first, letter('e1'), letter('e2'))
    disk.powerCut()
    const second = open()
    assert.equal(second.storeId, first.storeId)
    assert.deepEqual(held(second), ['e1', 'e2'])
    assert.deepEqual(second.usage(mailbox), first.usage(mailbox))
    assert.equal(second.lastPosition(mailbox), 2 * 2 ** 32, 'what comes is no gap')
    await append(second, letter('e3'))
    assert.equal(second.lastPosition(mailbox), 2 * 2 ** 32 + 1)
  })

  it('is another store on a wiped disk', async () => {
    const first = open()
    await append(first, letter('e1'))
    disk.wipe()
    const second = open()
    assert.notEqual(second.storeId, first.storeId)
    assert.deepEqual(held(second), [])
  })

  it('counts what is damaged as missing, and keeps it anew when it comes again', async () => {
    const store = open()
    const one = letter('e1')
    await append(store, one)
    assert.equal(disk.flipBits(TABLE.envelopes, 1).length, 1)
    assert.deepEqual(held(store), [])
    assert.deepEqual(store.page(mailbox, 0, 1).damaged, [store.lastPosition(mailbox)])
    assert.equal(isOnDisk(disk, mailbox, one.id), false)
    const again = await append(store, one)
    assert.deepEqual(again?.outcomes.map(outcome => outcome.type === 'stored' && outcome.known), [false])
    assert.deepEqual(held(store), ['e1'])
    assert.ok(isOnDisk(disk, mailbox, one.id))
    assert.deepEqual(dropped, [], 'its bytes were replaced')
  })

  it('shows an envelope whose index entry is damaged', async () => {
    const store = open()
    const one = letter('e1')
    await append(store, one)
    disk.flipBits(TABLE.index, 1)
    assert.deepEqual(held(store), ['e1'])
    assert.ok(isOnDisk(disk, mailbox, one.id))
  })

  it('says why an envelope went', async () => {
    const store = open()
    const sent = ['e1', 'e2'].map(id => letter(id))
    await append(store, ...sent)
    store.collect(makeCollection({ root, mailbox, device: phone, ids: ['e1' as Envelope['id']], time: world.now() }), [phone], () => {})
    await pass(1000)
    assert.deepEqual(dropped.map(({ envelope, reason }) => [envelope, reason]), [['e1', 'collected']])
    await pass(31 * 86_400_000)
    store.sweep(world.now())
    await pass(1000)
    assert.deepEqual(dropped.map(({ envelope, reason }) => [envelope, reason]), [['e1', 'collected'], ['e2', 'expired']])
  })

  it('acknowledges nothing from the first refused write on, and goes on by itself when there is room again', async () => {
    const store = open()
    await append(store, letter('e1'))
    const { storeId } = store
    const last = store.lastPosition(mailbox)
    disk.conditions = { ...DISK_CONDITIONS, capacityBytes: disk.bytes }
    assert.equal(await append(store, letter('e2')), undefined)
    assert.equal(store.failure?.name, 'StoreFailedError')
    disk.conditions = { ...DISK_CONDITIONS, capacityBytes: disk.bytes + STORE_DEFAULTS.reserveBytes }
    await pass(10 * STORE_DEFAULTS.reopenIntervalMs)
    assert.equal(await append(store, letter('e3')), undefined, 'the reserve alone is not enough')
    assert.deepEqual(held(store), ['e1'])

    disk.conditions = DISK_CONDITIONS
    await pass(STORE_DEFAULTS.reopenIntervalMs)
    assert.equal(store.failure, undefined)
    assert.equal((await append(store, letter('e4')))?.outcomes[0]?.type, 'stored')
    assert.deepEqual(held(store), ['e1', 'e4'])
    assert.equal(store.storeId, storeId)
    assert.ok(store.lastPosition(mailbox) > last + 2 ** 31, 'positions jump, as at every opening')
    assert.equal(store.usage(mailbox).envelopes, 2)
  })

  it('refuses as busy what its queue has no room for', async () => {
    const store = open()
    await pass(1000)
    const outcomes: string[] = []
    for (let sent = 0; sent < 70; sent++) {
      store.append(Array.from({ length: 16 }, (_, n) => letter(`e${sent}-${n}`, 65_536)), written => {
        for (const outcome of written?.outcomes ?? []) outcomes.push(outcome.type === 'stored' ? 'stored' : String(outcome.refusal.code))
      })
    }
    assert.ok(store.queuedBytes <= 64 * 1024 * 1024)
    await pass(10_000)
    assert.ok(outcomes.includes(String(REFUSAL.busy)))
    assert.equal(store.queuedBytes, 0)
  })

  describe('to which one collection comes again and again', () => {
    const tablet = peerKeyOf('alice-tablet')
    const collection = makeCollection({ root, mailbox, device: phone, ids: ['e1' as Envelope['id']], time: 0 })
    let one: Envelope

    beforeEach(() => { one = letter('e1') })

    async function collect (store: StorePerformer): Promise<void> {
      let isTaken = false
      store.collect(collection, [phone, tablet], taken => { isTaken = taken })
      await pass(1000)
      assert.ok(isTaken)
    }

    async function collectedThrice (): Promise<StorePerformer> {
      const store = open()
      await append(store, one)
      for (let time = 0; time < 3; time++) await collect(store)
      assert.deepEqual(shown(store), [])
      return store
    }

    const shown = (store: StorePerformer): string[] => store.page(mailbox, 0, 2 ** 20, phone).envelopes.map(({ envelope }) => envelope.id)

    it('writes nothing more', async () => {
      const store = await collectedThrice()
      const { bytes } = disk
      await collect(store)
      assert.equal(disk.bytes, bytes)
      assert.equal(store.collectionsOf(mailbox).length, 1)
    })

    it('marks what was let go of and came back', async () => {
      const store = await collectedThrice()
      store.release(mailbox, [one.id], () => {})
      await pass(1000)
      await append(store, one)
      await collect(store)
      assert.deepEqual([held(store), shown(store)], [['e1'], []])
    })

    it('marks what came back beside a damaged entry', async () => {
      const store = await collectedThrice()
      disk.damage(TABLE.index, value => (value as IndexCell).id === one.id)
      await append(store, one)
      assert.deepEqual(shown(store), ['e1', 'e1'])
      await collect(store)
      assert.deepEqual(shown(store), [])
    })
  })
})
