/** What a network of ten million users asks too much of, and by how much: bounds of budget and of code, the worst first. */
import { NODE_DEFAULTS } from '../../src/node/defaults.ts'
import { NODE_PRESENCE_DEFAULTS } from '../../src/presence/defaults.ts'
import { RELAY_DEFAULTS } from '../../src/relay/defaults.ts'
import { ROUTE_DEFAULTS } from '../../src/dht/defaults.ts'
import { CONNECTIONS, ONLINE, USERS } from './assumptions.ts'
import { devicesOf, fits, usersOf, type Load, type Place, type Projection } from './projection.ts'
import { figure, type Row } from './table.ts'

/** holds: as many users of a node, of the network, or nodes, as the budget or a bound allows. demand: how many there are at a place. */
interface Bound { what: string, of: 'users of a node' | 'users' | 'nodes', holds: (place: Place) => number }

const DEMAND: Readonly<Record<Bound['of'], (place: Place) => number>> = Object.freeze({
  'users of a node': ({ usersPerNode }: Place) => usersPerNode,
  users: usersOf,
  nodes: ({ nodes }: Place) => nodes
})

/** How many times too much there is, the worst first. */
export function breakRows (projection: Projection, places: readonly Place[]): Row[] {
  const overload = ({ of, holds }: Bound, place: Place): number => DEMAND[of](place) / holds(place)
  const worst = (bound: Bound): number => Math.max(...places.map(place => overload(bound, place)))
  return boundsOf(projection).toSorted((a, b) => worst(b) - worst(a)).map(bound => ({
    what: bound.what,
    ...Object.fromEntries(places.flatMap(place => [
      [`holds up to, ${place.nodes} nodes`, `${figure(bound.holds(place))} ${bound.of}`],
      [`too much by, ${place.usersPerNode} users a node`, figure(overload(bound, place))]
    ]))
  }))
}

function boundsOf (projection: Projection): Bound[] {
  const ofOneUser = (load: (place: Place) => Pick<Load, 'bytes' | 'seconds'>) => (place: Place) => fits(load({ ...place, usersPerNode: 1 }))
  const presence = (connections: number) => (place: Place) => fits(projection.presenceOfUser({ ...place, connections }))
  const republication = (scarce: 'byLine' | 'byCore') => (place: Place) => usersThatFit(usersPerNode => fits(projection.republication({ ...place, usersPerNode }))[scarce])
  const finds = ofOneUser(place => projection.finds(place))
  const mail = ofOneUser(place => projection.mail(place))
  const drains = ofOneUser(place => projection.drains(place))
  return [
    ...Object.values(CONNECTIONS).map((connections): Bound => ({
      what: `presence by line, ${connections} connections`, of: 'users', holds: place => presence(connections)(place).byLine
    })),
    { what: `presence by core, ${CONNECTIONS.few} connections`, of: 'users', holds: place => presence(CONNECTIONS.few)(place).byCore },
    { what: 'republication by line', of: 'users of a node', holds: republication('byLine') },
    { what: 'republication by core', of: 'users of a node', holds: republication('byCore') },
    { what: 'finds by line', of: 'users of a node', holds: place => finds(place).byLine },
    { what: 'finds by core', of: 'users of a node', holds: place => finds(place).byCore },
    { what: 'mail by line', of: 'users of a node', holds: place => mail(place).byLine },
    { what: 'drains by line', of: 'users of a node', holds: place => drains(place).byLine },
    { what: 'drains by core', of: 'users of a node', holds: place => drains(place).byCore },
    { what: 'connections between nodes (node.connectionsMax)', of: 'nodes', holds: () => NODE_DEFAULTS.connectionsMax },
    { what: 'connections of devices (node.connectionsMax)', of: 'users of a node', holds: () => NODE_DEFAULTS.connectionsMax / devicesOf(1) },
    { what: 'streams between nodes (relay.peersMax)', of: 'users of a node', holds: () => RELAY_DEFAULTS.peersMax / (2 * projection.relayStreams) },
    { what: 'users that a node promises to serve (node.usersMax)', of: 'users of a node', holds: () => NODE_DEFAULTS.usersMax / USERS.listed },
    { what: 'records held (dht.heldMax)', of: 'users of a node', holds: () => ROUTE_DEFAULTS.heldMax / (ROUTE_DEFAULTS.salts * ROUTE_DEFAULTS.bucketPeers) },
    { what: 'beats remembered (presence.rememberedBeatsMax)', of: 'users', holds: () => NODE_PRESENCE_DEFAULTS.rememberedBeatsMax / ONLINE },
    { what: 'beats taken from neighbours (presence.neighbourPerSecond)', of: 'users', holds: place => projection.beatsTaken(place) }
  ]
}

/** How many there may be until a load, which does not grow in proportion, fits once. */
function usersThatFit (timesOf: (users: number) => number): number {
  let [few, many] = [0, 1]
  while (timesOf(many) > 1 && Number.isFinite(many)) [few, many] = [many, 2 * many]
  while (many - few > many / 10_000) {
    const middle = (few + many) / 2
    if (timesOf(middle) > 1) few = middle
    else many = middle
  }
  return few
}
