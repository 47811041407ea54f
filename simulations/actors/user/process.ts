/** One run of a client program: a process with a presence on the network, chance of its own, and one processor. */
import { SimProcess } from '../process.ts'
import type { Chance } from '../../world/chance.ts'
import type { Host } from '../../world/network.ts'
import type { World } from '../../world/world.ts'
import type { Millis } from '../../../src/types.ts'

export interface DeviceProcessInit { name: string, world: World, host: Host, chance: Chance }

export class DeviceProcess extends SimProcess {
  readonly host: Host
  readonly chance: Chance
  /** When the one core is free that seals and opens. */
  #computesUntil: Millis = 0

  constructor ({ name, world, host, chance }: DeviceProcessInit) {
    super(world, name)
    this.host = host
    this.chance = chance
  }

  /** At a time; at once when that has passed. */
  at (time: Millis, callback: () => void): () => void { return this.after(Math.max(0, time - this.now()), callback) }

  /** Takes the processor for so long, after everything that was asked of it before. */
  compute (ms: number, then: () => void): void {
    this.#computesUntil = Math.max(this.#computesUntil, this.now()) + ms
    this.at(this.#computesUntil, then)
  }

  /** Its streams are reset, or with the power they fall silent. */
  die (how: 'crash' | 'power'): void {
    this.end()
    this.host.vanish(how)
  }
}
