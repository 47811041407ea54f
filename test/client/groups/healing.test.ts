// What broke heals: Welcomes that never came, disks that went back in time, committers who are away.
import assert from 'node:assert/strict'
import { ownTime, systemTime, World, type User } from './world.ts'
import type { Device } from './device.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Everybody has the same lines, and nobody refused anything. */
async function assertAll (world: World, lines: string[]): Promise<void> {
  for (const device of world.devices.filter(({ running }) => running)) {
    assert.deepEqual(await device.lines(), [...lines].sort(), `${device.key.slice(0, 8)}: ${device.logs.slice(-6).join('\n')}`)
    assert.deepEqual(device.failures, [])
  }
}

describe('groups that heal', () => {
  let world: World
  let alice: User
  let bob: User

  beforeEach(async () => {
    world = new World()
    ownTime(world)
    const users = [await world.user(), await world.user()].sort((a, b) => a.root < b.root ? -1 : 1)
    // Alice has the lower root: her first device commits.
    ;[alice, bob] = users as [User, User]
  })

  afterEach(systemTime)

  const say = async (from: Device, to: User, text: string): Promise<void> => {
    await from.say(to, text)
    await world.calm()
  }

  it('when both write first at once', async () => {
    await alice.first.say(bob, 'from alice')
    await bob.first.say(alice, 'from bob')
    await world.calm()
    await say(alice.first, bob, 'and on')
    await say(bob.first, alice, 'and on, too')
    await assertAll(world, ['from alice', 'from bob', 'and on', 'and on, too'])
  })

  it('of a user who is back from a backup: new groups are of later generations than those before', async () => {
    await alice.first.groups.restored([{ conversation: bob.root, generation: 7 }, { conversation: bob.root, generation: 3 }])
    assert.deepEqual(await alice.first.groups.generations(), [{ conversation: bob.root, generation: 7 }])
    await say(alice.first, bob, 'back again')
    assert.deepEqual(await alice.first.groups.generations(), [{ conversation: bob.root, generation: 8 }])
    assert.deepEqual(await bob.first.groups.generations(), [{ conversation: alice.root, generation: 8 }])
    await assertAll(world, ['back again'])
  })

  it('when a Welcome is lost', async () => {
    const frames = new Set<string>()
    // The first frame that is no message is the Welcome.
    world.loses = mail => mail.whole !== undefined && mail.whole.byteLength > 600 && frames.size === 0 && frames.add(mail.id).size > 0
    await say(alice.first, bob, 'one')
    assert.deepEqual(await bob.first.lines(), [])
    await world.pass(3 * MINUTE)
    await assertAll(world, ['one'])
    assert.equal(frames.size, 1)
  })

  it('when the last-resort package is all that is left', async () => {
    const kept = world.packages.get(bob.first.key)
    assert.ok(kept?.lastResort !== undefined && kept.oneTime.length === 10)
    kept.oneTime = []
    const before = kept.lastResort
    await say(alice.first, bob, 'one')
    await assertAll(world, ['one'])
    assert.notDeepEqual(kept.lastResort, before, 'a last-resort package that was used is renewed')
  })

  it('not now, when nobody knows a key package; and then', async () => {
    world.packages.set(bob.first.key, { oneTime: [], lastResort: undefined })
    await say(alice.first, bob, 'one')
    assert.deepEqual(await bob.first.lines(), [])
    await bob.first.restart()
    await world.calm()
    await assertAll(world, ['one'])
  })

  for (const who of ['alice', 'bob'] as const) {
    it(`when the disk of ${who} goes back in time within an epoch`, async () => {
      const [back, other] = who === 'alice' ? [alice, bob] : [bob, alice]
      await say(alice.first, bob, '1')
      await say(bob.first, alice, '2')
      await say(alice.first, bob, '3')
      const copy = await back.first.backup()
      await say(back.first, other, '4')
      await say(back.first, other, '5')
      await back.first.restore(copy)
      await world.calm()
      await say(back.first, other, '6')
      await world.pass(5 * MINUTE)
      await say(other.first, back, '7')
      await say(back.first, other, '8')
      await world.pass(5 * MINUTE)
      assert.deepEqual(await other.first.lines(), ['1', '2', '3', '4', '5', '6', '7', '8'])
      assert.deepEqual((await back.first.lines()).filter(line => line > '5'), ['6', '7', '8'])
    })

    it(`when the disk of ${who} goes back over epochs`, async () => {
      const [back, other] = who === 'alice' ? [alice, bob] : [bob, alice]
      await say(alice.first, bob, '00')
      const copy = await back.first.backup()
      for (let at = 0; at < 3; at++) {
        await say(bob.first, alice, `1${at}b`)
        await say(alice.first, bob, `1${at}a`)
        await world.pass(25 * HOUR, HOUR)
      }
      await back.first.restore(copy)
      await world.calm()
      await say(back.first, other, '20')
      await world.pass(10 * MINUTE)
      await say(other.first, back, '21')
      await say(back.first, other, '22')
      await world.pass(10 * MINUTE)
      for (const device of [alice.first, bob.first]) assert.deepEqual((await device.lines()).filter(line => line >= '20'), ['20', '21', '22'], device.logs.join('\n'))
    })
  }

  it('when the committer is away: others go on, and after a day without it', async () => {
    await say(alice.first, bob, '1')
    const linked = await alice.link()
    await world.calm()
    await say(linked, bob, '2')
    await alice.first.stop()
    const epochs = new Set<string>()
    for (let day = 0; day < 3; day++) {
      await say(bob.first, alice, `b${day}`)
      await say(linked, bob, `a${day}`)
      epochs.add(await bob.first.groupOf(alice))
      await world.pass(25 * HOUR, HOUR)
    }
    assert.ok(epochs.size > 1, 'the group was replaced')
    await alice.first.start()
    await world.pass(5 * MINUTE)
    await assertSome(world, ['2', 'b0', 'a0', 'b1', 'a1', 'b2', 'a2'])
  })

  it('when a user comes back from the phrase: a new device, whose groups count', async () => {
    for (const text of ['1', '2']) {
      await say(bob.first, alice, `b${text}`)
      await say(alice.first, bob, `a${text}`)
    }
    const generations = await bob.first.groups.generations()
    const former = bob.first
    await former.stop()
    const back = await bob.link()
    bob.revoke(former)
    await back.groups.restored(generations)
    await say(back, alice, 'I am back')
    assert.equal((await alice.first.groups.generations())[0]?.generation, (generations[0]?.generation ?? 0) + 1)
    await say(alice.first, bob, 'welcome')
    await world.pass(MINUTE)
    assert.ok((await alice.first.lines()).includes('I am back'))
    assert.ok((await back.lines()).includes('welcome'))
    assert.deepEqual((await alice.first.membersOf(bob)).includes(former.key), false)
  })

  it('a device that is linked reads and writes at once', async () => {
    await say(alice.first, bob, '1')
    await say(bob.first, alice, '2')
    const second = await bob.link()
    await world.calm()
    await say(alice.first, bob, '3')
    await say(second, alice, '4')
    await world.pass(MINUTE)
    await assertSome(world, ['3', '4'])
  })

  it('a device that was silent for 60 days is left out, and taken in again when it comes back', async () => {
    const second = await bob.link()
    await say(alice.first, bob, '1')
    await assertSome(world, ['1'])
    await second.stop()
    for (let day = 0; day < 62; day++) {
      await world.pass(DAY, DAY)
      if (day % 10 === 0) await say(bob.first, alice, `b${day}`)
    }
    await say(alice.first, bob, '2')
    assert.equal((await alice.first.membersOf(bob)).includes(second.key), false)
    await second.start()
    await world.pass(MINUTE)
    await say(second, alice, '3')
    await world.pass(5 * MINUTE)
    await say(alice.first, bob, '4')
    await world.pass(5 * MINUTE)
    assert.ok((await alice.first.membersOf(bob)).includes(second.key), alice.first.logs.join('\n'))
    assert.ok((await second.lines()).includes('4'))
    assert.ok((await alice.first.lines()).includes('3'))
  })
})

async function assertSome (world: World, lines: string[]): Promise<void> {
  for (const device of world.devices.filter(({ running }) => running)) {
    const all = await device.lines()
    assert.deepEqual(lines.filter(line => !all.includes(line)), [], `${device.key.slice(0, 8)}: ${device.logs.slice(-6).join('\n')}`)
    assert.deepEqual(device.failures, [])
  }
}
