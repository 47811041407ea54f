// What a node keeps of key packages: durable, handed out once, bounded, and forgotten with its device.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { StoreFailedError } from '../../src/errors.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { KeyPackages } from '../../src/node/key-packages.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { KeyPackages as KeptPackages, type DevicePackage, type KeyPackagesLeft } from '../../src/wire/mail.ts'
import { mapShelf } from '../dht/network.ts'
import { hostileBytes } from '../wire/hostile-bytes.ts'
import { keepLog, type TestLog } from './visitors.ts'
import type { Shelf } from '../../src/ports.ts'
import type { Bytes, MailboxId, PeerKey } from '../../src/types.ts'

const MAILBOX = 'a1'.repeat(32) as MailboxId
const [PHONE, LAPTOP, STRANGER] = ['d1', 'd2', 'd3'].map(byte => byte.repeat(32)) as [PeerKey, PeerKey, PeerKey]
const LAST = Uint8Array.of(0xff)
const NONE = new Uint8Array(0)

interface Table { kept: KeyPackages, served: Map<MailboxId, PeerKey[]>, packages: Shelf & { map: Map<string, Bytes> }, owners: ReturnType<typeof mapShelf>, log: TestLog, few: Array<[PeerKey, KeyPackagesLeft]> }

/** With what an earlier run left behind, if there is one. */
async function open ({ before, served = new Map([[MAILBOX, [PHONE, LAPTOP]]]), packages = before?.packages ?? mapShelf() }: { before?: Table, served?: Map<MailboxId, PeerKey[]>, packages?: Table['packages'] } = {}): Promise<Table> {
  const log = keepLog()
  const few: Table['few'] = []
  const owners = before?.owners ?? mapShelf()
  const kept = new KeyPackages({ packages, owners, users: { devices: mailbox => served.get(mailbox) }, log: log.forComponent('posthouse:users'), onFew: (...told) => { few.push(told) } })
  await kept.load()
  return { kept, served, packages, owners, log, few }
}

const some = (count: number, from = 0): Bytes[] => Array.from({ length: count }, (_, n) => Uint8Array.of(1, (from + n) >>> 8, from + n))
const hex = (packages: DevicePackage[]): string[] => packages.map(({ device, keyPackage }) => `${Buffer.from(device).toString('hex', 0, 1)} ${Buffer.from(keyPackage).toString('hex')}`)

