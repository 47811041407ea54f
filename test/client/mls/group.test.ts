// What groups do: from the first key package to a group that changed, in both suites.
import assert from 'node:assert/strict'
import { equals } from 'uint8arrays/equals'
import { MLS_DEFAULTS, MLS_SUITE, readHeader, readWelcome, type OwnKeyPackage, type Ratchet } from '../../../src/client/mls/index.ts'
import { addAll, found, GROUP, makeDevice, makeGroup, NOW, pass, restart, say, take, text, utf8, X25519, XWING, type Seat } from './people.ts'

for (const [name, suite] of Object.entries(MLS_SUITE)) {
  describe(`an MLS group (${name})`, () => {
    it('everybody reads what one says, and knows who said it', async () => {
      const seats = await makeGroup(4, { suite })
      const [anna] = seats as [Seat]
      const message = await say(anna, 'good morning')
      for (const seat of seats.slice(1)) {
        const received = await take(seat, message)
        assert.equal(received.type, 'content')
        assert.equal(received.sender.device, anna.device)
        assert.equal(received.sender.certificate.root, anna.root)
        assert.deepEqual(seat.read, ['good morning'])
      }
      assert.deepEqual(new Set(seats.map(({ state }) => state.members.map(({ device }) => device).join())).size, 1)
    })

    it('goes on after devices came, went and renewed their keys', async () => {
      const [anna, ben, carl] = await makeGroup(3, { suite }) as [Seat, Seat, Seat]
      const [dora] = await addAll(ben, [await makeDevice(6)], [anna, carl]) as [Seat]
      await pass(carl, await carl.mls.commit(carl.state, {}, NOW), [anna, ben, dora])
      await pass(dora, await dora.mls.commit(dora.state, { remove: [ben.device] }, NOW), [anna, carl])
      assert.equal(dora.state.epoch, 4)
      assert.equal(dora.state.members.length, 3)
      const message = await say(anna, 'all here?')
      for (const seat of [carl, dora]) await take(seat, message)
      assert.deepEqual(dora.read, ['all here?'])
    })

    it('all members export the same secret, another one for each label and epoch', async () => {
      const [anna, ben] = await makeGroup(2, { suite }) as [Seat, Seat]
      const secret = await anna.mls.exportSecret(anna.state, 'slot', utf8('context'), 32)
      assert.ok(equals(secret, await ben.mls.exportSecret(ben.state, 'slot', utf8('context'), 32)))
      assert.ok(!equals(secret, await ben.mls.exportSecret(ben.state, 'key', utf8('context'), 32)))
      await pass(anna, await anna.mls.commit(anna.state, {}, NOW), [ben])
      assert.ok(!equals(secret, await ben.mls.exportSecret(ben.state, 'slot', utf8('context'), 32)))
    })
  })
}

