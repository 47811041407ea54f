/** A few simulated nodes, a network that loses nothing, and devices that say what a test tells them to. */
import assert from 'node:assert/strict'
import { deviceFrame, SESSION, SYNC, syncFrame, type DeviceFrame, type NodeFrame, type SyncFrame } from '../../../simulations/actors/frames.ts'
import { isOnDisk } from '../../../simulations/actors/disk-store.ts'
import { SimNode, type NodeInit } from '../../../simulations/actors/node.ts'
import { makeEnvelope, makeRoute, mailboxOf, peerKeyOf, rootKeyOf } from '../../../simulations/actors/values.ts'
import { witnesses, type Witness } from '../../../simulations/checks/witness.ts'
import { RoutingModel } from '../../../simulations/routing/model.ts'
import { Disk, DISK_CONDITIONS } from '../../../simulations/world/disk.ts'
import { Network, type Host, type StreamEnd } from '../../../simulations/world/network.ts'
import { World } from '../../../simulations/world/world.ts'
import type { Envelope, MailboxId, PeerKey, RootKey, RouteRecord, StoreId } from '../../../src/types.ts'

const SECOND = 1000
const DAY = 86_400

type Receipt = Parameters<Witness['receipt']>[0]
type Told = Parameters<Witness['dropped']>[0]

export class SmallWorld {
  readonly world: World
  readonly network: Network
  readonly routing: RoutingModel
  readonly nodes: SimNode[] = []
  readonly disks: Disk[] = []
  readonly receipts: Receipt[] = []
  readonly dropped: Told[] = []
  readonly resolved: Array<Parameters<Witness['resolved']>[0]> = []
  readonly up: string[] = []
  #envelopes = 0

  constructor (nodes: number, { seed = 'small', init = {} }: { seed?: string, init?: Partial<NodeInit> } = {}) {
    const world = this.world = new World({ seed })
    const witness = witnesses([{
      receipt: event => {
        this.receipts.push(event)
        const at = this.nodes.findIndex(({ key }) => key === event.node)
        for (const envelope of event.envelopes) assert.ok(isOnDisk(this.disk(at + 1), event.mailbox, envelope), 'what is signed is on the disk')
      },
      dropped: event => { this.dropped.push(event) },
      resolved: event => { this.resolved.push(event) },
      process: ({ actor, up }) => { this.up.push(`${actor} ${up ? 'up' : 'down'}`) }
    }])
    this.network = new Network(world, world.chance.split('network'), { latencyMs: 10, loss: 0, repeated: 0, reordered: 0 }, () => {})
    this.routing = new RoutingModel({ world, chance: world.chance.split('routing'), witness, latencyMs: 10, upkeep: false })
    for (let n = 1; n <= nodes; n++) {
      const disk = new Disk(world, world.chance.split(`disk ${n}`), { ...DISK_CONDITIONS })
      this.disks.push(disk)
      this.nodes.push(new SimNode({ key: peerKeyOf(`n${n}`), world, network: this.network, disk, routing: this.routing, witness, serves: true, dialable: true, ...init }))
    }
  }

  get storeIds (): StoreId[] { return this.disks.map(disk => { const read = disk.read('meta', 'store-id'); return (read.found ? read.value : '') as StoreId }) }

  node (n: number): SimNode { return this.nodes[n - 1] ?? assert.fail(`there is no node ${n}`) }
  disk (n: number): Disk { return this.disks[n - 1] ?? assert.fail(`there is no node ${n}`) }

  async pass (ms: number): Promise<void> { await this.world.run(this.world.now() + ms) }

  async start (): Promise<void> {
    for (const node of this.nodes) node.start()
    await this.pass(2 * SECOND)
    assert.ok(this.nodes.every(({ isUp }) => isUp))
  }

  /** A user whose one device has a session with the first of the nodes that serve it, which all know its route. */
  async user (name: string, served: number[]): Promise<TestDevice> {
    const device = new TestDevice(this, name)
    for (const n of served.toReversed()) {
      await device.connect(n)
      assert.equal((await device.ask(request => deviceFrame.register({ ...device.named, request, devices: [device.key] }))).refusal, undefined)
      await device.attach()
    }
    device.record = makeRoute({
      root: device.root, seq: this.world.now(), notAfter: Math.floor(this.world.now() / SECOND) + 40 * DAY, nodes: served.map(n => ({ node: this.node(n).key, expiry: Math.floor(this.world.now() / SECOND) + 60 * DAY }))
    })
    for (const n of served.toReversed()) {
      await device.connect(n)
      await device.attach()
      assert.equal((await device.ask(request => deviceFrame.publish({ request, record: device.record }))).refusal, undefined)
    }
    return device
  }

  letter (mailbox: MailboxId, bytes = 600): Envelope {
    return makeEnvelope({ id: `e${++this.#envelopes}`, mailbox, expiry: Math.floor(this.world.now() / SECOND) + 30 * DAY, bytes })
  }
}

type Answer = Extract<NodeFrame, { kind: 'answer' }>

