/** What follows from the measured tables, as tables: a node's hour at each size, ten million users, what breaks first. */
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { NODE_PRESENCE_DEFAULTS } from '../../src/presence/defaults.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { CONNECTIONS, USERS } from './assumptions.ts'
import { keptBy } from './memory.ts'
import { devicesOf, fits, Projection, shares, type Load, type Measured, type Place } from './projection.ts'
import { figure, tableOf, type Row, type Table } from './table.ts'

export const FORECASTS = Object.freeze({
  hour: 'An hour of a node that has 100 users',
  many: 'Ten million users',
  breaks: 'What breaks first at ten million users',
  memory: 'Memory at ten million users'
})

/** Ten million users over as many nodes as were measured. */
const MANY_USERS = 10_000_000
const MANY_PLACES: readonly Place[] = Object.freeze([
  { nodes: 100_000, usersPerNode: 100, connections: CONNECTIONS.table },
  { nodes: 10_000, usersPerNode: 1000, connections: CONNECTIONS.table }
])

/** Those about ten million users are there when the sizes that they need were measured. */
export function forecast (measured: Measured, law: string): Table[] {
  const projection = new Projection(measured, law)
  const tables = [tableOf(FORECASTS.hour, projection.sizes.flatMap(nodes => hourRows(projection, nodes)))]
  if (!MANY_PLACES.every(({ nodes }) => projection.sizes.includes(nodes))) return tables
  return [
    ...tables,
    tableOf(FORECASTS.many, manyRows(projection)),
    tableOf(FORECASTS.breaks, breakRows(projection)),
    tableOf(FORECASTS.memory, memoryRows(projection))
  ]
}

function hourRows (projection: Projection, nodes: number): Row[] {
  const connections = Math.min(nodes - 1, CONNECTIONS.table)
  return withSum(projection.loads({ nodes, usersPerNode: 100, connections })).map(load => ({
    nodes: String(nodes),
    connections: String(connections),
    part: load.part,
    messages: figure(load.messages),
    MB: figure(load.bytes / 1e6),
    'kbit/s': figure(shares(load).kbitPerSecond),
    '% of a core': figure(shares(load).corePercent)
  }))
}

function manyRows (projection: Projection): Row[] {
  const [first = [], second = []] = MANY_PLACES.map(place => withSum(projection.loads(place)))
  return first.map((load, index) => ({
    part: load.part,
    ...Object.fromEntries([load, second[index] as typeof load].flatMap((each, at) => {
      const { usersPerNode } = MANY_PLACES[at] as Place
      return [
        [`kbit/s, ${usersPerNode} users a node`, figure(shares(each).kbitPerSecond)],
        [`% of a core, ${usersPerNode} users a node`, figure(shares(each).corePercent)]
      ]
    }))
  }))
}

/** Sums are of what the rows show. */
function withSum (loads: Load[]): Array<Omit<Load, 'part'> & { part: string }> {
  const sum = (name: 'messages' | 'bytes' | 'seconds'): number => loads.reduce((total, load) => total + load[name], 0)
  return [...loads, { part: 'all', messages: sum('messages'), bytes: sum('bytes'), seconds: sum('seconds') }]
}

/** holds: as many users of a node, of the network, or nodes, as the budget or a bound allows. demand: how many there are at a place. */
interface Bound { what: string, of: 'users of a node' | 'users' | 'nodes', holds: (place: Place) => number }

const DEMAND: Readonly<Record<Bound['of'], (place: Place) => number>> = Object.freeze({
  'users of a node': ({ usersPerNode }: Place) => usersPerNode,
  users: () => MANY_USERS,
  nodes: ({ nodes }: Place) => nodes
})

/** How many times too much there is, the worst first. */
function breakRows (projection: Projection): Row[] {
  const overload = ({ of, holds }: Bound, place: Place): number => DEMAND[of](place) / holds(place)
  const worst = (bound: Bound): number => Math.max(...MANY_PLACES.map(place => overload(bound, place)))
  return boundsOf(projection).sort((a, b) => worst(b) - worst(a)).map(bound => ({
    what: bound.what,
    ...Object.fromEntries(MANY_PLACES.flatMap(place => [
      [`holds up to, ${place.nodes} nodes`, `${figure(bound.holds(place))} ${bound.of}`],
      [`too much by, ${place.usersPerNode} users a node`, figure(overload(bound, place))]
    ]))
  }))
}

function boundsOf (projection: Projection): Bound[] {
  const ofOneUser = (load: (place: Place) => Pick<Load, 'bytes' | 'seconds'>) => (place: Place) => fits(load({ ...place, usersPerNode: 1 }))
  const presence = (connections: number) => (place: Place) => fits(projection.presenceOfUser({ ...place, connections }))
  const republication = ofOneUser(place => projection.republication(place))
  const drains = ofOneUser(place => projection.drains(place))
  return [
    ...Object.values(CONNECTIONS).map((connections): Bound => ({
      what: `presence by line, ${connections} connections`, of: 'users', holds: place => presence(connections)(place).byLine
    })),
    { what: `presence by core, ${CONNECTIONS.few} connections`, of: 'users', holds: place => presence(CONNECTIONS.few)(place).byCore },
    { what: 'republication by line', of: 'users of a node', holds: place => republication(place).byLine },
    { what: 'republication by core', of: 'users of a node', holds: place => republication(place).byCore },
    { what: 'drains by line', of: 'users of a node', holds: place => drains(place).byLine },
    { what: 'drains by core', of: 'users of a node', holds: place => drains(place).byCore },
    { what: 'connections between nodes (node.connectionsMax)', of: 'nodes', holds: () => NODE_DEFAULTS.connectionsMax },
    { what: 'connections of devices (node.connectionsMax)', of: 'users of a node', holds: () => NODE_DEFAULTS.connectionsMax / devicesOf(1) },
    { what: 'streams between nodes (relay.peersMax)', of: 'users of a node', holds: () => RELAY_DEFAULTS.peersMax / (2 * projection.relayStreams) },
    { what: 'users that a node promises to serve (node.usersMax)', of: 'users of a node', holds: () => NODE_DEFAULTS.usersMax / USERS.listed },
    { what: 'records held (dht.heldMax)', of: 'users of a node', holds: () => ROUTE_DEFAULTS.heldMax / (ROUTE_DEFAULTS.salts * ROUTE_DEFAULTS.bucketPeers) },
    { what: 'beats remembered (presence.rememberedBeatsMax)', of: 'users', holds: () => NODE_PRESENCE_DEFAULTS.rememberedBeatsMax * (USERS.onHours + USERS.offHours) / USERS.onHours }
  ]
}

function memoryRows (projection: Projection): Row[] {
  const online = USERS.onHours / (USERS.onHours + USERS.offHours)
  const [first = [], second = []] = MANY_PLACES.map(({ usersPerNode, connections }) => keptBy({
    users: MANY_USERS, usersPerNode, nodeConnections: connections, published: projection.published, online
  }))
  return first.map((kept, index) => ({
    what: kept.what,
    'bytes each': figure(kept.bytesEach),
    ...Object.fromEntries([kept, second[index] as typeof kept].flatMap((each, at) => {
      const { usersPerNode } = MANY_PLACES[at] as Place
      return [
        [`entries, ${usersPerNode} users a node`, figure(each.entries)],
        [`MB, ${usersPerNode} users a node`, figure(Math.min(each.entries, each.limit) * each.bytesEach / 1e6)]
      ]
    })),
    bound: kept.limit === Infinity ? 'none' : String(kept.limit),
    source: kept.source
  }))
}
