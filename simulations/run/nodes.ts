/** The nodes of a run: how each comes and goes, who of them can be found, and what is on their disks. */
import { LAWS, type Law } from '../churn/laws.ts'
import { Life, type Ending } from '../churn/life.ts'
import { isOnDisk } from '../actors/disk-store.ts'
import { openLyingStore } from '../actors/lying-store.ts'
import { castNewcomer, type NodePart } from './cast.ts'
import { Roster } from './roster.ts'
import type { Parts } from './parts.ts'
import type { SimNode } from '../actors/node.ts'
import type { Evidence } from '../checks/check.ts'
import type { Witness } from '../checks/witness.ts'
import type { RoutingModel } from '../routing/model.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import type { Disk } from '../world/disk.ts'
import type { Chance } from '../world/chance.ts'
import type { Network } from '../world/network.ts'
import type { World } from '../world/world.ts'
import type { PeerKey } from '../../src/types.ts'

export interface NodesInit { world: World, network: Network, routing: RoutingModel, witness: Witness, scenario: Scenario, parts: Parts, cast: NodePart[] }

/** A machine with a node on it. lies: about what it keeps; who lies in routing keeps mail like others. */
export interface SimMachine { key: PeerKey, node: SimNode, disk: Disk, life: Life, lies: boolean }

export class Nodes implements Omit<Evidence, 'now'> {
  readonly #init: NodesInit
  readonly #chance: Chance
  readonly #machines = new Map<PeerKey, SimMachine>()
  /** Up, keeping mail and to be dialled. */
  readonly #open = new Roster<PeerKey>()
  #newcomers = 0

  constructor (init: NodesInit) {
    this.#init = init
    this.#chance = init.world.chance.split('nodes')
    for (const part of init.cast) this.#add(part)
  }

  get machines (): Iterable<SimMachine> { return this.#machines.values() }

  get size (): number { return this.#machines.size }

  machine (key: PeerKey): SimMachine | undefined { return this.#machines.get(key) }

  begin (): void { for (const { life } of this.#machines.values()) life.begin() }

  /** All that have not left for good are up, and stay. */
  settle (): void { for (const { life } of this.#machines.values()) life.settle() }

  /** What bootstrap peers answer to a device that looks for somebody to serve it. */
  find (count: number): PeerKey[] { return this.#chance.sample(this.#open.members, count) }

  /** Such a share of all that have not left for good. */
  pick (share: number, chance: Chance): SimMachine[] {
    const present = [...this.#machines.values()].filter(({ life }) => !life.isGone)
    return chance.sample(present, Math.round(share * present.length))
  }

  /** Another machine, which nobody has met. */
  addNewcomer (): SimMachine {
    return this.#add(castNewcomer(this.#init.scenario, ++this.#newcomers, this.#chance))
  }

  readonly isOnDisk: Evidence['isOnDisk'] = (node, mailbox, envelope) => {
    const machine = this.#machines.get(node)
    return machine !== undefined && isOnDisk(machine.disk, mailbox, envelope)
  }

  readonly isLiar: Evidence['isLiar'] = node => this.#machines.get(node)?.lies === true

  #add ({ key, churn, serves, dialable, liesInStoring, liesInRouting }: NodePart): SimMachine {
    const { world, network, routing, witness, parts } = this.#init
    const disk = new parts.Disk(world, world.chance.split(`disk of ${key}`))
    const node = new parts.Node({ key, world, network, disk, routing, witness, serves, dialable, lies: liesInRouting, openStore: liesInStoring ? openLyingStore : parts.openStore })
    const life = new Life(world, world.chance.split(`life of ${key}`), LAWS[churn] as Law, {
      start: () => {
        if (serves && dialable) this.#open.add(key)
        node.start()
      },
      end: (how: Ending) => {
        this.#open.delete(key)
        if (how === 'stop') node.stop()
        else node.crash(how)
      },
      leave: () => { witness.process({ at: world.now(), actor: key, isNode: true, up: false, left: true }) }
    })
    const machine = { key, node, disk, life, lies: liesInStoring }
    this.#machines.set(key, machine)
    return machine
  }
}
