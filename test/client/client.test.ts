import assert from 'node:assert/strict'
import { createClient, receiptToJson, verifyReceipt } from '../../src/client/index.ts'
import { until } from '../until.ts'
import { memoryStore, next, soon, TestNetwork, texts } from './network.ts'
import type { ChatMessage, Client, PresenceChange } from '../../src/client/index.ts'

describe('client', function () {
  this.timeout(30_000)
  let network: TestNetwork

  afterEach(async () => { await network.stop() })

  it('writes, reads and answers through one node, with each state and its evidence', async () => {
    network = await TestNetwork.start(1)
    const [alice, bob] = await Promise.all([network.user(), network.user()])
    const arrival = next<ChatMessage>(bob, 'message')
    const sent = await (await alice.chat(bob.userId)).send('hello')
    await sent.until('stored', soon())
    assert.deepEqual([sent.copies, sent.w, sent.problem], [1, 1, undefined])
    assert.deepEqual(await Promise.all(sent.receipts.map(async receipt => await verifyReceipt(receiptToJson(receipt)))), [true])
    const message = await arrival
    assert.deepEqual([message.text, message.from, message.conversation, message.state], ['hello', alice.userId, alice.userId, undefined])
    await sent.until('delivered', soon())

    const chat = await bob.chat(alice.userId)
    await chat.markRead([message.id])
    await sent.until('read', soon())
    const answer = await chat.send('hello yourself')
    await answer.until('delivered', soon())
    const history = await (await alice.chat(bob.userId)).history()
    assert.deepEqual(history.map(({ text, state }) => [text, state]), [['hello', 'read'], ['hello yourself', undefined]])
    assert.deepEqual(history[1]?.parents, [sent.id], 'an answer names what it answers')
    assert.deepEqual((await (await alice.chat(bob.userId)).history({ limit: 1 })).map(({ text }) => text), ['hello yourself'])
    assert.deepEqual(await texts(alice, { since: sent.id }), ['hello yourself'])
    await assert.rejects(chat.send('x'.repeat(64 * 1024 + 1)), { name: 'TooLargeError' })
    await assert.rejects(chat.send(''), { name: 'MalformedError' })
  })

  it('learns the other side’s route, keys and presence from the first message', async () => {
    network = await TestNetwork.start(1)
    const [alice, bob] = await Promise.all([network.user(), network.user()])
    const online = next<PresenceChange>(bob, 'presence', ({ state }) => state === 'online')
    await (await (await alice.chat(bob.userId)).send('it is me')).until('delivered', soon())
    assert.equal((await online).userId, alice.userId)
    await (await (await bob.chat(alice.userId)).send('I know')).until('delivered', soon())
  })

  it('keeps messages for a reader who is away, in order and none twice, over restarts of both', async () => {
    network = await TestNetwork.start(3)
    const [aliceStore, bobStore] = [await network.folder(), await network.folder()]
    const [alice, bob] = await Promise.all([network.user({ store: aliceStore }), network.user({ store: bobStore })])
    await (await (await alice.chat(bob.userId)).send('0')).until('delivered', soon())
    await bob.stop()
    const chat = await alice.chat(bob.userId)
    const sent = []
    for (let at = 1; at <= 40; at++) sent.push(await chat.send(String(at)))
    await Promise.all(sent.map(async message => { await message.until('stored', soon(20_000)) }))
    for (const { copies, w, receipts } of sent) {
      assert.ok(w === 2 && copies >= 2)
      assert.ok(new Set(receipts.map(({ node }) => node)).size >= 2)
    }
    await alice.stop()

    const returned = await network.client({ store: bobStore })
    await returned.settled(soon(20_000))
    const expected = Array.from({ length: 41 }, (_, at) => String(at))
    assert.deepEqual(await texts(returned), expected)
    await returned.stop()
    await returned.start()
    await returned.settled(soon())
    assert.deepEqual(await texts(returned), expected, 'a second start shows nothing again')

    const again = await network.client({ store: aliceStore })
    const last = await again.sent(sent.at(-1)?.id as never)
    await last?.until('delivered', soon())
    assert.equal((await again.chat(bob.userId)).userId, bob.userId)
  })

  it('tells every line once when it is stopped while one is being written, and settles soon after', async () => {
    network = await TestNetwork.start(1)
    const store = memoryStore()
    const [alice, bob] = await Promise.all([network.user(), network.user({ store })])
    const told: string[] = []
    bob.addEventListener('message', ({ detail: { text } }) => { told.push(text ?? '') })
    const chat = await alice.chat(bob.userId)
    await (await chat.send('0')).until('delivered', soon())
    await bob.settled(soon())
    const database = store as unknown as { batch: (...given: unknown[]) => Promise<void> }
    const batch = database.batch.bind(database)
    // The program is stopped while the first of what a message writes is on its way to the disk, then the second.
    for (let writes = 1; writes <= 2; writes++) {
      let left = writes
      const reached = new Promise<void>(resolve => {
        database.batch = async (...given) => {
          if (--left === 0) resolve()
          if (left <= 0) await stopping
          await batch(...given)
        }
      })
      let stops = (): void => {}
      const stopping = new Promise<void>(resolve => { stops = resolve })
      const sent = await chat.send(String(writes))
      await reached
      const stopped = bob.stop()
      stops()
      await stopped
      const reader = await network.client({ store, start: false })
      assert.deepEqual(told, await texts(reader), `stopped at write ${writes}`)
      await reader.stop()
      await bob.start()
      await sent.until('delivered', soon())
      await bob.settled(soon())
    }
    assert.deepEqual(told, ['0', '1', '2'])
  })

  it('comes to its end when it is stopped, though the disk refuses', async () => {
    network = await TestNetwork.start(1)
    const store = memoryStore()
    const [alice, bob] = await Promise.all([network.user(), network.user({ store })])
    const arrival = next<ChatMessage>(bob, 'message')
    await (await alice.chat(bob.userId)).send('hello')
    await arrival
    const database = store as unknown as { status: string, batch: (...given: unknown[]) => Promise<void> }
    const { batch } = database
    database.batch = async () => { throw new Error('no space left on device') }
    await bob.stop()
    assert.deepEqual([database.status, bob.status().connected], ['closed', []])
    database.batch = batch.bind(database)
    await bob.start()
    await bob.settled(soon())
    assert.deepEqual(await texts(bob), ['hello'])
  })

  it('sends what was queued before a restart', async () => {
    network = await TestNetwork.start(1)
    const store = memoryStore()
    const [alice, bob] = await Promise.all([network.user({ store }), network.user()])
    await alice.route(bob.userId)
    await alice.stop()
    await network.nodes[0]?.stop()
    await alice.start()
    const sent = await (await alice.chat(bob.userId)).send('out of reach')
    assert.equal(sent.problem, 'none of your nodes can be reached')
    await assert.rejects(sent.until('stored', soon(200)), { name: 'UnreachableError', message: /none of your nodes can be reached; the message stays queued/ })
    await alice.stop()
    await assert.rejects(sent.until('stored'), { name: 'ConnectionLostError' })
    const arrival = next<ChatMessage>(bob, 'message')
    await alice.start()
    await network.nodes[0]?.start()
    assert.equal((await arrival).text, 'out of reach')
    await (await alice.sent(sent.id))?.until('delivered', soon())
  })

  it('says at once that nobody knows a user', async () => {
    network = await TestNetwork.start(1)
    const alice = await network.user()
    const stranger = (await network.client({ nodes: [], start: false })).userId
    const sent = await (await alice.chat(stranger)).send('anybody there?')
    await assert.rejects(sent.until('stored', soon()), { name: 'UserNotRoutedError', message: /nobody knows which nodes serve did:key:z6Mk.*stays queued/ })
    await assert.rejects(alice.route(stranger), { name: 'UserNotRoutedError' })
    await assert.rejects(alice.chat('did:key:nonsense'), { name: 'MalformedError' })
  })

  it('says honestly how many copies there are while too few of the recipient’s nodes are left', async () => {
    network = await TestNetwork.start(2)
    for (const dataDir of [await network.folder(), await network.folder()]) await network.addNode({ dataDir })
    const [alice, bob] = await Promise.all([network.user({ nodes: network.nodes[0]?.addrs ?? [] }), network.user({ nodes: network.addrs.slice(1) })])
    await alice.route(bob.userId)
    await bob.stop()
    await Promise.all(network.nodes.slice(2).map(async node => { await node.stop() }))
    const sent = await (await alice.chat(bob.userId)).send('one is not enough')
    await assert.rejects(sent.until('stored', soon(1500)), { name: 'UnreachableError', message: /copies: 1\/2/ })
    assert.deepEqual([sent.state, sent.copies, sent.w], ['accepted', 1, 2])
    await network.nodes[2]?.start()
    await sent.until('stored', soon(20_000))
  })

  it('comes back from the phrase with a new device, and gets what was not delivered', async () => {
    network = await TestNetwork.start(2)
    const [alice, bob] = await Promise.all([network.user(), network.user()])
    assert.equal(bob.recoveryPhrase?.split(' ').length, 24)
    await bob.stop()
    const sent = await (await alice.chat(bob.userId)).send('sealed for the lost device')
    await sent.until('stored', soon())
    const returned = await network.user({ phrase: bob.recoveryPhrase as string })
    assert.equal(returned.userId, bob.userId)
    assert.equal(returned.recoveryPhrase, undefined)
    assert.match(returned.status().warnings[0] ?? '', /on a new device: whom you knew is looked for in your mailbox/)
    const arrival = next<ChatMessage>(returned, 'message')
    const later = await (await returned.chat(alice.userId)).send('it is me again')
    await later.until('delivered', soon())
    assert.equal((await arrival).text, 'sealed for the lost device')
    await sent.until('delivered', soon())
    const warning = next<string>(bob, 'warning')
    await bob.start()
    assert.match(await warning, /this device does not belong to you any more/)
    await assert.rejects(bob.settled(soon()), { name: 'RevokedError' })
    const vain = await (await bob.chat(alice.userId)).send('I was here')
    await assert.rejects(vain.until('stored', soon()), { name: 'RevokedError', message: /does not belong to you/ })
    assert.match(vain.problem ?? '', /does not belong to you/)
  })

  it('comes back as often as need be, though the first node that is named is cut off from all others', async () => {
    network = await TestNetwork.start(1)
    const alone = await TestNetwork.start(1)
    try {
      const bob = await network.user()
      const phrase = bob.recoveryPhrase as string
      await bob.stop()
      for (let times = 0; times < 2; times++) await (await network.user({ phrase })).stop()
      const returned = await network.client({ phrase, nodes: [...alone.addrs, ...network.addrs] })
      assert.equal((await returned.register()).nodes.length, 2, 'its own node would refuse a record of an epoch that was there before')
      const friend = await network.user()
      await (await (await friend.chat(returned.userId)).send('welcome back')).until('delivered', soon())
      await returned.stop()
    } finally {
      await alone.stop()
    }
  })

  it('asks its other node, too, about somebody whom the first does not know', async () => {
    network = await TestNetwork.start(2)
    const alone = await TestNetwork.start(1)
    try {
      const [first, second] = network.nodes
      const friend = await network.user({ nodes: first?.addrs ?? [] })
      const user = await network.user({ nodes: [...alone.addrs, ...second?.addrs ?? []] })
      await until('both nodes serve', () => user.status().connected.length === 2)
      assert.equal(user.status().connected[0], alone.nodes[0]?.peerId)
      assert.equal((await user.route(friend.userId)).userId, friend.userId)
      await user.stop()
    } finally {
      await alone.stop()
    }
  })

  it('finds nodes through a bootstrap peer', async () => {
    network = await TestNetwork.start(3)
    const alice = await network.client({ nodes: [], bootstrap: network.nodes[0]?.addrs ?? [] })
    const { nodes } = await alice.register()
    assert.deepEqual(new Set(nodes), new Set(network.nodes.map(({ peerId }) => peerId)))
    assert.equal(nodes[0], network.nodes[0]?.peerId)
  })

  it('says that nodes are of another network, where they are', async () => {
    network = await TestNetwork.start(1)
    const store = memoryStore()
    const lost = await network.client({ nodes: [], bootstrap: network.addrs, network: 'another' })
    await assert.rejects(lost.register(), { name: 'UnsupportedError', message: 'the node belongs to another network' })
    await (await network.user({ store })).stop()
    const returned = await network.client({ store, nodes: [], network: 'another', start: false })
    const warning = next<string>(returned, 'warning')
    await returned.start()
    assert.equal(await warning, 'the node belongs to another network')
  })

  it('tells which named nodes did not agree, and fails when none did', async () => {
    network = await TestNetwork.start(2)
    const [served, gone] = network.addrs as [string, string]
    await network.nodes[1]?.stop()
    const alice = await network.client({ nodes: [served, gone], start: false })
    await alice.start()
    const warning = next<string>(alice, 'warning')
    assert.deepEqual((await alice.register()).nodes, [network.nodes[0]?.peerId])
    assert.match(await warning, /served by 1 of 2 nodes/)
    const bob = await network.client({ nodes: [gone], start: false })
    await bob.start()
    await assert.rejects(bob.register(), { name: 'UnreachableError', message: /no node agreed to serve you/ })
    await assert.rejects(bob.settled(soon(100)), { name: 'UnreachableError' })
  })

  it('keeps a node that is away in the route when it renews it', async () => {
    network = await TestNetwork.start(2)
    const alice = await network.user()
    const before = await alice.route(alice.userId, { fresh: true })
    await network.nodes[1]?.stop()
    const { nodes } = await alice.register()
    assert.deepEqual(nodes, network.nodes.map(({ peerId }) => peerId))
    const after = await alice.route(alice.userId, { fresh: true })
    assert.ok(after.seq > before.seq)
    assert.deepEqual(after.nodes, nodes)
    assert.deepEqual(alice.status().nodes, nodes)
  })

  it('refuses stores and phrases that are not what they should be', async () => {
    network = await TestNetwork.start(0)
    await assert.rejects(createClient({ store: memoryStore(), existing: true }), { name: 'IdentityError' })
    await assert.rejects(createClient({ store: memoryStore(), phrase: 'one two three' }), { name: 'MalformedError', message: /24 words/ })
    const store = await network.folder()
    const alice = await network.client({ store, nodes: [], start: false })
    await assert.rejects(createClient({ store, start: false }), { name: 'StoreLockedError' })
    await assert.rejects((await alice.chat(alice.userId)).send('not started'), { name: 'ConnectionLostError' })
    await alice.stop()
    await assert.rejects(createClient({ store, start: false, deviceSeed: new Uint8Array(32) }), { name: 'IdentityError' })
    const other: Client = await network.client({ nodes: [], start: false })
    await assert.rejects(createClient({ store, start: false, phrase: other.recoveryPhrase as string }), { name: 'IdentityError', message: /another user/ })
    assert.equal((await network.client({ store, nodes: [], start: false })).userId, alice.userId)
  })
})