describe('key packages of a node', () => {
  it('are handed out once each, the newest first, then the last resort, as often as it is asked for', async () => {
    const { kept } = await open()
    assert.deepEqual(await kept.put(MAILBOX, PHONE, { oneTime: some(2), lastResort: LAST }), { oneTime: 2, lastResort: true })
    const taken = []
    for (let n = 0; n < 4; n++) taken.push(...hex(await kept.take(MAILBOX, [])))
    assert.deepEqual(taken, ['d1 010001', 'd1 010000', 'd1 ff', 'd1 ff'])
    assert.deepEqual(await kept.left(MAILBOX, PHONE), { oneTime: 0, lastResort: true })
  })

  it('are of each device that has any, or of those that are asked for', async () => {
    const { kept } = await open()
    assert.deepEqual(await kept.take(MAILBOX, []), [])
    await kept.put(MAILBOX, PHONE, { oneTime: some(3), lastResort: NONE })
    await kept.put(MAILBOX, LAPTOP, { oneTime: some(3, 100), lastResort: NONE })
    assert.deepEqual(hex(await kept.take(MAILBOX, [])), ['d1 010002', 'd2 010066'])
    assert.deepEqual(hex(await kept.take(MAILBOX, [LAPTOP, STRANGER])), ['d2 010065'])
    assert.deepEqual([await kept.left(MAILBOX, PHONE), await kept.left(MAILBOX, LAPTOP)], [{ oneTime: 2, lastResort: false }, { oneTime: 1, lastResort: false }])
    assert.deepEqual(await kept.take('b2'.repeat(32) as MailboxId, []), [])
  })

  it('are never handed out twice, whoever asks at the same time, and whenever more come', async () => {
    const asks = fc.array(fc.oneof(fc.constant('take' as const), fc.constant('take phone' as const), fc.integer({ min: 1, max: 8 })), { maxLength: 40 })
    await fc.assert(fc.asyncProperty(asks, async asks => {
      const { kept } = await open()
      let made = 10
      await kept.put(MAILBOX, PHONE, { oneTime: some(made), lastResort: LAST })
      const taken = (await Promise.all(asks.map(async ask => {
        if (ask === 'take') return await kept.take(MAILBOX, [])
        if (ask === 'take phone') return await kept.take(MAILBOX, [PHONE])
        const from = made
        made += ask
        await kept.put(MAILBOX, from % 2 === 0 ? PHONE : LAPTOP, { oneTime: some(ask, from), lastResort: LAST })
        return []
      }))).flat()
      const oneTime = hex(taken).filter(line => !line.endsWith(' ff'))
      assert.equal(new Set(oneTime).size, oneTime.length)
      const left = (await kept.left(MAILBOX, PHONE)).oneTime + (await kept.left(MAILBOX, LAPTOP)).oneTime
      assert.ok(oneTime.length + left <= made)
    }), { numRuns: 100 })
  })

  it('are off the disk before they are handed out', async () => {
    const { packages, ...table } = await open()
    await table.kept.put(MAILBOX, PHONE, { oneTime: some(2), lastResort: NONE })
    const { promise, resolve } = Promise.withResolvers<void>()
    const slow = { ...packages, put: async (...given: Parameters<Shelf['put']>) => { await promise; await packages.put(...given) } }
    const { kept } = await open({ before: { packages, ...table }, packages: slow })
    let isOut = false
    const taking = kept.take(MAILBOX, []).finally(() => { isOut = true })
    await new Promise(resolve => { setImmediate(resolve) })
    assert.equal(isOut, false)
    resolve()
    assert.deepEqual(hex(await taking), ['d1 010001'])
    const { kept: later } = await open({ before: { packages, ...table } })
    assert.deepEqual(hex(await later.take(MAILBOX, [])), ['d1 010000'], 'after a crash at that moment too')
  })

  it('stay when the disk refuses to let go of them, and nobody gets them then', async () => {
    const { packages, ...table } = await open()
    await table.kept.put(MAILBOX, PHONE, { oneTime: some(1), lastResort: LAST })
    const { kept } = await open({ before: { packages, ...table }, packages: { ...packages, put: async () => { throw new StoreFailedError('the disk is full') } } })
    await assert.rejects(kept.take(MAILBOX, []), { name: 'StoreFailedError' })
    await assert.rejects(kept.put(MAILBOX, PHONE, { oneTime: some(1, 5), lastResort: NONE }), { name: 'StoreFailedError' })
    assert.deepEqual(await kept.left(MAILBOX, PHONE), { oneTime: 1, lastResort: true })
  })

  it('come back after a restart', async () => {
    const before = await open()
    await before.kept.put(MAILBOX, PHONE, { oneTime: some(3), lastResort: LAST })
    await before.kept.take(MAILBOX, [])
    const { kept } = await open({ before })
    assert.deepEqual(await kept.left(MAILBOX, PHONE), { oneTime: 2, lastResort: true })
    assert.deepEqual(hex(await kept.take(MAILBOX, [])), ['d1 010001'])
  })

  it('are so many of a device: the newest, each once', async () => {
    const { kept } = await open()
    await kept.put(MAILBOX, PHONE, { oneTime: some(15), lastResort: NONE })
    await kept.put(MAILBOX, PHONE, { oneTime: some(15), lastResort: NONE })
    assert.deepEqual(await kept.left(MAILBOX, PHONE), { oneTime: 15, lastResort: false }, 'what is put again is not there twice')
    assert.deepEqual(await kept.put(MAILBOX, PHONE, { oneTime: some(10, 15), lastResort: NONE }), { oneTime: LIMITS.keyPackages, lastResort: false })
    const taken = []
    for (let n = 0; n < LIMITS.keyPackages; n++) taken.push(...await kept.take(MAILBOX, []))
    assert.deepEqual(hex(taken), hex(some(LIMITS.keyPackages, 5).reverse().map(keyPackage => ({ device: Buffer.from(PHONE, 'hex'), keyPackage }))))
    assert.deepEqual(await kept.take(MAILBOX, []), [])
  })

  it('keep the last resort until another takes its place', async () => {
    const { kept } = await open()
    await kept.put(MAILBOX, PHONE, { oneTime: [], lastResort: LAST })
    await kept.put(MAILBOX, PHONE, { oneTime: [], lastResort: NONE })
    assert.deepEqual(hex(await kept.take(MAILBOX, [])), ['d1 ff'])
    await kept.put(MAILBOX, PHONE, { oneTime: [], lastResort: Uint8Array.of(0xfe) })
    assert.deepEqual(hex(await kept.take(MAILBOX, [])), ['d1 fe'])
  })

  it('have a size, and a device that is served', async () => {
    const { kept, packages, owners } = await open()
    const [fits, tooLarge] = [new Uint8Array(LIMITS.keyPackageBytes), new Uint8Array(LIMITS.keyPackageBytes + 1)]
    await assert.rejects(kept.put(MAILBOX, PHONE, { oneTime: [tooLarge], lastResort: NONE }), { name: 'TooLargeError' })
    await assert.rejects(kept.put(MAILBOX, PHONE, { oneTime: [], lastResort: tooLarge }), { name: 'TooLargeError' })
    await assert.rejects(kept.put(MAILBOX, PHONE, { oneTime: [LAST, NONE], lastResort: NONE }), { name: 'MalformedError' })
    await assert.rejects(kept.put(MAILBOX, STRANGER, { oneTime: [fits], lastResort: NONE }), { name: 'RefusedError' })
    await assert.rejects(kept.put('b2'.repeat(32) as MailboxId, PHONE, { oneTime: [fits], lastResort: NONE }), { name: 'RefusedError' })
    assert.deepEqual([packages.map.size, owners.map.size], [0, 0])
    await kept.put(MAILBOX, PHONE, { oneTime: [fits], lastResort: fits })
    assert.equal((await kept.take(MAILBOX, []))[0]?.keyPackage.byteLength, LIMITS.keyPackageBytes)
  })

  it('fill one frame at most: what finds no room stays', async () => {
    const devices = Array.from({ length: 10 }, (_, n) => n.toString(16).repeat(64) as PeerKey)
    const { kept } = await open({ served: new Map([[MAILBOX, devices]]) })
    for (const device of devices) await kept.put(MAILBOX, device, { oneTime: [new Uint8Array(LIMITS.keyPackageBytes)], lastResort: NONE })
    const room = LIMITS.keyPackagesBytes / LIMITS.keyPackageBytes
    assert.equal((await kept.take(MAILBOX, [])).length, room)
    assert.equal((await kept.take(MAILBOX, [])).length, devices.length - room)
  })

  it('of a device that left its user’s profile are forgotten, and of a user who is not served any more', async () => {
    const { kept, served, packages, owners } = await open()
    await kept.put(MAILBOX, PHONE, { oneTime: some(1), lastResort: LAST })
    await kept.put(MAILBOX, LAPTOP, { oneTime: some(1, 9), lastResort: LAST })
    served.set(MAILBOX, [LAPTOP])
    assert.deepEqual(hex(await kept.take(MAILBOX, [])), ['d2 010009'], 'even before')
    await kept.tidy(MAILBOX)
    assert.deepEqual([...packages.map.keys()], [`${MAILBOX}/${LAPTOP}`])
    served.set(MAILBOX, [LAPTOP, PHONE])
    assert.deepEqual(hex(await kept.take(MAILBOX, [])), ['d2 ff'])
    served.delete(MAILBOX)
    await kept.tidy(MAILBOX)
    assert.deepEqual([packages.map.size, owners.map.size], [0, 0])
  })

  it('that could not be forgotten in time are forgotten at the next start', async () => {
    const before = await open()
    await before.kept.put(MAILBOX, PHONE, { oneTime: some(1), lastResort: LAST })
    const { packages, owners } = await open({ before, served: new Map() })
    assert.deepEqual([packages.map.size, owners.map.size], [0, 0])
  })

  it('that the disk has damaged are none, with a line', async () => {
    const before = await open()
    await before.kept.put(MAILBOX, PHONE, { oneTime: some(1), lastResort: LAST })
    before.packages.map.set(`${MAILBOX}/${PHONE}`, Uint8Array.of(0x0a, 0xff))
    const { kept, log } = await open({ before })
    assert.deepEqual(await kept.take(MAILBOX, []), [])
    assert.deepEqual(log.lines, [`the key packages of device ${PHONE.slice(0, 8)}… cannot be used: a control frame cannot be read`])
    assert.deepEqual(await kept.put(MAILBOX, PHONE, { oneTime: some(1), lastResort: LAST }), { oneTime: 1, lastResort: true })
  })

  it('are read or none, whatever the disk holds', async () => {
    const sound = KeptPackages.encode({ oneTime: some(3), lastResort: LAST })
    await fc.assert(fc.asyncProperty(hostileBytes(sound), async bytes => {
      const before = await open()
      await before.kept.put(MAILBOX, PHONE, { oneTime: some(1), lastResort: LAST })
      before.packages.map.set(`${MAILBOX}/${PHONE}`, bytes as Bytes)
      before.owners.map.set(MAILBOX, Uint8Array.from([...Buffer.from(PHONE, 'hex'), ...bytes.subarray(0, 5)]))
      const { kept } = await open({ before })
      for (const { keyPackage } of await kept.take(MAILBOX, [])) assert.ok(keyPackage.byteLength > 0)
      assert.equal((await kept.put(MAILBOX, PHONE, { oneTime: [], lastResort: LAST })).lastResort, true)
    }), { numRuns: 200 })
  })

  it('are told of when few are left', async () => {
    const { kept, few } = await open()
    await kept.put(MAILBOX, PHONE, { oneTime: some(NODE_DEFAULTS.keyPackagesFew + 1), lastResort: LAST })
    await kept.take(MAILBOX, [])
    assert.deepEqual(few, [])
    await kept.take(MAILBOX, [])
    assert.deepEqual(few, [[PHONE, { oneTime: NODE_DEFAULTS.keyPackagesFew - 1, lastResort: true }]])
  })
})
