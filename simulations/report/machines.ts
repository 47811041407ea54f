/** Who takes part, who of them is up, and for how much of the time: in machine milliseconds, added up as time passes. */
import type { Millis } from '../../src/types.ts'

export interface Machine { readonly isNode: boolean, up: boolean, upSince: Millis, left: boolean }

/** known: machines that have not left for good, up or not. */
interface Fleet { up: number, known: number }

export interface MachineTime { nodeUpMs: number, nodeMs: number, deviceUpMs: number, deviceMs: number }

export class Machines {
  readonly #machines = new Map<string, Machine>()
  readonly #nodes: Fleet = { up: 0, known: 0 }
  readonly #devices: Fleet = { up: 0, known: 0 }

  get (actor: string): Machine | undefined { return this.#machines.get(actor) }

  /** A process began or ended. Saying twice what is so changes nothing. */
  change (actor: string, isNode: boolean, up: boolean, left: boolean, at: Millis): void {
    let machine = this.#machines.get(actor)
    if (machine === undefined) this.#machines.set(actor, machine = { isNode, up: false, upSince: at, left: true })
    const fleet = machine.isNode ? this.#nodes : this.#devices
    fleet.up += Number(up) - Number(machine.up)
    fleet.known += Number(machine.left) - Number(left)
    if (up && !machine.up) machine.upSince = at
    machine.up = up
    machine.left = left
  }

  /** Adds what they were during `ms` in which nothing changed. */
  addTime (ms: number, to: MachineTime): void {
    to.nodeUpMs += this.#nodes.up * ms
    to.nodeMs += this.#nodes.known * ms
    to.deviceUpMs += this.#devices.up * ms
    to.deviceMs += this.#devices.known * ms
  }
}
