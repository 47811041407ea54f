import assert from 'node:assert/strict'
import fc from 'fast-check'
import { defaultLogger } from '@libp2p/logger'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { Contacts, type Contact } from '../../../src/client/contacts.ts'
import { DEVICES_DEFAULTS } from '../../../src/client/devices/defaults.ts'
import { Sync } from '../../../src/client/devices/sync.ts'
import { makeAccount } from '../../../src/client/origin.ts'
import { ClientStore } from '../../../src/client/store/store.ts'
import { systemRandom } from '../../../src/system.ts'
import { SyncBody } from '../../../src/wire/devices.ts'
import { memoryStore } from './rig.ts'
import { settled, VirtualClock } from '../virtual-clock.ts'
import { NOW } from '../../identity/people.ts'
import type { Account } from '../../../src/client/account.ts'
import type { Bytes, PeerKey } from '../../../src/types.ts'

const OTHER = 'ab'.repeat(32) as PeerKey

/** The contacts of one device, and what it says of them. */
class Side {
  readonly clock = new VirtualClock(NOW)
  readonly sent: Bytes[] = []
  store!: ClientStore
  account!: Account
  contacts!: Contacts
  sync!: Sync

  static async make (devices = 2): Promise<Side> {
    const side = new Side()
    const { clock } = side
    side.store = await ClientStore.open({ store: memoryStore(), onDamaged: () => {} })
    side.account = (await makeAccount({ store: side.store, crypto, clock, random: systemRandom }, {})).account
    const log = defaultLogger().forComponent('test')
    side.contacts = new Contacts({ store: side.store, account: side.account, crypto, clock, log, ask: async () => { throw new Error('nobody is asked') }, changed: (root, contact: Contact) => { side.sync.contactChanged(root, contact) } })
    const profile = { ...side.account.profile, devices: Array.from({ length: devices }, () => side.account.certificate) } as Account['profile']
    side.sync = new Sync({ account: { profile }, contacts: side.contacts, clock, log, send: async body => { side.sent.push(body) }, wanted: () => {}, piece: async () => {}, acknowledged: () => {}, backedUp: async () => {} })
    return side
  }

  async stop (): Promise<void> {
    await this.sync.stop()
    await this.store.close()
  }

  /** Until everything that is due was sent. */
  async tell (): Promise<Bytes[]> {
    await this.clock.advance(DEVICES_DEFAULTS.syncDelayMs)
    for (let at = 0; at < 5; at++) await settled()
    return this.sent.splice(0)
  }
}

describe('contacts between own devices', () => {
  let one: Side
  let two: Side
  let people: Account[]

  beforeEach(async () => {
    [one, two] = [await Side.make(), await Side.make()]
    people = []
    for (let at = 0; at < 3; at++) {
      const side = await Side.make()
      people.push(side.account)
      await side.stop()
    }
  })

  afterEach(async () => { await Promise.all([one.stop(), two.stop()]) })

  it('what changes goes to the others in one word, and does not come back', async () => {
    for (const { root, introduction } of people) await one.contacts.learn(root, introduction, 7)
    const words = await one.tell()
    assert.equal(words.length, 1)
    await two.sync.take(OTHER, words[0] as Bytes)
    for (const { root, profile, presenceKey } of people) {
      const contact = await two.contacts.get(root)
      assert.deepEqual([contact.profile?.order, contact.presenceKey, contact.usedAt], [profile.order, presenceKey, 7])
    }
    assert.deepEqual(await two.tell(), [])
    await one.contacts.touch(people[0]?.root as Account['root'])
    assert.deepEqual(await one.tell(), [], 'when it was used is no news')
  })

  it('says nothing when there is no other device', async () => {
    const alone = await Side.make(1)
    await alone.contacts.learn((people[0] as Account).root, (people[0] as Account).introduction, 7)
    assert.deepEqual(await alone.tell(), [])
    await alone.stop()
  })

  it('believes nothing that its owner has not signed, and no older presence key', async () => {
    const [bob, carol] = people as [Account, Account]
    await two.contacts.learn(bob.root, bob.introduction, 7)
    const contact = { root: Uint8Array.from(Buffer.from(bob.root, 'hex')), record: new Uint8Array(0), profile: carol.profile.bytes, presenceKey: new Uint8Array(32).fill(9), usedAt: 8n }
    await two.sync.take(OTHER, SyncBody.encode({ contacts: [contact] }))
    const known = await two.contacts.get(bob.root)
    assert.deepEqual([known.profile?.order, known.presenceKey, known.usedAt], [bob.profile.order, bob.presenceKey, 8])
    await assert.rejects(two.sync.take(OTHER, SyncBody.encode({ contacts: [{ ...contact, presenceKey: new Uint8Array(3) }] })), { name: 'MalformedError' })
    await assert.rejects(two.sync.take(OTHER, SyncBody.encode({ contacts: [{ ...contact, root: new Uint8Array(3) }] })), { name: 'MalformedError' })
  })

  it('takes any bytes without any other error than a named one', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
      await two.sync.take(OTHER, new Uint8Array(bytes)).catch((error: Error) => { assert.match(error.name, /^(Malformed|TooLarge)Error$/) })
    }))
    const many = SyncBody.encode({ contacts: Array.from({ length: 2049 }, () => ({ root: new Uint8Array(32), record: new Uint8Array(0), profile: new Uint8Array(0), presenceKey: new Uint8Array(0), usedAt: 1n })) })
    await assert.rejects(two.sync.take(OTHER, many), { name: 'MalformedError' })
  })
})
