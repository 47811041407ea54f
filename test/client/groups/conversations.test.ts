import assert from 'node:assert/strict'
import { World } from './world.ts'

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
})
