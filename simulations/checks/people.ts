/** Who is there: which device a user has, whether it is on, and whether it has left for good. */
import type { Message, PeerKey, RootKey } from '../../src/types.ts'
import type { Witness } from './witness.ts'

type EventOf<Name extends keyof Witness> = Parameters<Witness[Name]>[0]

export class People {
  /** A user's device is known from what it wrote and what it was shown. */
  readonly #devices = new Map<RootKey, PeerKey>()
  readonly #up = new Set<string>()
  readonly #left = new Set<string>()

  writes ({ from, device }: Message): void { this.#devices.set(from, device) }

  reads (root: RootKey, device: PeerKey): void { this.#devices.set(root, device) }

  process ({ actor, up, left }: EventOf<'process'>): void {
    if (up) this.#up.add(actor)
    else this.#up.delete(actor)
    if (left) this.#left.add(actor)
    else this.#left.delete(actor)
  }

  /** A user whose device was never seen to do anything counts as being away. */
  isOn (root: RootKey): boolean { return this.#has(this.#up, root) }

  hasLeft (root: RootKey): boolean { return this.#has(this.#left, root) }

  /** Actors are named by their device's key, or by their user's. */
  #has (actors: Set<string>, root: RootKey): boolean {
    const device = this.#devices.get(root)
    return actors.has(root) || (device !== undefined && actors.has(device))
  }
}
