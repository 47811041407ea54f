/**
 * What a process does for its table by itself, as kad-dht 16 does: it looks for its own neighbourhood after a second
 * and then every five minutes, and with that refreshes a bucket or two.
 *
 * Both do less than they seem to. The self-query is left after twenty events, not twenty peers; and the refresh counts
 * common prefixes in bytes where it means bits, so that it only ever looks into the other half of the key space and,
 * in a network of hundreds, the quarter beside.
 */
import type { KadModelInit } from './defaults.ts'
import type { Peers } from './peers.ts'
import type { Tables } from './tables.ts'
import type { Walk } from './walk.ts'
import type { Chance } from '../world/chance.ts'
import type { World } from '../world/world.ts'

export interface UpkeepComponents {
  world: World
  chance: Chance
  peers: Peers
  tables: Tables
  walk: Walk
  /** A walk is over. */
  charge: (walk: Walk) => void
}

/** Random targets are made for prefixes up to this long (MAX_COMMON_PREFIX_LENGTH). */
const PREFIX_MAX = 15

export class Upkeep {
  readonly #components: UpkeepComponents
  readonly #init: KadModelInit

  constructor (components: UpkeepComponents, init: KadModelInit) {
    this.#components = components
    this.#init = init
  }

  /** From now on until the process is gone. */
  begin (peer: number, isGone: () => boolean): void {
    const { world } = this.#components
    const again = (): void => {
      if (isGone()) return
      this.#querySelf(peer)
      this.#refresh(peer)
      world.after(this.#init.upkeepMs, again)
    }
    world.after(this.#init.firstSelfQueryMs, () => {
      if (isGone()) return
      this.#querySelf(peer)
      world.after(this.#init.upkeepMs, again)
    })
  }

  #querySelf (peer: number): void {
    const { walk, charge, world, peers } = this.#components
    walk.begin({ asker: peer, target: peers.ids[peer] as number, question: 'FIND_NODE', at: 0, begunAt: world.now() })
    while (walk.nextAt !== Infinity && walk.eventsBefore(walk.nextAt) < this.#init.selfQueryEvents) walk.step()
    charge(walk)
  }

  #refresh (peer: number): void {
    const { walk, charge, world, peers, tables, chance } = this.#components
    const prefixes = Math.min(tables.commonPrefixBytes(peer), PREFIX_MAX)
    for (let prefix = 0; prefix <= prefixes; prefix++) {
      const random = chance.integer(2 ** 32) & (2 ** (31 - prefix) - 1)
      const kept = (peers.ids[peer] as number) ^ (1 << (31 - prefix))
      const target = ((kept & ~(2 ** (31 - prefix) - 1)) | random) >>> 0
      walk.begin({ asker: peer, target, question: 'FIND_NODE', at: 0, begunAt: world.now() })
      while (walk.nextAt <= this.#init.refreshMs) walk.step()
      charge(walk)
    }
  }
}
