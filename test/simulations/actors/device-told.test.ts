/** What a device makes of what a node says of others: receipts and routes, from a node that speaks by a script. */
import assert from 'node:assert/strict'
import { SimDevice } from '../../../simulations/actors/device.ts'
import { nodeFrame, SESSION, SYNC, syncFrame, type DeviceFrame, type NodeFrame, type SyncFrame } from '../../../simulations/actors/frames.ts'
import { envelopeIdOf, makeRoute, peerKeyOf, rootKeyOf, storeIdOf } from '../../../simulations/actors/values.ts'
import { witnesses, type Witness } from '../../../simulations/checks/witness.ts'
import { Disk } from '../../../simulations/world/disk.ts'
import { Network, type StreamEnd } from '../../../simulations/world/network.ts'
import { World, WORLD_BEGINS_AT } from '../../../simulations/world/world.ts'
import { REFUSAL, type MessageState, type Millis, type Order, type RouteRecord } from '../../../src/types.ts'

const NODE = peerKeyOf('n1')
const OTHER = peerKeyOf('n2')
const BOB = rootKeyOf('bob')
const EXPIRY = WORLD_BEGINS_AT / 1000 + 30 * 86_400
const MINUTE = 60_000

type Deposit = Extract<DeviceFrame, { kind: 'deposit' }>
type Node = StreamEnd<NodeFrame, DeviceFrame>

describe('a simulated device that is told', () => {
  let world: World
  let device: SimDevice
  let states: MessageState[]
  let resolved: Array<Order | undefined>
  let deposits: Deposit[]
  /** What the node knows of Bob. */
  let record: RouteRecord | undefined
  let onDeposit: (deposit: Deposit, node: Node) => void
  let seed = 0
  const pass = async (ms: number): Promise<void> => { await world.run(world.now() + ms) }
  const routeOf = (seq: Millis, nodes = [NODE], notAfter = EXPIRY): RouteRecord => makeRoute({ root: BOB, seq, nodes: nodes.map(node => ({ node, expiry: EXPIRY })), notAfter })

  beforeEach(async () => {
    world = new World({ seed: ++seed })
    states = []
    resolved = []
    deposits = []
    record = routeOf(5)
    onDeposit = () => {}
    const witness: Witness = witnesses([{ state: ({ state }) => { states.push(state) }, resolved: ({ order }) => { resolved.push(order) } }])
    const network = new Network(world, world.chance.split('network'), { latencyMs: 20, loss: 0, repeated: 0, reordered: 0 }, () => {})
    const host = network.host(NODE)
    host.handle(SESSION, stream => {
      const node = stream as StreamEnd as Node
      node.onFrame = frame => { serve(frame, node) }
      node.send(nodeFrame.hello(storeIdOf('s1')))
    })
    host.handle(SYNC, stream => {
      const node = stream as StreamEnd as StreamEnd<SyncFrame>
      node.onFrame = () => {
        node.send(syncFrame.start(storeIdOf('s1'), 0))
        node.send(syncFrame.page({ storeId: storeIdOf('s1'), envelopes: [], position: 0, last: true }))
      }
    })
    device = new SimDevice({ name: 'alice', world, network, witness, disk: new Disk(world, world.chance.split('disk')), findNodes: () => [NODE] })
    device.start()
    await pass(MINUTE)
  })

  function serve (frame: DeviceFrame, node: Node): void {
    if (frame.kind === 'deposit') {
      deposits.push(frame)
      onDeposit(frame, node)
    } else if (frame.kind === 'ping') {
      node.send(nodeFrame.pong())
    } else if (frame.kind !== 'goodbye') {
      const found = frame.kind === 'find' && record !== undefined ? { record } : {}
      const ticket = frame.kind === 'register' ? { expiry: EXPIRY } : {}
      node.send(nodeFrame.answer({ request: frame.request, ...found, ...ticket }))
    }
  }

  const receipt = ({ ticket, envelope }: Deposit, { node = NODE, id = envelope.id, number = ticket } = {}): NodeFrame => {
    return nodeFrame.receipts({ node, storeId: storeIdOf('s1'), time: world.now(), receipts: [{ ticket: number, envelope: id }] })
  }

  it('counts a receipt for the envelope of its ticket', async () => {
    onDeposit = (deposit, node) => { node.send(receipt(deposit)) }
    device.write(BOB)
    await pass(5000)
    assert.equal(states.at(-1), 'stored')
  })

  it('counts no receipt for something else, for a ticket that was not given out, or of a node that is not Bob’s', async () => {
    onDeposit = (deposit, node) => {
      node.send(receipt(deposit, { id: envelopeIdOf('another') }))
      node.send(receipt(deposit, { number: 4_000 }))
      node.send(receipt(deposit, { node: OTHER }))
    }
    device.write(BOB)
    await pass(10 * MINUTE)
    assert.ok(deposits.length > 2, 'it goes on trying')
    assert.ok(!states.includes('stored'))
  })

  it('goes by a newer route that comes with a refusal, and knows it after a crash', async () => {
    const newer = routeOf(9, [NODE, OTHER])
    onDeposit = (deposit, node) => {
      if (deposit.routeSeq < 9) node.send(nodeFrame.moved({ tickets: [deposit.ticket], record: newer }))
      else node.send(receipt(deposit))
    }
    device.write(BOB)
    await pass(5000)
    assert.deepEqual(deposits.map(({ routeSeq }) => routeSeq).slice(0, 2), [5, 9])
    assert.equal(resolved.at(-1)?.seq, 9)
    device.crash('power')
    device.start()
    deposits = []
    await pass(MINUTE)
    device.write(BOB)
    await pass(5000)
    assert.ok(deposits.length > 0 && deposits.every(({ routeSeq }) => routeSeq === 9))
  })

  it('keeps the newest route whatever it is told, and takes none that has run out or is another’s', async () => {
    const stale = [routeOf(3), routeOf(99, [OTHER], WORLD_BEGINS_AT / 1000), makeRoute({ root: rootKeyOf('eve'), seq: 99, nodes: [{ node: OTHER, expiry: EXPIRY }], notAfter: EXPIRY })]
    onDeposit = ({ ticket }, node) => {
      const told = stale.shift()
      if (told !== undefined) node.send(nodeFrame.moved({ tickets: [ticket], record: told }))
    }
    device.write(BOB)
    await pass(10 * MINUTE)
    assert.equal(stale.length, 0)
    assert.deepEqual([...new Set(deposits.map(({ routeSeq }) => routeSeq))], [5])
    record = routeOf(4)
    await pass(30 * MINUTE)
    assert.ok(resolved.every(order => order?.seq === 5 || order?.seq === 99))
  })

  it('gives a node that lacks the route this route, and deposits after that', async () => {
    let routes = 0
    onDeposit = (deposit, node) => {
      if (routes++ === 0) node.send(nodeFrame.refused({ tickets: [deposit.ticket], refusal: { code: REFUSAL.noRoute, retryAfterSeconds: 0 } }))
      else node.send(receipt(deposit))
    }
    device.write(BOB)
    await pass(3000)
    assert.equal(deposits.length, 2)
    assert.equal(states.at(-1), 'stored')
  })

  it('looks again for somebody whom nobody knows yet', async () => {
    record = undefined
    onDeposit = (deposit, node) => { node.send(receipt(deposit)) }
    device.write(BOB)
    await pass(MINUTE)
    assert.equal(deposits.length, 0)
    assert.deepEqual([...new Set(resolved)], [undefined])
    record = routeOf(5)
    await pass(10 * MINUTE)
    assert.equal(states.at(-1), 'stored')
  })
})
