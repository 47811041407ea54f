// Who is not in a conversation, beside those who are: nothing of theirs is shown in another's name, nobody gets in, and what
// comes again stays what it was.
import assert from 'node:assert/strict'
import { toHex } from '../../../src/wire/hex.ts'
import { ownTime, systemTime, World, type User } from '../groups/world.ts'
import { Intruder } from './intruder.ts'
import { mailsOf, Thief } from './thief.ts'
import type { Bytes, MessageId } from '../../../src/types.ts'
import type { Device } from '../groups/device.ts'

const MINUTE = 60_000
const ANOTHER_SENDER = 'the frame names another sender than the message has'

describe('a conversation beside strangers', () => {
  let world: World
  let alice: User
  let bob: User
  let carl: User

  beforeEach(async () => {
    world = new World()
    ownTime(world)
    ;[alice, bob, carl] = [await world.user(), await world.user(), await world.user()]
  })

  afterEach(systemTime)

  const say = async (from: Device, to: User, text: string): Promise<void> => {
    await from.say(to, text)
    await world.calm()
  }

  it('nobody gets in between two people by a group with both', async () => {
    const intruder = Intruder.as(world, carl.first)
    const group = await intruder.invite([alice, bob])
    await intruder.write([alice, bob], 'hello, you two')
    await world.calm()
    for (const device of [alice.first, bob.first]) assert.deepEqual(device.unreadable, ['a group of ours has devices of one other user, and ids of our form'])
    await say(alice.first, bob, 'just us')
    await world.pass(5 * MINUTE)
    for (const [device, user] of [[alice.first, bob], [bob.first, alice]] as const) {
      assert.deepEqual(await device.lines(), ['just us'])
      assert.notEqual(await device.groupOf(user), group)
      assert.ok(!(await device.membersOf(user)).includes(intruder.key))
    }
  })

  it('nobody speaks for another: not by a frame that says so, nor by a certificate that nobody gave', async () => {
    const name = { from: alice.root, device: alice.first.key }
    const intruder = Intruder.as(world, carl.first)
    await intruder.invite([bob], name)
    await world.calm()
    assert.deepEqual(bob.first.unreadable.splice(0), [ANOTHER_SENDER])
    await intruder.invite([bob])
    await intruder.write([bob], 'as myself')
    await intruder.write([bob], 'as alice', name)
    await world.calm()
    assert.deepEqual(bob.first.unreadable.splice(0), [ANOTHER_SENDER])

    const forger = await Intruder.pretending(world, carl.first, alice)
    await forger.invite([bob])
    await forger.write([bob], 'as alice, with a certificate')
    await world.pass(5 * MINUTE)
    assert.deepEqual(bob.first.unreadable, ['the device certificate does not open'])
    assert.deepEqual(await bob.first.lines(), ['as myself'])
    assert.equal(await bob.first.groupOf(alice), '')
  })

  it('a node that hands out key packages of its own making gets nobody in, and the message waits for a true one', async () => {
    const kept = world.packages.get(bob.first.key)
    assert.ok(kept !== undefined)
    const { oneTime: genuine, lastResort } = kept
    const [stranger, forger] = [Intruder.as(world, carl.first), await Intruder.pretending(world, carl.first, bob)]
    const forged: Bytes[] = [await forger.keyPackage(), await stranger.keyPackage(), new Uint8Array([1, 2, 3])]
    for (const bytes of forged) {
      kept.oneTime = [bytes]
      kept.lastResort = bytes
      await say(alice.first, bob, 'for bob alone')
      await world.pass(2 * MINUTE)
      assert.deepEqual([kept.oneTime, await bob.first.lines()], [[], []])
      assert.ok(!(await alice.first.membersOf(bob)).includes(carl.first.key))
      await world.pass(60 * MINUTE, 10 * MINUTE)
    }
    Object.assign(kept, { oneTime: genuine, lastResort })
    await world.pass(60 * MINUTE, MINUTE)
    assert.deepEqual(await bob.first.lines(), Array(forged.length).fill('for bob alone'))
    assert.deepEqual(await carl.first.lines(), [])
  })

  it('whatever comes again, under its id or another, in any order: each message is there once, and talk goes on', async () => {
    const second = await bob.link()
    await say(alice.first, bob, '1')
    await say(bob.first, alice, '2')
    await say(second, alice, '3')
    const random = world.random(7)
    for (const mail of mailsOf(world).reverse()) {
      world.deposit(mail)
      if (mail.whole !== undefined) world.deposit({ ...mail, id: toHex(random.bytes(16)) as MessageId })
    }
    await world.pass(10 * MINUTE)
    await say(alice.first, bob, '4')
    await say(second, alice, '5')
    await world.pass(10 * MINUTE)
    for (const device of world.devices.filter(({ user }) => user !== carl)) {
      assert.deepEqual(await device.lines(), ['1', '2', '3', '4', '5'])
      assert.equal(new Set(await device.shown()).size, (await device.shown()).length)
      assert.deepEqual(device.failures, [])
    }
  })

  it('who has another conversation with one of them reads nothing of theirs', async () => {
    await say(carl.first, alice, 'carl was here')
    await say(alice.first, bob, 'carl does not know')
    const thief = await Thief.copyOf(carl.first, alice)
    assert.deepEqual(await thief.read(mailsOf(world)), [])
    assert.deepEqual(await carl.first.lines(), ['carl was here'])
  })
})