describe('an MLS group', () => {
  it('says what a commit did', async () => {
    const [anna, ben, carl] = await makeGroup(3) as [Seat, Seat, Seat]
    const own = await (await makeDevice(6)).mls.keyPackage(X25519, NOW)
    const committed = await anna.mls.commit(anna.state, { add: [await anna.mls.openKeyPackage(own.bytes, NOW)], remove: [carl.device], authenticatedData: utf8('register') }, NOW)
    const received = await take(ben, committed.message)
    assert.ok(received.type === 'commit')
    assert.deepEqual(received.added.map(({ device }) => device), [(await makeDevice(6)).device])
    assert.deepEqual(received.removed.map(({ device }) => device), [carl.device])
    assert.equal(text(received.authenticatedData), 'register')
    assert.equal(received.sender.device, anna.device)
    assert.equal((await take(carl, committed.message)).type, 'removed')
    assert.equal(carl.state.active, false)
  })

  it('carries a wish to who commits, and goes on talking meanwhile', async () => {
    const [anna, ben, carl] = await makeGroup(3) as [Seat, Seat, Seat]
    const own = await (await makeDevice(6)).mls.keyPackage(X25519, NOW)
    const proposed = await ben.mls.propose(ben.state, { add: [own.bytes], remove: [carl.device] })
    ben.state = proposed.state
    await take(anna, await say(ben, 'before'))
    const received = await take(anna, proposed.message)
    assert.ok(received.type === 'proposal')
    assert.deepEqual(received.proposal.remove, [carl.device])
    const add = await Promise.all(received.proposal.add.map(async (bytes) => await anna.mls.openKeyPackage(bytes, NOW)))
    const committed = await anna.mls.commit(anna.state, { add, remove: received.proposal.remove }, NOW)
    await pass(anna, committed, [ben])
    assert.equal(ben.state.members.length, 3)
  })

  it('replaces a device, which keeps reading late messages of before', async () => {
    const [anna, ben, carl] = await makeGroup(3) as [Seat, Seat, Seat]
    const late = await say(carl, 'sent before, comes after')
    const own = await ben.mls.keyPackage(X25519, NOW)
    const committed = await anna.mls.commit(anna.state, { add: [await anna.mls.openKeyPackage(own.bytes, NOW)], remove: [ben.device] }, NOW)
    await pass(anna, committed, [carl])
    assert.equal((await take(ben, committed.message)).type, 'removed')
    ben.state = (await ben.mls.join(committed.welcome as Uint8Array, own, ben.state)).state
    await take(ben, late)
    await take(ben, await say(anna, 'welcome back'))
    assert.deepEqual(ben.read, ['sent before, comes after', 'welcome back'])
  })

  it('lets a device join after any history of leaves', async () => {
    // The library's own joinGroup refuses this tree: an unmerged leaf below a node whose parents were renewed.
    const seats = await makeGroup(5)
    const [anna, ben, carl, dora, emil] = seats as [Seat, Seat, Seat, Seat, Seat]
    await pass(emil, await emil.mls.commit(emil.state, { remove: [dora.device] }, NOW), [anna, ben, carl])
    await pass(anna, await anna.mls.commit(anna.state, {}, NOW), [ben, carl, emil])
    const [fritz] = await addAll(anna, [await makeDevice(5)], [ben, carl, emil]) as [Seat]
    await pass(emil, await emil.mls.commit(emil.state, {}, NOW), [anna, ben, carl, fritz])
    const [gerd] = await addAll(anna, [await makeDevice(6)], [ben, carl, emil, fritz]) as [Seat]
    await take(gerd, await say(emil, 'hello'))
    assert.deepEqual(gerd.read, ['hello'])
  })

  it('reads messages in any order, across epochs', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const messages: Uint8Array[] = []
    for (let number = 0; number < 10; number++) messages.push(await say(anna, String(number)))
    await take(ben, messages[7] as Uint8Array)
    for (let epoch = 0; epoch < MLS_DEFAULTS.formerEpochs; epoch++) await pass(anna, await anna.mls.commit(anna.state, {}, NOW), [ben])
    for (const at of [9, 0, 8, 3, 6, 1, 5, 2, 4]) await take(ben, messages[at] as Uint8Array)
    assert.deepEqual(ben.read.sort(), ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
  })

  it('shows what can be seen from outside, and no more', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    assert.deepEqual(readHeader(await say(anna, 'x')), { groupId: GROUP, epoch: 1, type: 'application' })
    const own = await (await makeDevice(4)).mls.keyPackage(X25519, NOW)
    const committed = await ben.mls.commit(ben.state, { add: [await ben.mls.openKeyPackage(own.bytes, NOW)] }, NOW)
    assert.deepEqual(readHeader(committed.message), { groupId: GROUP, epoch: 1, type: 'commit' })
    assert.deepEqual(readWelcome(committed.welcome as Uint8Array), { suite: X25519, refs: [own.ref] })
  })

  it('names who invited', async () => {
    const anna = await found(await makeDevice(0))
    const ben = await makeDevice(2)
    const own: OwnKeyPackage = await ben.mls.keyPackage(X25519, NOW)
    const committed = await anna.mls.commit(anna.state, { add: [await anna.mls.openKeyPackage(own.bytes, NOW)] }, NOW)
    const joined = await ben.mls.join(committed.welcome as Uint8Array, own)
    assert.equal(joined.inviter.device, anna.device)
  })
})

