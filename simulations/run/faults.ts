/** What goes wrong, each at its hour, to machines chosen by a chance of its own; and how it is healed. */
import { RUN_DEFAULTS } from './defaults.ts'
import { intactEnvelopes, TABLE } from '../actors/disk-tables.ts'
import type { Acks } from './acks.ts'
import type { Witness } from '../checks/witness.ts'
import type { Life } from '../churn/life.ts'
import type { Nodes, SimMachine } from './nodes.ts'
import type { Fault } from '../scenarios/scenario.ts'
import type { Chance } from '../world/chance.ts'
import type { DiskConditions } from '../world/disk.ts'
import type { Network } from '../world/network.ts'
import type { World } from '../world/world.ts'
import type { StoredEnvelope } from '../../src/ports.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

/** devices: keys of the users' machines, which a partition divides like nodes. */
export interface FaultsInit { world: World, network: Network, nodes: Nodes, acks: Acks, witness: Witness, devices: string[] }

type FaultOf<Type extends Fault['type']> = Extract<Fault, { type: Type }>

export class Faults {
  readonly #world: World
  readonly #network: Network
  readonly #nodes: Nodes
  readonly #acks: Acks
  readonly #witness: Witness
  readonly #devices: string[]
  /** Heals what is broken now; each is called once. */
  readonly #broken = new Set<() => void>()

  constructor ({ world, network, nodes, acks, witness, devices }: FaultsInit) {
    this.#world = world
    this.#network = network
    this.#nodes = nodes
    this.#acks = acks
    this.#witness = witness
    this.#devices = devices
  }

  /** Their hours count from now. */
  begin (faults: Fault[]): void {
    faults.forEach((fault, index) => {
      const chance = this.#world.chance.split(`fault ${index}`)
      this.#world.after(fault.at * HOUR, () => {
        this.#world.note('world', `fault ${fault.type}`)
        this.#strike(fault, chance)
      })
    })
  }

  /** Whatever is still broken. */
  heal (): void { for (const heal of [...this.#broken]) heal() }

  #strike (fault: Fault, chance: Chance): void {
    switch (fault.type) {
      case 'partition': return this.#divide(fault, chance)
      case 'departure': return this.#depart(fault, chance)
      case 'flashCrowd': return this.#crowd(fault, chance)
      case 'powerCuts': return this.#cutPower(fault, chance)
      case 'slowDisks': return this.#worsenDisks(fault, chance, ({ disk }) => ({ ...disk.conditions, fsyncMs: fault.fsyncMs }))
      case 'fullDisks': return this.#worsenDisks(fault, chance, ({ disk }) => ({ ...disk.conditions, capacityBytes: disk.bytes }))
      case 'bitFlips': for (const machine of this.#nodes.pick(fault.nodes, chance)) this.#destroy(machine, ({ disk }) => { disk.flipBits(TABLE.envelopes, fault.values) }); return
      case 'wipedDisks': for (const machine of this.#nodes.pick(fault.nodes, chance)) this.#destroy(machine, wipe); return
      case 'struckReplicas': return this.#strikeReplicas(fault, chance)
    }
  }

  /** `heal` is called after so many hours, or when the epilogue begins. */
  #until (hours: number, heal: () => void): void {
    const once = (): void => {
      if (!this.#broken.delete(once)) return
      this.#world.note('world', 'healed')
      heal()
    }
    this.#broken.add(once)
    this.#world.after(hours * HOUR, once)
  }

  #divide ({ nodes, oneWay, hours }: FaultOf<'partition'>, chance: Chance): void {
    const inside = new Set<string>(this.#nodes.pick(nodes, chance).map(({ key }) => key))
    for (const device of chance.sample(this.#devices, Math.round(nodes * this.#devices.length))) inside.add(device)
    // One way: those inside are heard, and hear nobody.
    this.#until(hours, this.#network.cut((from, to) => inside.has(to) ? !inside.has(from) : !oneWay && inside.has(from)))
  }

  #depart ({ nodes, backAfterHours }: FaultOf<'departure'>, chance: Chance): void {
    for (const { life } of this.#nodes.pick(nodes, chance)) life.strike('power', backAfterHours === undefined ? 'never' : { afterMs: backAfterHours * HOUR })
  }

  #crowd ({ nodes, withinMinutes, hours }: FaultOf<'flashCrowd'>, chance: Chance): void {
    const count = Math.round(nodes * this.#nodes.size)
    for (let at = 0; at < count; at++) {
      const { life } = this.#nodes.addNewcomer()
      this.#world.after(chance.fraction() * withinMinutes * MINUTE, () => { life.join() })
      this.#world.after(hours * HOUR + chance.fraction() * RUN_DEFAULTS.crowdLeavesMs, () => { life.leave() })
    }
  }

  #cutPower ({ nodes, perNodeHour, hours }: FaultOf<'powerCuts'>, chance: Chance): void {
    const { powerBackMsMin, powerBackMsMax } = RUN_DEFAULTS
    const end = this.#world.now() + hours * HOUR
    const next = (life: Life): void => {
      const ms = chance.exponential(HOUR / perNodeHour)
      if (this.#world.now() + ms >= end) return
      this.#world.after(ms, () => {
        life.strike('power', { afterMs: powerBackMsMin + chance.fraction() * (powerBackMsMax - powerBackMsMin) })
        next(life)
      })
    }
    for (const { life } of this.#nodes.pick(nodes, chance)) next(life)
  }

  #worsenDisks (fault: FaultOf<'slowDisks' | 'fullDisks'>, chance: Chance, worse: (machine: SimMachine) => DiskConditions): void {
    for (const machine of this.#nodes.pick(fault.nodes, chance)) {
      const { disk } = machine
      const before = disk.conditions
      disk.conditions = worse(machine)
      this.#until(fault.hours, () => { disk.conditions = before })
    }
  }

  #strikeReplicas ({ hours, how, ...aim }: FaultOf<'struckReplicas'>, chance: Chance): void {
    this.#acks.aim({ ...aim, until: this.#world.now() + hours * HOUR, chance }, ({ node, envelopes }) => {
      const machine = this.#nodes.machine(node)
      if (machine === undefined) return
      if (how === 'wiped') this.#destroy(machine, wipe)
      else this.#destroy(machine, ({ disk }) => { disk.damage(TABLE.envelopes, value => envelopes.includes((value as StoredEnvelope).envelope.id)) })
    })
  }

  #destroy (machine: SimMachine, harm: (machine: SimMachine) => void): void {
    const before = intactEnvelopes(machine.disk)
    harm(machine)
    const left = new Set(intactEnvelopes(machine.disk))
    this.#witness.destroyed({ at: this.#world.now(), node: machine.key, envelopes: before.filter(envelope => !left.has(envelope)) })
  }
}

function wipe ({ life, disk }: SimMachine): void {
  if (life.strike('crash', { afterMs: RUN_DEFAULTS.diskReplacedMs })) disk.wipe()
}
