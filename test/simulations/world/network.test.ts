import assert from 'node:assert/strict'
import { Network, type Frame, type Host, type NetworkConditions, type StreamEnd } from '../../../simulations/world/network.ts'
import { World } from '../../../simulations/world/world.ts'
import { LIMITS } from '../../../src/wire/limits.ts'

const CALM: NetworkConditions = { latencyMs: 40, loss: 0, repeated: 0, reordered: 0 }
const frame = (kind: string, bytes = 100): Frame => ({ kind, bytes })

interface Listening { frames: string[], ends: string[], stream: StreamEnd }
interface Pair { near: Listening, far: Listening }

describe('the simulated network', () => {
  let world: World
  let network: Network
  let sent: Record<string, number>
  let [a, b]: Host[] = []
  const hosts = (): [Host, Host] => [a as Host, b as Host]
  const pass = async (ms: number): Promise<void> => { await world.run(world.now() + ms) }
  const begin = (seed: number, conditions: NetworkConditions = CALM): void => {
    world = new World({ seed })
    sent = {}
    network = new Network(world, world.chance.split('network'), conditions, ({ kind, messages }) => { sent[kind] = (sent[kind] ?? 0) + messages })
    a = network.host('a')
    b = network.host('b')
  }
  const listen = (stream: StreamEnd): Listening => {
    const listening: Listening = { frames: [], ends: [], stream }
    stream.onFrame = ({ kind }) => { listening.frames.push(kind) }
    stream.onEnd = why => { listening.ends.push(why) }
    return listening
  }
  const connect = async (): Promise<Pair> => {
    const [a, b] = hosts()
    const pair: Partial<Pair> = {}
    b.handle('talk', stream => { pair.far = listen(stream) })
    a.open('b', 'talk', 5000, stream => { if (stream !== undefined) pair.near = listen(stream) })
    await pass(5000)
    assert.ok(pair.near !== undefined && pair.far !== undefined)
    return pair as Pair
  }

  it('carries frames both ways, in order, each later than it was sent', async () => {
    begin(1)
    const { near, far } = await connect()
    for (const kind of ['one', 'two', 'three']) near.stream.send(frame(kind))
    far.stream.send(frame('back'))
    assert.deepEqual(far.frames, [])
    await pass(1000)
    assert.deepEqual(far.frames, ['one', 'two', 'three'])
    assert.deepEqual(near.frames, ['back'])
    assert.equal(near.stream.queuedBytes, 0)
  })

  it('keeps the order and loses nothing whatever its packets suffer', async () => {
    begin(2, { latencyMs: 40, loss: 0.2, repeated: 0.1, reordered: 0.2 })
    const { near, far } = await connect()
    const kinds = Array.from({ length: 300 }, (_, n) => `f${n}`)
    for (const kind of kinds) near.stream.send(frame(kind))
    await pass(60_000)
    assert.deepEqual(far.frames, kinds)
    const packets = kinds.reduce((sum, kind) => sum + (sent[kind] ?? 0), 0)
    assert.ok(packets > 330, `${packets} packets for 300 frames`)
  })

  it('says no when the room is used up, and a reader that pauses uses it up', async () => {
    begin(3)
    const { near, far } = await connect()
    far.stream.pause()
    const half = LIMITS.streamQueueBytes / 2
    assert.ok(near.stream.send(frame('one', half)) && near.stream.send(frame('two', half)))
    await pass(5000)
    assert.ok(!near.stream.send(frame('three', 1)))
    far.stream.resume()
    await pass(5000)
    assert.deepEqual(far.frames, ['one', 'two'])
    assert.ok(near.stream.send(frame('three', 1)))
  })

  it('a goodbye comes after everything that was said', async () => {
    begin(4)
    const { near, far } = await connect()
    near.stream.send(frame('last words'))
    near.stream.close()
    assert.ok(!near.stream.send(frame('more')))
    await pass(1000)
    assert.deepEqual([far.frames, far.ends, near.ends], [['last words'], ['closed'], []])
    assert.ok(!far.stream.isOpen)
  })

  it('a killed process resets its streams, and its machine refuses new ones at once', async () => {
    begin(5)
    const { near } = await connect()
    const [a, b] = hosts()
    b.vanish('crash')
    await pass(1000)
    assert.deepEqual(near.ends, ['lost'])
    const before = world.now()
    let refusedAt = 0
    a.open('b', 'talk', 5000, stream => { assert.equal(stream, undefined); refusedAt = world.now() })
    await pass(6000)
    assert.ok(refusedAt > before && refusedAt < before + 1000)
  })

  it('a machine without power is silent: nobody is told, calls time out, and its return resets what it forgot', async () => {
    begin(6)
    const { near } = await connect()
    const [a, b] = hosts()
    b.vanish('power')
    near.stream.send(frame('into the dark'))
    let failedAt = 0
    const before = world.now()
    a.open('b', 'talk', 5000, stream => { assert.equal(stream, undefined); failedAt = world.now() })
    await pass(30_000)
    assert.equal(failedAt, before + 5000)
    assert.deepEqual(near.ends, [])
    network.host('b')
    await pass(60_000)
    assert.deepEqual(near.ends, ['lost'])
  })

  it('a sender gives a silent machine up in the end', async () => {
    begin(7)
    const { near } = await connect()
    hosts()[1].vanish('power')
    near.stream.send(frame('hello?'))
    await pass(1_100_000)
    assert.deepEqual(near.ends, ['lost'])
  })

  it('a cut holds frames back and its end lets them through; one way cuts only that way', async () => {
    begin(8)
    const { near, far } = await connect()
    const heal = network.cut((from, to) => from === 'a' && to === 'b')
    near.stream.send(frame('held'))
    far.stream.send(frame('passes'))
    await pass(5000)
    assert.deepEqual([far.frames, near.frames], [[], ['passes']])
    let opened: StreamEnd | undefined | null = null
    hosts()[0].open('b', 'talk', 3000, stream => { opened = stream })
    await pass(5000)
    assert.equal(opened, undefined)
    heal()
    await pass(61_000)
    assert.deepEqual(far.frames, ['held'])
  })

  it('whoever was reset behind a cut learns it when the cut heals and they speak', async () => {
    begin(9)
    const { near, far } = await connect()
    const heal = network.cut(() => true)
    far.stream.abort()
    await pass(5000)
    assert.deepEqual(near.ends, [])
    heal()
    near.stream.send(frame('are you there?'))
    await pass(5000)
    assert.deepEqual([near.ends, far.frames], [['lost'], []])
  })

  it('nothing of a dead process is called back', async () => {
    begin(10)
    const { near } = await connect()
    const [a, b] = hosts()
    b.handle('later', () => {})
    a.open('b', 'later', 5000, () => { assert.fail('it is dead') })
    near.stream.onEnd = () => { assert.fail('it is dead') }
    near.stream.onFrame = () => { assert.fail('it is dead') }
    a.vanish('power')
    await pass(10_000)
  })

  it('refuses a protocol that nobody serves', async () => {
    begin(11)
    let opened: StreamEnd | undefined | null = null
    hosts()[0].open('b', 'unknown', 5000, stream => { opened = stream })
    await pass(6000)
    assert.equal(opened, undefined)
  })
})
