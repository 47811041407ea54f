import assert from 'node:assert/strict'
import { defaultLogger } from '@libp2p/logger'
import { Contacts } from '../../src/client/contacts.ts'
import { newSealingKeys } from '../../src/client/sealing/index.ts'
import { CONTACT } from '../../src/client/store/schemas.ts'
import { ClientStore } from '../../src/client/store/store.ts'
import { Vault } from '../../src/client/store/vault.ts'
import { webCrypto as crypto } from '../../src/client/crypto.ts'
import { makeRouteRecord } from '../../src/dht/record.ts'
import { ConnectionLostError } from '../../src/errors.ts'
import { makeCertificate, makeProfile } from '../../src/identity/index.ts'
import { systemRandom } from '../../src/system.ts'
import { deliveryKeyOf } from '../../src/wire/admission.ts'
import { ALL, DAY_MS, makePerson, makeTickets, NOW, NOW_S } from '../identity/people.ts'
import { memoryStore } from './network.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { Contact } from '../../src/client/contacts.ts'
import type { Profile, RootKey, RouteRecord } from '../../src/types.ts'
import type { Person } from '../identity/people.ts'

const nothing = new Uint8Array(0)

const ME = '0a'.repeat(32) as RootKey

describe('contacts', () => {
  let bob: Person
  let older: { profile: Profile, record: RouteRecord }
  let newer: { profile: Profile, record: RouteRecord }
  let store: ClientStore
  let clock: VirtualClock
  let changes: Contact[]
  let answer: { record: Uint8Array, profile: Uint8Array, source: number } | undefined
  let asked: number

  const open = async (): Promise<Contacts> => new Contacts({
    store,
    account: { root: ME, record: undefined, profile: undefined as never, deliveryKey: { keyEpoch: 1, key: new Uint8Array(32).fill(1) }, vault: await Vault.open(new Uint8Array(32), systemRandom) },
    crypto,
    clock,
    log: defaultLogger().forComponent('test'),
    ask: async () => {
      asked++
      if (answer === undefined) throw new ConnectionLostError('nobody is there')
      return answer as never
    },
    changed: (_root, contact) => { changes.push(contact) }
  })

  before(async () => {
    bob = await makePerson(1)
    const signed = async (seq: number): Promise<{ profile: Profile, record: RouteRecord }> => {
      const sealingKeys = await newSealingKeys({ keyEpoch: seq % 256, notAfter: NOW_S + 1000 }, systemRandom)
      const profile = await makeProfile({ root: bob.rootKey, epoch: 1, seq, devices: [bob.certificate], sealingKeys }, bob.signer, { crypto })
      const tickets = await makeTickets(bob.rootKey, 3)
      return { profile, record: await makeRouteRecord({ root: bob.rootKey, epoch: 1, seq, profile: profile.order, entries: tickets.map(ticket => ({ ticket })) }, bob.signer, { crypto }) }
    }
    older = await signed(NOW - DAY_MS)
    newer = await signed(NOW)
  })

  beforeEach(async () => {
    store = await ClientStore.open({ store: memoryStore(), onDamaged: () => assert.fail('nothing is damaged') })
    clock = new VirtualClock(NOW)
    changes = []
    answer = undefined
    asked = 0
  })

  afterEach(async () => { await store.close() })

  it('never goes back to a record or profile of old', async () => {
    const contacts = await open()
    await contacts.take(bob.rootKey, { record: newer.record.bytes, profile: newer.profile.bytes })
    await contacts.take(bob.rootKey, { record: older.record.bytes, profile: older.profile.bytes })
    const { record, profile } = await contacts.get(bob.rootKey)
    assert.deepEqual([record?.order, profile?.order], [newer.record.order, newer.profile.order])
    assert.equal(changes.length, 2)
    const again = await open()
    assert.deepEqual((await again.get(bob.rootKey)).record?.order, newer.record.order, 'neither after a restart')
  })

  it('keeps the newest when several come at once', async () => {
    const contacts = await open()
    await Promise.all([older, newer, older, newer, older].map(async ({ record, profile }) => { await contacts.take(bob.rootKey, { record: record.bytes, profile: profile.bytes }) }))
    assert.deepEqual((await contacts.get(bob.rootKey)).record?.order, newer.record.order)
    assert.deepEqual((await (await open()).get(bob.rootKey)).profile?.order, newer.profile.order)
  })

  it('takes nothing that belongs to somebody else or does not verify', async () => {
    const contacts = await open()
    const eve = await makePerson(2)
    const forged = Uint8Array.from(newer.record.bytes)
    forged[forged.byteLength - 1] = (forged.at(-1) as number) ^ 1
    await contacts.take(eve.rootKey, { record: newer.record.bytes, profile: newer.profile.bytes })
    await contacts.take(bob.rootKey, { record: forged, profile: nothing })
    assert.equal(changes.length, 0)
  })

  it('seals to nobody whose profile is older than the record says', async () => {
    const contacts = await open()
    await contacts.take(bob.rootKey, { record: newer.record.bytes, profile: older.profile.bytes })
    assert.equal(await contacts.sealingKey(bob.rootKey), undefined)
    await contacts.take(bob.rootKey, { record: nothing, profile: newer.profile.bytes })
    assert.equal((await contacts.sealingKey(bob.rootKey))?.key.keyEpoch, newer.profile.sealingKeys[0]?.keyEpoch)
  })

  it('asks the network once in ten minutes, or when it must be fresh', async () => {
    const contacts = await open()
    await assert.rejects(contacts.resolve(bob.rootKey), { name: 'ConnectionLostError' })
    answer = { record: newer.record.bytes, profile: newer.profile.bytes, source: 3 }
    assert.equal((await contacts.resolve(bob.rootKey)).source, 'dht')
    assert.equal((await contacts.resolve(bob.rootKey)).source, 'kept')
    assert.equal(asked, 2)
    await contacts.resolve(bob.rootKey, { fresh: true })
    await clock.advance(10 * 60_000)
    await contacts.resolve(bob.rootKey)
    assert.equal(asked, 4)
  })

  it('is not told of a route by an answer without one', async () => {
    const contacts = await open()
    answer = { record: nothing, profile: nothing, source: 3 }
    assert.equal((await contacts.resolve(bob.rootKey)).contact.record, undefined)
  })

  it('keeps a presence key encrypted, and lists who has one by their last use', async () => {
    const contacts = await open()
    const presenceKey = new Uint8Array(32).fill(7)
    await contacts.introduce(bob.rootKey, { record: newer.record.bytes, profile: newer.profile.bytes, presenceKey })
    await contacts.touch(bob.rootKey)
    const stored = await store.contacts.get(bob.rootKey)
    assert.ok(stored !== undefined && stored.presenceKey.byteLength > 32)
    assert.equal(Buffer.from(stored.presenceKey).includes(Buffer.from(presenceKey)), false)
    assert.deepEqual((await (await open()).withPresence(10)).map(([root, contact]) => [root, contact.presenceKey, contact.usedAt]), [[bob.rootKey, presenceKey, NOW]])
  })

  it('keeps a name encrypted, for its contact alone', async () => {
    const contacts = await open()
    await contacts.setName(bob.rootKey, 'Bob Bobson')
    assert.deepEqual(changes.map(({ name, namedAt }) => [name, namedAt]), [['Bob Bobson', NOW]])
    const stored = await store.contacts.get(bob.rootKey)
    assert.ok(stored !== undefined && stored.name.byteLength > 0)
    assert.equal(Buffer.from(stored.name).includes('Bob'), false)
    assert.deepEqual(await (await open()).get(bob.rootKey), { ...await contacts.get(bob.rootKey), record: undefined, profile: undefined })
    const eve = await makePerson(2)
    await store.write([store.contacts.put(eve.rootKey, stored)])
    assert.equal((await (await open()).get(eve.rootKey)).name, '', 'a name does not open for somebody else')
  })

  it('counts a name that is given again, and taking it away, as a later write', async () => {
    const contacts = await open()
    const named = async (): Promise<unknown> => {
      const { name, namedAt } = await contacts.get(bob.rootKey)
      return [name, namedAt]
    }
    await contacts.setName(bob.rootKey, '')
    assert.deepEqual([await named(), changes.length], [['', 0], 0], 'who has no name loses none')
    await contacts.setName(bob.rootKey, 'Bob')
    await contacts.setName(bob.rootKey, 'Bob')
    assert.deepEqual(await named(), ['Bob', NOW + 1])
    await contacts.setName(bob.rootKey, '')
    assert.deepEqual(await named(), ['', NOW + 2])
    await contacts.learn(bob.rootKey, { record: nothing, profile: nothing, presenceKey: nothing }, 0, { name: 'Bob', namedAt: NOW + 1 })
    assert.deepEqual(await named(), ['', NOW + 2], 'what was said before comes late')
    await contacts.setName(ME, 'Me')
    assert.equal((await contacts.get(ME)).name, '')
  })

  it('has the last of several changes at once on its disk', async () => {
    const contacts = await open()
    await contacts.introduce(bob.rootKey, { record: newer.record.bytes, profile: newer.profile.bytes, presenceKey: new Uint8Array(32).fill(7) })
    await Promise.all(Array.from({ length: 20 }, async (_, at) => { await (at % 3 === 2 ? contacts.setIntroduced(bob.rootKey, String(at)) : contacts.setName(bob.rootKey, `Bob ${at}`)) }))
    const { name, introduced } = await (await open()).get(bob.rootKey)
    assert.deepEqual([name, introduced], ['Bob 19', '17'])
    // Nothing has to be encrypted to take a name away: it would overtake.
    await Promise.all(['Bob', ''].map(async name => { await contacts.setName(bob.rootKey, name) }))
    assert.equal((await (await open()).get(bob.rootKey)).name, '')
  })

  it('opens what was kept before there were names', () => {
    const { name, namedAt } = CONTACT.decode({ record: '', profile: '', presenceKey: '', introduced: '', usedAt: 5 })
    assert.deepEqual([name, namedAt], [nothing, 0])
  })

  it('shows the delivery key of whoever has told its presence key, and never one of an earlier epoch', async () => {
    const [old, fresh] = [1, 2].map(byte => new Uint8Array(32).fill(byte)) as [Uint8Array, Uint8Array]
    const shown = async (contacts: Contacts): Promise<unknown> => (await contacts.sealingKey(bob.rootKey))?.deliveryKey
    const contacts = await open()
    await contacts.take(bob.rootKey, { record: newer.record.bytes, profile: newer.profile.bytes })
    assert.equal(await shown(contacts), undefined)
    await contacts.introduce(bob.rootKey, { record: nothing, profile: newer.profile.bytes, presenceKey: old })
    assert.deepEqual(await shown(contacts), deliveryKeyOf(old, 1))
    const { root } = bob
    const certificate = await makeCertificate({ root: bob.rootKey, device: bob.device.publicKey, epoch: 2, capabilities: ALL, issuedAt: NOW }, root, { crypto })
    const next = await makeProfile({ root: bob.rootKey, epoch: 2, seq: NOW, devices: [certificate], sealingKeys: newer.profile.sealingKeys }, root, { crypto })
    await contacts.setIntroduced(bob.rootKey, 'told')
    await contacts.introduce(bob.rootKey, { record: nothing, profile: next.bytes, presenceKey: fresh })
    assert.equal((await contacts.get(bob.rootKey)).introduced, '', 'whoever begins a new epoch may have forgotten us')
    assert.deepEqual(await shown(contacts), deliveryKeyOf(fresh, 2))
    await contacts.introduce(bob.rootKey, { record: nothing, profile: newer.profile.bytes, presenceKey: old })
    assert.deepEqual(await shown(contacts), deliveryKeyOf(fresh, 2), 'what was said before comes late')
    assert.deepEqual(await shown(await open()), deliveryKeyOf(fresh, 2))
  })
})
