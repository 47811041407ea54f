// What becomes of the mail of a simulated node that leaves, and of users who leave it.
import assert from 'node:assert/strict'
import { deviceFrame } from '../../../simulations/actors/frames.ts'
import { makeRoute } from '../../../simulations/actors/values.ts'
import { NODE_DEFAULTS } from '../../../src/node/defaults.ts'
import { RELAY_DEFAULTS } from '../../../src/relay/defaults.ts'
import { SmallWorld, type TestDevice } from './small-world.ts'

const SECOND = 1000
const DAY_SECONDS = 86_400

describe('a simulated node that leaves', () => {
  let small: SmallWorld
  let alice: TestDevice
  let bob: TestDevice

  beforeEach(async () => {
    small = new SmallWorld(4)
    await small.start()
    alice = await small.user('alice', [4])
    bob = await small.user('bob', [1, 2, 3])
    await alice.ask(request => deviceFrame.route({ request, record: bob.record }))
  })

  it('tells its devices, and has what lacks copies taken over before it ends', async () => {
    small.node(2).crash('crash')
    const letter = small.letter(bob.mailbox)
    alice.deposit(letter, bob.record)
    await small.pass(10 * SECOND)
    small.node(2).start()
    await small.pass(2 * SECOND)
    small.node(1).stop()
    await small.pass(NODE_DEFAULTS.departureGraceMs / 2)
    assert.equal(bob.frames('leaving').length, 1)
    assert.ok(bob.isConnected, 'it has time to go elsewhere')
    await small.pass(10 * SECOND)
    assert.equal(small.node(1).isUp, false)
    assert.deepEqual(await bob.held(2), [letter.id])
  })

  it('ends all the same when nobody can take anything over', async () => {
    const letter = small.letter(bob.mailbox)
    alice.deposit(letter, bob.record)
    await small.pass(10 * SECOND)
    for (const n of [2, 3]) small.node(n).crash('crash')
    small.node(1).stop()
    await small.pass(RELAY_DEFAULTS.handoverAloneMs / 2)
    assert.equal(small.node(1).isUp, true)
    await small.pass(2 * RELAY_DEFAULTS.handoverAloneMs)
    assert.equal(small.node(1).isUp, false)
  })

  it('lets go of the mail of a user who has moved away when the new nodes have it', async () => {
    const letter = small.letter(bob.mailbox)
    alice.deposit(letter, bob.record)
    await small.pass(10 * SECOND)
    assert.deepEqual(await bob.held(1), [letter.id])
    const seconds = Math.floor(small.world.now() / SECOND)
    const record = makeRoute({ root: bob.root, seq: small.world.now(), notAfter: seconds + 40 * DAY_SECONDS, nodes: [2, 3].map(n => ({ node: small.node(n).key, expiry: seconds + 60 * DAY_SECONDS })) })
    await bob.ask(request => deviceFrame.route({ request, record }))
    await small.pass(2 * RELAY_DEFAULTS.movedLookMs)
    assert.deepEqual(await bob.held(1), [])
    for (const n of [2, 3]) assert.deepEqual(await bob.held(n), [letter.id])
  })
})
