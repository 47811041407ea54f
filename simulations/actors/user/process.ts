/** One run of a client program: a process with a presence on the network, chance of its own, and one processor. */
import { SimProcess } from '../process.ts'
import type { Chance } from '../../world/chance.ts'
import type { Host } from '../../world/network.ts'
import type { World } from '../../world/world.ts'
import type { Millis } from '../../../src/types.ts'

export interface DeviceProcessInit { name: string, world: World, host: Host, chance: Chance }

/** What a core's `wakeAt` sets: a later time takes the place of an earlier one, and the same time costs nothing. */
export class Alarm {
  readonly #process: DeviceProcess
  readonly #ring: () => void
  #at: Millis | undefined
  #cancel = (): void => {}

  constructor (process: DeviceProcess, ring: () => void) {
    this.#process = process
    this.#ring = ring
  }

  get isSet (): boolean { return this.#at !== undefined }

  set (at: Millis): void {
    if (this.#at === at) return
    this.#cancel()
    this.#at = at
    this.#cancel = this.#process.at(at, this.#onTime)
  }

  stop (): void {
    this.#cancel()
    this.#at = undefined
  }

  readonly #onTime = (): void => {
    this.#at = undefined
    this.#ring()
  }
}

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

  /** Rings when its time has come; one time at once. */
  alarm (ring: () => void): Alarm { return new Alarm(this, ring) }

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
