import assert from 'node:assert/strict'
import { Account } from '../../src/client/account.ts'
import { webCrypto as crypto } from '../../src/client/crypto.ts'
import { CLIENT_DEFAULTS } from '../../src/client/defaults.ts'
import { makeAccount, rootOfPhrase } from '../../src/client/origin.ts'
import { ACCOUNT, type StoredAccount } from '../../src/client/store/schemas.ts'
import { ClientStore } from '../../src/client/store/store.ts'
import { makeRouteRecord } from '../../src/dht/record.ts'
import { systemRandom } from '../../src/system.ts'
import { DAY_MS, makeTickets, NOW } from '../identity/people.ts'
import { memoryStore } from './network.ts'
import { VirtualClock } from './virtual-clock.ts'
import type { AccountComponents } from '../../src/client/account.ts'
import type { PeerKey, ServingTicket } from '../../src/types.ts'

describe('account', () => {
  let clock: VirtualClock
  let components: AccountComponents

  beforeEach(async () => {
    clock = new VirtualClock(NOW)
    components = { store: await ClientStore.open({ store: memoryStore(), onDamaged: () => {} }), crypto, clock, random: systemRandom }
  })

  afterEach(async () => { await components.store.close() })

  it('is made once and is the same when it is loaded', async () => {
    const { account, deviceSeed, recoveryPhrase } = await makeAccount(components, {})
    assert.equal(await rootOfPhrase(recoveryPhrase as string, components), account.root)
    const loaded = await Account.load(components, deviceSeed)
    assert.deepEqual([loaded.userId, loaded.epoch, loaded.introductionHash, loaded.presenceKey], [account.userId, 1, account.introductionHash, account.presenceKey])
    assert.deepEqual(loaded.sealingKeys.map(({ suite, keyEpoch }) => [suite, keyEpoch]).sort(), [[1, 0], [2, 0]])
    assert.deepEqual([loaded.nodes, loaded.unpublished, loaded.record], [[], [], undefined])
  })

  it('keeps no phrase and no root key, and private keys only encrypted', async () => {
    const database = memoryStore() as Exclude<ReturnType<typeof memoryStore>, string>
    const store = await ClientStore.open({ store: database, onDamaged: () => {} })
    const { account, recoveryPhrase } = await makeAccount({ ...components, store }, { deviceSeed: new Uint8Array(32).fill(5) })
    const everything = (await database.iterator().all()).flat().join('\n')
    for (const word of [recoveryPhrase as string, Buffer.from(account.presenceKey).toString('base64'), ...account.sealingKeys.map(({ privateKey }) => Buffer.from(privateKey).toString('base64')), Buffer.alloc(32, 5).toString('base64')]) {
      assert.equal(everything.includes(word), false)
    }
    await assert.rejects(Account.load({ ...components, store }, new Uint8Array(32)), { name: 'IdentityError' })
    await store.close()
  })

  it('has a higher epoch and other keys than what is known of it when it comes back', async () => {
    const first = await makeAccount(components, {})
    const store = await ClientStore.open({ store: memoryStore(), onDamaged: () => {} })
    const { account, recoveryPhrase } = await makeAccount({ ...components, store }, { phrase: first.recoveryPhrase, known: { profile: first.account.profile, record: undefined } })
    assert.deepEqual([account.root, account.epoch, recoveryPhrase], [first.account.root, 2, undefined])
    assert.notEqual(account.device.publicKey, first.account.device.publicKey)
    assert.deepEqual(account.sealingKeys.map(({ keyEpoch }) => keyEpoch), [1, 1])
    await store.close()
  })

  it('renews its sealing keys after 30 days and keeps the old ones for 31 more', async () => {
    const { account } = await makeAccount(components, {})
    const { order } = account.profile
    assert.equal(await account.renewSealingKeys(), false)
    await clock.advance(30 * DAY_MS)
    assert.equal(await account.renewSealingKeys(), true)
    assert.ok(account.profile.order.seq > order.seq)
    const epochs = (): number[] => [...new Set(account.sealingKeys.map(({ keyEpoch }) => keyEpoch))].sort()
    assert.deepEqual([account.profile.sealingKeys.map(({ keyEpoch }) => keyEpoch), epochs()], [[1, 1], [0, 1]])
    assert.equal(await account.renewSealingKeys(), false)
    await clock.advance(31 * DAY_MS)
    assert.equal(await account.renewSealingKeys(), true)
    assert.deepEqual(epochs(), [1, 2])
  })

  it('remembers its nodes and which of them have the record', async () => {
    const { account, deviceSeed } = await makeAccount(components, {})
    const tickets = await makeTickets(account.root, 2)
    const entries = tickets.map(ticket => ({ ticket, addressHint: '/ip4/192.0.2.1/tcp/4501' }))
    const record = await makeRouteRecord({ root: account.root, epoch: 1, seq: account.nextSeq(), profile: account.profile.order, entries }, account.signer, { crypto })
    const [one, two] = tickets.map(({ node }) => node)
    assert.ok(one !== undefined && two !== undefined)
    await account.setRecord(record, [{ node: one, addresses: ['/ip4/198.51.100.1/tcp/1'] }], 0)
    await account.setPublished(one)
    const loaded = await Account.load(components, deviceSeed)
    assert.deepEqual(loaded.nodes, [
      { node: one, addressHints: ['/ip4/198.51.100.1/tcp/1', '/ip4/192.0.2.1/tcp/4501'] },
      { node: two, addressHints: ['/ip4/192.0.2.1/tcp/4501'] }
    ])
    assert.deepEqual(loaded.unpublished, [two])
    assert.ok(loaded.nextSeq() > record.order.seq)
    await clock.advance(60 * DAY_MS)
    assert.equal((await Account.load(components, deviceSeed)).record, undefined, 'a record that has run out is none')
  })

  it('remembers nodes that left the record for as long as mail lives, or until they have nothing', async () => {
    const { account, deviceSeed } = await makeAccount(components, {})
    const tickets = await makeTickets(account.root, 3)
    const [one, two, three] = tickets.map(({ node }) => node) as [PeerKey, PeerKey, PeerKey]
    const list = async (...at: number[]): Promise<void> => {
      const entries = at.map(index => ({ ticket: tickets[index] as ServingTicket, addressHint: `/ip4/192.0.2.${index}/tcp/1` }))
      await account.setRecord(await makeRouteRecord({ root: account.root, epoch: 1, seq: account.nextSeq(), profile: account.profile.order, entries }, account.signer, { crypto }), [], 0)
    }
    await list(0, 1)
    const before = account.introductionHash
    await list(1, 2)
    assert.notEqual(account.introductionHash, before, 'contacts are told with the next message')
    await list(2)
    const loaded = await Account.load(components, deviceSeed)
    assert.deepEqual(loaded.former, [{ node: two, addressHints: ['/ip4/192.0.2.1/tcp/1'] }, { node: one, addressHints: ['/ip4/192.0.2.0/tcp/1'] }])
    await list(0, 2)
    assert.deepEqual(account.former.map(({ node }) => node), [two], 'who is back is no former node')
    await account.leaveFormer(two)
    assert.equal(account.former.length, 1, 'a sender may still go by the old record')
    await clock.advance(CLIENT_DEFAULTS.formerEmptyMs)
    await account.leaveFormer(two)
    assert.deepEqual(account.former, [])
    await list(2)
    await clock.advance(CLIENT_DEFAULTS.formerKeptMs)
    assert.deepEqual([account.former, three], [[], tickets[2]?.node])
  })

  it('reads an account from before it knew of former nodes', async () => {
    const { deviceSeed } = await makeAccount(components, {})
    const stored = ACCOUNT.encode(await components.store.account() as StoredAccount) as Record<string, unknown>
    const { chosen, former, known, ...earlier } = stored
    assert.deepEqual([chosen, former, known], [0, [], []])
    await components.store.write([components.store.putAccount(ACCOUNT.decode(earlier))])
    assert.deepEqual((await Account.load(components, deviceSeed)).former, [])
  })

  it('says so when what the store has of it does not verify', async () => {
    const { deviceSeed } = await makeAccount(components, {})
    const stored = await components.store.account()
    assert.ok(stored !== undefined)
    for (const part of ['certificate', 'profile'] as const) {
      const bytes = Uint8Array.from(stored[part])
      bytes[9] = (bytes[9] as number) ^ 1
      await components.store.write([components.store.putAccount({ ...stored, [part]: bytes })])
      await assert.rejects(Account.load(components, deviceSeed), { name: 'StoreDamagedError' })
    }
  })
})
