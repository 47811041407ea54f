/** The users of a run: whom they know, when their devices are on, and who leaves for good. */
import { Life, type Ending } from '../churn/life.ts'
import { RUN_DEFAULTS } from './defaults.ts'
import { Roster } from './roster.ts'
import type { Law } from '../churn/laws.ts'
import type { Ledger } from './ledger.ts'
import type { Parts } from './parts.ts'
import type { Writers } from './traffic.ts'
import type { SimDevice } from '../actors/device.ts'
import type { Scenario } from '../scenarios/scenario.ts'
import type { Witness } from '../checks/witness.ts'
import type { Chance } from '../world/chance.ts'
import type { Network } from '../world/network.ts'
import type { World } from '../world/world.ts'
import type { PeerKey, RootKey } from '../../src/types.ts'

const HOUR = 3_600_000

export interface UsersInit {
  world: World
  network: Network
  witness: Witness
  ledger: Ledger
  scenario: Scenario
  parts: Parts
  findNodes: (count: number) => PeerKey[]
}

interface User {
  device: SimDevice
  life: Life
  contacts: RootKey[]
  /** Share of the hours after which a sender who leaves for good writes no more. */
  leavesAfter: number | undefined
  isLeaving: boolean
}

export class Users implements Writers {
  readonly #world: World
  readonly #chance: Chance
  readonly #witness: Witness
  readonly #ledger: Ledger
  readonly #scenario: Scenario
  readonly #users = new Map<RootKey, User>()
  /** Whose devices are on and who still write. */
  readonly #writing = new Roster<RootKey>()

  constructor (init: UsersInit) {
    this.#world = init.world
    this.#chance = init.world.chance.split('users')
    this.#witness = init.witness
    this.#ledger = init.ledger
    this.#scenario = init.scenario
    init.ledger.onAllStored = root => { this.#leaveWhenDone(root) }
    for (let number = 1; number <= init.scenario.users; number++) this.#add(`u${number}`, init)
    this.#acquaint()
  }

  readonly devices: SimDevice[] = []

  /** Everybody's device comes on and registers, one after another, and then takes its own course. */
  begin (): void {
    const { registrationMs, unfoldingMs } = RUN_DEFAULTS
    for (const { life } of this.#users.values()) {
      this.#world.after(this.#chance.fraction() * registrationMs, () => { life.settle() })
      this.#world.after(registrationMs + this.#chance.fraction() * unfoldingMs, () => { life.begin() })
    }
  }

  /** From now on those who will leave for good count their hours. */
  trafficBegins (): void {
    for (const [root, user] of this.#users) {
      if (user.leavesAfter === undefined) continue
      this.#world.after(user.leavesAfter * this.#scenario.hours * HOUR, () => {
        user.isLeaving = true
        this.#writing.delete(root)
        this.#leaveWhenDone(root)
      })
    }
  }

  /** Everybody who comes back is back, and stays. */
  settle (): void { for (const { life } of this.#users.values()) life.settle() }

  anyone (chance: Chance): RootKey | undefined {
    return this.#writing.members.length === 0 ? undefined : chance.pick(this.#writing.members)
  }

  contactOf (root: RootKey, chance: Chance): RootKey { return chance.pick(this.#users.get(root)?.contacts ?? []) }

  write (from: RootKey, to: RootKey): boolean {
    return this.#writing.has(from) && this.#users.get(from)?.device.write(to) !== undefined
  }

  #add (name: string, { world, network, witness, parts, findNodes, scenario }: UsersInit): void {
    const disk = new parts.Disk(world, world.chance.split(`disk of ${name}`))
    const device = new parts.Device({ name, world, network, disk, witness, findNodes })
    const { root } = device
    const life = new Life(world, world.chance.split(`life of ${name}`), lawOf(scenario), {
      start: () => {
        device.start()
        if (this.#users.get(root)?.isLeaving !== true) this.#writing.add(root)
      },
      end: (how: Ending) => {
        this.#writing.delete(root)
        if (how === 'stop') device.stop()
        else device.crash(how)
      },
      leave: () => {
        this.#ledger.leave(root)
        witness.process({ at: world.now(), actor: device.device, root, isNode: false, up: false, left: true })
      }
    })
    const leavesForGood = this.#chance.happens(scenario.devices.sendersGone)
    const { leavingFrom, leavingUntil } = RUN_DEFAULTS
    const leavesAfter = leavesForGood ? leavingFrom + (leavingUntil - leavingFrom) * this.#chance.fraction() : undefined
    this.devices.push(device)
    this.#users.set(root, { device, life, contacts: [], leavesAfter, isLeaving: false })
  }

  /** Who writes to somebody is written to by them. */
  #acquaint (): void {
    const { contacts } = this.#scenario
    const roots = this.#chance.sample([...this.#users.keys()], Infinity)
    const befriend = (one: RootKey, other: RootKey): void => {
      const known = this.#users.get(one)?.contacts
      if (one !== other && known?.includes(other) === false) known.push(other)
    }
    roots.forEach((root, at) => {
      // The next one in a ring, so that nobody is left alone; the others by chance.
      const chosen = [roots[(at + 1) % roots.length] as RootKey, ...this.#chance.sample(roots, Math.ceil(contacts / 2) - 1)]
      for (const other of chosen) {
        befriend(root, other)
        befriend(other, root)
      }
    })
  }

  /** Who never wrote is no sender, and stays. */
  #leaveWhenDone (root: RootKey): void {
    const user = this.#users.get(root)
    if (user?.isLeaving === true && this.#ledger.isAllStored(root)) this.#world.after(0, () => { user.life.leave() })
  }
}

function lawOf ({ devices: { onHours, offHours } }: Scenario): Law {
  const exponential = (hours: number): { type: 'exponential', meanMs: number } => ({ type: 'exponential', meanMs: hours * HOUR })
  return {
    name: 'devices',
    assumes: `devices are on for ${onHours} and off for ${offHours} hours on average`,
    source: 'our assumption',
    classes: [{ share: 1, up: exponential(onHours), down: exponential(offHours), life: undefined }]
  }
}
