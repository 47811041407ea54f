import assert from 'node:assert/strict'
import { chooseSealingKey, openSealed, sealMessage } from '../../../src/client/sealing/index.ts'
import { post } from '../../../src/client/devices/posting.ts'
import { dialingNetwork } from '../../../src/client/host.ts'
import { webCrypto as crypto } from '../../../src/client/crypto.ts'
import { newPhrase } from '../../../src/identity/index.ts'
import { systemClock, systemRandom } from '../../../src/system.ts'
import { DeviceRig, linkTo, startNodes, until } from './rig.ts'
import type { MessageId } from '../../../src/types.ts'
import type { PosthouseNode } from '../../../src/index.ts'

describe('revoking a device over real nodes', function () {
  this.timeout(40_000)
  let nodes: PosthouseNode[]
  const rigs: DeviceRig[] = []

  beforeEach(async () => { nodes = await startNodes(2) })

  afterEach(async () => {
    await Promise.all(rigs.splice(0).map(async rig => { await rig.stop() }))
    await Promise.all(nodes.map(async node => { await node.stop() }))
  })

  /** One user, three devices that know of each other. */
  const threeDevices = async (): Promise<{ phrase: string, devices: [DeviceRig, DeviceRig, DeviceRig] }> => {
    const first = await DeviceRig.open({ nodes: nodes.flatMap(({ addrs }) => addrs) })
    rigs.push(first)
    const second = await linkTo(first)
    const third = await linkTo(first)
    rigs.push(second, third)
    await until(() => second.devices.list().length === 3, async () => { await second.drain() })
    return { phrase: first.opening.recoveryPhrase as string, devices: [first, second, third] }
  }

  it('changes every key that it had, and the others get the new ones', async () => {
    const { phrase, devices: [first, second, third] } = await threeDevices()
    const before = { keys: second.account.sealingKeys.length, presence: second.account.presenceKey }
    await first.devices.revoke(third.id, phrase)
    assert.equal(first.account.epoch, 2)
    assert.deepEqual(first.devices.list().map(({ id }) => id), [first.id, second.id])
    await until(() => second.account.epoch === 2, async () => { await second.drain() })
    assert.deepEqual([second.account.presenceKey, second.account.certificate.epoch], [first.account.presenceKey, 2])
    assert.notDeepEqual(second.account.presenceKey, before.presence)
    assert.equal(second.account.sealingKeys.length, before.keys + 2)
    assert.ok(second.news.some(({ secrets }) => secrets))
    await third.look()
    assert.equal(third.revoked, true)
    assert.equal(third.account.epoch, 1, 'what is signed without it is nothing to it')
    await assert.rejects(third.drain(), { name: 'RefusedError' })
    // Whoever was let in by a linked device is certified by the root now, and lets others in.
    assert.doesNotThrow(() => second.devices.invite())
  })

  it('gives the keys to a device that asks, and to no other', async () => {
    const { phrase, devices: [first, second, third] } = await threeDevices()
    await first.devices.revoke(third.id, phrase)
    // What was left for it is lost; it hears of the new profile from a node.
    await second.look()
    assert.equal(second.account.epoch, 2)
    const mail = second.account.sealingKeys
    assert.ok(first.account.profile.sealingKeys.every(({ keyEpoch }) => !mail.some(held => held.keyEpoch === keyEpoch)))
    await until(() => second.account.sealingKeys.length > mail.length, async () => {
      await first.drain()
      await second.drain()
    })
    assert.deepEqual(second.account.presenceKey, first.account.presenceKey)
  })

  it('opens mail that came sealed to the new keys before they did', async () => {
    const { phrase, devices: [first, second, third] } = await threeDevices()
    await first.devices.revoke(third.id, phrase)
    const { account } = first
    const key = chooseSealingKey(account.profile.sealingKeys, Date.now())
    assert.ok(key !== undefined && account.record !== undefined)
    const envelopes = await sealMessage(new TextEncoder().encode('later'), { format: 1, messageId: '00'.repeat(16) as MessageId, key, mailbox: account.mailbox, expiry: Math.floor(Date.now() / 1000) + 1000 }, crypto)
    await post({ network: dialingNetwork(first.host), networkId: 'test', crypto, clock: systemClock }, account.record, envelopes)
    const [envelope] = envelopes
    assert.ok(envelope !== undefined)
    assert.equal((await openSealed(envelope, second.account.openingKeys)).type, 'unknownKey')
    assert.equal((await openSealed(envelope, third.account.openingKeys)).type, 'unknownKey')
    await until(() => second.others.length > 0, async () => { await second.drain() })
    assert.deepEqual(second.others.map(({ whole }) => new TextDecoder().decode(whole)), ['later'])
  })

  it('needs the right phrase and another device', async () => {
    const { phrase, devices: [first, second] } = await threeDevices()
    await assert.rejects(first.devices.revoke(second.id, newPhrase(systemRandom)), { name: 'IdentityError' })
    await assert.rejects(first.devices.revoke(second.id, 'twelve words'), { name: 'MalformedError' })
    await assert.rejects(first.devices.revoke(first.id, phrase), { name: 'IdentityError' })
    await assert.rejects(first.devices.revoke('12D3KooWnobody', phrase), { name: 'MalformedError' })
    assert.equal(first.account.epoch, 1)
    await assert.rejects(first.devices.revoke(nodes[0]?.peerId.toString() ?? '', phrase), { name: 'MalformedError' })
  })
})
