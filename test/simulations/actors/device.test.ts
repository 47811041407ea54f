import assert from 'node:assert/strict'
import { HOUR, MINUTE, SECOND, Village } from './village.ts'
import { isOnDisk } from '../../../simulations/actors/disk-store.ts'
import type { SimDevice } from '../../../simulations/actors/device.ts'
import { MESSAGE_STATES, type MessageId } from '../../../src/types.ts'

describe('a simulated device', () => {
  let village: Village
  let alice: SimDevice
  let bob: SimDevice
  let seed = 0

  async function settle (nodes = 4): Promise<void> {
    village = new Village({ seed: ++seed, nodes, people: ['alice', 'bob'] })
    ;[alice, bob] = village.devices as [SimDevice, SimDevice]
    await village.begin()
  }

  function write (from: SimDevice, to: SimDevice): MessageId {
    const id = from.write(to.root)
    assert.ok(id !== undefined, 'the client takes the message')
    return id
  }

  const isDelivered = async (id: MessageId, ms = MINUTE): Promise<boolean> => await village.until(() => village.stateOf(id) === 'delivered', ms)

  it('sends a text that is shown, delivered and collected', async () => {
    await settle()
    const id = write(alice, bob)
    assert.ok(await isDelivered(id))
    const states = [...new Set(village.states.filter(told => told.id === id).map(({ state }) => state))]
    // Pushed beside the writes, a text is sometimes delivered before the receipts are here.
    assert.deepEqual(states.filter(state => state !== 'stored'), ['queued', 'accepted', 'delivered'])
    assert.equal(village.timesShown(id), 1)
    await village.pass(10 * SECOND)
    assert.ok(village.collected.some(({ device, envelopes }) => device === bob.device && envelopes.some(envelope => envelope.startsWith(id))))
    assert.equal(alice.undelivered, 0)
    assert.equal(bob.undelivered, 0)
  })

  it('says stored with the receipts of w nodes', async () => {
    await settle()
    bob.crash('power')
    const id = write(alice, bob)
    assert.ok(await village.until(() => village.stateOf(id) === 'stored', MINUTE))
    const states = village.states.filter(told => told.id === id)
    assert.deepEqual([...new Set(states.map(({ state }) => state))], ['queued', 'accepted', 'stored'])
    const stored = states.find(({ state }) => state === 'stored')
    assert.ok(stored !== undefined && stored.w === 2 && stored.copies >= 2 && stored.nodes.length >= 2)
    assert.ok(stored.envelopes.every(envelope => envelope.startsWith(id)))
    for (const node of stored.nodes) {
      const disk = village.nodeDisks[village.nodes.findIndex(({ key }) => key === node)]
      assert.ok(disk !== undefined && stored.envelopes.every(envelope => isOnDisk(disk, bob.mailbox, envelope)))
    }
  })

  it('tells states in their order, also of first messages', async () => {
    await settle()
    for (let texts = 0; texts < 20; texts++) write(alice, bob)
    await village.pass(MINUTE)
    for (const { id } of village.states) {
      const ranks = village.states.filter(told => told.id === id).map(({ state }) => MESSAGE_STATES.indexOf(state))
      assert.deepEqual(ranks, ranks.toSorted((a, b) => a - b))
    }
  })

  it('answers what it was shown, and needs no look-up for that', async () => {
    await settle()
    const question = write(alice, bob)
    assert.ok(await isDelivered(question))
    const answer = write(bob, alice)
    assert.ok(await isDelivered(answer))
    const [shown] = village.shown.filter(({ message }) => message.id === answer)
    assert.deepEqual(shown?.message.parents, [question])
    assert.ok(!village.sent.some(({ from, kind }) => from === bob.device && kind === 'find'))
  })

  it('keeps the order of a burst, long texts among it', async () => {
    await settle()
    const ids = Array.from({ length: 120 }, () => write(alice, bob))
    assert.ok(await village.until(() => ids.every(id => village.stateOf(id) === 'delivered'), 5 * MINUTE))
    assert.deepEqual(village.shown.map(({ message }) => message.id), ids)
    assert.ok(village.shown.every(({ missing, late }) => missing.length === 0 && !late))
    assert.ok(village.states.some(({ envelopes }) => envelopes.length === 2))
  })

  it('drains what was stored while it was away', async () => {
    await settle()
    bob.crash('crash')
    const ids = [write(alice, bob), write(alice, bob)]
    assert.ok(await village.until(() => ids.every(id => village.stateOf(id) === 'stored'), MINUTE))
    assert.equal(village.shown.length, 0)
    await village.pass(HOUR)
    bob.start()
    assert.ok(await isDelivered(ids[1] as MessageId))
    assert.deepEqual(village.shown.map(({ message }) => message.id), ids)
  })

  it('delivers after a restart what was on disk when its process died', async () => {
    await settle()
    const id = write(alice, bob)
    assert.ok(await village.until(() => village.stateOf(id) === 'queued', MINUTE))
    alice.crash('power')
    assert.ok(!village.sent.some(({ from, kind }) => from === alice.device && kind === 'deposit'))
    assert.equal(alice.undelivered, 1)
    await village.pass(MINUTE)
    assert.equal(village.timesShown(id), 0)
    alice.start()
    assert.ok(await isDelivered(id))
  })

  it('has either on disk what it was writing when its process died, or says that it was cut off', async () => {
    await settle()
    const ids: MessageId[] = []
    for (let death = 0; death < 12; death++) {
      ids.push(write(alice, bob))
      alice.crash(death % 2 === 0 ? 'crash' : 'power')
      alice.start()
      await village.pass(MINUTE)
    }
    const cutOff = village.ended.map(({ id }) => id)
    assert.ok(village.ended.every(({ reason }) => reason === 'cut off') && cutOff.length > 0 && cutOff.length < ids.length)
    for (const id of ids) assert.deepEqual([village.timesShown(id), village.stateOf(id)], cutOff.includes(id) ? [0, undefined] : [1, 'delivered'])
    assert.equal(alice.undelivered, 0)
  })

  it('shows once what was on disk and not collected when its process died', async () => {
    await settle()
    // The first collection of a quiet time goes at once, and one more not within a second.
    const first = write(alice, bob)
    assert.ok(await village.until(() => village.timesShown(first) === 1, MINUTE))
    await village.pass(100)
    const id = write(alice, bob)
    assert.ok(await village.until(() => village.timesShown(id) === 1, SECOND))
    const isCollected = (): boolean => village.collected.some(({ envelopes }) => envelopes.some(envelope => envelope.startsWith(id)))
    assert.ok(!isCollected())
    bob.crash('crash')
    await village.pass(5 * MINUTE)
    bob.start()
    assert.ok(await isDelivered(id))
    await village.pass(MINUTE)
    assert.ok(isCollected())
    assert.equal(village.timesShown(id), 1)
  })

  it('shows what it was writing when its program closed or died, once', async () => {
    await settle()
    const first = write(alice, bob)
    assert.ok(await isDelivered(first))
    const ids: MessageId[] = []
    for (let ms = 60; ms < 180; ms++) {
      ids.push(write(alice, bob))
      await village.pass(ms)
      if (ms % 3 === 0) bob.stop()
      else bob.crash(ms % 3 === 1 ? 'crash' : 'power')
      await village.pass(SECOND)
      bob.start()
      await village.pass(MINUTE)
    }
    await village.pass(10 * MINUTE)
    assert.deepEqual(ids.map(id => village.timesShown(id)), ids.map(() => 1))
  })

  it('goes on over its other nodes when one that it is linked to is lost', async () => {
    await settle(5)
    const linked = (): string[] => village.nodes.filter(({ key }) => lastLink(alice, key) === 'up').map(({ key }) => key)
    const [first] = linked()
    assert.equal(linked().length, 2)
    village.nodes.find(({ key }) => key === first)?.crash('power')
    const id = write(alice, bob)
    assert.ok(await isDelivered(id, 2 * MINUTE))
    assert.ok(await village.until(() => linked().length === 2 && first !== undefined && !linked().includes(first), 5 * MINUTE))
  })

  it('comes back to the nodes that it prefers', async () => {
    await settle(5)
    const [preferred] = village.nodes
    preferred?.crash('crash')
    await village.pass(MINUTE)
    preferred?.start()
    await village.pass(5 * MINUTE)
    assert.equal(lastLink(alice, preferred?.key ?? ''), 'up')
    assert.equal(village.nodes.filter(({ key }) => lastLink(alice, key) === 'up').length, 2)
  })

  it('says goodbye, finishes what it writes, and starts again where it was', async () => {
    await settle()
    const id = write(alice, bob)
    alice.stop()
    assert.ok(!alice.isUp)
    assert.equal(alice.write(bob.root), undefined)
    // Started before it has stopped: one store is open once.
    alice.start()
    assert.ok(await isDelivered(id))
    assert.ok(village.sent.some(({ from, kind }) => from === alice.device && kind === 'goodbye'))
    assert.deepEqual(village.processes.filter(({ actor }) => actor === 'alice').map(({ up }) => up), [true, false, true])
  })

  it('does nothing any more when its process is dead', async () => {
    await settle()
    write(alice, bob)
    await village.pass(30)
    alice.crash('crash')
    const { length } = village.sent
    await village.pass(HOUR)
    assert.ok(!village.sent.slice(length).some(({ from }) => from === alice.device))
    assert.deepEqual(alice.samples(), [])
  })

  it('registers again where a node forgot it, and takes nobody’s text before it is registered', async () => {
    village = new Village({ seed: ++seed, nodes: 3, people: ['alice', 'bob'] })
    ;[alice, bob] = village.devices as [SimDevice, SimDevice]
    alice.start()
    await village.pass(MINUTE)
    assert.equal(alice.write(bob.root), undefined)
    for (const node of village.nodes) node.start()
    bob.start()
    await village.pass(61 * MINUTE)
    assert.ok(await isDelivered(write(alice, bob)))
  })

  it('keeps its sizes under their limits and names them', async () => {
    await settle()
    for (let texts = 0; texts < 200; texts++) write(alice, bob)
    await village.pass(300)
    const samples = [...alice.samples(), ...bob.samples()]
    assert.ok(samples.some(({ name, value }) => name === 'outbox' && value > 100))
    for (const { name, value, limit } of samples) assert.ok(value <= limit, `${name}: ${value} of ${limit}`)
  })

  it('replays a seed to the same trace, and another to another', async () => {
    const run = async (of: number): Promise<string> => {
      const other = new Village({ seed: of, nodes: 4, people: ['a', 'b'], conditions: { loss: 0.01, repeated: 0.01, reordered: 0.01 } })
      await other.begin()
      const [a, b] = other.devices as [SimDevice, SimDevice]
      for (let round = 0; round < 10; round++) {
        a.write(b.root)
        b.write(a.root)
        await other.pass(10 * SECOND)
        if (round === 4) a.crash('power')
        if (round === 6) a.start()
      }
      return other.world.trace.hash()
    }
    const hash = await run(7)
    assert.equal(await run(7), hash)
    assert.notEqual(await run(8), hash)
  })

  function lastLink (device: SimDevice, node: string): string | undefined {
    return village.lines.findLast(line => line.includes(` ${device.device} link ${node} `))?.trim().split(' ').at(-1)
  }
})
