/**
 * Routing of a simulated node: the shipped RouteKeeper in front of the network's finder, here a model of it. What is
 * found and published is told to the witness.
 */
import { routeKeeper, type RouteKeeper } from '../../src/dht/index.ts'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { TABLE } from './disk-tables.ts'
import type { NodeInit } from './node-init.ts'
import type { Shelves } from './node-shelves.ts'
import type { SimUsers } from './node-users.ts'
import type { SimProcess } from './process.ts'
import type { Sample } from '../checks/witness.ts'
import type { Chance } from '../world/chance.ts'
import type { RoutingPeer } from '../routing/model.ts'
import type { RouteSweeper } from '../../src/dht/sweeper.ts'
import type { RouteFinder } from '../../src/ports.ts'
import type { ComponentLogger, Logger } from '@libp2p/interface'

export interface SimRoutingInit { init: NodeInit, process: SimProcess, chance: Chance, shelves: Shelves, users: SimUsers | undefined }

const nothing = (): void => {}

/** Nobody reads logs in a simulation: what counts is noted in the trace. */
export const SILENT: Logger = Object.assign(nothing, { error: nothing, trace: nothing, enabled: false, newScope: () => SILENT })

const LOGGER: ComponentLogger = { forComponent: () => SILENT }

export class SimRouting {
  readonly keeper: RouteKeeper
  readonly #peer: RoutingPeer
  readonly #process: SimProcess

  /** users: those that are served; a node that only routes has none. */
  constructor ({ init, process, chance, shelves, users }: SimRoutingInit) {
    this.#process = process
    const { key, routing, dialable, lies = false } = init
    this.#peer = routing.join(key, { server: dialable, lies, shelf: shelves.shelf(TABLE.routeOrders) })
    this.keeper = routeKeeper()({
      self: key,
      finder: this.#told(init, process),
      sweeper: this.#toldSweeps(init, process),
      memory: this.#peer.memory,
      onNewer: record => { if (!process.isOver) users?.takeRoute(record, nothing) },
      clock: process.awaitedClock,
      random: chance,
      logger: LOGGER
    })
    for (const record of users?.served() ?? []) this.keeper.keep(record, { restored: true })
    this.keeper.start()
    process.awaited()
  }

  samples (): Sample[] {
    return [
      { name: 'route records held', value: this.#peer.memory.held.size, limit: ROUTE_DEFAULTS.heldMax },
      { name: 'routes kept', value: this.keeper.size, limit: NODE_DEFAULTS.usersMax }
    ]
  }

  /** The process is gone, or about to. */
  end (): void {
    this.#peer.leave()
    void this.keeper.stop()
    this.#process.awaited()
  }

  #told ({ key, witness }: NodeInit, process: SimProcess): RouteFinder {
    const { finder } = this.#peer
    return {
      find: async (root, options) => await finder.find(root, options),
      publish: async (record, options) => {
        const result = await finder.publish(record, options)
        if (!process.isOver) {
          process.note(`route of ${record.mailbox} at ${result.copies}`)
          witness.published({ at: process.now(), node: key, root: record.root, copies: result.copies, keys: ROUTE_DEFAULTS.salts })
        }
        return result
      }
    }
  }

  #toldSweeps ({ key, witness }: NodeInit, process: SimProcess): RouteSweeper {
    const { sweeper } = this.#peer
    return {
      bits: sweeper.bits,
      placesOf: root => sweeper.placesOf(root),
      sweep: async (stroke, options) => {
        const swept = await sweeper.sweep(stroke, options)
        if (process.isOver) return swept
        process.note(`${swept.refreshed.length} keys of routes with ${swept.walks} walks`)
        for (const { record, copies } of swept.refreshed) witness.published({ at: process.now(), node: key, root: record.root, copies, keys: 1 })
        return swept
      }
    }
  }
}
