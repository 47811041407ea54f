import assert from 'node:assert/strict'
import { deviceFrame } from '../../../simulations/actors/frames.ts'
import { makeCollection, makeRoute } from '../../../simulations/actors/values.ts'
import { DISK_CONDITIONS } from '../../../simulations/world/disk.ts'
import { NODE_DEFAULTS } from '../../../src/node/defaults.ts'
import { RELAY_DEFAULTS } from '../../../src/relay/defaults.ts'
import { REFUSAL, type EnvelopeId } from '../../../src/types.ts'
import { LIMITS } from '../../../src/wire/limits.ts'
import { SmallWorld, type TestDevice } from './small-world.ts'

const SECOND = 1000

describe('a simulated node', () => {
  let small: SmallWorld
  let alice: TestDevice
  let bob: TestDevice

  beforeEach(async () => {
    small = new SmallWorld(4)
    await small.start()
    // Alice writes through node 4 to Bob, whom nodes 1 to 3 serve: three copies, two of which make it stored.
    alice = await small.user('alice', [4])
    bob = await small.user('bob', [1, 2, 3])
    await alice.ask(request => deviceFrame.route({ request, record: bob.record }))
  })

  const collected = (ids: string[]): Parameters<typeof deviceFrame.collect>[0]['collection'] =>
    makeCollection({ ...bob.named, ids: ids as EnvelopeId[], time: small.world.now() })

  it('answers accepted, then receipts of the first n, each after its disk', async () => {
    for (const disk of small.disks) disk.conditions = { ...DISK_CONDITIONS, fsyncMs: 300, fsyncMsMin: 300 }
    const letter = small.letter(bob.mailbox)
    const ticket = alice.deposit(letter, bob.record)
    await small.pass(250)
    assert.deepEqual(alice.outcomes(ticket), ['accepted'])
    assert.deepEqual(small.receipts, [])
    await small.pass(SECOND)
    assert.deepEqual(alice.outcomes(ticket).sort(), ['accepted', 'receipt of n1', 'receipt of n2', 'receipt of n3'])
    assert.deepEqual(small.receipts.map(({ node, mailbox, envelopes }) => [node, mailbox, envelopes]).sort(), ['n1', 'n2', 'n3'].map(node => [node, bob.mailbox, [letter.id]]))
    assert.deepEqual(bob.frames('push').map(({ envelope }) => envelope.id), [letter.id])
    assert.equal(bob.frames('behind').length, 0, 'the first position since the store was opened is no gap')
    assert.equal(bob.frames('pushed').length, 1)
    alice.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(2 * SECOND)
    assert.equal(bob.frames('pushed').length, 2)
  })

  it('has promised nothing when the power goes before the fsync', async () => {
    for (const disk of small.disks) disk.conditions = { ...DISK_CONDITIONS, fsyncMs: 500, fsyncMsMin: 500 }
    const ticket = alice.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(300)
    for (const n of [1, 2, 3]) small.node(n).crash('power')
    await small.pass(30 * SECOND)
    assert.deepEqual(small.receipts, [])
    assert.ok(!alice.outcomes(ticket).some(outcome => outcome.startsWith('receipt')))
  })

  it('that is started while it drains starts again when it has', async () => {
    for (const disk of small.disks) disk.conditions = { ...DISK_CONDITIONS, fsyncMs: 500, fsyncMsMin: 500 }
    alice.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(100)
    small.node(1).stop()
    assert.ok(small.node(1).isUp, 'the deposit is in flight')
    small.node(1).start()
    await small.pass(30 * SECOND)
    assert.deepEqual([small.up.filter(change => change.startsWith('n1')), small.node(1).isUp], [['n1 up', 'n1 down', 'n1 up'], true])
  })

  it('refuses with tooFewNodes when fewer than n can be asked', async () => {
    small.node(2).crash('crash')
    const ticket = alice.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(10 * SECOND)
    assert.deepEqual(alice.outcomes(ticket).sort(), ['accepted', 'receipt of n1', 'receipt of n3', `refused ${REFUSAL.tooFewNodes}`])
  })

  it('asks the next of the list when a disk is full', async () => {
    const carol = await small.user('carol', [1, 2, 3, 4])
    await alice.ask(request => deviceFrame.route({ request, record: carol.record }))
    small.disk(2).conditions = { ...DISK_CONDITIONS, capacityBytes: small.disk(2).bytes }
    const ticket = alice.deposit(small.letter(carol.mailbox), carol.record)
    await small.pass(10 * SECOND)
    assert.deepEqual(alice.outcomes(ticket).sort(), ['accepted', 'receipt of n1', 'receipt of n3', 'receipt of n4'])
  })

  it('tells a depositor of a newer route, and learns it itself', async () => {
    const newer = makeRoute({ root: bob.root, seq: small.world.now(), notAfter: bob.record.notAfter, nodes: [1, 2].map(n => ({ node: small.node(n).key, expiry: bob.record.notAfter })) })
    assert.equal((await bob.ask(request => deviceFrame.publish({ request, record: newer }))).refusal, undefined)
    const first = alice.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(SECOND)
    assert.ok(alice.outcomes(first).includes('moved'))
    const again = alice.deposit(small.letter(bob.mailbox), newer)
    await small.pass(SECOND)
    assert.deepEqual(alice.outcomes(again).sort(), ['accepted', 'receipt of n1', 'receipt of n2'])
  })

  it('asks for the route of somebody it does not know', async () => {
    const ticket = alice.deposit(small.letter(bob.mailbox), { ...bob.record, order: { ...bob.record.order, seq: bob.record.order.seq + 1 } })
    await small.pass(SECOND)
    assert.deepEqual(alice.outcomes(ticket), [`refused ${REFUSAL.noRoute}`])
  })

  it('keeps users, routes, mail and its store id over a crash', async () => {
    const storeIds = small.storeIds
    const letter = small.letter(bob.mailbox)
    alice.deposit(letter, bob.record)
    await small.pass(SECOND)
    for (const n of [1, 2, 3]) small.node(n).crash('power')
    await small.pass(5 * SECOND)
    for (const n of [1, 2, 3]) small.node(n).start()
    await small.pass(2 * SECOND)
    assert.deepEqual(small.storeIds, storeIds)
    const behind = bob.frames('behind').length
    await bob.connect(1)
    await bob.attach()
    assert.equal(bob.frames('behind').length, behind + 1, 'there is mail to be drained')
    for (const n of [1, 2, 3]) assert.deepEqual(await bob.held(n), [letter.id])
    // The route is known as before.
    await bob.ask(request => deviceFrame.route({ request, record: alice.record }))
    const ticket = bob.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(5 * SECOND)
    assert.equal(bob.outcomes(ticket).length, 4)
  })

  it('is another store on another disk', async () => {
    const [before] = small.storeIds
    small.node(1).crash('crash')
    small.disk(1).wipe()
    small.node(1).start()
    await small.pass(2 * SECOND)
    assert.notEqual(small.storeIds[0], before)
    await bob.connect(1)
    assert.deepEqual((await bob.ask(request => deviceFrame.attach({ ...bob.named, request }))).refusal?.code, REFUSAL.notServed)
    assert.equal(bob.frames('hello').at(-1)?.storeId, small.storeIds[0])
  })

  it('drains in pages, from a position of its own store only', async () => {
    const letters = Array.from({ length: 20 }, () => small.letter(bob.mailbox, 60_000))
    for (const letter of letters) alice.deposit(letter, bob.record)
    await small.pass(5 * SECOND)
    const frames = await bob.drain(2)
    const pages = frames.flatMap(frame => frame.kind === 'page' ? [frame] : [])
    assert.deepEqual(pages.flatMap(({ envelopes }) => envelopes.map(({ envelope }) => envelope.id)), letters.map(({ id }) => id))
    assert.ok(pages.length >= 5)
    assert.ok(pages.every(({ envelopes }) => envelopes.reduce((sum, { envelope }) => sum + envelope.bytes.byteLength, 0) <= LIMITS.pageBytes))
    assert.deepEqual(pages.map(({ last }) => last), pages.map((_, at) => at === pages.length - 1))
    const storeId = small.storeIds[1] as typeof small.storeIds[0]
    const rest = await bob.drain(2, { storeId, position: pages[1]?.position ?? 0 })
    assert.deepEqual(rest.flatMap(frame => frame.kind === 'page' ? frame.envelopes : []).length, pages.slice(2).flatMap(({ envelopes }) => envelopes).length)
    const [start] = await bob.drain(2, { storeId: small.storeIds[0] as typeof storeId, position: pages[1]?.position ?? 0 })
    assert.ok(start?.kind === 'start' && start.position === 0)
  })

  it('gives a mailbox to none but its own devices', async () => {
    alice.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(SECOND)
    const frames = await alice.drain(1, { mailbox: bob.mailbox })
    assert.deepEqual(frames.map(frame => frame.kind === 'refusal' && frame.refusal.code), [REFUSAL.notServed])
  })

  it('deletes at every replica what was collected, and only then', async () => {
    const letters = [small.letter(bob.mailbox), small.letter(bob.mailbox)]
    for (const letter of letters) alice.deposit(letter, bob.record)
    await small.pass(5 * SECOND)
    assert.deepEqual(small.dropped, [])
    const [first, second] = letters.map(({ id }) => id)
    assert.equal((await bob.ask(request => deviceFrame.collect({ request, collection: collected([first as string]) }))).refusal, undefined)
    assert.deepEqual(small.dropped.map(({ node, envelope, reason }) => [node, envelope, reason]).sort(), ['n1', 'n2', 'n3'].map(node => [node, first, 'collected']))
    for (const n of [1, 2, 3]) assert.deepEqual(await bob.held(n), [second])
    const late = alice.deposit(letters[0] as typeof letters[0] & object, bob.record)
    await small.pass(SECOND)
    assert.ok(alice.outcomes(late).includes(`refused ${REFUSAL.collected}`))
  })

  it('speaks with a peer again that has restarted', async () => {
    alice.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(5 * SECOND)
    small.node(2).crash('crash')
    await small.pass(SECOND)
    small.node(2).start()
    await small.pass(40 * SECOND)
    const ticket = alice.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(5 * SECOND)
    assert.ok(alice.outcomes(ticket).includes('receipt of n2'))
  })

  it('notices by its heartbeat that a peer has lost its power', async () => {
    alice.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(5 * SECOND)
    const peers = (): number => small.node(4).samples().find(({ name }) => name === 'relay peers')?.value ?? NaN
    assert.equal(peers(), 3)
    small.node(2).crash('power')
    await small.pass(120 * SECOND)
    assert.equal(peers(), 2)
  })

  it('closes relay streams that nobody uses', async () => {
    alice.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(5 * SECOND)
    await small.pass(11 * 60 * SECOND)
    assert.equal(small.node(4).samples().find(({ name }) => name === 'relay peers')?.value, 0)
  })

  it('ends a session that says nothing for too long', async () => {
    await small.pass(NODE_DEFAULTS.sessionIdleMs - 60 * SECOND)
    alice.say(deviceFrame.ping())
    await small.pass(3 * 60 * SECOND)
    assert.equal(alice.ended, undefined)
    assert.equal(alice.frames('pong').length, 1)
    assert.equal(bob.ended, 'lost')
  })

  it('does nothing more after it has crashed', async () => {
    for (let sent = 0; sent < 50; sent++) alice.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(45)
    for (const node of small.nodes) node.crash('crash')
    alice.host.vanish('crash')
    bob.host.vanish('crash')
    await small.pass(1)
    const receipts = small.receipts.length
    const bytes = small.disks.map(disk => disk.bytes)
    const lines: string[] = []
    small.world.trace.onLine = line => { lines.push(line) }
    await small.pass(24 * 3600 * SECOND)
    assert.deepEqual(lines, [])
    assert.equal(small.receipts.length, receipts)
    assert.deepEqual(small.disks.map(disk => disk.bytes), bytes)
    assert.deepEqual(small.nodes.flatMap(node => node.samples()), [])
  })

  it('finishes what it has taken before it stops, and takes no more', async () => {
    for (const disk of small.disks) disk.conditions = { ...DISK_CONDITIONS, fsyncMs: 300, fsyncMsMin: 300 }
    const ticket = alice.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(100)
    small.node(4).stop()
    const late = alice.deposit(small.letter(bob.mailbox), bob.record)
    await small.pass(5 * SECOND)
    assert.equal(alice.outcomes(ticket).filter(outcome => outcome.startsWith('receipt')).length, 3)
    assert.deepEqual(alice.outcomes(late), [`refused ${REFUSAL.draining}`])
    assert.equal(alice.ended, 'closed')
    assert.equal(small.node(4).isUp, false)
    assert.deepEqual(small.up.slice(-1), ['n4 down'])
    small.node(4).start()
    await small.pass(2 * SECOND)
    assert.equal(small.node(4).isUp, true)
  })

  it('starts again when its disk has room again', async () => {
    small.node(1).crash('crash')
    small.disk(1).conditions = { ...DISK_CONDITIONS, capacityBytes: 0 }
    small.node(1).start()
    await small.pass(30 * SECOND)
    assert.equal(small.node(1).isUp, false)
    small.disk(1).conditions = DISK_CONDITIONS
    await small.pass(30 * SECOND)
    assert.equal(small.node(1).isUp, true)
  })

  it('finds somebody through the network and its nodes', async () => {
    const { record } = await alice.ask(request => deviceFrame.find({ request, root: bob.root, fresh: true }), 15 * SECOND)
    assert.equal(record?.order.hash, bob.record.order.hash)
    assert.deepEqual(small.resolved.map(({ resolver, order }) => [resolver, order?.seq]), [['n4', bob.record.order.seq]])
  })

  it('is busy for a device that asks too much at once', async () => {
    // Each waits for its fsync.
    small.disk(1).conditions = { ...DISK_CONDITIONS, fsyncMs: 900, fsyncMsMin: 900 }
    for (let at = 0; at < NODE_DEFAULTS.openRequestsMax + 3; at++) bob.say(deviceFrame.collect({ request: 1000 + at, collection: collected([`never-${at}`]) }))
    await small.pass(5 * SECOND)
    const refused = bob.frames('answer').filter(({ refusal }) => refusal?.code === REFUSAL.busy)
    assert.equal(refused.length, 3)
    assert.equal(bob.frames('answer').filter(({ request, refusal }) => request >= 1000 && refusal === undefined).length, NODE_DEFAULTS.openRequestsMax)
  })

  it('ends the oldest session of a device that opens too many', async () => {
    const sessions = (): number => small.node(1).samples().find(({ name }) => name === 'sessions')?.value ?? NaN
    for (let opened = 1; opened < NODE_DEFAULTS.sessionsPerDeviceMax + 3; opened++) await bob.connectToo(1)
    assert.equal(sessions(), NODE_DEFAULTS.sessionsPerDeviceMax)
    assert.ok(bob.isConnected, 'the newest')
  })

  it('bounds the drains of one device, and the wait for what they ask', async () => {
    assert.equal(await bob.holdDrains(1, RELAY_DEFAULTS.drainsPerConnectionMax + 2), RELAY_DEFAULTS.drainsPerConnectionMax)
    await small.pass(RELAY_DEFAULTS.drainRequestMs)
    assert.equal(await bob.holdDrains(1, 1), 1)
  })

  it('serves none but users whose device asks it to', async () => {
    const { refusal } = await alice.ask(request => deviceFrame.register({ ...bob.named, request, devices: [bob.key] }))
    assert.equal(refusal?.code, REFUSAL.notServed)
    const stranger = await alice.ask(request => deviceFrame.attach({ ...bob.named, request }))
    assert.equal(stranger.refusal?.code, REFUSAL.malformed)
  })

  it('cannot be dialled from behind a translator, and does not keep mail when it only routes', async () => {
    for (const init of [{ dialable: false }, { serves: false }]) {
      const other = new SmallWorld(2, { init })
      await other.start()
      await assert.rejects(other.user('carol', [1]), /can be reached/)
    }
  })

  it('promises nothing that its disk has not got, whatever happens to it', async () => {
    const chance = small.world.chance.split('test')
    const letters: string[] = []
    for (let step = 0; step < 400; step++) {
      const n = 1 + chance.integer(3)
      if (chance.happens(0.05)) small.node(n).crash(chance.pick(['crash', 'power']))
      else if (chance.happens(0.05)) small.node(n).stop()
      else if (chance.happens(0.3)) small.node(n).start()
      const letter = small.letter(bob.mailbox)
      letters.push(letter.id)
      alice.deposit(letter, bob.record)
      await small.pass(chance.integer(5000))
    }
    for (const n of [1, 2, 3]) small.node(n).start()
    await small.pass(60 * SECOND)
    const signed = new Map([1, 2, 3].map(n => [n, new Set(small.receipts.filter(({ node }) => node === small.node(n).key).flatMap(({ envelopes }) => envelopes))]))
    for (const [n, envelopes] of signed) {
      const held = new Set(await bob.held(n))
      assert.deepEqual([...envelopes].filter(id => !held.has(id)), [], `what node ${n} signed it gives out`)
    }
    const stored = letters.filter(id => [...signed.values()].filter(envelopes => envelopes.has(id as EnvelopeId)).length >= bob.record.w)
    assert.ok(stored.length > letters.length / 2, `${stored.length} of ${letters.length}`)
  })

  it('keeps to its named limits', async () => {
    for (let sent = 0; sent < 500; sent++) alice.deposit(small.letter(bob.mailbox, 5000), bob.record)
    for (let step = 0; step < 100; step++) {
      await small.pass(20)
      for (const { name, value, limit } of small.nodes.flatMap(node => node.samples())) assert.ok(value <= limit, `${name}: ${value} of ${limit}`)
    }
  })

  it('happens the same way each time', async () => {
    const run = async (): Promise<string> => {
      small = new SmallWorld(4, { seed: 'again' })
      await small.start()
      alice = await small.user('alice', [4])
      bob = await small.user('bob', [1, 2, 3])
      await alice.ask(request => deviceFrame.route({ request, record: bob.record }))
      for (let sent = 0; sent < 20; sent++) alice.deposit(small.letter(bob.mailbox), bob.record)
      small.node(2).crash('power')
      await small.pass(3600 * SECOND)
      return small.world.trace.hash()
    }
    assert.equal(await run(), await run())
  })
})
