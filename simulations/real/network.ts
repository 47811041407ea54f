/** Everybody who takes part in a run of real nodes, by number, as the plan calls them; and how each comes and goes. */
import { join } from 'node:path'
import { memory } from '@libp2p/memory'
import { MemoryLevel } from 'memory-level'
import { REAL_DEFAULTS } from './defaults.ts'
import { RealMachine } from './machine.ts'
import { Person, type PersonInit } from './person.ts'
import type { RunClock } from './clock.ts'
import type { Testimony } from './testimony.ts'
import type { Chance } from '../world/chance.ts'
import type { ClientInit } from '../../src/client/index.ts'

export interface RealNetworkInit {
  /** Nodes of different networks do not talk to each other; addresses in memory carry it too. */
  name: string
  folder: string
  /** All that there will ever be. */
  nodes: number
  users: number
}

export interface RealNetworkComponents { clock: RunClock, chance: Chance, testimony: Testimony }

export class RealNetwork {
  readonly machines: readonly RealMachine[]
  readonly people: readonly Person[]
  /** Of the nodes that the project keeps for joining. */
  readonly #bootstrap: string[]

  private constructor (machines: RealMachine[], people: Person[], bootstrap: string[]) {
    this.machines = machines
    this.people = people
    this.#bootstrap = bootstrap
  }

  /** Nobody has been started. */
  static async make ({ name, folder, nodes, users }: RealNetworkInit, { clock, chance, testimony }: RealNetworkComponents): Promise<RealNetwork> {
    const machines = await Promise.all(Array.from({ length: nodes }, async (_, number) => await RealMachine.make({
      number,
      seed: chance.split(`node ${number}`).bytes(32),
      listen: `/memory/${name}-${number}`,
      folder: join(folder, String(number)),
      network: name
    }, { clock, witness: testimony.witness })))
    const bootstrap = machines.slice(0, REAL_DEFAULTS.bootstrapNodes).map(({ address }) => address)
    const serving = chance.split('servers')
    const chooseNodes = (): string[] => serving.sample(machines.filter(({ isUp }) => isUp), REAL_DEFAULTS.servers).map(({ address }) => address)
    const client = (): ReturnType<PersonInit['client']> => {
      const store = new MemoryLevel<string, string>() as unknown as ClientInit['store']
      return { store, nodes: chooseNodes(), network: name, transports: [memory()] }
    }
    const people = Array.from({ length: users }, () => new Person({ client }, { clock, testimony }))
    return new RealNetwork(machines, people, bootstrap)
  }

  machine (number: number): RealMachine { return this.machines[number] as RealMachine }
  person (number: number): Person { return this.people[number] as Person }

  async start (machine: RealMachine): Promise<void> { await machine.start(this.#bootstrap) }
}
