import assert from 'node:assert/strict'
import { DeviceRig, linkTo, memoryStore, startNodes, until } from './rig.ts'
import { DEVICES_DEFAULTS } from '../../../src/client/devices/defaults.ts'
import { systemClock } from '../../../src/system.ts'
import type { PosthouseNode } from '../../../src/index.ts'
import type { Clock } from '../../../src/ports.ts'

describe('linking a device over real nodes', function () {
  this.timeout(40_000)
  let nodes: PosthouseNode[]
  const rigs: DeviceRig[] = []
  const open = async (init: Parameters<typeof DeviceRig.open>[0]): Promise<DeviceRig> => {
    const rig = await DeviceRig.open(init)
    rigs.push(rig)
    return rig
  }

  const link = async (by: DeviceRig, init: Parameters<typeof DeviceRig.open>[0] = {}): Promise<DeviceRig> => {
    const rig = await linkTo(by, init)
    rigs.push(rig)
    return rig
  }

  const addrs = (): string[] => nodes.flatMap(node => node.addrs)

  beforeEach(async () => { nodes = await startNodes(3) })

  afterEach(async () => {
    await Promise.all(rigs.splice(0).map(async rig => { await rig.stop() }))
    await Promise.all(nodes.map(async node => { await node.stop() }))
  })

  it('needs nothing but the code', async () => {
    const first = await open({ nodes: addrs() })
    const second = await link(first)
    const { account } = second
    assert.equal(account.userId, first.account.userId)
    assert.notEqual(account.device.publicKey, first.account.device.publicKey)
    assert.deepEqual([account.presenceKey, account.backupKey, account.record?.order], [first.account.presenceKey, first.account.backupKey, first.account.record?.order])
    assert.deepEqual(account.sealingKeys.map(({ privateKey }) => privateKey), first.account.sealingKeys.map(({ privateKey }) => privateKey))
    assert.deepEqual(first.devices.list().map(({ id, isThis }) => [id, isThis]), [[first.id, true], [second.id, false]])
    assert.deepEqual(second.devices.list().map(({ isThis }) => isThis), [false, true])
    assert.equal(account.certificate.capabilities, first.account.certificate.capabilities)
    assert.deepEqual(first.news, [{ devices: true, record: false, secrets: false }])
  })

  it('goes on where an attempt broke off, and the caller may keep the device’s key', async () => {
    const first = await open({ nodes: addrs() })
    const store = memoryStore()
    const wrong = await open({ nodes: addrs() })
    const deviceSeed = new Uint8Array(32).fill(9)
    let aheadMs = 0
    // When it has asked and begins to look for an answer, the invitation has run out.
    const clock: Clock = {
      now: () => Date.now() + aheadMs,
      after: (ms, call) => {
        if (ms === DEVICES_DEFAULTS.joinLookMs) aheadMs = DEVICES_DEFAULTS.invitationMs
        return systemClock.after(ms, call)
      }
    }
    const attempt = open({ linkCode: wrong.devices.invite().code, store, deviceSeed, clock })
    await assert.rejects(attempt, { name: 'TimedOutError' }, 'nobody read the mail there')
    const second = await link(first, { store, deviceSeed })
    assert.equal(second.account.root, first.account.root)
    assert.equal(await second.opening.store.secrets.get('device'), undefined)
  })

  it('lets linked devices in by linked devices, as deep as certificates go', async () => {
    const first = await open({ nodes: addrs() })
    const second = await link(first)
    const third = await link(second)
    assert.equal(third.devices.list().length, 3)
    assert.throws(() => third.devices.invite(), { name: 'NotAuthenticError' })
    await until(() => first.devices.list().length === 3, async () => { await first.drain() })
    assert.deepEqual(first.devices.list().map(({ id }) => id), third.devices.list().map(({ id }) => id), 'the others were told')
  })

  it('is told to the other devices, also what nodes changed', async () => {
    const first = await open({ nodes: addrs() })
    const second = await link(first)
    await first.register(nodes.slice(0, 2).flatMap(node => node.addrs))
    await until(() => second.account.record?.order.hash === first.account.record?.order.hash, async () => { await second.drain() })
    assert.equal(second.account.nodes.length, 2)
    assert.equal(second.account.former.length, 1, 'mail may still lie at the third')
    assert.deepEqual(second.account.unpublished, [])
  })

  it('merges what two devices changed at the same time', async () => {
    const first = await open({ nodes: addrs() })
    const [second, third] = [await link(first), await link(first)]
    await until(() => second.devices.list().length === 3 && third.devices.list().length === 3, async () => { await Promise.all([second.drain(), third.drain()]) })
    // Neither reads its mail while both let one in.
    const [fourth, fifth] = await Promise.all([link(second), link(third)])
    const all = [first, second, third, fourth, fifth]
    await until(() => all.every(rig => rig.devices.list().length === 5), async () => {
      for (const rig of all) {
        await rig.look()
        await rig.drain()
      }
    })
    const [one, ...others] = all.map(rig => rig.account.profile.order.hash)
    assert.ok(others.every(hash => hash === one))
  })
})
