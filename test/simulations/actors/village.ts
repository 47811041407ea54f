/** A small world for tests: a few nodes that keep mail, a few people with a device each, and everything that is told of them. */
import { SimDevice } from '../../../simulations/actors/device.ts'
import { SimNode } from '../../../simulations/actors/node.ts'
import { peerKeyOf } from '../../../simulations/actors/values.ts'
import { witnesses, type Witness } from '../../../simulations/checks/witness.ts'
import { RoutingModel } from '../../../simulations/routing/model.ts'
import { Disk } from '../../../simulations/world/disk.ts'
import { Network, type NetworkConditions } from '../../../simulations/world/network.ts'
import { World } from '../../../simulations/world/world.ts'
import type { MessageId, MessageState } from '../../../src/types.ts'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE

type Told<Name extends keyof Witness> = Parameters<Witness[Name]>[0]

export interface VillageInit { seed: number, nodes: number, people: string[], conditions?: Partial<NetworkConditions> }

/** Links that lose nothing: what a test of a device is not about. */
const CALM: NetworkConditions = { latencyMs: 40, loss: 0, repeated: 0, reordered: 0 }

export class Village {
  readonly world: World
  readonly network: Network
  readonly nodes: SimNode[]
  readonly devices: SimDevice[]
  readonly nodeDisks: Disk[]
  readonly lines: string[] = []
  readonly states: Array<Told<'state'>> = []
  readonly ended: Array<Told<'ended'>> = []
  readonly shown: Array<Told<'shown'>> = []
  readonly collected: Array<Told<'collected'>> = []
  readonly resolved: Array<Told<'resolved'>> = []
  readonly sent: Array<Told<'sent'>> = []
  readonly processes: Array<Told<'process'>> = []

  constructor ({ seed, nodes, people, conditions }: VillageInit) {
    const world = this.world = new World({ seed })
    world.trace.onLine = line => { this.lines.push(line) }
    const witness = witnesses([{
      state: event => { this.states.push(event) },
      ended: event => { this.ended.push(event) },
      shown: event => { this.shown.push(event) },
      collected: event => { this.collected.push(event) },
      resolved: event => { this.resolved.push(event) },
      sent: event => { this.sent.push(event) },
      process: event => { this.processes.push(event) }
    }])
    const network = this.network = new Network(world, world.chance.split('network'), { ...CALM, ...conditions }, witness.sent)
    const routing = new RoutingModel({ world, chance: world.chance.split('kad'), witness, latencyMs: CALM.latencyMs })
    const keys = Array.from({ length: nodes }, (_, at) => peerKeyOf(`n${at + 1}`))
    const diskOf = (name: string): Disk => new Disk(world, world.chance.split(`disk of ${name}`))
    this.nodeDisks = keys.map(diskOf)
    this.nodes = keys.map((key, at) => new SimNode({ key, world, network, disk: this.nodeDisks[at] as Disk, routing, witness, serves: true, dialable: true }))
    this.devices = people.map(name => new SimDevice({
      name, world, network, disk: diskOf(name), witness, findNodes: count => keys.filter((_, at) => this.nodes[at]?.isUp).slice(0, count)
    }))
  }

  /** Everybody is up, and everybody has a route. */
  async begin (): Promise<void> {
    for (const node of this.nodes) node.start()
    await this.pass(MINUTE)
    for (const device of this.devices) device.start()
    await this.pass(MINUTE)
  }

  async pass (ms: number): Promise<void> { await this.world.run(this.world.now() + ms) }

  /** Lets time pass until it is so; false when it is not within `ms`. */
  async until (is: () => boolean, ms: number): Promise<boolean> {
    for (let left = ms; left > 0 && !is(); left -= LOOK_MS) await this.pass(LOOK_MS)
    return is()
  }

  stateOf (id: MessageId | undefined): MessageState | undefined { return this.states.findLast(told => told.id === id)?.state }

  timesShown (id: MessageId | undefined): number { return this.shown.filter(({ message }) => message.id === id).length }
}

const LOOK_MS = 10
