// What a device cannot open, and who gives it: whoever wrote it may be gone.
import assert from 'node:assert/strict'
import { GROUPS_DEFAULTS } from '../../../src/client/groups/defaults.ts'
import { ownTime, systemTime, World, type User } from './world.ts'
import type { Message, MessageId } from '../../../src/types.ts'
import type { Device } from './device.ts'

const HOUR = 3_600_000

describe('messages that one of several devices cannot open', () => {
  let world: World
  let alice: User
  let bob: User

  beforeEach(async () => {
    world = new World()
    ownTime(world)
    const users = [await world.user(), await world.user()].sort((a, b) => a.root < b.root ? -1 : 1)
    ;[alice, bob] = users as [User, User]
    await bob.first.say(alice, 'hello')
    await world.calm()
    await alice.first.say(bob, 'hi')
    await world.pass(HOUR, HOUR)
  })

  afterEach(systemTime)

  /** Bob sends it, and is gone for good. */
  const lastWord = async (text: string): Promise<MessageId> => {
    const id = await bob.first.say(alice, text)
    await bob.first.turn()
    await bob.first.stop()
    return id
  }

  const notes = (): number => (world.mailboxes.get(bob.root) ?? []).filter(({ note }) => note !== undefined).length

  it('are given by another when their author, who did not know of it yet, is gone', async () => {
    await lastWord('before I knew')
    const phone = await alice.link()
    await world.calm()
    await world.pass(GROUPS_DEFAULTS.gatherMs)
    assert.deepEqual(await phone.lines(), ['before I knew'], phone.logs.join('\n'))
    assert.equal(phone.groups.unopened, 0)
    assert.deepEqual([phone.failures, phone.unreadable], [[], []])
    assert.equal(notes(), 1, 'the author is told as well')
  })

  it('are asked for again when the other was away, an hour later', async () => {
    await lastWord('before I knew')
    const phone = await alice.link()
    await alice.first.turn()
    await alice.first.stop()
    await world.calm()
    await world.pass(GROUPS_DEFAULTS.gatherMs)
    assert.equal(notes(), 1, 'the first time is in vain')
    await alice.first.start()
    await world.calm()
    assert.deepEqual([await phone.lines(), phone.groups.unopened], [[], 1])
    await world.pass(GROUPS_DEFAULTS.askAgainMs, HOUR / 6)
    assert.deepEqual([await phone.hasLine('before I knew'), phone.groups.unopened], [true, 0])
  })

  it('are asked for without a word to the author when they are from before its time', async () => {
    const id = await lastWord('long ago')
    await world.clock.advance(HOUR)
    const phone = await alice.link()
    await world.calm()
    assert.ok(alice.first.opened.has(id))
    assert.deepEqual([await phone.lines(), phone.groups.unopened, phone.groups.isSettled], [[], 0, true], 'the history brings it')
    await world.pass(GROUPS_DEFAULTS.earlierWaitMs)
    assert.deepEqual(await phone.lines(), ['hello', 'long ago'], 'and what it does not bring is asked for')
    assert.equal(notes(), 0)
  })

  it('wait no longer when the history has brought them', async () => {
    const id = await lastWord('before I knew')
    const phone = await alice.link()
    alice.first.opened.clear()
    await world.calm()
    assert.equal(phone.groups.unopened, 1)
    phone.history.add(id)
    await world.pass(GROUPS_DEFAULTS.gatherMs)
    assert.deepEqual([phone.groups.unopened, await phone.lines(), notes()], [0, [], 1])
  })

  describe('taken in', () => {
    let phone: Device
    let message: Message

    beforeEach(async () => {
      const id = await lastWord('before I knew')
      phone = await alice.link()
      await alice.first.turn()
      message = alice.first.opened.get(id) as Message
      alice.first.opened.clear()
      await world.calm()
      assert.deepEqual(await phone.lines(), [])
    })

    it('once, and for good', async () => {
      await phone.groups.given(message)
      await phone.groups.given(message)
      await phone.restart()
      await world.calm()
      assert.deepEqual(await phone.shown(), ['before I knew'])
      assert.deepEqual(phone.failures, [])
    })

    it('by the words of whoever resent it', async () => {
      await phone.groups.given({ ...message, device: alice.first.key })
      await world.calm()
      assert.deepEqual([await phone.lines(), phone.groups.unopened], [['before I knew'], 0])
    })

    it('only when they are waited for, of this author, in this conversation', async () => {
      for (const other of [{ id: 'ab'.repeat(16) as MessageId }, { from: alice.root }, { conversation: alice.root }]) await phone.groups.given({ ...message, ...other })
      await world.calm()
      assert.deepEqual([await phone.lines(), phone.groups.unopened], [[], 1])
    })
  })
})
