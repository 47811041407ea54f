import assert from 'node:assert/strict'
import { nodeCrypto } from '../../src/node/crypto.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { openReceipts } from '../../src/relay/index.ts'
import { REFUSAL, type Envelope } from '../../src/types.ts'
import { LIMITS } from '../../src/wire/limits.ts'
import { World, type TestDevice } from './world.ts'
import { until } from '../until.ts'

describe('the relay, on real hosts', () => {
  let world: World
  beforeEach(() => { world = new World() })
  afterEach(async () => { await world.stop() })

  it('stores with all replicas of the record, and brings receipts that the device can verify', async () => {
    const nodes = await world.startNodes(4)
    const [home, ...replicas] = nodes
    const [alice, bob] = [await world.newUser([home!]), await world.newUser(replicas)]
    const route = await world.publish(bob, replicas, { n: 3 })
    const device = await world.attach(alice, home!)
    const envelopes = Array.from({ length: 50 }, (_, number) => world.envelope(bob.mailbox, number))
    envelopes.forEach((envelope, ticket) => { assert.ok(device.deposit(ticket, route, envelope)) })

    await until('all receipts are there', () => replicas.every(node => device.storedBy(node).length === 50))
    assert.deepEqual(device.accepted, envelopes.map((_, ticket) => ticket))
    assert.deepEqual(device.refused, [])
    for (const receipts of device.receipts) {
      const opened = await openReceipts(receipts, ticket => envelopes[ticket]?.id, nodeCrypto)
      assert.deepEqual(opened.map(({ envelope }) => envelope), receipts.tickets.map(ticket => envelopes[ticket]?.id))
    }
    for (const { envelopes: store } of replicas) assert.equal(store.usage(bob.mailbox).envelopes, 50)
    assert.deepEqual(home!.relay.status(), { inFlight: 0, nodes: 3, queuedBytes: 0, pulls: 0, verifying: false })
  })

  it('shows mail to the online device beside the write, and says how far it may go', async () => {
    const [node] = await world.startNodes(1)
    const [alice, bob] = [await world.newUser([node!]), await world.newUser([node!])]
    const route = await world.publish(bob, [node!], { n: 1 })
    const [sender, reader] = [await world.attach(alice, node!), await world.attach(bob, node!)]
    const envelopes = send(sender, 20, ticket => world.envelope(bob.mailbox, ticket), route)
    const told = (): boolean => reader.said.at(-1)?.endsWith(`-${node!.envelopes.lastPosition(bob.mailbox)}`) === true
    await until('all are stored and told', () => sender.storedBy(node!).length === 20 && told())
    assert.deepEqual(reader.pushes, envelopes.map(({ id }) => id))
    assert.ok(reader.said.every(word => word.startsWith('push')), 'the first commit of a store is no gap: nobody is behind')
    const last = node!.envelopes.lastPosition(bob.mailbox)
    send(sender, 3, ticket => world.envelope(bob.mailbox, 100 + ticket), route, 100)
    await until('the second batch is told', () => reader.said.at(-1) === `pushed ${last}-${last + 3}`)
    assert.equal(reader.pushes.length, 23)
  })

  it('leaves out what a device does not read, within its limit, and tells it to drain', async () => {
    const [node] = await world.startNodes(1)
    const [alice, bob] = [await world.newUser([node!]), await world.newUser([node!])]
    const route = await world.publish(bob, [node!], { n: 1 })
    const [sender, reader] = [await world.attach(alice, node!), await world.attach(bob, node!)]
    reader.frames.pause()
    for (let ticket = 0; ticket < 150; ticket++) {
      while (!sender.deposit(ticket, route, world.envelope(bob.mailbox, ticket, 60_000))) await new Promise(resolve => setImmediate(resolve))
      assert.ok((reader.served?.queuedBytes ?? 0) <= LIMITS.streamQueueBytes)
    }
    await until('all are stored', () => sender.storedBy(node!).length === 150)
    assert.ok((reader.served?.queuedBytes ?? 0) > LIMITS.streamQueueBytes / 2)
    reader.frames.resume()
    const last = node!.envelopes.lastPosition(bob.mailbox)
    await until('it is told', () => {
      void world.clock.advance(RELAY_DEFAULTS.answersRetryMs)
      return reader.said.at(-1) === `behind ${last}`
    })
    assert.ok(reader.pushes.length > 20 && reader.pushes.length < 150, `${reader.pushes.length} pushes`)
    assert.equal(reader.ended, false)
  })

  it('goes to the next node on the list when one is gone, and says tooFewNodes when the list is used up', async () => {
    const nodes = await world.startNodes(3)
    const [home, second, third] = nodes
    const [alice, bob] = [await world.newUser([home!]), await world.newUser(nodes)]
    const route = await world.publish(bob, [second!, third!, home!], { n: 2 })
    await second!.host.stop()
    const device = await world.attach(alice, home!)
    device.deposit(1, route, world.envelope(bob.mailbox, 1))
    await until('two have it', () => device.receipts.length === 2)
    assert.deepEqual([device.storedBy(third!), device.storedBy(home!)], [[1], [1]])
    await third!.host.stop()
    device.deposit(2, route, world.envelope(bob.mailbox, 2))
    await until('the outcome is there', () => device.refused.length === 1)
    assert.deepEqual(device.refused, [[2, REFUSAL.tooFewNodes]])
    assert.deepEqual(device.storedBy(home!), [1, 2])
  })

  it('asks another node when one is silent, and still brings its late receipts', async () => {
    let release = (): void => {}
    const held = new Promise<void>(resolve => { release = resolve })
    const slow = await world.startNode({ envelopes: store => new Proxy(store, { get: (target, name) => name === 'append' ? async (envelopes: Envelope[]) => { await held; return await target.append(envelopes) } : bound(target, name) }) })
    const [home, spare] = await world.startNodes(2)
    const [alice, bob] = [await world.newUser([home!]), await world.newUser(world.nodes)]
    const route = await world.publish(bob, [slow, spare!], { n: 1 })
    const device = await world.attach(alice, home!)
    device.deposit(1, route, world.envelope(bob.mailbox, 1))
    await until('the slow node writes', () => slow.relay.status().inFlight === 1)
    await world.clock.advance(2500)
    await until('the spare node has it', () => device.storedBy(spare!).length === 1)
    device.deposit(2, route, world.envelope(bob.mailbox, 2))
    await until('the spare node was asked first', () => device.storedBy(spare!).length === 2)
    release()
    await until('the late receipt is there', () => device.storedBy(slow).length === 1)
    assert.deepEqual(device.refused, [])
  })

  it('stops acknowledging when the disk refuses', async () => {
    const node = await world.startNode({ envelopes: store => new Proxy(store, { get: (target, name) => name === 'append' ? async () => { throw new Error('the disk is full') } : bound(target, name) }) })
    const [alice, bob] = [await world.newUser([node]), await world.newUser([node])]
    const route = await world.publish(bob, [node], { n: 1 })
    const device = await world.attach(alice, node)
    send(device, 3, ticket => world.envelope(bob.mailbox, ticket), route)
    await until('all have an outcome', () => device.refused.length === 3)
    assert.deepEqual(device.refused.map(([, code]) => code), Array(3).fill(REFUSAL.tooFewNodes))
    assert.deepEqual(device.receipts, [])
    assert.ok(node.log.lines.some(line => line.includes('the disk is full')))
  })

  it('tells the device of a newer record, known here or at a replica', async () => {
    const [home, replica] = await world.startNodes(2)
    const [alice, bob] = [await world.newUser([home!]), await world.newUser([replica!])]
    const old = await world.publish(bob, [replica!], { n: 1 })
    const newer = await world.publish(bob, [replica!], { n: 1, seq: 1000, knownTo: [replica!] })
    const device = await world.attach(alice, home!)
    device.deposit(1, old, world.envelope(bob.mailbox, 1))
    await until('the replica’s word is there', () => device.refused.length === 1)
    device.deposit(2, old, world.envelope(bob.mailbox, 2))
    await until('the own node’s word is there', () => device.refused.length === 2)
    assert.deepEqual(device.refused, [[1, REFUSAL.moved], [2, REFUSAL.moved]])
    assert.deepEqual(device.routes.map(bytes => Buffer.from(bytes)), [Buffer.from(newer.bytes), Buffer.from(newer.bytes)])
    device.deposit(3, newer, world.envelope(bob.mailbox, 3))
    await until('it is stored', () => device.storedBy(replica!).length === 1)
  })

  it('refuses what it cannot take, each with its reason', async () => {
    const [home, replica] = await world.startNodes(2)
    const [alice, bob, carol] = [await world.newUser([home!]), await world.newUser([replica!]), await world.newUser([])]
    const route = await world.publish(bob, [replica!], { n: 1 })
    const unserved = await world.publish(carol, [replica!], { n: 1 })
    const unknown = await world.publish(alice, [home!], { n: 1, knownTo: [] })
    const device = await world.attach(alice, home!)
    device.deposit(1, unknown, world.envelope(alice.mailbox, 1))
    device.deposit(2, unserved, world.envelope(carol.mailbox, 1))
    device.deposit(3, route, { bytes: new Uint8Array(80) })
    const critical = world.envelope(bob.mailbox, 1).bytes.slice()
    critical[3] = 1
    device.deposit(4, route, { bytes: critical })
    const expired = world.envelope(bob.mailbox, 5)
    await world.clock.advance(86_400_000)
    device.deposit(5, route, expired)
    await until('all have an outcome', () => device.refused.length === 5)
    assert.deepEqual(new Map(device.refused), new Map([[1, REFUSAL.noRoute], [2, REFUSAL.tooFewNodes], [3, REFUSAL.unsupported], [4, REFUSAL.unsupported], [5, REFUSAL.expired]]))
  })

  it('takes a device’s collection and passes it on to the user’s other nodes', async () => {
    const nodes = await world.startNodes(2)
    const [home, other] = nodes
    const bob = await world.newUser(nodes)
    const route = await world.publish(bob, nodes, { n: 2 })
    const device = await world.attach(bob, home!)
    const [envelope] = send(device, 1, ticket => world.envelope(bob.mailbox, ticket), route)
    await until('both have it', () => device.receipts.length === 2)
    const { bytes } = await world.collection(bob, [envelope!.id])
    await home!.relay.collect({ device: bob.key.publicKey, mailbox: bob.mailbox }, bytes)
    assert.equal(home!.envelopes.usage(bob.mailbox).envelopes, 0)
    await until('the other node has it too', () => other!.envelopes.usage(bob.mailbox).envelopes === 0)
    device.deposit(9, route, envelope!)
    await until('a late copy is refused', () => device.refused.length === 1)
    assert.deepEqual(device.refused, [[9, REFUSAL.collected]])
  })

  it('refuses collections of strangers', async () => {
    const [node] = await world.startNodes(1)
    const [bob, mallory] = [await world.newUser([node!]), await world.newUser([])]
    const envelope = world.envelope(bob.mailbox, 1)
    const { bytes } = await world.collection(mallory, [envelope.id])
    await assert.rejects(node!.relay.collect({ device: bob.key.publicKey, mailbox: bob.mailbox }, bytes), { name: 'NotAuthenticError' })
    await assert.rejects(node!.relay.collect({ device: mallory.key.publicKey, mailbox: mallory.mailbox }, bytes), { name: 'RefusedError' })
    await assert.rejects(node!.relay.collect({ device: bob.key.publicKey, mailbox: bob.mailbox }, bytes.slice(5)), { name: 'MalformedError' })
  })

  it('finishes what is in flight when it drains, takes nothing new, and can be started again', async () => {
    const [node] = await world.startNodes(1)
    const [alice, bob] = [await world.newUser([node!]), await world.newUser([node!])]
    const route = await world.publish(bob, [node!], { n: 1 })
    let device = await world.attach(alice, node!)
    send(device, 10, ticket => world.envelope(bob.mailbox, ticket), route)
    await until('it has begun', () => device.accepted.length === 10)
    assert.deepEqual(await node!.relay.drain(), { unfinished: 0 })
    device.deposit(99, route, world.envelope(bob.mailbox, 99))
    await until('all have an outcome', () => device.storedBy(node!).length === 10 && device.refused.length === 1)
    assert.deepEqual(device.refused, [[99, REFUSAL.draining]])
    await node!.relay.stop()
    await assert.rejects(node!.relay.collect({ device: bob.key.publicKey, mailbox: bob.mailbox }, new Uint8Array(3)), { name: 'RefusedError' })
    await node!.relay.start()
    device = await world.attach(alice, node!)
    send(device, 1, () => world.envelope(bob.mailbox, 100), route)
    await until('it works again', () => device.storedBy(node!).length === 1)
  })
})

function send <T extends Envelope> (device: TestDevice, count: number, make: (ticket: number) => T, route: Parameters<TestDevice['deposit']>[1], first = 0): T[] {
  return Array.from({ length: count }, (_, index) => {
    const envelope = make(first + index)
    assert.ok(device.deposit(first + index, route, envelope))
    return envelope
  })
}

function bound (target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name)
  return typeof value === 'function' ? value.bind(target) : value
}
