import assert from 'node:assert/strict'
import fc from 'fast-check'
import { defaultLogger } from '@libp2p/logger'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { Contacts, type Contact } from '../../../src/client/contacts.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { DEVICES_DEFAULTS } from '../../../src/client/devices/defaults.ts'
import { Sync } from '../../../src/client/devices/sync.ts'
import { isName } from '../../../src/client/petnames.ts'
import { makeAccount } from '../../../src/client/origin.ts'
import { ClientStore } from '../../../src/client/store/store.ts'
import { systemRandom } from '../../../src/system.ts'
import { SyncBody } from '../../../src/wire/devices.ts'
import { memoryStore } from './rig.ts'
import { settled, VirtualClock } from '../virtual-clock.ts'
import { NOW } from '../../identity/people.ts'
import type { Account } from '../../../src/client/account.ts'
import type { Bytes, PeerKey, RootKey } from '../../../src/types.ts'

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
    side.sync = new Sync({ account: { profile }, contacts: side.contacts, clock, log, send: async body => { side.sent.push(body) }, wanted: () => {}, piece: async () => {}, acknowledged: () => {}, backedUp: async () => {}, asked: async () => {}, given: async () => {} })
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
    const contact = { root: Uint8Array.from(Buffer.from(bob.root, 'hex')), record: new Uint8Array(0), profile: carol.profile.bytes, presenceKey: new Uint8Array(32).fill(9), usedAt: 8n, name: '', namedAt: 0n }
    await two.sync.take(OTHER, SyncBody.encode({ contacts: [contact] }))
    const known = await two.contacts.get(bob.root)
    assert.deepEqual([known.profile?.order, known.presenceKey, known.usedAt], [bob.profile.order, bob.presenceKey, 8])
    await assert.rejects(two.sync.take(OTHER, SyncBody.encode({ contacts: [{ ...contact, presenceKey: new Uint8Array(3) }] })), { name: 'MalformedError' })
    await assert.rejects(two.sync.take(OTHER, SyncBody.encode({ contacts: [{ ...contact, root: new Uint8Array(3) }] })), { name: 'MalformedError' })
  })

  describe('names', () => {
    const SOMEBODY = '5b'.repeat(32) as RootKey
    const nameAt = async ({ contacts }: Side): Promise<[string, number]> => {
      const { name, namedAt } = await contacts.get(SOMEBODY)
      return [name, namedAt]
    }
    /** Every word to the other side, until neither has anything to say. */
    const exchange = async (...sides: Side[]): Promise<number> => {
      for (let rounds = 0; rounds < 10; rounds++) {
        const words = await Promise.all(sides.map(async side => await side.tell()))
        if (words.every(said => said.length === 0)) return rounds
        for (const [from, said] of words.entries()) {
          for (const word of said) for (const [to, side] of sides.entries()) if (to !== from) await side.sync.take(OTHER, word)
        }
      }
      return assert.fail('they go on and on')
    }

    it('reach the other devices, and are taken away on them too', async () => {
      await one.contacts.setName(SOMEBODY, 'Anna')
      assert.equal(await exchange(one, two), 1)
      assert.deepEqual(await nameAt(two), ['Anna', NOW])
      await two.contacts.setName(SOMEBODY, '')
      await exchange(one, two)
      assert.deepEqual((await nameAt(one))[0], '')
    })

    it('given on two devices before they hear of each other, the later one counts on both', async () => {
      await one.contacts.setName(SOMEBODY, 'Zoe')
      await two.clock.advance(1)
      await two.contacts.setName(SOMEBODY, 'Anna')
      // The word of one comes while the other has not said its own yet.
      const [word] = await one.tell()
      await two.sync.take(OTHER, word as Bytes)
      await exchange(one, two)
      assert.deepEqual([await nameAt(one), await nameAt(two)], [['Anna', NOW + 1], ['Anna', NOW + 1]])
    })

    it('come out the same in any order, on any number of devices, whatever their clocks', async () => {
      const write = fc.record({ by: fc.nat(2), name: fc.constantFrom('', 'Anna', 'Ben', 'Zoe'), waitMs: fc.nat(5), isHeard: fc.boolean() })
      await fc.assert(fc.asyncProperty(fc.array(write, { maxLength: 8 }), fc.array(fc.nat(3_600_000), { minLength: 3, maxLength: 3 }), async (writes, ahead) => {
        const sides = [await Side.make(3), await Side.make(3), await Side.make(3)]
        for (const [at, side] of sides.entries()) await side.clock.advance(ahead[at] ?? 0)
        for (const { by, name, waitMs, isHeard } of writes) {
          const side = sides[by] as Side
          const before = (await nameAt(side))[1]
          await side.clock.advance(waitMs)
          await side.contacts.setName(SOMEBODY, name)
          assert.ok((await nameAt(side))[1] >= before, 'a write is never below the one that it replaces')
          if (isHeard) await exchange(...sides)
        }
        await exchange(...sides)
        const [first, ...others] = await Promise.all(sides.map(nameAt))
        for (const other of others) assert.deepEqual(other, first)
        await Promise.all(sides.map(async side => { await side.stop() }))
      }), { numRuns: 30 })
    })

    it('of a time that nobody can believe name only whom nobody has named', async () => {
      const word = (name: string, namedAt: number): Bytes => SyncBody.encode({ contacts: [{ root: Uint8Array.from(Buffer.from(SOMEBODY, 'hex')), record: new Uint8Array(0), profile: new Uint8Array(0), presenceKey: new Uint8Array(0), usedAt: 0n, name, namedAt: BigInt(namedAt) }] })
      await one.sync.take(OTHER, word('of tomorrow', NOW + LIMITS.nameAheadMs))
      assert.deepEqual(await nameAt(one), ['of tomorrow', NOW + LIMITS.nameAheadMs])
      await two.sync.take(OTHER, word('of the future', NOW + LIMITS.nameAheadMs + 1))
      assert.deepEqual(await nameAt(two), ['of the future', 0])
      await two.contacts.setName(SOMEBODY, 'Anna')
      await two.sync.take(OTHER, word('of the future', Number.MAX_SAFE_INTEGER))
      assert.deepEqual(await nameAt(two), ['Anna', NOW])
    })

    it('that another device cannot have given are refused, and the rest of the contact is not', async () => {
      const [bob] = people as [Account]
      await one.contacts.setName(bob.root, 'Bob')
      for (const name of ['\u202egnal', 'two\nlines', 'x'.repeat(65), ' Bob', 'did:key:z6Mk', 'e\u0301', '\u001b[2J']) {
        await one.sync.take(OTHER, SyncBody.encode({ contacts: [{ root: Uint8Array.from(Buffer.from(bob.root, 'hex')), record: new Uint8Array(0), profile: bob.profile.bytes, presenceKey: new Uint8Array(0), usedAt: 0n, name, namedAt: BigInt(NOW + 5) }] }))
        assert.equal((await one.contacts.get(bob.root)).name, 'Bob', JSON.stringify(name))
      }
      assert.deepEqual((await one.contacts.get(bob.root)).profile?.order, bob.profile.order)
      await fc.assert(fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 80 }), async name => {
        await two.contacts.learn(bob.root, { record: new Uint8Array(0), profile: new Uint8Array(0), presenceKey: new Uint8Array(0) }, 0, { name, namedAt: NOW })
        const kept = (await two.contacts.get(bob.root)).name
        assert.ok(isName(kept), JSON.stringify(kept))
      }))
    })

    it('of many contacts at once go in words that the others take', async () => {
      const name = '😀'.repeat(LIMITS.contactNameCharacters)
      const many = Array.from({ length: 1500 }, (_, at) => at.toString(16).padStart(64, '5') as RootKey)
      await Promise.all(many.map(async root => { await one.contacts.setName(root, name) }))
      await one.sync.tell()
      assert.ok(one.sent.length > 1)
      for (const word of one.sent) {
        assert.ok(word.byteLength <= LIMITS.messageSyncBytes)
        await two.sync.take(OTHER, word)
      }
      for (const root of [many[0], many.at(-1)]) assert.equal((await two.contacts.get(root as RootKey)).name, name)
    })

    it('that nobody was told of when a run ends are told at its end', async () => {
      await one.contacts.setName(SOMEBODY, 'Anna')
      await one.sync.stop()
      const [word] = one.sent
      assert.deepEqual(SyncBody.decode(word as Bytes).contacts.map(({ name }) => name), ['Anna'])
    })
  })

  it('takes any bytes without any other error than a named one', async () => {
    await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
      await two.sync.take(OTHER, new Uint8Array(bytes)).catch((error: Error) => { assert.match(error.name, /^(Malformed|TooLarge)Error$/) })
    }))
    const many = SyncBody.encode({ contacts: Array.from({ length: 2049 }, () => ({ root: new Uint8Array(32), record: new Uint8Array(0), profile: new Uint8Array(0), presenceKey: new Uint8Array(0), usedAt: 1n, name: '', namedAt: 0n })) })
    await assert.rejects(two.sync.take(OTHER, many), { name: 'MalformedError' })
  })
})