describe('an MLS state on disk', () => {
  it('goes on after a restart where it was, from a whole state and the ratchets since', async () => {
    const [anna, ben] = await makeGroup(2, { suite: XWING }) as [Seat, Seat]
    const late = await say(anna, 'late')
    await pass(ben, await ben.mls.commit(ben.state, {}, NOW), [anna])
    const whole = ben.mls.changeOf(undefined, ben.state)
    assert.ok(whole.type === 'whole')
    const ratchets = new Map<string, Ratchet>()
    const messages = [late, await say(anna, 'one'), await say(anna, 'two'), await say(anna, 'three')] as const
    for (const message of [messages[3], messages[0], messages[1]]) {
      const previous = ben.state
      await take(ben, message)
      const change = ben.mls.changeOf(previous, ben.state)
      assert.ok(change.type === 'ratchets')
      assert.equal(change.ratchets.length, 1)
      for (const ratchet of change.ratchets) ratchets.set(ratchet.name, ratchet)
    }
    ben.state = await ben.mls.restore(whole.bytes, [...ratchets.values()])
    await take(ben, messages[2])
    assert.deepEqual(ben.read, ['three', 'late', 'one', 'two'])
    for (const message of messages) await assert.rejects(take(ben, message), { name: 'AlreadyReadError' })
    await take(anna, await say(ben, 'yes'))
    assert.deepEqual(anna.read, ['yes'])
  })

  it('is written whole when the epoch changes, and opens again', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const previous = anna.state
    await pass(anna, await anna.mls.commit(anna.state, {}, NOW), [ben])
    assert.equal(anna.mls.changeOf(previous, anna.state).type, 'whole')
    anna.state = await restart(anna)
    await take(ben, await say(anna, 'again'))
    assert.deepEqual(ben.read, ['again'])
  })

  it('is written whole when another branch of the same epoch takes its place', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const [mine, theirs] = [await anna.mls.commit(anna.state, {}, NOW), await ben.mls.commit(ben.state, {}, NOW)]
    const rewound = await anna.mls.receive(anna.state, theirs.message)
    assert.equal(rewound.state.epoch, mine.state.epoch)
    assert.equal(anna.mls.changeOf(mine.state, rewound.state).type, 'whole')
    ben.state = theirs.state
    anna.state = rewound.state
    await take(anna, await say(ben, 'one branch'))
    assert.deepEqual(anna.read, ['one branch'])
  })

  it('of a device that was removed is restored as such', async () => {
    const [anna, ben] = await makeGroup(2) as [Seat, Seat]
    const late = await say(anna, 'goodbye')
    const previous = ben.state
    await take(ben, (await anna.mls.commit(anna.state, { remove: [ben.device] }, NOW)).message)
    assert.equal(ben.mls.changeOf(previous, ben.state).type, 'whole')
    ben.state = await restart(ben)
    assert.equal(ben.state.active, false)
    await take(ben, late)
    assert.deepEqual(ben.read, ['goodbye'])
  })

  it('is refused when it is damaged', async () => {
    const [anna] = await makeGroup(2) as [Seat]
    const whole = anna.mls.changeOf(undefined, anna.state)
    assert.ok(whole.type === 'whole')
    await assert.rejects(anna.mls.restore(whole.bytes.slice(0, -1), []), { name: 'StoreDamagedError' })
    await assert.rejects(anna.mls.restore(whole.bytes.with(0, 9), []), { name: 'UnsupportedError' })
    await assert.rejects(anna.mls.restore(whole.bytes, [{ name: '000000000009/0000', bytes: new Uint8Array(3) }]), { name: 'StoreDamagedError' })
  })
})
