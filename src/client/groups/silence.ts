/**
 * Which devices have been silent for so long that they are left out of groups: they hold the keys of everybody else
 * back, and whoever finds the phone in a drawer would read on. A device is counted from when it was first met.
 */
import { GROUPS_DEFAULTS } from './defaults.ts'
import type { Clock } from '../../ports.ts'
import type { Millis, PeerKey } from '../../types.ts'
import type { GroupsStore } from './components.ts'
import type { GroupShelves } from './shelves.ts'

const BORN = 'born'
const HEARD = 'heard/'

export interface SilenceInit { store: Pick<GroupsStore, 'write'>, shelves: GroupShelves, clock: Clock, failed: (error: Error) => void }

export class Silence {
  readonly #init: SilenceInit
  readonly #heard = new Map<PeerKey, Millis>()
  #bornAt: Millis = 0

  constructor (init: SilenceInit) { this.#init = init }

  /** When this device began: what was sealed before was not for it. */
  get bornAt (): Millis { return this.#bornAt }

  async start (): Promise<void> {
    const { shelves, clock, store } = this.#init
    this.#heard.clear()
    for await (const [key, at] of shelves.times.entries()) {
      if (key === BORN) this.#bornAt = at
      else this.#heard.set(key.slice(HEARD.length) as PeerKey, at)
    }
    if (this.#bornAt > 0) return
    this.#bornAt = clock.now()
    await store.write([shelves.times.put(BORN, this.#bornAt)])
  }

  heard (device: PeerKey): void {
    const { shelves, clock, store, failed } = this.#init
    const now = clock.now()
    if (now - (this.#heard.get(device) ?? 0) < GROUPS_DEFAULTS.heardGrainMs) return
    this.#heard.set(device, now)
    store.write([shelves.times.put(`${HEARD}${device}`, now)]).catch(failed)
  }

  silentOf (devices: readonly PeerKey[]): Set<PeerKey> {
    const silent = new Set<PeerKey>()
    for (const device of devices) {
      const at = this.#heard.get(device)
      if (at === undefined) this.heard(device)
      else if (at + GROUPS_DEFAULTS.silentMs <= this.#init.clock.now()) silent.add(device)
    }
    return silent
  }
}
