// What others try: forged hints, groups of three, devices that were revoked, stolen disks.
import assert from 'node:assert/strict'
import fc from 'fast-check'
import { newGroupId } from '../../../src/client/groups/group-id.ts'
import { decodeGroupFrame, encodeGroupFrame } from '../../../src/client/messages/index.ts'
import { MLS_SUITE, type Mls } from '../../../src/client/mls/index.ts'
import { systemRandom } from '../../../src/system.ts'
import { toHex } from '../../../src/wire/hex.ts'
import { ownTime, systemTime, World, type User } from './world.ts'
import type { Mail } from './post.ts'
import type { Bytes, MessageId } from '../../../src/types.ts'

const DAY = 24 * 3_600_000

describe('groups refuse', () => {
  let world: World
  let alice: User
  let bob: User
  let deposited: Mail[]

  beforeEach(async () => {
    world = new World()
    ownTime(world)
    const [low, high] = [await world.user(2), await world.user()].sort((a, b) => a.devices.length - b.devices.length)
    ;[bob, alice] = [low as User, high as User]
    deposited = []
    world.loses = mail => deposited.push(mail) === 0
    await alice.first.say(bob, 'hello')
    await world.calm()
  })

  afterEach(systemTime)

  const newId = (): MessageId => toHex(systemRandom.bytes(16)) as MessageId
  const forgetAt = (): number => world.clock.now() + 32 * DAY
  const lastTo = (user: User): Mail => deposited.findLast(mail => mail.to === user.root) as Mail

  it('a frame whose hint names another device than the message has, which stays readable', async () => {
    const kept: Mail[] = []
    world.loses = mail => kept.push(mail) > 0
    await alice.first.say(bob, 'one')
    await world.calm()
    const { id, whole } = kept.find(mail => mail.to === bob.root) as Mail
    const frame = decodeGroupFrame(whole as Bytes)
    const forged = encodeGroupFrame({ ...frame, device: alice.devices[1]?.key ?? frame.device })
    assert.deepEqual(await bob.first.groups.open(id, forged, forgetAt()), { type: 'unreadable', reason: 'the frame names another sender than the message has' })
    assert.equal((await bob.first.groups.open(id, whole as Bytes, forgetAt())).type, 'message')
  })

  it('a frame under another id', async () => {
    const kept: Mail[] = []
    world.loses = mail => kept.push(mail) > 0
    await alice.first.say(bob, 'one')
    await world.calm()
    const { whole } = kept.find(mail => mail.to === bob.root) as Mail
    assert.equal((await bob.first.groups.open(newId(), whole as Bytes, forgetAt())).type, 'unreadable')
  })

  it('a replay under a new id: its device is told, and knows that it sent no such thing', async () => {
    const [group] = [await alice.first.groupOf(bob)]
    const message = deposited.find(mail => mail.to === bob.root && mail.whole !== undefined && mail.whole.byteLength < 400) as Mail
    assert.equal((await bob.first.groups.open(newId(), message.whole as Bytes, forgetAt())).type, 'waiting')
    await world.pass(3 * 60_000)
    assert.ok(deposited.some(({ note }) => note !== undefined), 'a note went out')
    assert.equal(await alice.first.groupOf(bob), group)
    assert.deepEqual(await bob.first.shown(), ['hello'])
  })

  it('a Welcome by a device that its user does not list any more', async () => {
    const thief = alice.devices[1]
    assert.ok(thief !== undefined)
    const before = alice.profile
    alice.revoke(thief)
    await world.calm()
    // The revoked device goes on as if nothing had happened.
    thief.believesItself(before)
    await world.pass(2 * 60_000)
    await thief.say(bob, 'I am alice')
    await world.calm()
    assert.deepEqual(await bob.first.shown(), ['hello'])
    assert.ok(bob.first.unreadable.some(reason => /none of its user/.test(reason)), bob.first.unreadable.join())
  })

  it('to let a revoked device read on, which has its whole state', async () => {
    const thief = alice.devices[1]
    assert.ok(thief !== undefined)
    assert.deepEqual(await thief.lines(), ['hello'])
    const before = alice.profile
    alice.revoke(thief)
    thief.believesItself(before)
    await alice.first.say(bob, 'without it')
    await bob.first.say(alice, 'indeed')
    await world.pass(60_000)
    assert.deepEqual(await bob.first.lines(), ['hello', 'indeed', 'without it'])
    assert.deepEqual(await thief.lines(), ['hello'])
    assert.equal((await alice.first.membersOf(bob)).includes(thief.key), false)
  })

  it('a group of three users', async () => {
    const carol = await world.user()
    const mls: Mls = carol.first.mls()
    const now = world.clock.now()
    const { state } = await mls.create(newGroupId(9, systemRandom), MLS_SUITE.x25519, now)
    const packages = [alice, bob].map(user => world.packages.get(user.first.key)?.lastResort as Bytes)
    const { welcome } = await mls.commit(state, { add: await Promise.all(packages.map(async bytes => await mls.openKeyPackage(bytes, now))) }, now)
    const frame = encodeGroupFrame({ from: carol.root, device: carol.first.key, mls: welcome as Bytes })
    const opened = await bob.first.groups.open(newId(), frame, forgetAt())
    assert.equal(opened.type, 'unreadable')
    assert.match(opened.type === 'unreadable' ? opened.reason : '', /one other user/)
  })

  it('to tell who stole a disk what came before, or what follows a renewal of its keys', async () => {
    await bob.first.say(alice, 'answer')
    await world.calm()
    const before = [...deposited]
    const stolen = await bob.first.backup()
    // Bob's next answer a day later renews his keys: by himself or by a proposal that Alice commits.
    await world.pass(25 * 3_600_000, 3_600_000)
    for (const text of ['next', 'after', 'later']) {
      await bob.first.say(alice, text)
      await world.calm()
      await alice.first.say(bob, `${text} from alice`)
      await world.calm()
    }
    const since = deposited.slice(before.length).filter(mail => mail.to === bob.root && mail.whole !== undefined)
    const thief = await bob.first.thief(stolen)
    const read: string[] = []
    for (const { id, whole } of [...before.filter(mail => mail.to === bob.root && mail.whole !== undefined), ...since.slice(-3)]) {
      const opened = await thief.open(id, whole as Bytes, forgetAt())
      if (opened.type === 'message' && opened.message.content.type === 'text') read.push(opened.message.content.text)
    }
    assert.deepEqual(read, [])
    assert.ok((await bob.first.lines()).includes('later from alice'))
    await thief.stop()
  })

  it('whatever bytes come, without a throw', async () => {
    const { whole } = lastTo(bob)
    await fc.assert(fc.asyncProperty(fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }).map(mls => encodeGroupFrame({ from: alice.root, device: alice.first.key, mls: Uint8Array.from([1, ...mls]) })),
      fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(([at, value]) => {
        const bytes = Uint8Array.from(whole as Bytes)
        bytes[at % bytes.length] = value
        return bytes
      })
    ), async bytes => {
      const opened = await bob.first.groups.open(newId(), bytes, forgetAt())
      assert.ok(['unreadable', 'taken', 'waiting'].includes(opened.type), opened.type)
    }), { numRuns: 200 })
  })
})