export class TestDevice {
  readonly key: PeerKey
  readonly root: RootKey
  readonly mailbox: MailboxId
  readonly host: Host
  readonly heard: NodeFrame[] = []
  record!: RouteRecord
  ended: string | undefined
  readonly #small: SmallWorld
  #stream: StreamEnd<DeviceFrame, NodeFrame> | undefined
  #requests = 0
  #tickets = 0

  constructor (small: SmallWorld, name: string) {
    this.#small = small
    this.key = peerKeyOf(`${name}-phone`)
    this.root = rootKeyOf(name)
    this.mailbox = mailboxOf(this.root)
    this.host = small.network.host(this.key)
  }

  get named (): { root: RootKey, mailbox: MailboxId, device: PeerKey } { return { root: this.root, mailbox: this.mailbox, device: this.key } }

  /** A session with that node, in the place of another. */
  async connect (n: number): Promise<void> {
    this.#stream?.close()
    await this.#open(n)
    assert.ok(this.#stream !== undefined, `node ${n} can be reached`)
  }

  /** One more, which stays beside this. */
  async connectToo (n: number): Promise<void> { await this.#open(n) }

  get isConnected (): boolean { return this.#stream?.isOpen ?? false }

  async #open (n: number): Promise<void> {
    this.#stream = undefined
    this.ended = undefined
    this.host.open(this.#small.node(n).key, SESSION, 5 * SECOND, opened => {
      this.#stream = opened as unknown as StreamEnd<DeviceFrame, NodeFrame> | undefined
      if (opened === undefined) return
      opened.onFrame = frame => { this.heard.push(frame as NodeFrame) }
      opened.onEnd = why => { this.ended = why }
    })
    await this.#small.pass(SECOND)
  }

  async attach (): Promise<void> {
    assert.equal((await this.ask(request => deviceFrame.attach({ ...this.named, request }))).refusal, undefined)
  }

  say (frame: DeviceFrame): void { assert.ok(this.#stream?.send(frame)) }

  async ask (question: (request: number) => DeviceFrame, ms: number = 5 * SECOND): Promise<Answer> {
    const request = ++this.#requests
    this.say(question(request))
    await this.#small.pass(ms)
    const answer = this.heard.find(frame => frame.kind === 'answer' && frame.request === request)
    return answer as Answer | undefined ?? assert.fail('the node did not answer')
  }

  /** Answers the ticket. */
  deposit (envelope: Envelope, to: RouteRecord): number {
    this.say(deviceFrame.deposit({ ticket: ++this.#tickets, routeEpoch: to.order.epoch, routeSeq: to.order.seq, envelope }))
    return this.#tickets
  }

  /** What was said of a ticket: its `accepted`, nodes that signed, refusals by code. */
  outcomes (ticket: number): string[] {
    return this.heard.flatMap(frame => {
      switch (frame.kind) {
        case 'accepted': return frame.tickets.includes(ticket) ? ['accepted'] : []
        case 'receipts': return frame.receipts.some(receipt => receipt.ticket === ticket) ? [`receipt of ${frame.node}`] : []
        case 'refused': return frame.tickets.includes(ticket) ? [`refused ${frame.refusal.code}`] : []
        case 'moved': return frame.tickets.includes(ticket) ? ['moved'] : []
        default: return []
      }
    })
  }

  frames<Kind extends NodeFrame['kind']> (kind: Kind): Array<Extract<NodeFrame, { kind: Kind }>> {
    return this.heard.filter((frame): frame is Extract<NodeFrame, { kind: Kind }> => frame.kind === kind)
  }

  /** Opens drains that ask for nothing; answers how many of them the node leaves open. */
  async holdDrains (n: number, count: number): Promise<number> {
    const streams: StreamEnd[] = []
    for (let opened = 0; opened < count; opened++) this.host.open(this.#small.node(n).key, SYNC, 5 * SECOND, stream => { if (stream !== undefined) streams.push(stream) })
    await this.#small.pass(SECOND)
    return streams.filter(({ isOpen }) => isOpen).length
  }

  /** What a node gives out: frames of one drain. */
  async drain (n: number, { storeId, position = 0, mailbox = this.mailbox }: { storeId?: StoreId, position?: number, mailbox?: MailboxId } = {}): Promise<SyncFrame[]> {
    const frames: SyncFrame[] = []
    this.host.open(this.#small.node(n).key, SYNC, 5 * SECOND, opened => {
      const stream = opened as StreamEnd<SyncFrame> | undefined ?? assert.fail(`node ${n} cannot be reached`)
      stream.onFrame = frame => { frames.push(frame) }
      stream.send(syncFrame.drain({ mailbox, device: this.key, storeId, position }))
    })
    await this.#small.pass(10 * SECOND)
    return frames
  }

  async held (n: number): Promise<string[]> {
    return (await this.drain(n)).flatMap(frame => frame.kind === 'page' ? frame.envelopes.map(({ envelope }) => envelope.id) : [])
  }
}
