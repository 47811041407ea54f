import assert from 'node:assert/strict'
import { World, type User } from './world.ts'
import type { Bytes, MessageId } from '../../../src/types.ts'
import type { Mail } from './post.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE

describe('conversations as groups', () => {
  it('takes a first message to somebody who is away, and answers', async () => {
    const world = new World()
    const [alice, bob] = [await world.user(), await world.user()]
    await bob.first.stop()
    await alice.first.say(bob, 'hello')
    await world.calm()
    await bob.first.start()
    await world.calm()
    assert.deepEqual(await bob.first.shown(), ['hello'])
    await bob.first.say(alice, 'hi')
    await world.calm()
    assert.deepEqual(await alice.first.shown(), ['hi'])
    assert.deepEqual([alice.first.unreadable, bob.first.unreadable, alice.first.failures, bob.first.failures], [[], [], [], []])
  })

  it('reaches every device of both, own copies too', async () => {
    const world = new World()
    const [alice, bob] = [await world.user(2), await world.user(2)]
    await alice.first.say(bob, 'one')
    await world.calm()
    await bob.devices[1]?.say(alice, 'two')
    await world.calm()
    await alice.devices[1]?.say(bob, 'three')
    await world.calm()
    for (const device of world.devices) assert.deepEqual(await device.lines(), ['one', 'three', 'two'], device.logs.join('\n'))
  })

  it('counts the messages that wait for a commit, and not the commits', async () => {
    const world = new World()
    const [alice, bob] = [await world.user(), await world.user()].sort((a, b) => a.root < b.root ? -1 : 1) as [User, User]
    await alice.first.say(bob, 'hello')
    await world.calm()
    await bob.first.say(alice, 'hi')
    await world.calm()
    const late: Mail[] = []
    world.loses = mail => mail.to === bob.root && mail.whole !== undefined && late.push(mail) > 0
    for (let device = 0; device < 2; device++) {
      await alice.link()
      await world.calm()
    }
    await alice.first.say(bob, 'we are three')
    await world.calm()
    world.loses = () => false

    const { groups } = bob.first
    const open = async (mail: Mail | undefined): Promise<string> => (await groups.open(mail?.id as MessageId, mail?.whole as Bytes, world.clock.now() + 32 * DAY)).type
    const [first, ...others] = late
    const seen: Array<[string, number]> = []
    for (const mail of others) seen.push([await open(mail), groups.unopened])
    assert.deepEqual(seen, [['waiting', 0], ['waiting', 1]])
    await open(first)
    await world.pass(MINUTE)
    assert.ok(await bob.first.hasLine('we are three'))
    assert.equal(world.mailboxes.get(alice.root)?.filter(({ note }) => note?.from === bob.root).length, 0, 'nothing was lost, and nobody is asked')
  })
})
