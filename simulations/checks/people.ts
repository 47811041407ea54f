/** Which users are there: whose device is on, and who has left for good. While each user has one device, it is the user. */
import type { RootKey } from '../../src/types.ts'
import type { Witness } from './witness.ts'

export class People {
  readonly #on = new Set<RootKey>()
  readonly #left = new Set<RootKey>()

  process ({ root, up, left }: Parameters<Witness['process']>[0]): void {
    if (root === undefined) return
    if (up) this.#on.add(root)
    else this.#on.delete(root)
    if (left) this.#left.add(root)
    else this.#left.delete(root)
  }

  isOn (root: RootKey): boolean { return this.#on.has(root) }

  hasLeft (root: RootKey): boolean { return this.#left.has(root) }
}
