// What was stolen or removed, beside groups that live on. Each attack is shown to work where nothing stands in its way.
import assert from 'node:assert/strict'
import { ownTime, systemTime, World, type User } from '../groups/world.ts'
import { mailsOf, Thief } from './thief.ts'
import type { Device } from '../groups/device.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Keys are renewed daily. */
const DAY = 25 * HOUR

describe('a conversation beside a thief', () => {
  let world: World
  /** Has the lower root: her first device commits. */
  let alice: User
  let bob: User

  beforeEach(async () => {
    world = new World()
    ownTime(world)
    const users = [await world.user(), await world.user()].sort((a, b) => a.root < b.root ? -1 : 1)
    ;[alice, bob] = users as [User, User]
  })

  afterEach(systemTime)

  const say = async (from: Device, to: User, text: string): Promise<void> => {
    await from.say(to, text)
    await world.calm()
  }

  for (const whose of ['who commits', 'who proposes']) {
    it(`a copied MLS state of ${whose} reads nothing of before, and nothing after the keys were renewed once`, async () => {
      await say(alice.first, bob, 'hello')
      await say(bob.first, alice, 'hello yourself')
      const [victim, other] = whose === 'who commits' ? [alice, bob] as const : [bob, alice] as const
      const early = await Thief.copyOf(victim.first, other)
      await say(other.first, victim, 'before')
      await say(victim.first, other, 'before, too')
      const thief = await Thief.copyOf(victim.first, other)
      assert.deepEqual(await thief.read(mailsOf(world)), [])
      assert.ok((await early.read(mailsOf(world))).includes('before'), 'a state from before the message opens it')

      await say(other.first, victim, 'until then')
      assert.deepEqual(await thief.read(mailsOf(world)), ['until then'], 'a thief reads on until the keys are renewed')
      await world.pass(DAY, HOUR)
      await say(victim.first, other, 'renews')
      await say(other.first, victim, 'renews, too')
      await thief.read(mailsOf(world))
      await say(victim.first, other, 'after')
      await say(other.first, victim, 'after, too')
      assert.deepEqual(await thief.read(mailsOf(world)), [])
      for (const device of [alice.first, bob.first]) assert.ok((await device.lines()).includes('after') && (await device.lines()).includes('after, too'))
    })
  }

  it('a device that was revoked, with all that its disk ever held, reads nothing more, does not get in again, and speaks for nobody', async () => {
    const stolen = await bob.link()
    await say(alice.first, bob, '1')
    await say(bob.first, alice, '2')
    await say(stolen, alice, '3')
    const copy = await stolen.backup()
    const thief = await Thief.copyOf(stolen, alice)

    bob.revoke(stolen)
    // Nobody has committed yet: the epoch is still its own.
    await thief.write([alice, bob], 'in the name of bob', world)
    await world.calm()
    await say(alice.first, bob, '4')
    await say(bob.first, alice, '5')
    await thief.write([alice, bob], 'in the name of bob, in an epoch that is over', world)
    // It comes back with the disk of before and has all mail in front of it again; it asks for what it cannot open, and goes on.
    await stolen.restore(copy)
    await stolen.say(alice, 'in the name of bob, as if nothing had happened')
    await world.pass(10 * MINUTE)
    await say(alice.first, bob, '6')
    await world.pass(10 * MINUTE)

    for (const device of [alice.first, bob.first]) {
      assert.deepEqual(await device.lines(), ['1', '2', '3', '4', '5', '6'])
      assert.deepEqual(device.unreadable, Array(2).fill('its device is none of its user’s any more'))
    }
    assert.deepEqual((await stolen.lines()).filter(line => /^[4-6]/.test(line)), [])
    assert.deepEqual(await thief.read(mailsOf(world)), [])
    assert.ok(!(await alice.first.membersOf(bob)).includes(stolen.key) && !(await bob.first.membersOf(alice)).includes(stolen.key))
    assert.ok([...alice.first.logs, ...bob.first.logs].some(line => line.includes('is not heard: it is not in its user’s profile')), 'it asked to be brought in')
  })
})
