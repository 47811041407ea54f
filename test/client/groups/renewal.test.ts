// Keys are renewed as the policy says, over real groups; and packages are there for whom they are needed.
import assert from 'node:assert/strict'
import { MLS_SUITE } from '../../../src/client/mls/index.ts'
import { ownTime, systemTime, World, type User } from './world.ts'

const HOUR = 3_600_000

describe('keys of a conversation', () => {
  let world: World
  let alice: User
  let bob: User

  beforeEach(async () => {
    world = new World()
    ownTime(world)
    const users = [await world.user(), await world.user()].sort((a, b) => a.root < b.root ? -1 : 1)
    ;[alice, bob] = users as [User, User]
  })

  afterEach(systemTime)

  /** Commits and proposals that went to somebody while this was done. */
  async function during (what: () => Promise<void>): Promise<number> {
    let controls = 0
    world.loses = mail => {
      // A short text has less than 300 bytes; a proposal or commit more.
      if (mail.whole !== undefined && mail.whole.byteLength > 400) controls++
      return false
    }
    await what()
    await world.calm()
    return controls
  }

  it('are renewed on the first answer, after 50 messages, and after a day', async () => {
    assert.equal(await during(async () => { await alice.first.say(bob, 'first') }), 1, 'a Welcome')
    const epoch = await alice.first.epochOf(bob)
    assert.ok(await during(async () => { await bob.first.say(alice, 'answer') }) >= 3, 'a proposal, its commit and Welcome')
    assert.equal(await alice.first.epochOf(bob), epoch + 1)
    assert.equal(await bob.first.epochOf(alice), epoch + 1)
    // The commit renewed Alice's keys as well: her next words need nothing.
    assert.equal(await during(async () => { await alice.first.say(bob, 'thanks') }), 0)
    assert.equal(await during(async () => { for (let at = 0; at < 49; at++) await alice.first.say(bob, `${at}`) }), 0)
    assert.equal(await during(async () => { await alice.first.say(bob, '50') }), 1, 'a commit')
    await world.pass(23 * HOUR, HOUR)
    assert.equal(await during(async () => { await alice.first.say(bob, 'the next morning') }), 0)
    await world.pass(HOUR, HOUR)
    assert.equal(await during(async () => { await alice.first.say(bob, 'a day later') }), 1)
    assert.deepEqual(bob.first.unreadable, [])
    assert.equal((await bob.first.lines()).length, 55)
  })

  describe('leave what waits in the mailbox readable', () => {
    beforeEach(async () => {
      await alice.first.say(bob, 'first')
      await world.calm()
      await bob.first.say(alice, 'answer')
      await world.calm()
      // Bob's words lie in the mailbox of Alice, who commits, while she writes and writes.
      await bob.first.say(alice, 'waits')
      await bob.first.turn()
    })

    const write = async (texts: number): Promise<void> => {
      for (let at = 0; at < texts; at++) assert.ok(await alice.first.groups.protect(alice.first.draft(bob, `${at}`)) !== undefined)
    }

    const assertRead = async (): Promise<void> => {
      let lost = 0
      world.loses = ({ note }) => { if (note !== undefined) lost++; return false }
      await world.calm()
      assert.ok((await alice.first.lines()).includes('waits'), 'opens')
      assert.equal(lost, 0, 'nobody has to send anything again')
    }

    it('of a device that has not caught up: they wait until it has', async () => {
      const epoch = await alice.first.epochOf(bob)
      alice.first.isCaughtUp = false
      await write(499)
      assert.equal(await alice.first.epochOf(bob), epoch)
      await assertRead()
      alice.first.isCaughtUp = true
      await write(1)
      assert.equal(await alice.first.epochOf(bob), epoch + 1)
    })

    it('behind a word that comes while it is being read', async () => {
      const mail = world.mailboxes.get(alice.root) ?? assert.fail()
      const read = mail.length - 1
      for (let at = 0; at < 300; at++) await bob.first.say(alice, `${at}`)
      await bob.first.say(alice, 'pushed')
      await bob.first.turn()
      mail.splice(read, 0, ...mail.splice(-1))
      await assertRead()
      assert.equal((await alice.first.lines()).length, 304)
    })

    it('of epochs that lie far back', async () => {
      const epoch = await alice.first.epochOf(bob)
      await write(501)
      assert.equal(await alice.first.epochOf(bob), epoch + 10)
      await assertRead()
    })
  })

  it('are in the post-quantum suite when nobody says otherwise', async () => {
    const carol = await world.user(1, MLS_SUITE.xWing)
    const dave = await world.user(1, MLS_SUITE.xWing)
    await carol.first.say(dave, 'hello')
    await world.calm()
    await dave.first.say(carol, 'hi')
    await world.calm()
    assert.deepEqual([await carol.first.lines(), await dave.first.lines()], [['hello', 'hi'], ['hello', 'hi']])
  })

  it('have secrets that both export alike, and others in the next epoch', async () => {
    assert.equal(await alice.first.groups.exportSecret(bob.root, 'a test', 32), undefined)
    await alice.first.say(bob, 'first')
    await world.calm()
    const secret = await alice.first.groups.exportSecret(bob.root, 'a test', 32)
    assert.equal(secret?.byteLength, 32)
    assert.deepEqual(await bob.first.groups.exportSecret(alice.root, 'a test', 32), secret)
    await bob.first.say(alice, 'answer')
    await world.calm()
    assert.notDeepEqual(await bob.first.groups.exportSecret(alice.root, 'a test', 32), secret)
  })

  it('protect a message once for an epoch, and again when it is over', async () => {
    await alice.first.say(bob, 'first')
    await world.calm()
    const draft = alice.first.draft(bob, 'said once')
    const whole = await alice.first.groups.protect(draft)
    assert.deepEqual(await alice.first.groups.protect(draft), whole)
    await alice.first.restart()
    assert.deepEqual(await alice.first.groups.protect(draft), whole)
    await bob.first.say(alice, 'answer')
    await world.calm()
    assert.notDeepEqual(await alice.first.groups.protect(draft), whole)
    await alice.first.groups.forget([draft.id])
  })

  it('come from packages of which each node has ten, filled up and renewed', async () => {
    const kept = world.packages.get(bob.first.key)
    assert.equal(kept?.oneTime.length, 10)
    kept.oneTime.length = 5
    await bob.first.restart()
    assert.equal(kept.oneTime.length, 5, 'enough')
    kept.oneTime.length = 4
    const { lastResort } = kept
    await bob.first.restart()
    assert.equal(kept.oneTime.length, 10)
    assert.deepEqual(kept.lastResort, lastResort)
    await world.pass(31 * 24 * HOUR, 24 * HOUR)
    await bob.first.restart()
    assert.equal(kept.oneTime.length, 20, 'those are too old for others')
    assert.notDeepEqual(kept.lastResort, lastResort)
  })

  it('of groups that were replaced are forgotten when no mail of them can come', async () => {
    const messages = [alice.first.say(bob, 'one'), bob.first.say(alice, 'two')]
    await Promise.all(messages)
    await world.calm()
    const entries = (await alice.first.backup()).length
    await world.pass(33 * 24 * HOUR, 24 * HOUR)
    assert.ok((await alice.first.backup()).length < entries)
    await alice.first.say(bob, 'three')
    await world.calm()
    assert.deepEqual(await bob.first.lines(), ['one', 'three', 'two'])
  })
})
