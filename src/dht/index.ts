/**
 * Routing: who serves whom, as signed records in a DHT.
 *
 * A node puts it together in this order:
 *   memory = await openRouteMemory({ self, shelf, crypto, clock, logger })
 *   host   = libp2p with the service { dht: kadService({ memory, privateAddresses }) }, identify and ping
 *   finder = kadRouteFinder()({ host, dht: host.services.dht, memory, crypto, clock, logger })
 *   sweeper = kadRouteSweeper()({ … the same })
 *   keeper = routeKeeper()({ self, finder, sweeper, memory, onNewer, clock, random, logger })
 * and from then on uses the keeper as its RouteFinder: `keep` for users served in an earlier run, then `start`;
 * `publish` for a record that a device brings (it is kept when it lists this node), `find`, and `drop` when a user
 * leaves. `stop` before the host stops; both can start again.
 */
/** Route records: making and opening. */
export { makeRouteRecord, openRouteRecord } from './record.ts'
/** What routing remembers, on disk and in memory. */
export { openRouteMemory, type RouteMemory } from './memory.ts'
/** kad-dht as a libp2p service, set up for routes. */
export { kadService } from './kad.ts'
/** The RouteFinder port on kad-dht. */
export { kadRouteFinder, type KadFinderComponents } from './finder.ts'
/** Many records put with few walks. */
export { kadRouteSweeper, type RouteSweeper } from './sweeper.ts'
/** Keeps the routes of served users published. */
export { routeKeeper, type RouteKeeper } from './service.ts'
/** The RouteFinder port inside one process. */
export { RouteBoard } from './memory-finder.ts'
